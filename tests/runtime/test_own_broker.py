"""A broker of our own is told of, and started no more once the program ends."""

import asyncio
import threading

import pytest
import qasync

from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.rabbitmq_node import NodeError


class FakeNode:
    """A node that starts when it is let, unless it is ended before."""

    product = "Fake"
    port = 5672
    url = "amqp://127.0.0.1:5672"

    def __init__(self):
        self.let_start = threading.Event()
        self.is_starting = threading.Event()
        self.let_end = threading.Event()
        self.let_end.set()
        self.is_ending = threading.Event()
        self.runs = False
        self.ends = []
        self._is_wanted = False

    def is_running(self):
        return self.runs

    def start(self):
        self._is_wanted = True
        self.is_starting.set()
        assert self.let_start.wait(5)
        if not self._is_wanted:
            raise NodeError("it was stopped before it was ready")
        self.runs = True

    def stop(self):
        self._end("stop")

    def kill(self):
        self._end("kill")

    def _end(self, how):
        self.ends.append(how)
        self.is_ending.set()
        assert self.let_end.wait(5)
        self._is_wanted = self.runs = False
        self.let_start.set()


@pytest.fixture
def play(qapp):
    """Run a story with a node, its broker and the events, on qasync's loop."""

    def run(story):
        node, events = FakeNode(), []

        async def told():
            await story(node, OwnBroker(node, ManualClock(), events.append))

        with qasync.QEventLoop(qapp) as loop:
            loop.run_until_complete(told())
        asyncio.set_event_loop(None)
        return [type(event) for event in events]

    return run


def test_a_start_and_an_end_are_told(play):
    async def story(node, broker):
        node.let_start.set()
        await broker.start()
        await broker.kill()

    assert play(story) == [e.BrokerStarted, e.BrokerStopped]


def test_a_start_that_is_wanted_while_it_ends_comes_after_the_end(play):
    async def story(node, broker):
        node.let_start.set()
        await broker.start()
        node.let_end.clear()
        ending = asyncio.create_task(broker.kill())
        await asyncio.get_running_loop().run_in_executor(None, node.is_ending.wait)
        starting = asyncio.create_task(broker.start())
        node.let_end.set()
        await asyncio.gather(ending, starting)
        assert node.is_running()

    assert play(story) == [e.BrokerStarted, e.BrokerStopped, e.BrokerStarted]


def test_two_quick_ends_are_told_as_one(play):
    async def story(node, broker):
        node.let_start.set()
        await broker.start()
        await asyncio.gather(broker.kill(), broker.stop())

    assert play(story) == [e.BrokerStarted, e.BrokerStopped]


def test_closing_ends_a_start_that_is_under_way(play):
    async def story(node, broker):
        starting = asyncio.create_task(broker.start())
        await asyncio.get_running_loop().run_in_executor(None, node.is_starting.wait)
        await broker.close()
        with pytest.raises(NodeError):
            await starting
        assert not node.is_running()

    assert play(story) == []


def test_after_closing_nothing_is_started_any_more(play):
    async def story(node, broker):
        node.let_start.set()
        await broker.close()
        await broker.start()
        assert not node.is_running()

    assert play(story) == []
