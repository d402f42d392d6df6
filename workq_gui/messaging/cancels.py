"""Why a broker took a consumer off its queue: `basic.cancel` itself gives no reason."""

import asyncio

from pika.exceptions import ChannelClosedByBroker

from workq_gui.messaging.errors import MessagingError
from workq_gui.messaging.link import Link
from workq_gui.messaging.topology import NOT_FOUND, look_at_queue

CANCELLED_BY_BROKER = "the broker cancelled the consumer"
# The reason comes first: a card shows the beginning.
QUEUE_IS_DELETED = f"its queue was deleted: {CANCELLED_BY_BROKER}"
TIMED_OUT = f"consumer timeout: {CANCELLED_BY_BROKER}, which kept a task un-acked for too long"
LOOKS = 2
PAUSE_S = 0.5
"""RabbitMQ 4.3 cancels the consumers of a quorum queue some 10 to 70 ms before the queue is gone."""


async def why_cancelled(link: Link, queue: str) -> str:
    """Return why the consumer of `queue` was cancelled, as far as it can be known. Loop thread of `link`.

    A queue that stays there had no other reason but the consumer timeout of RabbitMQ 4.3.
    """
    try:
        for look in range(LOOKS):
            await asyncio.sleep(PAUSE_S * look)
            await link.call_aside(lambda channel, done: look_at_queue(channel, queue, done))
    except ChannelClosedByBroker as error:
        return QUEUE_IS_DELETED if error.reply_code == NOT_FOUND else CANCELLED_BY_BROKER
    except MessagingError:
        return CANCELLED_BY_BROKER
    return TIMED_OUT
