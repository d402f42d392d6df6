"""What follows from what clients saw."""

import pytest

from tests.core.story import W1, W2, T, U, delivered, done, make, published
from workq_gui.core import events as e
from workq_gui.core.verdicts import ACK_LOST, QUEUE_DELETED, TWO_COPIES, Judge


def verdicts(*events):
    """Return what is concluded from `events`; each in the place where a session would hear of it."""
    judge, found = Judge(), []
    for event in events:
        for handlers in (judge.handlers_before, judge.handlers):
            if handler := handlers.get(type(event)):
                found += handler(event)
    return found


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
    assert twice == [e.TaskRanTwice(at_ns=9, task_id=T, first=W1, second=W2, cause=ACK_LOST)]


def test_a_task_that_was_interrupted_is_not_done_twice():
    story = [delivered(T, W1), make(e.WorkerCrashed, worker_id=W1), delivered(T, W2), *done(T, W2)]
    assert not [verdict for verdict in verdicts(*story) if isinstance(verdict, e.TaskRanTwice)]


def test_what_the_broker_refuses_is_lost():
    (verdict,) = verdicts(make(e.TaskNacked, 3, task_id=T))
    assert isinstance(verdict, e.TaskLost)
    assert "basic.nack" in verdict.cause


def test_two_copies_are_no_lost_ack():
    """Published again since its confirm was lost: both copies are done, and both acks arrive."""
    story = [delivered(T, W1), *done(T, W1), delivered(T, W2), *done(T, W2)]
    (verdict,) = verdicts(*story)
    assert (type(verdict), verdict.cause) == (e.TaskRanTwice, TWO_COPIES)


def test_a_redelivery_shows_that_the_worker_before_lost_the_task_although_it_has_not_noticed():
    """A worker that is stopped hears of its end after the broker has given its task to another."""
    story = [delivered(T, W1), delivered(T, W2, 5, redelivered=True), make(e.WorkerStopped, worker_id=W1)]
    assert verdicts(*story) == [e.TaskRequeued(at_ns=5, task_id=T, worker_id=W1, cause="left")]


def test_a_second_copy_takes_nothing_from_the_first_worker():
    assert verdicts(delivered(T, W1), delivered(T, W2)) == []


@pytest.mark.parametrize(
    "story",
    [
        published(T),
        [*published(T), delivered(T, W1)],
        [*published(T), delivered(T, W1), make(e.WorkerStopped, worker_id=W1)],
        [delivered(T, W1)],
    ],
)
def test_with_its_queue_a_task_is_lost(story):
    verdict = verdicts(*story, make(e.QueueMissing, 7))[-1]
    assert verdict == e.TaskLost(at_ns=7, task_id=T, cause=QUEUE_DELETED)


@pytest.mark.parametrize(
    "story",
    [
        [*published(T), delivered(T, W1), *done(T, W1)],
        [*published(T), make(e.TaskReturned, task_id=T)],
        [*published(T), make(e.TaskUnconfirmed, task_id=T)],
    ],
)
def test_what_is_not_in_the_queue_is_not_lost_with_it(story):
    assert verdicts(*story, make(e.QueueMissing)) == []
