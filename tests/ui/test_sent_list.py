import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTableView

from tests.core.story import W1, W2, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core import verdicts as v
from workq_gui.core.projections import task_table
from workq_gui.ui.sent_list import SentList
from workq_gui.ui.theme import LIGHT, set_zoom


@pytest.fixture
def sent_list(qtbot):
    widget = SentList()
    qtbot.addWidget(widget)
    widget.resize(280, 320)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def table(sent_list) -> QTableView:
    return sent_list.findChild(QTableView)


def spoken(sent_list, row: int = 0) -> str:
    return table(sent_list).model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def tip(sent_list, row: int = 0) -> str:
    return table(sent_list).model().index(row, 0).data(Qt.ItemDataRole.ToolTipRole)


def count(sent_list) -> int:
    return table(sent_list).model().rowCount()


def confirmed(sent_list) -> str:
    return sent_list.findChild(QLabel, "confirmed").text()


CONFIRM = make(e.TaskConfirmed, task_id=T)
CRASH = make(e.WorkerCrashed, worker_id=W1)
CONFIRM_U = make(e.TaskConfirmed, task_id=U)
RETURN = make(e.TaskReturned, task_id=T, reply_code=312, reply_text="NO_ROUTE")
UNCONFIRM = make(e.TaskUnconfirmed, task_id=T)
FINISH = make(e.TaskFinished, task_id=T, worker_id=W1)


@pytest.mark.parametrize(
    ("events", "word"),
    [
        ([make(e.TaskAccepted, task_id=T, text="Task.")], "not sent yet"),
        ([published(T)], "sent"),
        ([published(T), CONFIRM], "ready"),
        ([published(T), delivered(T, W1)], "worker 1"),
        ([published(T), delivered(T, W1), FINISH], "finished, no ack"),
        ([published(T), delivered(T, W1), CRASH], "↻ back in queue"),
        ([published(T), delivered(T, W1), CRASH, delivered(T, W2, redelivered=True)], "↻ redelivered"),
        ([published(T), delivered(T, W1), done(T, W1)], "done ✓"),
        ([published(T), delivered(T, W1), FINISH, CRASH, delivered(T, W2), done(T, W2)], "done twice"),
        ([published(T), make(e.TaskReturned, task_id=T, reply_code=312, reply_text="NO_ROUTE")], "returned"),
        ([published(T), make(e.TaskNacked, task_id=T)], "lost ✕"),
    ],
)
def test_it_says_how_far_a_task_is(sent_list, events, word):
    sent_list.display(session_of(*events).board)
    assert spoken(sent_list) == f"Task., {word}"


def test_the_newest_task_is_on_top(sent_list):
    session = session_of(published(T, "old"))
    sent_list.display(session.board)
    session.extend(published(U, "new"))
    sent_list.display(session.board)
    assert [spoken(sent_list, row) for row in range(count(sent_list))] == ["new, sent", "old, sent"]


def test_a_row_follows_its_task(sent_list):
    session = session_of(published(T))
    sent_list.display(session.board)
    before = table(sent_list).grab().toImage()
    session.extend([CONFIRM, delivered(T, W1), *done(T, W1)])
    sent_list.display(session.board)
    assert table(sent_list).grab().toImage() != before


def test_nothing_is_painted_when_nothing_that_is_visible_changed(sent_list, qtbot, monkeypatch):
    session = session_of(*(published(e.TaskId(f"t-{n}")) for n in range(100)))
    sent_list.display(session.board)
    qtbot.wait_until(lambda: count(sent_list) == 100)
    painted = []
    monkeypatch.setattr(type(table(sent_list).viewport()), "update", lambda *_: painted.append(1))
    session.extend([delivered(e.TaskId("t-3"), W1)])  # far below
    sent_list.display(session.board)
    assert not painted
    session.extend([delivered(e.TaskId("t-99"), W1)])
    sent_list.display(session.board)
    assert painted


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], "0 of 0 confirmed"),
        ([published(T), published(U)], "0 of 2 confirmed"),
        ([published(T), published(U), CONFIRM], "1 of 2 confirmed"),
        ([published(T), CONFIRM], "1 of 1 confirmed"),
        ([published(T), CONFIRM, delivered(U, W1, text="somebody else's")], "1 of 1 confirmed"),
        ([make(e.TaskAccepted, task_id=T, text="not sent yet")], "0 of 1 confirmed"),
        ([published(T), RETURN, CONFIRM], "0 of 1 confirmed"),
        ([published(T), published(U), RETURN, CONFIRM, CONFIRM_U], "1 of 2 confirmed"),
        ([published(T), make(e.TaskNacked, task_id=T)], "0 of 1 confirmed"),
        ([published(T), UNCONFIRM, published(T), CONFIRM], "1 of 1 confirmed"),
        ([published(T), RETURN, UNCONFIRM, published(T), CONFIRM], "1 of 1 confirmed"),
        ([published(T), published(U), CONFIRM_U], "1 of 2 confirmed"),
    ],
)
def test_it_counts_the_confirms(sent_list, events, words):
    sent_list.display(session_of(*events).board)
    assert confirmed(sent_list) == words


COUNTED = [
    published(T),
    published(U),
    CONFIRM_U,
    RETURN,
    CONFIRM,
    delivered(e.TaskId("t-3"), W1, text="somebody else's"),
    UNCONFIRM,
    published(T),
    CONFIRM,
]


def test_a_count_that_is_kept_up_is_the_count_of_a_fresh_look(sent_list, qtbot):
    session = session_of()
    counts = []
    for item in COUNTED:
        session.extend(item if isinstance(item, list) else [item])
        sent_list.display(session.board)
        fresh = SentList()
        qtbot.addWidget(fresh)
        fresh.display(session.board)
        assert confirmed(sent_list) == confirmed(fresh)
        counts.append(confirmed(sent_list).split(" ", 1)[0])
    assert counts == ["0", "0", "1", "1", "1", "1", "1", "1", "2"]


def test_the_count_is_marked_as_good_only_when_all_are_confirmed(sent_list):
    session = session_of(published(T), published(U), CONFIRM_U, RETURN, CONFIRM)
    sent_list.display(session.board)
    assert sent_list.findChild(QLabel, "confirmed").property("role") != "ok"
    session.extend([UNCONFIRM, *published(T), CONFIRM])
    sent_list.display(session.board)
    assert sent_list.findChild(QLabel, "confirmed").property("role") == "ok"


def test_another_session_replaces_all_rows(sent_list):
    sent_list.display(session_of(published(T), published(U)).board)
    sent_list.display(session_of(published(T, "fresh"), CONFIRM).board)
    assert count(sent_list) == 1
    assert confirmed(sent_list) == "1 of 1 confirmed"
    assert spoken(sent_list) == "fresh, ready"


def test_a_reader_further_down_keeps_the_lines_in_view(sent_list):
    session = session_of(*(published(e.TaskId(f"t-{n}"), f"text {n}") for n in range(100)))
    sent_list.display(session.board)
    view = table(sent_list)
    view.verticalScrollBar().setValue(640)
    top = view.indexAt(view.viewport().rect().topLeft()).data()
    session.extend(published(U, "one more"))
    sent_list.display(session.board)
    assert view.indexAt(view.viewport().rect().topLeft()).data() == top


def test_the_tool_tip_tells_all_of_a_task_and_takes_no_text_for_markup(sent_list):
    text = "<b>bold</b> " + "long " * 100
    returned = make(e.TaskReturned, task_id=T, reply_code=312, reply_text="NO_ROUTE")
    sent_list.display(session_of(published(T, text), returned).board)
    assert "&lt;b&gt;bold&lt;/b&gt;" in tip(sent_list)
    for part in ("long " * 100, "t-1", "delivered 0 times", "312 NO_ROUTE"):
        assert part.strip() in tip(sent_list)


def test_it_is_named_for_screen_readers(sent_list):
    assert table(sent_list).accessibleName() == "Sent tasks, newest first"


def test_the_past_of_the_same_session_has_fewer_rows_and_its_own_states(sent_list):
    session = session_of(published(T))
    past = session.board.copy()
    session.extend([*published(U, "later"), CONFIRM, delivered(T, W1), *done(T, W1)])
    sent_list.display(session.board)
    assert [spoken(sent_list, row) for row in range(count(sent_list))] == ["later, sent", "Task., done ✓"]
    sent_list.display(past)
    assert [spoken(sent_list, row) for row in range(count(sent_list))] == ["Task., sent"]
    sent_list.display(session.board)
    assert [spoken(sent_list, row) for row in range(count(sent_list))] == ["later, sent", "Task., done ✓"]


def test_a_row_follows_its_task_after_a_picture_of_the_past_was_kept(sent_list):
    session = session_of(published(T))
    sent_list.display(session.board)
    past = session.board.copy()
    session.extend([CONFIRM, delivered(T, W1), *done(T, W1)])
    sent_list.display(session.board)
    assert spoken(sent_list) == "Task., done ✓"
    assert past.kept_count == 1


def finished(first: int, end: int) -> list[e.Event]:
    ids = [e.TaskId(f"n-{number}") for number in range(first, end)]
    return [
        event
        for task_id in ids
        for event in (*published(task_id, task_id), delivered(task_id, W1), *done(task_id, W1))
    ]


def test_what_the_board_has_forgotten_has_no_row(sent_list, monkeypatch):
    monkeypatch.setattr(task_table, "KEPT_TASKS", 2 * task_table.BLOCK)
    session = session_of(published(T, "never done"))
    session.extend(finished(0, 3 * task_table.BLOCK))
    sent_list.display(session.board)
    for step in range(3, 8):
        session.extend(finished(step * task_table.BLOCK, (step + 1) * task_table.BLOCK))
        for _ in range(2):  # the second frame brings nothing new: the rush is over
            sent_list.display(session.board)
        assert count(sent_list) == session.board.kept_count < session.board.known_count
        texts = [task.text for task in session.board.newest(count(sent_list))]
        rows = [table(sent_list).model().index(row, 0).data() for row in range(count(sent_list))]
        assert rows == texts
    assert rows[-1] == "never done"


def test_a_lost_task_says_why(sent_list):
    lost = make(v.TaskLost, task_id=T, cause="no queue was bound", place="exchange")
    sent_list.display(session_of(published(T), lost).board)
    assert spoken(sent_list) == "Task., lost ✕"
    assert "lost: no queue was bound" in tip(sent_list)


def test_zoom_makes_the_rows_higher_and_lower_again(sent_list):
    sent_list.display(session_of(published(T)).board)
    heights = []
    try:
        for factor in (1.0, 2.0, 0.8):
            set_zoom(factor)
            sent_list.set_theme(LIGHT)
            heights.append(table(sent_list).rowHeight(0))
    finally:
        set_zoom(1.0)
    assert heights == [32, 64, 26]


def test_a_rush_of_tasks_is_shown_at_the_latest_when_it_is_over(sent_list):
    session = session_of()
    for start in range(0, 6 * 50, 50):
        session.extend([event for n in range(start, start + 50) for event in published(e.TaskId(f"r-{n}"))])
        sent_list.display(session.board)
    sent_list.display(session.board)
    assert sent_list.findChild(QTableView).model().rowCount() == 300


def test_a_double_click_asks_for_the_tasks_whole_life(sent_list, qtbot):
    sent_list.display(session_of(published(T), published(U)).board)
    view = table(sent_list)
    place = view.visualRect(view.model().index(1, 0)).center()
    with qtbot.waitSignal(sent_list.task_requested) as wish:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert wish.args == [T]
