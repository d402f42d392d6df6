"""How long to wait between attempts to connect."""

from collections.abc import Iterator
from itertools import chain, repeat

PAUSES_S = (0.1, 0.2, 0.5, 1.0, 2.0)
LONGEST_PAUSE_S = 5.0
STEADY_S = 5.0
"""A connection that lived so long was a good one: the next pause is a short one again."""


class Backoff:
    """Gives pauses that grow while connections fail, or do not last."""

    def __init__(self) -> None:
        self._pauses = _growing_pauses()

    def pause_after(self, lived_s: float) -> float:
        """Return the seconds to wait after a connection that lived for `lived_s` seconds, or never did: 0."""
        if lived_s >= STEADY_S:
            self._pauses = _growing_pauses()
        return next(self._pauses)


def _growing_pauses() -> Iterator[float]:
    return chain(PAUSES_S, repeat(LONGEST_PAUSE_S))
