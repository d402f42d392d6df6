"""The kitchen: the same events and numbers, drawn in another way."""

import itertools

import pytest
from PySide6.QtGui import QImage, QPainter

from tests.core.story import QUEUE, W1, W2, S, T, U, delivered, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.queue_events import QueueAdded, QueuePurged
from workq_gui.ui.kitchen_rail import rail_of, slip_top
from workq_gui.ui.kitchen_slips import SlipPainter
from workq_gui.ui.stage import Stage
from workq_gui.ui.stage_layout import lay_out
from workq_gui.ui.theme import DARK, THEMES, load_fonts
from workq_gui.ui.tokens import Form, Look, Token, TokenSprites

ANCHORS = {W1: 90.0, W2: 400.0}
START = [
    make(e.ConnectionOpened, owner=e.PUBLISHER),
    make(QueueAdded),
    *[make(kind, worker_id=w) for w in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)],
]
HELD = [*published(T, "Task..", S), delivered(T, W1, 2 * S)]
AUTO = make(e.WorkerStarted, worker_id=W1, queue=QUEUE, auto_ack=True)
RETURNED = make(e.TaskReturned, 4 * S, task_id=U, reply_code=312, reply_text="NO_ROUTE")
STORIES = {
    "at rest": [],
    "published": [*HELD, *published(U, "New.", 4 * S)],
    "confirmed": [*published(U, "New.", 3 * S), make(e.TaskConfirmed, 4 * S, task_id=U)],
    "returned": [*published(U, "New.", 3 * S), RETURNED],
    "delivered": HELD,
    "acked": [*HELD, make(e.TaskAcked, 4 * S, task_id=T, worker_id=W1)],
    "crash": [*HELD, make(e.WorkerCrashed, 4 * S, worker_id=W1)],
    "auto-ack crash": [AUTO, *HELD, make(e.WorkerCrashed, 4 * S, worker_id=W1)],
    "rejected": [*HELD, make(e.TaskRejected, 4 * S, task_id=T, worker_id=W1, requeue=False)],
    "purged": [*published(T), make(QueuePurged, 4 * S, message_count=1)],
    "frozen": [*HELD, make(e.WorkerFroze, 4 * S, worker_id=W1)],
    "broker down": [*HELD, make(e.ConnectionLost, 4 * S, owner=e.PUBLISHER)],
    "three queues": [*HELD, *[make(QueueAdded, queue=queue) for queue in ("emails", "reports")]],
}
SIZES = [(380, 360), (740, 530), (1500, 900)]
LOOKS = [
    Look(form, 2, label, is_redelivered, is_persistent, is_small)
    for form, label, is_redelivered, is_persistent, is_small in itertools.product(
        Form, ("", "2 s", "12.5 s"), (False, True), (False, True), (False, True)
    )
]
each_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
each_story = pytest.mark.parametrize("story", STORIES)


@pytest.fixture
def stage(qtbot):
    load_fonts()
    widget = Stage()
    qtbot.addWidget(widget)
    widget.resize(740, 530)
    return widget


@each_theme
@each_story
def test_every_moment_has_a_picture_of_its_own_and_the_switch_goes_both_ways(stage, theme, story):
    stage.set_theme(theme)
    stage.display(session_of(START, STORIES[story]), 4 * S + 1, ANCHORS)
    plain = stage.grab().toImage()
    stage.set_kitchen(True)
    assert stage.grab().toImage() != plain
    stage.set_kitchen(False)
    assert stage.grab().toImage() == plain


@pytest.mark.parametrize("size", SIZES)
@each_story
def test_every_moment_can_be_painted_at_every_size(stage, story, size):
    stage.resize(*size)
    stage.set_kitchen(True)
    session = session_of(START, STORIES[story])
    for at_ms in (4_001, 4_200, 4_600, 9_000):
        stage.display(session, at_ms * 1_000_000, ANCHORS)
        assert stage.grab().toImage().size() == stage.size()


@each_story
def test_the_same_tokens_are_at_the_same_places_in_either_look(stage, story):
    stage.display(session_of(START, STORIES[story]), 4 * S + 200_000_000, ANCHORS)
    stage.grab()
    plain = stage._tokens, stage.targets_now()
    stage.set_kitchen(True)
    stage.grab()
    assert (stage._tokens, stage.targets_now()) == plain


@each_theme
def test_a_chef_who_crashed_has_lost_the_hat(stage, theme):
    stage.set_theme(theme)
    stage.set_kitchen(True)
    hats = []
    for story in ("delivered", "crash", "frozen"):
        stage.display(session_of(START, STORIES[story]), 9 * S, ANCHORS)
        hats.append(stage.grab().toImage().copy(705, 70, 35, 42))
    assert all(one != other for one, other in itertools.combinations(hats, 2))


@pytest.mark.parametrize("size", [*SIZES, (1000, 420)])
@pytest.mark.parametrize("count", [1, 3, 6])
def test_a_rail_is_in_its_queues_place_and_ends_above_the_slips(size, count):
    layout = lay_out(*size, tuple(f"queue {number}" for number in range(count)))
    for tube in layout.tubes.values():
        rail = rail_of(tube, layout)
        assert rail.top() > tube.name_row.center().y() + 4
        assert tube.box.top() - rail.height() <= rail.top() < rail.bottom() <= slip_top(tube, layout)


def test_each_look_has_a_slip(qapp):
    assert all(_bitmap(look) != _bitmap(None) for look in LOOKS)


@each_theme
def test_each_form_of_a_slip_can_be_told_from_the_others_without_its_colour(qapp, theme):
    looks = [Look(form, 2) for form in (Form.HOLLOW, Form.SOLID, Form.DASHED)]
    looks += [Look(Form.SOLID, 2, is_redelivered=True), Look(Form.SOLID, 2, is_persistent=True)]
    greys = [_bitmap(look, theme).convertToFormat(QImage.Format.Format_Grayscale8) for look in looks]
    assert all(one != other for one, other in itertools.combinations(greys, 2))


def _bitmap(look: Look | None, theme=DARK) -> QImage:
    load_fonts()
    sprites, image = TokenSprites(SlipPainter), QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(theme.colour("panel"))
    if look is None:
        return image
    sprites.prepare(theme, 34.0, 1.0)
    painter = QPainter(image)
    sprites.draw(painter, Token(30, 30, look))
    painter.end()
    return image
