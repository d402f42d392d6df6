"""The room of a running broker, as the window opens and closes it."""

import asyncio
import contextlib

import pika
import pytest
import qasync
from PySide6.QtWidgets import QApplication

from workq_gui.core.clock import SessionClock
from workq_gui.core.room_events import RoomClosed, RoomOpened
from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.rabbitmq_node import NodeError
from workq_gui.runtime.room_keeper import RoomKeeper

LOOPBACK = "127.0.0.1"


@pytest.fixture
def broker(tmp_path):
    broker = BrokerProcess(tmp_path / "broker")
    yield broker
    broker.kill()


@pytest.fixture
def told():
    return []


@pytest.fixture
def run(qapp, broker, told):
    """Run a coroutine function with the keeper of `broker` on a loop as the program's."""

    def run(play) -> None:
        with qasync.QEventLoop(QApplication.instance(), already_running=False) as loop:
            keeper = RoomKeeper(broker, SessionClock(), told.append)
            loop.run_until_complete(asyncio.wait_for(play(keeper), 20))

    return run


def enter(room) -> pika.BlockingConnection:
    return pika.BlockingConnection(pika.URLParameters(room.url(LOOPBACK)))


def test_opening_and_closing_are_told_and_the_password_is_not(broker, run, told):
    broker.start()

    async def play(keeper):
        room = await keeper.open(LOOPBACK)
        assert await keeper.open(LOOPBACK) is room
        with contextlib.closing(enter(room)):
            pass
        await keeper.close()
        await keeper.close()
        with pytest.raises(pika.exceptions.AMQPConnectionError):
            enter(room)
        assert room.password not in repr(told)
        assert [type(event) for event in told] == [RoomOpened, RoomClosed]
        assert (told[0].host, told[0].port, told[0].user) == (LOOPBACK, room.port, "class")

    run(play)


def test_each_opening_has_a_password_of_its_own(broker, run):
    broker.start()

    async def play(keeper):
        first = await keeper.open(LOOPBACK)
        await keeper.close()
        second = await keeper.open(LOOPBACK)
        assert first.password != second.password

    run(play)


def test_a_taken_usual_port_is_no_hindrance(broker, run, monkeypatch):
    broker.start()
    monkeypatch.setattr("workq_gui.runtime.room_keeper.USUAL_PORT", broker.port)

    async def play(keeper):
        room = await keeper.open(LOOPBACK)
        assert room.port != broker.port
        with contextlib.closing(enter(room)):
            pass

    run(play)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_the_end_of_the_broker_is_the_end_of_the_room(broker, run, told, end):
    broker.start()

    async def play(keeper):
        closed = asyncio.Event()
        keeper.closed.connect(closed.set)
        await keeper.open(LOOPBACK)
        getattr(broker, end)()
        await closed.wait()
        assert isinstance(told[-1], RoomClosed)
        await keeper.close()

    run(play)


def test_without_a_broker_it_says_so(run, told):
    async def play(keeper):
        with pytest.raises(NodeError, match="does not run"):
            await keeper.open(LOOPBACK)
        assert not told

    run(play)
