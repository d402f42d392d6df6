"""Rows of a timeline that have no room for bars: each is one line of pixels."""

from array import array

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from workq_gui.core.projections.timeline_row import TimelineRow
from workq_gui.ui.timeline_colours import SHADES, BarColours
from workq_gui.ui.timeline_layout import TimelineLayout
from workq_gui.ui.timeline_scale import TimelineScale

DENSE_PX = 3
"""Works that are narrower than this on average are drawn together, as so many pixels each."""
BLOCK_PX = 24
"""Whether they are is decided for so many pixels at once: the same wherever one begins to paint."""
BYTES_PER_PIXEL = 4


def is_dense(row: TimelineRow, from_ns: int, to_ns: int) -> bool:
    """Return whether there are too many works in a block to draw each."""
    return len(row.work_range(from_ns, to_ns)) > BLOCK_PX // DENSE_PX + 1


class ThinRows:
    """Paints works as pixels: some hundred thousand of them have to be drawn within a few frames."""

    def __init__(self, colours: BarColours, layout: TimelineLayout, scale: TimelineScale) -> None:
        self._colours = colours
        self._layout = layout
        self._scale = scale

    def paint(self, painter: QPainter, row: TimelineRow, top: float, left: float, right: float) -> None:
        """Paint the ended works that touch the pixels from `left` to `right`."""
        scale = self._scale
        block_ns = BLOCK_PX * scale.ns_per_px
        first, last = int(scale.ns_at(left) // block_ns), int(scale.ns_at(right) // block_ns)
        if not row.work_range(round(first * block_ns), round((last + 1) * block_ns)):
            return
        width = (last + 1 - first) * BLOCK_PX
        line = array("I", bytes(BYTES_PER_PIXEL * width))
        for number in range(first, last + 1):
            from_ns, to_ns = round(number * block_ns), round((number + 1) * block_ns)
            begin = (number - first) * BLOCK_PX
            if is_dense(row, from_ns, to_ns):
                self._dense_block(line, row, from_ns, begin)
            else:
                self._block(line, row, from_ns, to_ns, begin)
        image = QImage(line.tobytes(), width, 1, QImage.Format.Format_ARGB32_Premultiplied)
        x = scale.pixel_of(first * block_ns)
        painter.drawImage(QRectF(x, top, width, self._layout.bar_height), image)

    def _dense_block(self, line: "array[int]", row: TimelineRow, from_ns: int, begin: int) -> None:
        """The most frequent kind of each few pixels, as strong as the worker was busy."""
        shades, step_ns = self._colours.shades, DENSE_PX * self._scale.ns_per_px
        for number, share, kind in row.density(from_ns, step_ns, BLOCK_PX // DENSE_PX):
            x = begin + number * DENSE_PX
            colour = shades[kind][min(SHADES - 1, int(share * SHADES))]
            line[x : x + DENSE_PX] = array("I", (colour,)) * DENSE_PX

    def _block(self, line: "array[int]", row: TimelineRow, from_ns: int, to_ns: int, begin: int) -> None:
        ns_per_px, pixels = self._scale.ns_per_px, self._colours.pixels
        for begin_ns, end_ns, span in row.bars(from_ns, to_ns - 1):
            x = max(0, int((begin_ns - from_ns) / ns_per_px))
            until = int((end_ns - from_ns) / ns_per_px)
            if until - x > 2:
                until -= 1  # it stands apart from the next
            until = min(max(until, x + 1), BLOCK_PX)
            if x < until:
                colour = self._colours.of_broken_off(span).rgba() if span.is_broken_off else pixels[span.kind]
                line[begin + x : begin + until] = array("I", (colour,)) * (until - x)
