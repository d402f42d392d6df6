"""The window of a comparison, with sessions made by hand."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from tests.core.story import QUEUE, W1, W2, S, T, U, delivered, done, make, published
from workq_gui.command_line import load_comparison
from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.comparison_result import conclude
from workq_gui.core.outcome import measure
from workq_gui.core.playhead import Playhead
from workq_gui.core.playhead_pair import PlayheadPair
from workq_gui.core.session import Session
from workq_gui.ui.comparison_window import ComparisonWindow
from workq_gui.ui.stage import Stage
from workq_gui.ui.style import apply_theme, prepare
from workq_gui.ui.theme import DARK, LIGHT
from workq_gui.ui.worker_column import WorkerColumn

HEAVY_IN_TURN = [
    delivered(T, W1, text="Heavy...."),
    delivered(U, W1, text="Heavy...."),
    *done(T, W1, 4 * S),
    *done(U, W1, 8 * S),
]
TO_WHO_IS_FREE = [
    delivered(T, W1, text="Heavy...."),
    delivered(U, W2, text="Heavy...."),
    *done(T, W1, 4 * S),
    *done(U, W2, 4 * S),
]


def session_with(clock: ManualClock, *events: e.Event) -> Session:
    session = Session(clock, QUEUE)
    for worker_id in (W1, W2):
        session.extend([make(e.WorkerAdded, worker_id=worker_id), make(e.WorkerStarted, worker_id=worker_id)])
    session.extend([*published(T, "Heavy...."), *published(U, "Heavy....")])
    session.extend(events)
    return session


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(2 * S)


@pytest.fixture
def sessions(clock) -> list[Session]:
    return [session_with(clock, *events[:2]) for events in (HEAVY_IN_TURN, TO_WHO_IS_FREE)]


@pytest.fixture
def pair(sessions) -> PlayheadPair:
    return PlayheadPair(*(Playhead(session) for session in sessions))


@pytest.fixture
def window(qtbot, pair) -> ComparisonWindow:
    window = ComparisonWindow()
    qtbot.addWidget(window)
    window.set_theme(DARK)
    window.begin(load_comparison("prefetch"))
    window.resize(1440, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.display(pair, False, False)
    return window


def texts(window: ComparisonWindow) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def test_two_stages_stand_beside_each_other_each_with_its_title(window):
    stages = [stage for stage in window.findChildren(Stage) if stage.isVisible()]
    assert len(stages) == 2
    assert stages[0].width() == stages[1].width() > 380
    assert {"A", "B"} <= set(texts(window))
    assert "prefetch 1: to whoever is free" in texts(window)


def test_each_side_shows_its_own_workers(window):
    a, b = (column.accessibleDescription() for column in window.findChildren(WorkerColumn))
    assert a.startswith("worker 1: working, Heavy...., +1 in hand")
    assert "worker 2: waiting" in a
    assert b.count("working") == 2


def test_the_lines_of_the_stage_end_at_the_workers(window):
    side = window.sides[0]
    column = side.findChild(WorkerColumn)
    stage_top = side.stage.mapTo(window, side.stage.rect().topLeft()).y()
    assert side.stage._anchors == {
        worker_id: float(y - stage_top) for worker_id, y in column.anchors().items()
    }


def test_while_it_runs_there_is_no_figure_and_no_second_run(window):
    assert "running…" in texts(window)
    assert window.table.rows() == []
    assert not window.findChild(QPushButton, "again").isEnabled()


def test_when_both_have_ended_table_and_sentence_tell_what_came_of_it(window, sessions, qtbot):
    sessions[0].extend(HEAVY_IN_TURN[2:])
    sessions[1].extend(TO_WHO_IS_FREE[2:])
    result = conclude(load_comparison("prefetch"), *(measure(session) for session in sessions))
    window.show_result(result)
    assert window.table.rows()[:4] == [
        ("", "A", "B"),
        ("Finished after", "8.0 s", "4.0 s"),
        ("Workers idle meanwhile", "8.0 s", "0.0 s"),
        ("Tasks done", "2 of 2", "2 of 2"),
    ]
    assert result.sentence in texts(window)
    assert "✓ as expected" in texts(window)
    with qtbot.waitSignal(window.table.again_requested):
        QTest.mouseClick(window.findChild(QPushButton, "again"), Qt.MouseButton.LeftButton)


def test_a_run_that_fails_says_why_and_can_be_repeated(window):
    window.show_failure("side A, line 11: waited <b>60 s</b> in vain.")
    assert "side A, line 11: waited <b>60 s</b> in vain." in texts(window)
    assert window.findChild(QPushButton, "again").isEnabled()


def test_space_holds_both_pictures_and_lets_them_go_on(window, pair, qtbot):
    with qtbot.waitSignal(window.playhead_bar.hold_requested):
        QTest.keyClick(window, Qt.Key.Key_Space)
    pair.hold()
    window.display(pair, False, False)
    with qtbot.waitSignal(window.playhead_bar.play_requested):
        QTest.keyClick(window, Qt.Key.Key_Space)


def test_no_steps_are_offered_since_the_sides_have_no_common_next_event(window):
    bar = window.playhead_bar
    assert not any(bar.findChild(QPushButton, name).isVisible() for name in ("step-back", "step-forward"))


def test_the_smallest_window_has_room_for_both_stages_and_their_workers(window, qapp, qtbot):
    prepare(qapp)
    apply_theme(qapp, DARK)
    window.resize(1024, 660)
    for side in window.sides:
        stage, column = side.stage, side.findChild(WorkerColumn)
        qtbot.waitUntil(lambda stage=stage: stage.size().expandedTo(stage.minimumSizeHint()) == stage.size())
        assert column.width() >= column.minimumSizeHint().width()
    assert window.width() == 1024
    assert window.height() <= 700


def test_the_workers_are_painted_in_the_colours_of_the_theme(window):
    column = window.findChildren(WorkerColumn)[0]
    inside = column._box(1).bottomRight().toPoint() - QPoint(20, 6)

    def lightness() -> int:
        return column.grab().toImage().pixelColor(inside).lightness()

    dark = lightness()
    window.set_theme(LIGHT)
    assert dark < 60 < 200 < lightness()


def test_closing_it_is_told(window, qtbot):
    with qtbot.waitSignal(window.closing):
        QTest.keyClick(window, Qt.Key.Key_Escape)
