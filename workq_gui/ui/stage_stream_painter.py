"""Paints what a crowd is drawn as."""

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from workq_gui.ui.stage_curve import Line, Way, point_along
from workq_gui.ui.stage_layout import StageLayout
from workq_gui.ui.stage_streams import Fill, Streams
from workq_gui.ui.stage_tube import Tube
from workq_gui.ui.theme import KINDS, Theme

DOT_D = 5.6
BAND_OPACITY = 0.72
FILL_OPACITY = 0.85


class StreamPainter:
    """Paints the streams of a moment; keeps the bitmaps of bands and dots. GUI thread."""

    def __init__(self) -> None:
        self._bands_key: object = None
        self._bands_layer = QPixmap()
        self._dots_key: object = None
        self._dots: list[QPixmap] = []

    def paint(
        self, painter: QPainter, theme: Theme, layout: StageLayout, streams: Streams, dpr: float
    ) -> None:
        """Paint `streams`, in logical pixels."""
        for queue, fill in streams.fills.items():
            if queue in layout.tubes:
                self._fill(painter, theme, layout, layout.tubes[queue], fill)
        if streams.amount:
            self._draw_bands(painter, theme, layout, streams, dpr)
            self._dots_on_their_way(painter, theme, layout, streams, dpr)

    def _draw_bands(
        self, painter: QPainter, theme: Theme, layout: StageLayout, streams: Streams, dpr: float
    ) -> None:
        left = layout.first_tube.box.right()
        key = (theme, layout.width, layout.height, left, dpr, tuple(streams.bands))
        if key != self._bands_key:
            self._bands_key = key
            self._bands_layer = self._paint_bands(theme, layout, streams, dpr, left)
        painter.save()
        painter.setOpacity(streams.amount)
        painter.drawPixmap(QPointF(left, 0.0), self._bands_layer)
        painter.restore()

    def _paint_bands(
        self, theme: Theme, layout: StageLayout, streams: Streams, dpr: float, left: float
    ) -> QPixmap:
        layer = QPixmap(round((layout.width - left) * dpr), round(layout.height * dpr))
        layer.setDevicePixelRatio(dpr)
        layer.fill(Qt.GlobalColor.transparent)
        painter = QPainter(layer)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-left, 0.0)
            _draw_bands(painter, theme, layout, streams)
        finally:
            painter.end()
        return layer

    def _dots_on_their_way(
        self, painter: QPainter, theme: Theme, layout: StageLayout, streams: Streams, dpr: float
    ) -> None:
        self._make_dots(theme, layout.scale, dpr)
        painter.save()
        painter.scale(1 / dpr, 1 / dpr)
        painter.setOpacity(streams.amount)
        half = self._dots[0].width() / 2
        for x, y, kind in _dot_places(layout, streams):
            painter.drawPixmap(round(x * dpr - half), round(y * dpr - half), self._dots[kind])
        painter.restore()

    def _make_dots(self, theme: Theme, scale: float, dpr: float) -> None:
        key = (theme, scale, dpr)
        if key == self._dots_key:
            return
        self._dots_key, self._dots = key, []
        size = round((DOT_D + 2.0) * scale * dpr)
        for kind in range(len(KINDS)):
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            try:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(band_colour(theme, kind))
                painter.drawEllipse(QPointF(size / 2, size / 2), *(2 * [DOT_D / 2 * scale * dpr]))
            finally:
                painter.end()
            self._dots.append(pixmap)

    def _fill(self, painter: QPainter, theme: Theme, layout: StageLayout, tube: Tube, fill: Fill) -> None:
        rim = max(1.4, 2.2 * min(layout.scale, tube.box.height() / 60.0)) * theme.line_width / 2
        inside = tube.box.adjusted(rim, rim, -rim, -rim)
        clip = QPainterPath()
        clip.addRoundedRect(inside, inside.height() / 2, inside.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        for kind, begins, ends in fill.segments:
            left, right = inside.right() - ends * inside.width(), inside.right() - begins * inside.width()
            part = QPainterPath()
            part.addRect(QRectF(left, inside.top(), right - left, inside.height()))
            painter.setBrush(_with_alpha(QColor(KINDS[kind]), FILL_OPACITY * fill.amount))
            painter.drawPath(clip.intersected(part))
        if not theme.is_dark:  # a pale kind needs an edge on white
            self._edges(painter, theme, inside, fill)

    def _edges(self, painter: QPainter, theme: Theme, inside: QRectF, fill: Fill) -> None:
        painter.setPen(QPen(_with_alpha(theme.colour("ink"), 0.7 * fill.amount), 1.0))
        for _, _, ends in fill.segments:
            x = inside.right() - ends * inside.width()
            # In the round end of the tube the edge is shorter.
            radius, from_left = inside.height() / 2, x - inside.left()
            inset = radius - max(0.0, radius**2 - max(0.0, radius - from_left) ** 2) ** 0.5
            painter.drawLine(QPointF(x, inside.top() + inset), QPointF(x, inside.bottom() - inset))


class StreamDrawer(StreamPainter):
    """Draws the same with no bitmap, for paper and SVG. GUI thread."""

    def _draw_bands(
        self, painter: QPainter, theme: Theme, layout: StageLayout, streams: Streams, dpr: float
    ) -> None:
        painter.save()
        painter.setOpacity(streams.amount)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _draw_bands(painter, theme, layout, streams)
        painter.restore()

    def _dots_on_their_way(
        self, painter: QPainter, theme: Theme, layout: StageLayout, streams: Streams, dpr: float
    ) -> None:
        painter.save()
        painter.setOpacity(streams.amount)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = DOT_D / 2 * layout.scale
        for x, y, kind in _dot_places(layout, streams):
            painter.setBrush(band_colour(theme, kind))
            painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.restore()


def _draw_bands(painter: QPainter, theme: Theme, layout: StageLayout, streams: Streams) -> None:
    for band in streams.bands:
        colour = _with_alpha(band_colour(theme, band.kind), BAND_OPACITY * band.strength)
        pen = QPen(colour, band.width * layout.scale)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPath(layout.curve(band.queue, band.y).path())


def _dot_places(layout: StageLayout, streams: Streams) -> Iterator[tuple[float, float, int]]:
    """Yield where each dot is, and its kind."""
    ways: dict[str, list[Way]] = {}
    spread = 0.22 * layout.token_d
    for dot in streams.dots:
        if dot.queue not in ways:
            ways[dot.queue] = _ways_to(layout, dot.queue)
        x, y = point_along(ways[dot.queue], dot.fraction)
        yield x, y + dot.aside * spread, dot.kind


def band_colour(theme: Theme, kind: int) -> QColor:
    """Return a kind's colour; on white a bright one is too faint for a line."""
    colour = QColor(KINDS[kind])
    return colour if theme.is_dark else colour.darker(125)


def _with_alpha(colour: QColor, opacity: float) -> QColor:
    colour.setAlphaF(opacity)
    return colour


def _ways_to(layout: StageLayout, queue: str) -> list[Way]:
    axis_y, fan = layout.axis_y, layout.fan(queue)
    return [Line(layout.producer.right() + 4.0, axis_y, fan.x0, axis_y), fan]
