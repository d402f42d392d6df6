"""The words for an event in a list: what is data in them is one plain line, and cut."""

from PySide6.QtCore import QCoreApplication

from workq_gui.core.event_kinds import BROKER, PRODUCER, SCENARIO, USER, Group, is_verdict, kind_words, whose
from workq_gui.core.events import Event
from workq_gui.core.foreign_events import FOREIGN
from workq_gui.core.projections.log_lines import sentence
from workq_gui.core.projections.task_board import TaskBoard

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000
MOST_CHARACTERS = 600
"""A sentence with a task's text and the broker's reason in it has fewer."""
VERDICT_SIGN = "◆"


def one_plain_line(text: str) -> str:
    """Return `text` in one line, cut, without what would be a command to the screen, such as NUL or RTL."""
    cut = text[:MOST_CHARACTERS] + ("…" if len(text) > MOST_CHARACTERS else "")
    shown = cut if cut.isprintable() else "".join(c if c.isprintable() else " " for c in cut)
    return " ".join(shown.split())


def sentence_words(event: Event, board: TaskBoard) -> str:
    """Return the sentence of `event`, as one plain line."""
    return one_plain_line(sentence(event, board))


def time_words(at_ns: int) -> str:
    """Return a moment as seconds since the beginning, to the millisecond."""
    return f"{at_ns / NS_PER_S:,.3f}"


def whose_words(who: str) -> str:
    """Return how somebody of `event_kinds.whose` is called."""
    names = {
        PRODUCER: _tr("producer"),
        BROKER: _tr("broker"),
        USER: _tr("you"),
        SCENARIO: _tr("scenario"),
    }
    return names.get(who) or (_tr("not ours") if who.startswith(FOREIGN) else one_plain_line(who))


def event_whose_words(event: Event) -> str:
    """Return who did or met `event`."""
    return whose_words(whose(event))


def event_kind_words(event: Event) -> str:
    """Return the kind of `event`, and that it is a verdict if it is one."""
    words = kind_words(type(event))
    return _tr("{} verdict: {}").format(VERDICT_SIGN, words) if is_verdict(event) else words


def group_words(group: Group | None) -> str:
    """Return what a group of events is called; None for all of them."""
    return {
        None: _tr("Every kind"),
        Group.PUBLISHED: _tr("Published, confirmed"),
        Group.DELIVERED: _tr("Delivered"),
        Group.FINISHED: _tr("Finished"),
        Group.ACKED: _tr("Acked, given back"),
        Group.TROUBLE: _tr("Crashes and losses"),
        Group.WORKERS: _tr("Workers"),
        Group.QUEUE: _tr("Queue"),
        Group.BROKER: _tr("Broker"),
        Group.NETWORK: _tr("Network"),
        Group.VERDICT: _tr("Verdicts: what follows"),
    }[group]


def duration_words(ns: int) -> str:
    """Return how long something took, as exactly as it matters."""
    if ns < NS_PER_MS:
        return _tr("under 1 ms")
    if ns < NS_PER_S:
        return _tr("{} ms").format(round(ns / NS_PER_MS))
    seconds = ns / NS_PER_S
    if seconds < 60:
        return _tr("{:.1f} s").format(seconds)
    return _tr("{} min {} s").format(int(seconds) // 60, int(seconds) % 60)


def _tr(text: str) -> str:
    return QCoreApplication.translate("EventWords", text)
