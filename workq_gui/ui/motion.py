"""How things move: the easing curves, from a fraction of the time to a fraction of the way."""


def ease_in_out(fraction: float) -> float:
    """Start and end gently: for what flies from one place to another. Both fractions are 0..1."""
    clipped = min(max(fraction, 0.0), 1.0)
    return clipped * clipped * (3 - 2 * clipped)


def ease_out(fraction: float) -> float:
    """Start at once and end gently: for what appears where it stays. Both fractions are 0..1."""
    rest = 1 - min(max(fraction, 0.0), 1.0)
    return 1 - rest * rest * rest
