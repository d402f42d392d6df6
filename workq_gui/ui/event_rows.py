"""The rows of the list of events."""

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from workq_gui.core.event_search import EventSearch
from workq_gui.core.events import Event, TaskEvent
from workq_gui.core.session import Session
from workq_gui.ui.event_row_painter import EventRowPainter, RowLook
from workq_gui.ui.event_words import event_kind_words, event_whose_words, sentence_words, time_words
from workq_gui.ui.style import plain_tooltip
from workq_gui.ui.theme import DARK, Theme
from workq_gui.ui.worker_menu import has_open_menu, is_menu_key

RUSH = 20
"""So many new events from one frame to the next..."""
RUSH_FRAMES = 4
"""...and the list shows one frame of so many."""
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class EventRows(QAbstractScrollArea):
    """Shows what a search found, a row each, as far as it is in sight. GUI thread.

    No item view of Qt's: these lay out all rows again whenever one is added, and there may be a million.
    It follows the latest event that the picture shows, until the reader scrolls that out of sight.

    Signals:
        seek_requested: The picture is to show the moment of an event; carries nanoseconds.
        life_requested: The user wants a task's whole life; carries its id.
        menu_requested: The user wants to know what can be done with an event; carries it and the place.
    """

    seek_requested = Signal(object)
    life_requested = Signal(str)
    menu_requested = Signal(object, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search: EventSearch | None = None
        self._session: Session | None = None
        self._shown_count = 0
        self._is_live = True
        self._empty = ""
        self._follows = True
        self._is_placing = False
        self._top: int | None = None  # which event is the first row in sight
        self._current: int | None = None  # which event the keyboard is at
        self._painted: object = None
        self._seen_count = self._rush_frame = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)  # it stands on a panel
        self.setAccessibleName(self.tr("Events, newest last"))
        self.set_theme(DARK)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._painter = EventRowPainter(theme)
        self._place()
        self.viewport().update()

    def display(
        self, search: EventSearch, session: Session, shown_count: int, *, is_live: bool, empty: str
    ) -> None:
        """Show what `search` found; so many events of `session` are shown by the picture. `empty` if none."""
        if search is not self._search:
            self._follows = True
        elif self._is_rush(search, is_live=is_live):
            return
        self._search, self._session = search, session
        self._shown_count, self._is_live, self._empty = shown_count, is_live, empty
        self._seen_count = len(search)
        self._place()
        painted = (self._in_sight(), self._mark_row() - self._value, is_live, self._current, empty)
        if painted != self._painted:
            self._painted = painted
            self.viewport().update()

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return 0 if self._search is None else len(self._search) + self._lead

    def words_of(self, row: int) -> tuple[str, str, str, str]:
        """Return what the row `row` says: when, who, what, and the kind of event; a note has no event."""
        event = self._event(row)
        if event is None or self._session is None:
            return ("", "", self._note(), "")
        return (
            time_words(event.at_ns),
            event_whose_words(event),
            sentence_words(event, self._session.board),
            event_kind_words(event),
        )

    def _is_rush(self, search: EventSearch, *, is_live: bool) -> bool:
        """Whether events rush by, which nobody can read, and this is none of the frames that show them."""
        is_rush = is_live and self._follows and search.is_done and len(search) - self._seen_count > RUSH
        self._rush_frame = self._rush_frame + 1 if is_rush else 0
        return self._rush_frame % RUSH_FRAMES > 0

    # --- rows -------------------------------------------------------------------------------

    @property
    def _lead(self) -> int:
        """How many rows are before the first event: one, if there were events that are not kept."""
        search, session = self._search, self._session
        return int(search is not None and session is not None and session.history.first > 0)

    @property
    def _value(self) -> int:
        return self.verticalScrollBar().value()

    @property
    def _page(self) -> int:
        """How many whole rows are in sight."""
        return max(1, self.viewport().height() // self._painter.row_height)

    def _event(self, row: int) -> Event | None:
        index, session = self._index(row), self._session
        if index is None or session is None or index < session.history.first:  # forgotten since it was found
            return None
        return session.history[index]

    def _index(self, row: int) -> int | None:
        if self._search is None or not self._lead <= row < self.row_count:
            return None
        return self._search.index(row - self._lead)

    def _row_of(self, index: int) -> int:
        return 0 if self._search is None else self._search.row_of(index) + self._lead

    def _mark_row(self) -> int:
        """Return the row of the latest event that the picture shows; -1 for none."""
        if self._is_live:
            return self.row_count - 1
        return self._row_of(self._shown_count) - 1

    def _in_sight(self) -> tuple[int | None, ...]:
        first, _ = self._first_painted()
        return tuple(self._index(row) for row in range(first, self._value + self._page + 1))

    def _first_painted(self) -> tuple[int, int]:
        """Return the first row to paint, and its top: at the end the last row is seen whole."""
        value, height = self._value, self._painter.row_height
        surplus = self.viewport().height() - self._page * height
        if value and value == self.verticalScrollBar().maximum() and surplus > 0:
            return value - 1, surplus - height
        return value, 0

    def _row_at(self, y: float) -> int:
        first, top = self._first_painted()
        return first + int((y - top) // self._painter.row_height)

    # --- scrolling --------------------------------------------------------------------------

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 (Qt's)
        """Remember what the reader looks at."""
        if not self._is_placing:
            self._remember()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new height."""
        self._place()

    def _remember(self) -> None:
        mark, value = self._mark_row(), self._value
        self._follows = value <= mark < value + self._page or (mark < 0 and value == 0)
        self._top = self._index(max(value, self._lead))

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
        self._top = self._index(max(self._value, self._lead))

    def _follow(self) -> None:
        mark, value = self._mark_row(), self._value
        if self._is_live:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        elif not value <= mark < value + self._page:
            self.verticalScrollBar().setValue(max(0, mark - self._page // 2))

    # --- keys and mouse ---------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by arrows; Return shows the moment, the Menu key the menu; Ctrl+C copies the sentence."""
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
        elif row is not None and event.key() in ENTER:
            self._seek(row)
        elif row is not None and is_menu_key(event):
            self._open_menu(row, self._global_place(row))
        elif row is not None and event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.words_of(row)[2])
        else:
            event.ignore()  # what the window does with a key is not for a scroll bar

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the moment of the row under the mouse."""
        row = self._row_at(event.position().y())
        if event.button() is Qt.MouseButton.LeftButton and self._event(row) is not None:
            self._move_to(row)
            self._seek(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole life of the task that the row under the mouse is about."""
        told = self._event(self._row_at(event.position().y()))
        if event.button() is Qt.MouseButton.LeftButton and isinstance(told, TaskEvent):
            self.life_requested.emit(told.task_id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the event under the mouse, or at the keyboard's place."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            if self._current is not None:
                row = self._row_of(self._current)
                self._open_menu(row, self._global_place(row))
            return
        self._open_menu(self._row_at(event.pos().y()), event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell all of the row under the mouse in a tool tip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(self._row_at(event.pos().y())), self)
            return True
        return super().viewportEvent(event)

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
        index = self._index(row)
        if index is None:
            return
        self._current = index
        self.setAccessibleDescription(" · ".join(self.words_of(row)))
        if row < self._value:
            self.verticalScrollBar().setValue(row)
        elif row >= self._value + self._page:
            self.verticalScrollBar().setValue(row - self._page + 1)
        self.viewport().update()

    def _seek(self, row: int) -> None:
        event = self._event(row)
        if event is not None:
            self._follows = True
            self.seek_requested.emit(event.at_ns)

    def _open_menu(self, row: int, place: QPoint) -> None:
        event = self._event(row)
        if event is not None and not has_open_menu(self):
            self._move_to(row)
            self.menu_requested.emit(event, place)

    def _global_place(self, row: int) -> QPoint:
        first, top = self._first_painted()
        y = top + (row - first + 1) * self._painter.row_height
        return self.viewport().mapToGlobal(QPoint(self._painter.row_height * 3, y))

    def _tip(self, row: int) -> str:
        event = self._event(row)
        if event is None:
            return ""
        when, who, what, kind = self.words_of(row)
        lines = [what, self.tr("{} s · {} · {}").format(when, who, kind)]
        if isinstance(event, TaskEvent):
            lines.append(self.tr("message_id {}").format(event.task_id))
        return plain_tooltip("\n".join(lines))

    def _note(self) -> str:
        return self.tr("Earlier events are in the recording only.")

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
        session, height, width = self._session, self._painter.row_height, self.viewport().width()
        if session is None:
            return
        if self.row_count == self._lead:
            self._painter.paint_note(painter, QRect(0, 0, width, height), self._empty)
            return
        row, top = self._first_painted()
        mark = -1 if self._is_live else self._mark_row()
        while top < self.viewport().height() and row < self.row_count:
            box, told = QRect(0, top, width, height), self._event(row)
            if told is None:
                self._painter.paint_note(painter, box, self._note())
            else:
                look = RowLook(
                    is_shown=self._is_live or row <= mark,
                    is_mark=row == mark,
                    is_current=self._index(row) == self._current,
                    has_focus=self.hasFocus(),
                    mark=self.tr("now shown"),
                )
                self._painter.paint(painter, box, told, session.board, look)
            row, top = row + 1, top + height
