"""What can be done to a worker, as a menu."""

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.ui.past_only import close_menu, reason_at
from workq_gui.ui.theme import text_font

AT_WORK = (WorkerStatus.WORKING, WorkerStatus.FINISHED)
CONNECTED = (WorkerStatus.WAITING, *AT_WORK)
"""The states in which it consumes and sends heartbeats."""


class WorkerWish(StrEnum):
    """What a user may want of one worker."""

    CRASH = "crash"
    STOP = "stop"
    RAISE = "raise"
    NACK = "nack"
    REJECT = "reject"
    FREEZE = "freeze"
    THAW = "thaw"
    CLOSE_CHANNEL = "close_channel"
    DELAY = "delay"
    STALL = "stall"
    CUT = "cut"
    HEAL = "heal"
    SETTINGS = "settings"
    RESTART = "restart"
    REMOVE = "remove"


END = (WorkerWish.CRASH, WorkerWish.STOP)
BREAK = (
    WorkerWish.RAISE,
    WorkerWish.NACK,
    WorkerWish.REJECT,
    WorkerWish.FREEZE,
    WorkerWish.THAW,
    WorkerWish.CLOSE_CHANNEL,
)
NETWORK = (WorkerWish.DELAY, WorkerWish.STALL, WorkerWish.CUT, WorkerWish.HEAL)
KEEP = (WorkerWish.SETTINGS, WorkerWish.RESTART, WorkerWish.REMOVE)
DELAY_S = 0.5
"""So much longer a byte takes, either way, in a network that was made slow."""


def worker_menu(view: WorkerView, wish: Callable[[WorkerWish], None], parent: QWidget) -> QMenu:
    """Return a menu that calls `wish` with what the user chose. GUI thread.

    Show it with `popup`; it deletes itself when it has been closed.
    """
    menu = QMenu(parent, toolTipsVisible=True)
    menu.setAccessibleName(view.worker_id)
    possible, names = possible_wishes(view), _names(parent)
    tips = wish_tips(parent)
    for heading, group in _groups(parent, view):
        if not menu.isEmpty():
            menu.addSeparator()
        if heading:
            _add_heading(menu, heading)
        for verb in group:
            action = menu.addAction(names[verb])
            action.setObjectName(verb)
            action.setEnabled(verb in possible)
            action.setToolTip(_tip(parent, verb, tips[verb], view))
            action.triggered.connect(lambda _=False, verb=verb: wish(verb))
    if reason := reason_at(parent):
        close_menu(menu, reason)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _add_heading(menu: QMenu, text: str) -> None:
    heading = menu.addAction(text)
    heading.setFont(text_font(11, QFont.Weight.Bold))
    heading.setEnabled(False)


def possible_wishes(view: WorkerView) -> set[WorkerWish]:
    """Return what can be done to the worker as it is; nothing to one that is not ours."""
    if view.is_foreign:
        return set()
    # Before it consumes for the first time, nobody has said how it works.
    settings = {WorkerWish.SETTINGS} if view.queues else set()
    if not view.is_running:
        return {WorkerWish.RESTART, WorkerWish.REMOVE, *settings}
    wishes = {WorkerWish.CRASH, WorkerWish.STOP, *settings}
    if view.status in CONNECTED:
        wishes.add(WorkerWish.FREEZE)
        if not view.is_asleep:
            wishes.add(WorkerWish.CLOSE_CHANNEL)
    if view.is_frozen:
        wishes.add(WorkerWish.THAW)
    if view.status is WorkerStatus.CHANNEL_CLOSED:
        wishes.add(WorkerWish.RESTART)
    if view.status is WorkerStatus.WORKING:
        wishes.add(WorkerWish.RAISE)
    if view.status in AT_WORK and not (view.acks_early or view.is_asleep or is_done_for(view)):
        wishes |= {WorkerWish.NACK, WorkerWish.REJECT}
    if view.behind_relay:
        wishes |= set(NETWORK) - {WorkerWish.HEAL if view.network == "well" else _done_already(view)}
    return wishes


def is_done_for(view: WorkerView) -> bool:
    """Tell whether the worker has nothing in hand but what it has done and will never ack."""
    return view.status is WorkerStatus.FINISHED and bool(view.forgotten) and not view.in_hand


def _done_already(view: WorkerView) -> WorkerWish | None:
    """Return the wish that would change nothing at the network as it is."""
    return {"stalled": WorkerWish.STALL, "cut": WorkerWish.CUT, "delayed": WorkerWish.DELAY}.get(view.network)


def _groups(widget: QWidget, view: WorkerView) -> list[tuple[str, tuple[WorkerWish, ...]]]:
    """Return what belongs together, each with its heading."""
    groups = [(widget.tr("End it"), END), (widget.tr("Break it"), BREAK)]
    if view.behind_relay:
        groups.append((widget.tr("Its network"), NETWORK))
    return [*groups, ("", KEEP)]


def wish_tips(widget: QWidget) -> dict[WorkerWish, str]:
    """Return what each wish really does, in the words of AMQP."""
    tr = widget.tr
    return {
        WorkerWish.CRASH: tr("Cut the TCP connection with no AMQP goodbye, as when the process is killed."),
        WorkerWish.STOP: tr(
            "Close the connection properly (connection.close). An un-acked task goes back too."
        ),
        WorkerWish.RAISE: tr(
            "Raise an error in the callback: nobody catches it, the process ends, and the connection with it."
        ),
        WorkerWish.NACK: tr(
            "basic.nack, requeue=true: the broker puts the task back, marked redelivered. The worker lives."
        ),
        WorkerWish.REJECT: tr(
            "basic.reject, requeue=false: the task goes to the dead-letter queue; without one, it is lost."
        ),
        WorkerWish.FREEZE: tr(
            "Do nothing any more, heartbeats included. After three heartbeat intervals the broker hangs up."
        ),
        WorkerWish.THAW: tr("Go on with the task and the heartbeats, if the broker has not hung up by now."),
        WorkerWish.CLOSE_CHANNEL: tr(
            "channel.close: what is un-acked goes back, nothing more comes, and the connection stays open."
        ),
        WorkerWish.DELAY: tr("Each byte takes {} s longer, either way: acks come late.").format(DELAY_S),
        WorkerWish.STALL: tr(
            "Nothing gets through, and nobody is told. After three heartbeat intervals either side hangs up."
        ),
        WorkerWish.CUT: tr("Reset the TCP connection in the middle of the network, and refuse new ones."),
        WorkerWish.HEAL: tr("Let everything through again; a worker that was cut off connects again."),
        WorkerWish.SETTINGS: tr(
            "How it acks, prefetches, sleeps. To change that, it is stopped and started."
        ),
        WorkerWish.RESTART: tr("Connect again, and consume from the queue (basic.consume)."),
        WorkerWish.REMOVE: tr("Take this worker off the stage. Its connection has ended already."),
    }


def has_open_menu(widget: QWidget) -> bool:
    """Tell whether a menu of `widget` is open: one key may reach a widget as a key and as a context menu."""
    return any(menu.isVisible() for menu in widget.findChildren(QMenu))


def is_menu_key(event: QKeyEvent) -> bool:
    """Tell whether a key asks for a menu: the Menu key, or Shift+F10."""
    is_shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    return event.type() is QEvent.Type.KeyPress and (
        event.key() == Qt.Key.Key_Menu or (event.key() == Qt.Key.Key_F10 and is_shift)
    )


def _names(widget: QWidget) -> dict[WorkerWish, str]:
    return {
        WorkerWish.CRASH: widget.tr("Crash (cut the connection)"),
        WorkerWish.STOP: widget.tr("Stop (close politely)"),
        WorkerWish.RAISE: widget.tr("Raise an error in the callback"),
        WorkerWish.NACK: widget.tr("Nack the task (requeue)"),
        WorkerWish.REJECT: widget.tr("Reject the task (no requeue)"),
        WorkerWish.FREEZE: widget.tr("Freeze"),
        WorkerWish.THAW: widget.tr("Thaw"),
        WorkerWish.CLOSE_CHANNEL: widget.tr("Close the channel"),
        WorkerWish.DELAY: widget.tr("Delay by {} s").format(DELAY_S),
        WorkerWish.STALL: widget.tr("Stall"),
        WorkerWish.CUT: widget.tr("Cut"),
        WorkerWish.HEAL: widget.tr("Heal"),
        WorkerWish.SETTINGS: widget.tr("Settings…"),
        WorkerWish.RESTART: widget.tr("Restart"),
        WorkerWish.REMOVE: widget.tr("Remove"),
    }


def _tip(widget: QWidget, verb: WorkerWish, tip: str, view: WorkerView) -> str:
    if verb in (WorkerWish.NACK, WorkerWish.REJECT, WorkerWish.CLOSE_CHANNEL) and view.is_asleep:
        return widget.tr("Not possible now: it is in a time.sleep, and nothing reaches it.")
    if verb in (WorkerWish.NACK, WorkerWish.REJECT):
        if view.auto_ack:
            return widget.tr("Not possible with auto-ack: the broker has forgotten the task already.")
        if view.acks_early:
            return widget.tr("Not possible: it has acked the task already, and the broker has forgotten it.")
    return tip
