"""Pauses between attempts."""

from workq_gui.messaging.backoff import LONGEST_PAUSE_S, STEADY_S, Backoff


def test_pauses_grow_to_a_limit_and_do_not_end():
    backoff = Backoff()
    pauses = [backoff.pause_after(0) for _ in range(50)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.5
    assert pauses[-1] == LONGEST_PAUSE_S


def test_a_connection_that_does_not_last_is_no_better_than_none():
    backoff = Backoff()
    pauses = [backoff.pause_after(0.01) for _ in range(10)]
    assert pauses[-1] == LONGEST_PAUSE_S


def test_a_connection_that_lasted_makes_the_pauses_short_again():
    backoff = Backoff()
    first = backoff.pause_after(0)
    assert backoff.pause_after(0) > first
    assert backoff.pause_after(STEADY_S) == first
