"""The connection itself; pins the private names of pika that it uses."""

import asyncio
import contextlib
import os
import signal

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from workq_gui.core.clock import SessionClock
from workq_gui.core.events import WorkerId, WorkerStarted, WorkerStopped
from workq_gui.core.settings import from_url
from workq_gui.messaging.cancels import QUEUE_IS_DELETED
from workq_gui.messaging.consumer import TaskConsumer
from workq_gui.messaging.errors import MessagingError
from workq_gui.messaging.link import Link
from workq_gui.messaging.pace import Pace
from workq_gui.messaging.topology import ConsumerSpec, QueueSpec, look_at_queue
from workq_gui.runtime.broker_process import BrokerProcess


@contextlib.asynccontextmanager
async def opened(endpoint):
    link = await Link.open(endpoint, "WorkQ test")
    try:
        yield link
    finally:
        await link.close()


def test_the_pinned_pika_is_the_one_that_is_installed():
    assert pika.__version__ == "1.4.4"


def test_a_polite_end_has_no_reason(endpoint):
    async def story():
        async with opened(endpoint) as link:
            assert link.is_open
            await link.close()
            return await asyncio.wait_for(link.closed, 5)

    assert asyncio.run(story()) == ""


def test_a_cut_ends_the_link_at_once_and_needs_no_goodbye(endpoint):
    async def story():
        async with opened(endpoint) as link:
            link.sever()
            reason = await asyncio.wait_for(link.closed, 5)
            assert not link.is_open
            await link.close()
            return reason

    assert asyncio.run(story())


def test_a_call_on_an_ended_link_fails_in_words(endpoint):
    async def story():
        async with opened(endpoint) as link:
            link.sever()
            await link.closed
            await link.declare_queue(QueueSpec("never"))

    with pytest.raises(MessagingError, match=r".+"):
        asyncio.run(story())


def test_a_call_under_way_fails_when_the_link_ends(endpoint, queue_name):
    async def story():
        async with opened(endpoint) as link:
            calling = asyncio.create_task(link.declare_queue(QueueSpec(queue_name)))
            await asyncio.sleep(0)
            link.sever()
            await asyncio.wait_for(calling, 5)

    with pytest.raises(MessagingError):
        asyncio.run(story())


def test_a_channel_error_ends_the_link_with_the_brokers_words(endpoint, queue_name):
    async def story():
        async with opened(endpoint) as link:
            await link.declare_queue(QueueSpec(queue_name))
            link.channel.basic_ack(99)
            return await asyncio.wait_for(link.closed, 5)

    assert asyncio.run(story()) == "406 PRECONDITION_FAILED - unknown delivery tag 99"


def test_an_error_on_another_channel_leaves_the_link_alone(endpoint):
    async def story():
        async with opened(endpoint) as link:
            channel = await link.open_channel()
            with pytest.raises(ChannelClosedByBroker):
                await link.call(channel, lambda done: look_at_queue(channel, "no such queue", done))
            assert link.is_open

    asyncio.run(story())


def test_a_frozen_link_hears_nothing_until_it_is_thawed(endpoint, queue_name):
    async def story():
        async with opened(endpoint) as frozen, opened(endpoint) as other:
            frozen.freeze()
            calling = asyncio.create_task(frozen.declare_queue(QueueSpec(queue_name)))
            for _ in range(20):  # many times as long as an answer takes
                await other.declare_queue(QueueSpec(queue_name))
            assert not calling.done()
            frozen.thaw()
            await asyncio.wait_for(calling, 5)

    asyncio.run(story())


def test_a_frozen_link_sends_no_heartbeat_and_a_thawed_one_does(endpoint):
    async def story():
        async with opened(endpoint) as link:
            link.freeze()
            assert link._connection._heartbeat_checker is None
            sent = link._connection.frames_sent
            link.thaw()
            assert link._connection._heartbeat_checker is not None
            assert link._connection.frames_sent == sent + 1

    asyncio.run(story())


def test_a_frozen_link_can_be_cut(endpoint):
    async def story():
        async with opened(endpoint) as link:
            link.freeze()
            link.sever()
            return await asyncio.wait_for(link.closed, 5)

    assert asyncio.run(story())


def test_a_frozen_link_can_be_closed_properly(endpoint):
    async def story():
        async with opened(endpoint) as link:
            link.freeze()
            await link.close()
            return await asyncio.wait_for(link.closed, 5)

    assert asyncio.run(story()) == ""


def test_many_messages_in_one_turn_arrive_whole_and_in_order(endpoint, queue_name, rabbitmq):
    bodies = [b"%d " % number * (number % 50) for number in range(2_000)]

    async def story():
        async with opened(endpoint) as link:
            await link.declare_queue(QueueSpec(queue_name))
            for body in bodies:
                link.channel.basic_publish("", queue_name, body)

    asyncio.run(story())
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq.url))
    channel = connection.channel()
    received = [channel.basic_get(queue_name, auto_ack=True)[2] for _ in bodies]
    connection.close()
    assert received == bodies


def test_a_cancel_does_not_interrupt_a_close_and_is_not_lost(endpoint):
    async def story():
        link = await Link.open(endpoint, "WorkQ test")
        closing = asyncio.create_task(link.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        return link.closed.done()

    assert asyncio.run(story()), "the loop ends now; an open socket would stay open"


def test_a_broker_that_hangs_leaves_no_socket_open(tmp_path):
    broker = BrokerProcess(tmp_path)
    broker.start()

    async def story():
        link = await Link.open(from_url(broker.url), "WorkQ test")
        os.kill(broker._process.pid, signal.SIGSTOP)
        await link.close()
        return link.closed.done()

    try:
        assert asyncio.run(story())
    finally:
        broker.kill()


def test_a_worker_cancelled_while_it_ends_by_itself_closes_its_connection_and_tells(rabbitmq, queue_name):
    """Its queue is deleted, it closes its connection, and in the middle of that its thread is ended."""
    events = []
    spec = ConsumerSpec((QueueSpec(queue_name),))
    consumer = TaskConsumer(
        WorkerId("worker 1"), from_url(rabbitmq.url), spec, Pace(0.1), SessionClock(), events.append
    )

    async def story():
        running = asyncio.create_task(consumer.run())
        while not any(isinstance(event, WorkerStarted) for event in events):  # noqa: ASYNC110
            await asyncio.sleep(0)
        with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
            connection.channel().queue_delete(queue_name)
        link = consumer._link
        while not link._connection.is_closing:  # noqa: ASYNC110
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait({running})
        return link.closed.done()

    assert asyncio.run(story())
    assert [event.reason for event in events if isinstance(event, WorkerStopped)] == [QUEUE_IS_DELETED]
