"""Other people's clients in the window: shown as such, and not to be touched."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton

from tests.core.foreign_story import ALL_SEEN, F1, NO_ACKS, OTHER, THEM, acked, given, gone, sent, worker
from tests.core.story import QUEUE, W1, S, T, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.foreign_events import ForeignConnected, ForeignForgotten
from workq_gui.core.queue_events import QueueAdded
from workq_gui.ui.stage import Stage
from workq_gui.ui.stage_foreign import foreign_producer_box, foreign_way
from workq_gui.ui.stage_layout import lay_out
from workq_gui.ui.stage_lines import LineLook, lines_of
from workq_gui.ui.stage_words import StageWords
from workq_gui.ui.theme import THEMES
from workq_gui.ui.worker_card import WorkerCard
from workq_gui.ui.worker_card_words import card_facts, card_lines, status_word
from workq_gui.ui.worker_menu import possible_wishes
from workq_gui.ui.worker_panel import WorkerPanel

ON_STAGE = make(QueueAdded, queue=QUEUE)
NEW_TASK = make(ForeignConnected, client=OTHER, name="new_task.py", peer="127.0.0.1:40316")
AT_WORK = (ON_STAGE, ALL_SEEN, worker(), NEW_TASK, sent(F1), given(F1))


def view_of(*story):
    return session_of(*story).worker_views[THEM]


@pytest.fixture
def card(qtbot) -> WorkerCard:
    card = WorkerCard()
    qtbot.addWidget(card)
    card.show()
    return card


def test_a_card_offers_nothing_that_could_be_done_to_it(card, qtbot):
    card.display(view_of(*AT_WORK), 0)
    assert not any(button.isVisible() for button in card.findChildren(QPushButton))
    assert possible_wishes(view_of(*AT_WORK)) == set()
    qtbot.keyClick(card, Qt.Key.Key_Menu)
    assert not card.findChildren(QMenu)


def test_a_card_that_becomes_ours_offers_it_again(card):
    card.display(view_of(*AT_WORK), 0)
    card.display(session_of(make(e.WorkerAdded, worker_id=W1)).worker_views[W1], 0)
    assert card.findChild(QPushButton, "crash").isVisible()


def test_a_card_says_whose_it_is(card):
    view = view_of(*AT_WORK)
    card.display(view, 0)
    assert card.accessibleName() == "worker.py"
    assert status_word(card, view) == "not ours · has a task"
    assert card_facts(card, view) == ["127.0.0.1:40312", "0 done", "prefetch 1", "manual ack"]
    assert card_lines(card, view, 0).second == "un-acked"


def test_what_is_only_concluded_is_called_probable(card):
    view = view_of(NO_ACKS, worker(), published(T), given(T), acked(T, is_inferred=True), sent(F1), given(F1))
    assert "probably 1 done" in card_facts(card, view)
    assert card_lines(card, view, 0).second == "probably un-acked"


def test_a_killed_one_says_what_became_of_its_task(card):
    lines = card_lines(card, view_of(*AT_WORK, gone()), 0)
    assert lines.first == "its connection ended, with no goodbye"
    assert lines.second == "1 task went back to the queue"


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("story", [AT_WORK, (*AT_WORK, gone()), (*AT_WORK, acked(F1))])
def test_a_card_can_be_painted(card, theme, story):
    card.set_theme(theme)
    card.display(view_of(*story), 0)
    assert not card.grab().isNull()


def test_it_has_a_place_among_the_workers_until_it_is_forgotten(qtbot):
    panel = WorkerPanel()
    qtbot.addWidget(panel)
    session = session_of(*AT_WORK)
    panel.display(session.worker_views, 0)
    assert list(panel.anchors()) == [THEM]
    session.extend([make(ForeignForgotten, client=THEM)])
    panel.display(session.worker_views, 0)
    assert not panel.anchors()


def test_its_line_is_dashed():
    layout = lay_out(740, 500, (QUEUE,))
    (line,) = lines_of(session_of(*AT_WORK), layout, {THEM: 100.0})
    assert (line.look, line.queue) == (LineLook.FOREIGN, QUEUE)


def test_consumers_that_are_seen_are_not_told_of_as_unknown(qtbot):
    session = session_of(*AT_WORK)
    view = session.queues.views[QUEUE]
    assert StageWords()._foreign_count(session, view, 100 * S) == 0


@pytest.mark.parametrize("size", [(380, 360), (560, 420), (740, 530), (1200, 800)])
@pytest.mark.parametrize("queues", [("a",), ("a", "b", "c")])
def test_their_producers_stand_apart_from_ours(size, queues):
    layout = lay_out(*size, queues)
    box = foreign_producer_box(layout)
    assert not box.intersects(layout.producer)
    assert not box.intersects(layout.sentence)
    assert foreign_way(layout).point_at(1.0) == (layout.exchange.center().x(), layout.axis_y)
    assert box.top() >= 0
    assert box.bottom() <= layout.height


@pytest.mark.parametrize("is_kitchen", [False, True])
@pytest.mark.parametrize("at_ns", [0, S // 5, S // 2, 2 * S])
def test_the_stage_can_be_painted_in_both_skins(qtbot, is_kitchen, at_ns):
    stage = Stage()
    qtbot.addWidget(stage)
    stage.resize(740, 530)
    stage.set_kitchen(is_kitchen)
    stage.display(session_of(*AT_WORK, acked(F1, at_ns=S), sent(T, at_ns=S // 4)), at_ns, {THEM: 100.0})
    assert not stage.grab().isNull()


def test_their_tasks_leave_from_their_box(qtbot):
    stage = Stage()
    qtbot.addWidget(stage)
    stage.resize(740, 530)
    stage.display(session_of(ON_STAGE, NEW_TASK, sent(F1)), 1, {})
    stage.grab()
    (token,) = [token for token in stage._tokens.flying if token.task_id == F1]
    box = foreign_producer_box(stage.layout_now())
    assert 0 < token.x - box.right() < stage.layout_now().token_d / 2
    assert abs(token.y - box.center().y()) < 2
