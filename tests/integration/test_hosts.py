"""A broker with several hosts: they are tried in turn, and a client goes on with the next."""

import asyncio
from dataclasses import replace

import pytest

from workq_gui.core.clock import SessionClock
from workq_gui.core.events import ConnectionLost, ConnectionOpened, WorkerId, WorkerStarted
from workq_gui.core.settings import from_url
from workq_gui.messaging.consumer import TaskConsumer
from workq_gui.messaging.errors import BrokerUnreachable, LoginRefused
from workq_gui.messaging.link import Link
from workq_gui.messaging.pace import Pace
from workq_gui.messaging.topology import ConsumerSpec, QueueSpec
from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.rabbitmq_node import free_ports

HOST = "127.0.0.1"


async def opened(endpoint):
    """Open a link, close it, and return where it would go on."""
    link = await Link.open(endpoint, "WorkQ test")
    await link.close()
    return link.next_endpoint


def test_a_host_that_does_not_answer_is_passed_over(built_in):
    dead, unused = free_ports(2)
    endpoint = from_url(f"amqp://{HOST}:{dead},{HOST}:{built_in.port},{HOST}:{unused}")
    next_endpoint = asyncio.run(opened(endpoint))
    assert str(next_endpoint) == f"amqp://{HOST}:{unused},{HOST}:{dead},{HOST}:{built_in.port}"


def test_when_no_host_answers_each_is_named_and_what_it_did():
    first, second = free_ports(2)
    endpoint = from_url(f"amqp://teacher:secret@{HOST}:{first},{HOST}:{second}")
    with pytest.raises(BrokerUnreachable) as caught:
        asyncio.run(opened(endpoint))
    words = str(caught.value.problem)
    assert "None of the 2 hosts" in words
    for port in (first, second):
        assert f"No broker answers at amqp://teacher@{HOST}:{port}. Connection refused" in words
    assert "secret" not in words


def test_a_refused_login_is_the_news_though_another_host_does_not_answer(built_in):
    (dead,) = free_ports(1)
    endpoint = replace(from_url(f"amqp://{HOST}:{built_in.port},{HOST}:{dead}"), password="wrong")
    with pytest.raises(LoginRefused, match="ACCESS_REFUSED"):
        asyncio.run(opened(endpoint))


def test_a_worker_goes_on_with_the_next_host(built_in, tmp_path):
    first, events, news = BrokerProcess(tmp_path), [], asyncio.Event()
    first.start()

    def emit(event):
        events.append(event)
        news.set()

    spec = ConsumerSpec((QueueSpec("a queue on both hosts"),))
    endpoint = from_url(f"amqp://{HOST}:{first.port},{HOST}:{built_in.port}")
    consumer = TaskConsumer(WorkerId("worker 1"), endpoint, spec, Pace(0.1), SessionClock(), emit)

    async def until_started(count):
        async with asyncio.timeout(30):
            while sum(isinstance(event, WorkerStarted) for event in events) < count:
                news.clear()
                await news.wait()

    async def story():
        running = asyncio.create_task(consumer.run())
        await until_started(1)
        first.kill()
        await until_started(2)
        consumer.stop()
        await running

    try:
        asyncio.run(story())
    finally:
        first.kill()
    connections = [type(event) for event in events if isinstance(event, ConnectionOpened | ConnectionLost)]
    assert connections == [ConnectionOpened, ConnectionLost, ConnectionOpened]
