"""How long to wait between attempts to connect."""

from collections.abc import Iterator
from itertools import chain, repeat

PAUSES_S = (0.1, 0.2, 0.5, 1.0, 2.0)
LONGEST_PAUSE_S = 5.0


def growing_pauses() -> Iterator[float]:
    """Yield the pause before each next attempt, in seconds, without end."""
    return chain(PAUSES_S, repeat(LONGEST_PAUSE_S))
