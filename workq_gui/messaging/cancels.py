"""Why a broker took a consumer off its queue: `basic.cancel` itself gives no reason."""

from pika.exceptions import ChannelClosedByBroker

from workq_gui.messaging.errors import MessagingError
from workq_gui.messaging.link import Link
from workq_gui.messaging.topology import NOT_FOUND, look_at_queue

CANCELLED_BY_BROKER = "the broker cancelled the consumer"
QUEUE_IS_DELETED = f"{CANCELLED_BY_BROKER}: its queue was deleted"
TIMED_OUT = f"{CANCELLED_BY_BROKER}: it kept a task un-acked for longer than the consumer timeout"


async def why_cancelled(link: Link, queue: str) -> str:
    """Return why the consumer of `queue` was cancelled, as far as it can be known. Loop thread of `link`.

    A queue that is still there had no other reason but the consumer timeout of RabbitMQ 4.3.
    """
    try:
        await link.call_aside(lambda channel, done: look_at_queue(channel, queue, done))
    except ChannelClosedByBroker as error:
        return QUEUE_IS_DELETED if error.reply_code == NOT_FOUND else CANCELLED_BY_BROKER
    except MessagingError:
        return CANCELLED_BY_BROKER
    return TIMED_OUT
