import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from tests.core.story import S, T
from workq_gui.core.events import WorkerId
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.ui.theme import LIGHT, set_zoom
from workq_gui.ui.worker_grid import WorkerGrid
from workq_gui.ui.worker_menu import WorkerWish


def views(count: int, status: WorkerStatus = WorkerStatus.WORKING) -> dict[WorkerId, WorkerView]:
    ids = [WorkerId(f"worker {number}") for number in range(1, count + 1)]
    return {
        worker_id: WorkerView(worker_id, status, task_id=T, text="Task..", delivery_tag=3, work_s=2.0)
        for worker_id in ids
    }


opens_a_menu = pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing")


@pytest.fixture
def grid(qtbot):
    widget = WorkerGrid()
    qtbot.addWidget(widget)
    widget.resize(316, 100)  # ten columns
    widget.show()
    qtbot.waitExposed(widget)
    widget.display(views(25), 0)
    return widget


def centre(grid, number: int) -> QPoint:
    return grid.rect_of(WorkerId(f"worker {number}")).center().toPoint()


def test_a_click_selects_the_worker_under_the_mouse(grid, qtbot):
    with qtbot.waitSignal(grid.selected) as blocker:
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=centre(grid, 17))
    assert blocker.args == ["worker 17"]


def test_a_click_beside_the_last_cell_selects_nobody(grid, qtbot):
    last = grid.rect_of(WorkerId("worker 25"))
    with qtbot.assertNotEmitted(grid.selected):
        qtbot.mouseClick(
            grid, Qt.MouseButton.LeftButton, pos=QPoint(int(last.right()) + 20, int(last.top()) + 5)
        )


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ([], 1),
        ([Qt.Key.Key_Right, Qt.Key.Key_Right], 3),
        ([Qt.Key.Key_Down], 11),
        ([Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down], 21),
        ([Qt.Key.Key_Down, Qt.Key.Key_Up], 1),
        ([Qt.Key.Key_Left], 1),
        ([Qt.Key.Key_End], 25),
        ([Qt.Key.Key_End, Qt.Key.Key_Home], 1),
    ],
)
@pytest.mark.parametrize("select", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_the_keyboard_reaches_every_worker(grid, qtbot, keys, number, select):
    for key in keys:
        qtbot.keyClick(grid, key)
    with qtbot.waitSignal(grid.selected) as blocker:
        qtbot.keyClick(grid, select)
    assert blocker.args == [f"worker {number}"]


def test_a_screen_reader_hears_the_worker_that_has_the_focus(grid, qtbot):
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.accessibleName() == "25 workers"
    assert grid.accessibleDescription().startswith("worker 2 · working")


def test_the_focus_stays_with_its_worker_when_another_goes(grid, qtbot):
    qtbot.keyClick(grid, Qt.Key.Key_End)
    left = views(25)
    del left[WorkerId("worker 3")]
    grid.display(left, 0)
    with qtbot.waitSignal(grid.selected) as blocker:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert blocker.args == ["worker 25"]


def test_the_last_worker_may_go_while_it_has_the_focus(grid, qtbot):
    qtbot.keyClick(grid, Qt.Key.Key_End)
    grid.display(views(24), 0)
    with qtbot.waitSignal(grid.selected) as blocker:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert blocker.args == ["worker 24"]


def test_progress_changes_the_picture_and_its_absence_does_not(grid):
    before = grid.grab().toImage()
    grid.display(views(25), 0)
    assert grid.grab().toImage() == before
    grid.display(views(25), 1 * S)
    assert grid.grab().toImage() != before


@pytest.mark.parametrize("status", [status for status in WorkerStatus if status is not WorkerStatus.WAITING])
def test_no_status_looks_like_waiting(grid, status):
    grid.display(views(25, WorkerStatus.WAITING), 1 * S)
    waiting = grid.grab().toImage()
    grid.display(views(25, status), 1 * S)
    assert grid.grab().toImage() != waiting


def test_a_theme_changes_the_picture(grid):
    dark = grid.grab().toImage()
    grid.set_theme(LIGHT)
    assert grid.grab().toImage() != dark


@pytest.mark.qt_log_ignore("does not support raise")
def test_a_tool_tip_tells_about_the_worker_and_takes_no_text_for_markup(grid):
    crowd = views(25)
    first = WorkerId("worker 1")
    crowd[first] = crowd[first]._replace(text="<b>bold</b>..")
    grid.display(crowd, 0)
    position = centre(grid, 1)
    QApplication.sendEvent(grid, QHelpEvent(QHelpEvent.Type.ToolTip, position, grid.mapToGlobal(position)))
    assert "&lt;b&gt;bold&lt;/b&gt;.." in QToolTip.text()
    assert "un-acked · tag 3" in QToolTip.text()


@pytest.mark.parametrize(("width", "columns"), [(316, 10), (284, 9), (28, 1), (10, 1)])
def test_the_cells_fill_the_width_and_the_rows_follow(grid, width, columns):
    grid.resize(width, grid.height())
    first, second_row = grid.rect_of(WorkerId("worker 1")), grid.rect_of(WorkerId(f"worker {columns + 1}"))
    assert second_row.x() == first.x() == 0
    assert second_row.y() > first.y()
    assert grid.height() >= grid.rect_of(WorkerId("worker 25")).bottom() - 1


def test_a_centre_is_known_for_every_worker(grid):
    centres = grid.centres()
    assert len(centres) == 25
    assert centres[WorkerId("worker 11")] == grid.rect_of(WorkerId("worker 11")).center().y()


def choose(grid, name: str) -> None:
    menu = next(menu for menu in grid.findChildren(QMenu) if menu.isVisible())
    next(action for action in menu.actions() if action.objectName() == name).trigger()
    menu.close()


@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier),
    ],
)
@opens_a_menu
def test_a_key_opens_the_menu_of_the_worker_that_has_the_focus(grid, qtbot, key, modifier):
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, key, modifier)
    with qtbot.waitSignal(grid.wished) as blocker:
        choose(grid, "crash")
    assert blocker.args == [WorkerWish.CRASH, "worker 2"]


@opens_a_menu
def test_a_right_click_opens_the_menu_of_the_worker_under_the_mouse(grid, qtbot):
    place = centre(grid, 17)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, grid.mapToGlobal(place))
    QApplication.sendEvent(grid, event)
    with qtbot.waitSignal(grid.wished) as blocker:
        choose(grid, "nack")
    assert blocker.args == [WorkerWish.NACK, "worker 17"]


@pytest.mark.parametrize("with_queues", [True, False])
def test_the_words_of_a_worker_name_its_queues_if_there_is_a_choice(grid, qtbot, with_queues):
    crowd = {name: view._replace(queues=("images",)) for name, view in views(25).items()}
    grid.display(crowd, 0, with_queues=with_queues)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert ("from images" in grid.accessibleDescription()) is with_queues


def test_a_frozen_and_a_reconnecting_worker_differ_without_colour(grid):
    pictures = []
    for status in (WorkerStatus.FROZEN, WorkerStatus.RECONNECTING):
        grid.display({n: v._replace(task_id=None) for n, v in views(25, status).items()}, 0)
        pictures.append(grid.grab().toImage())
    assert pictures[0] != pictures[1]


def test_zoom_makes_the_cells_larger(grid):
    size = grid.rect_of(WorkerId("worker 1")).width()
    try:
        set_zoom(2.0)
        grid.set_theme(LIGHT)
        assert grid.rect_of(WorkerId("worker 1")).width() > 1.5 * size
        assert grid.height() >= grid.rect_of(WorkerId("worker 25")).bottom() - 1
    finally:
        set_zoom(1.0)
