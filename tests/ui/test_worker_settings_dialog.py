import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSpinBox

from workq_gui.core.worker_settings import UNLIMITED, WORKER_DEFAULTS, AckHabit, WorkerSettings
from workq_gui.ui.switch import Switch
from workq_gui.ui.worker_settings_dialog import WorkerSettingsDialog

EVERYTHING = WorkerSettings(
    prefetch_count=4,
    ack=AckHabit.TWICE,
    naive_sleep=True,
    slowness=3.0,
    crashes_on="poison",
    heartbeat_s=2,
    behind_relay=True,
)


@pytest.fixture
def open_dialog(qtbot):
    def make(how=WORKER_DEFAULTS, queues=("task_queue",), worker_id=""):
        dialog = WorkerSettingsDialog(how, queues, None, worker_id)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialog.heard = []
        dialog.chosen.connect(lambda *args: dialog.heard.append(args))
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    return make


def press(dialog, qtbot, text: str) -> None:
    button = next(button for button in dialog.findChildren(QPushButton) if button.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def switch(dialog, name: str) -> Switch:
    return next(part for part in dialog.findChildren(Switch) if part.accessibleName() == name)


def number(dialog, name: str) -> QSpinBox:
    return next(part for part in dialog.findChildren(QSpinBox) if part.accessibleName() == name)


def texts(dialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def code(dialog) -> str:
    return dialog.findChild(QLabel, "worker_code").text()


def choose_habit(dialog, text: str) -> None:
    actions = dialog._form._habit.menu().actions()
    next(action for action in actions if action.text() == text).trigger()


def test_a_usual_worker_is_offered_first(open_dialog, qtbot):
    dialog = open_dialog()
    assert "channel.basic_qos(prefetch_count=1)" in code(dialog)
    press(dialog, qtbot, "Add worker")
    assert dialog.heard == [(("task_queue",), WORKER_DEFAULTS)]
    assert not dialog.isVisible()


def test_what_it_is_given_comes_back_unchanged(open_dialog, qtbot):
    dialog = open_dialog(EVERYTHING, worker_id="worker 2")
    press(dialog, qtbot, "Apply")
    assert dialog.heard == [(("task_queue",), EVERYTHING)]


def test_everything_can_be_set(open_dialog, qtbot):
    dialog = open_dialog()
    number(dialog, "Prefetch").setValue(4)
    choose_habit(dialog, "twice")
    press(dialog, qtbot, "naively")
    press(dialog, qtbot, "×3")
    next(e for e in dialog.findChildren(QLineEdit) if e.placeholderText() == "poison").setText(" poison ")
    number(dialog, "Heartbeat").setValue(2)
    qtbot.mouseClick(switch(dialog, "Network that can be broken"), Qt.MouseButton.LeftButton)
    press(dialog, qtbot, "Add worker")
    assert dialog.heard == [(("task_queue",), EVERYTHING)]


def test_with_auto_ack_prefetch_and_acks_are_greyed_and_the_reason_is_told(open_dialog, qtbot):
    dialog = open_dialog()
    qtbot.mouseClick(switch(dialog, "Auto-ack"), Qt.MouseButton.LeftButton)
    assert not number(dialog, "Prefetch").isEnabled()
    assert not dialog._form._habit.isEnabled()
    assert "With auto-ack the broker ignores it." in texts(dialog)
    assert "With auto-ack there is nothing to ack." in texts(dialog)
    assert "auto_ack=True" in code(dialog)
    qtbot.mouseClick(switch(dialog, "Auto-ack"), Qt.MouseButton.LeftButton)
    assert number(dialog, "Prefetch").isEnabled()
    press(dialog, qtbot, "Add worker")
    assert dialog.heard[0][1] == WORKER_DEFAULTS


def test_prefetch_can_be_unlimited_and_limited_again(open_dialog, qtbot):
    dialog = open_dialog()
    number(dialog, "Prefetch").setValue(5)
    press(dialog, qtbot, "unlimited")
    assert dialog._form.how.prefetch_count == UNLIMITED
    assert not number(dialog, "Prefetch").isEnabled()
    assert "The first worker gets all there is." in texts(dialog)
    press(dialog, qtbot, "unlimited")
    assert dialog._form.how.prefetch_count == 5


def test_unlimited_prefetch_stays_greyed_out_of_auto_ack(open_dialog, qtbot):
    dialog = open_dialog(WorkerSettings(prefetch_count=UNLIMITED, auto_ack=True))
    qtbot.mouseClick(switch(dialog, "Auto-ack"), Qt.MouseButton.LeftButton)
    assert not number(dialog, "Prefetch").isEnabled()
    press(dialog, qtbot, "unlimited")
    assert number(dialog, "Prefetch").isEnabled()


@pytest.mark.parametrize(
    ("text", "habit"),
    [
        ("after the work", AckHabit.AFTER),
        ("before the work", AckHabit.BEFORE),
        ("never: it is forgotten", AckHabit.NEVER),
        ("twice", AckHabit.TWICE),
        ("on another channel", AckHabit.OTHER_CHANNEL),
    ],
)
def test_each_habit_of_acking_can_be_chosen_and_a_mistake_is_warned_of(open_dialog, text, habit):
    dialog = open_dialog()
    choose_habit(dialog, text)
    assert dialog._form.how.ack is habit
    assert bool(dialog._form._habit.accessibleDescription()) is (habit is not AckHabit.AFTER)


def test_a_naive_sleep_says_when_the_broker_will_hang_up(open_dialog, qtbot):
    dialog = open_dialog(WorkerSettings(heartbeat_s=2))
    press(dialog, qtbot, "naively")
    assert "No heartbeats meanwhile: after 6 s the broker hangs up." in texts(dialog)
    number(dialog, "Heartbeat").setValue(4)
    assert "No heartbeats meanwhile: after 12 s the broker hangs up." in texts(dialog)


def test_a_new_worker_takes_from_the_queues_that_are_chosen(open_dialog, qtbot):
    dialog = open_dialog(queues=("task_queue", "R&D", "mail"))
    press(dialog, qtbot, "R&&D")
    assert code(dialog).count("basic_consume") == 2
    press(dialog, qtbot, "Add worker")
    assert dialog.heard == [(("task_queue", "R&D"), WORKER_DEFAULTS)]


def test_a_worker_without_a_queue_cannot_be_added(open_dialog, qtbot):
    dialog = open_dialog(queues=("task_queue", "mail"))
    press(dialog, qtbot, "task_queue")
    assert not dialog.findChild(QPushButton, "ok").isEnabled()


def test_settings_of_a_worker_say_that_it_is_restarted_and_keep_its_queues(open_dialog, qtbot):
    dialog = open_dialog(queues=("task_queue", "mail"), worker_id="worker 2")
    words = dialog.findChild(QLabel, "restart_words").text()
    assert words == "worker 2 is stopped politely and started again; what it has in hand goes back."
    assert "task_queue" not in [button.text() for button in dialog.findChildren(QPushButton)]
    press(dialog, qtbot, "Apply")
    assert dialog.heard == [(("task_queue", "mail"), WORKER_DEFAULTS)]


def test_escape_changes_nothing(open_dialog, qtbot):
    dialog = open_dialog(worker_id="worker 2")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not dialog.heard


def test_every_control_is_named_and_the_form_fits_into_the_smallest_window(open_dialog):
    dialog = open_dialog(EVERYTHING, queues=("task_queue", "mail"))
    for control in (*dialog.findChildren(Switch), *dialog.findChildren(QSpinBox)):
        assert control.accessibleName()
    assert dialog.width() <= 1024
    assert dialog.height() <= 660
