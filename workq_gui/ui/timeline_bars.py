"""The bars of a timeline's row: one for each work, or how much there was where they are too many."""

from itertools import groupby

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from workq_gui.core.projections.timeline_row import TimelineRow
from workq_gui.core.projections.timeline_span import Span
from workq_gui.ui.timeline_colours import WISHED, BarColours
from workq_gui.ui.timeline_layout import TimelineLayout
from workq_gui.ui.timeline_scale import TimelineScale
from workq_gui.ui.timeline_thin import BLOCK_PX, DENSE_PX, ThinRows, is_dense

RADIUS = 3.0
NEAR_PX = 2.0


class BarPainter:
    """Paints the works of one row after the other."""

    def __init__(
        self, painter: QPainter, colours: BarColours, layout: TimelineLayout, scale: TimelineScale
    ) -> None:
        self._painter = painter
        self._colours = colours
        self._layout = layout
        self._scale = scale
        self._thin = ThinRows(colours, layout, scale)

    def paint_ended(self, row: TimelineRow, place: int, left: float, right: float) -> None:
        """Paint all works that have ended and touch the pixels from `left` to `right`; who calls it clips."""
        scale, layout = self._scale, self._layout
        if not layout.has_words:
            self._thin.paint(self._painter, row, layout.bar_top(place), left, right)
            self._paint_thin_marks(row, place, scale.ns_at(left), scale.ns_at(right))
            return
        block_ns = BLOCK_PX * scale.ns_per_px
        numbers = range(int(scale.ns_at(left) // block_ns), int(scale.ns_at(right) // block_ns) + 1)

        def dense(number: int) -> bool:
            return is_dense(row, round(number * block_ns), round((number + 1) * block_ns))

        for is_crowd, group in groupby(numbers, dense):
            run = list(group)
            if is_crowd:
                for number in run:
                    self._paint_density(row, place, round(number * block_ns))
            else:
                self._paint_bars(row, place, round(run[0] * block_ns), round((run[-1] + 1) * block_ns))

    def _paint_bars(self, row: TimelineRow, place: int, from_ns: int, to_ns: int) -> None:
        """Paint each work by itself, and nothing beyond: there it may be drawn otherwise."""
        scale, layout = self._scale, self._layout
        left, right = scale.pixel_of(from_ns), scale.pixel_of(to_ns)
        near_ns = round(NEAR_PX * scale.ns_per_px)  # the narrowest are painted wider than they are
        self._painter.save()
        box = QRectF(left, layout.row_top(place), right - left, layout.pitch)
        self._painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        for begin_ns, end_ns, span in row.bars(from_ns - near_ns, to_ns):
            self.paint_bar(span, place, begin_ns, end_ns)
        self._painter.restore()

    def paint_open(self, row: TimelineRow, place: int, now_ns: int) -> None:
        """Paint the work that goes on, up to `now_ns`."""
        span = row.working
        if span is None or span.work_ns is None or span.work_ns > now_ns:
            return
        scale, layout = self._scale, self._layout
        left, right = scale.x_of(span.work_ns), scale.x_of(now_ns)
        if right < scale.left or left > scale.right:
            return
        if layout.has_words:
            self.paint_bar(span, place, span.work_ns, now_ns)
        else:
            box = QRectF(left, layout.bar_top(place), max(1.0, right - left), layout.bar_height)
            self._painter.fillRect(box, self._colours.kinds[span.kind])

    def bar_box(self, place: int, begin_ns: int, end_ns: int) -> QRectF:
        """Return where a bar is; a hair narrower than its time, so that it stands apart from the next."""
        scale, layout = self._scale, self._layout
        left = max(scale.x_of(begin_ns), scale.left - 10)
        right = min(scale.x_of(end_ns), scale.right + 10)
        width = right - left
        if width >= 3:
            width -= 1
        return QRectF(left, layout.bar_top(place), max(1.0, width), layout.bar_height)

    def paint_bar(self, span: Span, place: int, begin_ns: int, end_ns: int) -> None:
        """Paint one work."""
        box, painter, colours = self.bar_box(place, begin_ns, end_ns), self._painter, self._colours
        if box.width() < 4 or not self._layout.has_words:
            colour = self._colours.of_broken_off(span) if span.is_broken_off else colours.kinds[span.kind]
            painter.fillRect(box, colour)
            return
        if span.is_broken_off:
            pen = QPen(self._colours.of_broken_off(span), 2)
            if span.ending in WISHED:
                pen.setDashPattern([2.5, 2.0])
            painter.setPen(pen)
            painter.setBrush(colours.dim[span.kind])
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        elif colours.theme.is_dark:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.kinds[span.kind])
            painter.drawRoundedRect(box, RADIUS, RADIUS)
        else:
            painter.setPen(QPen(colours.edges[span.kind], 1))
            painter.setBrush(colours.kinds[span.kind])
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _paint_density(self, row: TimelineRow, place: int, from_ns: int) -> None:
        """Paint the most frequent kind of each few pixels of a block, as high as the worker was busy."""
        scale, layout = self._scale, self._layout
        height, bottom = int(layout.bar_height), int(layout.bar_top(place) + layout.bar_height)
        fill, kinds, x = self._painter.fillRect, self._colours.kinds, scale.pixel_of(from_ns)
        for number, share, kind in row.density(from_ns, DENSE_PX * scale.ns_per_px, BLOCK_PX // DENSE_PX):
            high = max(1, round(share * height))
            fill(QRectF(x + number * DENSE_PX, bottom - high, DENSE_PX, high), kinds[kind])

    def _paint_thin_marks(self, row: TimelineRow, place: int, from_ns: int, to_ns: int) -> None:
        """Where there is no room for signs: a high tick for an end, a low one for a redelivery."""
        scale, layout, painter = self._scale, self._layout, self._painter
        top, pitch = layout.row_top(place), layout.pitch
        for x in redelivered_groups(row, scale, from_ns, to_ns, DENSE_PX):
            painter.fillRect(QRectF(scale.snapped(x[0]), top + pitch / 2, 2, pitch / 2), self._colours.bad)
        for mark in row.marks_within(from_ns, to_ns):
            if mark.is_end:
                painter.fillRect(QRectF(scale.pixel_of(mark.at_ns), top, 2, pitch), self._colours.bad)


def redelivered_groups(
    row: TimelineRow, scale: TimelineScale, from_ns: int, to_ns: int, room: float
) -> list[tuple[float, int]]:
    """Return where redeliveries are to be marked, at least `room` pixels apart, and how many each is."""
    return [
        (scale.x_of(first_ns), count)
        for first_ns, count in row.redelivered_groups(from_ns, to_ns, round(room * scale.ns_per_px))
    ]
