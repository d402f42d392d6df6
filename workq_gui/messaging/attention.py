"""How long to wait between looks at the broker's figures."""

SHORTEST_PAUSE_S = 0.3
LONGEST_PAUSE_S = 2.0
STIRRED_FOR_NS = 5_000_000_000
"""So long after somebody did something, its consequences are looked for closely."""


class Attention:
    """Gives short pauses while there is something to see, and else pauses that grow."""

    def __init__(self, now_ns: int) -> None:
        self._stirred_ns = now_ns
        self._pause_s = SHORTEST_PAUSE_S

    def stir(self, now_ns: int) -> None:
        """Somebody did something: figures are about to change."""
        self._stirred_ns = now_ns

    def pause_after(self, now_ns: int, *, has_changed: bool) -> float:
        """Return the seconds to wait after a look at which figures had changed, or had not."""
        if has_changed or now_ns - self._stirred_ns < STIRRED_FOR_NS:
            self._pause_s = SHORTEST_PAUSE_S
        else:
            self._pause_s = min(LONGEST_PAUSE_S, 2 * self._pause_s)
        return self._pause_s
