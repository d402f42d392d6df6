"""What follows from what other people's clients do."""

from tests.core.foreign_story import ALL_SEEN, F1, F2, NO_ACKS, OTHER, THEM, acked, given, gone, sent, worker
from tests.core.story import QUEUE, W1, W2, S, T, delivered, done, make, published, session_of
from workq_gui.core import foreign_events as f
from workq_gui.core.queue_events import QueueObserved
from workq_gui.core.verdicts import TaskLost, TaskPresumedDone, TaskRanTwice, TaskRequeued


def verdicts(session, *kinds) -> list:
    return [event for event in session.history if isinstance(event, kinds)]


def observed(ready_count: int, at_ns: int = 0):
    return make(QueueObserved, at_ns, queue=QUEUE, ready_count=ready_count)


def test_what_a_killed_stranger_held_is_ready_again():
    session = session_of(ALL_SEEN, worker(), published(T), given(T), gone())
    (verdict,) = verdicts(session, TaskRequeued)
    assert (verdict.task_id, verdict.worker_id) == (T, THEM)
    assert session.board.ready_count == 1


def test_what_it_had_acked_is_not():
    session = session_of(ALL_SEEN, worker(), published(T), given(T), acked(T), gone())
    assert not verdicts(session, TaskRequeued)
    assert session.board.acked_count == 1


def test_what_it_gave_back_is_ready_again():
    rejected = make(f.ForeignRejected, task_id=T, client=THEM, requeue=True)
    session = session_of(ALL_SEEN, worker(), published(T), given(T), rejected)
    assert [verdict.cause for verdict in verdicts(session, TaskRequeued)] == ["nacked"]
    assert session.board.ready_count == 1


def test_what_it_rejected_for_good_is_lost():
    rejected = make(f.ForeignRejected, task_id=T, client=THEM, requeue=False)
    session = session_of(ALL_SEEN, worker(), published(T), given(T), rejected)
    assert verdicts(session, TaskLost)


def test_of_auto_ack_nothing_is_said_to_be_lost_since_nobody_knows():
    session = session_of(ALL_SEEN, worker(auto_ack=True), published(T), given(T, auto_ack=True), gone())
    assert not verdicts(session, TaskLost, TaskRequeued)
    assert session.board.acked_count == 1


def test_a_redelivery_shows_that_the_stranger_has_lost_it():
    session = session_of(ALL_SEEN, worker(), published(T), given(T), delivered(T, W1, redelivered=True))
    assert [verdict.cause for verdict in verdicts(session, TaskRequeued)] == ["left"]


def test_a_task_that_ours_and_a_stranger_did_ran_twice():
    session = session_of(
        ALL_SEEN,
        worker(),
        published(T),
        delivered(T, W2),
        done(T, W2)[:1],
        given(T, redelivered=True),
        acked(T),
    )
    assert [(verdict.first, verdict.second) for verdict in verdicts(session, TaskRanTwice)] == [(W2, THEM)]


class TestWhereNobodyIsToldOfAcks:
    def test_what_is_ready_beyond_what_we_saw_has_come_back(self):
        session = session_of(NO_ACKS, worker(), published(T), given(T), gone(), observed(1, 1 * S))
        assert [verdict.task_id for verdict in verdicts(session, TaskRequeued)] == [T]
        assert session.board.ready_count == 1

    def test_it_is_found_in_the_end_if_the_broker_counted_before_we_heard_of_the_end(self):
        forgotten = make(f.ForeignForgotten, 4 * S, client=THEM)
        session = session_of(NO_ACKS, worker(), published(T), given(T), observed(1), gone(), forgotten)
        assert verdicts(session, TaskRequeued)

    def test_what_does_not_come_back_was_probably_done(self):
        forgotten = make(f.ForeignForgotten, 4 * S, client=THEM)
        session = session_of(NO_ACKS, worker(), published(T), given(T), observed(0), gone(), forgotten)
        assert [verdict.task_id for verdict in verdicts(session, TaskPresumedDone)] == [T]
        assert session.board.acked_count == 1
        assert session.board.unacked_count == 0

    def test_of_several_those_that_it_got_last_come_back(self):
        forgotten = make(f.ForeignForgotten, 4 * S, client=THEM)
        session = session_of(
            NO_ACKS,
            worker(prefetch_count=0),
            published(T),
            sent(F1),
            given(T, text="Task."),
            given(F2),
            observed(1),
            gone(),
            forgotten,
        )
        assert [verdict.task_id for verdict in verdicts(session, TaskPresumedDone)] == [T]
        assert [verdict.task_id for verdict in verdicts(session, TaskRequeued)] == [F1]

    def test_another_who_gets_it_settles_the_question(self):
        session = session_of(
            NO_ACKS,
            worker(),
            worker(OTHER),
            published(T),
            given(T),
            gone(),
            given(T, OTHER, redelivered=True),
            make(f.ForeignForgotten, 4 * S, client=THEM),
        )
        assert session.board.tasks[T].worker_id == OTHER
        assert session.board.unacked_count == 1
        assert session.board.ready_count == 0
