"""All events as sentences: what happened, to be searched."""

from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from workq_gui.core.event_kinds import is_verdict
from workq_gui.core.event_lines import to_line
from workq_gui.core.event_search import EventSearch
from workq_gui.core.events import Event, TaskEvent, TaskId
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.core.tasks import shown_text
from workq_gui.ui.event_rows import EventRows
from workq_gui.ui.event_words import sentence_words
from workq_gui.ui.events_filter import EventsFilterBar
from workq_gui.ui.theme import DARK, Theme

SLICE_EVENTS = 500
"""So many events are looked at in a row: with words to be searched, some 2 ms..."""
SEARCH_MS = 4
"""...and after so long the frame gets its turn."""
LATE_FRAME_MS = 24


class EventsView(QWidget):
    """The list of all events that are kept, verdicts among them, and what of them to show. GUI thread.

    Signals:
        seek_requested: The picture is to show the moment of an event; carries nanoseconds.
        task_requested: The user wants a task's whole life; carries its id.
    """

    seek_requested = Signal(object)
    task_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Playhead, Session] | None = None
        self._search: EventSearch | None = None
        self._filter = EventsFilterBar()
        self._filter.changed.connect(self._search_anew)
        self._rows = EventRows()
        self._rows.seek_requested.connect(self.seek_requested)
        self._rows.life_requested.connect(self.task_requested)
        self._rows.menu_requested.connect(self._open_menu)
        self._filter.left.connect(self._rows.setFocus)
        # Who shows us frame by frame starts it anew each time: it goes on where no frames come.
        self._late_frame = QTimer(self, interval=LATE_FRAME_MS, singleShot=True)
        self._late_frame.timeout.connect(self._show_again)
        self.setFocusProxy(self._rows)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._filter)
        layout.addWidget(self._rows, 1)
        self.set_theme(DARK)

    @property
    def catching_up(self) -> bool:
        """Whether not all events were looked at yet."""
        return self._search is not None and not self._search.is_done

    def display(self, playhead: Playhead, session: Session) -> None:
        """Show the events of `session`, and which of them the picture shows; search on, for a slice."""
        if self._shown is None or self._shown[1] is not session:
            self._search = None
        self._shown = (playhead, session)
        if self._search is None:
            self._search = EventSearch(session.history, self._filter.wanted)
        self._look(self._search, session)
        self._filter.set_workers(session.worker_views)
        self._rows.display(
            self._search,
            session,
            playhead.state.applied_count,
            is_live=playhead.is_live,
            empty=self._empty_words(self._search),
        )
        self._filter.show_status(self._status(self._search))
        if self.catching_up and self.isVisible():
            self._late_frame.start()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._filter.fit()
        self._rows.set_theme(theme)

    def filter_task(self, task_id: str) -> None:
        """Show the events of one task only."""
        known = None if self._shown is None else self._shown[1].board.tasks.get(TaskId(task_id))
        name = f"“{shown_text(known.text)}”" if known is not None and known.text else task_id
        self._filter.set_task(TaskId(task_id), name)

    # --- searching --------------------------------------------------------------------------

    def _look(self, search: EventSearch, session: Session) -> None:
        clock = QElapsedTimer()
        clock.start()
        while search.look(session.board, SLICE_EVENTS) and clock.elapsed() < SEARCH_MS:
            pass

    def _search_anew(self) -> None:
        self._search = None
        self._show_again()

    def _show_again(self) -> None:
        if self._shown is not None and self.isVisible():
            self.display(*self._shown)

    def _status(self, search: EventSearch) -> str:
        found = self.tr("{:,} of {:,} events").format(len(search), search.kept_count)
        if search.is_done:
            return found
        searched = self.tr("searched {:,} of {:,}").format(search.searched_count, search.kept_count)
        return self.tr("{} found, {}").format(f"{len(search):,}", searched)

    def _empty_words(self, search: EventSearch) -> str:
        if not search.is_done:
            return self.tr("Searching…")
        if search.kept_count:
            return self.tr("No event is like that.")
        return self.tr("Nothing has happened yet.")

    def take_focus(self) -> None:
        """Let the user type what to look for."""
        self._filter.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.search.selectAll()

    # --- the menu ---------------------------------------------------------------------------

    def _open_menu(self, event: Event, place: QPoint) -> None:
        if self._shown is None:
            return
        board, clipboard = self._shown[1].board, QGuiApplication.clipboard()
        menu = QMenu(self._rows)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Show this moment"), lambda: self.seek_requested.emit(event.at_ns))
        if isinstance(event, TaskEvent):
            task_id = event.task_id
            menu.addAction(self.tr("This task's whole life"), lambda: self.task_requested.emit(task_id))
            menu.addAction(self.tr("Only this task's events"), lambda: self.filter_task(task_id))
        menu.addSeparator()
        menu.addAction(self.tr("Copy sentence"), lambda: clipboard.setText(sentence_words(event, board)))
        if is_verdict(event):
            none = menu.addAction(self.tr("Copy as JSON line (a verdict is not recorded: it follows)"))
            none.setEnabled(False)
        else:
            menu.addAction(self.tr("Copy as JSON line"), lambda: clipboard.setText(to_line(event)))
        menu.popup(place)
