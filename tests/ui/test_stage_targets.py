"""What is under a point of the stage, and in which order the keyboard visits things."""

import pytest
from PySide6.QtCore import QPointF, QRectF

from tests.core.story import QUEUE, W1, W2, S, T, delivered, published
from tests.ui.stage_story import ANCHORS, CONFIRMED, LAYOUT, story, tokens
from workq_gui.core.projections.flight import MS
from workq_gui.ui.stage_targets import Target, TargetKind, find_targets, neighbour, target_at

BOTH = {W1: (QUEUE,), W2: (QUEUE,)}


def targets(*events, at_ns: int = S, has_ledger: bool = False) -> list[Target]:
    return find_targets(LAYOUT, tokens(story(*events), at_ns), ANCHORS, has_ledger, BOTH)


def names(found: list[Target]) -> list[tuple[TargetKind, str]]:
    return [(target.kind, target.name) for target in found]


def walk(found: list[Target], step: int) -> list[Target]:
    """Return what the keyboard visits until it is at the same thing again."""
    seen: list[Target] = []
    current = neighbour(found, None, step)
    while current is not None and not any(current.is_same(target) for target in seen):
        seen.append(current)
        current = neighbour(found, current, step)
    assert current is not None
    assert current.is_same(seen[0])
    return seen


IN_FLIGHT = [*published(T), CONFIRMED, delivered(T, W1, S)]


def test_they_come_in_the_order_in_which_a_task_meets_them():
    assert names(targets(published(T), has_ledger=True)) == [
        (TargetKind.PRODUCER, ""),
        (TargetKind.EXCHANGE, ""),
        (TargetKind.QUEUE, QUEUE),
        (TargetKind.TOKEN, T),
        (TargetKind.WORKER, W1),
        (TargetKind.WORKER, W2),
        (TargetKind.LEDGER, ""),
    ]


def test_a_token_is_nearer_than_its_queue():
    found = targets(published(T))
    token = next(target for target in found if target.kind is TargetKind.TOKEN)
    assert target_at(found, token.box.center()) is token
    left_end = QPointF(LAYOUT.first_tube.box.left() + 3, LAYOUT.first_tube.axis_y)
    assert target_at(found, left_end).kind is TargetKind.QUEUE


@pytest.mark.parametrize("fraction", [0.3, 0.5, 0.7, 0.88])
@pytest.mark.parametrize("worker_id", [W1, W2])
def test_a_worker_is_met_all_along_its_line(worker_id, fraction):
    x, y = LAYOUT.curve(QUEUE, ANCHORS[worker_id]).point_at(fraction)
    for away in (-2.0, 2.0):
        met = target_at(targets(), QPointF(x + away, y))
        assert met is not None
        assert (met.kind, met.name) == (TargetKind.WORKER, worker_id)


def test_beside_a_line_there_is_nothing():
    x, y = LAYOUT.curve(QUEUE, ANCHORS[W1]).point_at(0.8)
    assert target_at(targets(), QPointF(x, y - 40)) is None
    assert target_at([], QPointF(x, y)) is None


@pytest.mark.parametrize("step", [1, -1])
def test_the_keyboard_visits_each_thing_once_even_what_is_there_as_copy_and_in_flight(step):
    found = targets(IN_FLIGHT, published("u", at_ns=MS), at_ns=S + 100 * MS)
    assert names(found).count((TargetKind.TOKEN, T)) == 2
    visited = names(walk(found, step))
    assert len(visited) == len(set(visited)) == len(set(names(found)))


def test_from_what_is_gone_the_keyboard_goes_to_what_is_nearest():
    found = targets()
    box = QRectF(LAYOUT.first_tube.box.center().x(), LAYOUT.first_tube.axis_y, 4, 4)
    gone = Target(TargetKind.TOKEN, T, box)
    assert neighbour(found, gone, 1).kind is TargetKind.QUEUE
    assert neighbour([], gone, 1) is None
