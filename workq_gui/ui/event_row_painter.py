"""How one event looks in the list of events."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QPainter

from workq_gui.core.event_kinds import GROUPS, Group, is_verdict
from workq_gui.core.events import Event
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.ui.event_words import event_kind_words, event_whose_words, sentence_words, time_words
from workq_gui.ui.row_painter import GAP, PAD, RIGHT, RowLook, RowPainter
from workq_gui.ui.style import SMALL_SIZE
from workq_gui.ui.theme import Theme, mono_font, text_font, zoomed

WIDEST_TIME = "0,000.000"
WHO_WIDTH = 84
KIND_WIDTH = 176
LEAST_WIDTH_FOR_KIND = 560
"""A narrower list has room for the sentence only."""


class EventRowPainter(RowPainter):
    """Paints rows; made anew for each theme and zoom. GUI thread."""

    def __init__(self, theme: Theme) -> None:
        self._time_font, self._text_font = mono_font(SMALL_SIZE), text_font(SMALL_SIZE)
        self._verdict_font, self._small_font = text_font(SMALL_SIZE), text_font(11, QFont.Weight.Medium)
        self._verdict_font.setItalic(True)
        super().__init__(theme, self._time_font, self._text_font, self._verdict_font, self._small_font)
        self._time_width = self._advance(self._time_font, WIDEST_TIME)

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
            right -= min(kind_box.width(), self._advance(self._small_font, kind)) + gap
        if look.is_mark:
            right = self._paint_mark(painter, QRect(left, top, right - left, height), look.mark) - gap
        font = self._verdict_font if is_verdict(event) else self._text_font
        self._write(painter, QRect(left, top, right - left, height), sentence_words(event, board), font, ink)

    def paint_note(self, painter: QPainter, box: QRect, words: str) -> None:
        """Paint words about the list into a row of it."""
        left = zoomed(PAD) + self._time_width + zoomed(GAP)
        self._write(painter, box.adjusted(left, 0, -zoomed(PAD), 0), words, self._verdict_font, self._mute)

    def _paint_mark(self, painter: QPainter, box: QRect, words: str) -> int:
        """Write at the right of `box` that this is what the picture shows; return where that begins."""
        width = self._advance(self._small_font, words)
        self._write(painter, box, words, self._small_font, self._accent, RIGHT)
        return box.right() - width

    def _kind_colour(self, event: Event) -> QColor:
        kind = type(event)
        if kind in GROUPS[Group.TROUBLE]:
            return self._theme.colour("bad")
        return self._mute
