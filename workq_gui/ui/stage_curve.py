"""The ways that tokens take: level at both ends, straight between, or one after the other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from workq_gui.ui.motion import ease_in_out


class Way(Protocol):
    """What a token can travel on."""

    @property
    def length(self) -> float:
        """About how long it is."""

    def point_at(self, fraction: float) -> tuple[float, float]:
        """Return a point of it, 0.0 at its start and 1.0 at its end."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line that is level at both ends, as each worker's is."""

    x0: float
    y0: float
    x1: float
    y1: float

    def point_at(self, fraction: float) -> tuple[float, float]:
        """Return a point, 0.0 at the queue and 1.0 at the worker."""
        rest = 1.0 - fraction
        # Both control points stand at half way, so x has this short form.
        x = self.x0 + (self.x1 - self.x0) * fraction * (1.5 * rest + fraction * fraction)
        return x, self.y0 + (self.y1 - self.y0) * ease_in_out(fraction)

    def path(self, start: float = 0.0, end: float = 1.0) -> QPainterPath:
        """Return the part between two fractions."""
        a, b, middle = start, end, (self.x0 + self.x1) / 2
        first, second, third = (
            QPointF(
                _blossom(self.x0, middle, middle, self.x1, *at),
                _blossom(self.y0, self.y0, self.y1, self.y1, *at),
            )
            for at in ((a, a, b), (a, b, b), (b, b, b))
        )
        path = QPainterPath(QPointF(*self.point_at(a)))
        path.cubicTo(first, second, third)
        return path

    @property
    def length(self) -> float:
        """About how long it is."""
        return math.hypot(self.x1 - self.x0, self.y1 - self.y0)


@dataclass(frozen=True, slots=True)
class Line:
    """A straight way."""

    x0: float
    y0: float
    x1: float
    y1: float

    def point_at(self, fraction: float) -> tuple[float, float]:
        """Return a point, 0.0 at its start and 1.0 at its end."""
        return self.x0 + (self.x1 - self.x0) * fraction, self.y0 + (self.y1 - self.y0) * fraction

    @property
    def length(self) -> float:
        """How long it is."""
        return math.hypot(self.x1 - self.x0, self.y1 - self.y0)


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of another way, up to the fraction `end` of it."""

    whole: Way
    end: float

    def point_at(self, fraction: float) -> tuple[float, float]:
        """Return a point, 0.0 at its start and 1.0 at its end."""
        return self.whole.point_at(fraction * self.end)

    @property
    def length(self) -> float:
        """About how long it is."""
        return self.whole.length * self.end


@dataclass(frozen=True, slots=True)
class Throw:
    """A way through the air: up a little, and down faster and faster."""

    x0: float
    y0: float
    x1: float
    y1: float
    rise: float

    def point_at(self, fraction: float) -> tuple[float, float]:
        """Return a point, 0.0 at its start and 1.0 at its end."""
        y = self.y0 + (self.y1 - self.y0) * fraction * fraction - 4 * self.rise * fraction * (1.0 - fraction)
        return self.x0 + (self.x1 - self.x0) * fraction, y

    @property
    def length(self) -> float:
        """About how long it is."""
        return math.hypot(self.x1 - self.x0, self.y1 - self.y0) + 2 * self.rise


def _blossom(p0: float, p1: float, p2: float, p3: float, r: float, s: float, t: float) -> float:
    """Return a control point of a part of a Bézier curve: de Casteljau's rule with three fractions."""
    a, b, c = p0 + (p1 - p0) * r, p1 + (p2 - p1) * r, p2 + (p3 - p2) * r
    a, b = a + (b - a) * s, b + (c - b) * s
    return a + (b - a) * t


def point_along(ways: Sequence[Way], fraction: float) -> tuple[float, float]:
    """Return the point at `fraction` of several ways, one after the other."""
    left = fraction * sum(way.length for way in ways)
    for way in ways[:-1]:
        if left < way.length:
            return way.point_at(left / way.length)
        left -= way.length
    last = ways[-1]
    return last.point_at(min(1.0, left / last.length) if last.length else 1.0)
