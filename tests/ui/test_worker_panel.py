import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from tests.core.story import S, T
from workq_gui.core.events import WorkerId
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.ui.worker_card import WorkerCard
from workq_gui.ui.worker_grid import WorkerGrid
from workq_gui.ui.worker_menu import WorkerWish
from workq_gui.ui.worker_panel import WorkerPanel


def name(number: int) -> WorkerId:
    return WorkerId(f"worker {number}")


def views(*statuses: WorkerStatus) -> dict[WorkerId, WorkerView]:
    return {
        name(number): WorkerView(name(number), status, task_id=T, text="Task..", work_s=2.0)
        for number, status in enumerate(statuses, 1)
    }


def waiting(count: int) -> dict[WorkerId, WorkerView]:
    return views(*[WorkerStatus.WAITING] * count)


CROWD = views(
    *[WorkerStatus.WORKING] * 9,
    WorkerStatus.FINISHED,
    *[WorkerStatus.WAITING] * 2,
    *[WorkerStatus.CRASHED] * 2,
)


@pytest.fixture
def window(qtbot):
    """A window in which the panel does not lie at the top."""
    widget = QWidget()
    qtbot.addWidget(widget)
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(10, 70, 10, 10)
    layout.addWidget(WorkerPanel())
    widget.resize(350, 600)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def panel(window):
    return window.findChild(WorkerPanel)


def visible_cards(panel) -> list[str]:
    cards = [card for card in panel.findChildren(WorkerCard) if card.isVisible()]
    return [card.accessibleName() for card in sorted(cards, key=lambda c: c.mapTo(panel, QPoint(0, 0)).y())]


def card(panel, number: int) -> WorkerCard:
    return next(c for c in panel.findChildren(WorkerCard) if c.accessibleName() == name(number))


def test_no_worker_is_told_in_words(panel):
    panel.display({}, 0)
    texts = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert "No worker yet: tasks wait in the queue." in texts


def test_each_worker_has_a_card_in_the_order_in_which_they_came(panel):
    panel.display(waiting(3), 0)
    assert visible_cards(panel) == ["worker 1", "worker 2", "worker 3"]


def test_cards_come_and_go_with_their_workers_and_the_others_stay(panel, qtbot):
    panel.display(waiting(3), 0)
    third = card(panel, 3)
    left = waiting(4)
    del left[name(1)]
    panel.display(left, 0)
    qtbot.waitUntil(lambda: visible_cards(panel) == ["worker 2", "worker 3", "worker 4"])
    assert card(panel, 3) is third


def test_a_thirteenth_worker_turns_the_cards_into_a_grid_and_back(panel):
    panel.display(waiting(12), 0)
    assert len(visible_cards(panel)) == 12
    panel.display(waiting(13), 0)
    assert visible_cards(panel) == []
    assert panel.findChild(WorkerGrid).isVisible()
    panel.display(waiting(12), 0)
    assert len(visible_cards(panel)) == 12
    assert not panel.findChild(WorkerGrid).isVisible()


def test_a_crowd_is_counted(panel):
    panel.display(CROWD, 0)
    assert panel.findChild(QLabel, "crowd_title").text() == "14 workers"
    counts = panel.findChild(QLabel, "crowd_counts").text().replace("\N{NO-BREAK SPACE}", " ")
    assert counts == "10 working · 2 waiting · 2 crashed"


def test_a_selected_worker_of_a_crowd_shows_its_card_until_it_goes(panel):
    panel.display(CROWD, 0)
    panel.findChild(WorkerGrid).selected.emit(name(14))
    assert visible_cards(panel) == ["worker 14"]
    panel.display({worker_id: view for worker_id, view in CROWD.items() if worker_id != name(14)}, 0)
    assert visible_cards(panel) == []


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ("crash", WorkerStatus.WORKING),
        ("stop", WorkerStatus.WORKING),
        ("restart", WorkerStatus.CRASHED),
        ("remove", WorkerStatus.CRASHED),
    ],
)
def test_the_wishes_of_a_card_are_handed_on(panel, qtbot, wish, status):
    panel.display(views(status, status), 0)
    with qtbot.waitSignal(getattr(panel, f"{wish}_requested")) as blocker:
        qtbot.mouseClick(card(panel, 2).findChild(QPushButton, wish), Qt.MouseButton.LeftButton)
    assert blocker.args == ["worker 2"]


def choose(panel, *texts: str) -> None:
    menu = panel.findChild(QPushButton, "add").menu()
    for text in texts:
        action = next(action for action in menu.actions() if action.text() == text)
        if action.menu():
            menu = action.menu()
        else:
            action.trigger()


def test_one_more_worker_can_be_asked_for(panel, qtbot):
    panel.display({}, 0, ["task_queue"])
    with qtbot.waitSignal(panel.add_requested) as blocker:
        qtbot.mouseClick(panel.findChild(QPushButton, "add"), Qt.MouseButton.LeftButton)
    assert blocker.args == [()]


@pytest.mark.parametrize(
    ("texts", "queues"),
    [
        (["images"], ("images",)),
        (["R&&D"], ("R&D",)),
        (["All queues"], ("task_queue", "images", "R&D")),
        (["Several…", "task_queue", "R&&D", "Add"], ("task_queue", "R&D")),
    ],
)
def test_with_several_queues_it_is_asked_which_ones_a_worker_takes_from(panel, qtbot, texts, queues):
    panel.display({}, 0, ["task_queue", "images", "R&D"])
    with qtbot.waitSignal(panel.add_requested) as blocker:
        choose(panel, *texts)
    assert blocker.args == [queues]


def test_with_two_queues_several_are_all(panel):
    panel.display({}, 0, ["task_queue", "images"])
    texts = [action.text() for action in panel.findChild(QPushButton, "add").menu().actions()]
    assert texts == ["task_queue", "images", "", "All queues"]


def test_the_menu_of_queues_goes_with_the_second_queue(panel, qtbot):
    panel.display({}, 0, ["task_queue", "images"])
    panel.display({}, 0, ["task_queue"])
    with qtbot.waitSignal(panel.add_requested) as blocker:
        qtbot.mouseClick(panel.findChild(QPushButton, "add"), Qt.MouseButton.LeftButton)
    assert blocker.args == [()]


@pytest.mark.parametrize("count", [3, 14])
@pytest.mark.parametrize("wish", list(WorkerWish))
def test_each_wish_has_a_signal_of_its_own(panel, qtbot, count, wish):
    panel.display(waiting(count), 0)
    source = panel.findChild(WorkerGrid) if count > 12 else card(panel, 2)
    with qtbot.waitSignal(getattr(panel, f"{wish}_requested")) as blocker:
        source.wished.emit(wish, "worker 2")
    assert blocker.args == ["worker 2"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_focus_can_be_put_on_a_worker_by_its_place(panel, window, number):
    window.activateWindow()
    panel.display(waiting(3), 0)
    panel.focus_worker(number)
    assert card(panel, number).hasFocus()


def test_a_worker_that_is_focused_is_scrolled_to(panel, window):
    panel.display(waiting(12), 0)
    QApplication.processEvents()
    panel.focus_worker(12)
    assert not card(panel, 12).visibleRegion().isEmpty()


def test_the_focus_can_be_put_on_a_cell_by_its_place(panel, window):
    window.activateWindow()
    panel.display(waiting(60), 0)
    panel.focus_worker(7)
    grid = panel.findChild(WorkerGrid)
    assert grid.hasFocus()
    assert grid.accessibleDescription().startswith("worker 7 ·")


@pytest.mark.parametrize("number", [-1, 0, 4])
def test_a_place_at_which_nobody_is_gets_no_focus(panel, window, number):
    panel.display(waiting(3), 0)
    before = window.focusWidget()
    panel.focus_worker(number)
    assert window.focusWidget() is before


@pytest.mark.parametrize("count", [3, 14])
def test_while_something_is_presented_there_are_no_buttons(panel, count):
    def visible_buttons():
        return [b for b in panel.findChildren(QPushButton) if b.isVisible()]

    panel.display(waiting(count), 0)
    before = len(visible_buttons())
    panel.set_presenting(True)
    panel.display(waiting(count + 1), 0)  # the new card too
    assert not visible_buttons()
    panel.set_presenting(False)
    panel.display(waiting(count), 0)
    assert len(visible_buttons()) == before


def test_an_anchor_is_the_middle_of_a_card_in_the_window(panel, window):
    panel.display(waiting(2), 0)
    middle = card(panel, 2).mapTo(window, card(panel, 2).rect().center()).y()
    assert panel.anchors()[name(2)] == middle
    assert middle > 70


@pytest.mark.parametrize("count", [12, 200])
def test_anchors_of_workers_that_are_scrolled_away_stay_within_the_panel(panel, window, count):
    panel.display(waiting(count), 0)
    scroll = next(area for area in panel.findChildren(QScrollArea) if area.isVisible())
    for position in (0, scroll.verticalScrollBar().maximum()):
        scroll.verticalScrollBar().setValue(position)
        top = scroll.viewport().mapTo(window, QPoint(0, 0)).y()
        anchors = panel.anchors()
        assert list(anchors) == list(waiting(count))
        assert all(top <= y <= top + scroll.viewport().height() for y in anchors.values())


def test_the_keyboards_place_in_a_crowd_is_kept_in_view(panel, qtbot):
    panel.display(waiting(200), 0)
    QApplication.processEvents()
    grid = panel.findChild(WorkerGrid)
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.visibleRegion().contains(grid.rect_of(name(200)).center().toPoint())


def test_time_alone_moves_a_ring_and_nothing_else(panel):
    crew = views(WorkerStatus.WORKING, WorkerStatus.WAITING)
    panel.display(crew, 0)
    working, idle = card(panel, 1).grab().toImage(), card(panel, 2).grab().toImage()
    panel.display(crew, 1 * S)
    assert card(panel, 1).grab().toImage() != working
    assert card(panel, 2).grab().toImage() == idle


def without(crew: dict[WorkerId, WorkerView], number: int) -> dict[WorkerId, WorkerView]:
    return {worker_id: view for worker_id, view in crew.items() if worker_id != name(number)}


@pytest.mark.parametrize("count", [3, 14])
def test_the_focus_of_a_worker_that_goes_lands_where_it_hurts_nobody(panel, window, count):
    window.activateWindow()
    crew = views(*[WorkerStatus.WORKING, WorkerStatus.CRASHED] * count)
    crew = dict(list(crew.items())[:count])
    panel.display(crew, 0)
    if count > 12:
        panel.findChild(WorkerGrid).selected.emit(name(2))
    card(panel, 2).findChild(QPushButton, "remove").setFocus()
    panel.display(without(crew, 2), 0)
    assert panel.findChild(QPushButton, "add").hasFocus()


def test_a_worker_that_goes_leaves_the_focus_of_the_others_alone(panel, window):
    window.activateWindow()
    panel.display(waiting(3), 0)
    stop = card(panel, 3).findChild(QPushButton, "stop")
    stop.setFocus()
    panel.display(without(waiting(3), 2), 0)
    assert stop.hasFocus()


def press_twice(panel, qtbot, button: QPushButton) -> None:
    """Double-click where the button is, whatever is there by the second press."""
    # Near its left edge: in the middle of Remove there may be the gap between two buttons of the next card.
    place = button.mapTo(panel, QPoint(8, button.height() // 2))
    qtbot.mouseClick(panel.childAt(place), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    under_mouse = panel.childAt(place)
    assert isinstance(under_mouse, QPushButton)
    qtbot.mouseDClick(under_mouse, Qt.MouseButton.LeftButton)  # the second press alone
    qtbot.mouseRelease(under_mouse, Qt.MouseButton.LeftButton)


@pytest.fixture
def wishes(panel):
    heard = []
    for wish in ("crash", "stop", "restart", "remove"):
        getattr(panel, f"{wish}_requested").connect(lambda _, wish=wish: heard.append(wish))
    return heard


def test_a_double_click_on_remove_does_not_reach_the_card_that_takes_the_place(panel, qtbot, wishes):
    crew = views(WorkerStatus.STOPPED, WorkerStatus.WORKING, WorkerStatus.WORKING)
    panel.remove_requested.connect(lambda _: panel.display(without(crew, 1), 0))
    panel.display(crew, 0)
    QApplication.processEvents()
    press_twice(panel, qtbot, card(panel, 1).findChild(QPushButton, "remove"))
    assert wishes == ["remove"]


def test_the_cards_that_take_the_place_of_a_crowd_do_not_take_the_rest_of_a_double_click(
    panel, qtbot, wishes
):
    panel.display(waiting(13), 0)
    panel.display(waiting(12), 0)
    crash = card(panel, 1).findChild(QPushButton, "crash")
    qtbot.mouseClick(crash, Qt.MouseButton.LeftButton)
    assert not wishes
    qtbot.waitUntil(lambda: qtbot.mouseClick(crash, Qt.MouseButton.LeftButton) or bool(wishes))
