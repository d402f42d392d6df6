"""The part of the stage that stands still between two changes: boxes, tube, lines, legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from workq_gui.core.projections.workers import WorkerStatus
from workq_gui.ui.stage_layout import CROSS_AT, Curve, lay_out
from workq_gui.ui.theme import Theme, mono_font, text_font
from workq_gui.ui.tokens import draw_redelivered_sign

GAP_AT_CROSS = 0.08
MANY_LINES = 24


class LineLook(Enum):
    """What a worker's line tells of it."""

    OPEN = auto()
    RECONNECTING = auto()
    SNAPPED = auto()
    FAINT = auto()


LINE_LOOKS = {
    WorkerStatus.CONNECTING: LineLook.FAINT,
    WorkerStatus.RECONNECTING: LineLook.RECONNECTING,
    WorkerStatus.CRASHED: LineLook.SNAPPED,
    WorkerStatus.STOPPED: LineLook.FAINT,
}
"""The looks of workers that are not simply connected."""


@dataclass(frozen=True, slots=True)
class BackdropView:
    """All that the backdrop shows; equal views look equal.

    Attributes:
        dpr: Device pixels for each logical one.
        is_down: The broker was there and is not.
        lines: Each worker's line: the height at which it ends, and its look.
    """

    width: int
    height: int
    dpr: float
    theme: Theme
    queue: str = ""
    is_down: bool = False
    lines: tuple[tuple[float, LineLook], ...] = ()


class Backdrop:
    """Paints a view into a pixmap, and keeps it until another view comes. GUI thread."""

    def __init__(self) -> None:
        self._view: BackdropView | None = None
        self._pixmap = QPixmap()

    def pixmap(self, view: BackdropView) -> QPixmap:
        """Return the picture of `view`, in device pixels."""
        if view != self._view:
            self._view, self._pixmap = view, self._paint(view)
        return self._pixmap

    def _paint(self, view: BackdropView) -> QPixmap:
        pixmap = QPixmap(round(view.width * view.dpr), round(view.height * view.dpr))
        painter = QPainter(pixmap)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(view.dpr, view.dpr)
            _BackdropPainter(painter, view).paint()
        finally:
            painter.end()
        return pixmap


class _BackdropPainter(QObject):
    def __init__(self, painter: QPainter, view: BackdropView) -> None:
        super().__init__()
        self._painter = painter
        self._view = view
        self._theme = view.theme
        self._layout = lay_out(view.width, view.height)

    def paint(self) -> None:
        self._panel()
        self._axis()
        self._lines()
        self._producer()
        self._exchange()
        self._tube()
        self._tube_words()
        self._legend()

    def _panel(self) -> None:
        theme, view = self._theme, self._view
        self._painter.fillRect(QRectF(0, 0, view.width, view.height), theme.colour("bg"))
        self._painter.setPen(QPen(theme.colour("line"), 1))
        self._painter.setBrush(theme.colour("panel"))
        self._painter.drawRoundedRect(QRectF(0.5, 0.5, view.width - 1, view.height - 1), 12, 12)

    def _pen(self, width: float, token: str, dashes: Sequence[float] = ()) -> QPen:
        pen = QPen(self._theme.colour(token), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if dashes else Qt.PenCapStyle.RoundCap)
        if dashes:
            pen.setDashPattern(dashes)
        return pen

    # --- lines ----------------------------------------------------------------------------

    def _axis(self) -> None:
        layout = self._layout
        self._painter.setPen(self._pen(2.0 * layout.scale, "line", (3.0, 3.0) if self._view.is_down else ()))
        self._painter.drawLine(
            QPointF(layout.producer.right(), layout.axis_y), QPointF(layout.tube.left(), layout.axis_y)
        )

    def _lines(self) -> None:
        layout, lines = self._layout, self._view.lines
        width = 2.2 * layout.scale if len(lines) <= MANY_LINES else 1.0
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(self._pen(width, "line"))
        for y, look in lines:
            if look is LineLook.OPEN:
                self._painter.drawPath(layout.curve_to(y).path())  # all in one path: ten times slower
        for y, look in lines:
            if look is LineLook.SNAPPED:
                self._snapped(layout.curve_to(y), width)
            elif look is not LineLook.OPEN:
                token, dashes = (
                    ("warn", (3.0, 3.0)) if look is LineLook.RECONNECTING else ("line", (1.5, 4.0))
                )
                self._painter.setPen(self._pen(width, token, dashes))
                self._painter.drawPath(layout.curve_to(y).path())

    def _snapped(self, curve: Curve, width: float) -> None:
        self._painter.setPen(self._pen(width, "bad", (3.0, 2.6)))
        self._painter.drawPath(curve.path(0.0, CROSS_AT - GAP_AT_CROSS))
        self._painter.drawPath(curve.path(CROSS_AT + GAP_AT_CROSS, 1.0))
        x, y = curve.point_at(CROSS_AT)
        arm = 5.0 * self._layout.scale
        self._painter.setPen(self._pen(2.2 * self._layout.scale, "bad"))
        self._painter.drawLine(QPointF(x - arm, y - arm), QPointF(x + arm, y + arm))
        self._painter.drawLine(QPointF(x - arm, y + arm), QPointF(x + arm, y - arm))

    # --- what stands on the axis ----------------------------------------------------------

    def _producer(self) -> None:
        radius = 8.0 * self._layout.scale
        self._painter.setPen(QPen(self._theme.colour("line"), 1))
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
        font = text_font(layout.px(11.5))
        for row, words in zip(layout.exchange_rows, (self.tr("default"), self.tr("exchange")), strict=True):
            draw_line(self._painter, row, words, font, self._theme.colour("mute"))

    def _tube(self) -> None:
        layout, theme, tube = self._layout, self._theme, self._layout.tube
        is_down = self._view.is_down
        self._painter.setPen(
            self._pen(2.2 * layout.scale, "mute" if is_down else "accent", (3.0, 2.4) if is_down else ())
        )
        self._painter.setBrush(theme.colour("bg" if is_down else "tube"))
        self._painter.drawRoundedRect(tube, tube.height() / 2, tube.height() / 2)
        bar = QRectF(0, 0, tube.width() - 0.85 * tube.height(), 4.5 * layout.scale)
        bar.moveCenter(QPointF(tube.center().x(), tube.bottom() + 10 * layout.scale))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(theme.colour("line" if is_down else "accent"))
        self._painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)

    def _tube_words(self) -> None:
        layout, theme, is_down = self._layout, self._theme, self._view.is_down
        font, row = mono_font(layout.px(14.5), QFont.Weight.Bold), layout.caption_rows[0]
        metrics = QFontMetricsF(font)
        state = self.tr(" · broker down") if is_down else ""
        room = row.width() - metrics.horizontalAdvance(state)
        name = metrics.elidedText(one_line(self._view.queue), Qt.TextElideMode.ElideMiddle, room)
        draw_line(self._painter, row, name + state, font, theme.colour("bad" if is_down else "ink"))
        words = self.tr("durable · on disk")
        draw_line(self._painter, layout.below_rows[0], words, text_font(layout.px(12)), theme.colour("mute"))

    # --- legend ---------------------------------------------------------------------------

    def _legend(self) -> None:
        layout, theme, area = self._layout, self._theme, self._layout.legend
        font = text_font(layout.px(12))
        metrics = QFontMetricsF(font)
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
            draw_line(self._painter, box, words, font, colour, Qt.AlignmentFlag.AlignLeft)


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


def one_line(words: str) -> str:
    """Return `words` without line ends and tabs."""
    return " ".join(words.split())


def draw_line(
    painter: QPainter,
    box: QRectF,
    words: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
) -> None:
    """Draw one line of plain text, in the middle of the height of `box`; with … if it is too long."""
    metrics = QFontMetricsF(font)
    if metrics.horizontalAdvance(words) > box.width():
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width())
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)
