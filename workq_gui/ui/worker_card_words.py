"""What a worker's card says."""

from dataclasses import dataclass
from math import ceil

from PySide6.QtWidgets import QWidget

from workq_gui.core.projections.worker_view import NS_PER_S, ForeignFacts, WorkerStatus, WorkerView
from workq_gui.core.tasks import shown_text
from workq_gui.core.worker_settings import AckHabit
from workq_gui.ui.worker_menu import AT_WORK, is_done_for

FRESH_NS = 6 * NS_PER_S
"""So long a crash tells its age: nobody asks for a picture when nothing has moved for some seconds."""


FOREIGN_STATUS = {
    WorkerStatus.WORKING: "not ours · has a task",
    WorkerStatus.WAITING: "not ours · waiting",
    WorkerStatus.CRASHED: "not ours · ✕ gone",
    WorkerStatus.STOPPED: "not ours · gone",
}
"""What somebody else's worker does, as far as that can be seen."""


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
    is_at_work = view.status in AT_WORK and not is_done_for(view)
    return is_at_work or (view.is_frozen and view.task_id is not None)


def card_lines(widget: QWidget, view: WorkerView, at_ns: int) -> CardLines:
    """Return what the card of `view` says at `at_ns`."""
    tr = widget.tr
    if has_task(view):
        return _lines_at_work(widget, view)
    if view.foreign is not None and not view.is_running:
        return _lines_of_gone(widget, view, view.foreign)
    back, lost = _went_back(widget, view), _lost(widget, view)
    match view.status:
        case WorkerStatus.FROZEN:
            return CardLines(tr("does nothing, sends no heartbeats"), first_colour="warn")
        case WorkerStatus.CONNECTING:
            return CardLines(tr("connecting to the broker…"))
        case WorkerStatus.RECONNECTING:
            return CardLines(view.note or tr("connection lost"), back, "warn", lost)
        case WorkerStatus.CHANNEL_CLOSED:
            return CardLines(view.note or tr("its channel is closed"), back, "bad", lost)
        case WorkerStatus.CRASHED:
            held_none = "" if lost else tr("it held no task")
            cause = view.note or _cut(widget, at_ns - view.since_ns)
            return CardLines(cause, back or held_none, "bad", lost)
        case WorkerStatus.STOPPED:
            return CardLines(view.note or tr("connection closed properly"), back, mark=lost)
        case WorkerStatus.FINISHED:
            done = tr("{:,} done, never acked").format(len(view.forgotten))
            return CardLines(done, tr("the broker waits for that"), "warn")
        case _:
            return CardLines(tr("waiting for a task"))


def _lines_of_gone(widget: QWidget, view: WorkerView, foreign: ForeignFacts) -> CardLines:
    is_cut = view.status is WorkerStatus.CRASHED
    ended = widget.tr("its connection ended, with no goodbye") if is_cut else widget.tr("it has left")
    held = "" if foreign.sees_acks else widget.tr("whether it had acked all, nobody was told")
    return CardLines(ended, _went_back(widget, view) or held, "bad" if is_cut else "mute")


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
    if view.foreign is not None:
        if view.foreign.sees_acks:
            return widget.tr("un-acked")
        return widget.tr("probably un-acked")
    if view.auto_ack:
        return widget.tr("auto-ack · the broker has forgotten it")
    if view.acks_early:
        return widget.tr("acked before the work · forgotten")
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
    tr = widget.tr
    facts = [_done_words(widget, view), *_unusual_facts(widget, view)]
    if view.foreign is not None:
        facts.insert(0, view.foreign.peer)
    if view.auto_ack:  # the broker ignores prefetch then
        return [*facts, tr("auto-ack")]
    if view.prefetch_count:
        facts.append(tr("prefetch {}").format(view.prefetch_count))
    elif view.queues:  # else it is not known before the first consume-ok
        facts.append(tr("prefetch unlimited"))
    return [*facts, tr("manual ack")] if view.ack == AckHabit.AFTER else facts


def _unusual_facts(widget: QWidget, view: WorkerView) -> list[str]:
    """Return what is broken, and what is wrong with its code."""
    tr = widget.tr
    network = {
        "delayed": tr("network slow"),
        "stalled": tr("network stalled"),
        "cut": tr("network cut"),
    }.get(view.network, "")
    habit = {
        AckHabit.BEFORE: tr("acks before the work"),
        AckHabit.NEVER: tr("never acks"),
        AckHabit.TWICE: tr("acks twice"),
        AckHabit.OTHER_CHANNEL: tr("acks on another channel"),
    }.get(AckHabit(view.ack), "")
    return [
        fact
        for fact in (
            network,
            "" if view.auto_ack else habit,
            tr("naive sleep") if view.naive_sleep else "",
            tr("×{:g} slower").format(view.slowness) if view.slowness != 1.0 else "",
            tr("crashes on “{}”").format(view.crashes_on) if view.crashes_on else "",
        )
        if fact
    ]


def _done_words(widget: QWidget, view: WorkerView) -> str:
    is_guess = view.auto_ack or (view.foreign is not None and not view.foreign.sees_acks)
    if view.is_foreign and is_guess and view.acked_count:
        return widget.tr("probably {:,} done").format(view.acked_count)
    return widget.tr("{:,} done").format(view.acked_count)


def queue_words(widget: QWidget, view: WorkerView) -> str:
    """Return what the worker takes from."""
    return widget.tr("from {}").format(", ".join(view.queues)) if view.queues else ""


def spoken_card(widget: QWidget, view: WorkerView, *, with_queues: bool) -> str:
    """Return all that the card says, for a screen reader."""
    lines = card_lines(widget, view, view.since_ns)
    # How long ago changes ten times a second: a screen reader would never end.
    is_cut = view.status is WorkerStatus.CRASHED and not view.note
    first = widget.tr("connection cut") if is_cut else lines.first
    words = (
        status_word(widget, view),
        first,
        lines.count,
        lines.second,
        lines.mark,
        *card_facts(widget, view),
        queue_words(widget, view) if with_queues else "",
        heart_words(widget, view),
    )
    return ", ".join(word for word in words if word)


def heart_words(widget: QWidget, view: WorkerView) -> str:
    """Return what is to be known of its heartbeats, if the broker is frozen."""
    if not view.is_unanswered or view.is_foreign or not view.is_running:
        return ""
    return widget.tr("Nobody answers its heartbeats: the broker is frozen.")


def status_word(widget: QWidget, view: WorkerView) -> str:
    """Return what the worker does, in a word or two of the user's language."""
    if view.is_foreign and view.status in FOREIGN_STATUS:
        return widget.tr(FOREIGN_STATUS[view.status])
    if view.is_asleep:
        return widget.tr("asleep, no heartbeats")
    if view.status is WorkerStatus.WORKING and view.is_held:
        return widget.tr("working · held")
    return {
        WorkerStatus.CONNECTING: widget.tr("connecting"),
        WorkerStatus.WAITING: widget.tr("waiting"),
        WorkerStatus.WORKING: widget.tr("working"),
        WorkerStatus.FINISHED: widget.tr("finished, not acked"),
        WorkerStatus.FROZEN: widget.tr("frozen"),
        WorkerStatus.RECONNECTING: widget.tr("reconnecting"),
        WorkerStatus.CHANNEL_CLOSED: widget.tr("✕ channel closed"),
        WorkerStatus.CRASHED: widget.tr("✕ crashed"),
        WorkerStatus.STOPPED: widget.tr("stopped"),
    }[view.status]


def seconds_left(seconds: float) -> str:
    """Return `seconds` for the middle of a ring: whole ones, tenths for the last one."""
    return f"{seconds:.1f} s" if 0.05 <= seconds < 1 else f"{max(0, ceil(seconds - 0.05))} s"
