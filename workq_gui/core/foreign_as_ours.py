"""What a fact about somebody else's client would be, were the client ours: then one rule holds for both."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workq_gui.core.events import (
    Event,
    TaskAcked,
    TaskDelivered,
    TaskFinished,
    TaskRejected,
    WorkerAdded,
    WorkerChannelClosed,
    WorkerCrashed,
    WorkerRemoved,
    WorkerStarted,
    WorkerStopped,
)
from workq_gui.core.foreign_events import (
    ForeignChannelClosed,
    ForeignConnected,
    ForeignConsumerSeen,
    ForeignDelivered,
    ForeignGone,
    ForeignRejected,
)


def tasks_as_ours(event: Any) -> Sequence[Event]:
    """Return what a fact about a task says, in facts about a worker of ours.

    Nobody sees a stranger finish a task. Who acks one has done it; and of who takes tasks with auto-ack
    it is assumed, since the broker lets nobody know.
    """
    at_ns, task_id, worker_id = event.at_ns, event.task_id, event.client
    finished = TaskFinished(at_ns=at_ns, task_id=task_id, worker_id=worker_id)
    match event:
        case ForeignDelivered():
            delivered = TaskDelivered(
                at_ns=at_ns,
                task_id=task_id,
                worker_id=worker_id,
                queue=event.queue,
                text=event.text,
                delivery_tag=0,
                redelivered=event.redelivered,
                auto_ack=event.auto_ack,
                persistent=event.persistent,
                work_s=0.0,
            )
            return (delivered, finished) if event.auto_ack else (delivered,)
        case ForeignRejected():
            return (
                TaskRejected(
                    at_ns=at_ns,
                    task_id=task_id,
                    worker_id=worker_id,
                    delivery_tag=0,
                    requeue=event.requeue,
                ),
            )
        case _:
            return (finished, TaskAcked(at_ns=at_ns, task_id=task_id, worker_id=worker_id, delivery_tag=0))


def client_as_ours(event: Any) -> Event:
    """Return what a fact about a client says, as one about a worker of ours."""
    at_ns, worker_id = event.at_ns, event.client
    match event:
        case ForeignConnected():
            return WorkerAdded(at_ns=at_ns, worker_id=worker_id)
        case ForeignConsumerSeen():
            return WorkerStarted(
                at_ns=at_ns,
                worker_id=worker_id,
                queue=event.queue,
                prefetch_count=event.prefetch_count,
                auto_ack=event.auto_ack,
            )
        case ForeignChannelClosed():
            return WorkerChannelClosed(
                at_ns=at_ns, worker_id=worker_id, reason="", by_broker=False, is_consuming=True
            )
        case ForeignGone(is_cut=True):
            return WorkerCrashed(at_ns=at_ns, worker_id=worker_id)
        case ForeignGone():
            return WorkerStopped(at_ns=at_ns, worker_id=worker_id, reason="")
        case _:
            return WorkerRemoved(at_ns=at_ns, worker_id=worker_id)


def fold_as_ours(handlers: Mapping[type[Event], Callable[[Any], object]], event: Any) -> None:
    """Let what is done with our workers' tasks be done with a stranger's."""
    for ours in tasks_as_ours(event):
        if (handle := handlers.get(type(ours))) is not None:
            handle(ours)
