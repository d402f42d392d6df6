"""The part of the stage that stands still between two changes: boxes, tubes, legend."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from workq_gui.ui.stage_layout import SMALLEST_PX, StageLayout
from workq_gui.ui.stage_text import LEFT, draw_line, metrics_of, stage_font
from workq_gui.ui.stage_tube import Tube
from workq_gui.ui.theme import Theme
from workq_gui.ui.tokens import draw_redelivered_sign


@dataclass(frozen=True, slots=True)
class BackdropView:
    """All that the backdrop shows; equal views look equal.

    Attributes:
        dpr: Device pixels for each logical one.
        is_down: The broker was there and is not.
    """

    size: tuple[int, int]
    dpr: float
    theme: Theme
    queue_names: tuple[str, ...] = ()
    zoom: float = 1.0
    is_down: bool = False


class Backdrop:
    """Paints a view into a pixmap, and keeps it until another view comes. GUI thread."""

    def __init__(self) -> None:
        self._view: BackdropView | None = None
        self._pixmap = QPixmap()

    def pixmap(self, view: BackdropView, layout: StageLayout) -> QPixmap:
        """Return the picture of `view`, in device pixels."""
        if view != self._view:
            self._view, self._pixmap = view, self._paint(view, layout)
        return self._pixmap

    def _paint(self, view: BackdropView, layout: StageLayout) -> QPixmap:
        pixmap = QPixmap(round(view.size[0] * view.dpr), round(view.size[1] * view.dpr))
        painter = QPainter(pixmap)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(view.dpr, view.dpr)
            _BackdropPainter(painter, view, layout).paint()
        finally:
            painter.end()
        return pixmap


class _BackdropPainter(QObject):
    def __init__(self, painter: QPainter, view: BackdropView, layout: StageLayout) -> None:
        super().__init__()
        self._painter = painter
        self._view = view
        self._theme = view.theme
        self._layout = layout

    def paint(self) -> None:
        self._panel()
        self._axis()
        self._producer()
        self._exchange()
        for tube in self._layout.tubes.values():
            self._tube(tube)
            self._kind(tube)
        self._legend()

    def _panel(self) -> None:
        theme, (width, height) = self._theme, self._view.size
        self._painter.fillRect(QRectF(0, 0, width, height), theme.colour("bg"))
        self._painter.setPen(QPen(theme.colour("line"), 1))
        self._painter.setBrush(theme.colour("panel"))
        self._painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), 12, 12)

    def _pen(self, width: float, token: str, dashes: Sequence[float] = ()) -> QPen:
        pen = QPen(self._theme.colour(token), width * self._theme.line_width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if dashes else Qt.PenCapStyle.RoundCap)
        if dashes:
            pen.setDashPattern(dashes)
        return pen

    def _axis(self) -> None:
        """The line from the producer to the exchange, and the fan from there to the queues."""
        layout, middle = self._layout, self._layout.exchange.center()
        self._painter.setPen(self._pen(2.0 * layout.scale, "line", (3.0, 3.0) if self._view.is_down else ()))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawLine(QPointF(layout.producer.right(), layout.axis_y), middle)
        for queue in layout.tubes:
            self._painter.drawPath(layout.fan(queue).path())

    def _producer(self) -> None:
        radius = 8.0 * self._layout.scale
        self._painter.setPen(self._pen(1, "line"))
        self._painter.setBrush(self._theme.colour("card"))
        self._painter.drawRoundedRect(self._layout.producer, radius, radius)

    def _exchange(self) -> None:
        layout, box = self._layout, self._layout.exchange
        middle = box.center()
        self._painter.setPen(self._pen(1.5 * layout.scale, "mute"))
        self._painter.setBrush(self._theme.colour("panel"))
        self._painter.drawConvexPolygon(
            [
                QPointF(middle.x(), box.top()),
                QPointF(box.right(), middle.y()),
                QPointF(middle.x(), box.bottom()),
                QPointF(box.left(), middle.y()),
            ]
        )
        # There is no more room for them than the shapes leave.
        font = stage_font(max(SMALLEST_PX, round(11.5 * layout.scale)))
        for row, words in zip(layout.exchange_rows, (self.tr("default"), self.tr("exchange")), strict=False):
            draw_line(self._painter, row, words, font, self._theme.colour("mute"))

    # --- queues ---------------------------------------------------------------------------

    def _tube(self, tube: Tube) -> None:
        theme, box, is_down = self._theme, tube.box, self._view.is_down
        scale = min(self._layout.scale, box.height() / 60.0)
        dashes = (3.0, 2.4) if is_down else ()
        self._painter.setPen(self._pen(max(1.4, 2.2 * scale), "mute" if is_down else "accent", dashes))
        self._painter.setBrush(theme.colour("bg" if is_down else "tube"))
        self._painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        bar = QRectF(0, 0, box.width() - 0.85 * box.height(), max(2.5, 4.5 * scale))
        bar.moveCenter(QPointF(box.center().x(), box.bottom() + max(4.5, 10 * scale)))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(theme.colour("line" if is_down else "accent"))
        self._painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)

    def _kind(self, tube: Tube) -> None:
        if tube.tells_kind:
            font, words = stage_font(self._layout.px(12)), self.tr("durable · on disk")
            draw_line(self._painter, tube.below_rows[0], words, font, self._theme.colour("mute"))

    # --- legend ---------------------------------------------------------------------------

    def _legend(self) -> None:
        layout, theme, area = self._layout, self._theme, self._layout.legend
        if not area.height():
            return
        font, metrics = stage_font(layout.px(12)), metrics_of(layout.px(12))
        sign, gap, row_h = 11.0 * layout.text_scale, 26.0 * layout.text_scale, 19.0 * layout.text_scale
        items = [
            (_solid_sign, self.tr("solid: in the queue"), "mute"),
            (_dashed_sign, self.tr("dashed: delivered, waiting for its ack"), "mute"),
            (_redelivered_sign, self.tr("redelivered"), "bad"),
        ]
        places, x, row = [], 0.0, 0
        for _, words, _ in items:
            width = 1.6 * sign + metrics.horizontalAdvance(words)
            if x and x + width > area.width():
                x, row = 0.0, row + 1
            places.append((x, row, width))
            x += width + gap
        for (draw_sign, words, token), (left, line, width) in zip(items, places, strict=True):
            top = area.bottom() - (row - line + 1) * row_h
            box = QRectF(area.left() + left, top, width + 1, row_h)
            colour = theme.colour(token)
            draw_sign(self._painter, QPointF(box.left() + sign / 2, box.center().y()), sign / 2, colour)
            box.setLeft(box.left() + 1.6 * sign)
            draw_line(self._painter, box, words, font, colour, LEFT)


def _solid_sign(painter: QPainter, middle: QPointF, radius: float, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(middle, radius, radius)


def _dashed_sign(painter: QPainter, middle: QPointF, radius: float, colour: QColor) -> None:
    pen = QPen(colour, 0.28 * radius)
    pen.setDashPattern((2.2, 1.7))
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle, radius, radius)


def _redelivered_sign(painter: QPainter, middle: QPointF, radius: float, colour: QColor) -> None:
    draw_redelivered_sign(painter, middle, 0.85 * radius, colour)
