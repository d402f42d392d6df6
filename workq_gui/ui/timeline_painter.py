"""Paints a timeline: rows of bars over an axis of time, and what is marked on them."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QPainter, QPen

from workq_gui.core.projections.timeline import Timeline
from workq_gui.core.projections.timeline_row import TimelineRow
from workq_gui.ui.stage_text import LEFT, draw_line, stage_font, width_of
from workq_gui.ui.theme import Theme, zoom
from workq_gui.ui.timeline_bars import BarPainter
from workq_gui.ui.timeline_colours import BarColours
from workq_gui.ui.timeline_layout import AXIS_HEIGHT, LABELS_WIDTH, PAD, TimelineLayout, whole_device_pixels
from workq_gui.ui.timeline_marks import MarkPainter
from workq_gui.ui.timeline_scale import TimelineScale

NAME_PX, TICK_PX = 12, 11
TICK_ROOM = 68.0
"""At least so far apart are two ticks, in pixels of the design."""
WIDEST_LABELS = 160.0
NAMES_FROM = 14.0
"""Names are at least so far apart; of thinner rows not all are named."""


def paint_timeline(
    painter: QPainter, rect: QRectF, timeline: Timeline, first_ns: int, last_ns: int, theme: Theme
) -> None:
    """Paint a whole timeline without a widget: for a picture, a page or a report. GUI thread.

    Args:
        painter: Paints on whatever is to have it; left as it was found.
        rect: Where to, in the painter's units.
        timeline: What happened, taken in fully.
        first_ns: The time at the left edge of the bars.
        last_ns: The time at their right edge.
        theme: Its colours are used, `panel` for the background.
    """
    rows = list(timeline.rows.values())
    layout = TimelineLayout(QRectF(rect), zoom(), labels_width(rows, zoom()), len(rows))
    plot = layout.plot
    scale = TimelineScale(first_ns, max(1, last_ns - first_ns) / plot.width(), plot.left(), plot.width())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.fillRect(rect, theme.colour("panel"))
    view = TimelinePainter(painter, BarColours(theme), layout, scale)
    view.paint_grid(plot)
    view.paint_names(rows)
    view.paint_axis()
    painter.setClipRect(plot.adjusted(-1, 0, 0, 0), Qt.ClipOperation.IntersectClip)
    for place in layout.visible_rows():
        view.bars.paint_ended(rows[place], place, plot.left(), plot.right())
    now_ns = min(timeline.last_ns, last_ns)
    view.paint_open(rows, now_ns)
    view.paint_marks(timeline, rows, 0, now_ns)
    painter.restore()


def labels_width(rows: Sequence[TimelineRow], unit: float) -> float:
    """Return how wide the column of names is, in logical pixels."""
    px = round(NAME_PX * unit)
    names = {row.name for row in rows}
    longest = max((width_of(name, px, QFont.Weight.DemiBold, False) for name in names), default=0.0)
    wanted = max(LABELS_WIDTH * unit, longest + (PAD + 12) * unit)
    return whole_device_pixels(min(wanted, WIDEST_LABELS * unit))


class TimelinePainter:
    """Paints the parts of a timeline, each on demand. GUI thread.

    Attributes:
        bars: Paints the works.
        marks: Paints what lies over them.
    """

    def __init__(
        self, painter: QPainter, colours: BarColours, layout: TimelineLayout, scale: TimelineScale
    ) -> None:
        self._painter = painter
        self._colours = colours
        self._theme = colours.theme
        self._layout = layout
        self._scale = scale
        self.bars = BarPainter(painter, colours, layout, scale)
        self.marks = MarkPainter(painter, colours, layout, scale)

    def ticks(self) -> list[tuple[float, str]]:
        """Return the x of each tick of the axis, at a device pixel, and its words."""
        ticks = self._scale.ticks(TICK_ROOM * self._layout.unit)
        return [(self._scale.snapped(x), words) for x, words in ticks]

    def paint_grid(self, box: QRectF) -> None:
        """Draw the line of each tick, as far as it goes through `box`."""
        colour = self._colours.line
        for x, _ in self.ticks():
            if box.left() <= x < box.right():
                self._painter.fillRect(QRectF(x, box.top(), 1, box.height()), colour)

    def paint_names(self, rows: Sequence[TimelineRow]) -> None:
        """Write what each row is called; of thin rows as many as there is room for."""
        layout, painter, unit = self._layout, self._painter, self._layout.unit
        font = stage_font(round(NAME_PX * unit), QFont.Weight.DemiBold)
        if layout.pitch < NAMES_FROM * unit:
            font = stage_font(max(8, round(10 * unit)))
        ink, last_y = self._theme.colour("ink"), -1e9
        plot = layout.plot
        for place in layout.visible_rows():
            middle = layout.row_middle(place)
            height = max(layout.pitch, NAMES_FROM * unit)
            box = QRectF(
                layout.box.left() + PAD * unit,
                middle - height / 2,
                layout.labels_width - (PAD + 10) * unit,
                height,
            )
            is_inside = box.top() >= layout.box.top() - 1 and box.bottom() <= plot.bottom() + 4
            if middle - last_y < NAMES_FROM * unit or not (is_inside or layout.has_words):
                continue
            last_y = middle
            draw_line(painter, box, " ".join(rows[place].name.split()), font, ink, LEFT)

    def paint_axis(self) -> None:
        """Write the times below the ticks."""
        layout, unit = self._layout, self._layout.unit
        font, mute = stage_font(round(TICK_PX * unit)), self._colours.mute
        top, half = layout.plot.bottom() + 4 * unit, TICK_ROOM * unit / 2
        for x, words in self.ticks():
            if x <= self._scale.right - half / 2:
                box = QRectF(x - half, top, 2 * half, (AXIS_HEIGHT - 6) * unit)
                draw_line(self._painter, box, words, font, mute)

    def paint_open(self, rows: Sequence[TimelineRow], now_ns: int) -> None:
        """Paint what goes on, and what is held."""
        for place in self._layout.visible_rows():
            self.bars.paint_open(rows[place], place, now_ns)
            self.marks.paint_held(rows[place], place, now_ns)

    def paint_marks(
        self, timeline: Timeline, rows: Sequence[TimelineRow], from_ns: int, until_ns: int
    ) -> None:
        """Paint the signs and words of what happened from `from_ns` to `until_ns`."""
        marks = self.marks
        if self._layout.has_words:
            for place in self._layout.visible_rows():
                marks.paint_marks(rows[place], place, from_ns, until_ns)
        if timeline.links:
            places = {row.worker_id: place for place, row in enumerate(rows)}
            marks.paint_links(timeline, places, from_ns, until_ns)
        marks.paint_broker(timeline, from_ns, until_ns)

    def paint_veil(self, at_ns: float) -> None:
        """Make pale what lies after `at_ns`: it is known already, and has not happened yet."""
        x, plot = max(self._scale.x_of(at_ns), self._scale.left), self._layout.plot
        if x < plot.right():
            veil = self._theme.colour("panel")
            veil.setAlphaF(0.62)
            self._painter.fillRect(QRectF(x, plot.top(), plot.right() - x, plot.height()), veil)

    def paint_playhead(self, at_ns: float) -> None:
        """Draw where the picture stands."""
        x, plot = self._scale.pixel_of(at_ns), self._layout.plot
        if plot.left() <= x <= plot.right():
            width = max(2, round(2 * self._layout.unit))
            box = QRectF(x - width / 2, self._layout.box.top(), width, plot.bottom() - self._layout.box.top())
            self._painter.fillRect(box, self._theme.colour("accent"))

    def paint_ring(self, box: QRectF) -> None:
        """Draw a ring around a bar that is pointed at."""
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(self._theme.colour("ink"), 1.6))
        self._painter.drawRoundedRect(box.adjusted(-1.5, -1.5, 1.5, 1.5), 4, 4)

    def paint_empty(self, words: str) -> None:
        """Say why there is nothing."""
        font = stage_font(round(NAME_PX * self._layout.unit))
        box = QRectF(self._layout.box)
        box.setHeight(min(box.height(), 60 * self._layout.unit))
        draw_line(self._painter, box, words, font, self._colours.mute)

    def paint_forgotten(self, first_ns: int, words: str) -> None:
        """Hatch the time before `first_ns`: nothing is kept of it any more, as the words say."""
        plot, unit = self._layout.plot, self._layout.unit
        width = min(self._scale.x_of(first_ns), plot.right()) - plot.left()
        if first_ns <= 0 or width <= 0:
            return
        box = QRectF(plot.left(), plot.top(), width, plot.height())
        self._painter.fillRect(box, QBrush(self._colours.line, Qt.BrushStyle.BDiagPattern))
        self._painter.fillRect(QRectF(box.right(), box.top(), 1, box.height()), self._colours.mute)
        px = round(TICK_PX * unit)
        room = width_of(words, px, QFont.Weight.Normal, False) + 12 * unit
        if room < width:
            ground = QRectF(box.center().x() - room / 2, box.center().y() - px, room, 2 * px)
            self._painter.fillRect(ground, self._theme.colour("panel"))
            draw_line(self._painter, ground, words, stage_font(px), self._colours.mute)
