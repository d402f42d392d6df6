"""What is known of the broker: whether it is there, and whether it takes messages."""

from workq_gui.core.events import (
    PUBLISHER,
    BrokerStopped,
    ConnectionBlocked,
    ConnectionFailed,
    ConnectionLost,
    ConnectionOpened,
    ConnectionUnblocked,
    ProducerHeld,
    ProducerReleased,
)
from workq_gui.core.fault_events import BrokerFroze, BrokerThawed
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.room_events import RoomClosed, RoomOpened


class BrokerState(Projection):
    """The broker as the publisher's connection sees it.

    Attributes:
        connected: Whether the publisher is connected.
        product: What it says that it is, with its version; empty before the first connection.
        was_connected: Whether it ever was.
        trouble: Why it is not, or why it must not publish; in the broker's or the system's words.
        blocked: Whether the broker refuses to read from the publisher.
        is_producer_held: Whether the user holds the producer.
        room_port: Where it lets other machines in, while the room is open; else 0.
        is_frozen: Whether it does nothing, with its sockets open, since the user stopped it in its tracks.
        changed_ns: When it came or went.
    """

    def __init__(self) -> None:
        self.connected = False
        self.product = ""
        self.was_connected = False
        self.trouble = ""
        self.blocked = False
        self.is_producer_held = False
        self.room_port = 0
        self.is_frozen = False
        self.changed_ns = 0

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            ConnectionOpened: self._on_opened,
            ConnectionLost: self._on_down,
            ConnectionFailed: self._on_down,
            ConnectionBlocked: self._on_blocked,
            ConnectionUnblocked: self._on_unblocked,
            BrokerStopped: self._on_stopped,
            BrokerFroze: lambda _: self._freeze(True),
            BrokerThawed: lambda _: self._freeze(False),
            RoomOpened: lambda event: self._let_in(event.port),
            RoomClosed: lambda _: self._let_in(0),
            ProducerHeld: lambda _: self._hold_producer(True),
            ProducerReleased: lambda _: self._hold_producer(False),
        }

    def _on_opened(self, event: ConnectionOpened) -> None:
        if event.owner == PUBLISHER:
            self.connected = self.was_connected = True
            self.blocked, self.trouble, self.product = False, "", event.product
            self.changed_ns = event.at_ns

    def _on_down(self, event: ConnectionLost | ConnectionFailed) -> None:
        if event.owner == PUBLISHER:
            self.changed_ns = event.at_ns if self.connected else self.changed_ns
            self.connected = self.blocked = False
            self.trouble = event.reason

    def _on_blocked(self, event: ConnectionBlocked) -> None:
        if event.owner == PUBLISHER:
            self.blocked, self.trouble = True, event.reason

    def _on_unblocked(self, event: ConnectionUnblocked) -> None:
        if event.owner == PUBLISHER:
            self.blocked, self.trouble = False, ""

    def _hold_producer(self, is_held: bool) -> None:
        self.is_producer_held = is_held

    def _let_in(self, port: int) -> None:
        self.room_port = port

    def _freeze(self, is_frozen: bool) -> None:
        self.is_frozen = is_frozen

    def _on_stopped(self, event: BrokerStopped) -> None:
        self.is_frozen = False
        self.room_port = 0
        if not event.expected:
            self.trouble = "the broker ended unexpectedly"
