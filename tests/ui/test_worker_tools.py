import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from workq_gui.core.worker_settings import UNLIMITED, AckHabit, WorkerSettings
from workq_gui.ui.switch import Switch
from workq_gui.ui.worker_settings_dialog import WorkerSettingsDialog
from workq_gui.ui.worker_tools import WorkerTools


@pytest.fixture
def tools(qtbot):
    widget = WorkerTools()
    qtbot.addWidget(widget)
    widget.display(["task_queue", "mail"])
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def added(tools):
    heard = []
    tools.add_with_settings_requested.connect(lambda queues, how: heard.append((queues, how)))
    return heard


def choose(tools, text: str) -> None:
    actions = tools.findChild(QPushButton, "add_with").menu().actions()
    next(action for action in actions if action.text() == text).trigger()


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Auto-ack", WorkerSettings(auto_ack=True)),
        ("Unlimited prefetch", WorkerSettings(prefetch_count=UNLIMITED)),
        ("Acks before the work", WorkerSettings(ack=AckHabit.BEFORE)),
        ("Forgets to ack", WorkerSettings(ack=AckHabit.NEVER)),
        ("Acks twice", WorkerSettings(ack=AckHabit.TWICE)),
        ("Acks on another channel", WorkerSettings(ack=AckHabit.OTHER_CHANNEL)),
        ("Sleeps naively (heartbeat 2 s)", WorkerSettings(naive_sleep=True, heartbeat_s=2)),
        ("Slow (×3)", WorkerSettings(slowness=3.0)),
        ("Crashes on “poison”", WorkerSettings(crashes_on="poison")),
        ("Behind a network that can be broken", WorkerSettings(behind_relay=True)),
    ],
)
def test_each_way_to_fail_is_one_choice(tools, added, text, how):
    choose(tools, text)
    assert added == [((), how)]


def test_each_way_to_fail_shows_its_line_of_code(tools):
    menu = tools.findChild(QPushButton, "add_with").menu()
    assert menu.toolTipsVisible()
    presets = [action for action in menu.actions() if action.text() and action.text() != "With settings…"]
    assert all(action.toolTip() not in ("", action.text()) for action in presets)


def test_a_worker_can_be_set_up_in_a_form(tools, added):
    choose(tools, "With settings…")
    dialog = tools.findChild(WorkerSettingsDialog)
    dialog.chosen.emit(("mail",), WorkerSettings(slowness=2.0))
    assert added == [(("mail",), WorkerSettings(slowness=2.0))]


def test_some_worker_can_be_crashed(tools, qtbot):
    with qtbot.waitSignal(tools.crash_one_requested):
        qtbot.mouseClick(tools.findChild(QPushButton, "crash_one"), Qt.MouseButton.LeftButton)


def test_chaos_looks_switched_when_it_has_come_true(tools, qtbot):
    chaos = tools.findChild(Switch, "chaos")
    with qtbot.waitSignal(tools.chaos_requested) as blocker:
        qtbot.mouseClick(chaos, Qt.MouseButton.LeftButton)
    assert blocker.args == [True]
    assert not chaos.isChecked()
    tools.show_chaos(True)
    assert chaos.isChecked()
    assert "Chaos: on" in [label.text() for label in tools.findChildren(QLabel)]
    with qtbot.waitSignal(tools.chaos_requested) as blocker:
        qtbot.keyClick(chaos, Qt.Key.Key_Space)
    assert blocker.args == [False]


def test_it_fits_into_the_narrowest_column(tools):
    assert tools.minimumSizeHint().width() <= 304
