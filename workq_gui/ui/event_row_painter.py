"""How one event looks in the list of events."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from workq_gui.core.event_kinds import GROUPS, Group, is_verdict
from workq_gui.core.events import Event
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.ui.event_words import event_kind_words, event_whose_words, sentence_words, time_words
from workq_gui.ui.style import SMALL_SIZE, blend
from workq_gui.ui.theme import Theme, mono_font, text_font, zoomed

ROW_HEIGHT = 26
PAD = 6
GAP = 16
BAR_WIDTH = 3
WIDEST_TIME = "0,000.000"
WHO_WIDTH = 84
KIND_WIDTH = 176
LEAST_WIDTH_FOR_KIND = 560
"""A narrower list has room for the sentence only."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


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


class EventRowPainter:
    """Paints rows; made anew for each theme and zoom. GUI thread."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._time_font, self._text_font = mono_font(SMALL_SIZE), text_font(SMALL_SIZE)
        self._verdict_font, self._small_font = text_font(SMALL_SIZE), text_font(11, QFont.Weight.Medium)
        self._verdict_font.setItalic(True)
        self._metrics = {
            id(font): QFontMetrics(font)
            for font in (self._time_font, self._text_font, self._verdict_font, self._small_font)
        }
        self._time_width = self._metrics[id(self._time_font)].horizontalAdvance(WIDEST_TIME)
        self.row_height = zoomed(ROW_HEIGHT)
        self._ink, self._mute, self._accent = (theme.colour(name) for name in ("ink", "mute", "accent"))
        self._current_fill = QColor(blend(theme.mute, theme.panel, 0.14))
        self._mark_fill = QColor(blend(theme.accent, theme.panel, 0.12))

    def paint(self, painter: QPainter, box: QRect, event: Event, board: TaskBoard, look: RowLook) -> None:
        """Paint one event into `box`."""
        self._paint_ground(painter, box, look)
        left, right = box.left() + zoomed(PAD), box.right() - zoomed(PAD) + 1
        top, height, gap = box.top(), box.height(), zoomed(GAP)
        mute, ink = self._mute, self._ink if look.is_shown else self._mute
        self._write(painter, QRect(left, top, self._time_width, height), time_words(event.at_ns),
                    self._time_font, mute, RIGHT)  # fmt: skip
        left += self._time_width + gap
        who_box = QRect(left, top, zoomed(WHO_WIDTH), height)
        self._write(painter, who_box, event_whose_words(event), self._text_font, mute)
        left += zoomed(WHO_WIDTH) + gap
        if box.width() >= zoomed(LEAST_WIDTH_FOR_KIND):
            colour, kind = self._kind_colour(event) if look.is_shown else mute, event_kind_words(event)
            kind_box = QRect(right - zoomed(KIND_WIDTH), top, zoomed(KIND_WIDTH), height)
            self._write(painter, kind_box, kind, self._small_font, colour, RIGHT)
            right -= min(kind_box.width(), self._metrics[id(self._small_font)].horizontalAdvance(kind)) + gap
        if look.is_mark:
            right = self._paint_mark(painter, QRect(left, top, right - left, height), look.mark) - gap
        font = self._verdict_font if is_verdict(event) else self._text_font
        self._write(painter, QRect(left, top, right - left, height), sentence_words(event, board), font, ink)

    def paint_note(self, painter: QPainter, box: QRect, words: str) -> None:
        """Paint words about the list into a row of it."""
        left = zoomed(PAD) + self._time_width + zoomed(GAP)
        self._write(painter, box.adjusted(left, 0, -zoomed(PAD), 0), words, self._verdict_font, self._mute)

    def _paint_ground(self, painter: QPainter, box: QRect, look: RowLook) -> None:
        if look.is_mark:
            painter.fillRect(box, self._mark_fill)
            painter.fillRect(QRect(box.left(), box.top(), zoomed(BAR_WIDTH), box.height()), self._accent)
        elif look.is_current:
            painter.fillRect(box, self._current_fill)
        if look.is_current and look.has_focus:
            painter.setPen(QPen(self._accent, 2))
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 4, 4)

    def _paint_mark(self, painter: QPainter, box: QRect, words: str) -> int:
        """Write at the right of `box` that this is what the picture shows; return where that begins."""
        width = self._metrics[id(self._small_font)].horizontalAdvance(words)
        self._write(painter, box, words, self._small_font, self._accent, RIGHT)
        return box.right() - width

    def _kind_colour(self, event: Event) -> QColor:
        kind = type(event)
        if kind in GROUPS[Group.TROUBLE]:
            return self._theme.colour("bad")
        return self._mute

    def _write(
        self,
        painter: QPainter,
        box: QRect,
        words: str,
        font: QFont,
        colour: QColor,
        align: Qt.AlignmentFlag = LEFT,
    ) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        elided = self._metrics[id(font)].elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, align | Qt.TextFlag.TextSingleLine, elided)
