"""Where the rows of a timeline are."""

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QRectF

BAR_SHARE = 35 / 45
ROW_PITCH, LEAST_PITCH = 45.0, 3.0
WORDS_PITCH = 14.0
"""From this pitch on a row has room for signs and words."""
AXIS_HEIGHT = 24.0
LABELS_WIDTH = 78.0
"""As in the design; wider for longer names."""
TOP = 6.0
PAD = 2.0
"""Between the names, or the bars, and the edges."""


@dataclass(frozen=True)
class TimelineLayout:
    """Where everything is, in logical pixels. What follows from it is worked out once: each bar asks for it.

    Attributes:
        box: The whole timeline.
        unit: How many logical pixels a pixel of the design is.
        labels_width: How wide the names of the rows may be.
        row_count: How many rows there are.
        scrolled: By how many pixels the rows are scrolled up.
    """

    box: QRectF
    unit: float
    labels_width: float
    row_count: int
    scrolled: float = 0.0

    @cached_property
    def plot(self) -> QRectF:
        """Where the bars are."""
        left, top = self.box.left() + self.labels_width, self.box.top() + TOP * self.unit
        bottom = self.box.bottom() - AXIS_HEIGHT * self.unit
        right = self.box.right() - PAD * self.unit
        return QRectF(left, top, max(4.0, whole_device_pixels(right - left)), max(1.0, bottom - top))

    @cached_property
    def pitch(self) -> float:
        """From one row to the next: as much as there is room for, within bounds; whole pixels."""
        fitting = self.plot.height() / max(1, self.row_count)
        pitch = min(ROW_PITCH * self.unit, max(LEAST_PITCH, fitting))
        return float(int(pitch))

    @cached_property
    def bar_height(self) -> float:
        """How high a bar is."""
        return max(2.0, float(int(self.pitch * BAR_SHARE)))

    @cached_property
    def has_words(self) -> bool:
        """Whether a row has room for signs and words."""
        return self.pitch >= WORDS_PITCH

    @cached_property
    def overflow(self) -> float:
        """How many pixels of rows do not fit; they can be scrolled to."""
        return max(0.0, self.row_count * self.pitch - self.plot.height())

    @cached_property
    def _top(self) -> float:
        return self.plot.top() - self.scrolled

    @cached_property
    def _bars_top(self) -> float:
        return self._top + (self.pitch - self.bar_height) // 2

    def row_top(self, place: int) -> float:
        """Return where the row at `place` begins."""
        return self._top + place * self.pitch

    def bar_top(self, place: int) -> float:
        """Return where the bars of the row at `place` begin."""
        return self._bars_top + place * self.pitch

    def row_middle(self, place: int) -> float:
        """Return the middle of the bars of the row at `place`."""
        return self.bar_top(place) + self.bar_height / 2

    def row_at(self, y: float) -> int | None:
        """Return which row is at `y`; None if there is none."""
        plot = self.plot
        if not plot.top() <= y <= plot.bottom():
            return None
        place = int((y - plot.top() + self.scrolled) / self.pitch)
        return place if 0 <= place < self.row_count else None

    def visible_rows(self) -> range:
        """Return the rows that can be seen, at least in part."""
        first = int(self.scrolled / self.pitch)
        last = int((self.scrolled + self.plot.height() - 0.01) / self.pitch)
        return range(max(0, first), min(self.row_count, last + 1))


def whole_device_pixels(width: float) -> float:
    """Return at most `width`, so that it is made of whole device pixels on a screen of 1.25 or 1.5 too."""
    return float(width // 4 * 4)
