import pytest
from PySide6.QtWidgets import QWidget

from tests.core.story import W1
from workq_gui.core.projections.workers import WorkerStatus, WorkerView
from workq_gui.ui.worker_menu import WorkerWish, worker_menu


@pytest.fixture
def parent(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def actions(view: WorkerView, parent: QWidget, wish=lambda verb: None) -> dict:
    menu = worker_menu(view, wish, parent)
    return {action.objectName(): action for action in menu.actions() if not action.isSeparator()}


def possible(view: WorkerView, parent: QWidget) -> set[str]:
    return {name for name, action in actions(view, parent).items() if action.isEnabled()}


@pytest.mark.parametrize(
    ("status", "names"),
    [
        (WorkerStatus.CONNECTING, {"crash", "stop"}),
        (WorkerStatus.WAITING, {"crash", "stop", "freeze"}),
        (WorkerStatus.WORKING, {"crash", "stop", "nack", "reject", "freeze"}),
        (WorkerStatus.FINISHED, {"crash", "stop", "nack", "reject", "freeze"}),
        (WorkerStatus.FROZEN, {"crash", "stop", "thaw"}),
        (WorkerStatus.RECONNECTING, {"crash", "stop"}),
        (WorkerStatus.CRASHED, {"restart", "remove"}),
        (WorkerStatus.STOPPED, {"restart", "remove"}),
    ],
)
def test_only_what_is_possible_now_can_be_chosen(parent, status, names):
    assert possible(WorkerView(W1, status), parent) == names


def test_with_auto_ack_nothing_can_be_given_back_and_the_menu_says_why(parent):
    view = WorkerView(W1, WorkerStatus.WORKING, auto_ack=True)
    assert possible(view, parent) == {"crash", "stop", "freeze"}
    assert "forgotten" in actions(view, parent)["nack"].toolTip()


@pytest.mark.parametrize("verb", list(WorkerWish))
def test_each_wish_is_offered_with_words_and_calls_back(parent, verb):
    wishes = []
    action = actions(WorkerView(W1, WorkerStatus.WORKING), parent, wishes.append)[verb]
    action.setEnabled(True)
    action.trigger()
    assert wishes == [verb]
    assert action.toolTip() not in ("", action.text())


def test_a_menu_shows_its_tool_tips(parent):
    assert worker_menu(WorkerView(W1, WorkerStatus.WORKING), lambda verb: None, parent).toolTipsVisible()
