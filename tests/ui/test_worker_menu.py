import pytest
from PySide6.QtWidgets import QWidget

from tests.core.story import W1, T, delivered
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
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
        (WorkerStatus.WAITING, {"crash", "stop", "freeze", "close_channel"}),
        (
            WorkerStatus.WORKING,
            {"crash", "stop", "raise", "nack", "reject", "freeze", "close_channel"},
        ),
        (WorkerStatus.FINISHED, {"crash", "stop", "nack", "reject", "freeze", "close_channel"}),
        (WorkerStatus.FROZEN, {"crash", "stop", "thaw"}),
        (WorkerStatus.RECONNECTING, {"crash", "stop"}),
        (WorkerStatus.CHANNEL_CLOSED, {"crash", "stop", "restart"}),
        (WorkerStatus.CRASHED, {"restart", "remove"}),
        (WorkerStatus.STOPPED, {"restart", "remove"}),
    ],
)
def test_only_what_is_possible_now_can_be_chosen(parent, status, names):
    assert possible(WorkerView(W1, status), parent) == names


def test_with_auto_ack_nothing_can_be_given_back_and_the_menu_says_why(parent):
    view = WorkerView(W1, WorkerStatus.WORKING, auto_ack=True)
    assert possible(view, parent) == {"crash", "stop", "raise", "freeze", "close_channel"}
    assert "forgotten" in actions(view, parent)["nack"].toolTip()


def test_what_was_acked_before_the_work_cannot_be_given_back_and_the_menu_says_why(parent):
    view = WorkerView(W1, WorkerStatus.WORKING, ack="before")
    assert {"nack", "reject"}.isdisjoint(possible(view, parent))
    assert "acked the task already" in actions(view, parent)["reject"].toolTip()


def test_a_worker_in_a_naive_sleep_hears_nothing_and_the_menu_says_why(parent):
    view = WorkerView(W1, WorkerStatus.WORKING, naive_sleep=True)
    assert possible(view, parent) == {"crash", "stop", "raise", "freeze"}
    assert "time.sleep" in actions(view, parent)["close_channel"].toolTip()


def test_what_was_done_and_never_acked_is_not_in_its_hands_any_more(parent):
    done = delivered(T, W1)
    view = WorkerView(W1, WorkerStatus.FINISHED, ack="never", forgotten=(done,))
    assert {"nack", "reject"}.isdisjoint(possible(view, parent))


@pytest.mark.parametrize(
    ("network", "names"),
    [
        ("well", {"delay", "stall", "cut"}),
        ("delayed", {"stall", "cut", "heal"}),
        ("stalled", {"delay", "cut", "heal"}),
        ("cut", {"delay", "stall", "heal"}),
    ],
)
def test_a_network_that_can_be_broken_is_offered(parent, network, names):
    view = WorkerView(W1, WorkerStatus.WAITING, behind_relay=True, network=network)
    assert possible(view, parent) & {"delay", "stall", "cut", "heal"} == names


def test_a_network_that_cannot_be_broken_is_not_in_the_menu(parent):
    assert "cut" not in actions(WorkerView(W1, WorkerStatus.WAITING), parent)


def test_settings_are_offered_when_it_is_known_how_it_works(parent):
    for status in (WorkerStatus.WAITING, WorkerStatus.CRASHED):
        assert "settings" in possible(WorkerView(W1, status, queues=("task_queue",)), parent)
        assert "settings" not in possible(WorkerView(W1, status), parent)


def test_the_menu_says_what_belongs_together(parent):
    view = WorkerView(W1, WorkerStatus.WAITING, behind_relay=True)
    menu = worker_menu(view, lambda verb: None, parent)
    headings = [action.text() for action in menu.actions() if action.text() and not action.objectName()]
    assert headings == ["End it", "Break it", "Its network"]


@pytest.mark.parametrize("verb", list(WorkerWish))
def test_each_wish_is_offered_with_words_and_calls_back(parent, verb):
    wishes = []
    action = actions(WorkerView(W1, WorkerStatus.WORKING, behind_relay=True), parent, wishes.append)[verb]
    action.setEnabled(True)
    action.trigger()
    assert wishes == [verb]
    assert action.toolTip() not in ("", action.text())


def test_a_menu_shows_its_tool_tips(parent):
    assert worker_menu(WorkerView(W1, WorkerStatus.WORKING), lambda verb: None, parent).toolTipsVisible()
