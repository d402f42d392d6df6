"""A task as an order slip."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from workq_gui.ui.theme import kind_colour
from workq_gui.ui.tokens import CoinPainter, Form, Look

TEETH = 5


class SlipPainter(CoinPainter):
    """Draws each look as a slip of paper with a torn lower edge, as large as a coin is."""

    def coin(self, look: Look, radius: float) -> None:
        """Draw the slip."""
        theme, painter, kind = self.theme, self.painter, kind_colour("." * look.dots)
        slip = _slip(0.86 * radius, radius)
        if look.form is Form.SOLID:
            painter.setPen(Qt.PenStyle.NoPen if theme.is_dark else QPen(theme.colour("ink"), 1.4))
            painter.setBrush(kind)
            painter.drawPath(slip)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("tube"))
        painter.drawPath(slip)
        fill = QColor(kind)
        fill.setAlphaF(0.6 if look.is_small else 0.2 if look.form is Form.DASHED else 0.1)
        pen = QPen(kind if theme.is_dark else kind.darker(135), 1.8)
        if look.form is Form.DASHED:
            pen.setDashPattern([2.0, 1.6])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(fill)
        painter.drawPath(slip)

    def disk(self) -> None:
        """Draw the mark of an order that is on disk: a stamp, clear of the torn edge."""
        self.painter.setPen(QPen(self.theme.colour("panel"), 1.2))
        self.painter.setBrush(self.theme.colour("ink"))
        self.painter.drawRoundedRect(QRectF(-4.6, 8.4, 9.2, 5.4), 1.6, 1.6)


def _slip(half_width: float, half_height: float) -> QPainterPath:
    """Return a sheet around the origin, its lower edge torn."""
    tooth = 2 * half_width / TEETH
    depth = 0.16 * half_height
    path = QPainterPath(QPointF(-half_width, -half_height))
    path.lineTo(half_width, -half_height)
    path.lineTo(half_width, half_height - depth)
    for number in range(TEETH):
        right = half_width - number * tooth
        path.lineTo(right - tooth / 2, half_height)
        path.lineTo(right - tooth, half_height - depth)
    path.closeSubpath()
    return path
