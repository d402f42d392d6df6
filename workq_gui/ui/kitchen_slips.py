"""A task as an order slip."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from workq_gui.ui.theme import kind_colour
from workq_gui.ui.tokens import CoinPainter, Form, Look

TEETH = 4
WIDTH = 0.86
"""Of a slip, as a part of its height."""
DASHES = (2.0, 1.6)


class SlipPainter(CoinPainter):
    """Draws each look as a slip of paper, as large as a coin is: torn off below, or a copy that is whole."""

    def coin(self, look: Look, radius: float) -> None:
        """Draw the slip."""
        theme, painter, kind = self.theme, self.painter, kind_colour("." * look.dots)
        if look.form is Form.SOLID:
            outline = Qt.PenStyle.NoPen if theme.is_dark else self._pen(theme.colour("ink"), 1.4)
            painter.setPen(outline)
            painter.setBrush(kind)
            painter.drawPath(self._sheet(look, radius - (0.0 if theme.is_dark else 0.2)))
            return
        sheet = self._sheet(look, radius - 0.8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("tube"))  # what it flies over must not shine through its label
        painter.drawPath(sheet)
        fill = QColor(kind)
        fill.setAlphaF(0.6 if look.is_small else 0.2 if look.form is Form.DASHED else 0.1)
        pen = self._pen(kind if theme.is_dark else kind.darker(135), 1.8)
        if look.form is Form.DASHED:
            pen.setDashPattern(DASHES)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(fill)
        painter.drawPath(sheet)

    def _sheet(self, look: Look, radius: float) -> QPainterPath:
        return copy_path(radius) if look.is_small or look.form is Form.DASHED else slip_path(radius)

    def _pen(self, colour: QColor, width: float) -> QPen:
        return QPen(colour, width, j=Qt.PenJoinStyle.RoundJoin)

    def disk(self) -> None:
        """Draw the mark of an order that is on disk: a stamp, clear of the torn edge."""
        self.painter.setPen(QPen(self.theme.colour("panel"), 1.2))
        self.painter.setBrush(self.theme.colour("ink"))
        self.painter.drawRoundedRect(QRectF(-4.6, 7.4, 9.2, 5.4), 1.6, 1.6)


def slip_path(radius: float) -> QPainterPath:
    """Return a slip around the origin, twice `radius` high; its lower edge is torn."""
    half, corner, depth = WIDTH * radius, 0.12 * radius, 0.17 * radius
    tooth = 2 * half / TEETH
    path = QPainterPath(QPointF(-half, corner - radius))
    path.quadTo(-half, -radius, corner - half, -radius)
    path.lineTo(half - corner, -radius)
    path.quadTo(half, -radius, half, corner - radius)
    path.lineTo(half, radius - depth)
    for number in range(TEETH):
        right = half - number * tooth
        path.lineTo(right - tooth / 2, radius)
        path.lineTo(right - tooth, radius - depth)
    path.closeSubpath()
    return path


def copy_path(radius: float) -> QPainterPath:
    """Return a slip that nobody tore off."""
    path, corner = QPainterPath(), 0.16 * radius
    path.addRoundedRect(QRectF(-WIDTH * radius, -radius, 2 * WIDTH * radius, 2 * radius), corner, corner)
    return path


def slip_sign(painter: QPainter, middle: QPointF, radius: float, colour: QColor) -> None:
    """Draw a slip for the legend."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPath(slip_path(1.15 * radius).translated(middle))


def copy_sign(painter: QPainter, middle: QPointF, radius: float, colour: QColor) -> None:
    """Draw a copy for the legend."""
    pen = QPen(colour, 0.28 * radius)
    pen.setDashPattern((1.9, 1.3))
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(copy_path(1.05 * radius).translated(middle))
