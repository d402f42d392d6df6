"""How one frame looks in the list of what went over the wire."""

from collections.abc import Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QPainter, QPen

from workq_gui.core.wire import WireFrame
from workq_gui.ui.row_painter import GAP, LEFT, PAD, RIGHT, RowLook, RowPainter
from workq_gui.ui.style import SMALL_SIZE
from workq_gui.ui.theme import Theme, mono_font, text_font, zoomed
from workq_gui.ui.wire_words import colour_token, direction_words, line_words, wire_time_words

WIDEST_TIME = "0,000.0000"
WIDEST_CHANNEL = "000"
WIDEST_BYTES = "000,000"
WIDEST_NAME = "Connection.StartOk"
OWNER_WIDTH = 72
LEAST_WIDTH_FOR_ALL = 640
"""A narrower list has no channel, no bytes, and of the direction the arrow only."""
LEAST_WIDTH_FOR_MARK = 140
HEADER_HEIGHT = 22
SPARE = 6


class WireRowPainter(RowPainter):
    """Paints rows and the names of their columns; made anew for each theme and zoom. GUI thread."""

    def __init__(self, theme: Theme) -> None:
        self._mono, self._text = mono_font(SMALL_SIZE), text_font(SMALL_SIZE)
        self._name, self._note = mono_font(SMALL_SIZE, QFont.Weight.Medium), text_font(SMALL_SIZE)
        self._small = text_font(11, QFont.Weight.Medium)
        self._note.setItalic(True)
        super().__init__(theme, self._mono, self._text, self._name, self._note, self._small)
        self._spans: dict[str, tuple[int, int]] = {}
        self._spans_width = -1
        self.header_height = zoomed(HEADER_HEIGHT)
        self._arrow_width = self._advance(self._text, "→") + zoomed(SPARE)
        self._direction_width = self._advance(self._text, "← broker") + zoomed(SPARE)

    def paint(
        self, painter: QPainter, box: QRect, frame: WireFrame, contents: Sequence[WireFrame], look: RowLook
    ) -> None:
        """Paint a frame, with the content that is folded into it, into `box`."""
        self._paint_ground(painter, box, look)
        mute = self._mute
        name_colour, ink = mute, mute
        if look.is_shown:
            name_colour, ink = self._theme.colour(colour_token(frame)), self._ink
        size = frame.size_bytes + sum(content.size_bytes for content in contents)
        columns = self._columns(box)
        self._write(painter, columns["time"], wire_time_words(frame.at_ns), self._mono, mute, RIGHT)
        self._write(painter, columns["connection"], frame.owner, self._text, ink)
        is_wide = "ch" in columns
        way = direction_words(frame) if is_wide else direction_words(frame)[:1]
        self._write(painter, columns["direction"], way, self._text, ink)
        if is_wide:
            self._write(painter, columns["ch"], str(frame.channel), self._mono, mute, RIGHT)
        self._write(painter, columns["what"], frame.name, self._name, name_colour)
        if is_wide:
            self._write(painter, columns["bytes"], f"{size:,}", self._mono, mute, RIGHT)
        rest = columns[""]
        if look.is_mark and rest.width() >= zoomed(LEAST_WIDTH_FOR_MARK):
            self._write(painter, rest, look.mark, self._small, self._accent, RIGHT)
            rest.setRight(rest.right() - self._advance(self._small, look.mark) - zoomed(GAP))
        self._write(painter, rest, line_words(frame, contents), self._mono, ink)

    def paint_header(self, painter: QPainter, box: QRect, names: dict[str, str]) -> None:
        """Write the `names` of the columns into `box`, over what is there."""
        painter.fillRect(box, self._theme.colour("panel"))
        for column, place in self._columns(box).items():
            align = RIGHT if column in ("time", "ch", "bytes") else LEFT
            words = names[column] if place.width() > self._arrow_width else ""
            self._write(painter, place, words, self._small, self._mute, align)
        painter.setPen(QPen(self._theme.colour("line"), self._theme.line_width))
        painter.drawLine(box.left(), box.bottom(), box.right(), box.bottom())

    def paint_note(self, painter: QPainter, box: QRect, when: str, words: str, look: RowLook) -> None:
        """Paint words about the list into a row of it."""
        self._paint_ground(painter, box, look)
        columns = self._columns(box)
        self._write(painter, columns["time"], when, self._mono, self._mute, RIGHT)
        rest = QRect(columns["connection"])
        rest.setRight(box.right() - zoomed(PAD))
        self._write(painter, rest, words, self._note, self._mute)

    def _columns(self, box: QRect) -> dict[str, QRect]:
        """Return the place of each column; that of the arguments has no name."""
        if self._spans_width != box.width():
            self._spans, self._spans_width = self._spans_of(box.width()), box.width()
        top, height = box.top(), box.height()
        return {column: QRect(left, top, width, height) for column, (left, width) in self._spans.items()}

    def _spans_of(self, list_width: int) -> dict[str, tuple[int, int]]:
        """Return where each column begins in a list so wide, and its width."""
        gap, left, right = zoomed(GAP), zoomed(PAD), list_width - zoomed(PAD)
        is_wide = list_width >= zoomed(LEAST_WIDTH_FOR_ALL)
        widths = {
            "time": self._advance(self._mono, WIDEST_TIME),
            "connection": zoomed(OWNER_WIDTH),
            "direction": self._direction_width if is_wide else self._arrow_width,
            "ch": self._advance(self._mono, WIDEST_CHANNEL),
            "what": self._advance(self._name, WIDEST_NAME) + zoomed(SPARE),
        }
        if not is_wide:
            del widths["ch"]
        spans = {}
        for column, width in widths.items():
            spans[column] = (left, width)
            left += width + gap
        if is_wide:
            width = self._advance(self._mono, WIDEST_BYTES)
            spans["bytes"] = (right - width, width)
            right -= width + gap
        spans[""] = (left, max(0, right - left))
        return spans
