"""The rows of the list of events."""

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from workq_gui.core.event_search import EventSearch
from workq_gui.core.events import Event, TaskEvent
from workq_gui.core.session import Session
from workq_gui.ui.event_row_painter import EventRowPainter
from workq_gui.ui.event_words import event_kind_words, event_whose_words, sentence_words, time_words
from workq_gui.ui.moment_rows import MomentRows
from workq_gui.ui.row_painter import RowLook
from workq_gui.ui.style import plain_tooltip
from workq_gui.ui.theme import DARK, Theme
from workq_gui.ui.worker_menu import has_open_menu, is_menu_key

RUSH = 20
"""So many new events from one frame to the next..."""
RUSH_FRAMES = 4
"""...and the list shows one frame of so many."""


class EventRows(MomentRows):
    """Shows the events that a search found. GUI thread.

    Signals:
        life_requested: The user wants a task's whole life; carries its id.
        menu_requested: The user wants to know what can be done with an event; carries it and the place.
    """

    life_requested = Signal(str)
    menu_requested = Signal(object, QPoint)
    _painter: EventRowPainter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search: EventSearch | None = None
        self._session: Session | None = None
        self._seen_count = self._rush_frame = 0
        self.setAccessibleName(self.tr("Events, newest last"))
        self.set_theme(DARK)

    def display(
        self, search: EventSearch, session: Session, shown_count: int, *, is_live: bool, empty: str
    ) -> None:
        """Show what `search` found; so many events of `session` are shown by the picture. `empty` if none."""
        if search is not self._search:
            self._follows = True
        elif self._is_rush(search, is_live=is_live):
            return
        self._search, self._session = search, session
        self._seen_count = len(search)
        self._show(shown_count, is_live=is_live, about=empty)

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

    def _painter_for(self, theme: Theme) -> EventRowPainter:
        return EventRowPainter(theme)

    def _event(self, row: int) -> Event | None:
        number, session = self._number(row), self._session
        if number is None or session is None or number < session.history.first:  # since forgotten
            return None
        return session.history[number]

    def _number(self, row: int) -> int | None:
        if self._search is None or not self._lead <= row < self.row_count:
            return None
        return self._search.index(row - self._lead)

    def _row_of(self, number: int) -> int:
        return 0 if self._search is None else self._search.row_of(number) + self._lead

    def _at_ns(self, row: int) -> int | None:
        event = self._event(row)
        return None if event is None else event.at_ns

    def _copied(self, row: int) -> str:
        _, _, sentence, _ = self.words_of(row)
        return sentence

    # --- keys and mouse ---------------------------------------------------------------------

    def _take_key(self, event: QKeyEvent, row: int) -> bool:
        if is_menu_key(event):
            self._open_menu(row, self._global_place(row))
            return True
        return super()._take_key(event, row)

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

    def _paint_row(self, painter: QPainter, box: QRect, row: int, look: RowLook) -> None:
        event = self._event(row)
        if event is None or self._session is None:
            self._painter.paint_note(painter, box, self._note())
        else:
            self._painter.paint(painter, box, event, self._session.board, look)

    def _paint_about(self, painter: QPainter, box: QRect) -> None:
        self._painter.paint_note(painter, box, self._about)
