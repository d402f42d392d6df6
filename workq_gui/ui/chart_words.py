"""Figures of charts in words."""

MINUTE_S, HOUR_S = 60, 3_600


def duration_words(seconds: float | None) -> str:
    """Return how long something took, as "840 ms", "1.2 s" or "2:05 min"; "—" if that is not known."""
    if seconds is None:
        return "—"
    if seconds < 0.000_95:
        return "<1 ms"
    if seconds < 0.009_95:
        return f"{round(seconds * 1_000, 1):g} ms"
    if seconds < 0.995:
        return f"{seconds * 1_000:.0f} ms"
    if seconds < MINUTE_S:
        return f"{seconds:.1f} s"
    if seconds < HOUR_S:
        return clock_words(seconds) + " min"
    return f"{seconds / HOUR_S:.1f} h"


def clock_words(seconds: float) -> str:
    """Return a moment of a session as "12 s", "2:05" or "1:02:05"."""
    if round(seconds, 1) < MINUTE_S:
        return f"{round(seconds, 1):g} s"
    minutes, rest = divmod(round(seconds), MINUTE_S)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def short_duration(seconds: float) -> str:
    """Return a round duration for a tick of an axis, as "50 ms", "2 s" or "5 min"."""
    if seconds < 0.000_95:
        return f"{seconds * 1_000:.1g} ms"
    if seconds < 0.95:
        return f"{seconds * 1_000:.3g} ms"
    if seconds < MINUTE_S:
        return f"{seconds:.3g} s"
    return f"{seconds / MINUTE_S:.3g} min" if seconds < HOUR_S else f"{seconds / HOUR_S:.3g} h"


def short_count(count: float) -> str:
    """Return a count for a tick of an axis, as "250", "1.5k" or "2M"."""
    for unit, sign in ((1_000_000, "M"), (1_000, "k")):
        if count >= unit:
            return f"{count / unit:.3g}{sign}"
    return f"{count:g}"


def per_second(rate: float) -> str:
    """Return a rate in few digits, as "0.5", "12" or "4,980"."""
    return f"{round(rate, 1):g}" if rate < 10 else f"{rate:,.0f}"


def percent(share: float) -> str:
    """Return a share, 0.0 to 1.0, as "83 %"."""
    return f"{share * 100:.0f} %"
