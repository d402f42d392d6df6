"""What can be done to a worker, as a menu."""

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from workq_gui.core.projections.workers import WorkerStatus, WorkerView

AT_WORK = (WorkerStatus.WORKING, WorkerStatus.FINISHED)
CONNECTED = (WorkerStatus.WAITING, *AT_WORK)
"""The states in which it consumes and sends heartbeats."""


class WorkerWish(StrEnum):
    """What a user may want of one worker."""

    CRASH = "crash"
    STOP = "stop"
    NACK = "nack"
    REJECT = "reject"
    FREEZE = "freeze"
    THAW = "thaw"
    RESTART = "restart"
    REMOVE = "remove"


GROUPS = (
    (WorkerWish.CRASH, WorkerWish.STOP),
    (WorkerWish.NACK, WorkerWish.REJECT),
    (WorkerWish.FREEZE, WorkerWish.THAW),
    (WorkerWish.RESTART, WorkerWish.REMOVE),
)


def worker_menu(view: WorkerView, wish: Callable[[WorkerWish], None], parent: QWidget) -> QMenu:
    """Return a menu that calls `wish` with what the user chose. GUI thread.

    Show it with `popup`; it deletes itself when it has been closed.
    """
    menu = QMenu(parent, toolTipsVisible=True)
    menu.setAccessibleName(view.worker_id)
    possible, names = possible_wishes(view), _names(parent)
    tips = wish_tips(parent)
    for group in GROUPS:
        for verb in group:
            action = menu.addAction(names[verb])
            action.setObjectName(verb)
            action.setEnabled(verb in possible)
            action.setToolTip(_tip(parent, verb, tips[verb], view))
            action.triggered.connect(lambda _=False, verb=verb: wish(verb))
        if group is not GROUPS[-1]:
            menu.addSeparator()
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def possible_wishes(view: WorkerView) -> set[WorkerWish]:
    """Return what can be done to the worker as it is."""
    if not view.is_running:
        return {WorkerWish.RESTART, WorkerWish.REMOVE}
    wishes = {WorkerWish.CRASH, WorkerWish.STOP}
    if view.status in CONNECTED:
        wishes.add(WorkerWish.FREEZE)
    if view.is_frozen:
        wishes.add(WorkerWish.THAW)
    if view.status in AT_WORK and not view.auto_ack:
        wishes |= {WorkerWish.NACK, WorkerWish.REJECT}
    return wishes


def wish_tips(widget: QWidget) -> dict[WorkerWish, str]:
    """Return what each wish really does, in the words of AMQP."""
    tr = widget.tr
    return {
        WorkerWish.CRASH: tr("Cut the TCP connection with no AMQP goodbye, as when the process is killed."),
        WorkerWish.STOP: tr(
            "Close the connection properly (connection.close). An un-acked task goes back too."
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
        WorkerWish.NACK: widget.tr("Nack the task (requeue)"),
        WorkerWish.REJECT: widget.tr("Reject the task (no requeue)"),
        WorkerWish.FREEZE: widget.tr("Freeze"),
        WorkerWish.THAW: widget.tr("Thaw"),
        WorkerWish.RESTART: widget.tr("Restart"),
        WorkerWish.REMOVE: widget.tr("Remove"),
    }


def _tip(widget: QWidget, verb: WorkerWish, tip: str, view: WorkerView) -> str:
    if view.auto_ack and verb in (WorkerWish.NACK, WorkerWish.REJECT):
        return widget.tr("Not possible with auto-ack: the broker has forgotten the task already.")
    return tip
