"""Which time is at which x of a timeline, and where its axis has ticks."""

from dataclasses import dataclass, replace
from math import ceil, floor

NS_PER_S = 1_000_000_000
NEAREST_NS_PER_PX = 10_000.0
FARTHEST_NS_PER_PX = 600.0 * NS_PER_S
STEPS_S = (
    *(digit * 10.0**power for power in range(-5, 1) for digit in (1, 2, 5)),
    *(10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0),
    *(3600.0 * hours for hours in (1, 2, 5, 10, 20, 50, 100)),
)
"""From one tick to the next, in seconds: 1-2-5, and what divides minutes and hours."""


@dataclass(frozen=True, slots=True)
class TimelineScale:
    """A stretch of time laid along a stretch of pixels.

    Attributes:
        first_ns: The time at the left edge.
        ns_per_px: How much time one logical pixel is.
        left: Where the left edge is, in logical pixels.
        width: How wide the stretch is, in logical pixels.
        dpr: Device pixels for each logical one.
    """

    first_ns: float
    ns_per_px: float
    left: float
    width: float
    dpr: float = 1.0

    @property
    def right(self) -> float:
        """Where the right edge is."""
        return self.left + self.width

    @property
    def last_ns(self) -> float:
        """The time at the right edge."""
        return self.first_ns + self.width * self.ns_per_px

    def x_of(self, at_ns: float) -> float:
        """Return where `at_ns` is, in logical pixels; it may be beyond the edges."""
        return self.left + (at_ns - self.first_ns) / self.ns_per_px

    def pixel_of(self, at_ns: float) -> float:
        """Return the same, at a whole device pixel: the same one after a move by whole ones."""
        return self.snapped(self.x_of(at_ns))

    def snapped(self, x: float) -> float:
        """Return the device pixel nearest to `x`; halves always go up, whatever the last digits are."""
        return floor(x * self.dpr + 0.5001) / self.dpr

    def ns_at(self, x: float) -> int:
        """Return which time is at `x`."""
        return round(self.first_ns + (x - self.left) * self.ns_per_px)

    def zoomed_at(self, x: float, factor: float) -> "TimelineScale":
        """Return a scale `factor` times as fine, with the same time at `x`."""
        ns_per_px = min(max(self.ns_per_px / factor, NEAREST_NS_PER_PX), FARTHEST_NS_PER_PX)
        held_ns = self.first_ns + (x - self.left) * self.ns_per_px
        return replace(self, ns_per_px=ns_per_px, first_ns=held_ns - (x - self.left) * ns_per_px)

    def moved(self, pixels: float) -> "TimelineScale":
        """Return a scale that shows what is `pixels` farther to the right."""
        return replace(self, first_ns=self.first_ns + pixels * self.ns_per_px)

    def ticks(self, room: float) -> list[tuple[float, str]]:
        """Return the x of each tick and its words; ticks are at least `room` logical pixels apart."""
        least_s = room * self.ns_per_px / NS_PER_S
        step_s = next((step for step in STEPS_S if step >= least_s), STEPS_S[-1])
        step_ns, ticks = step_s * NS_PER_S, []
        number = max(0, ceil(self.first_ns / step_ns - 1e-6))
        while number * step_ns <= self.last_ns:
            ticks.append((self.x_of(number * step_ns), tick_words(number * step_s, step_s)))
            number += 1
        return ticks


def tick_words(at_s: float, step_s: float) -> str:
    """Return what stands below a tick at `at_s` seconds, one of every `step_s`."""
    if step_s >= 3600:
        return f"{round(at_s / 3600)} h"
    if step_s >= 60:
        hours, minutes = divmod(round(at_s / 60), 60)
        return f"{hours}:{minutes:02} h" if hours else f"{minutes} min"
    digits = next(count for count in range(6) if step_s >= 0.999 * 10**-count)
    if at_s < 60:
        return f"{at_s:.{digits}f} s"
    whole, rest = divmod(round(at_s, digits), 60)
    return f"{int(whole)}:{rest:0{digits + 3 if digits else 2}.{digits}f}"
