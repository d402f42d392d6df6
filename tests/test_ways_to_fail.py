"""Settings, ways to fail and the ledger, in the whole program without a real screen."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from tests.test_app import play  # noqa: F401 (a fixture)
from workq_gui.core.events import TaskDelivered, WorkerStarted
from workq_gui.core.fault_events import NetworkChanged
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.publish_settings import PUBLISH_DEFAULTS, PublishSettings
from workq_gui.core.queue_settings import QUORUM, QueueSettings
from workq_gui.core.worker_settings import AckHabit, WorkerSettings
from workq_gui.ui.ledger_window import LedgerWindow
from workq_gui.ui.switch import Switch
from workq_gui.ui.worker_menu import WorkerWish
from workq_gui.ui.worker_settings_dialog import WorkerSettingsDialog


def events(program, kind):
    return [event for event in program.session.history if isinstance(event, kind)]


async def until_two_wait(program):
    await program.until_working_area()
    await program.until(lambda: [view.status for view in program.views()] == [WorkerStatus.WAITING] * 2)


def publish(program, text, queue="", how=PUBLISH_DEFAULTS):
    program.window.composer.publish_requested.emit(text, queue, how)


async def add_with(program, text: str):
    """Add a worker from the menu; return its view as soon as it waits."""
    known = len(program.views())
    menu = program.window.findChild(QPushButton, "add_with").menu()
    next(action for action in menu.actions() if action.text() == text).trigger()
    await program.until(
        lambda: len(program.views()) > known and program.views()[-1].status is WorkerStatus.WAITING
    )
    return program.views()[-1]


def test_a_worker_with_a_mistake_is_one_choice_away(play):  # noqa: F811
    async def story(program):
        await until_two_wait(program)
        view = await add_with(program, "Forgets to ack")
        assert view.ack == AckHabit.NEVER
        for other in ("worker 1", "worker 2"):
            program.window.worker_panel.stop_requested.emit(other)
        publish(program, "Never acked")
        await program.until(lambda: "1 done, never acked" in card_words(program, view.worker_id))

    def card_words(program, worker_id):
        cards = program.window.worker_panel._cards
        return cards[worker_id].accessibleDescription()

    assert play([], story) == 0


def test_the_settings_of_a_worker_can_be_changed_from_its_menu(play):  # noqa: F811
    async def story(program):
        await until_two_wait(program)
        panel = program.window.worker_panel
        panel.settings_requested.emit("worker 1")
        dialog = program.window.findChild(WorkerSettingsDialog)
        number = next(s for s in dialog.findChildren(QLineEdit) if s.placeholderText() == "poison")
        number.setText("poison")
        QTest.mouseClick(dialog.findChild(QPushButton, "ok"), Qt.MouseButton.LeftButton)
        await program.until(lambda: program.views()[0].crashes_on == "poison")
        await program.until(lambda: program.views()[0].status is WorkerStatus.WAITING)
        assert [event.crashes_on for event in events(program, WorkerStarted)][-1] == "poison"
        assert program.views()[1].crashes_on == ""

    assert play([], story) == 0


def test_a_worker_can_raise_and_close_its_channel(play):  # noqa: F811
    async def story(program):
        await until_two_wait(program)
        panel = program.window.worker_panel
        panel.close_channel_requested.emit("worker 1")
        await program.until(lambda: program.views()[0].status is WorkerStatus.CHANNEL_CLOSED)
        publish(program, "Long..........")
        await program.until(lambda: program.views()[1].status is WorkerStatus.WORKING)
        panel.raise_requested.emit("worker 2")
        await program.until(lambda: program.views()[1].status is WorkerStatus.CRASHED)
        assert "ValueError" in program.views()[1].note

    assert play([], story) == 0


def test_the_network_of_a_worker_can_be_broken_and_healed(play):  # noqa: F811
    async def story(program):
        await until_two_wait(program)
        view = await add_with(program, "Behind a network that can be broken")
        panel = program.window.worker_panel
        for wish in (WorkerWish.DELAY, WorkerWish.STALL, WorkerWish.CUT, WorkerWish.HEAL):
            panel.wish_signal(wish).emit(view.worker_id)
        await program.until(lambda: len(events(program, NetworkChanged)) == 4)
        states = [event.state for event in events(program, NetworkChanged)]
        assert states == ["delayed", "stalled", "cut", "well"]

    assert play([], story) == 0


def test_a_task_that_goes_nowhere_is_in_the_ledger_which_a_key_opens(play):  # noqa: F811
    async def story(program):
        await until_two_wait(program)
        publish(program, "To nobody", "taks_queue", PublishSettings(mandatory=False))
        publish(program, "Comes back", "taks_queue")
        await program.until(lambda: program.session.ledger.lost_count == 1)
        await program.until(lambda: program.session.board.confirmed_count == 1)
        program.window.stage.setFocus()
        QTest.keyClick(program.window.stage, Qt.Key.Key_L)
        ledger = program.window.findChild(LedgerWindow)
        words = "2 published = 0 acked + 1 lost + 1 returned + 0 still there"
        await program.until(lambda: ledger.findChild(QLabel, "sum").text() == words)
        program.window.playhead_bar.seek_requested.connect(lambda at_ns: sought.append(at_ns))
        ledger.seek_requested.emit(next(iter(program.session.ledger.entries.values())).at_ns)
        assert sought

    sought = []
    assert play([], story) == 0


def test_a_queue_with_settings_comes_onto_the_stage_as_it_is(play):  # noqa: F811
    async def story(program):
        await until_two_wait(program)
        how = QueueSettings(queue_type=QUORUM, delivery_limit=3, dead_letter_to="task_queue")
        program.window.composer.queue_added.emit("mail", how)
        await program.until(lambda: "mail" in program.session.queues.views)
        await program.until(lambda: program.session.queues.views["mail"].delivery_limit == 3)
        view = program.session.queues.views["mail"]
        assert (view.queue_type, view.durable, view.dead_letter_to) == (QUORUM, True, "task_queue")
        program.window.worker_panel.add_with_settings_requested.emit(
            ("mail",), WorkerSettings(prefetch_count=3)
        )
        publish(program, "by mail", "mail")
        await program.until(lambda: [e for e in events(program, TaskDelivered) if e.queue == "mail"])

    assert play([], story) == 0


def test_some_worker_is_crashed_by_a_key_and_chaos_is_switched_on_and_off(play):  # noqa: F811
    async def story(program):
        await until_two_wait(program)
        program.window.stage.setFocus()
        QTest.keyClick(program.window.stage, Qt.Key.Key_X)
        await program.until(lambda: any(v.status is WorkerStatus.CRASHED for v in program.views()))
        chaos = program.window.findChild(Switch, "chaos")
        QTest.mouseClick(chaos, Qt.MouseButton.LeftButton)
        await program.until(chaos.isChecked)
        assert program.session.workers.is_chaos
        QTest.mouseClick(chaos, Qt.MouseButton.LeftButton)
        await program.until(lambda: not chaos.isChecked())

    assert play([], story) == 0


def test_its_own_broker_can_be_frozen_thawed_stopped_and_started(play):  # noqa: F811
    async def story(program):
        await until_two_wait(program)
        bar = program.window.top_bar
        bar.broker_freeze_requested.emit()
        await program.until(lambda: program.session.broker.is_frozen)
        publish(program, "While it is frozen")
        await program.until_said("frozen")
        assert program.session.board.acked_count == 0
        bar.broker_thaw_requested.emit()
        await program.until(lambda: program.session.board.acked_count == 1)
        bar.broker_stop_requested.emit()
        await program.until(lambda: not program.session.broker.connected)
        bar.broker_start_requested.emit()
        await program.until(lambda: program.session.broker.connected)

    assert play([], story) == 0


def test_a_frozen_broker_can_be_restarted_and_the_program_closed(play):  # noqa: F811
    async def story(program):
        await until_two_wait(program)
        bar = program.window.top_bar
        bar.broker_freeze_requested.emit()
        await program.until(lambda: program.session.broker.is_frozen)
        bar.broker_restart_requested.emit()
        await program.until(lambda: not program.session.broker.is_frozen, 40.0)
        await program.until(lambda: program.session.broker.connected, 40.0)
        bar.broker_freeze_requested.emit()
        await program.until(lambda: program.session.broker.is_frozen)

    assert play([], story) == 0
