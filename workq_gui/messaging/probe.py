"""Asks the broker for its own figures of a queue, on every broker alike."""

import asyncio
from collections.abc import Callable

from pika.exceptions import ChannelClosedByBroker

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event, QueueMissing, QueueObserved
from workq_gui.messaging.errors import MessagingError
from workq_gui.messaging.link import Link
from workq_gui.messaging.topology import NOT_FOUND, look_at_queue

INTERVAL_S = 0.3
MISSING_INTERVAL_S = 2.0
"""Each look for a missing queue costs a channel, and a line in the broker's log."""


async def observe(link: Link, queue: str, clock: Clock, emit: Callable[[Event], None]) -> None:
    """Emit `queue`'s figures whenever they changed, until `link` ends or this is cancelled.

    On a channel of its own: a passive declare costs 0.3 ms and is exact at
    once, where the management API lags 5 s; if the queue is missing, it costs the channel.
    """
    seen: object = None
    try:
        channel = await link.open_channel()
        while True:
            try:
                frame = await link.call(channel, lambda done: look_at_queue(channel, queue, done))  # noqa: B023
            except ChannelClosedByBroker as error:
                if error.reply_code != NOT_FOUND:
                    return  # this user may not look; the publisher and the workers hear why
                if seen is not QueueMissing:
                    seen = QueueMissing
                    emit(QueueMissing(at_ns=clock.now_ns(), queue=queue))
                channel = await link.open_channel()
                await asyncio.sleep(MISSING_INTERVAL_S)
            else:
                figures = (frame.method.message_count, frame.method.consumer_count)
                if seen != figures:
                    seen = figures
                    emit(
                        QueueObserved(
                            at_ns=clock.now_ns(),
                            queue=queue,
                            ready_count=figures[0],
                            consumer_count=figures[1],
                        )
                    )
                await asyncio.sleep(INTERVAL_S)
    except MessagingError:
        return  # the link's owner hears of its end, and tells
