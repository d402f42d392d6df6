"""Looking through a history for events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.story import W1, W2, T, U, delivered, done, make, published, session_of
from tests.core.test_history import busy_story
from workq_gui.core import events as e
from workq_gui.core import history
from workq_gui.core.event_kinds import BROKER, GROUPS, PRODUCER, Group, is_verdict, kind_words, whose
from workq_gui.core.event_lines import FACTS
from workq_gui.core.event_search import EventFilter, EventSearch
from workq_gui.core.queue_events import QueueObserved
from workq_gui.core.verdicts import VERDICTS, TaskLost, TaskRanTwice

STARTED = [make(kind, worker_id=w) for w in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)]


def found(session, **wanted) -> list[e.Event]:
    search = EventSearch(session.history, EventFilter(**wanted))
    while search.look(session.board, 7):
        pass
    assert search.is_done
    return [session.history[search.index(row)] for row in range(len(search))]


def names(events) -> list[str]:
    return [type(event).__name__ for event in events]


@pytest.mark.parametrize("kind", [*FACTS.values(), *VERDICTS], ids=lambda kind: kind.__name__)
def test_every_event_has_somebody_whose_it_is_and_a_kind_in_words(kind):
    event = make(kind, **({"place": "queue"} if kind is TaskLost else {}))
    assert isinstance(whose(event), str)
    assert kind_words(kind) == kind_words(kind).lower().strip() != ""
    is_of_none = kind in (e.Narrated, e.ProducerHeld, e.ProducerReleased) or "Chaos" in kind.__name__
    assert is_of_none or any(kind in kinds for kinds in GROUPS.values())


def test_it_is_told_whose_an_event_is():
    assert whose(make(e.TaskPublished)) == PRODUCER
    assert whose(make(e.TaskConfirmed)) == BROKER
    assert whose(make(e.ConnectionLost, owner=e.PUBLISHER)) == PRODUCER
    assert whose(make(e.ConnectionLost, owner=W1)) == W1
    assert whose(make(e.TaskAcked, worker_id=W2)) == W2
    assert whose(make(TaskRanTwice, first=W1, second=W2)) == W2


def test_all_is_found_but_what_comes_all_the_time():
    session = session_of(STARTED, published(T), make(QueueObserved), delivered(T, W1))
    session.extend([make(e.TaskProgressed, task_id=T, worker_id=W1), *done(T, W1)])
    assert found(session, with_observations=True) == list(session.history)
    assert set(names(list(session.history))) - set(names(found(session))) == {
        "QueueObserved",
        "TaskProgressed",
    }


def test_a_verdict_is_found_beside_its_cause():
    session = session_of(STARTED, published(T), delivered(T, W1), make(e.WorkerCrashed, worker_id=W1))
    assert names(found(session, group=Group.TROUBLE)) == ["WorkerCrashed", "TaskRequeued"]
    (verdict,) = found(session, group=Group.VERDICT)
    assert is_verdict(verdict)


def test_filters_hold_together():
    story = [*published(T, "Alpha."), *published(U, "Beta.."), delivered(T, W1), delivered(U, W2)]
    session = session_of(STARTED, story, done(T, W1), done(U, W2))
    assert names(found(session, words="ALPHA", who=W1)) == ["TaskDelivered", "TaskFinished", "TaskAcked"]
    assert names(found(session, words="alpha", who=W2)) == []
    assert names(found(session, task_id=U, group=Group.ACKED)) == ["TaskAcked"]
    assert names(found(session, words="t-2", who=PRODUCER)) == ["TaskAccepted", "TaskPublished"]


@given(st.integers(1, 25), st.integers(1, 60), st.lists(st.integers(0, 40), max_size=6))
def test_what_comes_while_it_searches_is_found_too_and_in_order(tasks, slice_events, later):
    story = busy_story(tasks)
    cut = len(story) // 2
    session = session_of(STARTED, story[:cut])
    search = EventSearch(session.history, EventFilter(group=Group.ACKED))
    rest = story[cut:]
    for count in later:
        session.extend(rest[:count])
        rest = rest[count:]
        search.look(session.board, slice_events)
    session.extend(rest)
    while search.look(session.board, slice_events):
        pass
    rows = [search.index(row) for row in range(len(search))]
    kinds = GROUPS[Group.ACKED]
    assert rows == [at for at, event in enumerate(session.history) if type(event) in kinds]
    for index in range(session.history.count + 1):
        assert search.row_of(index) == sum(row < index for row in rows)


def test_the_newest_is_found_first_and_it_says_how_far_it_is():
    session = session_of(busy_story(50))
    search = EventSearch(session.history, EventFilter())
    search.look(session.board, 10)
    assert (search.searched_count, search.kept_count) == (10, session.history.count)
    assert search.index(len(search) - 1) == session.history.count - 1
    assert not search.is_done


def test_what_the_history_has_forgotten_is_left_out(monkeypatch):
    monkeypatch.setattr(history, "CHUNK_EVENTS", 50)
    monkeypatch.setattr(history, "KEPT_TASKS", 20)
    story = busy_story(200)
    session = session_of(story[:60])
    search = EventSearch(session.history, EventFilter(with_observations=True))
    for begin in range(60, len(story), 60):
        session.extend(story[begin : begin + 60])
        while search.look(session.board, 30):
            pass
        rows = [search.index(row) for row in range(len(search))]
        assert rows == list(range(session.history.first, session.history.count))
    assert session.history.first > 0
