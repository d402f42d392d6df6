"""What each worker does."""

import pytest

from tests.core.story import W1, S, T, delivered, done, make, session_of
from workq_gui.core import events as e
from workq_gui.core.projections.workers import WorkerStatus

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
