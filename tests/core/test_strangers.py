"""A stranger's task has one name, whoever tells of it."""

from tests.core.foreign_story import ALL_SEEN, F1, F2, F3, F4, OTHER, THEM, acked, given, gone, sent, worker
from tests.core.story import MS, QUEUE, W1, W2, S, T, delivered, done, make, session_of
from workq_gui.core import events as e
from workq_gui.core.events import TaskId
from workq_gui.core.projections.task_state import TaskStatus
from workq_gui.core.queue_events import QueuePurged

X, Y = TaskId("unnamed 1"), TaskId("unnamed 2")


def ids(session) -> list[str]:
    return [task.task_id for task in session.board.tasks.values()]


def statuses(session) -> list[TaskStatus]:
    return [task.status for task in session.board.tasks.values()]


def test_our_worker_gets_the_task_that_was_seen_published():
    session = session_of(ALL_SEEN, sent(F1), delivered(X, W1, text="Theirs."), done(X, W1))
    assert ids(session) == [F1]
    assert statuses(session) == [TaskStatus.DONE]
    assert session.board.ready_count == 0


def test_our_worker_may_be_told_first():
    session = session_of(
        ALL_SEEN, delivered(X, W1, text="Theirs."), sent(F1, at_ns=1 * MS), done(X, W1, 2 * MS)
    )
    assert ids(session) == [X]
    assert session.board.ready_count == 0


def test_long_after_it_is_another_one():
    session = session_of(ALL_SEEN, delivered(X, W1, text="Theirs."), done(X, W1), sent(F1, at_ns=3 * S))
    assert ids(session) == [X, F1]
    assert session.board.ready_count == 1


def test_another_text_is_another_task():
    session = session_of(ALL_SEEN, sent(F1), delivered(X, W1, text="Not theirs."))
    assert ids(session) == [F1, X]
    assert session.board.ready_count == 1


def test_of_the_same_text_the_first_in_is_the_first_out():
    session = session_of(
        ALL_SEEN, sent(F1), sent(F2), delivered(X, W1, text="Theirs."), delivered(Y, W2, text="Theirs.")
    )
    assert session.board.tasks[F1].worker_id == W1
    assert session.board.tasks[F2].worker_id == W2


def test_a_task_with_a_name_keeps_it():
    session = session_of(ALL_SEEN, sent(T), delivered(T, W1, text="Theirs."), done(T, W1))
    assert ids(session) == [T]


def test_strangers_hand_it_to_each_other():
    session = session_of(ALL_SEEN, worker(), sent(F1), given(F2), acked(F2))
    assert ids(session) == [F1]
    assert statuses(session) == [TaskStatus.DONE]


def test_what_a_killed_stranger_held_is_the_same_when_ours_gets_it():
    session = session_of(
        ALL_SEEN, worker(), sent(F1), given(F2), gone(), delivered(X, W1, text="Theirs.", redelivered=True)
    )
    assert ids(session) == [F1]
    assert session.board.tasks[F1].attempts == (THEM, W1)
    assert session.board.ready_count == 0


def test_even_if_ours_is_quicker_than_the_news_of_the_end():
    session = session_of(
        ALL_SEEN, worker(), sent(F1), given(F2), delivered(X, W1, text="Theirs.", redelivered=True), gone()
    )
    assert ids(session) == [F1]
    assert session.board.tasks[F1].worker_id == W1
    assert session.board.ready_count == 0


def test_what_our_crashed_worker_held_is_the_same_when_a_stranger_gets_it():
    session = session_of(
        ALL_SEEN,
        worker(),
        sent(F1),
        delivered(X, W1, text="Theirs."),
        make(e.WorkerCrashed, worker_id=W1),
        given(F3, redelivered=True),
    )
    assert ids(session) == [F1]
    assert session.board.tasks[F1].worker_id == THEM


def test_a_task_that_was_given_back_is_not_taken_for_one_that_never_was_delivered():
    session = session_of(
        ALL_SEEN, worker(), worker(OTHER), sent(F1), given(F3), sent(F2), gone(), given(F4, OTHER)
    )
    assert session.board.tasks[F2].worker_id == OTHER
    assert session.board.ready_count == 1


def test_purged_tasks_are_no_candidates():
    session = session_of(
        ALL_SEEN,
        sent(F1),
        make(QueuePurged, queue=QUEUE, message_count=1),
        sent(F2),
        delivered(X, W1, text="Theirs."),
    )
    assert session.board.tasks[F2].worker_id == W1


def test_unobserved_each_delivery_is_a_task_of_its_own():
    session = session_of(delivered(X, W1, text="Theirs."), delivered(Y, W1, text="Theirs."))
    assert ids(session) == [X, Y]
