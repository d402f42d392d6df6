"""Which stretch of time a timeline shows, and whether it goes along with the playhead."""

from dataclasses import replace
from math import ceil

from workq_gui.ui.timeline_scale import NS_PER_S, TimelineScale

ANCHOR = 0.8
"""Going along, the playhead stands at most so far to the right, as a part of the width."""
FIRST_SPAN_NS = 24 * NS_PER_S
"""So much time is shown at first, as in the design."""
LEAST_SPAN_NS = NS_PER_S
FIT_MARGIN = 1.04
BACK_PX = 60.0
"""One can look so far beyond the beginning and the end."""


class Viewport:
    """What is shown of the time. Belongs to the GUI thread.

    Attributes:
        scale: Which time is where.
        is_following: Whether it goes along with the playhead.
    """

    def __init__(self) -> None:
        self.scale = TimelineScale(0.0, FIRST_SPAN_NS / 1000.0, 0.0, 1000.0)
        self.is_following = True
        self._anchor = ANCHOR
        self._is_laid_out = False

    def lay_out(self, left: float, width: float, dpr: float) -> None:
        """The plot is from `left`, and `width` logical pixels wide: the same time stays at its left edge."""
        if not self._is_laid_out:
            self._is_laid_out = True
            self.scale = TimelineScale(self.scale.first_ns, FIRST_SPAN_NS / width, left, width, dpr)
        elif (left, width, dpr) != (self.scale.left, self.scale.width, self.scale.dpr):
            self.scale = replace(self.scale, left=left, width=width, dpr=dpr)

    def go_along(self, at_ns: int, is_live: bool) -> None:
        """Keep the playhead in view; one in the past moves nothing before it leaves the view.

        By whole device pixels, so that what is painted can be moved too.
        """
        scale = self.scale
        at_px = (at_ns - scale.first_ns) / scale.ns_per_px
        most_px = self._anchor * scale.width
        is_seen = 0 <= at_px <= (most_px if is_live else scale.width)
        if self.is_following and not is_seen:
            self._move_by(at_px - most_px)

    def _move_by(self, pixels: float) -> None:
        whole = ceil(pixels * self.scale.dpr) / self.scale.dpr
        least_px = -self.scale.first_ns / self.scale.ns_per_px
        self.scale = self.scale.moved(max(whole, least_px))

    def follow(self, at_ns: int) -> None:
        """Go along with the playhead from now on."""
        self.is_following, self._anchor = True, ANCHOR
        scale = self.scale
        if not scale.first_ns <= at_ns <= scale.last_ns:
            self.scale = replace(scale, first_ns=max(0.0, at_ns - ANCHOR * scale.width * scale.ns_per_px))
        self.go_along(at_ns, is_live=True)

    def zoom(self, factor: float, x: float, at_ns: int) -> None:
        """Show `factor` times as little time, with the same time at `x`; go along on if that is possible."""
        self.scale = self.scale.zoomed_at(x, factor)
        share = (at_ns - self.scale.first_ns) / self.scale.ns_per_px / self.scale.width
        if self.is_following and 0 <= share <= 1:
            self._anchor = max(ANCHOR, share)
        else:
            self.is_following = False

    def pan(self, pixels: float, at_ns: int, last_ns: int) -> None:
        """Show what is `pixels` farther to the right; who looks back is not taken along any more."""
        scale = self.scale
        least = -(scale.first_ns / scale.ns_per_px) - BACK_PX
        most = (last_ns - scale.first_ns) / scale.ns_per_px - BACK_PX
        self.scale = scale.moved(min(max(pixels, min(least, 0.0)), max(most, 0.0)))
        at_x = self.scale.x_of(at_ns)
        if pixels < 0 or at_x < self.scale.left:
            self.is_following = False

    def show(self, first_ns: int, at_ns: int) -> None:
        """Let the left edge be at `first_ns`."""
        self.scale = replace(self.scale, first_ns=float(first_ns))
        self.is_following = self.is_following and self.scale.x_of(at_ns) <= self.scale.right

    def fit(self, first_ns: int, last_ns: int, at_ns: int) -> None:
        """Show all the time from `first_ns` to `last_ns`."""
        span_ns = max(LEAST_SPAN_NS, (last_ns - first_ns) * FIT_MARGIN)
        self.scale = replace(self.scale, first_ns=float(first_ns), ns_per_px=span_ns / self.scale.width)
        self.is_following, self._anchor = True, max(ANCHOR, (at_ns - first_ns) / span_ns)
