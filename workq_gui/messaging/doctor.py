"""Looks at a broker before anything there is touched."""

from pika.exceptions import ChannelClosedByBroker

from workq_gui.core.problems import BrokerReport
from workq_gui.core.queue_settings import QUEUE_DEFAULTS, QueueSettings
from workq_gui.core.settings import Endpoint
from workq_gui.messaging.errors import queue_refused
from workq_gui.messaging.link import Link
from workq_gui.messaging.queue_conflict import check_queue
from workq_gui.messaging.topology import NOT_FOUND, QueueSpec, look_at_queue


async def look(endpoint: Endpoint, queue: str, how: QueueSettings = QUEUE_DEFAULTS) -> BrokerReport:
    """Return what is at `endpoint`. Declares nothing that is not there already, and consumes nothing.

    Args:
        endpoint: Where to look.
        queue: The queue that is to be used.
        how: How it is to be declared.

    Raises:
        QueueMismatched: the queue is there with other arguments; says which.
        MessagingError: no broker, no entry, or a queue that we could not use.
    """
    link = await Link.open(endpoint, "WorkQ doctor")
    try:
        exists, ready_count, consumer_count = await _figures(link, queue)
        if exists:
            # Declaring it again changes nothing, but tells whether its arguments are ours.
            await check_queue(link, QueueSpec(queue, how))
        return BrokerReport(str(endpoint), link.product, queue, exists, ready_count, consumer_count)
    finally:
        await link.close()


async def delete(endpoint: Endpoint, queue: str) -> None:
    """Delete `queue` with all that is in it.

    Raises:
        MessagingError: no broker, or it refuses.
    """
    link = await Link.open(endpoint, "WorkQ doctor")
    try:
        await link.call_aside(lambda channel, done: channel.queue_delete(queue, callback=done))
    except ChannelClosedByBroker as error:
        raise queue_refused(error, queue) from error
    finally:
        await link.close()


async def _figures(link: Link, queue: str) -> tuple[bool, int, int]:
    channel = await link.open_channel()
    try:
        frame = await link.call(channel, lambda done: look_at_queue(channel, queue, done))
    except ChannelClosedByBroker as error:
        if error.reply_code == NOT_FOUND:
            return False, 0, 0
        raise queue_refused(error, queue) from error
    return True, frame.method.message_count, frame.method.consumer_count
