"""Names and declarations: the one place that says what is made on a broker."""

from collections.abc import Callable

from pika.channel import Channel

PREFETCH_COUNT = 1
NOT_FOUND = 404
"""The broker's reply code for a queue that does not exist."""
DEFAULT_EXCHANGE = ""
"""Routes every message to the queue that its routing key names; cannot be declared or deleted."""


def declare_work_queue(channel: Channel, queue: str, on_done: Callable[[object], None]) -> None:
    """Declare the durable work queue; harmless if it is there with the same arguments.

    Loop thread of the channel. If the broker refuses, the channel closes and `on_done` is not called.
    """
    channel.queue_declare(queue, durable=True, callback=on_done)


def look_at_queue(channel: Channel, queue: str, on_done: Callable[[object], None]) -> None:
    """Ask for the queue's figures without making it; a missing queue closes the channel with 404."""
    channel.queue_declare(queue, passive=True, callback=on_done)
