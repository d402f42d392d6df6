"""A fold that follows a history."""

from tests.core.story import QUEUE, T, U, published
from workq_gui.core.clock import ManualClock
from workq_gui.core.follower import Follower
from workq_gui.core.history import HistoryLimits
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.core.session import Session


def test_it_catches_up_slice_by_slice_and_then_goes_along():
    session = Session(ManualClock(), QUEUE)
    session.extend([*published(T, "One."), *published(U, "Two.")])
    follower = Follower(session.history, TaskBoard)
    assert follower.catch_up(1)
    assert not follower.is_up_to_date
    while follower.catch_up(1):
        pass
    assert follower.is_up_to_date
    assert follower.projection.known_count == session.board.known_count == 2
    session.extend(published("w-3", "Three."))
    assert not follower.is_up_to_date
    follower.catch_up()
    assert follower.projection.known_count == 3


def test_after_a_gap_it_begins_anew_and_nothing_of_before_goes_on_for_ever():
    clock = ManualClock()
    session = Session(clock, QUEUE, HistoryLimits(kept_tasks=1, most_events=4, chunk_events=2))
    session.extend(published(T, "One."))
    follower = Follower(session.history, TaskBoard)
    follower.catch_up()
    before = follower.projection
    session.extend([event for number in range(20) for event in published(f"task-{number}", "More.")])
    assert session.history.first > 2
    while follower.catch_up():
        pass
    assert follower.projection is not before
    assert T not in follower.projection.tasks
    assert follower.is_up_to_date
