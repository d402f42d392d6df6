import json

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QPushButton, QToolTip

from tests.core.story import W1, W2, S, T, U, delivered, done, make, published, session_of
from tests.core.test_history import busy_story
from workq_gui.core import events as e
from workq_gui.core import history
from workq_gui.core.playhead import Playhead
from workq_gui.core.queue_events import QueueObserved
from workq_gui.ui.event_rows import EventRows
from workq_gui.ui.events_view import EventsView
from workq_gui.ui.theme import DARK, LIGHT

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # of menus and tips
HOSTILE = "<b>x</b>\n\x00\u202e" + "y" * 5_000
STARTED = [make(kind, worker_id=w) for w in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)]
CRASH = [
    *published(T, "First.", S),
    delivered(T, W1, 2 * S),
    make(e.WorkerCrashed, 3 * S, worker_id=W1),
    delivered(T, W2, 4 * S, redelivered=True),
    *done(T, W2, 5 * S),
]


class Show:
    """A view of what happened in a session, shown frame by frame."""

    def __init__(self, view: EventsView, *events) -> None:
        self.view = view
        self.session = session_of(STARTED, *events)
        self.session.clock.advance(100 * S)
        self.playhead = Playhead(self.session)
        self.rows = view.findChild(EventRows)
        self.until_done()

    def frame(self) -> None:
        self.view.display(self.playhead, self.session)

    def until_done(self) -> None:
        self.frame()
        while self.view.catching_up:
            self.frame()

    def sentences(self) -> list[str]:
        return [self.rows.words_of(row)[2] for row in range(self.rows.row_count)]

    def kinds(self) -> list[str]:
        return [self.rows.words_of(row)[3] for row in range(self.rows.row_count)]

    def place(self, row: int) -> QPoint:
        first, top = self.rows._first_painted()
        height = self.rows._painter.row_height
        return QPoint(300, top + (row - first) * height + height // 2)

    def row_of(self, kind: str) -> int:
        return self.kinds().index(kind)

    def in_sight(self) -> range:
        first = self.rows.verticalScrollBar().value()
        return range(first, first + self.rows._page)

    def choose(self, button: str, words: str) -> None:
        menu = self.view.findChild(QPushButton, button).menu()
        menu.aboutToShow.emit()
        next(action for action in menu.actions() if action.text() == words).trigger()
        self.until_done()


@pytest.fixture
def view(qtbot):
    events = EventsView()
    events.resize(1050, 420)
    qtbot.addWidget(events)
    events.show()
    qtbot.waitExposed(events)
    return events


def menu_of(show) -> QMenu:
    return next(menu for menu in show.rows.findChildren(QMenu) if menu.isVisible())


def test_all_events_are_sentences_with_when_and_whose(view):
    show = Show(view, CRASH)
    assert show.rows.words_of(show.row_of("worker crashed")) == (
        "3.000",
        "worker 1",
        "worker 1 crashed: its connection was cut, with no goodbye.",
        "worker crashed",
    )
    assert len(show.sentences()) == show.session.history.count


def test_a_verdict_is_marked_as_one(view):
    show = Show(view, CRASH)
    row = show.row_of("◆ verdict: requeued")
    assert "the broker puts it back" in show.rows.words_of(row)[2]


def test_what_comes_all_the_time_is_shown_if_one_wants_it(view, qtbot):
    show = Show(view, make(QueueObserved, ready_count=3))
    assert "queue observed" not in show.kinds()
    qtbot.mouseClick(view.findChild(QPushButton, "with_observations"), Qt.MouseButton.LeftButton)
    show.until_done()
    assert "queue observed" in show.kinds()


def test_words_are_searched_in_sentences_and_ids(view, qtbot):
    show = Show(view, CRASH, published(U, "Second."))
    field = view.findChild(QLineEdit, "event_search")
    qtbot.keyClicks(field, "SECOND")
    show.until_done()
    assert show.kinds() == ["accepted", "published"]
    field.setText("t-1")
    show.until_done()
    assert all("First." in words for words in show.sentences())
    field.setText("nothing like it")
    show.until_done()
    assert show.kinds() == []
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    show.until_done()
    assert len(show.kinds()) == show.session.history.count


def test_the_events_of_one_worker_or_of_one_kind_can_be_chosen(view):
    show = Show(view, CRASH)
    show.choose("who_filter", "worker 2")
    show.choose("kind_filter", "Delivered")
    assert show.sentences() == [
        "worker 2 receives “First.”, marked redelivered: someone may have seen it before."
    ]
    assert view.findChild(QPushButton, "who_filter").text() == "worker 2 ▾"
    show.choose("who_filter", "Everybody")
    show.choose("kind_filter", "Crashes and losses")
    assert show.kinds() == ["worker crashed", "◆ verdict: requeued"]


def test_one_task_alone_is_shown_until_its_chip_is_removed(view, qtbot):
    show = Show(view, CRASH, published(U, "Second & last."))
    chip = view.findChild(QPushButton, "task_chip")
    assert not chip.isVisible()
    view.filter_task(U)
    show.until_done()
    assert show.kinds() == ["accepted", "published"]
    assert "Second && last." in chip.text()
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    show.until_done()
    assert not chip.isVisible()
    assert len(show.kinds()) == show.session.history.count


def test_a_click_shows_the_moment_of_an_event(view, qtbot):
    show = Show(view, CRASH)
    with qtbot.waitSignal(view.seek_requested) as blocker:
        qtbot.mouseClick(
            show.rows.viewport(), Qt.MouseButton.LeftButton, pos=show.place(show.row_of("worker crashed"))
        )
    assert blocker.args == [3 * S]


def test_keys_move_and_return_shows_the_moment(view, qtbot):
    show = Show(view, CRASH)
    for key in (Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Up):
        qtbot.keyClick(show.rows, key)
    assert "worker 2 receives" in show.rows.accessibleDescription()
    with qtbot.waitSignal(view.seek_requested) as blocker:
        qtbot.keyClick(show.rows, Qt.Key.Key_Return)
    assert blocker.args == [4 * S]


def test_a_double_click_wants_the_whole_life_of_a_task(view, qtbot):
    show = Show(view, CRASH)
    with qtbot.waitSignal(view.task_requested) as blocker:
        qtbot.mouseDClick(
            show.rows.viewport(), Qt.MouseButton.LeftButton, pos=show.place(show.row_of("finished"))
        )
    assert blocker.args == [T]


def test_what_is_typed_is_looked_for_when_the_view_is_chosen(view, qtbot):
    Show(view, CRASH)
    view.activateWindow()
    view.findChild(EventRows).setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is view.findChild(EventRows))
    view.take_focus()
    assert QApplication.focusWidget() is view.findChild(QLineEdit, "event_search")


def test_the_newest_event_is_in_sight_until_one_scrolls_away(view):
    show = Show(view, busy_story(30))
    show.session.extend(published(U, "New."))
    show.frame()
    assert show.rows.row_count - 1 in show.in_sight()
    show.rows.verticalScrollBar().setValue(40)
    seen = [show.sentences()[row] for row in show.in_sight()]
    show.session.extend(published(e.TaskId("more"), "More."))
    show.frame()
    assert [show.sentences()[row] for row in show.in_sight()] == seen


def test_when_events_rush_by_the_newest_is_in_sight_within_some_frames(view):
    show = Show(view, busy_story(30))
    for number in range(3):
        show.session.extend(busy_story(10)[number:])
        for _ in range(4):
            show.frame()
        assert show.rows.row_count - 1 in show.in_sight()


def test_the_latest_event_that_the_picture_shows_is_marked_and_in_sight(view, qtbot):
    show = Show(view, busy_story(30))
    show.playhead.seek(6 * S + 3)
    show.frame()
    mark = show.rows._mark_row()
    assert show.rows._event(mark).at_ns <= 6 * S + 3 < show.rows._event(mark + 1).at_ns
    assert mark in show.in_sight()
    show.playhead.go_to_now()
    show.frame()
    assert show.rows.row_count - 1 in show.in_sight()


def test_it_looks_through_many_events_slice_by_slice_and_says_how_far_it_is(view, qtbot, monkeypatch):
    monkeypatch.setattr("workq_gui.ui.events_view.SEARCH_MS", 0)
    session = session_of(STARTED, *(published(e.TaskId(f"x-{number}")) for number in range(1_000)))
    view.display(Playhead(session), session)
    assert view.catching_up
    assert "searched 500 of 2,004" in view.findChild(QLabel, "search_status").text()
    qtbot.waitUntil(lambda: not view.catching_up)  # although nobody shows it another frame
    assert view.findChild(QLabel, "search_status").text() == "2,004 of 2,004 events"


def test_it_says_so_if_earlier_events_are_not_kept(view, monkeypatch):
    monkeypatch.setattr(history, "CHUNK_EVENTS", 50)
    monkeypatch.setattr(history, "KEPT_TASKS", 20)
    show = Show(view, busy_story(200))
    assert show.sentences()[0] == "Earlier events are in the recording only."
    assert show.kinds()[0] == ""
    show.rows.grab()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_hostile_texts_are_data_in_one_line(view, theme):
    show = Show(view, published(T, HOSTILE))
    view.set_theme(theme)
    view.filter_task(T)
    show.until_done()
    words = show.sentences()[0]
    assert words.startswith("“<b>x</b> y")
    assert words.isprintable()
    assert len(words) < 700
    view.grab()
    tip = QHelpEvent(QEvent.Type.ToolTip, show.place(0), show.rows.viewport().mapToGlobal(show.place(0)))
    QApplication.sendEvent(show.rows.viewport(), tip)
    assert "&lt;b&gt;x&lt;/b&gt;" in QToolTip.text()


def test_a_fact_can_be_copied_as_a_sentence_and_as_a_line_of_a_recording(view, qtbot):
    show = Show(view, CRASH)
    show.rows.menu_requested.emit(show.rows._event(show.row_of("finished")), QPoint(0, 0))
    actions = {action.text(): action for action in menu_of(show).actions()}
    actions["Copy sentence"].trigger()
    assert QGuiApplication.clipboard().text() == "worker 2 finished “First.”; it is not acked yet."
    actions["Copy as JSON line"].trigger()
    assert json.loads(QGuiApplication.clipboard().text())["event"] == "TaskFinished"
    with qtbot.waitSignal(view.task_requested) as blocker:
        actions["This task's whole life"].trigger()
    assert blocker.args == [T]
    menu_of(show).close()


def test_a_verdict_has_no_line_and_it_is_said_why(view):
    show = Show(view, CRASH)
    show.rows.menu_requested.emit(show.rows._event(show.row_of("◆ verdict: requeued")), QPoint(0, 0))
    (line,) = [action for action in menu_of(show).actions() if "JSON" in action.text()]
    assert not line.isEnabled()
    assert "verdict" in line.text()
    menu_of(show).close()


def test_another_session_is_shown_from_its_beginning(view):
    Show(view, CRASH)
    other = Show(view, published(U, "Second."))
    assert len(other.sentences()) == other.session.history.count


def test_an_empty_session_says_so(view):
    show = Show.__new__(Show)
    session = session_of()
    show.view = view
    view.display(Playhead(session), session)
    assert view.findChild(EventRows)._about == "Nothing has happened yet."
    view.grab()
