"""What the rows of lists of moments have in common for the eye."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from workq_gui.ui.style import blend
from workq_gui.ui.theme import Theme, zoomed

ROW_HEIGHT = 26
PAD = 6
GAP = 16
BAR_WIDTH = 3
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)


@dataclass(frozen=True, slots=True)
class RowLook:
    """How a row stands out.

    Attributes:
        is_shown: The picture has come so far.
        is_mark: It is the latest that the picture shows, and that is of the past.
        is_current: The keyboard is at it; has_focus tells whether keys go there.
        mark: What is written in a row that is the mark.
    """

    is_shown: bool = True
    is_mark: bool = False
    is_current: bool = False
    has_focus: bool = False
    mark: str = ""


class RowPainter:
    """Paints what rows stand on, and words; made anew for each theme and zoom. GUI thread.

    Attributes:
        row_height: How high a row is, in pixels.
    """

    def __init__(self, theme: Theme, *fonts: QFont) -> None:
        self._theme = theme
        self._metrics = {id(font): QFontMetrics(font) for font in fonts}
        self.row_height = zoomed(ROW_HEIGHT)
        self._ink, self._mute, self._accent = (theme.colour(name) for name in ("ink", "mute", "accent"))
        self._current_fill = QColor(blend(theme.mute, theme.panel, 0.14))
        self._mark_fill = QColor(blend(theme.accent, theme.panel, 0.12))

    def _paint_ground(self, painter: QPainter, box: QRect, look: RowLook) -> None:
        if look.is_mark:
            painter.fillRect(box, self._mark_fill)
            painter.fillRect(QRect(box.left(), box.top(), zoomed(BAR_WIDTH), box.height()), self._accent)
        elif look.is_current:
            painter.fillRect(box, self._current_fill)
        if look.is_current and look.has_focus:
            painter.setPen(QPen(self._accent, 2))
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 4, 4)

    def _advance(self, font: QFont, words: str) -> int:
        return self._metrics[id(font)].horizontalAdvance(words)

    def _write(
        self, painter: QPainter, box: QRect, words: str, font: QFont, colour: QColor, align: int = LEFT
    ) -> None:
        write_cut(painter, box, words, font, self._metrics[id(font)], colour, align)


def write_cut(
    painter: QPainter,
    box: QRect,
    words: str,
    font: QFont,
    metrics: QFontMetrics,
    colour: QColor,
    align: int = LEFT,
) -> None:
    """Write `words` on one line into `box`, and of them only as many as it has room for."""
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(box, align, metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width()))
