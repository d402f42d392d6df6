"""The kitchen: the same events and numbers, drawn in another way."""

import pytest
from PySide6.QtGui import QPainter, QPixmap

from tests.core.story import W1, W2, S, T, delivered, make, published, session_of
from workq_gui.core import events as e
from workq_gui.ui.kitchen_slips import SlipPainter
from workq_gui.ui.stage import Stage
from workq_gui.ui.theme import THEMES, load_fonts
from workq_gui.ui.tokens import Form, Look, Token, TokenSprites

ANCHORS = {W1: 90.0, W2: 400.0}
START = [
    make(e.ConnectionOpened, owner=e.PUBLISHER),
    make(e.QueueAdded),
    *[make(kind, worker_id=w) for w in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)],
]
HELD = [*published(T, "Task..", S), delivered(T, W1, 2 * S)]
STORIES = {
    "at rest": [],
    "delivered": HELD,
    "crash": [*HELD, make(e.WorkerCrashed, 4 * S, worker_id=W1)],
    "frozen": [*HELD, make(e.WorkerFroze, 4 * S, worker_id=W1)],
    "broker down": [*HELD, make(e.ConnectionLost, 4 * S, owner=e.PUBLISHER)],
}


@pytest.fixture
def stage(qtbot):
    load_fonts()
    widget = Stage()
    qtbot.addWidget(widget)
    widget.resize(740, 530)
    return widget


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("story", STORIES)
def test_every_moment_has_a_picture_of_its_own_and_the_switch_goes_both_ways(stage, theme, story):
    stage.set_theme(theme)
    stage.display(session_of(START, STORIES[story]), 4 * S + 1, ANCHORS)
    plain = stage.grab().toImage()
    stage.set_kitchen(True)
    assert stage.grab().toImage() != plain
    stage.set_kitchen(False)
    assert stage.grab().toImage() == plain


def test_things_are_where_they_are_on_the_plain_stage(stage):
    stage.display(session_of(START, HELD), 3 * S, ANCHORS)
    stage.grab()
    plain = stage.targets_now()
    stage.set_kitchen(True)
    stage.grab()
    assert stage.targets_now() == plain


@pytest.mark.parametrize("form", [Form.HOLLOW, Form.SOLID, Form.DASHED])
def test_each_form_of_a_slip_can_be_told_from_the_others(qapp, form):
    others = [other for other in (Form.HOLLOW, Form.SOLID, Form.DASHED) if other is not form]
    assert all(_bitmap(form) != _bitmap(other) for other in others)


def _bitmap(form: Form):
    sprites, pixmap = TokenSprites(SlipPainter), QPixmap(60, 60)
    pixmap.fill("black")
    sprites.prepare(THEMES["dark"], 34.0, 1.0)
    painter = QPainter(pixmap)
    sprites.draw(painter, Token(30, 30, Look(form, 2, "2 s")))
    painter.end()
    return pixmap.toImage()
