"""What is wrong with the broker, in the bar at the top."""

from bisect import bisect_right

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy

from workq_gui.ui.style import CONTROL_RADIUS, SMALL_SIZE, plain_tooltip
from workq_gui.ui.theme import DARK, Theme, text_font, zoom, zoomed

HEIGHT = 40
WIDTH = 160
"""What trouble has at least; a longer address is cut for it."""
LEFT, RIGHT, LINE = 34, 10, 17


class Banner(QLabel):
    """What is wrong, in up to two lines beside a warning sign; all of it in the tool tip. Keeps its place."""

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self._theme = DARK
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)  # or everything would move when trouble comes
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """Return the least that is useful; the layout gives all that is left."""
        return QSize(zoomed(WIDTH), zoomed(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Return the same: the text has no say in it."""
        return self.sizeHint()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def display(self, trouble: str) -> None:
        """Show `trouble`, or nothing if it is empty."""
        self.setText(trouble)
        self.setAccessibleDescription(trouble)
        self.setToolTip(plain_tooltip(trouble))
        self.setVisible(bool(trouble))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a box that is as wide as the words, the sign, and the words."""
        font = text_font(SMALL_SIZE, QFont.Weight.Medium)
        left, right, high = zoomed(LEFT), zoomed(RIGHT), zoomed(LINE)
        lines = two_lines(self.text(), font, self.width() - left - right)
        longest = max(QFontMetrics(font).horizontalAdvance(line) for line in lines)
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_box(painter, left + longest + right)
            painter.save()
            self._paint_sign(painter)
            painter.restore()
            painter.setFont(font)
            top = (self.height() - high * len(lines)) / 2
            for number, line in enumerate(lines):
                box = QRectF(left, top + number * high, longest + 2, high)
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)
        finally:
            painter.end()

    def _paint_box(self, painter: QPainter, width: int) -> None:
        soft = self._theme.colour("warn")
        soft.setAlphaF(0.12)
        painter.setPen(QPen(self._theme.colour("warn"), self._theme.line_width))
        painter.setBrush(soft)
        box = QRectF(0, 0, min(width, self.width()), self.height()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, CONTROL_RADIUS, CONTROL_RADIUS)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_sign(self, painter: QPainter) -> None:
        """Paint a triangle with an exclamation mark: told without colour too."""
        pen = QPen(self._theme.colour("warn"), 1.6, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.translate(zoomed(18), self.height() / 2)
        painter.scale(zoom(), zoom())
        corners = [QPointF(0, -7), QPointF(8, 7), QPointF(-8, 7)]
        painter.drawPolygon(QPolygonF(corners))
        painter.drawLine(QPointF(0, -2), QPointF(0, 2))
        painter.drawPoint(QPointF(0, 4.6))


def two_lines(text: str, font: QFont, width: int) -> list[str]:
    """Return `text` in one line of `width`, or in two: broken between words, and ending in … if too long."""
    metrics = QFontMetrics(font)
    line = " ".join(text.split())
    if metrics.horizontalAdvance(line) <= width:
        return [line]
    lengths = range(len(line) + 1)
    fitting = bisect_right(lengths, width, key=lambda length: metrics.horizontalAdvance(line[:length])) - 1
    space = line.rfind(" ", 0, fitting + 1)
    end = space if space > 0 else max(1, fitting)
    return [line[:end], metrics.elidedText(line[end:].lstrip(), Qt.TextElideMode.ElideRight, width)]
