"""Figures over time."""

from pathlib import Path

import pytest

from tests.core.story import MS, QUEUE, W1, W2, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.event_lines import from_line
from workq_gui.core.figures import summary
from workq_gui.core.follower import Follower
from workq_gui.core.projections.rates import Rates
from workq_gui.core.queue_events import QueueAdded, QueueObserved
from workq_gui.core.session import Session

RECORDINGS = sorted((Path(__file__).resolve().parents[2] / "recordings").glob("*.jsonl"))
STARTED = [make(e.WorkerStarted, worker_id=worker_id) for worker_id in (W1, W2)]


def rates_of(*events) -> Rates:
    session = session_of(STARTED, *events)
    follower = Follower(session.history, Rates)
    while follower.catch_up():
        pass
    return follower.projection


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_at_every_event_of_a_recording_the_charts_count_what_the_stage_counts(path):
    session = Session(ManualClock(), QUEUE)
    follower = Follower(session.history, Rates)
    for line in path.read_text().splitlines():
        session.extend([from_line(line)])
        follower.catch_up()
        rates = follower.projection
        levels = rates.levels(rates.last_ns)
        counts = (session.board.ready_count, session.board.unacked_count)
        assert (levels.ready[-1], levels.unacked[-1]) == counts, line


def test_ready_and_un_acked_are_told_at_the_end_of_each_bucket():
    rates = rates_of(published(T, at_ns=100 * MS), delivered(T, W1, 600 * MS), done(T, W1, 1_100 * MS))
    levels = rates.levels(1_500 * MS)
    assert levels.times_s[:5] == [0.25, 0.5, 0.75, 1.0, 1.25]
    assert levels.ready[:5] == [1, 1, 0, 0, 0]
    assert levels.unacked[:5] == [0, 0, 1, 1, 0]


def test_a_crash_brings_a_task_back_and_it_has_waited_twice():
    rates = rates_of(
        published(T, at_ns=0),
        delivered(T, W1, 1 * S),
        make(e.WorkerCrashed, 3 * S, worker_id=W1),
        delivered(T, W2, 7 * S, redelivered=True),
    )
    assert rates.levels(5 * S).ready[-1] == 1
    waiting = rates.waiting(7 * S)
    assert waiting.count == 2
    assert waiting.percentile(0.5) == pytest.approx(1.0)
    assert waiting.percentile(0.99) == pytest.approx(4.0)


def test_working_time_is_told_of_what_was_finished():
    rates = rates_of(
        published(T),
        published(U),
        delivered(T, W1, 1 * S),
        delivered(U, W2, 1 * S),
        done(T, W1, 3 * S),
        make(e.WorkerCrashed, 4 * S, worker_id=W2),
    )
    assert rates.working(4 * S).count == 1
    assert rates.working(4 * S).percentile(0.5) == pytest.approx(2.0)


def test_a_delivery_that_is_told_before_its_publishing_counts_once():
    rates = rates_of(delivered(T, W1, 5 * MS), published(T, at_ns=2 * MS))
    levels = rates.levels(rates.last_ns)
    assert (levels.ready[-1], levels.unacked[-1]) == (0, 1)
    assert rates.waiting(rates.last_ns).percentile(0.5) == pytest.approx(0.003)


def test_a_task_whose_ack_was_lost_is_ready_when_it_comes_back_again():
    rates = rates_of(
        published(T),
        delivered(T, W1, 1 * S),
        done(T, W1, 2 * S),
        delivered(T, W2, 3 * S, redelivered=True),
        make(e.WorkerCrashed, 4 * S, worker_id=W2),
    )
    levels = rates.levels(rates.last_ns)
    assert (levels.ready[-1], levels.unacked[-1]) == (1, 0)


def test_auto_ack_leaves_nothing_un_acked():
    rates = rates_of(published(T), delivered(T, W1, 1 * S, auto_ack=True))
    assert rates.levels(2 * S).unacked[-1] == 0


def test_rates_are_over_a_second():
    tasks = [e.TaskId(f"t-{number}") for number in range(100)]
    stream = []
    for number, task_id in enumerate(tasks):
        stream += published(task_id, at_ns=number * 100 * MS)
        stream.append(make(e.TaskConfirmed, number * 100 * MS + MS, task_id=task_id))
    speeds = rates_of(stream).speeds(9 * S)
    assert speeds.published[8:] == pytest.approx([10.0] * 28, abs=0.1)
    assert speeds.confirmed[8:] == pytest.approx([10.0] * 28, abs=0.1)
    assert set(speeds.acked) == {0.0}
    assert len(speeds.times_s) == len(speeds.published) == 36


def test_distributions_are_told_as_they_were_at_a_moment_of_the_past():
    events = []
    for second in range(20):
        task_id = e.TaskId(f"t-{second}")
        work_ns = S // 10 if second < 10 else S // 2
        events += [
            *published(task_id, at_ns=second * S),
            delivered(task_id, W1, second * S + MS),
            *done(task_id, W1, second * S + MS + work_ns),
        ]
    rates = rates_of(events)
    assert rates.working(10 * S).count == 10
    assert rates.working(10 * S).percentile(0.99) == pytest.approx(0.1)
    assert rates.working(30 * S).percentile(0.99) == pytest.approx(0.5)
    assert rates.working(0).count == 0


def test_the_brokers_own_count_is_told_where_it_is_known():
    rates = rates_of(
        make(QueueAdded, 0),
        published(T, at_ns=100 * MS),
        make(QueueObserved, 300 * MS, ready_count=4),
        make(e.ConnectionLost, 1_300 * MS, owner=e.PUBLISHER),
        make(QueueObserved, 2_100 * MS, ready_count=2),
    )
    assert rates.levels(2_400 * MS).observed == [None, 4, 4, 4, 4, None, None, None, 2, 2]


def test_time_without_events_is_told_too():
    rates = rates_of(published(T, at_ns=100 * MS))
    assert rates.levels(5 * S).ready == [1] * 21
    assert rates.speeds(5 * S).published[-1] == 0.0


def test_before_anything_is_published_it_is_empty():
    assert rates_of().is_empty
    assert not rates_of(published(T)).is_empty


def test_a_copy_goes_its_own_way():
    rates = rates_of(published(T))
    twin = rates.copy()
    twin.handlers[e.TaskDelivered](delivered(T, W1, 1 * S))
    assert rates.levels(1 * S).ready[-1] == 1
    assert twin.levels(1 * S).ready[-1] == 0


def test_the_summary_is_one_line():
    session = session_of(
        STARTED,
        published(T),
        published(U),
        delivered(T, W1, 0),
        delivered(U, W2, 0),
        make(e.WorkerCrashed, 2 * S, worker_id=W2),
        delivered(U, W1, 2 * S, redelivered=True),
    )
    follower = Follower(session.history, Rates)
    follower.catch_up()
    shares = follower.projection.busy.until(2 * S)
    assert summary(session, shares) == "2 tasks · 0 lost · 1 redelivered · fairness 1.00"
    assert summary(session, []) == "2 tasks · 0 lost · 1 redelivered"
