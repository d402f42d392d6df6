"""The bin of the kitchen: what is lost falls into the ledger."""

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from workq_gui.ui.stage_layout import StageLayout
from workq_gui.ui.stage_text import RIGHT, draw_line, stage_font
from workq_gui.ui.stage_tokens import Piece, StageTokens
from workq_gui.ui.theme import KINDS, Theme

SCRAP = ((-1.0, -0.8), (0.1, -1.0), (1.1, -0.7), (0.8, 0.1), (1.0, 0.8), (-0.2, 0.6), (-0.8, 0.9))
"""The corners of a torn piece of paper around the origin, about two units wide."""


def paint_bin(painter: QPainter, theme: Theme, layout: StageLayout, is_losing: bool) -> None:
    """Put a lid on the ledger, which is open while something falls in, and say what it is."""
    box, scale = layout.ledger, layout.scale
    painter.save()
    painter.translate(box.left(), box.top())
    if is_losing:
        painter.rotate(-2.0)
    pen = QPen(theme.colour("bad" if is_losing else "mute"), 1.6 * scale * min(theme.line_width, 1.4))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLine(QPointF(-4 * scale, 0), QPointF(box.width() + 4 * scale, 0))
    handle = QPainterPath(QPointF(box.width() / 2 - 9 * scale, 0))
    handle.quadTo(box.width() / 2, -13 * scale, box.width() / 2 + 9 * scale, 0)
    painter.drawPath(handle)
    painter.restore()
    if layout.ledger_row_count > 1:
        row = QRectF(box.left(), box.top() + 3 * scale, box.width() - 10 * layout.text_scale, 18.0 * scale)
        words = QCoreApplication.translate("Kitchen", "the bin")
        draw_line(painter, row, words, stage_font(layout.px(12)), theme.colour("mute"), RIGHT)


def paint_scraps(painter: QPainter, theme: Theme, tokens: StageTokens) -> None:
    """Paint the pieces of slips that are torn: paper, which turns as it falls."""
    for number, piece in enumerate(tokens.pieces):
        painter.save()
        painter.translate(piece.x, piece.y)
        painter.rotate(73.0 * number + 140.0 * (1.0 - piece.opacity))
        _paint_scrap(painter, theme, piece)
        painter.restore()


def _paint_scrap(painter: QPainter, theme: Theme, piece: Piece) -> None:
    colour, ink = QColor(KINDS[piece.dots % len(KINDS)]), theme.colour("ink")
    for each in (colour, ink):
        each.setAlphaF(piece.opacity)
    painter.setPen(Qt.PenStyle.NoPen if theme.is_dark else QPen(ink, 0.9, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(colour)
    painter.drawPolygon([QPointF(x * piece.radius, y * piece.radius) for x, y in SCRAP])
