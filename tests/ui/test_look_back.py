"""The panel below the stage: tabs, and only the view that is seen is shown anything."""

import pytest
from PySide6.QtCore import Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTabBar, QWidget

from tests.core.story import QUEUE, W1, W2, S, T, delivered, done, make, published
from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.ui.look_back import LookBackPanel


class View(QWidget):
    """Counts how often it is shown something."""

    seek_requested = Signal(object)
    catching_up = False
    shown_count = 0

    def display(self, playhead, session) -> None:
        self.shown_count += 1

    def set_theme(self, theme) -> None:
        self.theme = theme

    def take_focus(self) -> None:
        self.setFocus()


@pytest.fixture
def views():
    return [View(), View()]


@pytest.fixture
def panel(views, qtbot):
    panel = LookBackPanel([("Timeline", views[0]), ("Charts", views[1])], searchable=[1])
    qtbot.addWidget(panel)
    panel.resize(900, 250)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def show(panel):
    session = Session(ManualClock(), QUEUE)
    playhead = Playhead(session)
    return lambda: panel.display(playhead, session)


def test_only_the_view_that_is_seen_is_shown_anything(panel, views, show):
    show()
    assert [view.shown_count for view in views] == [1, 0]


def test_another_tab_shows_its_view_at_once(panel, views, show):
    show()
    panel.findChild(QTabBar).setCurrentIndex(1)
    assert [view.shown_count for view in views] == [1, 1]
    assert views[1].isVisible()


def test_folded_it_costs_nothing_and_takes_no_room(panel, views, show, qtbot):
    with qtbot.waitSignal(panel.folded) as told:
        QTest.mouseClick(panel.findChild(QPushButton, "fold_look_back"), Qt.MouseButton.LeftButton)
    assert told.args == [True]
    show()
    assert views[0].shown_count == 0
    assert panel.height() < 60


def test_a_tab_that_is_chosen_opens_it_again(panel, views, show):
    show()
    panel.fold(True)
    panel.choose(1)
    assert views[1].isVisible()
    assert views[1].shown_count == 1


def test_what_the_user_chose_is_not_undone_for_room(panel):
    panel.fold_for_room(True)
    assert panel.is_folded
    panel.fold(False)
    panel.fold_for_room(True)
    assert not panel.is_folded


def test_more_frames_are_wanted_while_the_view_that_is_seen_catches_up(panel, views):
    views[1].catching_up = True
    assert not panel.is_catching_up
    panel.choose(1)
    assert panel.is_catching_up
    panel.fold(True)
    assert not panel.is_catching_up


def test_a_moment_beyond_32_bits_is_handed_on(panel, views, qtbot):
    with qtbot.waitSignal(panel.seek_requested) as wish:
        views[0].seek_requested.emit(5_000_000_000)
    assert wish.args == [5_000_000_000]


def test_the_figures_stand_beside_the_tabs(panel):
    session = Session(ManualClock(9 * S), QUEUE)
    session.extend([make(e.WorkerAdded, worker_id=W1), make(e.WorkerStarted, worker_id=W1)])
    session.extend([*published(T, "One."), delivered(T, W1, text="One."), *done(T, W1, 1 * S)])
    panel.display(Playhead(session), session)
    assert panel.findChild(QLabel, "figures").text() == "1 task · 0 lost · 0 redelivered"


def test_the_fairness_is_that_of_all_events_even_if_they_are_too_many_for_one_frame(panel, qtbot):
    session = Session(ManualClock(), QUEUE)
    for worker_id in (W1, W2):
        session.extend([make(e.WorkerAdded, worker_id=worker_id), make(e.WorkerStarted, worker_id=worker_id)])
    for number in range(2_000):
        worker_id, task_id = (W1, W2)[number >= 1_000], e.TaskId(f"task-{number}")
        at_ns = number * S
        session.extend([*published(task_id, "One.", at_ns=at_ns), delivered(task_id, worker_id, at_ns)])
        session.extend(done(task_id, worker_id, at_ns + S))
    session.clock.advance(2_000 * S)
    panel.fold(True)
    playhead = Playhead(session)
    panel.display(playhead, session)
    assert panel.is_catching_up
    while panel.is_catching_up:
        panel.display(playhead, session)
    label = panel.findChild(QLabel, "figures")

    def is_fair() -> bool:
        panel.display(playhead, session)
        return "fairness 1.00" in label.text()

    qtbot.waitUntil(is_fair)


def test_looking_for_a_word_opens_a_view_that_can_be_searched(panel, views):
    panel.fold(True)
    panel.look_for()
    assert (panel.tab, panel.is_folded) == (1, False)
    assert panel.window().focusWidget() is views[1]
