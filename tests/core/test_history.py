"""The recent past, drawn again."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.story import QUEUE, W1, W2, S, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core import history
from workq_gui.core.clock import ManualClock
from workq_gui.core.projections import task_table
from workq_gui.core.session import Session
from workq_gui.core.state import State


def picture(state: State):
    """Return what views would show of `state`."""
    board = state.board
    return (
        [(task.task_id, task.status, task.attempts, task.lost_cause) for task in board.tasks.values()],
        [task.task_id for task in board.ready(999, QUEUE)],
        [task.task_id for task in board.unacked(999, QUEUE)],
        (board.own_count, board.confirmed_count, board.acked_count, board.requeued_count),
        dict(board.kinds_in(QUEUE)),
        dict(state.workers.views),
        dict(state.queues.views),
        dict(state.ledger.entries),
        state.scene.flights_at(0),
        state.sentence_at(0),
        state.applied_count,
    )


def busy_story(count: int) -> list[e.Event]:
    """Return what happens to `count` tasks, some of which come back and some of which are lost."""
    events = [make(kind, worker_id=w) for w in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)]
    for n in range(count):
        task_id, at_ns = e.TaskId(f"t-{n}"), n * S
        events += published(task_id, at_ns=at_ns)
        events.append(make(e.TaskConfirmed, at_ns + 1, task_id=task_id))
        events.append(delivered(task_id, W1, at_ns + 2, auto_ack=n % 7 == 6))
        if n % 3 == 2:
            events.append(make(e.WorkerCrashed, at_ns + 3, worker_id=W1))
            events.append(delivered(task_id, W2, at_ns + 4, redelivered=True))
            events += done(task_id, W2, at_ns + 5)
            events += [make(kind, at_ns + 6, worker_id=W1) for kind in (e.WorkerAdded, e.WorkerStarted)]
        else:
            events += done(task_id, W1, at_ns + 5)
    return events


@given(st.integers(1, 30), st.integers(0, 300), st.integers(1, 60))
def test_any_moment_is_drawn_again_as_it_was(count, index, chunk_events):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "CHUNK_EVENTS", chunk_events)
        session = session_of(busy_story(count))
    index = min(index, session.history.count)
    once = State()
    for event in list(session.history)[:index]:
        once.apply(event)
    assert picture(session.history.state_at(index)) == picture(once)
    assert picture(session.history.state_at(session.history.count)) == picture(session)


def test_a_state_of_the_past_can_go_on_and_comes_to_the_present():
    session = session_of(busy_story(9))
    state = session.history.state_at(17)
    for event in session.history.since(17):
        state.apply(event)
    assert picture(state) == picture(session)


def test_it_is_told_by_time_too():
    session = session_of(busy_story(4))
    assert session.history.index_at(-1) == 0
    index = session.history.index_at(2 * S)
    assert session.history[index - 1].at_ns <= 2 * S < session.history[index].at_ns


class TestWhatIsForgotten:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch):
        monkeypatch.setattr(history, "CHUNK_EVENTS", 50)
        monkeypatch.setattr(history, "KEPT_TASKS", 20)

    def test_the_latest_tasks_are_kept(self):
        session = session_of(busy_story(200))
        assert session.history.first > 0
        assert (
            session.board.known_count - session.history.state_at(session.history.first).board.known_count > 20
        )
        assert len(list(session.history)) < 400
        with pytest.raises(IndexError):
            session.history[session.history.first - 1]

    def test_nothing_is_forgotten_that_is_still_to_be_shown(self):
        session = Session(session_of().clock, QUEUE)
        story = busy_story(200)
        session.extend(story[:100])
        session.history.keep_from(90)
        session.extend(story[100:])
        assert session.history.first <= 90
        session.history.keep_from(None)
        session.extend(busy_story(20))
        assert session.history.first > 90


def test_of_a_recording_everything_is_kept_and_every_task_is_found(monkeypatch):
    monkeypatch.setattr(history, "KEPT_TASKS", 20)
    monkeypatch.setattr(task_table, "KEPT_TASKS", 2 * task_table.BLOCK)
    limits = dataclasses.replace(history.EVERYTHING, chunk_events=500)
    session = Session(ManualClock(), QUEUE, limits)
    session.extend(busy_story(8 * task_table.BLOCK))
    assert (session.history.first, session.history.first_ns) == (0, 0)
    state = session.history.state_at(session.history.index_at(10 * S - 1))
    assert [state.board.tasks[e.TaskId(f"t-{n}")].deliveries for n in range(10)] == [1, 1, 2] * 3 + [1]
