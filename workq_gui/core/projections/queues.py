"""The queues on the stage, with the broker's own figures of each."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from workq_gui.core.events import PUBLISHER, ConnectionFailed, ConnectionLost
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.queue_events import QueueAdded, QueueDeclared, QueueMissing, QueueObserved, QueuePurged

NO_LIMIT = -1


class QueueKind(NamedTuple):
    """What a queue is, in all its life; see `QueueView` for the fields."""

    durable: bool = True
    queue_type: str = ""
    delivery_limit: int = NO_LIMIT
    dead_letter_to: str = ""


@dataclass(frozen=True, slots=True)
class QueueView:
    """What is known of one queue.

    Attributes:
        dead_letter_to: The queue that gets what is rejected for good; may be empty.
        durable: Whether it is there again when the broker has restarted.
        queue_type: "classic" or "quorum"; empty for the broker's default.
        delivery_limit: How often a task may come back before the broker gives it up; -1 for no limit.
        ready_count: The broker's own count of ready messages; None before it was asked.
        consumer_count: The broker's own count of consumers, other people's included.
        is_missing: Whether the broker says that it does not exist.
        observed_ns: When the broker's figures last changed.
        seen_ns: When they were last asked for, as far as that was told.
    """

    name: str
    dead_letter_to: str = ""
    durable: bool = True
    queue_type: str = ""
    delivery_limit: int = NO_LIMIT
    ready_count: int | None = None
    consumer_count: int | None = None
    is_missing: bool = False
    observed_ns: int = 0
    seen_ns: int = 0

    @property
    def kind(self) -> QueueKind:
        """What does not change with what is in it."""
        return QueueKind(self.durable, self.queue_type, self.delivery_limit, self.dead_letter_to)


class Queues(Projection):
    """All queues. Feed it events; read `views`.

    Attributes:
        views: Each queue by its name, in the order in which they were added.
    """

    def __init__(self) -> None:
        self.views: dict[str, QueueView] = {}

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            QueueAdded: self._on_added,
            QueueDeclared: self._on_declared,
            QueueObserved: self._on_observed,
            QueueMissing: lambda e: self._set(
                e.queue, ready_count=None, consumer_count=None, is_missing=True, observed_ns=e.at_ns
            ),
            QueuePurged: lambda e: self._set(e.queue, ready_count=0, observed_ns=e.at_ns),
            ConnectionLost: self._on_down,
            ConnectionFailed: self._on_down,
        }

    @property
    def ready_count(self) -> int | None:
        """The broker's own count over all queues; None if that of one is not known."""
        counts = [view.ready_count for view in self.views.values()]
        return sum(count for count in counts if count is not None) if counts and None not in counts else None

    def _on_added(self, event: QueueAdded) -> None:
        self._set(
            event.queue,
            dead_letter_to=event.dead_letter_to,
            durable=event.durable,
            queue_type=event.queue_type,
            delivery_limit=event.delivery_limit or NO_LIMIT,  # until the broker's default is known
        )

    def _on_declared(self, event: QueueDeclared) -> None:
        if event.queue in self.views:
            self._set(event.queue, delivery_limit=event.delivery_limit)

    def _on_observed(self, event: QueueObserved) -> None:
        view = self.views.get(event.queue, QueueView(event.queue))
        is_news = (view.ready_count, view.consumer_count) != (event.ready_count, event.consumer_count)
        self._set(
            event.queue,
            ready_count=event.ready_count,
            consumer_count=event.consumer_count,
            is_missing=False,
            observed_ns=event.at_ns if is_news else view.observed_ns,
            seen_ns=event.at_ns,
        )

    def _on_down(self, event: ConnectionLost | ConnectionFailed) -> None:
        if event.owner == PUBLISHER:
            for name in self.views:
                self._set(name, ready_count=None, consumer_count=None, observed_ns=event.at_ns)

    def _set(self, name: str, **changes: Any) -> None:
        self.views[name] = replace(self.views.get(name, QueueView(name)), **changes)
