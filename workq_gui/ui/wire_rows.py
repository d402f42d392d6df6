"""The rows of what went over the wire."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from workq_gui.core.wire import FrameType, WireFrame, WireLog
from workq_gui.core.wire_search import WireSearch
from workq_gui.ui.moment_rows import MomentRows
from workq_gui.ui.row_painter import RowLook
from workq_gui.ui.theme import DARK, Theme
from workq_gui.ui.wire_row_painter import WireRowPainter
from workq_gui.ui.wire_words import direction_words, line_words, wire_time_words

LEAST_ROWS_BELOW_HEADER = 4


class WireRows(MomentRows):
    """Shows the frames that a search found. GUI thread.

    Signals:
        left: The user is done with the frame that was chosen.
    """

    left = Signal()
    _painter: WireRowPainter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log: WireLog | None = None
        self._search: WireSearch | None = None
        self.setAccessibleName(self.tr("Frames on the wire, newest last"))
        self.set_theme(DARK)

    def display(
        self, log: WireLog, search: WireSearch, shown_number: int, *, is_live: bool, about: str
    ) -> None:
        """Show what `search` found; the picture shows the frames before `shown_number`.

        `about` says what the list is of: where it begins, or in the place of rows.
        """
        if search is not self._search:
            self._follows = True
        if log is not self._log:
            self._top = self._current = None
        self._log, self._search = log, search
        self._show(shown_number, is_live=is_live, about=about)

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return 0 if self._search is None else len(self._search)

    @property
    def current(self) -> int | None:
        """Which frame the user looks at, by its number."""
        return self._current

    def choose_none(self) -> None:
        """Let the user look at no frame."""
        self._current = None
        self.viewport().update()

    def words_of(self, row: int) -> tuple[str, ...]:
        """Return what the row `row` says: when, whose, which way, channel, what, how; of a note two of it."""
        frame, contents = self._frames(row)
        when = wire_time_words(frame.at_ns)
        if frame.frame_type is FrameType.NOTE:
            return (when, self._note(row))
        how = line_words(frame, contents)
        return (when, frame.owner, direction_words(frame), str(frame.channel), frame.name, how)

    # --- rows -------------------------------------------------------------------------------

    @property
    def _header_height(self) -> int:
        """How high the names of the columns are: a low list has room for rows only."""
        least = self._painter.header_height + LEAST_ROWS_BELOW_HEADER * self._painter.row_height
        return self._painter.header_height if self.viewport().height() >= least else 0

    def _painter_for(self, theme: Theme) -> WireRowPainter:
        return WireRowPainter(theme)

    def _number(self, row: int) -> int | None:
        if self._search is None or self._log is None or not 0 <= row < self.row_count:
            return None
        number = self._search.number(row)
        return number if number >= self._log.first else None  # else forgotten since it was found

    def _row_of(self, number: int) -> int:
        return 0 if self._search is None else self._search.row_of(number)

    def _at_ns(self, row: int) -> int | None:
        number = self._number(row)
        return None if number is None or self._log is None else self._log.record(number).at_ns

    def _copied(self, row: int) -> str:
        return " ".join(self.words_of(row))

    def _frames(self, row: int) -> tuple[WireFrame, Sequence[WireFrame]]:
        """Return the frame of a row, and the content that is folded into it."""
        assert self._log is not None
        assert self._search is not None
        number, folds = self._search.number(row), self._search.wanted.folds_content
        contents = self._log.contents(number) if folds else ()
        return self._log.frame(number), [self._log.frame(content) for content in contents]

    def _is_mark(self, row: int, mark: int) -> bool:
        return row <= mark and self._at_ns(row) == self._at_ns(mark)  # what went in one go

    def _take_key(self, event: QKeyEvent, row: int) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return True
        return super()._take_key(event, row)

    # --- paint ------------------------------------------------------------------------------

    def _note(self, row: int) -> str:
        if self._number(row) == 0:
            return self._about
        return self.tr("Not watched until here: a closed view costs nothing.")

    def _paint_rows(self, painter: QPainter) -> None:
        super()._paint_rows(painter)
        if self._header_height:
            box = QRect(0, 0, self.viewport().width(), self._header_height)
            self._painter.paint_header(painter, box, self._column_names())

    def _paint_row(self, painter: QPainter, box: QRect, row: int, look: RowLook) -> None:
        if self._number(row) is None:
            return
        frame, contents = self._frames(row)
        if frame.frame_type is FrameType.NOTE:
            self._painter.paint_note(painter, box, wire_time_words(frame.at_ns), self._note(row), look)
        else:
            self._painter.paint(painter, box, frame, contents, look)

    def _paint_about(self, painter: QPainter, box: QRect) -> None:
        self._painter.paint_note(painter, box, "", self._about, RowLook())

    def _column_names(self) -> dict[str, str]:
        return {
            "time": self.tr("time, s"),
            "connection": self.tr("connection"),
            "direction": self.tr("direction"),
            "ch": self.tr("ch"),
            "what": self.tr("what"),
            "": self.tr("arguments · body"),
            "bytes": self.tr("bytes"),
        }
