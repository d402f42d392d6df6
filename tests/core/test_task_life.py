"""A task's whole life."""

import pytest

from tests.core.story import MS, QUEUE, W1, W2, S, T, U, delivered, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core import foreign_events as f
from workq_gui.core.event_kinds import is_verdict
from workq_gui.core.events import WorkerId
from workq_gui.core.task_life import Phase, TaskLife, step_sentence

STARTED = [make(kind, worker_id=w) for w in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)]
SENT = [*published(T, "Task...", S), make(e.TaskConfirmed, S + 3 * MS, task_id=T)]


def life_of(task_id, *events) -> TaskLife:
    life = TaskLife(task_id)
    handlers = life.handlers
    for event in session_of(STARTED, *events).history:
        if type(event) in handlers:
            handlers[type(event)](event)
    return life


def finished(task_id, worker_id, at_ns):
    return make(e.TaskFinished, at_ns, task_id=task_id, worker_id=worker_id)


def acked(task_id, worker_id, at_ns):
    return make(e.TaskAcked, at_ns, task_id=task_id, worker_id=worker_id)


def names(steps) -> list[str]:
    return [step.name for step in steps]


def passed(steps) -> list[tuple[Phase, int]]:
    return [(step.phase, step.passed_ns) for step in steps]


def test_a_life_without_trouble_has_two_rows_with_durations():
    life = life_of(T, SENT, delivered(T, W1, 2 * S), finished(T, W1, 5 * S), acked(T, W1, 5 * S + MS))
    assert names(life.publishing) == ["accepted", "published", "confirmed"]
    assert passed(life.publishing)[2] == (Phase.CONFIRMING, 3 * MS)
    assert names(life.working) == ["delivered", "finished", "acked"]
    assert passed(life.working) == [(Phase.READY, S), (Phase.WORK, 3 * S), (Phase.UNACKED, MS)]
    assert (life.deliveries, life.lost_work_ns, life.phase) == (1, 0, Phase.NONE)
    assert (life.text, life.queue, life.is_persistent) == ("Task...", QUEUE, True)


def test_a_crash_makes_the_work_be_for_nothing_and_the_task_ready_again():
    life = life_of(
        T,
        SENT,
        delivered(T, W1, 2 * S),
        make(e.TaskProgressed, 3 * S, task_id=T, worker_id=W1, fraction=0.5),
        make(e.WorkerCrashed, 3 * S + 500 * MS, worker_id=W1),
        delivered(T, W2, 4 * S, redelivered=True),
        finished(T, W2, 7 * S),
        acked(T, W2, 7 * S),
    )
    assert names(life.working) == ["delivered", "progressed", "requeued", "delivered", "finished", "acked"]
    assert is_verdict(life.working[2].event)
    assert [step.passed_ns for step in life.working[:4]] == [S, S, 500 * MS, 500 * MS]
    assert life.deliveries == 2
    assert life.lost_work_ns == 1500 * MS
    assert life.spent_ns(Phase.WORK, 9 * S) == 4500 * MS
    assert life.spent_ns(Phase.READY, 9 * S) == 1500 * MS


def test_a_task_that_is_prefetched_begins_when_the_one_before_is_done():
    before = [*published(U, "Other."), delivered(U, W1, S)]
    life = life_of(T, before, SENT, delivered(T, W1, 2 * S), finished(U, W1, 4 * S), acked(U, W1, 4 * S))
    begun = life.working[1]
    assert (begun.name, begun.event, begun.who, begun.passed_ns) == ("begun", None, W1, 2 * S)
    assert life.phase is Phase.WORK
    assert life.spent_ns(Phase.WORK, 5 * S) == S
    assert step_sentence(begun, session_of().board).startswith("worker 1 begins")


def test_a_prefetched_task_whose_worker_dies_was_never_worked_on():
    before = [*published(U, "Other."), delivered(U, W1, S)]
    life = life_of(T, before, SENT, delivered(T, W1, 2 * S), make(e.WorkerCrashed, 3 * S, worker_id=W1))
    assert names(life.working) == ["delivered", "requeued"]
    assert life.working[1].phase is Phase.HELD
    assert life.lost_work_ns == 0


def test_with_auto_ack_nothing_is_unacked_when_it_is_finished():
    life = life_of(T, SENT, delivered(T, W1, 2 * S, auto_ack=True), finished(T, W1, 3 * S))
    assert life.phase is Phase.NONE
    assert life.lost_work_ns == 0


def test_a_task_that_is_lost_with_its_worker_has_its_work_for_nothing():
    life = life_of(
        T, SENT, delivered(T, W1, 2 * S, auto_ack=True), make(e.WorkerCrashed, 3 * S, worker_id=W1)
    )
    assert names(life.working) == ["delivered", "lost"]
    assert (life.lost_work_ns, life.phase) == (S, Phase.NONE)


def test_an_ack_before_the_work_does_not_end_it():
    life = life_of(T, SENT, delivered(T, W1, 2 * S), acked(T, W1, 2 * S), finished(T, W1, 4 * S))
    assert names(life.working) == ["delivered", "acked", "finished"]
    assert life.spent_ns(Phase.WORK, 9 * S) == 2 * S
    assert life.phase is Phase.NONE


def test_a_task_that_is_given_back_lives_on():
    rejected = make(e.TaskRejected, 3 * S, task_id=T, worker_id=W1, requeue=True)
    life = life_of(T, SENT, delivered(T, W1, 2 * S), rejected)
    assert names(life.working) == ["delivered", "rejected", "requeued"]
    assert life.phase is Phase.READY


@pytest.mark.parametrize("kind", [e.TaskNacked, e.TaskReturned])
def test_what_no_queue_took_is_not_ready(kind):
    life = life_of(T, published(T, "Task."), make(kind, S, task_id=T))
    assert life.phase is Phase.NONE
    assert life.spent_ns(Phase.READY, 9 * S) == 0


def test_somebody_elses_worker_has_a_task_until_its_ack():
    client = WorkerId(f"{f.FOREIGN}1")
    life = life_of(
        T,
        make(f.ForeignPublished, S, task_id=T, client=client, text="Theirs."),
        make(f.ForeignDelivered, 2 * S, task_id=T, client=client, text="Theirs."),
        make(f.ForeignAcked, 5 * S, task_id=T, client=client),
    )
    assert names(life.publishing) == ["foreign published"]
    assert passed(life.working) == [(Phase.READY, S), (Phase.FOREIGN, 3 * S)]


def test_other_tasks_are_no_part_of_it():
    life = life_of(T, published(U, "Other."), delivered(U, W1), finished(U, W1, S), acked(U, W1, S))
    assert not life.is_known
