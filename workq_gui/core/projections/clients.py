"""Other people's clients: who they are, and what they do as far as the broker lets anybody know."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from workq_gui.core.events import Event, WorkerId
from workq_gui.core.foreign_as_ours import client_as_ours, fold_as_ours
from workq_gui.core.foreign_events import (
    ForeignAcked,
    ForeignChannelClosed,
    ForeignConnected,
    ForeignConsumerGone,
    ForeignConsumerSeen,
    ForeignDelivered,
    ForeignForgotten,
    ForeignGone,
    ForeignPublished,
    ForeignRejected,
    ObservationChanged,
)
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.projections.worker_view import ForeignFacts, WorkerStatus, WorkerView
from workq_gui.core.projections.workers import Workers
from workq_gui.core.verdicts import TaskPresumedDone, TaskRequeued

MOST_PRODUCERS = 50


@dataclass(frozen=True, slots=True)
class ProducerView:
    """A client that published to a queue on the stage.

    Attributes:
        name: What it calls itself; may be empty.
        peer: Its address and port.
        published_count: How many tasks it sent.
        published_ns: When it sent the latest.
        is_gone: Whether its connection has ended.
    """

    name: str
    peer: str
    published_count: int = 0
    published_ns: int = 0
    is_gone: bool = False


class Clients(Projection):
    """All clients that are not ours. Feed it events; read it.

    Attributes:
        producers: Those that published, by their ids, in the order in which they began to.
        published_count: How many tasks other people sent.
        sees_clients: Whether the broker tells who is there; likewise what tasks they have, and their acks.
        reason: What cannot be seen and why, as a sentence; empty if all can, or nobody looked yet.
        changed_count: Grows with every change; equal means nothing to repaint.
    """

    def __init__(self) -> None:
        self.producers: dict[WorkerId, ProducerView] = {}
        self.published_count = 0
        self.sees_clients = self.sees_tasks = self.sees_acks = False
        self.reason = ""
        self.changed_count = 0
        self._connected: dict[WorkerId, ForeignConnected] = {}
        self._consuming: dict[WorkerId, None] = {}
        # What they do is told in the same words as what ours do, and followed in the same way.
        self._workers = Workers()

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        told: dict[type[Event], Callable[[Any], None]] = {
            ObservationChanged: self._on_observation,
            ForeignConnected: self._on_connected,
            ForeignGone: self._on_gone,
            ForeignForgotten: self._on_forgotten,
            ForeignChannelClosed: self._fold,
            ForeignConsumerSeen: self._on_consumer,
            ForeignConsumerGone: self._on_consumer_gone,
            ForeignPublished: self._on_published,
            ForeignDelivered: self._on_delivered,
            ForeignAcked: self._on_task,
            ForeignRejected: self._on_task,
            TaskPresumedDone: self._on_task,
            TaskRequeued: self._on_requeued,
        }
        return {kind: self._counted(handle) for kind, handle in told.items()}

    def _counted(self, handle: Callable[[Any], None]) -> Callable[[Any], None]:
        def handle_and_count(event: Any) -> None:
            self.changed_count += 1
            handle(event)

        return handle_and_count

    def copy(self) -> "Clients":
        """Return a projection that stands where this one does, and goes its own way."""
        twin = super().copy()
        twin._workers = self._workers.copy()  # noqa: SLF001 (of its own kind)
        return twin

    @property
    def has_workers(self) -> bool:
        """Whether there are any `workers`."""
        return bool(self._consuming)

    @property
    def workers(self) -> dict[WorkerId, WorkerView]:
        """Those that take tasks, or did until a moment ago, as workers that are not ours."""
        return {
            client: view._replace(foreign=self._facts(client))
            for client, view in self._workers.views.items()
            if client in self._consuming
        }

    def _facts(self, client: WorkerId) -> ForeignFacts:
        connected = self._connected[client]
        return ForeignFacts(connected.name, connected.peer, self.sees_acks)

    def _on_observation(self, event: ObservationChanged) -> None:
        self.sees_clients, self.sees_tasks = event.sees_clients, event.sees_tasks
        self.sees_acks, self.reason = event.sees_acks, event.reason

    def _on_connected(self, event: ForeignConnected) -> None:
        self._connected[event.client] = event
        self._fold(event)

    def _on_gone(self, event: ForeignGone) -> None:
        before = self._workers.views.get(event.client)
        self._fold(event)
        if before is not None and before.status is WorkerStatus.CHANNEL_CLOSED:
            after = self._workers.views[event.client]  # one end, told in two steps
            self._workers.views[event.client] = after._replace(requeued_count=before.requeued_count)
        if event.client in self.producers:
            self.producers[event.client] = replace(self.producers[event.client], is_gone=True)

    def _on_forgotten(self, event: ForeignForgotten) -> None:
        self._fold(event)
        for known in (self._connected, self._consuming, self.producers):
            known.pop(event.client, None)

    def _on_consumer(self, event: ForeignConsumerSeen) -> None:
        self._consuming[event.client] = None
        self._fold(event)

    def _on_consumer_gone(self, event: ForeignConsumerGone) -> None:
        view = self._workers.views.get(event.client)
        if view is None:
            return
        queues = tuple(name for name in view.queues if name != event.queue)
        if queues or view.in_hand:
            self._workers.views[event.client] = view._replace(queues=queues or view.queues)
        else:
            self._consuming.pop(event.client, None)

    def _on_published(self, event: ForeignPublished) -> None:
        self.published_count += 1
        connected = self._connected.get(event.client)
        name, peer = (connected.name, connected.peer) if connected else ("", "")
        old = self.producers.get(event.client, ProducerView(name, peer))
        self.producers[event.client] = replace(
            old, published_count=old.published_count + 1, published_ns=event.at_ns
        )
        if len(self.producers) > MOST_PRODUCERS:
            del self.producers[next(iter(self.producers))]

    def _on_delivered(self, event: ForeignDelivered) -> None:
        if event.client in self._connected:
            self._consuming[event.client] = None  # told of a task before it was told of the consumer
        self._on_task(event)

    def _on_task(self, event: Any) -> None:
        fold_as_ours(self._workers.handlers, event)

    def _on_requeued(self, event: TaskRequeued) -> None:
        if event.worker_id in self._consuming:
            self._workers.handlers[TaskRequeued](event)

    def _fold(self, event: Event) -> None:
        ours = client_as_ours(event)
        self._workers.handlers[type(ours)](ours)
