"""The figures of one run."""

import pytest

from tests.core.story import QUEUE, W1, W2, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.outcome import measure
from workq_gui.core.verdicts import TaskRanTwice


def started(worker_id: e.WorkerId, at_ns: int = 0, **fields: object) -> list[e.Event]:
    return [
        make(e.WorkerAdded, at_ns, worker_id=worker_id),
        make(e.WorkerStarted, at_ns, worker_id=worker_id, prefetch_count=1, **fields),
    ]


def test_of_nothing_come_zeros():
    outcome = measure(session_of())
    assert (outcome.task_count, outcome.finishing_s, outcome.idle_s, outcome.done_by_worker) == (0, 0, 0, ())


def test_the_finishing_time_is_from_the_first_publish_to_the_last_finished_task():
    outcome = measure(
        session_of(
            started(W1),
            published(T, at_ns=2 * S),
            published(U, at_ns=3 * S),
            delivered(T, W1, 4 * S),
            done(T, W1, 5 * S),
            delivered(U, W1, 5 * S),
            done(U, W1, 9 * S),
        )
    )
    assert outcome.finishing_s == pytest.approx(7.0)
    assert (outcome.done_count, outcome.task_count, outcome.done_by_worker) == (2, 2, (2,))


def test_idle_is_who_has_no_task_while_others_have():
    outcome = measure(
        session_of(
            started(W1),
            started(W2),
            published(T),
            published(U),
            delivered(T, W1, 10 * S),
            delivered(U, W2, 11 * S),
            done(U, W2, 12 * S),
            done(T, W1, 15 * S),
            make(e.WorkerStopped, 60 * S, worker_id=W2),
        )
    )
    assert outcome.idle_s == pytest.approx(1 + 3)  # worker 2, before its task and after it


def test_a_worker_with_more_in_hand_is_not_idle_between_two_tasks():
    outcome = measure(
        session_of(
            started(W1),
            published(T),
            published(U),
            delivered(T, W1, 0),
            delivered(U, W1, 0),
            done(T, W1, 2 * S),
            done(U, W1, 4 * S),
        )
    )
    assert outcome.idle_s == 0


def test_who_is_dead_does_not_wait():
    outcome = measure(
        session_of(
            started(W1),
            started(W2),
            published(T),
            delivered(T, W2, 0),
            make(e.WorkerCrashed, 1 * S, worker_id=W1),
            done(T, W2, 8 * S),
        )
    )
    assert outcome.idle_s == pytest.approx(1.0)


def test_what_was_lost_with_an_auto_ack_worker_is_counted():
    outcome = measure(
        session_of(
            started(W1, auto_ack=True),
            published(T),
            published(U),
            delivered(T, W1, auto_ack=True),
            delivered(U, W1, auto_ack=True),
            make(e.TaskFinished, 1 * S, task_id=T, worker_id=W1),
            make(e.WorkerCrashed, 2 * S, worker_id=W1),
        )
    )
    assert (outcome.done_count, outcome.lost_count, outcome.redelivered_count) == (1, 1, 0)


def test_a_task_that_came_back_is_redelivered_and_not_lost():
    outcome = measure(
        session_of(
            started(W1),
            started(W2),
            published(T),
            delivered(T, W1),
            make(e.WorkerCrashed, 1 * S, worker_id=W1),
            delivered(T, W2, 1 * S, redelivered=True),
            done(T, W2, 2 * S),
        )
    )
    assert (outcome.lost_count, outcome.redelivered_count, outcome.ran_twice_count) == (0, 1, 0)


def test_a_task_that_was_done_and_not_acked_is_done_twice():
    session = session_of(
        published(T),
        delivered(T, W1),
        make(e.TaskFinished, 1 * S, task_id=T, worker_id=W1),
        make(e.WorkerCrashed, 1 * S, worker_id=W1),
        delivered(T, W2, 1 * S, redelivered=True),
        done(T, W2, 2 * S),
    )
    assert any(isinstance(event, TaskRanTwice) for event in session.history)
    assert measure(session).ran_twice_count == 1


def test_what_was_un_done_at_a_restart_and_came_back_has_survived():
    outcome = measure(
        session_of(
            make(e.TaskAccepted, task_id=T, text="Transient.", queue=QUEUE),
            make(e.TaskPublished, task_id=T, routing_key=QUEUE, persistent=False, mandatory=True),
            published(U),
            make(e.BrokerStopped, 1 * S, expected=True),
            started(W1, 2 * S),
            delivered(U, W1, 3 * S),
            done(U, W1, 4 * S),
        )
    )
    assert (outcome.at_risk_count, outcome.survived_count, outcome.lost_count) == (2, 1, 1)
