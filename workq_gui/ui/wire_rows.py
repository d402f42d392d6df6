"""The rows of what went over the wire."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from workq_gui.core.wire import FrameType, WireFrame, WireLog
from workq_gui.core.wire_search import WireSearch
from workq_gui.ui.event_row_painter import RowLook
from workq_gui.ui.theme import DARK, Theme
from workq_gui.ui.wire_row_painter import WireRowPainter
from workq_gui.ui.wire_words import direction_words, line_words, wire_time_words

LEAST_ROWS_BELOW_HEADER = 4
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class WireRows(QAbstractScrollArea):
    """Shows the frames that a search found, a row each, as far as they are in sight. GUI thread.

    No item view of Qt's: these lay out all rows again whenever one is added. It follows the latest frame
    that the picture shows, until the reader scrolls that out of sight.

    Signals:
        seek_requested: The picture is to show the moment of a frame; carries nanoseconds.
        chosen: The user looks at a frame; carries its number.
        left: The user is done with that frame.
    """

    seek_requested = Signal(object)
    chosen = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log: WireLog | None = None
        self._search: WireSearch | None = None
        self._shown_number = 0
        self._is_live = self._follows = True
        self._is_placing = False
        self._top: int | None = None  # which frame is the first row in sight
        self._current: int | None = None  # which frame the user looks at
        self._painted: object = None
        self._about = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)  # it stands on a panel
        self.setAccessibleName(self.tr("Frames on the wire, newest last"))
        self.set_theme(DARK)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._painter = WireRowPainter(theme)
        self._place()
        self.viewport().update()

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
        self._shown_number, self._is_live, self._about = shown_number, is_live, about
        self._place()
        painted = (self._in_sight(), self._mark_row() - self._value, is_live, self._current, about)
        if painted != self._painted:
            self._painted = painted
            self.viewport().update()

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
    def _value(self) -> int:
        return self.verticalScrollBar().value()

    @property
    def _page(self) -> int:
        """How many whole rows are in sight."""
        return max(1, (self.viewport().height() - self._header_height) // self._painter.row_height)

    @property
    def _header_height(self) -> int:
        """How high the names of the columns are: a low list has room for rows only."""
        least = self._painter.header_height + LEAST_ROWS_BELOW_HEADER * self._painter.row_height
        return self._painter.header_height if self.viewport().height() >= least else 0

    def _first_painted(self) -> tuple[int, int]:
        """Return the first row to paint, and its top: at the end the last row is seen whole."""
        value, height, header = self._value, self._painter.row_height, self._header_height
        surplus = self.viewport().height() - header - self._page * height
        if value and value == self.verticalScrollBar().maximum() and surplus > 0:
            return value - 1, header + surplus - height
        return value, header

    def _number(self, row: int) -> int | None:
        if self._search is None or self._log is None or not 0 <= row < self.row_count:
            return None
        number = self._search.number(row)
        return number if number >= self._log.first else None  # else forgotten since it was found

    def _frames(self, row: int) -> tuple[WireFrame, Sequence[WireFrame]]:
        """Return the frame of a row, and the content that is folded into it."""
        assert self._log is not None
        assert self._search is not None
        number, folds = self._search.number(row), self._search.wanted.folds_content
        contents = self._log.contents(number) if folds else ()
        return self._log.frame(number), [self._log.frame(content) for content in contents]

    def _mark_row(self) -> int:
        """Return the row of the latest frame that the picture shows; -1 for none."""
        if self._is_live or self._search is None:
            return self.row_count - 1
        return self._search.row_of(self._shown_number) - 1

    def _in_sight(self) -> tuple[int | None, ...]:
        first, _ = self._first_painted()
        return tuple(self._number(row) for row in range(first, self._value + self._page + 1))

    def _row_at(self, y: float) -> int:
        first, top = self._first_painted()
        return first + int((y - top) // self._painter.row_height)

    # --- scrolling --------------------------------------------------------------------------

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 (Qt's)
        """Remember what the reader looks at."""
        if not self._is_placing:
            mark, value = self._mark_row(), self._value
            self._follows = value <= mark < value + self._page or (mark < 0 and value == 0)
            self._top = self._number(value)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new height."""
        self._place()

    def _place(self) -> None:
        """Keep the rows in sight where they are, or follow the picture."""
        bar = self.verticalScrollBar()
        self._is_placing = True
        try:
            bar.setPageStep(self._page)
            bar.setRange(0, max(0, self.row_count - self._page))
            if self._top is not None and self._search is not None:
                bar.setValue(self._search.row_of(self._top))
            if self._follows:
                self._follow()
        finally:
            self._is_placing = False
        self._top = self._number(self._value)

    def _follow(self) -> None:
        mark, value = self._mark_row(), self._value
        if self._is_live:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        elif not value <= mark < value + self._page:
            self.verticalScrollBar().setValue(max(0, mark - self._page // 2))

    # --- keys and mouse ---------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by arrows; Return shows the moment, Escape closes the frame; Ctrl+C copies the row."""
        row = None if self._current is None or self._search is None else self._search.row_of(self._current)
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -self._page,
            Qt.Key.Key_PageDown: self._page,
            Qt.Key.Key_Home: -self.row_count,
            Qt.Key.Key_End: self.row_count,
        }
        if event.key() in steps:
            self._move_to((self._mark_row() if row is None else row) + steps[Qt.Key(event.key())])
            if event.key() == Qt.Key.Key_End:
                event.ignore()  # the window goes back to now
        elif row is not None and event.key() in ENTER:
            self._seek(row)
        elif row is not None and event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif row is not None and event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(" ".join(self.words_of(row)))
        else:
            event.ignore()  # what the window does with a key is not for a scroll bar

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the frame of the row under the mouse, and its moment."""
        row = self._row_at(event.position().y())
        is_row = event.position().y() >= self._header_height and self._number(row) is not None
        if event.button() is Qt.MouseButton.LeftButton and is_row:
            self._move_to(row)
            self._seek(row)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it is elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _move_to(self, row: int) -> None:
        row = min(max(row, 0), self.row_count - 1)
        number = self._number(row)
        if number is None:
            return
        self._current = number
        self.setAccessibleDescription(" · ".join(self.words_of(row)))
        if row < self._value:
            self.verticalScrollBar().setValue(row)
        elif row >= self._value + self._page:
            self.verticalScrollBar().setValue(row - self._page + 1)
        self.viewport().update()
        self.chosen.emit(number)

    def _seek(self, row: int) -> None:
        number = self._number(row)
        if number is not None and self._log is not None:
            self._follows = True
            self.seek_requested.emit(self._log.record(number).at_ns)

    # --- paint ------------------------------------------------------------------------------

    def _note(self, row: int) -> str:
        if self._number(row) == 0:
            return self._about
        return self.tr("Not watched until here: a closed view costs nothing.")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        painter = QPainter(self.viewport())
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_rows(painter)
        finally:
            painter.end()

    def _paint_rows(self, painter: QPainter) -> None:
        height, width = self._painter.row_height, self.viewport().width()
        row, top = self._first_painted()
        if self.row_count == 0:
            self._painter.paint_note(painter, QRect(0, top, width, height), "", self._about, RowLook())
        mark = -1 if self._is_live else self._mark_row()
        marked_ns = -1 if self._number(mark) is None else self._frames(mark)[0].at_ns
        while top < self.viewport().height() and row < self.row_count:
            if self._number(row) is not None:
                self._paint_row(painter, QRect(0, top, width, height), row, mark, marked_ns)
            row, top = row + 1, top + height
        if self._header_height:
            box = QRect(0, 0, width, self._header_height)
            self._painter.paint_header(painter, box, self._column_names())

    def _paint_row(self, painter: QPainter, box: QRect, row: int, mark: int, marked_ns: int) -> None:
        frame, contents = self._frames(row)
        look = RowLook(
            is_shown=self._is_live or row <= mark,
            is_mark=row <= mark and frame.at_ns == marked_ns,
            is_current=self._number(row) == self._current,
            has_focus=self.hasFocus(),
            mark=self.tr("now shown") if row == mark else "",
        )
        if frame.frame_type is FrameType.NOTE:
            self._painter.paint_note(painter, box, wire_time_words(frame.at_ns), self._note(row), look)
        else:
            self._painter.paint(painter, box, frame, contents, look)

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
