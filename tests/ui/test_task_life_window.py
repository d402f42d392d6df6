import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListView

from tests.core.story import W1, W2, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.playhead import Playhead
from workq_gui.ui.task_life_rows import ROW_ROLE, Form, LifeRow
from workq_gui.ui.task_life_window import TaskLifeWindow
from workq_gui.ui.theme import LIGHT

HOSTILE = "<b>x</b>\n\x00" + "y" * 5_000
STARTED = [make(kind, worker_id=w) for w in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)]
STORY = [
    *published(T, "First.", S),
    make(e.TaskConfirmed, S + 1, task_id=T),
    delivered(T, W1, 2 * S),
    make(e.WorkerCrashed, 3 * S, worker_id=W1),
    delivered(T, W2, 4 * S, redelivered=True),
    *done(T, W2, 6 * S),
]


@pytest.fixture
def window(qtbot):
    life = TaskLifeWindow()
    qtbot.addWidget(life)
    life.set_theme(LIGHT)
    return life


def show(window, *events, task_id=T, at_ns: int | None = None) -> Playhead:
    session = session_of(STARTED, *events)
    session.clock.advance(10 * S)
    playhead = Playhead(session)
    if at_ns is not None:
        playhead.seek(at_ns)
    window.show_task(task_id)
    window.display(playhead, session)
    while window.catching_up:
        window.display(playhead, session)
    window.display(playhead, session)
    return playhead


def rows(window) -> list[LifeRow]:
    model = window.findChild(QListView).model()
    return [model.index(row, 0).data(ROW_ROLE) for row in range(model.rowCount())]


def words(window, name: str) -> str:
    return window.findChild(QLabel, name).text()


def test_both_lifelines_are_told_step_by_step(window):
    show(window, STORY)
    assert [row.words for row in rows(window) if row.form is Form.HEADING] == [
        "Producer",
        "Queue and workers",
    ]
    assert [row.name for row in rows(window) if row.is_step] == [
        "accepted",
        "published",
        "confirmed",
        "delivered",
        "requeued",
        "delivered",
        "finished",
        "acked",
    ]
    assert [row.form for row in rows(window) if row.name == "requeued"] == [Form.VERDICT]
    window.grab()


def test_the_time_between_two_steps_says_what_it_was(window):
    show(window, STORY)
    assert [row.words for row in rows(window) if row.form is Form.DURATION] == [
        "1.0 s ready in the queue",
        "1.0 s of work on worker 1",
        "1.0 s ready in the queue",
        "2.0 s of work on worker 2",
    ]


def test_it_is_summed_up_with_what_the_message_is(window):
    show(window, STORY)
    assert words(window, "life_title") == "First."
    assert words(window, "life_facts").startswith("message_id t-1 · 1 dot · queue task_queue · persistent")
    assert words(window, "life_totals") == (
        "delivered 2 times · 2.0 s ready in the queue · 3.0 s of work · 1.0 s of it for nothing"
    )


def test_a_click_on_a_step_shows_its_moment(window, qtbot):
    show(window, STORY)
    view = window.findChild(QListView)
    place = next(at for at, row in enumerate(rows(window)) if row.name == "requeued")
    index = view.model().index(place, 0)
    view.scrollTo(index)
    with qtbot.waitSignal(window.seek_requested) as blocker:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
    assert blocker.args == [3 * S]


def test_enter_on_a_step_shows_its_moment(window, qtbot):
    show(window, STORY)
    view = window.findChild(QListView)
    view.setCurrentIndex(view.model().index(len(rows(window)) - 1, 0))
    with qtbot.waitSignal(window.seek_requested) as blocker:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert blocker.args == [6 * S]


def test_the_step_that_the_picture_shows_is_marked_and_later_ones_are_pale(window):
    show(window, STORY, at_ns=3 * S)
    assert [row.name for row in rows(window) if row.is_mark] == ["requeued"]
    assert [row.name for row in rows(window) if row.is_step and not row.is_shown] == [
        "delivered",
        "finished",
        "acked",
    ]
    window.grab()


def test_it_goes_on_while_the_task_lives(window):
    playhead = show(window, STORY[:4])
    assert rows(window)[-1].words == "8.0 s of work on worker 1 so far"
    session = playhead.state
    session.extend(STORY[4:])
    window.display(playhead, session)
    assert rows(window)[-1].name == "acked"


def test_another_task_takes_its_place(window):
    playhead = show(window, STORY, published(U, "Second.."))
    window.show_task(U)
    window.display(playhead, playhead.state)
    assert words(window, "life_title") == "Second.."


def test_it_reads_nothing_while_it_is_closed(window):
    session = session_of(STARTED, STORY)
    window.display(Playhead(session), session)
    assert rows(window) == []
    assert not window.catching_up


def test_it_reads_on_by_itself_where_no_frames_come(window, qtbot, monkeypatch):
    monkeypatch.setattr("workq_gui.ui.task_life_window.CATCH_UP_MS", 0)
    session = session_of(STARTED, *(published(e.TaskId(f"x-{number}")) for number in range(3_000)), STORY)
    window.show_task(T)
    window.display(Playhead(session), session)
    assert window.catching_up
    assert words(window, "life_note") == "Reading what happened…"
    qtbot.waitUntil(lambda: not window.catching_up)
    qtbot.waitUntil(lambda: rows(window) and rows(window)[-1].name == "acked")


def test_an_unknown_task_says_so(window):
    show(window, STORY, task_id="nobody")
    assert words(window, "life_note") == "Nothing is known of this task."


def test_hostile_texts_are_data_and_do_not_widen_the_window(window):
    show(window, published(T, HOSTILE))
    width = window.width()
    assert words(window, "life_title").startswith("<b>x</b> yyy")
    assert len(words(window, "life_title")) < 100
    assert all(row.words.isprintable() for row in rows(window))
    window.adjustSize()
    assert window.minimumSizeHint().width() <= width
    window.grab()
