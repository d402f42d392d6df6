import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from tests.core.story import W1, S, T, delivered
from workq_gui.core.events import TaskId
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.ui.theme import LIGHT, set_zoom
from workq_gui.ui.worker_card import WorkerCard
from workq_gui.ui.worker_card_words import seconds_left
from workq_gui.ui.worker_menu import WorkerWish

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
IN_HAND = tuple(delivered(TaskId(f"t-{number}"), W1) for number in range(3))
RUNNING_STATUSES = [
    WorkerStatus.CONNECTING,
    WorkerStatus.WAITING,
    WorkerStatus.WORKING,
    WorkerStatus.FINISHED,
    WorkerStatus.FROZEN,
    WorkerStatus.CHANNEL_CLOSED,
    WorkerStatus.RECONNECTING,
]


opens_a_menu = pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing")


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
        (WORKING, "working, Fourth message...., un-acked · tag 8, 7 done, prefetch 1, manual ack"),
        (
            WORKING._replace(redelivered=True),
            "working, Fourth message...., un-acked · tag 8, ↻ redelivered, 7 done, prefetch 1, manual ack",
        ),
        (
            WORKING._replace(status=WorkerStatus.FINISHED),
            "finished, not acked, Fourth message...., un-acked · tag 8, 7 done, prefetch 1, manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.WAITING, prefetch_count=1),
            "waiting, waiting for a task, 0 done, prefetch 1, manual ack",
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
            WorkerView(W1, WorkerStatus.CRASHED, note="ValueError: poison", requeued_count=1),
            "✕ crashed, ValueError: poison, 1 task went back to the queue, 0 done, manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.FINISHED, ack="never", forgotten=IN_HAND, prefetch_count=3),
            "finished, not acked, 3 done, never acked, the broker waits for that, "
            "0 done, never acks, prefetch 3",
        ),
        (
            WorkerView(W1, WorkerStatus.WAITING, queues=("task_queue",), slowness=3.0, naive_sleep=True),
            "waiting, waiting for a task, 0 done, naive sleep, ×3 slower, prefetch unlimited, manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.WAITING, ack="other channel", network="stalled"),
            "waiting, waiting for a task, 0 done, network stalled, acks on another channel",
        ),
        (
            WORKING._replace(ack="before", crashes_on="poison"),
            "working, Fourth message...., acked before the work · forgotten, "
            "7 done, acks before the work, crashes on “poison”, prefetch 1",
        ),
        (
            WorkerView(W1, WorkerStatus.RECONNECTING, note="Connection refused", requeued_count=2),
            "reconnecting, Connection refused, 2 tasks went back to the queue, 0 done, manual ack",
        ),
        (
            WORKING._replace(is_held=True),
            "working · held, Fourth message...., un-acked · tag 8, 7 done, prefetch 1, manual ack",
        ),
        (
            WORKING._replace(auto_ack=True, in_hand=IN_HAND),
            "working, Fourth message...., +2 in hand, "
            "auto-ack · the broker has forgotten it, 7 done, auto-ack",
        ),
        (
            WORKING._replace(status=WorkerStatus.FROZEN),
            "frozen, Fourth message...., un-acked · tag 8, 7 done, prefetch 1, manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.FROZEN),
            "frozen, does nothing, sends no heartbeats, 0 done, manual ack",
        ),
        (
            WorkerView(W1, WorkerStatus.CRASHED, auto_ack=True, lost_count=1),
            "✕ crashed, connection cut, 1 task is lost, 0 done, auto-ack",
        ),
        (
            WorkerView(W1, WorkerStatus.RECONNECTING, lost_count=3),
            "reconnecting, connection lost, 3 tasks are lost, 0 done, manual ack",
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
    with qtbot.waitSignal(card.wished) as blocker:
        qtbot.mouseClick(button(card, name), Qt.MouseButton.LeftButton)
    assert blocker.args == [WorkerWish(name), W1]


CRASHED = WorkerView(W1, WorkerStatus.CRASHED)
STOPPED = WorkerView(W1, WorkerStatus.STOPPED)


@pytest.fixture
def wishes(card):
    heard = []
    card.wished.connect(lambda wish, _: heard.append(wish))
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
    card.wished.connect(lambda *_: card.display(after, 0))
    press_twice(card, qtbot, name)
    assert wishes == [WorkerWish(name)]


def test_the_buttons_that_appeared_can_be_pressed_a_moment_later(card, qtbot, wishes):
    card.display(WORKING, 0)
    card.display(CRASHED, 0)

    def is_heard() -> bool:
        qtbot.mouseClick(button(card, "restart"), Qt.MouseButton.LeftButton)
        return bool(wishes)

    assert not is_heard()
    qtbot.waitUntil(is_heard, timeout=10 * QApplication.doubleClickInterval())
    assert wishes == [WorkerWish.RESTART]


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
    card.display(WORKING._replace(), 1 * S)
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
    card.display(WORKING._replace(text="<h1>huge</h1>\nsecond line " + "x" * 1000), 0)
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


def test_what_it_takes_from_is_told_only_if_there_is_a_choice(card):
    view = WorkerView(W1, WorkerStatus.WAITING, queues=("images", "<mails>"))
    card.display(view, 0)
    plain = card.grab().toImage()
    assert "images" not in card.accessibleDescription()
    assert not card.toolTip()
    card.display(view, 0, with_queues=True)
    assert card.accessibleDescription().endswith("from images, <mails>")
    assert "from images, &lt;mails&gt;" in card.toolTip()
    assert card.grab().toImage() != plain


def test_a_held_workers_ring_stands(card):
    held = WORKING._replace(is_held=True, fraction_limit=0.25)
    card.display(held, 2 * S)
    before = card.grab().toImage()
    card.display(held, 3 * S)
    assert card.grab().toImage() == before


def test_a_frozen_heart_does_not_look_like_one_that_beats_even_without_colour(card):
    view = WorkerView(W1, WorkerStatus.WAITING)
    card.display(view, 0)
    beating = card.grab().toImage().convertToFormat(QImage.Format.Format_Mono)
    card.display(view._replace(status=WorkerStatus.FROZEN), 0)
    assert card.grab().toImage().convertToFormat(QImage.Format.Format_Mono) != beating


def test_while_the_broker_is_frozen_a_heart_looks_like_no_other_and_says_why(card):
    view = WorkerView(W1, WorkerStatus.WAITING)
    looks = []
    for shown in (view, view._replace(is_unanswered=True), view._replace(status=WorkerStatus.FROZEN)):
        card.display(shown, 0)
        looks.append(card.grab().toImage().convertToFormat(QImage.Format.Format_Mono))
    assert looks[1] not in (looks[0], looks[2])
    card.display(view._replace(is_unanswered=True), 0)
    assert "the broker is frozen" in card.toolTip()
    assert "the broker is frozen" in card.accessibleDescription()


@pytest.mark.parametrize("status", list(WorkerStatus))
@opens_a_menu
def test_a_presented_card_has_no_buttons_and_still_a_menu(card, qtbot, status):
    card.display(WorkerView(W1, WorkerStatus.WORKING), 0)
    card.set_presenting(True)
    card.display(WorkerView(W1, status), 0)
    assert not [b for b in card.findChildren(QPushButton) if b.isVisible()]
    qtbot.keyClick(card, Qt.Key.Key_Menu)
    assert open_menu(card)
    open_menu(card).close()
    card.set_presenting(False)
    assert [b for b in card.findChildren(QPushButton) if b.isVisible()]


def open_menu(card) -> QMenu | None:
    return next((menu for menu in card.findChildren(QMenu) if menu.isVisible()), None)


def by_menu_key(card, qtbot):
    qtbot.keyClick(card, Qt.Key.Key_Menu)


def by_shift_f10(card, qtbot):
    qtbot.keyClick(card, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)


def by_right_click(card, qtbot):
    place = QPoint(40, 20)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(card, QContextMenuEvent(reason, place, card.mapToGlobal(place)))


def by_button(card, qtbot):
    qtbot.mouseClick(button(card, "more"), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("way", [by_menu_key, by_shift_f10, by_right_click, by_button])
@opens_a_menu
def test_every_way_opens_the_menu_and_only_one(card, qtbot, way):
    card.display(WORKING, 0)
    way(card, qtbot)
    by_right_click(card, qtbot)  # X11 sends one after the Menu key too
    assert len([menu for menu in card.findChildren(QMenu) if menu.isVisible()]) == 1
    with qtbot.waitSignal(card.wished) as blocker:
        next(a for a in open_menu(card).actions() if a.objectName() == "freeze").trigger()
    assert blocker.args == [WorkerWish.FREEZE, W1]
    open_menu(card).close()


@opens_a_menu
def test_a_closed_menu_is_gone(card, qtbot):
    card.display(WORKING, 0)
    by_menu_key(card, qtbot)
    open_menu(card).close()
    qtbot.waitUntil(lambda: not card.findChildren(QMenu))


def test_tab_reaches_a_card(card):
    assert card.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_zoom_makes_a_card_larger_and_leaves_its_buttons_inside(card):
    card.display(WORKING, 0)
    height = card.height()
    try:
        set_zoom(1.6)
        card.set_theme(LIGHT)
        assert card.height() == round(height * 1.6)
        assert card.rect().contains(button(card, "crash").parentWidget().geometry())
        assert not card.grab().isNull()
    finally:
        set_zoom(1.0)
