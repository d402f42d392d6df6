"""What the user does with the stage, by mouse and by keyboard."""

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.core.story import QUEUE, W1, W2, S, T, delivered, make, published, session_of
from workq_gui.core import events as e
from workq_gui.ui.composer_handle import TASK_MIME
from workq_gui.ui.stage import Stage
from workq_gui.ui.stage_targets import Target, TargetKind
from workq_gui.ui.theme import load_fonts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
ANCHORS = {W1: 90.0, W2: 400.0}
TOLD = ("<b>Task</b>..", "message_id t-1", "un-acked, with worker 1", "delivery_mode 2", "redelivered")
QUEUE_WISHES = [("Purge", "purge_requested"), ("Declare", "redeclare_requested")]


@pytest.fixture
def stage(qtbot):
    load_fonts()
    session = session_of(
        make(e.ConnectionOpened, owner=e.PUBLISHER),
        make(e.QueueAdded),
        make(e.QueueAdded, queue="image"),
        [make(kind, worker_id=w) for w in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)],
        published(T, "<b>Task</b>..", S),
        make(e.TaskConfirmed, S, task_id=T),
        make(e.QueueObserved, S, ready_count=3, consumer_count=2),
        delivered(T, W1, 2 * S, redelivered=True, delivery_tag=7),
    )
    widget = Stage()
    qtbot.addWidget(widget)
    widget.resize(740, 530)
    widget.display(session, 4 * S, ANCHORS)
    widget.show()
    qtbot.waitExposed(widget)
    widget.grab()
    return widget


def target(stage: Stage, kind: TargetKind, name: str = "") -> Target:
    return next(found for found in stage.targets_now() if (found.kind, found.name) == (kind, name))


def words(stage: Stage, kind: TargetKind, name: str = "") -> str:
    return stage._hands.words(target(stage, kind, name))


def right_click(stage: Stage, place: QPointF) -> QMenu:
    point = place.toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, stage.mapToGlobal(point))
    QApplication.sendEvent(stage, event)
    return open_menu(stage)


def open_menu(stage: Stage) -> QMenu:
    (menu,) = [menu for menu in stage.findChildren(QMenu) if menu.isVisible()]
    return menu


def choose(menu: QMenu, words: str) -> None:
    next(action for action in menu.actions() if words in action.text()).trigger()
    menu.close()


def test_a_token_tells_what_it_is_as_plain_text(stage):
    said = words(stage, TargetKind.TOKEN, T)
    for part in (
        "<b>Task</b>..",
        "message_id t-1",
        "un-acked, with worker 1",
        "delivery_mode 2",
        "redelivered",
    ):
        assert part in said
    assert "since 2.0 s" in said


def test_a_queue_tells_the_brokers_figures_and_ours(stage):
    said = words(stage, TargetKind.QUEUE, QUEUE)
    assert "the broker: 3 ready, 2 consumers" in said
    assert "seen by us: 0 ready, 1 un-acked" in said


def test_a_worker_tells_what_it_holds(stage):
    said = words(stage, TargetKind.WORKER, W1)
    assert "working" in said
    assert "tag 7" in said


def test_what_is_under_the_mouse_gets_a_ring(stage, qtbot):
    before = stage.grab().toImage()
    QTest.mouseMove(stage, target(stage, TargetKind.TOKEN, T).box.center().toPoint())
    qtbot.waitUntil(lambda: stage.grab().toImage() != before)
    QTest.mouseMove(stage, QPoint(300, 500))
    qtbot.waitUntil(lambda: stage.grab().toImage() == before)


def test_a_workers_line_can_be_cut(stage, qtbot):
    menu = right_click(stage, target(stage, TargetKind.WORKER, W1).box.center())
    with qtbot.waitSignal(stage.crash_requested) as wish:
        choose(menu, "Crash")
    assert wish.args == [W1]


def test_the_line_of_the_worker_that_has_a_token_can_be_cut(stage, qtbot):
    menu = right_click(stage, target(stage, TargetKind.TOKEN, T).box.center())
    with qtbot.waitSignal(stage.crash_requested) as wish:
        choose(menu, "Cut the line of worker 1")
    assert wish.args == [W1]


def test_a_tokens_message_id_can_be_copied(stage):
    choose(right_click(stage, target(stage, TargetKind.TOKEN, T).box.center()), "message_id")
    assert QGuiApplication.clipboard().text() == T


@pytest.mark.parametrize(
    ("words", "signal"), [("Purge", "purge_requested"), ("Declare", "redeclare_requested")]
)
def test_a_queue_can_be_purged_and_declared_again(stage, qtbot, words, signal):
    menu = right_click(stage, target(stage, TargetKind.QUEUE, "image").box.center())
    with qtbot.waitSignal(getattr(stage, signal)) as wish:
        choose(menu, words)
    assert wish.args == ["image"]


def test_a_menu_over_the_past_says_that_it_acts_now(stage):
    stage.set_live(False)
    menu = right_click(stage, target(stage, TargetKind.QUEUE, QUEUE).box.center())
    assert any("acts now" in action.text() for action in menu.actions())
    menu.close()


def test_the_keyboard_goes_from_thing_to_thing_and_opens_their_menus(stage, qtbot):
    stage.setFocus()
    seen = []
    for _ in stage.targets_now():
        qtbot.keyClick(stage, Qt.Key.Key_Down)
        seen.append(stage.accessibleDescription().splitlines()[0])
    assert seen[:3] == ["Producer", QUEUE, "image"]
    assert "<b>Task</b>.." in seen
    assert {f"{W1} · working", f"{W2} · waiting"} < set(seen)
    qtbot.keyClick(stage, Qt.Key.Key_Down)
    qtbot.keyClick(stage, Qt.Key.Key_Down)
    qtbot.keyClick(stage, Qt.Key.Key_Return)
    with qtbot.waitSignal(stage.purge_requested) as wish:
        choose(open_menu(stage), "Purge")
    assert wish.args == [QUEUE]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Period])
def test_the_keys_of_time_are_left_to_the_window(stage, key):
    event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(stage, event)
    assert not event.isAccepted()


def drag(stage: Stage, place: QPointF, data: QMimeData) -> bool:
    """Drag `data` over the stage, and drop it at `place`; return whether the stage took it."""
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), copy, data, left, none)
    enter.ignore()
    QApplication.sendEvent(stage, enter)
    if enter.isAccepted():
        QApplication.sendEvent(stage, QDropEvent(place, copy, data, left, none))
    return enter.isAccepted()


def test_a_task_that_is_dropped_is_published_to_the_queue_under_the_mouse(stage, qtbot):
    data = QMimeData()
    data.setData(TASK_MIME, QByteArray("Grüße..".encode()))
    with qtbot.waitSignal(stage.publish_requested) as wish:
        assert drag(stage, target(stage, TargetKind.QUEUE, "image").box.center(), data)
    assert wish.args == ["Grüße..", "image"]


def test_what_is_no_task_is_not_taken(stage):
    data = QMimeData()
    data.setText("anything")
    assert not drag(stage, QPointF(300, 200), data)
