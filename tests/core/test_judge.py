"""What follows from what clients saw."""

import pytest

from tests.core.story import W1, W2, T, U, delivered, done, make, published
from workq_gui.core import events as e
from workq_gui.core import verdicts as v
from workq_gui.core.causes import (
    ACK_LOST,
    AUTO_ACK,
    NO_QUEUE,
    NOT_ON_DISK,
    PURGED,
    QUEUE_DELETED,
    REJECTED,
    TWO_COPIES,
)
from workq_gui.core.judge import Judge


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
    assert verdicts(delivered(T, W1), end) == [v.TaskRequeued(at_ns=5, task_id=T, worker_id=W1, cause=cause)]


def test_an_acked_task_does_not_go_back():
    assert verdicts(delivered(T, W1), *done(T, W1), make(e.WorkerCrashed, worker_id=W1)) == []


def test_a_finished_task_goes_back_too_until_it_is_acked():
    finished = make(e.TaskFinished, task_id=T, worker_id=W1)
    (verdict,) = verdicts(delivered(T, W1), finished, make(e.WorkerCrashed, worker_id=W1))
    assert isinstance(verdict, v.TaskRequeued)


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
    twice = [verdict for verdict in verdicts(*story) if isinstance(verdict, v.TaskRanTwice)]
    assert twice == [v.TaskRanTwice(at_ns=9, task_id=T, first=W1, second=W2, cause=ACK_LOST)]


def test_a_task_that_was_interrupted_is_not_done_twice():
    story = [delivered(T, W1), make(e.WorkerCrashed, worker_id=W1), delivered(T, W2), *done(T, W2)]
    assert not [verdict for verdict in verdicts(*story) if isinstance(verdict, v.TaskRanTwice)]


def test_what_the_broker_refuses_is_lost():
    (verdict,) = verdicts(make(e.TaskNacked, 3, task_id=T))
    assert isinstance(verdict, v.TaskLost)
    assert "basic.nack" in verdict.cause


def test_two_copies_are_no_lost_ack():
    """Published again since its confirm was lost: both copies are done, and both acks arrive."""
    story = [delivered(T, W1), *done(T, W1), delivered(T, W2), *done(T, W2)]
    (verdict,) = verdicts(*story)
    assert (type(verdict), verdict.cause) == (v.TaskRanTwice, TWO_COPIES)


def test_a_redelivery_shows_that_the_worker_before_lost_the_task_although_it_has_not_noticed():
    """A worker that is stopped hears of its end after the broker has given its task to another."""
    story = [delivered(T, W1), delivered(T, W2, 5, redelivered=True), make(e.WorkerStopped, worker_id=W1)]
    assert verdicts(*story) == [v.TaskRequeued(at_ns=5, task_id=T, worker_id=W1, cause="left")]


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
    assert verdict == v.TaskLost(at_ns=7, task_id=T, cause=QUEUE_DELETED, place="queue")


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


def losses(*events):
    return [
        (verdict.task_id, verdict.cause, verdict.place)
        for verdict in verdicts(*events)
        if isinstance(verdict, v.TaskLost)
    ]


def transient(task_id, at_ns=0):
    return make(e.TaskPublished, at_ns, task_id=task_id, routing_key="task_queue", persistent=False)


def test_with_auto_ack_all_in_hand_is_lost_with_the_worker():
    story = [delivered(T, W1, auto_ack=True), delivered(U, W1, auto_ack=True)]
    end = make(e.WorkerCrashed, worker_id=W1)
    assert losses(*story, end) == [(T, AUTO_ACK, W1), (U, AUTO_ACK, W1)]
    assert losses(*story, make(e.TaskFinished, task_id=T, worker_id=W1), end) == [(U, AUTO_ACK, W1)]


def test_a_nacked_task_goes_back_and_its_worker_lives():
    story = [delivered(T, W1), make(e.TaskRejected, 5, task_id=T, worker_id=W1, requeue=True)]
    assert verdicts(*story) == [v.TaskRequeued(at_ns=5, task_id=T, worker_id=W1, cause="nacked")]
    assert verdicts(*story, make(e.WorkerCrashed, worker_id=W1))[1:] == []


def test_a_rejected_task_is_lost_without_a_dead_letter_queue():
    story = [delivered(T, W1), make(e.TaskRejected, task_id=T, worker_id=W1)]
    assert losses(*story) == [(T, REJECTED, W1)]
    with_queue = [make(e.QueueAdded, dead_letter_to="dead"), *published(T), *story]
    assert verdicts(*with_queue) == [v.TaskDeadLettered(at_ns=0, task_id=T, worker_id=W1, queue="dead")]


@pytest.mark.parametrize("killed", [True, False])
def test_what_is_transient_is_lost_when_the_broker_stops(killed):
    stop = make(e.BrokerStopped, killed=killed)
    assert losses(transient(T), *published(U), stop) == [(T, NOT_ON_DISK, "queue")]
    assert losses(transient(T), delivered(T, W1, persistent=False), stop) == [(T, NOT_ON_DISK, "queue")]
    assert losses(transient(T), delivered(T, W1, persistent=False), *done(T, W1), stop) == []


def test_an_unroutable_task_that_is_not_mandatory_is_lost_although_confirmed():
    story = [make(e.QueueMissing), transient(T), make(e.TaskConfirmed, task_id=T)]
    assert losses(*story) == [(T, NO_QUEUE, "exchange")]
    assert losses(*story[:1], make(e.QueueObserved), *story[1:]) == []


def test_what_waits_is_lost_when_its_queue_is_purged_and_nothing_else():
    story = [*published(T), *published(U), delivered(T, W1)]
    assert losses(*story, make(e.QueuePurged)) == [(U, PURGED, "queue")]
    assert losses(*story, make(e.QueuePurged, queue="another")) == []
