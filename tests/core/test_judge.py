"""What follows from what clients saw."""

import pytest

from tests.core.story import W1, W2, T, U, delivered, done, make, published
from workq_gui.core import events as e
from workq_gui.core import verdicts as v
from workq_gui.core.causes import (
    ACK_LOST,
    ACKED_EARLY,
    AUTO_ACK,
    DELIVERY_LIMIT,
    NO_QUEUE,
    NOT_DURABLE,
    NOT_ON_DISK,
    PURGED,
    QUEUE_DELETED,
    REJECTED,
    TWO_COPIES,
    UNCONFIRMED,
)
from workq_gui.core.judge import Judge
from workq_gui.core.queue_events import (
    QueueAdded,
    QueueDeclared,
    QueueMissing,
    QueueObserved,
    QueuePurged,
    RoutingKeyUnknown,
)


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
    verdict = verdicts(*story, make(QueueMissing, 7))[-1]
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
    assert verdicts(*story, make(QueueMissing)) == []


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
    with_queue = [make(QueueAdded, dead_letter_to="dead"), *published(T), *story]
    assert verdicts(*with_queue) == [v.TaskDeadLettered(at_ns=0, task_id=T, worker_id=W1, queue="dead")]


@pytest.mark.parametrize("killed", [True, False])
def test_what_is_transient_is_lost_when_the_broker_stops(killed):
    stop = make(e.BrokerStopped, killed=killed)
    assert losses(transient(T), *published(U), stop) == [(T, NOT_ON_DISK, "queue")]
    assert losses(transient(T), delivered(T, W1, persistent=False), stop) == [(T, NOT_ON_DISK, "queue")]
    assert losses(transient(T), delivered(T, W1, persistent=False), *done(T, W1), stop) == []


def test_an_unroutable_task_that_is_not_mandatory_is_lost_although_confirmed():
    story = [make(QueueMissing), transient(T), make(e.TaskConfirmed, task_id=T)]
    assert losses(*story) == [(T, NO_QUEUE, "exchange")]
    assert losses(*story[:1], make(QueueObserved), *story[1:]) == []


def test_what_waits_is_lost_when_its_queue_is_purged_and_nothing_else():
    story = [*published(T), *published(U), delivered(T, W1)]
    assert losses(*story, make(QueuePurged)) == [(U, PURGED, "queue")]
    assert losses(*story, make(QueuePurged, queue="another")) == []


# --- settings and faults --------------------------------------------------------------------


def declared(queue="task_queue", **how):
    usual = {"durable": True, "delivery_limit": -1}
    return make(QueueDeclared, queue=queue, **{**usual, **how})


CRASH = make(e.WorkerCrashed, 5, worker_id=W1)


@pytest.mark.parametrize(("count", "kind"), [(2, v.TaskRequeued), (3, v.TaskLost)])
def test_a_task_comes_back_until_its_delivery_limit(count, kind):
    (verdict,) = verdicts(declared(delivery_limit=3), delivered(T, W1, delivery_count=count), CRASH)
    assert type(verdict) is kind
    if kind is v.TaskLost:
        assert (verdict.cause, verdict.place) == (DELIVERY_LIMIT, W1)


def test_beyond_the_delivery_limit_a_task_is_dead_lettered_if_there_is_a_place_for_it():
    added = make(QueueAdded, dead_letter_to="failed")
    story = [added, declared(delivery_limit=1), delivered(T, W1, delivery_count=1), CRASH]
    (verdict,) = verdicts(*story)
    assert (type(verdict), verdict.queue, verdict.cause) == (v.TaskDeadLettered, "failed", "delivery limit")


@pytest.mark.parametrize(("counts_nacks", "kind"), [(True, v.TaskLost), (False, v.TaskRequeued)])
def test_a_nack_counts_where_the_broker_counts_it(counts_nacks, kind):
    """RabbitMQ 4.3 does not."""
    nack = make(e.TaskRejected, 5, task_id=T, worker_id=W1, requeue=True)
    limit = declared(delivery_limit=1, counts_nacks=counts_nacks)
    (verdict,) = verdicts(limit, delivered(T, W1, delivery_count=1), nack)
    assert type(verdict) is kind


def test_what_was_acked_before_the_work_is_lost_with_its_worker():
    started = make(e.WorkerStarted, worker_id=W1, ack="before")
    acked = make(e.TaskAcked, task_id=T, worker_id=W1)
    (verdict,) = verdicts(started, delivered(T, W1), acked, CRASH)
    assert (type(verdict), verdict.cause, verdict.place) == (v.TaskLost, ACKED_EARLY, W1)


def test_an_early_ack_loses_nothing_if_the_work_is_done():
    started = make(e.WorkerStarted, worker_id=W1, ack="before")
    acked, finished = (make(kind, task_id=T, worker_id=W1) for kind in (e.TaskAcked, e.TaskFinished))
    assert verdicts(started, delivered(T, W1), acked, finished, CRASH) == []


@pytest.mark.parametrize(("is_consuming", "count"), [(True, 1), (False, 0)])
def test_what_is_unacked_goes_back_with_its_channel(is_consuming, count):
    closed = make(e.WorkerChannelClosed, worker_id=W1, is_consuming=is_consuming)
    assert [type(x) for x in verdicts(delivered(T, W1), closed)] == count * [v.TaskRequeued]


def test_a_redelivery_after_an_ack_shows_that_the_ack_never_arrived():
    story = [delivered(T, W1), *done(T, W1), delivered(T, W2, redelivered=True), *done(T, W2)]
    (verdict,) = verdicts(*story)
    assert (type(verdict), verdict.cause) == (v.TaskRanTwice, ACK_LOST)


def test_an_ack_that_comes_too_late_settles_nothing():
    """The broker had given the task to another worker; that one dies with it."""
    other = delivered(T, W2, 5, redelivered=True)
    crash = make(e.WorkerCrashed, 9, worker_id=W2)
    story = [delivered(T, W1), other, make(e.TaskAcked, task_id=T, worker_id=W1), crash]
    assert [type(verdict) for verdict in verdicts(*story)] == [v.TaskRequeued, v.TaskRequeued]


def test_a_queue_that_is_not_durable_goes_with_the_broker_and_persistent_tasks_with_it():
    stop = make(e.BrokerStopped, expected=True)
    assert losses(declared(durable=False), *published(T), stop) == [(T, NOT_DURABLE, "queue")]


def test_a_quorum_queue_stores_transient_tasks_too():
    stop = make(e.BrokerStopped, expected=True)
    assert losses(declared(queue_type="quorum"), transient(T), stop) == []


def sent(task_id, **how):
    """Published with neither confirm nor return."""
    usual = {"task_id": task_id, "routing_key": "task_queue", "persistent": True, "confirms": False}
    return make(e.TaskPublished, **{**usual, **how})


def test_without_confirms_an_unroutable_task_is_lost_at_once():
    assert losses(make(RoutingKeyUnknown, routing_key="task_queue"), sent(T)) == [(T, NO_QUEUE, "exchange")]


@pytest.mark.parametrize(("ready_count", "gone"), [(2, []), (1, [U]), (0, [U])])
def test_what_nobody_confirmed_is_lost_if_the_broker_died_and_counts_too_few(ready_count, gone):
    story = [*published(T), sent(U), make(e.BrokerStopped, killed=True)]
    counted = make(QueueObserved, 2_000_000_000, ready_count=ready_count)
    assert losses(*story, counted) == [(task_id, UNCONFIRMED, "producer") for task_id in gone]


def test_what_was_delivered_is_in_no_doubt():
    story = [sent(T), delivered(T, W1), make(e.BrokerStopped, killed=True), make(QueueObserved)]
    assert losses(*story) == []


# --- what only the broker's own count can tell ------------------------------------------------

LATER = 9_000_000_000
"""Long after everything else: the picture has come to rest."""


def count(ready_count, at_ns=LATER):
    return make(QueueObserved, at_ns, ready_count=ready_count)


def started(worker_id, **how):
    return make(e.WorkerStarted, worker_id=worker_id, queue="task_queue", **how)


def test_what_was_on_its_way_to_an_auto_ack_worker_is_lost_with_it():
    """The broker had sent both and forgotten them; the worker had read neither."""
    story = [started(W1, auto_ack=True), *published(T), *published(U), CRASH]
    assert losses(*story, count(1)) == [(T, AUTO_ACK, "queue")]
    assert losses(*story, count(2)) == []


def test_nothing_is_concluded_while_tasks_come_and_go():
    story = [started(W1, auto_ack=True), *published(T), CRASH]
    late = [*published(U, at_ns=LATER - 1), count(0)]
    assert losses(*story, *late) == []


def test_what_goes_back_into_a_queue_that_was_just_purged_may_be_gone():
    """The worker's end is told by another thread, after the purge."""
    story = [delivered(T, W1), make(QueuePurged), CRASH]
    assert losses(*story, count(0)) == [(T, PURGED, "queue")]
    assert losses(*story, count(1)) == []


def test_a_delivery_that_is_told_after_its_purge_is_in_doubt_again_when_it_comes_back():
    story = [*published(T), make(QueuePurged), delivered(T, W1), CRASH, count(0)]
    assert losses(*story) == [(T, PURGED, "queue"), (T, PURGED, "queue")]


@pytest.mark.parametrize(("ready_count", "is_done"), [(0, True), (1, False)])
def test_a_task_that_seems_to_be_back_after_its_ack_was_done_if_the_broker_has_it_no_more(
    ready_count, is_done
):
    """A broken network brought an old delivery to worker 2."""
    story = [delivered(T, W1), *done(T, W1), delivered(T, W2), make(e.WorkerCrashed, 5, worker_id=W2)]
    found = [type(verdict) for verdict in verdicts(*story, count(ready_count))]
    assert (v.TaskWasDone in found) == is_done


def test_an_ack_of_the_worker_that_really_has_it_settles_a_task_that_seemed_to_be_back():
    """Worker 2 had it first, lost its channel, and was the last to be heard of."""
    closed = make(e.WorkerChannelClosed, 5, worker_id=W2, is_consuming=True)
    story = [delivered(T, W1), delivered(T, W2), closed, *done(T, W1, 6), count(0)]
    assert v.TaskWasDone in [type(verdict) for verdict in verdicts(*story)]


def test_deliveries_are_ordered_by_their_time_and_not_by_when_they_are_told():
    old = delivered(T, W2, 3)
    crash = make(e.WorkerCrashed, 5, worker_id=W2)
    assert verdicts(delivered(T, W1, 4, redelivered=True), old, crash) == []


def test_a_transient_task_that_a_dead_connection_brings_after_the_broker_died_is_gone():
    opened = make(e.ConnectionOpened, 1, owner=W1)
    stopped = make(e.BrokerStopped, 5, killed=True)
    assert losses(opened, stopped, delivered(T, W1, 7, persistent=False)) == [(T, NOT_ON_DISK, "queue")]


def test_a_return_that_is_lost_with_the_connection_leaves_its_task_lost():
    unknown = make(RoutingKeyUnknown, routing_key="task_queue")
    story = [unknown, sent(T, mandatory=True), make(e.ConnectionLost, 5, owner=e.PUBLISHER)]
    assert losses(*story) == [(T, UNCONFIRMED, "exchange")]


def test_an_unconfirmed_task_that_a_worker_was_given_may_still_not_be_on_disk():
    story = [sent(T), delivered(T, W1), make(e.BrokerStopped, 3, killed=True)]
    assert losses(*story, make(e.ConnectionLost, 5, owner=W1), count(0)) == [(T, UNCONFIRMED, "producer")]
