"""What each worker does."""

import pytest

from tests.core.story import MS, QUEUE, W1, W2, S, T, U, delivered, done, make, session_of
from workq_gui.core import events as e
from workq_gui.core.fault_events import BrokerFroze, BrokerThawed
from workq_gui.core.projections.worker_view import WorkerStatus

ADDED = make(e.WorkerAdded, worker_id=W1)
STARTED = make(e.WorkerStarted, worker_id=W1, prefetch_count=1)
FINISHED = make(e.TaskFinished, task_id=T, worker_id=W1)


def view(*events):
    return session_of(ADDED, *events).workers.views[W1]


@pytest.mark.parametrize(
    ("story", "status"),
    [
        ([], WorkerStatus.CONNECTING),
        ([STARTED], WorkerStatus.WAITING),
        ([STARTED, delivered(T, W1)], WorkerStatus.WORKING),
        ([STARTED, delivered(T, W1), FINISHED], WorkerStatus.FINISHED),
        ([STARTED, delivered(T, W1), *done(T, W1)], WorkerStatus.WAITING),
        ([STARTED, make(e.WorkerCrashed, worker_id=W1)], WorkerStatus.CRASHED),
        ([STARTED, make(e.WorkerStopped, worker_id=W1)], WorkerStatus.STOPPED),
        ([STARTED, make(e.ConnectionLost, owner=W1)], WorkerStatus.RECONNECTING),
        ([make(e.ConnectionFailed, owner=W1)], WorkerStatus.RECONNECTING),
        ([make(e.ConnectionFailed, owner=W1), STARTED], WorkerStatus.WAITING),
    ],
)
def test_a_worker_does_what_its_events_say(story, status):
    assert view(*story).status is status


@pytest.mark.parametrize(("at_s", "fraction"), [(0, 0.0), (1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0), (9, 1.0)])
def test_progress_is_a_function_of_time(at_s, fraction):
    worker = view(STARTED, delivered(T, W1, work_s=4.0))
    assert worker.fraction_at(at_s * S) == pytest.approx(fraction)


def test_progress_that_was_reported_counts_more_than_the_clock():
    worker = view(
        STARTED,
        delivered(T, W1, work_s=4.0),
        make(e.TaskProgressed, 3 * S, task_id=T, worker_id=W1, fraction=0.25),
    )
    assert worker.fraction_at(4 * S) == pytest.approx(0.5)


def test_a_crash_tells_how_many_tasks_went_back():
    worker = view(STARTED, delivered(T, W1), make(e.WorkerCrashed, worker_id=W1))
    assert (worker.requeued_count, worker.task_id) == (1, None)


def test_the_reason_is_kept_in_the_brokers_words():
    assert (
        view(make(e.ConnectionLost, owner=W1, reason="320 CONNECTION_FORCED")).note == "320 CONNECTION_FORCED"
    )


def test_a_restarted_worker_goes_on_counting():
    worker = view(STARTED, delivered(T, W1), *done(T, W1), make(e.WorkerCrashed, worker_id=W1), ADDED)
    assert (worker.acked_count, worker.status) == (1, WorkerStatus.CONNECTING)


def test_a_removed_worker_is_gone_and_its_late_events_do_no_harm():
    session = session_of(ADDED, make(e.WorkerRemoved, worker_id=W1), make(e.WorkerStopped, worker_id=W1))
    assert not session.workers.views


def test_the_publishers_connection_is_no_worker():
    session = session_of(make(e.ConnectionLost, owner=e.PUBLISHER))
    assert not session.workers.views


def test_running_workers_are_counted():
    session = session_of(
        ADDED, make(e.WorkerAdded, worker_id="worker 2"), make(e.WorkerCrashed, worker_id=W1)
    )
    assert session.workers.running_count == 1


HELD = make(e.WorkersHeld, 500 * MS)


def at_work(*events, work_s=2.0, text="Two.."):
    start = [make(kind, worker_id=W1) for kind in (e.WorkerAdded, e.WorkerStarted)]
    return session_of(start, delivered(T, W1, text=text, work_s=work_s), *events)


def test_a_held_worker_ends_its_dot_and_stands_there():
    session = at_work(HELD)
    view = session.workers.views[W1]
    assert view.is_held
    assert [view.fraction_at(at) for at in (600 * MS, 900 * MS, 5 * S)] == pytest.approx([0.3, 0.45, 0.5])


def test_it_goes_on_where_it_stood():
    view = at_work(HELD, make(e.WorkersReleased, 9 * S)).workers.views[W1]
    assert view.fraction_at(9 * S + 500 * MS) == pytest.approx(0.75)


def test_a_task_that_comes_while_workers_are_held_waits_in_the_hand():
    session = at_work(done(T, W1, 400 * MS), HELD, delivered(U, W1, S, text="New.", work_s=1.0))
    assert session.workers.views[W1].fraction_at(9 * S) == 0.0


def test_a_frozen_worker_stands_still_until_it_thaws():
    session = at_work(make(e.WorkerFroze, 500 * MS, worker_id=W1))
    view = session.workers.views[W1]
    assert (view.is_frozen, view.is_running, view.fraction_at(9 * S)) == (True, True, 0.25)
    session.extend([make(e.WorkerThawed, 10 * S, worker_id=W1)])
    assert session.workers.views[W1].fraction_at(10 * S + 500 * MS) == pytest.approx(0.5)


@pytest.mark.parametrize("end", [BrokerThawed, e.BrokerStopped])
def test_workers_of_a_frozen_broker_are_unanswered_until_it_thaws_or_ends(end):
    session = at_work(make(BrokerFroze, S), make(e.WorkerAdded, S, worker_id=W2))
    assert [view.is_unanswered for view in session.workers.views.values()] == [True, True]
    session.extend([make(end, 2 * S)])
    assert [view.is_unanswered for view in session.workers.views.values()] == [False, False]


def test_with_auto_ack_tasks_pile_up_in_its_hands():
    session = at_work(delivered(U, W1, S, text="Next.", auto_ack=True))
    view = session.workers.views[W1]
    assert (view.in_hand_count, view.task_id) == (2, T)
    session.extend(done(T, W1, 2 * S))
    view = session.workers.views[W1]
    assert (view.in_hand_count, view.task_id, view.fraction_at_ns) == (1, U, 2 * S)


def test_it_counts_what_was_lost_with_a_worker():
    start = [make(e.WorkerAdded, worker_id=W1), make(e.WorkerStarted, worker_id=W1, auto_ack=True)]
    lost = [delivered(T, W1, auto_ack=True), delivered(U, W1, auto_ack=True)]
    view = session_of(start, *lost, make(e.WorkerCrashed, worker_id=W1)).workers.views[W1]
    assert (view.lost_count, view.requeued_count, view.in_hand_count) == (2, 0, 0)


def test_a_worker_takes_from_each_queue_that_it_was_registered_at():
    session = at_work(make(e.WorkerStarted, 5, worker_id=W1, queue="image"))
    view = session.workers.views[W1]
    assert (view.queues, view.status) == ((QUEUE, "image"), WorkerStatus.WORKING)


def test_a_worker_that_rejects_goes_on():
    view = at_work(make(e.TaskRejected, S, task_id=T, worker_id=W1, requeue=True)).workers.views[W1]
    assert (view.status, view.acked_count, view.requeued_count) == (WorkerStatus.WAITING, 0, 0)
