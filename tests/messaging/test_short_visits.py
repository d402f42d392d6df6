"""Who came and left at once: headers as brokers send them, no sockets."""

from collections.abc import Callable

import pytest

from workq_gui.core.clock import ManualClock
from workq_gui.core.foreign_events import ForeignLeftAtOnce
from workq_gui.messaging.own_clients import OBSERVER, own_properties
from workq_gui.messaging.short_visits import ShortVisits

NAME, PID, CHANNEL_PID = "127.0.0.1:43790 -> 127.0.0.1:21439", "<1>", "<2>"
S = 1_000_000_000


class Visit:
    """One client's life, told by a broker."""

    def __init__(self) -> None:
        self.told: list[ForeignLeftAtOnce] = []
        self.later: list[Callable[[], None]] = []
        self.clock = ManualClock()
        self.visits = ShortVisits(self.clock, self.told.append, lambda _, do: self.later.append(do))

    def comes(self, said: tuple[str, ...] = ()) -> None:
        self.visits.take("connection.created", {"name": NAME, "pid": PID, "client_properties": list(said)})

    def opens_channel(self) -> None:
        self.visits.take("channel.created", {"pid": CHANNEL_PID, "connection": PID})

    def publishes(self) -> None:
        self.visits.take("publish.", {"connection": NAME})

    def leaves(self) -> None:
        self.visits.take("channel.closed", {"pid": CHANNEL_PID})
        self.visits.take("connection.closed", {"name": NAME, "pid": PID})

    def time_passes(self) -> None:
        for do in self.later:
            do()


@pytest.fixture
def visit() -> Visit:
    return Visit()


def test_a_client_that_opens_a_channel_and_leaves_at_once_is_told_of(visit):
    visit.comes()
    visit.opens_channel()
    visit.leaves()
    assert visit.told == []
    visit.time_passes()
    assert [fact.peer for fact in visit.told] == ["127.0.0.1:43790"]


def test_the_next_one_at_the_same_port_is_told_of_too(visit):
    for _ in range(2):
        visit.comes()
        visit.opens_channel()
        visit.leaves()
        visit.time_passes()
        visit.later.clear()
    assert len(visit.told) == 2


@pytest.mark.parametrize("when", ["before it is announced", "in its time", "after its end"])
def test_one_that_publishes_is_not_told_of_whenever_that_is_heard(visit, when):
    if when == "before it is announced":
        visit.publishes()
    visit.comes()
    visit.opens_channel()
    if when == "in its time":
        visit.publishes()
    visit.leaves()
    if when == "after its end":
        visit.publishes()
    visit.time_passes()
    assert visit.told == []


def test_one_that_consumes_is_not_told_of(visit):
    visit.comes()
    visit.opens_channel()
    visit.visits.take("consumer.created", {"channel": CHANNEL_PID})
    visit.leaves()
    visit.time_passes()
    assert visit.told == []


def test_one_that_stays_for_longer_is_not_told_of(visit):
    visit.comes()
    visit.opens_channel()
    visit.clock.advance(2 * S)
    visit.leaves()
    visit.time_passes()
    assert visit.told == []


def test_one_that_only_looks_whether_somebody_listens_is_not_told_of(visit):
    visit.comes()
    visit.leaves()
    visit.time_passes()
    assert visit.told == []


def test_our_own_are_not_told_of(visit):
    said = [f'{{<<"{key}">>,longstr,<<"{value}">>}}' for key, value in own_properties(OBSERVER).items()]
    visit.comes(tuple(said))
    visit.opens_channel()
    visit.leaves()
    visit.time_passes()
    assert visit.told == []


def test_nothing_is_concluded_from_what_was_seen_before_the_observer_lost_its_connection(visit):
    visit.comes()
    visit.opens_channel()
    visit.leaves()
    visit.visits.leave()
    visit.time_passes()
    assert visit.told == []
