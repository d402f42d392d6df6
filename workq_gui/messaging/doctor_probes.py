"""What a broker can and will do, found by doing it to queues of our own, which are deleted at once.

Nothing is concluded from a version number. Each probe belongs to the asyncio loop that awaits it.
"""

import asyncio
import contextlib
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pika
from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker

from workq_gui.core.settings import Endpoint
from workq_gui.messaging.errors import MessagingError, words_of
from workq_gui.messaging.link import Link
from workq_gui.messaging.own_clients import OBSERVER

CONNECT_LIMIT_S = 3.0
ALARM_LIMIT_S = 1.5
"""A broker that takes messages confirms one within some milliseconds; one with an alarm says so as soon."""
CONSUMER_TIMEOUT_MS = 1000
CONSUMER_TIMEOUT_LIMIT_S = 2.5
EXPIRES_MS = 60_000
"""A queue of ours that could not be deleted goes by itself after so long."""
TRACE_LIMIT_S = 0.3
TRACE_EXCHANGE = "amq.rabbitmq.trace"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a probe.

    Attributes:
        is_yes: The broker did it; None if that could not be found out.
        words: The broker's own, if it did not.
    """

    is_yes: bool | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class QuorumAnswers:
    """What a broker does with quorum queues."""

    declares: Answer
    limits_deliveries: Answer
    times_consumers_out: Answer


async def answers_tcp(address: str, port: int) -> Answer:
    """Tell whether anything listens at `address`."""
    try:
        async with asyncio.timeout(CONNECT_LIMIT_S):
            _, writer = await asyncio.open_connection(address, port)
    except TimeoutError:
        return Answer(False, "no answer in time")
    except OSError as error:
        return Answer(False, os.strerror(error.errno) if error.errno else words_of(error))
    writer.close()
    with contextlib.suppress(OSError):  # the other side was faster
        await writer.wait_closed()
    return Answer(True)


async def takes_transient_queue(endpoint: Endpoint) -> Answer:
    """Tell whether a queue may be neither durable nor exclusive, as in most old tutorials.

    Raises:
        MessagingError: there is no connection to be had.
    """
    link = await _open(endpoint)  # of its own: RabbitMQ 4.3 closes the connection on it, with 541
    name = _own_name()

    def start(channel: Channel, done: Callable[[object], None]) -> None:
        channel.queue_declare(name, durable=False, auto_delete=True, callback=done)

    try:
        answer = await _try(link, start)
        if answer.is_yes:
            await _delete(link, name)
        return answer
    finally:
        await link.close()


async def try_quorum_queue(endpoint: Endpoint, *, may_publish: bool) -> QuorumAnswers:
    """Tell what the broker does with quorum queues; takes some seconds.

    Args:
        endpoint: The broker.
        may_publish: Whether it takes messages now; without one no consumer can be timed out.

    Raises:
        MessagingError: there is no connection to be had.
    """
    link = await _open(endpoint)
    name = _own_name()
    try:
        plain = await _try(link, _quorum_declare(name, {}))
        if not plain.is_yes:
            return QuorumAnswers(plain, plain, plain)
        await _delete(link, name)
        limited = await _try(link, _quorum_declare(name, {"x-delivery-limit": 2}))
        if limited.is_yes:
            await _delete(link, name)
        if not may_publish:
            return QuorumAnswers(plain, limited, Answer(None, "the broker takes no messages now"))
        timed = await _try(link, _quorum_declare(name, {"x-consumer-timeout": CONSUMER_TIMEOUT_MS}))
        if timed.is_yes:
            timed = await _is_timed_out(link, name)
            await _delete(link, name)
        return QuorumAnswers(plain, limited, timed)
    finally:
        await link.close()


async def takes_messages(endpoint: Endpoint) -> Answer:
    """Tell whether the broker takes a message; one that is short of disk or memory says so instead.

    The message goes to a queue that only our connection knows and that ends with it: RabbitMQ tells of an
    alarm only those who publish.

    Raises:
        MessagingError: there is no connection to be had.
    """
    link = await _open(endpoint)
    loop = asyncio.get_running_loop()
    told: asyncio.Future[Answer] = loop.create_future()

    def tell(answer: Answer) -> None:
        if not told.done():
            told.set_result(answer)

    try:
        channel = link.channel
        link.on_blocked(lambda reason: tell(Answer(False, reason)), lambda: None)
        queue = await _private_queue(link)
        await link.call(
            channel, lambda done: channel.confirm_delivery(lambda _: tell(Answer(True)), callback=done)
        )
        channel.basic_publish("", queue, b"WorkQ doctor")
        async with asyncio.timeout(ALARM_LIMIT_S):
            return await told
    except TimeoutError:
        return Answer(None, "no confirm in time")
    except ChannelClosedByBroker as error:
        return Answer(None, words_of(error))
    finally:
        await link.close()


async def traces_acks(endpoint: Endpoint) -> Answer:
    """Tell whether the broker reports acks, other people's too, on its trace exchange.

    Raises:
        MessagingError: there is no connection to be had.
    """
    # By this name: the built-in broker leaves all other connections of ours out of the trace.
    link = await Link.open(endpoint, OBSERVER)
    try:
        channel = link.channel
        queue, trace = await _private_queue(link), await _private_queue(link)
        bound = await _try(
            link,
            lambda aside, done: aside.queue_bind(trace, TRACE_EXCHANGE, f"ack.{queue}", callback=done),
        )
        if not bound.is_yes:
            return Answer(False, bound.words)
        seen = asyncio.Event()
        channel.basic_consume(trace, lambda *_: seen.set(), auto_ack=True)
        channel.basic_consume(queue, lambda _, method, *__: channel.basic_ack(method.delivery_tag))
        channel.basic_publish("", queue, b"WorkQ doctor")
        async with asyncio.timeout(TRACE_LIMIT_S):
            await seen.wait()
        return Answer(True)
    except TimeoutError:
        return Answer(False)
    except ChannelClosedByBroker as error:
        return Answer(False, words_of(error))
    finally:
        await link.close()


async def _is_timed_out(link: Link, name: str) -> Answer:
    """Hold a message of a queue of ours, and tell whether the broker takes it away."""
    channel = await link.open_channel()
    ended = asyncio.Event()
    channel.add_on_cancel_callback(lambda _: ended.set())
    channel.add_on_close_callback(lambda *_: ended.set())
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(name, lambda *_: None)
    channel.basic_publish("", name, b"WorkQ doctor", pika.BasicProperties(delivery_mode=2))
    try:
        async with asyncio.timeout(CONSUMER_TIMEOUT_LIMIT_S):
            await ended.wait()
    except TimeoutError:
        return Answer(False)
    return Answer(True)


def _quorum_declare(name: str, more: dict[str, int]) -> Callable[[Channel, Callable[[object], None]], object]:
    arguments = {"x-queue-type": "quorum", "x-expires": EXPIRES_MS, **more}
    return lambda channel, done: channel.queue_declare(name, durable=True, arguments=arguments, callback=done)


async def _private_queue(link: Link) -> str:
    channel = link.channel
    frame = await link.call(channel, lambda done: channel.queue_declare("", exclusive=True, callback=done))
    return str(frame.method.queue)


async def _try(link: Link, start: Callable[[Channel, Callable[[object], None]], object]) -> Answer:
    try:
        await link.call_aside(start)
    except ChannelClosedByBroker as error:
        return Answer(False, words_of(error))
    except MessagingError as error:
        return Answer(False, error.problem.broker_words)
    return Answer(True)


async def _delete(link: Link, name: str) -> None:
    await _try(link, lambda channel, done: channel.queue_delete(name, callback=done))


async def _open(endpoint: Endpoint) -> Link:
    return await Link.open(endpoint, "WorkQ doctor")


def _own_name() -> str:
    return f"workq-doctor-{uuid.uuid4().hex[:12]}"
