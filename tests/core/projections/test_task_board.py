"""The two lifelines of a task, and the queue."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.story import QUEUE, W1, W2, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.projections.task_state import PublishState, TaskStatus, WorkState
from workq_gui.core.queue_events import QueueAdded, QueueMissing

CONFIRMED = make(e.TaskConfirmed, task_id=T)


def status(*events):
    return session_of(*events).board.tasks[T].status


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ([make(e.TaskAccepted, task_id=T)], TaskStatus.ACCEPTED),
        (published(T), TaskStatus.SENT),
        ([*published(T), CONFIRMED], TaskStatus.CONFIRMED),
        ([*published(T), CONFIRMED, delivered(T, W1)], TaskStatus.WITH_WORKER),
        (
            [*published(T), delivered(T, W1), make(e.TaskFinished, task_id=T, worker_id=W1)],
            TaskStatus.FINISHED,
        ),
        ([*published(T), delivered(T, W1), *done(T, W1)], TaskStatus.DONE),
        ([*published(T), delivered(T, W1), make(e.WorkerCrashed, worker_id=W1)], TaskStatus.REQUEUED),
        ([*published(T), make(e.TaskReturned, task_id=T), CONFIRMED], TaskStatus.RETURNED),
        ([*published(T), make(e.TaskNacked, task_id=T)], TaskStatus.LOST),
        ([*published(T), make(e.TaskUnconfirmed, task_id=T)], TaskStatus.ACCEPTED),
        ([delivered(T, W1, text="a stranger's")], TaskStatus.WITH_WORKER),
        (
            [*published(T), make(e.TaskReturned, task_id=T), make(e.TaskUnconfirmed, task_id=T)],
            TaskStatus.ACCEPTED,
        ),
        ([*published(T), CONFIRMED, make(QueueMissing)], TaskStatus.LOST),
        ([*published(T), CONFIRMED, make(QueueMissing), delivered(T, W1)], TaskStatus.WITH_WORKER),
    ],
)
def test_a_task_stands_where_its_events_left_it(story, expected):
    assert status(story) is expected


def test_the_confirm_may_come_after_the_delivery():
    lifeline_of_publisher = [CONFIRMED]
    lifeline_of_worker = [delivered(T, W1), *done(T, W1)]
    boards = []
    for places in itertools.combinations(range(4), 1):
        rest = iter(lifeline_of_worker)
        story = [lifeline_of_publisher[0] if i in places else next(rest) for i in range(4)]
        task = session_of(published(T), story).board.tasks[T]
        boards.append((task.publish, task.work))
    assert boards == [(PublishState.CONFIRMED, WorkState.ACKED)] * 4


def test_a_requeued_task_takes_its_old_place_in_the_queue():
    session = session_of(published(T), published(U), delivered(T, W1))
    assert [task.task_id for task in session.board.ready(9, QUEUE)] == [U]
    session.extend([make(e.WorkerCrashed, worker_id=W1)])
    assert [task.task_id for task in session.board.ready(9, QUEUE)] == [T, U]


def test_the_broker_keeps_an_unacked_task():
    session = session_of(published(T), delivered(T, W1))
    assert (session.board.ready_count, session.board.unacked_count) == (0, 1)
    assert [task.task_id for task in session.board.unacked(9, QUEUE)] == [T]
    session.extend(done(T, W1))
    assert session.board.unacked_count == 0


def test_the_flag_and_the_count_tell_of_the_second_delivery():
    session = session_of(
        published(T),
        delivered(T, W1),
        make(e.WorkerCrashed, worker_id=W1),
        delivered(T, W2, redelivered=True),
    )
    task = session.board.tasks[T]
    assert (task.redelivered, task.deliveries, task.worker_id) == (True, 2, W2)


def test_a_late_crash_does_not_take_the_task_from_its_new_worker():
    session = session_of(
        published(T), delivered(T, W1), delivered(T, W2), make(e.WorkerCrashed, worker_id=W1)
    )
    assert session.board.tasks[T].status is TaskStatus.WITH_WORKER
    assert session.board.unacked_count == 1


def test_a_task_that_is_published_again_after_its_ack_waits_again():
    session = session_of(published(T), delivered(T, W1), *[done(T, W1)])
    session.extend([make(e.TaskUnconfirmed, task_id=T), make(e.TaskPublished, task_id=T)])
    assert session.board.ready_count == 1


def test_a_returned_task_keeps_the_brokers_words_and_leaves_the_queue():
    session = session_of(published(T), make(e.TaskReturned, task_id=T, reply_code=312, reply_text="NO_ROUTE"))
    assert session.board.tasks[T].returned_text == "312 NO_ROUTE"
    assert session.board.ready_count == 0


def test_the_newest_tasks_come_first():
    session = session_of(published(T), published(U))
    assert [task.task_id for task in session.board.newest(1)] == [U]


def test_settled_tasks_are_not_waited_for():
    session = session_of(published(T), published(U), delivered(T, W1), done(T, W1))
    assert [task.task_id for task in session.board.unsettled()] == [U]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["publish", "deliver", "ack", "crash", "confirm"]),
        st.integers(0, 4),
        st.integers(0, 1),
    ),
    max_size=40,
)


@given(STEPS)
def test_every_task_is_in_exactly_one_place(steps):
    """Played as a broker would: only what is ready is delivered, only what is held is acked."""
    session = session_of()
    board = session.board
    workers = (W1, W2)
    for verb, number, worker in steps:
        task_id, worker_id = e.TaskId(f"t-{number}"), workers[worker]
        held = [task for task in board.unacked(99, QUEUE) if task.worker_id == worker_id]
        if verb == "publish" and task_id not in board.tasks:
            session.extend(published(task_id))
        elif verb == "deliver" and board.ready(1, QUEUE) and not held:
            session.extend([delivered(board.ready(1, QUEUE)[0].task_id, worker_id)])
        elif verb == "ack" and held:
            session.extend(done(held[0].task_id, worker_id))
        elif verb == "crash":
            session.extend([make(e.WorkerCrashed, worker_id=worker_id)])
        elif verb == "confirm" and task_id in board.tasks:
            session.extend([make(e.TaskConfirmed, task_id=task_id)])
        acked = sum(task.work is WorkState.ACKED for task in board.tasks.values())
        assert len(board.tasks) == board.ready_count + board.unacked_count + acked
        numbers = [task.number for task in board.ready(99, QUEUE)]
        assert numbers == sorted(numbers)


def test_a_strangers_task_that_went_back_is_not_waited_for():
    """Without a message_id it cannot be recognised when it is delivered again."""
    session = session_of(delivered(T, W1, text="Hello World!"), make(e.WorkerCrashed, worker_id=W1))
    assert session.board.ready_count == 0
    assert not list(session.board.unsettled())


def test_the_board_hears_that_a_task_went_back_before_it_hears_of_its_redelivery():
    session = session_of(
        published(T),
        delivered(T, W1),
        delivered(T, W2, redelivered=True),
        make(e.WorkerStopped, worker_id=W1),
    )
    task = session.board.tasks[T]
    assert (session.board.requeued_count, task.worker_id, session.board.unacked_count) == (1, W2, 1)


def test_a_returned_task_is_no_confirmed_one_although_its_confirm_comes():
    session = session_of(published(T), make(e.TaskReturned, task_id=T), CONFIRMED, delivered(U, W1))
    assert (session.board.confirmed_count, session.board.own_count) == (0, 1)
    session.extend([*published(U), make(e.TaskConfirmed, task_id=U), make(e.TaskConfirmed, task_id=U)])
    assert (session.board.confirmed_count, session.board.own_count) == (1, 2)


class TestWithAutoAck:
    def test_the_broker_keeps_no_copy(self):
        session = session_of(published(T), delivered(T, W1, auto_ack=True))
        assert (session.board.ready_count, session.board.unacked_count) == (0, 0)
        assert session.board.tasks[T].status is TaskStatus.WITH_WORKER

    def test_a_finished_task_is_done(self):
        session = session_of(published(T), delivered(T, W1, auto_ack=True), done(T, W1)[:1])
        assert session.board.tasks[T].status is TaskStatus.DONE
        assert session.board.acked_count == 1

    def test_a_task_is_lost_with_its_worker(self):
        session = session_of(
            published(T), delivered(T, W1, auto_ack=True), make(e.WorkerCrashed, worker_id=W1)
        )
        assert session.board.tasks[T].status is TaskStatus.LOST
        assert session.ledger.lost_count == 1


class TestWithSeveralQueues:
    def test_each_queue_has_its_own_line(self):
        session = session_of(published(T, "One."), published(U, "Two..", queue="image"))
        assert [task.task_id for task in session.board.ready(9, QUEUE)] == [T]
        assert [task.task_id for task in session.board.ready(9, "image")] == [U]
        assert (session.board.ready_count, session.board.ready_count_in("image")) == (2, 1)
        assert +session.board.kinds_in("image") == {2: 1}

    def test_the_copy_of_an_unacked_task_is_in_its_queue(self):
        session = session_of(published(U, queue="image"), delivered(U, W1, queue="image"))
        assert session.board.unacked_count_in("image") == 1
        assert session.board.unacked_count_in(QUEUE) == 0

    def test_what_is_rejected_for_good_waits_in_the_dead_letter_queue(self):
        session = session_of(
            make(QueueAdded, dead_letter_to="dead"),
            published(T),
            delivered(T, W1),
            make(e.TaskRejected, task_id=T, worker_id=W1, requeue=False),
        )
        assert [task.task_id for task in session.board.ready(9, "dead")] == [T]
        assert session.board.unacked_count == 0


def test_a_nacked_task_takes_its_old_place():
    session = session_of(published(T), published(U), delivered(T, W1))
    session.extend([make(e.TaskRejected, task_id=T, worker_id=W1, requeue=True)])
    assert [task.task_id for task in session.board.ready(9, QUEUE)] == [T, U]


def test_a_task_tells_who_received_it_one_after_the_other():
    session = session_of(
        published(T), delivered(T, W1), make(e.WorkerCrashed, worker_id=W1), delivered(T, W2, 9)
    )
    assert (session.board.tasks[T].attempts, session.board.tasks[T].since_ns) == ((W1, W2), 9)


def test_a_copy_goes_its_own_way():
    session = session_of(published(T), published(U))
    before = session.board.copy()
    session.extend([delivered(T, W1), *done(T, W1)])
    assert [task.status for task in before.tasks.values()] == [TaskStatus.SENT] * 2
    assert [task.task_id for task in before.ready(9, QUEUE)] == [T, U]
    assert session.board.tasks[T].status is TaskStatus.DONE
    assert before.acked_count == 0


def test_what_will_never_be_confirmed_is_counted_apart():
    board = session_of(
        published(T),
        make(e.TaskAccepted, task_id=U, queue=QUEUE),
        make(e.TaskPublished, task_id=U, routing_key=QUEUE, confirms=False),
    ).board
    assert (board.own_count, board.confirmed_count, board.blind_count) == (2, 0, 1)
