"""A moment of a session in words."""

TENTH_NS = 100_000_000


def moment_words(at_ns: int) -> str:
    """Return a moment as minutes and seconds, as the playhead's bar shows it."""
    tenths = max(0, at_ns) // TENTH_NS
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"
