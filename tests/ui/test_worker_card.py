from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from tests.core.story import W1, S, T
from workq_gui.core.projections.workers import WorkerStatus, WorkerView
from workq_gui.ui.theme import LIGHT
from workq_gui.ui.worker_card import WorkerCard, seconds_left

WORKING = WorkerView(
    W1,
    WorkerStatus.WORKING,
    task_id=T,
    text="Fourth message....",
    delivery_tag=8,
    work_s=4.0,
    prefetch_count=1,
    acked_count=7,
)
RUNNING_STATUSES = [
    WorkerStatus.CONNECTING,
    WorkerStatus.WAITING,
    WorkerStatus.WORKING,
    WorkerStatus.FINISHED,
    WorkerStatus.RECONNECTING,
]


@pytest.fixture
def card(qtbot):
    widget = WorkerCard()
    qtbot.addWidget(widget)
    widget.resize(340, widget.height())
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def button(card, name: str) -> QPushButton:
    return card.findChild(QPushButton, name)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (WORKING, "working, Fourth message...., un-acked · tag 8, 7 done, prefetch 1 · manual ack"),
        (
            replace(WORKING, redelivered=True),
            "working, Fourth message...., un-acked · tag 8, ↻ redelivered, 7 done, prefetch 1 · manual ack",
        ),
        (
            replace(WORKING, status=WorkerStatus.FINISHED),
            "finished, Fourth message...., un-acked · tag 8, 7 done, prefetch 1 · manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.WAITING, prefetch_count=1),
            "waiting, waiting for a task, 0 done, prefetch 1 · manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.CONNECTING),
            "connecting, connecting to the broker…, 0 done, manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.CRASHED, requeued_count=1),
            "✕ crashed, connection cut, 1 task went back to the queue, 0 done, manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.CRASHED),
            "✕ crashed, connection cut, it held no task, 0 done, manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.RECONNECTING, note="Connection refused", requeued_count=2),
            "reconnecting, Connection refused, 2 tasks went back to the queue, 0 done, manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.STOPPED),
            "stopped, connection closed properly, 0 done, manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.STOPPED, note="ACCESS_REFUSED"),
            "stopped, ACCESS_REFUSED, 0 done, manual ack",
        ),
    ],
)
def test_it_says_what_the_worker_does(card, view, words):
    card.display(view, 0)
    assert card.accessibleName() == "worker 1"
    assert card.accessibleDescription() == words


@pytest.mark.parametrize("status", list(WorkerStatus))
def test_it_offers_what_can_be_done(card, status):
    card.display(WorkerView(W1, status), 0)
    is_running = status in RUNNING_STATUSES
    assert [name for name in ("crash", "stop") if button(card, name).isVisible()] == [
        "crash",
        "stop",
    ] * is_running
    ended = [name for name in ("restart", "remove") if button(card, name).isVisible()]
    assert ended == ["restart", "remove"] * (not is_running)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (WorkerStatus.WORKING, "crash"),
        (WorkerStatus.WORKING, "stop"),
        (WorkerStatus.CRASHED, "restart"),
        (WorkerStatus.CRASHED, "remove"),
    ],
)
def test_a_button_asks_for_this_worker(card, qtbot, status, name):
    card.display(WorkerView(W1, status), 0)
    with qtbot.waitSignal(getattr(card, f"{name}_requested")) as blocker:
        qtbot.mouseClick(button(card, name), Qt.MouseButton.LeftButton)
    assert blocker.args == [W1]


CRASHED = WorkerView(W1, WorkerStatus.CRASHED)
STOPPED = WorkerView(W1, WorkerStatus.STOPPED)
SIGNALS = ("crash_requested", "stop_requested", "restart_requested", "remove_requested")


@pytest.fixture
def wishes(card):
    heard = []
    for signal in SIGNALS:
        getattr(card, signal).connect(lambda _, signal=signal: heard.append(signal))
    return heard


def press_twice(card, qtbot, name: str) -> None:
    """Double-click where the button is, whatever is there by the second press."""
    place = button(card, name).mapTo(card, button(card, name).rect().center())
    qtbot.mouseClick(card.childAt(place), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    under_mouse = card.childAt(place)
    assert isinstance(under_mouse, QPushButton)
    qtbot.mouseDClick(under_mouse, Qt.MouseButton.LeftButton)  # the second press alone
    qtbot.mouseRelease(under_mouse, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        (WORKING, "crash", CRASHED),
        (WORKING, "stop", STOPPED),
        (CRASHED, "restart", WORKING),
    ],
)
def test_a_double_click_does_not_press_the_button_that_appears_under_the_mouse(
    card, qtbot, wishes, before, name, after
):
    card.display(before, 0)
    getattr(card, f"{name}_requested").connect(lambda _: card.display(after, 0))
    press_twice(card, qtbot, name)
    assert wishes == [f"{name}_requested"]


def test_the_buttons_that_appeared_can_be_pressed_a_moment_later(card, qtbot, wishes):
    card.display(WORKING, 0)
    card.display(CRASHED, 0)

    def is_heard() -> bool:
        qtbot.mouseClick(button(card, "restart"), Qt.MouseButton.LeftButton)
        return bool(wishes)

    assert not is_heard()
    qtbot.waitUntil(is_heard, timeout=10 * QApplication.doubleClickInterval())
    assert wishes == ["restart_requested"]


def test_a_card_that_was_told_to_wait_takes_no_mouse(card, qtbot, wishes):
    card.display(WORKING, 0)
    card.wait_out_double_click()
    qtbot.mouseClick(button(card, "crash"), Qt.MouseButton.LeftButton)
    assert not wishes


@pytest.mark.parametrize(
    ("before", "name", "after", "next_name"),
    [
        (WORKING, "crash", CRASHED, "restart"),
        (WORKING, "stop", STOPPED, "restart"),
        (CRASHED, "restart", WORKING, "crash"),
        (CRASHED, "remove", WORKING, "crash"),
    ],
)
def test_the_focus_stays_on_the_card_and_on_none_of_its_new_buttons(
    card, qtbot, wishes, before, name, after, next_name
):
    card.activateWindow()
    card.display(before, 0)
    button(card, name).setFocus()
    card.display(after, 0)
    assert card.hasFocus()
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert not wishes
    qtbot.keyClick(card, Qt.Key.Key_Tab)
    assert button(card, next_name).hasFocus()


def test_a_card_shows_that_it_has_the_focus(card):
    card.activateWindow()
    card.display(WORKING, 0)
    button(card, "stop").setFocus()
    before = card.grab().toImage().pixelColor(170, 1)
    card.setFocus()
    assert card.grab().toImage().pixelColor(170, 1) != before


def test_the_ring_follows_the_time(card):
    card.display(WORKING, 1 * S)
    early = card.grab().toImage()
    card.display(WORKING, 3 * S)
    assert card.grab().toImage() != early


def test_an_equal_view_at_the_same_moment_looks_the_same(card):
    card.display(WORKING, 1 * S)
    before = card.grab().toImage()
    card.display(replace(WORKING), 1 * S)
    assert card.grab().toImage() == before


def test_a_crash_ages(card):
    crashed = WorkerView(W1, WorkerStatus.CRASHED)
    card.display(crashed, 0)
    fresh = card.grab().toImage()
    card.display(crashed, 3 * S)
    assert card.grab().toImage() != fresh


def test_an_old_crash_does_not_age_when_nobody_looks(card):
    crashed = WorkerView(W1, WorkerStatus.CRASHED)
    card.display(crashed, 6 * S)
    old = card.grab().toImage()
    card.display(crashed, 600 * S)
    assert card.grab().toImage() == old


def test_a_theme_changes_the_picture(card):
    card.display(WORKING, 0)
    dark = card.grab().toImage()
    card.set_theme(LIGHT)
    assert card.grab().toImage() != dark


def test_a_text_of_any_kind_leaves_the_size_alone(card):
    height, hint = card.height(), card.sizeHint()
    card.display(replace(WORKING, text="<h1>huge</h1>\nsecond line " + "x" * 1000), 0)
    assert not card.grab().isNull()
    assert (card.height(), card.sizeHint()) == (height, hint)


@pytest.mark.parametrize("width", [300, 340, 380])
def test_the_buttons_stay_inside_and_are_large_enough(card, width):
    card.resize(width, card.height())
    for status in (WorkerStatus.WORKING, WorkerStatus.CRASHED):
        card.display(WorkerView(W1, status), 0)
        for control in card.findChildren(QPushButton):
            if control.isVisible():
                box = control.rect().translated(control.mapTo(card, control.rect().topLeft()))
                assert card.rect().contains(box)
                assert control.height() >= 32
                assert control.toolTip()
                assert control.accessibleName().endswith("worker 1")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(4.0, "4 s"), (2.2, "3 s"), (1.0, "1 s"), (0.6, "0.6 s"), (0.04, "0 s"), (0.0, "0 s")],
)
def test_the_ring_counts_down(seconds, words):
    assert seconds_left(seconds) == words
