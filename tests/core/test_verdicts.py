"""What follows from what clients saw."""

import pytest

from tests.core.story import W1, W2, T, U, delivered, done, make
from workq_gui.core import events as e
from workq_gui.core.verdicts import Judge


def verdicts(*events):
    judge = Judge()
    return [verdict for event in events for verdict in judge.judge(event)]


@pytest.mark.parametrize(
    ("end", "cause"),
    [
        (make(e.WorkerCrashed, 5, worker_id=W1), "crashed"),
        (make(e.WorkerStopped, 5, worker_id=W1), "stopped"),
        (make(e.ConnectionLost, 5, owner=W1), "connection lost"),
    ],
)
def test_an_unacked_task_goes_back_however_its_worker_ends(end, cause):
    assert verdicts(delivered(T, W1), end) == [e.TaskRequeued(at_ns=5, task_id=T, worker_id=W1, cause=cause)]


def test_an_acked_task_does_not_go_back():
    assert verdicts(delivered(T, W1), *done(T, W1), make(e.WorkerCrashed, worker_id=W1)) == []


def test_a_finished_task_goes_back_too_until_it_is_acked():
    finished = make(e.TaskFinished, task_id=T, worker_id=W1)
    (verdict,) = verdicts(delivered(T, W1), finished, make(e.WorkerCrashed, worker_id=W1))
    assert isinstance(verdict, e.TaskRequeued)


def test_tasks_go_back_in_the_order_in_which_they_were_delivered():
    result = verdicts(delivered(U, W1), delivered(T, W1), make(e.WorkerCrashed, worker_id=W1))
    assert [verdict.task_id for verdict in result] == [U, T]


def test_other_workers_keep_their_tasks():
    result = verdicts(delivered(T, W1), delivered(U, W2), make(e.WorkerCrashed, worker_id=W1))
    assert [verdict.task_id for verdict in result] == [T]


def test_the_publishers_lost_connection_gives_no_task_back():
    assert verdicts(delivered(T, W1), make(e.ConnectionLost, owner=e.PUBLISHER)) == []


def test_a_task_goes_back_once_although_the_worker_dies_twice():
    crash = make(e.WorkerCrashed, worker_id=W1)
    assert len(verdicts(delivered(T, W1), crash, crash)) == 1


def test_finished_and_not_acked_and_finished_elsewhere_means_done_twice():
    story = [
        delivered(T, W1),
        make(e.TaskFinished, task_id=T, worker_id=W1),
        make(e.WorkerCrashed, worker_id=W1),
        delivered(T, W2, redelivered=True),
        *done(T, W2, at_ns=9),
    ]
    twice = [verdict for verdict in verdicts(*story) if isinstance(verdict, e.TaskRanTwice)]
    assert twice == [e.TaskRanTwice(at_ns=9, task_id=T, first=W1, second=W2)]


def test_a_task_that_was_interrupted_is_not_done_twice():
    story = [delivered(T, W1), make(e.WorkerCrashed, worker_id=W1), delivered(T, W2), *done(T, W2)]
    assert not [verdict for verdict in verdicts(*story) if isinstance(verdict, e.TaskRanTwice)]


def test_what_the_broker_refuses_is_lost():
    (verdict,) = verdicts(make(e.TaskNacked, 3, task_id=T))
    assert isinstance(verdict, e.TaskLost)
    assert "basic.nack" in verdict.cause
