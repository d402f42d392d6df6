"""Each task's whole life in one row."""

from tests.core.story import W1, W2, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.follower import Follower
from workq_gui.core.foreign_events import ForeignAcked, ForeignDelivered, ForeignPublished
from workq_gui.core.projections.task_rows import TaskRow, TaskRows


def rows(*events) -> dict[str, TaskRow]:
    follower = Follower(session_of(*events).history, TaskRows)
    while follower.catch_up():
        pass
    return follower.projection.rows


def workers(*worker_ids, **fields):
    return [
        make(kind, worker_id=w, **f)
        for w in worker_ids
        for kind, f in ((e.WorkerAdded, {}), (e.WorkerStarted, fields))
    ]


def test_a_task_that_came_back_and_was_done_then():
    row = rows(
        workers(W1, W2),
        published(T, at_ns=S),
        make(e.TaskConfirmed, S + 5, task_id=T),
        delivered(T, W1, 2 * S),
        make(e.WorkerCrashed, 3 * S, worker_id=W1),
        delivered(T, W2, 4 * S, redelivered=True),
        done(T, W2, 6 * S),
    )[T]
    assert (row.published_ns, row.confirmed_ns, row.delivered_ns, row.acked_ns) == (S, S + 5, 2 * S, 6 * S)
    assert (row.workers, row.task.deliveries, row.redelivered_count) == ((W1, W2), 2, 1)
    assert (row.waiting_ns, row.working_ns, row.outcome) == (S, 2 * S, "acked")


def test_a_task_that_is_lost_says_why():
    row = rows(
        workers(W1, auto_ack=True),
        published(T),
        delivered(T, W1, S, auto_ack=True),
        make(e.WorkerCrashed, 2 * S, worker_id=W1),
    )[T]
    assert row.outcome == "lost"
    assert row.task.lost_cause


def test_each_place_has_a_word():
    found = rows(
        workers(W1),
        make(e.TaskAccepted, task_id="unsent", text="a"),
        published("ready"),
        [*published("un-acked"), delivered("un-acked", W1)],
        [
            *published("returned"),
            make(e.TaskReturned, task_id="returned", reply_code=312, reply_text="NO_ROUTE"),
        ],
    )
    assert {name: row.outcome for name, row in found.items()} == {
        name: name for name in ("unsent", "ready", "un-acked", "returned")
    }


def test_somebody_elses_tasks_are_there_too():
    client = e.WorkerId("FOREIGN 1")
    row = rows(
        make(ForeignPublished, S, task_id=U, client=client, text="hello..", persistent=True),
        make(ForeignDelivered, 2 * S, task_id=U, client=client, text="hello.."),
        make(ForeignAcked, 4 * S, task_id=U, client=client),
    )[U]
    assert (row.task.text, row.outcome, row.workers) == ("hello..", "acked", (client,))
    assert (row.waiting_ns, row.working_ns) == (S, 2 * S)


def test_a_row_is_kept_however_many_tasks_follow():
    events = [
        event
        for n in range(700)
        for event in [*published(f"t-{n}"), delivered(f"t-{n}", W1), *done(f"t-{n}", W1)]
    ]
    found = rows(workers(W1), events)
    assert len(found) == 700
    assert {row.outcome for row in found.values()} == {"acked"}
