import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QTableView

from tests.core.story import W1, W2, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.queue_events import QueueAdded
from workq_gui.ui.ledger_window import LedgerWindow

V = e.TaskId("t-3")
STARTED = [
    make(QueueAdded),
    *(make(kind, worker_id=worker) for worker in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)),
]
LOSS = [
    *published(T, "First <b>."),
    delivered(T, W1, auto_ack=True, text="First <b>."),
    make(e.WorkerCrashed, 65 * S, worker_id=W1),
]
TWICE = [
    *published(U, "Second.."),
    delivered(U, W1),
    make(e.TaskFinished, task_id=U, worker_id=W1),
    make(e.ConnectionLost, 70 * S, owner=W1, reason="heartbeats missed"),
    delivered(U, W2, 71 * S, redelivered=True),
    *done(U, W2, 72 * S),
]


@pytest.fixture
def window(qtbot):
    ledger = LedgerWindow()
    qtbot.addWidget(ledger)
    ledger.show()
    qtbot.waitExposed(ledger)
    return ledger


def rows(window, name: str) -> list[list[str]]:
    model = table(window, name).model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def table(window, name: str) -> QTableView:
    return next(view for view in window.findChildren(QTableView) if view.accessibleName() == name)


def texts(window) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def test_an_empty_ledger_says_so(window):
    window.display(session_of(STARTED))
    assert {"Lost: 0", "No task is lost.", "Done twice: 0", "No task was done twice."} <= set(texts(window))
    assert not table(window, "Lost").isVisible()


def test_each_loss_has_its_cause_its_place_and_its_moment(window):
    window.display(session_of(STARTED, LOSS))
    assert rows(window, "Lost") == [
        ["First <b>.", "with auto-ack the broker had forgotten it when its worker ended", "worker 1", "01:05"]
    ]
    assert "Lost: 1" in texts(window)


def test_what_was_done_twice_has_both_workers(window):
    window.display(session_of(STARTED, TWICE))
    assert rows(window, "Done twice") == [
        ["Second..", "worker 1", "worker 2", "the first ack never arrived", "01:12"]
    ]


def test_the_sum_can_be_checked_by_eye(window):
    session = session_of(STARTED, LOSS, TWICE, published(V))
    window.display(session)
    assert window.findChild(QLabel, "sum").text() == (
        "3 published = 1 acked + 1 lost + 0 returned + 1 still there"
    )
    assert window.findChild(QLabel, "parts").text().startswith("Still there: 1 ready, 0 un-acked")


def test_a_click_shows_the_moment_of_a_row(window, qtbot):
    window.display(session_of(STARTED, LOSS))
    view = table(window, "Lost")
    place = view.visualRect(view.model().index(0, 1)).center()
    with qtbot.waitSignal(window.seek_requested) as blocker:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert blocker.args == [65 * S]


def test_enter_shows_the_moment_of_a_row(window, qtbot):
    window.display(session_of(STARTED, TWICE))
    view = table(window, "Done twice")
    view.setCurrentIndex(view.model().index(0, 0))
    with qtbot.waitSignal(window.seek_requested) as blocker:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert blocker.args == [72 * S]


def test_the_newest_row_is_the_first_and_the_chosen_one_stays_chosen(window):
    session = session_of(STARTED, LOSS)
    window.display(session)
    view = table(window, "Lost")
    view.setCurrentIndex(view.model().index(0, 0))
    session.extend(
        [*published(V, "Third..."), make(e.TaskNacked, 80 * S, task_id=V)],
    )
    window.display(session)
    assert [row[0] for row in rows(window, "Lost")] == ["Third...", "First <b>."]
    assert view.currentIndex().row() == 1


def test_it_shows_the_moment_that_the_picture_shows(window):
    window.display(session_of(STARTED, LOSS))
    window.display(session_of(STARTED))
    assert "No task is lost." in texts(window)


def test_a_rush_is_counted_now_and_then_and_at_last_it_is_true(window, qtbot):
    session = session_of(STARTED, *(published(e.TaskId(f"x-{number}")) for number in range(500)))
    window.display(session)
    words = "500 published = 0 acked + 0 lost + 0 returned + 500 still there"
    assert window.findChild(QLabel, "sum").text() == words
    session.extend(published(e.TaskId("last")))
    window.display(session)
    assert window.findChild(QLabel, "sum").text() == words

    def is_true():
        window.display(session)
        return window.findChild(QLabel, "sum").text().startswith("501 published")

    qtbot.waitUntil(is_true)


def test_nothing_is_counted_while_it_is_hidden(window):
    window.hide()
    window.display(session_of(STARTED, LOSS))
    assert rows(window, "Lost") == []


def test_it_can_be_copied_as_text(window, qtbot):
    window.display(session_of(STARTED, LOSS))
    qtbot.mouseClick(window.findChild(QPushButton, "copy_ledger"), Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert "Task\tWhy\tWhere it was\tWhen" in text
    assert "First <b>.\twith auto-ack" in text
    assert "No task was done twice." in text


def test_a_long_text_is_cut_and_never_markup(window):
    long = [*published(T, "x" * 5_000), make(e.TaskNacked, task_id=T)]
    window.display(session_of(STARTED, long))
    (cells,) = rows(window, "Lost")
    assert len(cells[0]) <= 200
    index = table(window, "Lost").model().index(0, 0)
    assert index.data(Qt.ItemDataRole.ToolTipRole).startswith("<qt>")
