"""What the user does with the stage, by mouse and by keyboard."""

import pytest
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolTip, QVBoxLayout, QWidget

from tests.core.story import QUEUE, W1, W2, S, T, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core import verdicts as v
from workq_gui.core.queue_events import QueueAdded, QueueDeclared, QueueObserved
from workq_gui.ui.composer_handle import TASK_MIME
from workq_gui.ui.stage import Stage
from workq_gui.ui.stage_targets import Target, TargetKind
from workq_gui.ui.theme import load_fonts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
ANCHORS = {W1: 90.0, W2: 400.0}
TOLD = (
    "<b>Task</b>..",
    "message_id t-1",
    f"in {QUEUE}",
    "un-acked, with worker 1 for 2.0 s",
    "try 1: worker 1",
    "delivery_mode 2 (persistent) · redelivered",
    "delivery tag 7",
)
QUEUE_WISHES = [("Purge", "purge_requested"), ("Declare", "redeclare_requested")]


@pytest.fixture
def session():
    return session_of(
        make(e.ConnectionOpened, owner=e.PUBLISHER),
        make(QueueAdded),
        make(QueueAdded, queue="image"),
        [make(kind, worker_id=w) for w in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)],
        published(T, "<b>Task</b>..", S),
        make(e.TaskConfirmed, S, task_id=T),
        make(QueueObserved, S, ready_count=3, consumer_count=2),
        delivered(T, W1, 2 * S, redelivered=True, delivery_tag=7),
    )


@pytest.fixture
def stage(qtbot, session):
    load_fonts()
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
    assert [part for part in TOLD if part not in said] == []


def test_a_queue_tells_the_brokers_figures_and_ours(stage):
    said = words(stage, TargetKind.QUEUE, QUEUE)
    assert "the broker: 3 ready, 2 consumers" in said
    assert "seen by us: 0 ready, 1 un-acked" in said


def test_a_worker_tells_what_it_holds(stage):
    said = words(stage, TargetKind.WORKER, W1)
    assert "working" in said
    assert "tag 7" in said


def test_what_is_under_the_mouse_gets_a_ring(stage, qtbot):
    QTest.mouseMove(stage, QPoint(300, 500))  # wherever an earlier test has left it
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
        choose(menu, "Cut this worker's line (crash)")
    assert wish.args == [W1]


def test_a_tokens_whole_life_can_be_asked_for(stage, qtbot):
    menu = right_click(stage, target(stage, TargetKind.TOKEN, T).box.center())
    with qtbot.waitSignal(stage.task_life_requested) as wish:
        choose(menu, "whole life")
    assert wish.args == [T]


def test_a_tokens_message_id_can_be_copied(stage):
    for words, copied in (("Copy message_id", T), ("Copy text", "<b>Task</b>..")):
        choose(right_click(stage, target(stage, TargetKind.TOKEN, T).box.center()), words)
        assert QGuiApplication.clipboard().text() == copied


@pytest.mark.parametrize(("words", "signal"), QUEUE_WISHES)
def test_a_queue_can_be_purged_and_declared_again(stage, qtbot, words, signal):
    menu = right_click(stage, target(stage, TargetKind.QUEUE, "image").box.center())
    with qtbot.waitSignal(getattr(stage, signal)) as wish:
        choose(menu, words)
    assert wish.args == ["image"]


def test_a_menu_over_the_past_says_that_it_acts_now(stage):
    stage.set_live(False)
    for kind, name in ((TargetKind.QUEUE, QUEUE), (TargetKind.WORKER, W1), (TargetKind.TOKEN, T)):
        menu = right_click(stage, target(stage, kind, name).box.center())
        first = menu.actions()[0]
        assert "acts now, not in the past" in first.text()
        assert not first.isEnabled()
        menu.close()


def test_the_keyboard_goes_from_thing_to_thing_and_opens_their_menus(stage, qtbot):
    stage.setFocus()
    seen = []
    for _ in stage.targets_now():
        qtbot.keyClick(stage, Qt.Key.Key_Down)
        seen.append(stage.accessibleDescription().splitlines()[0])
    assert seen[0] == "Producer"
    assert seen[2:4] == [QUEUE, "image"]
    assert "<b>Task</b>.." in seen
    assert {f"{W1} · working", f"{W2} · waiting"} < set(seen)
    for _ in range(3):
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


def test_what_has_the_focus_is_described_until_the_focus_leaves(stage, qtbot, session):
    stage.setFocus()
    sentence = stage.accessibleDescription()
    qtbot.keyClick(stage, Qt.Key.Key_Down)
    stage.display(session, 5 * S, ANCHORS)
    assert stage.accessibleDescription().startswith("Producer")
    stage.clearFocus()
    stage.display(session, 6 * S, ANCHORS)
    assert stage.accessibleDescription() == sentence


@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier),
    ],
)
def test_each_key_for_a_menu_opens_that_of_the_worker_with_the_focus(stage, qtbot, key, modifier):
    stage.setFocus()
    qtbot.keyClick(stage, Qt.Key.Key_Up)
    qtbot.keyClick(stage, key, modifier)
    menu = open_menu(stage)
    with qtbot.waitSignal(stage.stop_requested) as wish:
        choose(menu, "Stop")
    assert wish.args == [W2]


def test_a_key_for_a_menu_is_left_alone_while_nothing_has_the_focus(stage):
    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(stage, event)
    assert not event.isAccepted()


def test_the_focus_can_be_seen_before_there_is_a_thing_that_has_it(stage, qtbot):
    stage.setFocus()
    qtbot.waitUntil(stage.hasFocus)
    focused = stage.grab().toImage()
    stage.clearFocus()
    assert stage.grab().toImage() != focused


def test_the_focus_can_be_seen_when_the_thing_that_had_it_is_gone(stage, qtbot, session):
    stage.setFocus()
    for _ in range(5):
        qtbot.keyClick(stage, Qt.Key.Key_Down)
    assert stage.accessibleDescription().startswith("<b>Task</b>..")
    session.extend(done(T, W1, 5 * S))
    stage.display(session, 9 * S, ANCHORS)
    focused = stage.grab().toImage()
    stage.clearFocus()
    assert stage.grab().toImage() != focused


def test_a_task_that_no_worker_has_offers_no_line_to_cut(stage, session):
    crashed = make(e.WorkerCrashed, 5 * S, worker_id=W1)
    session.extend([crashed, make(v.TaskRequeued, 5 * S, task_id=T, worker_id=W1, cause="crashed")])
    stage.display(session, 9 * S, ANCHORS)
    stage.grab()
    stage.set_live(False)
    menu = right_click(stage, target(stage, TargetKind.TOKEN, T).box.center())
    texts = [action.text() for action in menu.actions()]
    assert texts == ["This task's whole life", "Copy message_id", "Copy text"]
    menu.close()


def test_a_tool_tip_tells_what_is_under_the_mouse_and_ends_when_that_is_left(stage, qtbot):
    place = target(stage, TargetKind.QUEUE, "image").box.center().toPoint()
    help_at(stage, place)
    assert "image" in QToolTip.text()
    move(stage, QPoint(300, 500))
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_what_is_under_the_mouse_is_looked_for_once_for_each_picture(stage, monkeypatch):
    hands, looks = stage._hands, []
    find = hands._find
    monkeypatch.setattr(hands, "_find", lambda: looks.append(1) or find())
    for x in range(100, 130):
        move(stage, QPoint(x, 200))
    assert len(looks) <= 1
    move(stage, QPoint(300, 500))
    looks.clear()
    for _ in range(3):
        stage.grab()
    assert looks == []


def move(stage: Stage, place: QPoint) -> None:
    """Move the mouse at once: no picture is painted in between."""
    kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    local, world = QPointF(place), QPointF(stage.mapToGlobal(place))
    event = QMouseEvent(kind, local, world, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(stage, event)


def help_at(stage: Stage, place: QPoint) -> None:
    QApplication.sendEvent(stage, QHelpEvent(QEvent.Type.ToolTip, place, stage.mapToGlobal(place)))


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_the_ledger_is_opened_by_its_count_and_by_enter(stage, session, qtbot, key):
    session.extend([make(v.TaskLost, 3 * S, task_id=T, cause="no reason", place="queue")])
    stage.display(session, 4 * S, ANCHORS)
    stage.grab()
    place = target(stage, TargetKind.LEDGER).box.center().toPoint()
    with qtbot.waitSignal(stage.ledger_requested):
        qtbot.mouseClick(stage, Qt.MouseButton.LeftButton, pos=place)
    stage.setFocus()
    qtbot.keyClick(stage, Qt.Key.Key_Up)  # the ledger is the last
    with qtbot.waitSignal(stage.ledger_requested):
        qtbot.keyClick(stage, key)


def test_a_queue_tells_how_it_was_declared(stage, session):
    session.extend(
        [
            make(QueueAdded, queue="mail", queue_type="quorum", delivery_limit=3, dead_letter_to="failed"),
            make(QueueDeclared, queue="mail", durable=True, queue_type="quorum", delivery_limit=3),
            make(QueueAdded, queue="gone", durable=False),
        ]
    )
    stage.display(session, 4 * S, ANCHORS)
    said = words(stage, TargetKind.QUEUE, "mail")
    for part in ("durable", "quorum", "delivery limit 3", "goes to failed"):
        assert part in said
    assert "not durable" in words(stage, TargetKind.QUEUE, "gone")
    assert "delivery limit" not in words(stage, TargetKind.QUEUE, "gone")


def test_the_exchange_and_the_ledger_tell_what_they_are(stage, session):
    assert "routing key" in words(stage, TargetKind.EXCHANGE)
    lost = [e.TaskId(f"lost-{number}") for number in range(10)]
    for task_id in lost:
        session.extend(published(task_id, f"{task_id}."))
        session.extend([make(v.TaskLost, task_id=task_id, cause="purged", place="queue")])
    said = words(stage, TargetKind.LEDGER).splitlines()
    assert "LOST 10" in said[0]
    assert said[1:] == [f"lost-{number}.: purged" for number in range(9, 1, -1)]


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


def test_a_task_that_is_dropped_beside_the_queues_goes_to_the_first(stage, qtbot):
    data = QMimeData()
    data.setData(TASK_MIME, QByteArray(b"Task."))
    with qtbot.waitSignal(stage.publish_requested) as wish:
        assert drag(stage, QPointF(20, 500), data)
    assert wish.args == ["Task.", QUEUE]


def test_tab_leaves_the_stage(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    stage, button = Stage(), QPushButton()
    for widget in (stage, button):
        layout.addWidget(widget)
    page.show()
    page.activateWindow()
    stage.setFocus()
    qtbot.waitUntil(stage.hasFocus)
    qtbot.keyClick(stage, Qt.Key.Key_Tab)
    assert button.hasFocus()
