"""Pauses between attempts."""

from itertools import islice

from workq_gui.messaging.backoff import LONGEST_PAUSE_S, growing_pauses


def test_pauses_grow_to_a_limit_and_do_not_end():
    pauses = list(islice(growing_pauses(), 50))
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.5
    assert pauses[-1] == LONGEST_PAUSE_S
