"""What is known of the broker: who is connected, and its own figures."""

from workq_gui.core.events import (
    PUBLISHER,
    BrokerStopped,
    ConnectionBlocked,
    ConnectionFailed,
    ConnectionLost,
    ConnectionOpened,
    ConnectionUnblocked,
    QueueMissing,
    QueueObserved,
)
from workq_gui.core.projections.projection import Projection


class BrokerState(Projection):
    """The broker as the publisher's connection sees it.

    Attributes:
        connected: Whether the publisher is connected.
        was_connected: Whether it ever was.
        trouble: Why it is not, or why it must not publish; in the broker's or the system's words.
        blocked: Whether the broker refuses to read from the publisher.
        ready_count: The broker's own count of ready messages; None before it was asked.
        consumer_count: The broker's own count of consumers, other people's included.
        queue_missing: Whether the broker says that the queue does not exist.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                ConnectionOpened: self._on_opened,
                ConnectionLost: self._on_down,
                ConnectionFailed: self._on_down,
                ConnectionBlocked: self._on_blocked,
                ConnectionUnblocked: self._on_unblocked,
                QueueObserved: self._on_observed,
                QueueMissing: self._on_missing,
                BrokerStopped: self._on_stopped,
            }
        )
        self.connected = False
        self.was_connected = False
        self.trouble = ""
        self.blocked = False
        self.ready_count: int | None = None
        self.consumer_count: int | None = None
        self.queue_missing = False

    def _on_opened(self, event: ConnectionOpened) -> None:
        if event.owner == PUBLISHER:
            self.connected = self.was_connected = True
            self.blocked, self.trouble = False, ""

    def _on_down(self, event: ConnectionLost | ConnectionFailed) -> None:
        if event.owner == PUBLISHER:
            self.connected = self.blocked = False
            self.trouble = event.reason
            self.ready_count = self.consumer_count = None

    def _on_blocked(self, event: ConnectionBlocked) -> None:
        if event.owner == PUBLISHER:
            self.blocked, self.trouble = True, event.reason

    def _on_unblocked(self, event: ConnectionUnblocked) -> None:
        if event.owner == PUBLISHER:
            self.blocked, self.trouble = False, ""

    def _on_observed(self, event: QueueObserved) -> None:
        self.ready_count, self.consumer_count = event.ready_count, event.consumer_count
        self.queue_missing = False

    def _on_missing(self, _: QueueMissing) -> None:
        self.ready_count = None
        self.queue_missing = True

    def _on_stopped(self, event: BrokerStopped) -> None:
        if not event.expected:
            self.trouble = "the broker ended unexpectedly"
