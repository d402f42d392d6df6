"""What a worker's card says."""

from dataclasses import dataclass
from math import ceil

from PySide6.QtWidgets import QWidget

from workq_gui.core.projections.workers import NS_PER_S, WorkerStatus, WorkerView
from workq_gui.core.tasks import shown_text
from workq_gui.ui.worker_menu import AT_WORK

FRESH_NS = 6 * NS_PER_S
"""So long a crash tells its age: nobody asks for a picture when nothing has moved for some seconds."""


@dataclass(frozen=True, slots=True)
class CardLines:
    """The two lines in the middle of a card, and the colours they have.

    Attributes:
        count: After the first line; never cut.
        mark: After the second line, in the colour of what went wrong; never cut.
    """

    first: str
    second: str = ""
    first_colour: str = "mute"
    mark: str = ""
    count: str = ""


def has_task(view: WorkerView) -> bool:
    """Tell whether the worker has a task that its card shows."""
    return view.status in AT_WORK or (view.is_frozen and view.task_id is not None)


def card_lines(widget: QWidget, view: WorkerView, at_ns: int) -> CardLines:
    """Return what the card of `view` says at `at_ns`."""
    tr = widget.tr
    if has_task(view):
        return _lines_at_work(widget, view)
    back, lost = _went_back(widget, view), _lost(widget, view)
    match view.status:
        case WorkerStatus.FROZEN:
            return CardLines(tr("does nothing, sends no heartbeats"), first_colour="warn")
        case WorkerStatus.CONNECTING:
            return CardLines(tr("connecting to the broker…"))
        case WorkerStatus.RECONNECTING:
            return CardLines(view.note or tr("connection lost"), back, "warn", lost)
        case WorkerStatus.CRASHED:
            held_none = "" if lost else tr("it held no task")
            return CardLines(_cut(widget, at_ns - view.since_ns), back or held_none, "bad", lost)
        case WorkerStatus.STOPPED:
            return CardLines(view.note or tr("connection closed properly"), back, mark=lost)
        case _:
            return CardLines(tr("waiting for a task"))


def _lines_at_work(widget: QWidget, view: WorkerView) -> CardLines:
    ahead = view.in_hand_count - 1
    return CardLines(
        shown_text(view.text),
        holding_words(widget, view),
        "ink",
        widget.tr("↻ redelivered") if view.redelivered else "",
        widget.tr("+{:,} in hand").format(ahead) if ahead > 0 else "",
    )


def holding_words(widget: QWidget, view: WorkerView) -> str:
    """Return who is responsible for the task that the worker has."""
    if view.auto_ack:
        return widget.tr("auto-ack · the broker has forgotten it")
    return widget.tr("un-acked · tag {}").format(view.delivery_tag)


def _cut(widget: QWidget, age_ns: int) -> str:
    if age_ns < FRESH_NS:
        return widget.tr("connection cut {:.1f} s ago").format(max(0, age_ns) / NS_PER_S)
    return widget.tr("connection cut, with no goodbye")


def _went_back(widget: QWidget, view: WorkerView) -> str:
    if view.requeued_count == 0:
        return ""
    if view.requeued_count == 1:
        return widget.tr("1 task went back to the queue")
    return widget.tr("{:,} tasks went back to the queue").format(view.requeued_count)


def _lost(widget: QWidget, view: WorkerView) -> str:
    if view.lost_count == 0:
        return ""
    if view.lost_count == 1:
        return widget.tr("1 task is lost")
    return widget.tr("{:,} tasks are lost").format(view.lost_count)


def card_facts(widget: QWidget, view: WorkerView) -> list[str]:
    """Return what holds for all of the worker's tasks, a fact each."""
    facts = [widget.tr("{:,} done").format(view.acked_count)]
    if view.auto_ack:  # the broker ignores prefetch then
        return [*facts, widget.tr("auto-ack")]
    if view.prefetch_count:  # not known before the first consume-ok
        facts.append(widget.tr("prefetch {}").format(view.prefetch_count))
    return [*facts, widget.tr("manual ack")]


def queue_words(widget: QWidget, view: WorkerView) -> str:
    """Return what the worker takes from."""
    return widget.tr("from {}").format(", ".join(view.queues)) if view.queues else ""


def spoken_card(widget: QWidget, view: WorkerView, *, with_queues: bool) -> str:
    """Return all that the card says, for a screen reader."""
    lines = card_lines(widget, view, view.since_ns)
    # How long ago changes ten times a second: a screen reader would never end.
    first = widget.tr("connection cut") if view.status is WorkerStatus.CRASHED else lines.first
    words = (
        status_word(widget, view),
        first,
        lines.count,
        lines.second,
        lines.mark,
        *card_facts(widget, view),
        queue_words(widget, view) if with_queues else "",
    )
    return ", ".join(word for word in words if word)


def status_word(widget: QWidget, view: WorkerView) -> str:
    """Return what the worker does, in a word or two of the user's language."""
    if view.status is WorkerStatus.WORKING and view.is_held:
        return widget.tr("working · held")
    return {
        WorkerStatus.CONNECTING: widget.tr("connecting"),
        WorkerStatus.WAITING: widget.tr("waiting"),
        WorkerStatus.WORKING: widget.tr("working"),
        WorkerStatus.FINISHED: widget.tr("finished, not acked"),
        WorkerStatus.FROZEN: widget.tr("frozen"),
        WorkerStatus.RECONNECTING: widget.tr("reconnecting"),
        WorkerStatus.CRASHED: widget.tr("✕ crashed"),
        WorkerStatus.STOPPED: widget.tr("stopped"),
    }[view.status]


def seconds_left(seconds: float) -> str:
    """Return `seconds` for the middle of a ring: whole ones, tenths for the last one."""
    return f"{seconds:.1f} s" if 0.05 <= seconds < 1 else f"{max(0, ceil(seconds - 0.05))} s"
