"""Other people's clients, as the views show them."""

import pytest

from tests.core.foreign_story import ALL_SEEN, F1, F2, NO_ACKS, OTHER, THEM, acked, given, gone, sent, worker
from tests.core.story import QUEUE, W1, S, T, delivered, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core import foreign_events as f
from workq_gui.core.projections.flight import FlightKind
from workq_gui.core.projections.worker_view import WorkerStatus


def view_of(session, client=THEM):
    return session.worker_views[client]


def test_nobody_is_there():
    session = session_of(make(e.WorkerAdded, worker_id=W1))
    assert session.worker_views is session.workers.views


def test_a_worker_comes_after_ours_with_what_is_known_of_it():
    session = session_of(worker(prefetch_count=3), make(e.WorkerAdded, worker_id=W1))
    assert list(session.worker_views) == [W1, THEM]
    view = view_of(session)
    assert view.is_foreign
    assert (view.title, view.foreign.peer) == ("worker.py", "127.0.0.1:40312")
    assert (view.queues, view.prefetch_count, view.status) == ((QUEUE,), 3, WorkerStatus.WAITING)


def test_who_only_connects_is_no_worker():
    session = session_of(make(f.ForeignConnected, client=THEM))
    assert not session.worker_views


def test_its_tasks_and_acks_are_counted():
    session = session_of(ALL_SEEN, worker(), published(T), given(T), acked(T), sent(F1), given(F2))
    view = view_of(session)
    assert (view.acked_count, view.in_hand_count, view.status) == (1, 1, WorkerStatus.WORKING)
    assert session.board.unacked_count_in(QUEUE) == 1


def test_an_ack_that_is_concluded_counts_and_it_is_known_that_nobody_sees_them():
    session = session_of(NO_ACKS, worker(), published(T), given(T), acked(T, is_inferred=True))
    view = view_of(session)
    assert (view.acked_count, view.foreign.sees_acks) == (1, False)


@pytest.mark.parametrize(("is_inferred", "flies"), [(False, True), (True, False)])
def test_an_ack_that_nobody_saw_does_not_fly(is_inferred, flies):
    session = session_of(
        ALL_SEEN, worker(), published(T), given(T), acked(T, at_ns=1 * S, is_inferred=is_inferred)
    )
    kinds = {flight.kind for flight in session.scene.flights_at(1 * S)}
    assert (FlightKind.ACK in kinds) == flies


def test_a_killed_one_is_shown_until_it_is_forgotten():
    session = session_of(ALL_SEEN, worker(), published(T), given(T), gone())
    view = view_of(session)
    assert (view.status, view.requeued_count, view.queues) == (WorkerStatus.CRASHED, 1, (QUEUE,))
    session.extend([make(f.ForeignForgotten, client=THEM)])
    assert not session.worker_views


def test_one_that_cancels_is_no_worker_any_more():
    session = session_of(worker(), make(f.ForeignConsumerGone, client=THEM, queue=QUEUE))
    assert not session.worker_views


def test_a_task_may_be_told_of_before_the_consumer():
    session = session_of(make(f.ForeignConnected, client=THEM), given(T))
    assert view_of(session).in_hand_count == 1


def test_producers_are_counted():
    connected = make(f.ForeignConnected, client=OTHER, name="new_task.py", peer="127.0.0.1:40316")
    session = session_of(connected, sent(F1), sent(F2, at_ns=1 * S))
    (producer,) = session.clients.producers.values()
    assert (producer.name, producer.peer, producer.published_count) == ("new_task.py", "127.0.0.1:40316", 2)
    assert producer.published_ns == 1 * S
    assert session.board.ready_count_in(QUEUE) == 2
    assert session.board.own_count == 0


def test_their_tasks_fly_from_them():
    session = session_of(sent(F1))
    (flight,) = session.scene.flights_at(0)
    assert (flight.kind, flight.worker_id, flight.queue) == (FlightKind.PUBLISH, OTHER, QUEUE)


def test_a_task_flies_to_its_queue_before_it_flies_to_our_worker_even_if_that_is_told_first():
    unnamed = e.TaskId("unnamed 1")
    session = session_of(
        ALL_SEEN, delivered(unnamed, W1, 1 * S, text="Theirs."), sent(F1, at_ns=1 * S + 1_000_000)
    )
    assert [flight.kind for flight in session.scene.flights_at(1 * S + 2_000_000)] == [FlightKind.PUBLISH]
    assert [flight.kind for flight in session.scene.flights_at(1 * S + 500_000_000)] == [FlightKind.DELIVER]


def test_what_cannot_be_seen_is_said():
    assert session_of(NO_ACKS).clients.reason == "Acks are not seen."
    assert session_of(NO_ACKS, ALL_SEEN).clients.reason == ""


def test_a_moment_of_the_past_stays_as_it_was():
    session = session_of(ALL_SEEN, worker(), published(T), given(T))
    before = session.snapshot()
    session.extend([acked(T), *gone(), make(f.ForeignForgotten, client=THEM)])
    assert before.worker_views[THEM].in_hand_count == 1
    assert not session.worker_views
