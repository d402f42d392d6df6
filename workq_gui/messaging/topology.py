"""Names and declarations: the one place that says what is made on a broker."""

from collections.abc import Callable
from dataclasses import dataclass

from pika.channel import Channel

from workq_gui.core.products import version_of
from workq_gui.core.queue_settings import QUEUE_DEFAULTS, QUORUM, QueueSettings
from workq_gui.core.worker_settings import WORKER_DEFAULTS, WorkerSettings

DEFAULT_DELIVERY_LIMIT = 20
"""Of quorum queues, from RabbitMQ 4.0 on."""
NOT_FOUND = 404
"""The broker's reply code for a queue that does not exist."""
DEFAULT_EXCHANGE = ""
"""Routes every message to the queue that its routing key names; cannot be declared or deleted."""


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """A queue, with all that whoever declares it must say alike."""

    name: str
    how: QueueSettings = QUEUE_DEFAULTS

    @property
    def arguments(self) -> dict[str, str | int]:
        """The arguments of its declare."""
        arguments: dict[str, str | int] = {}
        if self.how.queue_type:
            arguments["x-queue-type"] = self.how.queue_type
        if self.how.delivery_limit:
            arguments["x-delivery-limit"] = self.how.delivery_limit
        if self.how.consumer_timeout_s:
            arguments["x-consumer-timeout"] = round(self.how.consumer_timeout_s * 1000)
        if self.how.dead_letter_to:
            arguments["x-dead-letter-exchange"] = DEFAULT_EXCHANGE
            arguments["x-dead-letter-routing-key"] = self.how.dead_letter_to
        return arguments


@dataclass(frozen=True, slots=True)
class ConsumerSpec:
    """How a worker takes tasks.

    Attributes:
        queues: Which it takes from; at least one.
        how: Its settings.
    """

    queues: tuple[QueueSpec, ...]
    how: WorkerSettings = WORKER_DEFAULTS


NO_LIMIT = -1


def delivery_rules(product: str, queue: QueueSpec) -> tuple[int, bool]:
    """Return how often a task may come back to `queue` before the broker gives it up, and if a nack counts.

    Measured on RabbitMQ 3.10.8, 4.0.5 and 4.3.6: https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling.
    The built-in broker follows 4.3. No broker tells its limit, so its name and version must.
    """
    if queue.how.queue_type != QUORUM:
        return NO_LIMIT, False
    version = version_of(product)
    default = DEFAULT_DELIVERY_LIMIT if version >= (4, 0) else NO_LIMIT
    return queue.how.delivery_limit or default, version < (4, 3)


def declare_queue(channel: Channel, queue: QueueSpec, on_done: Callable[[object], None]) -> None:
    """Declare the queue, or look for it if it is to be used as it is; harmless if it is there so.

    Loop thread of the channel. If the broker refuses, the channel closes and `on_done` is not called.
    """
    if queue.how.is_passive:
        look_at_queue(channel, queue.name, on_done)
        return
    channel.queue_declare(
        queue.name, durable=queue.how.durable, arguments=queue.arguments or None, callback=on_done
    )


def look_at_queue(channel: Channel, queue: str, on_done: Callable[[object], None]) -> None:
    """Ask for the queue's figures without making it; a missing queue closes the channel with 404."""
    channel.queue_declare(queue, passive=True, callback=on_done)


def delete_queue(channel: Channel, queue: str, on_done: Callable[[object], None]) -> None:
    """Delete the queue with all that is in it; harmless if there is none."""
    channel.queue_delete(queue, callback=on_done)


def purge_queue(channel: Channel, queue: str, on_done: Callable[[object], None]) -> None:
    """Let the broker throw all ready messages away; a missing queue closes the channel with 404."""
    channel.queue_purge(queue, callback=on_done)
