"""The frames of our own connections as they went over the wire: what Wireshark would show."""

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from workq_gui.core.events import PUBLISHER
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.core.wire import WireLog
from workq_gui.core.wire_search import OBSERVER, WireSearch
from workq_gui.ui.labels import make_label
from workq_gui.ui.theme import DARK, Theme, zoomed
from workq_gui.ui.wire_details import WireDetails
from workq_gui.ui.wire_filter import WireFilterBar
from workq_gui.ui.wire_rows import WireRows

SLICE_FRAMES = 100
"""So many frames are looked at in a row: taken apart to be searched, some 3 ms..."""
SEARCH_MS = 4
"""...and after so long the frame gets its turn."""
LATE_FRAME_MS = 24
RACING_FRAMES = 20
RACING_MS = 60
"""If more comes than anybody can read, it is painted so seldom: the time is better left to the traffic."""
DETAILS_SHARE = 0.42
DETAILS_WIDTHS = (280, 620)


class WireView(QWidget):
    """The list of frames, what of them to show, and the whole of one. GUI thread.

    What a `WireLog` holds is shown; somebody else fills it, while this is seen.

    Signals:
        seek_requested: The picture is to show the moment of a frame; carries nanoseconds.
        watch_requested: The wire is to be recorded from now on (True), or not any more (False).
    """

    seek_requested = Signal(object)
    watch_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Playhead, Session] | None = None
        self._log: WireLog | None = None
        self._search: WireSearch | None = None
        self._is_available, self._is_watching = True, False
        self._looked_at_count = 0
        self._since_look = QElapsedTimer()
        self._filter = WireFilterBar()
        self._filter.changed.connect(self._search_anew)
        self._rows = WireRows()
        self._rows.seek_requested.connect(self.seek_requested)
        self._rows.chosen.connect(self._show_details)
        self._rows.left.connect(self._close_details)
        self._filter.left.connect(self._rows.setFocus)
        self._details = WireDetails()
        self._details.closed.connect(self._close_details)
        self._details.hide()
        self._reason = make_label("mute", name="no_wire")
        self._reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # Who shows us frame by frame starts it anew each time: it goes on where no frames come.
        self._late_frame = QTimer(self, interval=LATE_FRAME_MS, singleShot=True)
        self._late_frame.timeout.connect(self.refresh)
        self.setFocusProxy(self._rows)
        self._lay_out()
        self.set_theme(DARK)

    @property
    def catching_up(self) -> bool:
        """Whether not all frames were looked at yet."""
        return self._search is not None and not self._search.is_done

    def set_log(self, log: WireLog | None) -> None:
        """Show the frames of `log` from now on; None while there is no broker."""
        self._log, self._search = log, None
        self._close_details()
        self.refresh()
        if self._is_watching:  # whoever fills the new one has not been told
            self.watch_requested.emit(True)

    def set_available(self, is_available: bool, reason: str = "") -> None:
        """Show frames, or only `reason`, why there are none to be had."""
        self._is_available = is_available
        self._reason.setText(reason)
        self._pages.setCurrentIndex(0 if is_available else 1)
        self._watch(self.isVisible())

    def display(self, playhead: Playhead, session: Session) -> None:
        """Show the frames, and which of them were before the moment of `playhead`; search on, for a slice."""
        self._shown = (playhead, session)
        log = self._log
        if log is None or not self._is_available:
            return
        if self._search is None:
            self._search = WireSearch(log, self._filter.wanted)
        elif playhead.is_live and self._is_racing(log):
            self._late_frame.start()
            return
        self._looked_at_count = log.count
        self._since_look.start()
        self._look(self._search)
        self._filter.set_owners((PUBLISHER, *session.worker_views, OBSERVER))
        number = log.count if playhead.is_live else log.number_at(playhead.at_ns)
        self._rows.display(log, self._search, number, is_live=playhead.is_live, about=self._about_words())
        self._filter.show_status(self._status(log, self._search))
        self._refresh_details(log)
        if self.catching_up and self.isVisible():
            self._late_frame.start()

    def refresh(self) -> None:
        """Show what has come since, at the moment that was shown last."""
        if self._shown is not None and self.isVisible():
            self.display(*self._shown)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._filter.fit()
        self._rows.set_theme(theme)
        self._details.set_theme(theme)
        self._fit_details()

    # --- watching ---------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what goes over the wire."""
        super().showEvent(event)
        self._watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for it no more; a window that is minimized is not closed."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._watch(False)

    def _watch(self, is_seen: bool) -> None:
        is_wanted = is_seen and self._is_available
        if is_wanted != self._is_watching:
            self._is_watching = is_wanted
            self.watch_requested.emit(is_wanted)

    # --- searching --------------------------------------------------------------------------

    def _look(self, search: WireSearch) -> None:
        clock = QElapsedTimer()
        clock.start()
        while search.look(SLICE_FRAMES) and clock.elapsed() < SEARCH_MS:
            pass

    def _is_racing(self, log: WireLog) -> bool:
        has_much_come = log.count - self._looked_at_count > RACING_FRAMES
        return has_much_come and self._since_look.elapsed() < RACING_MS

    def _search_anew(self) -> None:
        self._search = None
        self.refresh()

    def take_focus(self) -> None:
        """Let the user type what to look for."""
        self._filter.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.search.selectAll()

    def _about_words(self) -> str:
        return self.tr(
            "Only what goes over the wire while this is open is shown: a closed view costs nothing."
        )

    def _status(self, log: WireLog, search: WireSearch) -> str:
        rows = self.tr("{:,} rows of {:,} frames").format(len(search), log.count - log.first)
        if log.dropped_count:
            return self.tr("{}, {:,} earlier ones dropped").format(rows, log.dropped_count)
        return rows

    # --- the whole of a frame ---------------------------------------------------------------

    def _show_details(self, number: int) -> None:
        if self._log is None:
            return
        self._details.setVisible(bool(self._log.record(number).raw))
        self._fit_details()
        self._refresh_details(self._log)

    def _refresh_details(self, log: WireLog) -> None:
        number = self._rows.current
        if number is None or self._details.isHidden():
            return
        if number < log.first:  # forgotten: what is shown of it stays
            return
        contents = log.contents(number) if self._filter.wanted.folds_content else ()
        self._details.show_frames([log.frame(one) for one in (number, *contents)])

    def _close_details(self) -> None:
        self._details.hide()
        self._rows.choose_none()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave rows and details their shares."""
        super().resizeEvent(event)
        self._fit_details()

    def _fit_details(self) -> None:
        least, most = map(zoomed, DETAILS_WIDTHS)
        self._details.setFixedWidth(min(max(round(self.width() * DETAILS_SHARE), least), most))

    def _lay_out(self) -> None:
        both = QHBoxLayout()
        both.setSpacing(0)
        both.addWidget(self._rows, 1)
        both.addWidget(self._details)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._filter)
        column.addLayout(both, 1)
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(page)
        self._pages.addWidget(self._reason)
