"""The connection itself; pins the private names of pika that it uses."""

import asyncio
import contextlib

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from workq_gui.messaging.errors import MessagingError
from workq_gui.messaging.link import Link
from workq_gui.messaging.topology import QueueSpec, look_at_queue


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
