"""Paints the card of one worker."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen

from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.core.tasks import count_dots
from workq_gui.ui.style import CONTROL_HEIGHT, PANEL_RADIUS, SMALL_SIZE
from workq_gui.ui.theme import Theme, kind_colour, mono_font, text_font, zoomed
from workq_gui.ui.worker_card_words import CardLines, has_task
from workq_gui.ui.worker_menu import CONNECTED

CARD_HEIGHT = 116
LEFT, RIGHT, BOTTOM = 18, 12, 8
RING = QRect(18, 35, 38, 38)
RING_WIDTH = 5
RING_STEPS = 360
MAX_TICKS = 12
FOREIGN_DASHES = (4.0, 3.0)
"""The frame of what is not ours."""
NARROWEST_QUEUES = 48
"""Less room than this says nothing about a queue; the tool tip does."""

STATUS_COLOURS = {
    WorkerStatus.CONNECTING: "mute",
    WorkerStatus.WAITING: "mute",
    WorkerStatus.WORKING: "info",
    WorkerStatus.FINISHED: "info",
    WorkerStatus.FROZEN: "warn",
    WorkerStatus.CHANNEL_CLOSED: "bad",
    WorkerStatus.RECONNECTING: "warn",
    WorkerStatus.CRASHED: "bad",
    WorkerStatus.STOPPED: "mute",
}
FRAMES = {WorkerStatus.CRASHED: "bad", WorkerStatus.FROZEN: "warn"}
LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class CardPicture:
    """All that one picture of a card shows.

    Attributes:
        status: In words, for the pill.
        queues: What it takes from, in words; empty if that goes without saying.
        ring_step: How much of the ring is full, of RING_STEPS.
        seconds: For the middle of the ring.
        facts_box: Where the facts have room, in the card.
    """

    view: WorkerView
    lines: CardLines
    status: str
    queues: str
    facts: tuple[str, ...]
    ring_step: int
    seconds: str
    facts_box: QRect
    has_focus: bool


def ring_box() -> QRect:
    """Return where the ring is, with the pen's width around it."""
    return _zoomed_box(RING).adjusted(-zoomed(5), -zoomed(5), zoomed(5), zoomed(5))


class CardPainter:
    """Paints one picture. Lives as long as its QPainter."""

    def __init__(self, painter: QPainter, theme: Theme, width: int, picture: CardPicture) -> None:
        self._painter = painter
        self._theme = theme
        self._width = width
        self._picture = picture
        self._view = picture.view
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def paint(self, box: QRect) -> None:
        """Paint the card; only the ring, if `box` is no more than that."""
        self._frame()
        if has_task(self._view):
            self._ring()
        if not ring_box().contains(box):
            self._words()

    # --- the frame and the ring -----------------------------------------------------------

    def _frame(self) -> None:
        painter, height = self._painter, zoomed(CARD_HEIGHT)
        token, width = self._frame_line()
        pen = QPen(self._theme.colour(token), width)
        if self._view.is_foreign:
            pen.setDashPattern(FOREIGN_DASHES)
        painter.setPen(pen)
        painter.setBrush(self._theme.colour("card"))
        radius, inset = zoomed(PANEL_RADIUS), width / 2
        painter.drawRoundedRect(
            QRectF(0, 0, self._width, height).adjusted(inset, inset, -inset, -inset), radius, radius
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(STATUS_COLOURS[self._view.status]))
        bar = QRectF(0, zoomed(12), zoomed(5), height - 2 * zoomed(12))
        painter.drawRoundedRect(bar, bar.width() / 2, bar.width() / 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _frame_line(self) -> tuple[str, float]:
        """Return the colour and the width of the frame. The pill says too that a worker has crashed."""
        thin = self._theme.line_width
        if self._picture.has_focus:
            return "ink", thin + 1  # the accent is too much like the red of a crash
        token = FRAMES.get(self._view.status)
        if token is None and self._view.is_foreign:
            return "mute", thin + 0.5  # dashes of the line's colour could hardly be seen
        return (token, thin + 1) if token else ("line", thin)

    def _ring(self) -> None:
        painter, width = self._painter, zoomed(RING_WIDTH)
        circle = QRectF(_zoomed_box(RING)).adjusted(2, 2, -2, -2)
        if self._view.is_foreign:  # it has a task; how far it is nobody knows
            painter.setPen(self._unknown_progress())
            painter.drawEllipse(circle)
            return
        # A line as bright as in the high-contrast theme would look like work that is done.
        painter.setPen(QPen(self._theme.colour("line"), width if self._theme.line_width < 2 else 2))
        painter.drawEllipse(circle)
        length = -round(self._picture.ring_step * 16 * 360 / RING_STEPS)
        if not self._theme.is_dark and length:  # some kinds are too pale for a white card without an outline
            painter.setPen(QPen(self._theme.colour("ink"), width + 1, c=Qt.PenCapStyle.FlatCap))
            painter.drawArc(circle, 90 * 16, length)
        painter.setPen(QPen(self._ring_colour(), width, c=Qt.PenCapStyle.FlatCap))
        painter.drawArc(circle, 90 * 16, length)
        self._ticks(circle)
        painter.setPen(self._theme.colour("ink"))
        painter.setFont(text_font(11, QFont.Weight.DemiBold))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, self._picture.seconds)

    def _unknown_progress(self) -> QPen:
        pen = QPen(self._ring_colour() if self._theme.is_dark else self._theme.colour("ink"), zoomed(3))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern((1.6, 1.2))
        return pen

    def _ring_colour(self) -> QColor:
        if self._view.status is WorkerStatus.FINISHED:
            return self._theme.colour("info")
        return kind_colour(self._view.text)

    def _ticks(self, circle: QRectF) -> None:
        """Cut the ring where one dot ends and the next begins."""
        dots = count_dots(self._view.text)
        if not 1 < dots <= MAX_TICKS:
            return
        painter, radius, half = self._painter, circle.width() / 2, zoomed(3)
        painter.setPen(QPen(self._theme.colour("card"), 1.5))
        painter.save()
        painter.translate(circle.center())
        for _ in range(dots):
            painter.drawLine(QPointF(0, -radius - half), QPointF(0, -radius + half))
            painter.rotate(360 / dots)
        painter.restore()

    # --- the words ------------------------------------------------------------------------

    def _words(self) -> None:
        is_at_work = has_task(self._view)
        right = self._heart(self._pill()) - zoomed(8)
        self._name(right)
        ring = _zoomed_box(RING)
        left = ring.right() + zoomed(12) if is_at_work else zoomed(LEFT)
        width = self._width - left - zoomed(RIGHT)
        lines, small = self._picture.lines, text_font(SMALL_SIZE)
        first_font = mono_font(13) if is_at_work else text_font(13)
        first = QRect(left, zoomed(36), width, zoomed(18))
        count_width = self._right_text(first, lines.count, small, "mute")
        self._text(first.adjusted(0, 0, -count_width, 0), lines.first, first_font, lines.first_colour)
        second = QRect(left, zoomed(54), width, zoomed(18))
        used = min(self._advance(lines.second, small), width - self._advance(lines.mark, small))
        self._text(QRect(left, second.y(), used, second.height()), lines.second, small, "mute")
        self._text(second.adjusted(used, 0, 0, 0), lines.mark, small, "bad")
        self._facts()

    def _name(self, right: int) -> None:
        """Say the name, and beside it, as far as there is room, what the worker takes from."""
        font, left = text_font(14, QFont.Weight.Bold), zoomed(LEFT)
        row = QRect(left, zoomed(10), right - left, zoomed(22))
        self._text(row, self._view.title, font, "ink")
        beside = row.adjusted(self._advance(self._view.title, font), 0, 0, 0)
        if self._picture.queues and beside.width() >= zoomed(NARROWEST_QUEUES):
            self._text(beside, self._picture.queues, text_font(11), "mute")

    def _facts(self) -> None:
        box, font = self._picture.facts_box, text_font(11)
        rows = _rows(self._picture.facts, QFontMetrics(font), box.width())
        height = box.height() // len(rows)
        for number, row in enumerate(rows):
            self._text(QRect(box.x(), box.y() + number * height, box.width(), height), row, font, "mute")

    def _pill(self) -> int:
        painter, font = self._painter, text_font(11, QFont.Weight.DemiBold)
        width = QFontMetrics(font).horizontalAdvance(self._picture.status) + zoomed(24)
        box = QRectF(self._width - zoomed(RIGHT) - width, zoomed(10), width, zoomed(22))
        painter.setPen(QPen(self._theme.colour(STATUS_COLOURS[self._view.status]), self._theme.line_width))
        radius = box.height() / 2
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._picture.status)
        return int(box.left())

    def _heart(self, right: int) -> int:
        """Draw a full heart if the worker sends heartbeats, else a hollow one with a flat line.

        Of dots, if the broker is frozen: how long the connection still lives, nobody knows.
        """
        painter = self._painter
        if self._view.is_foreign or (self._view.status not in CONNECTED and not self._view.is_frozen):
            return right
        size = zoomed(11)
        box = QRectF(right - zoomed(8) - size, zoomed(10) + (zoomed(22) - size) / 2, size, size)
        heart = _heart_path(box)
        if self._view.is_silent:
            painter.setPen(QPen(self._theme.colour("warn"), 1.5))
            painter.drawPath(heart)
            painter.drawLine(
                QPointF(box.left() - 2, box.center().y()), QPointF(box.right() + 2, box.center().y())
            )
        elif self._view.is_unanswered:
            painter.setPen(QPen(self._theme.colour("warn"), 1.5, Qt.PenStyle.DotLine))
            painter.drawPath(heart)
        else:
            painter.fillPath(heart, self._theme.colour("ok"))
        return int(box.left())

    def _advance(self, text: str, font: QFont) -> int:
        """Return how much of a row `text` takes up, with the gap to what follows."""
        return QFontMetrics(font).horizontalAdvance(_one_line(text)) + zoomed(10) if text else 0

    def _right_text(self, box: QRect, text: str, font: QFont, token: str) -> int:
        """Write `text` at the right end; return how much of the row it takes up."""
        if text:
            self._painter.setFont(font)
            self._painter.setPen(self._theme.colour(token))
            self._painter.drawText(box, RIGHT_MIDDLE, text)
        return self._advance(text, font)

    def _text(self, box: QRect, text: str, font: QFont, token: str) -> None:
        self._painter.setFont(font)
        self._painter.setPen(self._theme.colour(token))
        elided = QFontMetrics(font).elidedText(_one_line(text), Qt.TextElideMode.ElideRight, box.width())
        self._painter.drawText(box, LEFT_MIDDLE, elided)


def facts_box(right: int) -> QRect:
    """Return where the facts have room, if what is beside them begins at `right`."""
    left, height = zoomed(LEFT), zoomed(CONTROL_HEIGHT)
    return QRect(left, zoomed(CARD_HEIGHT) - zoomed(BOTTOM) - height, right - left - zoomed(8), height)


def _zoomed_box(box: QRect) -> QRect:
    return QRect(zoomed(box.x()), zoomed(box.y()), zoomed(box.width()), zoomed(box.height()))


def _rows(facts: tuple[str, ...], metrics: QFontMetrics, width: int) -> list[str]:
    """Return `facts` in one row if they fit, else in two, of which the first is as full as can be."""
    for count in range(len(facts), 0, -1):
        row = " · ".join(facts[:count])
        if metrics.horizontalAdvance(row) <= width:
            break
    rest = " · ".join(facts[count:])
    return [row, rest] if rest else [row]


def _heart_path(box: QRectF) -> QPainterPath:
    def at(x: float, y: float) -> QPointF:
        return QPointF(box.x() + x * box.width(), box.y() + y * box.height())

    heart = QPainterPath(at(0.5, 1))
    heart.cubicTo(at(-0.35, 0.5), at(0.1, -0.3), at(0.5, 0.28))
    heart.cubicTo(at(0.9, -0.3), at(1.35, 0.5), at(0.5, 1))
    return heart


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
