"""Names and declarations: the one place that says what is made on a broker."""

from collections.abc import Callable
from dataclasses import dataclass

from pika.channel import Channel

PREFETCH_COUNT = 1
NOT_FOUND = 404
"""The broker's reply code for a queue that does not exist."""
DEFAULT_EXCHANGE = ""
"""Routes every message to the queue that its routing key names; cannot be declared or deleted."""


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """A durable queue, with all that whoever declares it must say alike.

    Attributes:
        dead_letter_to: The queue that gets what is rejected for good; empty if there is none.
    """

    name: str
    dead_letter_to: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of its declare."""
        if not self.dead_letter_to:
            return {}
        return {
            "x-dead-letter-exchange": DEFAULT_EXCHANGE,
            "x-dead-letter-routing-key": self.dead_letter_to,
        }


@dataclass(frozen=True, slots=True)
class ConsumerSpec:
    """How a worker takes tasks.

    Attributes:
        queues: Which it takes from; at least one.
        auto_ack: The broker is to forget each message as soon as it has sent it.
        prefetch_count: How many un-acked messages the broker lets it hold; no limit with auto_ack.
    """

    queues: tuple[QueueSpec, ...]
    auto_ack: bool = False
    prefetch_count: int = PREFETCH_COUNT


def declare_queue(channel: Channel, queue: QueueSpec, on_done: Callable[[object], None]) -> None:
    """Declare the durable queue; harmless if it is there with the same arguments.

    Loop thread of the channel. If the broker refuses, the channel closes and `on_done` is not called.
    """
    channel.queue_declare(queue.name, durable=True, arguments=queue.arguments or None, callback=on_done)


def look_at_queue(channel: Channel, queue: str, on_done: Callable[[object], None]) -> None:
    """Ask for the queue's figures without making it; a missing queue closes the channel with 404."""
    channel.queue_declare(queue, passive=True, callback=on_done)


def purge_queue(channel: Channel, queue: str, on_done: Callable[[object], None]) -> None:
    """Let the broker throw all ready messages away; a missing queue closes the channel with 404."""
    channel.queue_purge(queue, callback=on_done)
