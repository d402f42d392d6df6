"""Makes events for tests, with the fields that a test does not care about filled in."""

import typing
from collections.abc import Iterable

from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.session import Session

T = e.TaskId("t-1")
U = e.TaskId("t-2")
W1 = e.WorkerId("worker 1")
W2 = e.WorkerId("worker 2")
S = 1_000_000_000
DEFAULTS = {str: "", int: 0, float: 0.0, bool: False}


def make(kind: type[e.Event], at_ns: int = 0, **fields: object) -> e.Event:
    """Return an event; fields that are not given are empty."""
    hints = typing.get_type_hints(kind)
    filled = {name: DEFAULTS[getattr(hint, "__supertype__", hint)] for name, hint in hints.items()}
    return kind(**{**filled, "at_ns": at_ns, **fields})


def published(task_id: e.TaskId, text: str = "Task.", at_ns: int = 0) -> list[e.Event]:
    """A task that was accepted and published, and is not confirmed yet."""
    return [
        make(e.TaskAccepted, at_ns, task_id=task_id, text=text),
        make(e.TaskPublished, at_ns, task_id=task_id, routing_key="task_queue", persistent=True),
    ]


def delivered(task_id: e.TaskId, worker_id: e.WorkerId, at_ns: int = 0, **fields: object) -> e.Event:
    return make(
        e.TaskDelivered, at_ns, **{"task_id": task_id, "worker_id": worker_id, "persistent": True, **fields}
    )


def done(task_id: e.TaskId, worker_id: e.WorkerId, at_ns: int = 0) -> list[e.Event]:
    """The task is finished and acked."""
    return [
        make(e.TaskFinished, at_ns, task_id=task_id, worker_id=worker_id),
        make(e.TaskAcked, at_ns, task_id=task_id, worker_id=worker_id),
    ]


def session_of(*events: e.Event | Iterable[e.Event]) -> Session:
    """Return a session in which `events` happened."""
    session = Session(ManualClock(), "task_queue")
    for item in events:
        session.extend([item] if isinstance(item, e.Event) else item)
    return session
