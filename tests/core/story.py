"""Makes events for tests, with the fields that a test does not care about filled in."""

import dataclasses
import typing
from collections.abc import Iterable

from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.session import Session

T = e.TaskId("t-1")
U = e.TaskId("t-2")
W1 = e.WorkerId("worker 1")
W2 = e.WorkerId("worker 2")
QUEUE = "task_queue"
MS = 1_000_000
S = 1_000_000_000
DEFAULTS = {str: "", int: 0, float: 0.0, bool: False}


def make(kind: type[e.Event], at_ns: int = 0, **fields: object) -> e.Event:
    """Return an event; fields that are not given are empty, and its queue is the one of the session."""
    given = {field.name for field in dataclasses.fields(kind) if field.default is not dataclasses.MISSING}
    hints = {name: hint for name, hint in typing.get_type_hints(kind).items() if name not in given}
    filled = {name: DEFAULTS[getattr(hint, "__supertype__", hint)] for name, hint in hints.items()}
    if "queue" in filled:
        filled["queue"] = QUEUE
    return kind(**{**filled, "at_ns": at_ns, **fields})


def published(task_id: e.TaskId, text: str = "Task.", at_ns: int = 0, queue: str = QUEUE) -> list[e.Event]:
    """A task that was accepted and published, and is not confirmed yet."""
    return [
        make(e.TaskAccepted, at_ns, task_id=task_id, text=text, queue=queue),
        make(e.TaskPublished, at_ns, task_id=task_id, routing_key=queue, persistent=True, mandatory=True),
    ]


def delivered(task_id: e.TaskId, worker_id: e.WorkerId, at_ns: int = 0, **fields: object) -> e.Event:
    usual = {"task_id": task_id, "worker_id": worker_id, "queue": QUEUE, "persistent": True}
    return make(e.TaskDelivered, at_ns, **{**usual, **fields})


def done(task_id: e.TaskId, worker_id: e.WorkerId, at_ns: int = 0) -> list[e.Event]:
    """The task is finished and acked."""
    return [
        make(e.TaskFinished, at_ns, task_id=task_id, worker_id=worker_id),
        make(e.TaskAcked, at_ns, task_id=task_id, worker_id=worker_id),
    ]


def session_of(*events: e.Event | Iterable[e.Event]) -> Session:
    """Return a session in which `events` happened."""
    session = Session(ManualClock(), QUEUE)
    for item in events:
        session.extend([item] if isinstance(item, e.Event) else item)
    return session
