"""Sentences about other people's clients."""

from workq_gui.core import foreign_events as f
from workq_gui.core.events import Event
from workq_gui.core.verdicts import TaskPresumedDone

WORKER = "somebody else's worker"
LEFT_AT_ONCE = (
    "A client ({}) connected and left at once. If it printed 406 PRECONDITION_FAILED, it declares a queue "
    "with other arguments: begin WorkQ with --queue-type quorum, or use another queue name."
)


def called(worker_id: str) -> str:
    """Return how a worker is called in a sentence: ours by its id, another's as what it is."""
    return WORKER if worker_id.startswith(f.FOREIGN) else worker_id


def foreign_task_sentence(event: Event, name: str) -> str:
    """Return what somebody else did with the task of that `name`; empty for any other event."""
    match event:
        case f.ForeignPublished():
            return f"Somebody else's program published {name} to {event.queue}."
        case f.ForeignDelivered(auto_ack=True):
            return f"{_capital(WORKER)} receives {name}; with auto-ack the broker has forgotten it already."
        case f.ForeignDelivered(redelivered=True):
            return f"{_capital(WORKER)} receives {name}, marked redelivered: someone may have seen it before."
        case f.ForeignDelivered():
            return f"{_capital(WORKER)} receives {name}; the broker keeps it until the ack."
        case f.ForeignAcked(is_inferred=True):
            return f"{_capital(WORKER)} has probably acked {name}: the broker gave it the next task."
        case f.ForeignAcked():
            return f"{_capital(WORKER)} acked {name}: done, and gone from the broker."
        case f.ForeignRejected(requeue=True):
            return f"{_capital(WORKER)} gave {name} back (basic.nack), for somebody else to do."
        case f.ForeignRejected():
            return f"{_capital(WORKER)} rejected {name} for good (basic.reject, no requeue)."
        case TaskPresumedDone():
            return f"{_capital(WORKER)} is gone, and {name} did not come back: it was probably done."
        case _:
            return ""


def foreign_sentence(event: Event) -> str:
    """Return what is told of somebody else's client; empty for any other event."""
    match event:
        case f.ObservationChanged(reason=""):
            return "Other people's clients are seen, with their tasks and their acks."
        case f.ObservationChanged():
            return event.reason
        case f.ForeignConnected():
            return f"Somebody else's program is connected: {event.name or 'unknown'}, {event.peer}."
        case f.ForeignGone(is_cut=True):
            return f"The connection of {WORKER} ended with no goodbye."
        case f.ForeignGone():
            return "The connection of somebody else's program ended."
        case f.ForeignLeftAtOnce():
            return LEFT_AT_ONCE.format(event.peer)
        case f.ForeignForgotten():
            return "Somebody else's program is off the stage."
        case f.ForeignChannelClosed():
            return f"The channel of {WORKER} ended: what it had not acked goes back."
        case f.ForeignConsumerSeen(auto_ack=True):
            return f"{_capital(WORKER)} takes from {event.queue} with auto-ack: nothing it loses comes back."
        case f.ForeignConsumerSeen():
            return f"{_capital(WORKER)} takes from {event.queue} (prefetch {event.prefetch_count or '–'})."
        case f.ForeignConsumerGone():
            return f"{_capital(WORKER)} takes no more from {event.queue}."
        case _:
            return ""


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
