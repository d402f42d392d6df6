"""The comparison that the round trip stands on sees what differs."""

from tests.core.alike import value_of
from tests.core.story import W1, S, T, delivered, published, session_of


def test_the_same_events_come_to_the_same_however_they_were_copied_on_the_way():
    events = [*published(T), delivered(T, W1, S)]
    session = session_of(*([event] for event in events))
    assert value_of(session.history.state_at(1)) != value_of(session)
    assert value_of(session.snapshot()) == value_of(session) == value_of(session_of(events))


def test_a_difference_in_any_projection_is_seen():
    ours = value_of(session_of([*published(T), delivered(T, W1, S)]))
    theirs = value_of(session_of([*published(T), delivered(T, W1, S + 1)]))
    differing = {name for name in ours if ours[name] != theirs[name]}
    assert {"TaskBoard", "Scene", "Headline"} <= differing
