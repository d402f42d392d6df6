"""The moment before everything was stopped: what a picture of a recording shows first."""

import pytest

from tests.core.story import QUEUE, W1, W2, S, make, published, session_of
from tests.exports import recorded
from workq_gui.core import events as e
from workq_gui.core.closing import moment_before_closing
from workq_gui.core.queue_events import QueueObserved

WORK = [make(e.WorkerAdded, 0, worker_id=W1), *published(e.TaskId("t-1"), at_ns=S)]
STOPS = [
    make(e.WorkerStopped, 20 * S, worker_id=W1),
    make(QueueObserved, 20 * S + 1, queue=QUEUE),
    make(e.WorkerStopped, 20 * S + 2, worker_id=W2),
    make(e.BrokerStopped, 20 * S + 3, expected=True),
]


def moment(*events: e.Event) -> int:
    return moment_before_closing(session_of(events).history, 21 * S)


def test_it_is_just_before_the_first_of_the_stops_at_the_end():
    assert moment(*WORK, *STOPS) == 20 * S - 1


def test_without_stops_at_the_end_it_is_the_end():
    assert moment(*WORK) == 21 * S
    assert moment(*STOPS, *published(e.TaskId("t-2"), at_ns=20 * S + 4)) == 21 * S
    assert moment() == 21 * S


def test_what_the_user_stopped_and_looked_at_is_shown():
    assert moment(*WORK, make(e.WorkerStopped, 10 * S, worker_id=W1), STOPS[-1]) == 20 * S + 2


def test_a_broker_that_was_killed_is_what_the_lesson_is_about():
    killed = make(e.BrokerStopped, 20 * S, expected=True, killed=True)
    assert moment(*WORK, killed) == 21 * S
    assert moment(*WORK, killed, make(e.ConnectionLost, 20 * S + 5, owner="publisher")) == 20 * S + 4


@pytest.mark.parametrize(("name", "at_ns"), [("moments", 5_102_190_955), ("restart", 3_112_452_974)])
def test_recordings_that_there_are(name, at_ns):
    session = recorded(name)
    assert moment_before_closing(session.history, session.clock.now_ns()) == at_ns
