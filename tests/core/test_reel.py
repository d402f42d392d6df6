"""What a film is made of: the past, gone through once."""

import pytest

from tests.core.story import S, session_of
from tests.core.test_history import busy_story, picture
from workq_gui.core import history
from workq_gui.core.reel import Reel


@pytest.mark.parametrize("chunk_events", [7, 20_000])
def test_going_forward_comes_to_the_same_as_looking_at_each_moment(monkeypatch, chunk_events):
    monkeypatch.setattr(history, "CHUNK_EVENTS", chunk_events)
    session = session_of(busy_story(12))
    past = session.history
    reel = Reel(past, 2 * S)
    for at_ns in (2 * S, 2 * S + 3, 5 * S, 5 * S, 11 * S + 4, 99 * S):
        assert picture(reel.forward_to(at_ns)) == picture(past.state_at(past.index_at(at_ns)))


def test_what_is_forgotten_meanwhile_is_passed_over(monkeypatch):
    monkeypatch.setattr(history, "CHUNK_EVENTS", 10)
    monkeypatch.setattr(history, "KEPT_TASKS", 5)
    story = busy_story(40)
    session = session_of(story[: len(story) // 4])
    reel = Reel(session.history, 0)
    session.extend(story[len(story) // 4 :])
    assert session.history.first > 0
    assert picture(reel.forward_to(99 * S)) == picture(session)
