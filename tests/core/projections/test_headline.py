"""The sentence above the stage."""

import pytest

from tests.core.story import W1, W2, S, T, delivered, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.event_lines import FACTS
from workq_gui.core.projections.log_lines import sentence
from workq_gui.core.verdicts import VERDICTS

CRASH = [*published(T, "Third message..."), delivered(T, W1), make(e.WorkerCrashed, 1 * S, worker_id=W1)]


def test_nothing_happened_nothing_is_said():
    assert session_of().sentence_at(0) == ""


def test_it_tells_the_latest():
    session = session_of(published(T, "Third message..."), delivered(T, W1))
    assert "worker 1 receives “Third message...”" in session.sentence_at(0)


def test_why_a_task_came_back_can_be_read_although_it_is_delivered_again_at_once():
    session = session_of(CRASH, delivered(T, W2, 1 * S + 2_000_000, redelivered=True))
    told = session.sentence_at(2 * S)
    assert told.startswith("“Third message...” was un-acked when worker 1 died: the broker puts it back")
    assert "worker 2 receives" in session.sentence_at(9 * S)


def test_what_a_scenario_says_stays():
    session = session_of(make(e.Narrated, sentence="Watch worker 2."), published(T))
    assert session.sentence_at(3 * S) == "Watch worker 2."


def test_what_a_scenario_says_is_not_covered_by_what_it_shows():
    session = session_of(make(e.Narrated, sentence="Now the broker dies."), make(e.BrokerStopped, 1 * S))
    assert session.sentence_at(2 * S) == "Now the broker dies."


def test_an_old_success_does_not_come_back_after_bad_news():
    session = session_of(published(T), make(e.TaskConfirmed, task_id=T), make(e.BrokerStopped, 1 * S))
    assert "The broker ended" in session.sentence_at(60 * S)


@pytest.mark.parametrize("kind", [*FACTS.values(), *VERDICTS])
def test_every_event_has_a_sentence_of_its_own(kind):
    fields = {} if kind is not e.Narrated else {"sentence": "It says so."}
    text = sentence(make(kind, **fields), session_of().board)
    assert text.endswith((".", " ", ":"))
    assert kind.__name__ not in text
