"""Two pictures with one clock."""

import pytest

from tests.core.story import QUEUE, S, T, make, published
from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.playhead import Playhead
from workq_gui.core.playhead_pair import PlayheadPair
from workq_gui.core.session import Session


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sessions(clock) -> tuple[Session, Session]:
    return Session(clock, QUEUE), Session(clock, QUEUE)


@pytest.fixture
def pair(sessions) -> PlayheadPair:
    return PlayheadPair(*(Playhead(session) for session in sessions))


def test_a_hold_holds_both_at_one_moment(pair, sessions, clock):
    clock.advance(2 * S)
    pair.hold()
    clock.advance(1 * S)
    sessions[1].extend(published(T, at_ns=3 * S))
    pair.tick()
    assert (pair.a.at_ns, pair.b.at_ns) == (2 * S, 2 * S)
    assert pair.is_held
    assert not pair.is_live
    assert (pair.behind_ns, pair.behind_count) == (1 * S, 2)


def test_it_goes_on_from_there_and_catches_up(pair, sessions, clock):
    clock.advance(2 * S)
    pair.hold()
    sessions[0].extend([make(e.TaskConfirmed, 3 * S, task_id=T)])
    clock.advance(2 * S)
    pair.set_speed(2.0)
    pair.play()
    clock.advance(1 * S)
    pair.tick()
    assert (pair.a.at_ns, pair.b.at_ns) == (4 * S, 4 * S)
    clock.advance(2 * S)
    pair.tick()
    assert pair.is_live


def test_both_show_the_moment_that_is_sought(pair, sessions, clock):
    sessions[0].extend(published(T, at_ns=1 * S))
    clock.advance(5 * S)
    pair.seek(1 * S)
    assert (pair.at_ns, pair.b.at_ns) == (1 * S, 1 * S)
    assert not pair.is_moving
    pair.go_to_now()
    assert pair.is_live
    assert pair.at_ns == 5 * S
