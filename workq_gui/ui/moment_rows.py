"""Rows of moments, of which only those in sight are painted."""

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

from workq_gui.ui.row_painter import RowLook, RowPainter
from workq_gui.ui.theme import Theme

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MomentRows(QAbstractScrollArea):
    """Shows moments, each with a number that it keeps, a row each, as far as they are in sight. GUI thread.

    No item view of Qt's: these lay out all rows again whenever one is added, and there may be a million.
    It follows the latest moment that the picture shows, until the reader scrolls that out of sight.
    Who inherits it says what the rows are, calls `set_theme` at the end of `__init__`, and `_show`.

    Signals:
        seek_requested: The picture is to show the moment of a row; carries nanoseconds.
        chosen: The user looks at a row; carries its number.
    """

    seek_requested = Signal(object)
    chosen = Signal(object)
    _painter: RowPainter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown_count = 0  # the number of the first moment that the picture does not show
        self._is_live = self._follows = True
        self._is_placing = False
        self._about = ""
        self._top: int | None = None  # the number of the first row in sight
        self._current: int | None = None  # the number of the row that the keyboard is at
        self._painted: object = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)  # it stands on a panel

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._painter = self._painter_for(theme)
        self._place()
        self.viewport().update()

    def _show(self, shown_count: int, *, is_live: bool, about: str) -> None:
        """Show the rows of now; the picture shows those with numbers below `shown_count`.

        `about` says what the list is of, or stands in the place of rows.
        """
        self._shown_count, self._is_live, self._about = shown_count, is_live, about
        self._place()
        painted = (self._in_sight(), self._mark_row() - self._value, is_live, self._current, about)
        if painted != self._painted:
            self._painted = painted
            self.viewport().update()

    # --- what the rows are: for who inherits this -------------------------------------------

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def words_of(self, row: int) -> tuple[str, ...]:
        """Return what the row `row` says."""
        raise NotImplementedError

    @property
    def _lead(self) -> int:
        """How many rows are before the first moment."""
        return 0

    @property
    def _header_height(self) -> int:
        """How much of the height is not for rows."""
        return 0

    def _painter_for(self, theme: Theme) -> RowPainter:
        raise NotImplementedError

    def _number(self, row: int) -> int | None:
        """Return the number of the moment in a row; None if there is none."""
        raise NotImplementedError

    def _row_of(self, number: int) -> int:
        """Return the row of the first moment that has no lower number."""
        raise NotImplementedError

    def _at_ns(self, row: int) -> int | None:
        """Return the moment of a row; None if there is none, or it is forgotten."""
        raise NotImplementedError

    def _copied(self, row: int) -> str:
        """Return what Ctrl+C copies of a row."""
        raise NotImplementedError

    def _paint_row(self, painter: QPainter, box: QRect, row: int, look: RowLook) -> None:
        raise NotImplementedError

    def _paint_about(self, painter: QPainter, box: QRect) -> None:
        """Paint what stands in the place of rows."""
        raise NotImplementedError

    # --- rows -------------------------------------------------------------------------------

    @property
    def _value(self) -> int:
        return self.verticalScrollBar().value()

    @property
    def _page(self) -> int:
        """How many whole rows are in sight."""
        return max(1, (self.viewport().height() - self._header_height) // self._painter.row_height)

    def _mark_row(self) -> int:
        """Return the row of the latest moment that the picture shows; -1 for none."""
        return (self.row_count if self._is_live else self._row_of(self._shown_count)) - 1

    def _is_mark(self, row: int, mark: int) -> bool:
        """Whether a row looks like `mark`, which is the row that is marked."""
        return row == mark

    def _in_sight(self) -> tuple[int | None, ...]:
        first, _ = self._first_painted()
        return tuple(self._number(row) for row in range(first, self._value + self._page + 1))

    def _first_painted(self) -> tuple[int, int]:
        """Return the first row to paint, and its top: at the end the last row is seen whole."""
        value, height, header = self._value, self._painter.row_height, self._header_height
        surplus = self.viewport().height() - header - self._page * height
        if value and value == self.verticalScrollBar().maximum() and surplus > 0:
            return value - 1, header + surplus - height
        return value, header

    def _row_at(self, y: float) -> int:
        first, top = self._first_painted()
        return first + int((y - top) // self._painter.row_height)

    # --- scrolling --------------------------------------------------------------------------

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 (Qt's)
        """Remember what the reader looks at."""
        if not self._is_placing:
            mark, value = self._mark_row(), self._value
            self._follows = value <= mark < value + self._page or (mark < 0 and value == 0)
            self._remember_top()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new height."""
        self._place()

    def _remember_top(self) -> None:
        self._top = self._number(max(self._value, self._lead))

    def _place(self) -> None:
        """Keep the rows in sight where they are, or follow the picture."""
        bar = self.verticalScrollBar()
        self._is_placing = True
        try:
            bar.setPageStep(self._page)
            bar.setRange(0, max(0, self.row_count - self._page))
            if self._top is not None:
                bar.setValue(self._row_of(self._top))
            if self._follows:
                self._follow()
        finally:
            self._is_placing = False
        self._remember_top()

    def _follow(self) -> None:
        mark, value = self._mark_row(), self._value
        if self._is_live:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        elif not value <= mark < value + self._page:
            self.verticalScrollBar().setValue(max(0, mark - self._page // 2))

    # --- keys and mouse ---------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by arrows; the row that the keyboard is at takes other keys."""
        row = None if self._current is None else self._row_of(self._current)
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
        elif row is None or not self._take_key(event, row):
            event.ignore()  # what the window does with a key is not for a scroll bar

    def _take_key(self, event: QKeyEvent, row: int) -> bool:
        """Show the moment of `row` at Return, copy its words at Ctrl+C; tell whether it was such a key."""
        if event.key() in ENTER:
            self._seek(row)
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._copied(row))
        else:
            return False
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the moment of the row under the mouse."""
        y = event.position().y()
        row = self._row_at(y)
        is_row = y >= self._header_height and self._at_ns(row) is not None
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
        row = min(max(row, self._lead), self.row_count - 1)
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
        at_ns = self._at_ns(row)
        if at_ns is not None:
            self._follows = True
            self.seek_requested.emit(at_ns)

    # --- paint ------------------------------------------------------------------------------

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
        if self.row_count == self._lead:
            self._paint_about(painter, QRect(0, top, width, height))
            return
        mark = -1 if self._is_live else self._mark_row()
        while top < self.viewport().height() and row < self.row_count:
            look = RowLook(
                is_shown=self._is_live or row <= mark,
                is_mark=self._is_mark(row, mark),
                is_current=self._number(row) == self._current,
                has_focus=self.hasFocus(),
                mark=self.tr("now shown") if row == mark else "",
            )
            self._paint_row(painter, QRect(0, top, width, height), row, look)
            row, top = row + 1, top + height
