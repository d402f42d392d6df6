"""Judges facts about other people's clients too, and what the broker tells nobody."""

from collections.abc import Callable
from typing import Any

from workq_gui.core.events import (
    ConnectionLost,
    Event,
    TaskDelivered,
    TaskId,
    TaskPublished,
    WorkerId,
)
from workq_gui.core.foreign_as_ours import tasks_as_ours
from workq_gui.core.foreign_events import (
    ForeignAcked,
    ForeignChannelClosed,
    ForeignDelivered,
    ForeignForgotten,
    ForeignGone,
    ForeignPublished,
    ForeignRejected,
    ObservationChanged,
)
from workq_gui.core.judge import Judge
from workq_gui.core.queue_events import QueueObserved
from workq_gui.core.strangers import UNNAMED
from workq_gui.core.verdicts import TaskPresumedDone

Handlers = dict[type[Event], Callable[[Any], list[Event]]]


class ForeignJudge:
    """Turns facts into verdicts, our clients' by `Judge`, and other people's as if they were ours.

    Where nobody is told of acks, nobody knows what a client that is gone had not acked. It is concluded
    from the broker's own count: what is ready beyond what we saw has come back, the rest was done.

    Attributes:
        handlers: As in `Judge`, with its own among them; likewise `handlers_before`.
    """

    def __init__(self, judge: Judge, ready_count_in: Callable[[str], int]) -> None:
        """Conclude with `judge`; `ready_count_in` tells how many tasks wait in a queue, as far as we saw."""
        self._ours: Handlers = judge.handlers
        self._ready_count_in = ready_count_in
        self._sees_acks = False
        self._held: dict[WorkerId, dict[TaskId, str]] = {}  # with its queue, longest held first
        self._gone: set[WorkerId] = set()
        self._observed: dict[str, int] = {}
        before = judge.handlers_before[TaskDelivered]
        self.handlers_before: Handlers = {
            **judge.handlers_before,
            ForeignDelivered: lambda e: before(tasks_as_ours(e)[0]),
        }
        self.handlers: Handlers = {
            **judge.handlers,
            ObservationChanged: self._on_observation,
            ForeignPublished: self._on_published,
            ForeignDelivered: self._on_delivered,
            ForeignAcked: self._on_settled,
            ForeignRejected: self._on_settled,
            ForeignChannelClosed: lambda e: self._on_end(e.client, e.at_ns),
            ForeignGone: lambda e: self._on_end(e.client, e.at_ns),
            ForeignForgotten: lambda e: self._resolve(e.client, e.at_ns),
            QueueObserved: self._on_observed,
        }

    def _on_observation(self, event: ObservationChanged) -> list[Event]:
        self._sees_acks = event.sees_acks
        return []

    def _on_published(self, event: ForeignPublished) -> list[Event]:
        if event.task_id.startswith(UNNAMED):
            return []  # a worker of ours was given it before we were told
        return self._ours[TaskPublished](
            TaskPublished(
                at_ns=event.at_ns,
                task_id=event.task_id,
                routing_key=event.queue,
                publish_seq_no=0,
                body_size=0,
                persistent=event.persistent,
                mandatory=True,
            )
        )

    def _on_delivered(self, event: ForeignDelivered) -> list[Event]:
        if not event.auto_ack:
            self._held.setdefault(event.client, {})[event.task_id] = event.queue
        return self._judged(tasks_as_ours(event))

    def _on_settled(self, event: ForeignAcked | ForeignRejected | TaskPresumedDone) -> list[Event]:
        self._held.get(event.client, {}).pop(event.task_id, None)
        return self._judged(tasks_as_ours(event))

    def _on_end(self, client: WorkerId, at_ns: int) -> list[Event]:
        if self._sees_acks:
            return self._come_back(client, at_ns)
        if self._held.get(client):
            self._gone.add(client)
        return []

    def _come_back(self, client: WorkerId, at_ns: int) -> list[Event]:
        self._held.pop(client, None)
        self._gone.discard(client)
        return self._ours[ConnectionLost](ConnectionLost(at_ns=at_ns, owner=client, reason=""))

    def _on_observed(self, event: QueueObserved) -> list[Event]:
        self._observed[event.queue] = event.ready_count
        verdicts = self._ours[QueueObserved](event)
        for client in sorted(self._gone):
            held = self._held.get(client, {})
            if event.queue in held.values() and self._back_count(event.queue) >= len(held):
                verdicts += self._come_back(client, event.at_ns)
        return verdicts

    def _resolve(self, client: WorkerId, at_ns: int) -> list[Event]:
        """It is gone for long: what has not come back by now was done."""
        held, verdicts = self._held.get(client, {}), []
        for queue in dict.fromkeys(held.values()):
            task_ids = [task_id for task_id, name in held.items() if name == queue]
            for task_id in task_ids[: max(0, len(task_ids) - self._back_count(queue))]:
                verdict = TaskPresumedDone(at_ns=at_ns, task_id=task_id, client=client)
                verdicts += [verdict, *self._on_settled(verdict)]
        return verdicts + self._come_back(client, at_ns)

    def _back_count(self, queue: str) -> int:
        return max(0, self._observed.get(queue, 0) - self._ready_count_in(queue))

    def _judged(self, events: Any) -> list[Event]:
        return [verdict for event in events for verdict in self._ours[type(event)](event)]
