"""How busy workers were, and how fair that is."""

import pytest

from tests.core.story import MS, QUEUE, W1, W2, S, T, U, delivered, done, make
from workq_gui.core import events as e
from workq_gui.core import foreign_events as f
from workq_gui.core.figures import fairness, fairness_words
from workq_gui.core.projections.busy_shares import BusyShares, jain_index

STRANGER = e.WorkerId(f"{f.FOREIGN}1")


def begun(worker_id: e.WorkerId, at_ns: int = 0) -> e.Event:
    return make(e.WorkerStarted, at_ns, worker_id=worker_id)


def shares_of(*events) -> BusyShares:
    shares = BusyShares()
    for item in events:
        for event in [item] if isinstance(item, e.Event) else item:
            if handle := shares.handlers.get(type(event)):
                handle(event)
    return shares


def busy_s(shares: BusyShares, at_ns: int) -> list[float]:
    return [pytest.approx(share.busy_s, abs=1e-6) for share in shares.until(at_ns)]


def test_a_worker_is_busy_from_the_beginning_of_its_work_to_its_end():
    shares = shares_of(begun(W1), delivered(T, W1, 1 * S), done(T, W1, 3 * S))
    (share,) = shares.until(4 * S)
    assert (share.busy_s, share.alive_s, share.share) == (2.0, 4.0, 0.5)


def test_what_is_under_way_counts_so_far():
    shares = shares_of(begun(W1), delivered(T, W1, 1 * S))
    assert busy_s(shares, 5 * S) == [4.0]


def test_what_waits_in_its_hands_is_no_work():
    shares = shares_of(begun(W1), delivered(T, W1, 0), delivered(U, W1, 0), done(T, W1, 2 * S))
    assert shares.finish(W1, make(e.TaskFinished, 5 * S, task_id=U, worker_id=W1)) == 3 * S


def test_after_a_crash_it_is_neither_busy_nor_there_and_a_restart_goes_on_counting():
    crash = make(e.WorkerCrashed, 2 * S, worker_id=W1)
    shares = shares_of(begun(W1), delivered(T, W1, 1 * S), crash, begun(W1, 6 * S), delivered(T, W1, 6 * S))
    (share,) = shares.until(7 * S)
    assert (share.busy_s, share.alive_s) == (2.0, 3.0)


def test_a_delivery_that_is_told_after_the_crash_begins_no_work():
    crash = make(e.WorkerCrashed, 2 * S, worker_id=W1)
    shares = shares_of(begun(W1), crash, delivered(T, W1, 1 * S))
    assert busy_s(shares, 9 * S) == [0.0]


def test_a_frozen_worker_does_not_work():
    froze, thawed = (
        make(kind, at, worker_id=W1) for kind, at in ((e.WorkerFroze, 2 * S), (e.WorkerThawed, 7 * S))
    )
    shares = shares_of(begun(W1), delivered(T, W1, 1 * S), froze, thawed)
    assert shares.finish(W1, make(e.TaskFinished, 8 * S, task_id=T, worker_id=W1)) == 2 * S


def test_a_held_worker_finishes_its_dot_and_then_does_not_work():
    shares = shares_of(
        begun(W1),
        delivered(T, W1, 0),
        make(e.WorkersHeld, 500 * MS),
        make(e.TaskProgressed, 1 * S, task_id=T, worker_id=W1, fraction=0.5),
        make(e.WorkersReleased, 9 * S),
    )
    assert shares.finish(W1, make(e.TaskFinished, 10 * S, task_id=T, worker_id=W1)) == 2 * S


def test_the_past_is_told_as_it_was():
    events = [begun(W1), begun(W2)]
    for second in range(0, 40, 2):
        task_id = e.TaskId(f"t-{second}")
        events += [delivered(task_id, W1, second * S), *done(task_id, W1, (second + 1) * S)]
    shares = shares_of(events)
    assert busy_s(shares, 10 * S) == [5.0, 0.0]
    assert busy_s(shares, 40 * S) == [20.0, 0.0]
    assert shares.until(0) == []


def test_equal_work_is_fair_and_one_who_does_all_is_not():
    assert jain_index([3.0, 3.0, 3.0]) == pytest.approx(1.0)
    assert jain_index([6.0, 0.0, 0.0]) == pytest.approx(1 / 3)
    assert jain_index([0.0, 0.0]) is None


def test_fairness_says_what_it_means():
    equal = shares_of(begun(W1), begun(W2), delivered(T, W1), delivered(U, W2)).until(S)
    assert fairness_words(equal) == "1.00: the workers were equally busy"
    one = shares_of(begun(W1), begun(W2), delivered(T, W1)).until(S)
    assert fairness(one) == pytest.approx(0.5)
    assert fairness_words(one).startswith("0.50: some")
    assert fairness_words([]) == "no worker was busy yet"


def test_a_stranger_is_busy_from_delivery_to_ack_and_is_named_as_it_calls_itself():
    shares = shares_of(
        make(f.ForeignConnected, client=STRANGER, name="worker.py"),
        make(f.ForeignConsumerSeen, client=STRANGER, queue=QUEUE),
        make(f.ForeignDelivered, 1 * S, task_id=T, client=STRANGER),
        make(f.ForeignAcked, 3 * S, task_id=T, client=STRANGER),
    )
    (share,) = shares.until(4 * S)
    assert (share.name, share.busy_s) == ("worker.py", 2.0)
