"""The doctor, the room and a queue in the way, in the whole program without a real screen."""

import asyncio
import uuid

import pika
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton

from tests.test_app import play  # noqa: F401 (a fixture)
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.queue_settings import QUEUE_DEFAULTS
from workq_gui.core.room_events import RoomClosed, RoomOpened
from workq_gui.runtime import room_keeper


@pytest.fixture(autouse=True)
def _rooms_open_to_this_machine_only(monkeypatch):
    monkeypatch.setattr(room_keeper, "ANY_ADDRESS", "127.0.0.1")
    monkeypatch.setattr(room_keeper.RoomKeeper.open, "__defaults__", ("127.0.0.1",))


def texts(widget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def enter(room) -> pika.BlockingConnection:
    return pika.BlockingConnection(pika.URLParameters(room.url("127.0.0.1")))


def test_the_doctor_examines_the_broker_beside_the_work(play):  # noqa: F811
    async def story(program):
        await program.until_working_area()
        await program.until(lambda: [view.status for view in program.views()] == [WorkerStatus.WAITING] * 2)
        await program.until(lambda: program.session.queues.views["task_queue"].consumer_count == 2)
        program.window.top_bar.doctor_requested.emit()
        doctor = program.app._help.doctor
        assert "Examining…" in texts(doctor)
        await program.until(lambda: "What this broker can show" in texts(doctor))
        shown = texts(doctor)
        for words in ("All is well.", "All its consumers are workers of this window.", "WorkQ 1.0.0"):
            assert words in shown
        doctor.close()
        await program.until(lambda: program.app._help.doctor is None)

    assert play([], story) == 0


@pytest.mark.parametrize("later_s", [0, 0.02, 0.1, 0.3, 1.0])
def test_closing_the_program_while_the_doctor_examines_is_harmless(play, later_s):  # noqa: F811
    async def story(program):
        await program.until_working_area()
        program.window.top_bar.doctor_requested.emit()
        await asyncio.sleep(later_s)  # whatever it is at by then

    assert play([], story) == 0


def test_a_student_comes_into_an_open_room_and_is_let_go_with_the_window(play):  # noqa: F811
    async def story(program):
        await program.until_working_area()
        program.window.top_bar.room_requested.emit()
        window = program.app._help.room
        QTest.mouseClick(window.switch, Qt.MouseButton.LeftButton)
        room = await program.until(lambda: window._room)
        assert room.password in texts(window)
        student = enter(room)
        student.channel().basic_publish("", "task_queue", b"from the room")
        await program.until(lambda: any(view.acked_count for view in program.views()))
        window.close()
        await program.until(lambda: program.app._help.room is None)
        await program.until(lambda: [e for e in program.session.history if isinstance(e, RoomClosed)])
        with pytest.raises(pika.exceptions.ConnectionClosedByBroker, match="the room was closed"):
            student.process_data_events(5)
        with pytest.raises(pika.exceptions.AMQPConnectionError):
            enter(room)
        assert room.password not in repr(list(program.session.history))
        assert [e.user for e in program.session.history if isinstance(e, RoomOpened)] == ["class"]

    assert play([], story) == 0


def test_a_restart_of_the_broker_closes_the_room_and_the_window_says_so(play):  # noqa: F811
    async def story(program):
        await program.until_working_area()
        program.window.top_bar.room_requested.emit()
        window = program.app._help.room
        QTest.mouseClick(window.switch, Qt.MouseButton.LeftButton)
        await program.until(lambda: window._room)
        program.window.top_bar.broker_kill_requested.emit()
        await program.until(lambda: not window.switch.isChecked() and window.switch.isEnabled())
        QTest.mouseClick(window.switch, Qt.MouseButton.LeftButton)
        await program.until(lambda: "does not run" in texts(window))

    assert play([], story) == 0


def test_the_room_is_only_offered_with_the_built_in_broker(play, rabbitmq, queue_name):  # noqa: F811
    async def story(program):
        await program.until_working_area()
        actions = {
            action.text(): action
            for action in program.window.top_bar.findChild(QPushButton, "broker").menu().actions()
        }
        assert actions["Doctor…"].isEnabled()
        assert not actions["Open the room… needs the built-in broker"].isEnabled()
        assert not actions["Restart"].isVisible()

    assert play(["--broker", rabbitmq.url, "--queue", queue_name], story) == 0


@pytest.fixture
def transient(rabbitmq, queue_name):
    """Give a queue that was declared otherwise, with two messages in it."""
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue_name, durable=False)
        channel.confirm_delivery()
        for _ in range(2):
            channel.basic_publish("", queue_name, b"a")
    return queue_name


def is_durable(url: str, name: str) -> bool:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        try:
            connection.channel().queue_declare(name, durable=True)
        except pika.exceptions.ChannelClosedByBroker:
            return False
        return True


def test_a_queue_with_other_arguments_can_be_used_as_it_is(play, rabbitmq, transient):  # noqa: F811
    async def story(program):
        await program.press("Use it as it is")
        await program.press("Use this broker")  # there is work in it, which may be somebody's
        await program.until_working_area()
        await program.until(lambda: any(view.acked_count for view in program.views()))

    assert play(["--broker", rabbitmq.url, "--queue", transient], story) == 0
    assert not is_durable(rabbitmq.url, transient)


def test_it_can_be_deleted_and_declared_again_when_the_number_was_seen(
    play,  # noqa: F811
    rabbitmq,
    transient,
):
    async def story(program):
        await program.until_said("2 messages will be lost.")
        await program.press("Delete and declare again…")
        asked = await program.until(lambda: program.find(QMessageBox))
        next(one for one in asked.buttons() if one.text() == "Delete").click()
        await program.until_working_area()

    assert play(["--broker", rabbitmq.url, "--queue", transient], story) == 0
    assert is_durable(rabbitmq.url, transient)


def test_another_name_can_be_taken_instead(play, rabbitmq, transient):  # noqa: F811
    async def story(program):
        await program.press("Use another name")
        await program.until_working_area()
        assert program.session.queue == f"{transient}-2"

    assert play(["--broker", rabbitmq.url, "--queue", transient], story) == 0
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
        connection.channel().queue_delete(f"{transient}-2")


def test_one_more_queue_that_is_there_already_is_asked_about(play, rabbitmq, queue_name, transient):  # noqa: F811
    first = f"first-{uuid.uuid4().hex[:8]}"

    async def story(program):
        await program.until_working_area()
        program.window.composer.queue_added.emit(transient, QUEUE_DEFAULTS)
        adding = program.app._wiring._adding
        dialog = await program.until(lambda: adding.dialog)
        assert transient not in program.session.queues.views
        assert "durable" in dialog.box._table.item(0, 0).text()
        QTest.mouseClick(dialog.findChild(QPushButton, "as_it_is"), Qt.MouseButton.LeftButton)
        await program.until(lambda: transient in program.session.queues.views)
        await program.until(lambda: program.session.queues.views[transient].ready_count == 2)
        assert program.session.queues.views[transient].durable is False

    assert play(["--broker", rabbitmq.url, "--queue", first], story) == 0
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
        connection.channel().queue_delete(first)
