"""The program in one piece, without a real screen: what its window says and does."""

import asyncio

import pika
import pytest
import qasync
import trustme
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QPushButton

from tests.servers import http, serving, tls_server
from workq_gui.app import Application
from workq_gui.command_line import parse
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.publish_settings import PUBLISH_DEFAULTS
from workq_gui.core.queue_settings import QUEUE_DEFAULTS
from workq_gui.runtime.preferences import Preferences


class Program:
    """The running program, and a user who looks and clicks."""

    def __init__(self, qapp, tmp_path, *words: str, preferences: Preferences | None = None) -> None:
        qapp.setQuitOnLastWindowClosed(False)
        self.app = Application(parse([*words, "--data", str(tmp_path)]), qapp, tmp_path, preferences)
        self.window = self.app._window
        self.session = self.app._session

    async def until(self, predicate, timeout_s: float = 20.0):
        """Wait for what is true soon; polls, since a user's eyes get no signals."""
        async with asyncio.timeout(timeout_s):
            while not (found := predicate()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return found

    def texts(self) -> str:
        return "\n".join(label.text() for label in self.window.findChildren(QLabel) if label.isVisible())

    def held(self) -> set[str]:
        return {
            button.accessibleDescription()
            for button in self.window.playhead_bar.findChildren(QPushButton)
            if button.isChecked()
        }

    def find(self, kind, **wanted):
        return next(
            (
                widget
                for widget in self.window.findChildren(kind)
                if widget.isVisible()
                and all(getattr(widget, name)() == value for name, value in wanted.items())
            ),
            None,
        )

    async def press(self, text: str) -> None:
        button = await self.until(lambda: self.find(QPushButton, text=text))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    async def type(self, name: str, text: str) -> None:
        field = await self.until(lambda: self.find(QLineEdit, objectName=name))
        field.setText(text)

    async def until_said(self, words: str) -> None:
        await self.until(lambda: words in self.texts())

    async def until_working_area(self) -> None:
        await self.until(lambda: self.session.broker.connected and self.window.composer.isVisible())

    def views(self):
        return list(self.session.workers.views.values())


@pytest.fixture
def play(qapp, tmp_path):
    """Start the program with some words, play a story to it, close it, and return its exit code."""

    def run(words, story) -> int:
        async def both(program: Program) -> int:
            running = asyncio.create_task(program.app.run())
            try:
                await story(program)
            finally:
                program.app._closed.set()
                code = await asyncio.wait_for(running, 20)
            return code

        with qasync.QEventLoop(qapp) as loop:
            code = loop.run_until_complete(both(Program(qapp, tmp_path, *words)))
        asyncio.set_event_loop(None)
        return code

    return run


def test_it_begins_with_a_broker_of_its_own_and_two_workers(play):
    async def story(program):
        await program.until_working_area()
        await program.until(lambda: [view.status for view in program.views()] == [WorkerStatus.WAITING] * 2)
        await program.until(lambda: program.session.queues.ready_count == 0)
        program.window.top_bar.findChild(QPushButton, "copy").click()
        url = QGuiApplication.clipboard().text()
        with pika.BlockingConnection(pika.URLParameters(url)) as connection:
            connection.channel().basic_publish("", "task_queue", b"from a client of one's own")
        await program.until(lambda: any(view.acked_count for view in program.views()))

    assert play([], story) == 0


def test_its_own_broker_can_be_killed_and_started_again_from_the_window(play):
    async def story(program):
        await program.until_working_area()
        await program.until(lambda: [view.status for view in program.views()] == [WorkerStatus.WAITING] * 2)
        program.window.top_bar.broker_kill_requested.emit()
        await program.until(lambda: not program.session.broker.connected)
        program.window.composer.publish_requested.emit("While it is away.", "", PUBLISH_DEFAULTS)
        program.window.top_bar.broker_start_requested.emit()
        await program.until(lambda: program.session.board.acked_count == 1)

    assert play([], story) == 0


def test_a_named_broker_with_an_untouched_queue_is_used_at_once_with_two_workers(play, rabbitmq, queue_name):
    async def story(program):
        await program.until_working_area()
        await program.until(lambda: [view.status for view in program.views()] == [WorkerStatus.WAITING] * 2)

    assert play(["--broker", rabbitmq.url, "--queue", queue_name], story) == 0


def test_publish_work_crash_and_redelivery_by_the_windows_own_buttons(play, rabbitmq, queue_name):
    async def story(program):
        await program.until_working_area()
        await program.until(lambda: [view.status for view in program.views()] == [WorkerStatus.WAITING] * 2)
        program.window.composer._task.field.setText("Third message...")
        QTest.keyClick(program.window.composer._task.field, Qt.Key.Key_Return)
        await program.until(lambda: any(view.status is WorkerStatus.WORKING for view in program.views()))
        victim = next(view for view in program.views() if view.status is WorkerStatus.WORKING)
        program.window.worker_panel.crash_requested.emit(victim.worker_id)
        await program.until(lambda: any(view.redelivered for view in program.views()))
        heir = next(view for view in program.views() if view.redelivered)
        assert heir.worker_id != victim.worker_id
        assert "was un-acked when" in program.session.sentence_at(program.session.clock.now_ns())

    assert play(["--broker", rabbitmq.url, "--queue", queue_name], story) == 0


def test_a_queue_with_other_peoples_messages_is_asked_about_and_not_touched(play, rabbitmq, queue_name):
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare(queue_name, durable=True)
        channel.basic_publish("", queue_name, b"somebody's work")

        async def story(program):
            await program.until_said("1 message waits in it")
            await program.until_said("Consuming takes other people's messages")
            await program.type("queue", f"{queue_name}-mine")
            await program.press("Use this broker")
            await program.until_working_area()
            assert program.session.queue == f"{queue_name}-mine"

        assert play(["--broker", rabbitmq.url, "--queue", queue_name], story) == 0
        assert channel.basic_get(queue_name)[0].redelivered is False
        channel.queue_delete(f"{queue_name}-mine")


def test_a_queue_with_other_arguments_leads_to_another_queue(play, rabbitmq, queue_name):
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue_name, durable=False)

        async def story(program):
            await program.until_said("406 PRECONDITION_FAILED - inequivalent arg 'durable'")
            await program.type("other_name", f"{queue_name}-mine")
            await program.press("Use another name")
            await program.until_working_area()

        assert play(["--broker", rabbitmq.url, "--queue", queue_name], story) == 0
        channel.queue_delete(f"{queue_name}-mine")


@pytest.mark.parametrize(
    ("user", "vhost", "words"),
    [
        ("guest:wrong", "", "403 ACCESS_REFUSED"),
        ("guest:guest", "elsewhere", "530 NOT_ALLOWED - vhost elsewhere not found"),
    ],
)
def test_a_wrong_login_leads_to_another_address(play, rabbitmq, queue_name, capfd, user, vhost, words):
    async def story(program):
        await program.until_said(words)
        await program.type("broker", rabbitmq.url)
        await program.press("Connect")
        await program.until_working_area()

    url = f"amqp://{user}@127.0.0.1:{rabbitmq.port}/{vhost}"
    assert play(["--broker", url, "--queue", queue_name], story) == 0
    assert words in capfd.readouterr().err


def test_a_port_that_speaks_something_else_is_told_in_the_window(play, rabbitmq, queue_name, capfd):
    async def story(program):
        await program.until_said("speaks something else than AMQP")
        await program.type("broker", rabbitmq.url)
        await program.press("Connect")
        await program.until_working_area()

    with serving(http) as web:
        assert play(["--broker", f"amqp://127.0.0.1:{web.port}", "--queue", queue_name], story) == 0
    assert "AMQP" in capfd.readouterr().err


def test_a_certificate_that_does_not_match_is_told_in_the_window(play, capfd, tmp_path):
    async def story(program):
        await program.until_said("certificate is not valid for '127.0.0.1'")
        await program.until_said("Use the host name that stands in the certificate")
        await program.press("Quit")

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with tls_server(authority, "school.example") as school:
        url = f"amqps://127.0.0.1:{school.port}?cacertfile={tmp_path}/ca.pem"
        assert play(["--broker", url], story) == 0
    assert "certificate is not valid for '127.0.0.1'" in capfd.readouterr().err


def test_a_broker_that_comes_later_is_found_by_retrying(play, killable_node):
    killable_node.stop()

    async def story(program):
        await program.until_said("No broker answers at")
        await asyncio.get_running_loop().run_in_executor(None, killable_node.start)
        await program.press("Retry")
        await program.until_working_area()

    assert play(["--broker", killable_node.url, "--queue", "comes later"], story) == 0


def test_closing_with_unconfirmed_tasks_asks_first(play, killable_node):
    async def story(program):
        await program.until_working_area()
        await asyncio.get_running_loop().run_in_executor(None, killable_node.kill)
        await program.until(lambda: not program.session.broker.connected)
        program.window.composer.publish_requested.emit("Not lost.", "", PUBLISH_DEFAULTS)
        await program.until(lambda: program.session.board.tasks)
        program.window.close()
        box = await program.until(lambda: program.find(QMessageBox))
        assert "has not confirmed 1 of the tasks" in box.text()
        assert program.window.isVisible()
        await program.press("Wait")
        await program.until(lambda: not program.find(QMessageBox))
        program.window.close()
        await program.press("Close anyway")
        await program.until(lambda: not program.window.isVisible())

    assert play(["--broker", killable_node.url, "--queue", "closing"], story) == 0


def test_an_unattended_program_asks_nothing_and_says_why_it_ends(play, capfd):
    async def story(program):
        await program.until(program.window.isVisible)
        await program.until(lambda: not program.window.isVisible())

    words = ["--broker", "amqp://127.0.0.1:1", "--scenario", "round-robin", "--quit-when-done"]
    assert play(words, story) == 3
    assert "No broker answers at amqp://127.0.0.1:1" in capfd.readouterr().err


def test_the_theme_can_be_changed_while_it_runs(play, rabbitmq, queue_name):
    async def story(program):
        await program.until_working_area()
        seen = []
        for theme in ("light", "contrast"):
            program.window.top_bar.theme_requested.emit(theme)
            seen.append(program.window.grab().toImage().pixelColor(4, 300).lightness())
        assert seen[0] > 200 > 20 > seen[1]

    assert play(["--broker", rabbitmq.url, "--queue", queue_name], story) == 0


def test_the_picture_can_be_held_while_the_work_goes_on(play):
    async def story(program):
        await program.until_working_area()
        bar, playhead = program.window.playhead_bar, program.app._showing.playhead
        await program.until(lambda: [view.status for view in program.views()] == [WorkerStatus.WAITING] * 2)
        bar.hold_requested.emit()
        program.window.composer.publish_requested.emit("Seen later", "", PUBLISH_DEFAULTS)
        await program.until(lambda: program.session.board.acked_count == 1)
        assert playhead.state.board.acked_count == 0
        await program.until(lambda: "behind now" in program.texts())
        bar.now_requested.emit()
        await program.until(lambda: "behind now" not in program.texts())
        assert playhead.state is program.session

    assert play([], story) == 0


def test_the_producer_and_the_workers_can_be_held(play):
    async def story(program):
        await program.until_working_area()
        await program.until(lambda: [view.status for view in program.views()] == [WorkerStatus.WAITING] * 2)
        bar = program.window.playhead_bar
        bar.producer_hold_requested.emit(True)
        bar.workers_hold_requested.emit(True)
        await program.until(lambda: program.session.workers.is_held)
        await program.until(lambda: program.held() == {"Producer held", "Workers held"})
        program.window.composer.publish_requested.emit("Later.", "", PUBLISH_DEFAULTS)
        bar.producer_hold_requested.emit(False)
        bar.workers_hold_requested.emit(False)
        await program.until(lambda: program.session.board.acked_count == 1)

    assert play([], story) == 0


def test_a_queue_can_be_added_and_a_second_one_of_its_name_is_refused_in_words(play):
    async def story(program):
        await program.until_working_area()
        program.window.composer.queue_added.emit("invoices", QUEUE_DEFAULTS)
        await program.until(lambda: "invoices" in program.session.queues.views)
        program.window.composer.queue_added.emit("invoices", QUEUE_DEFAULTS)
        await program.until_said("There is a queue invoices already.")

    assert play([], story) == 0


def test_a_queue_is_purged_after_a_question(play):
    async def story(program):
        await program.until_working_area()
        for view in program.views():
            program.window.worker_panel.remove_requested.emit(view.worker_id)
        await program.until(lambda: not program.views())
        program.window.composer.publish_requested.emit("In vain.", "", PUBLISH_DEFAULTS)
        await program.until(lambda: program.session.queues.ready_count == 1)
        program.window.stage.purge_requested.emit("task_queue")
        box = await program.until(lambda: program.find(QMessageBox))
        assert box.text() == "Purge task_queue: its 1 ready message will be thrown away."
        await program.press("Purge")
        await program.until(lambda: program.session.queues.ready_count == 0)

    assert play([], story) == 0


def test_the_command_line_chooses_how_things_are_shown():
    assert not parse([]).reduced_motion
    options = parse(["--theme", "contrast", "--reduce-motion", "--kitchen"])
    assert (options.theme, options.reduced_motion, options.kitchen) == ("contrast", True, True)
