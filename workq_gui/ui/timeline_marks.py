"""Signs and words on a timeline: crashes, redeliveries, what happened to the broker, tasks done twice."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen

from workq_gui.core.events import WorkerId
from workq_gui.core.projections.timeline import BrokerMark, Link, Timeline
from workq_gui.core.projections.timeline_mark import Mark, MarkKind
from workq_gui.core.projections.timeline_row import TimelineRow
from workq_gui.core.projections.timeline_span import Span
from workq_gui.core.projections.timeline_words import mark_words
from workq_gui.ui.stage_text import LEFT, draw_line, stage_font, width_of
from workq_gui.ui.timeline_bars import redelivered_groups
from workq_gui.ui.timeline_colours import BarColours
from workq_gui.ui.timeline_layout import TimelineLayout
from workq_gui.ui.timeline_scale import TimelineScale
from workq_gui.ui.tokens import draw_redelivered_sign

TOGETHER_PX = 18.0
"""Marks that are nearer than this are drawn as one, with their count."""
LEAST_WORDS_PX, WORDS_PX = 48.0, 200.0
HIGH_PITCH = 30.0
MOST_LINKS = 60
MOST_MARKS = 400

Within = Callable[[int, int], Iterator[tuple[int, int | None]]]


class MarkPainter:
    """Paints what lies over the bars."""

    def __init__(
        self, painter: QPainter, colours: BarColours, layout: TimelineLayout, scale: TimelineScale
    ) -> None:
        self._painter = painter
        self._colours = colours
        self._theme = colours.theme
        self._layout = layout
        self._scale = scale
        self._px = max(8, round(11 * layout.unit))

    # --- rows ---------------------------------------------------------------------------------

    def paint_held(self, row: TimelineRow, place: int, now_ns: int) -> None:
        """Draw thin lines where it holds tasks that it does not work on, and hatch where it was frozen."""
        layout, painter = self._layout, self._painter
        if not (layout.has_words or row.frozen.starts):
            return
        bottom, top = layout.bar_top(place) + layout.bar_height, layout.bar_top(place)
        for left, right in self._stretches(row.frozen.within, now_ns):
            brush = QBrush(self._colours.warn, Qt.BrushStyle.BDiagPattern)
            painter.fillRect(QRectF(left, top, right - left, layout.bar_height), brush)
        if not layout.has_words:
            return
        for left, right in self._stretches(row.ahead.within, now_ns):
            painter.fillRect(QRectF(left, bottom + 1, right - left, 2), self._colours.mute)
        for left, right in self._stretches(row.unacked.within, now_ns):
            painter.setPen(QPen(self._colours.warn, 1.5, Qt.PenStyle.DotLine))
            middle = top + layout.bar_height / 2
            painter.drawLine(QPointF(left, middle), QPointF(right, middle))

    def _stretches(self, within: Within, now_ns: int) -> list[tuple[float, float]]:
        """Return the x of the stretches that are in view, those that touch as one."""
        scale = self._scale
        found: list[tuple[float, float]] = []
        for begin_ns, end_ns in within(round(scale.first_ns), min(now_ns, round(scale.last_ns))):
            left = max(scale.left, scale.x_of(begin_ns))
            right = min(scale.right, scale.x_of(now_ns if end_ns is None else min(end_ns, now_ns)))
            if right - left < 1:
                continue  # by the way of the ack, say
            if found and left - found[-1][1] < 2:
                found[-1] = (found[-1][0], right)
            else:
                found.append((left, right))
        return found

    def paint_marks(self, row: TimelineRow, place: int, from_ns: int, until_ns: int) -> None:
        """Draw the signs of a row that has room for them, with their words as far as there is room."""
        scale = self._scale
        from_ns = max(from_ns, scale.ns_at(scale.left - WORDS_PX))
        to_ns = min(until_ns, scale.ns_at(scale.right))
        for x, count in redelivered_groups(row, scale, from_ns, to_ns, TOGETHER_PX):
            self._redelivered(x, place, count)
        group: list[Mark] = []
        for mark in row.marks_within(from_ns, to_ns)[-MOST_MARKS:]:
            if mark.kind is MarkKind.THAWED:
                continue
            if group and scale.x_of(mark.at_ns) - scale.x_of(group[-1].at_ns) > TOGETHER_PX:
                self._group(row, place, group, mark.at_ns)
                group = []
            group.append(mark)
        if group:
            self._group(row, place, group, None)

    def _redelivered(self, x: float, place: int, count: int) -> None:
        layout, painter, unit = self._layout, self._painter, self._layout.unit
        radius = min(8.0 * unit, layout.bar_height * 0.4)
        middle = QPointF(x + radius + 3, layout.row_middle(place))
        painter.setPen(QPen(self._theme.colour("panel"), 1.2))
        painter.setBrush(self._colours.bad)
        painter.drawEllipse(middle, radius, radius)
        draw_redelivered_sign(painter, middle, radius * 0.48, self._theme.colour("panel"))
        if count > 1:
            font = stage_font(max(8, round(9 * unit)), QFont.Weight.Bold)
            box = QRectF(middle.x() + radius + 1, layout.bar_top(place), 40, layout.bar_height)
            draw_line(painter, box, f"×{count}", font, self._theme.colour("ink"), LEFT)

    def _group(self, row: TimelineRow, place: int, group: list[Mark], next_ns: int | None) -> None:
        """Draw marks that are near to each other as the worst of them."""
        ends = [mark for mark in group if mark.is_end]
        if not ends:
            self._other(row, place, group[-1])
            return
        mark, x = ends[-1], self._scale.x_of(ends[-1].at_ns)
        is_wished = mark.kind is MarkKind.STOPPED and not mark.reason
        colour = self._end_colour(mark)
        middle, size = self._layout.row_middle(place), min(4.0 * self._layout.unit, 0.22 * self._layout.pitch)
        sign_x = x + 9 * self._layout.unit
        if is_wished:
            square = QRectF(sign_x - size, middle - size, 2 * size, 2 * size)
            self._painter.fillRect(square.adjusted(1, 1, -1, -1), colour)
        else:
            self._cross(sign_x, middle, size, colour)
        words = mark_words(mark) if len(ends) == 1 else f"{len(ends)}× {mark_words(mark)}"
        begins = [self._scale.right + 1]
        next_work_ns = row.next_work_ns(mark.at_ns + 1)
        begins += [self._scale.x_of(at_ns) for at_ns in (next_ns, next_work_ns) if at_ns is not None]
        self._words(sign_x + 2 * size, min(begins) - 4, place, words, colour)

    def _end_colour(self, mark: Mark) -> QColor:
        if mark.kind is MarkKind.STOPPED and not mark.reason:
            return self._colours.mute
        return self._colours.bad if mark.kind is MarkKind.CRASHED else self._colours.warn

    def _other(self, row: TimelineRow, place: int, mark: Mark) -> None:
        layout, x = self._layout, self._scale.x_of(mark.at_ns)
        if mark.kind is MarkKind.FROZEN:
            px = min(max(8, self._px - 1), int(layout.pitch * 0.5))
            words = mark_words(mark)
            width = width_of(words, px, QFont.Weight.Bold, False) + 8
            box = QRectF(x + 3, layout.row_middle(place) - px * 0.7, width, px * 1.4)
            self._pill(box, words, px, self._colours.warn)
            return
        # It begins: a small flag at the foot of the row, where no bar hides it.
        foot = layout.bar_top(place) + layout.bar_height + 1
        size = min(5.0 * layout.unit, 0.2 * layout.pitch)
        if x >= self._scale.left - 1:
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(self._colours.mute)
            self._painter.drawConvexPolygon(
                [QPointF(x, foot - size), QPointF(x + size, foot), QPointF(x, foot + size)]
            )

    def _cross(self, x: float, y: float, size: float, colour: QColor) -> None:
        self._painter.setPen(QPen(colour, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        self._painter.drawLine(QPointF(x - size, y - size), QPointF(x + size, y + size))
        self._painter.drawLine(QPointF(x - size, y + size), QPointF(x + size, y - size))

    def _words(self, left: float, right: float, place: int, words: str, colour: QColor) -> None:
        layout = self._layout
        px = min(self._px, int(layout.pitch * 0.75))
        whole = width_of(words, px, QFont.Weight.DemiBold, False) + 2
        if right - left >= min(whole, LEAST_WORDS_PX):
            box = QRectF(left, layout.bar_top(place), min(whole, right - left), layout.bar_height)
            draw_line(self._painter, box, words, stage_font(px, QFont.Weight.DemiBold), colour, LEFT)

    # --- all rows -----------------------------------------------------------------------------

    def paint_broker(self, timeline: Timeline, from_ns: int, until_ns: int) -> None:
        """Draw what happened to the broker: a line through all rows, with its words where there is room."""
        scale, plot, painter = self._scale, self._layout.plot, self._painter
        from_ns = max(from_ns, scale.ns_at(scale.left - 120))
        until_ns = min(until_ns, round(scale.last_ns))
        marks = timeline.broker_marks
        first = bisect_left(marks, from_ns, key=lambda mark: mark.at_ns)
        for place in range(first, min(len(marks), first + MOST_MARKS)):
            mark = marks[place]
            if mark.at_ns > until_ns:
                return
            x = scale.pixel_of(mark.at_ns) + 0.5
            if x >= scale.left:
                painter.setPen(QPen(self._broker_colour(mark), 1.5, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
                self._broker_sign(mark, x)
            following = scale.x_of(marks[place + 1].at_ns) if place + 1 < len(marks) else scale.right
            self._broker_words(mark, x + 3, min(following, scale.right))

    def _broker_sign(self, mark: BrokerMark, x: float) -> None:
        """Tell good from bad by a shape too, at the head of the line."""
        top, size, colour = self._layout.plot.top(), 3.5 * self._layout.unit, self._broker_colour(mark)
        if mark.is_bad:
            self._cross(x, top + size + 1, size, colour)
            return
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour)
        self._painter.drawConvexPolygon(
            [QPointF(x, top), QPointF(x + 2 * size, top + size), QPointF(x, top + 2 * size)]
        )

    def _broker_words(self, mark: BrokerMark, left: float, right: float) -> None:
        """Write them below the rows; bad news in the topmost row too, if they leave its middle free."""
        layout, plot, unit = self._layout, self._layout.plot, self._layout.unit
        words, px = mark.words, max(8, self._px - 1)
        box = QRectF(left, 0, width_of(words, px, QFont.Weight.Bold, False) + 8, px * 1.4)
        if plot.bottom() - layout.row_top(layout.row_count) >= box.height():
            box.moveBottom(plot.bottom())
        elif mark.is_bad and layout.pitch >= HIGH_PITCH * unit:
            box.moveTop(layout.bar_top(0))
        else:
            return
        if box.right() <= right and box.right() > self._scale.left:
            self._pill(box, words, px, self._broker_colour(mark))

    def _broker_colour(self, mark: BrokerMark) -> QColor:
        return self._colours.bad if mark.is_bad else self._colours.ok

    def paint_links(
        self, timeline: Timeline, places: Mapping[WorkerId, int], from_ns: int, until_ns: int
    ) -> None:
        """Draw a line from the first run to the second one of each task that turned out to be done twice."""
        scale = self._scale
        least_ns = max(from_ns, scale.first_ns)
        first = bisect_left(timeline.links, least_ns, key=lambda link: link.second.finished_ns or 0)
        drawn = 0
        for link in islice(timeline.links, first, None):
            begin_ns, turned_out_ns = link.first.finished_ns or 0, link.second.finished_ns or 0
            is_seen = begin_ns <= scale.last_ns and turned_out_ns <= until_ns
            if is_seen and link.first.worker_id in places and link.second.worker_id in places:
                self.paint_link(link, places)
                drawn += 1
            if drawn >= MOST_LINKS:
                return

    def paint_link(self, link: Link, places: Mapping[WorkerId, int]) -> None:
        """Draw the line from one run of a task to another, with words where it arrives."""
        scale, layout, painter = self._scale, self._layout, self._painter
        begin_ns = link.first.bar_end_ns or link.first.start_ns
        end_ns = link.second.work_ns or link.second.start_ns
        begin = QPointF(scale.x_of(begin_ns), layout.row_middle(places[link.first.worker_id]))
        end = QPointF(scale.x_of(end_ns), layout.row_middle(places[link.second.worker_id]))
        if max(begin.x(), end.x()) < scale.left or min(begin.x(), end.x()) > scale.right:
            return
        bend = max(12.0, abs(end.x() - begin.x()) / 2)
        path = QPainterPath(begin)
        path.cubicTo(begin + QPointF(bend, 0), end - QPointF(bend, 0), end)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._colours.bad, 1.6, Qt.PenStyle.DashLine))
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours.bad)
        painter.drawConvexPolygon([end, end + QPointF(-6, -3.5), end + QPointF(-6, 3.5)])
        if layout.has_words and link.first.finished_ns is not None and link.second.finished_ns is not None:
            self._done_twice(link.second, places[link.second.worker_id])

    def _done_twice(self, second: Span, place: int) -> None:
        """Say so where the second run ends: there it turned out."""
        px = min(max(8, self._px - 1), int(self._layout.pitch * 0.5))
        words = "2× done twice"
        width = width_of(words, px, QFont.Weight.Bold, False) + 8
        right = self._scale.x_of(second.finished_ns or 0) - 4
        if right - self._scale.x_of(second.work_ns or 0) >= width + 20:
            middle = self._layout.row_middle(place)
            self._pill(
                QRectF(right - width, middle - px * 0.7, width, px * 1.4), words, px, self._colours.bad
            )

    def _pill(self, box: QRectF, words: str, px: int, colour: QColor) -> None:
        """Write on a ground of its own, where bars may be below."""
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._theme.colour("panel"))
        self._painter.drawRoundedRect(box, 3, 3)
        draw_line(self._painter, box, words, stage_font(px, QFont.Weight.Bold), colour)
