"""The window: puts the parts beside each other, and hands on what they show."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QStackedWidget, QToolTip, QWidget

from workq_gui.core.playhead import Playhead
from workq_gui.core.queue_settings import QUORUM
from workq_gui.core.session import Session
from workq_gui.ui.broker_screen import BrokerScreen
from workq_gui.ui.charts_view import ChartsView
from workq_gui.ui.composer import ComposerPanel
from workq_gui.ui.events_view import EventsView
from workq_gui.ui.ledger_window import LedgerWindow
from workq_gui.ui.look_back import LookBackPanel
from workq_gui.ui.past_only import set_reason
from workq_gui.ui.playhead_bar import PlayheadBar
from workq_gui.ui.sent_list import SentList
from workq_gui.ui.shortcuts import ShortcutList, plain_keys, table
from workq_gui.ui.stage import Stage
from workq_gui.ui.style import apply_theme
from workq_gui.ui.task_life_window import TaskLifeWindow
from workq_gui.ui.theme import DARK, Theme, set_zoom, zoom
from workq_gui.ui.timeline_view import TimelineView
from workq_gui.ui.top_bar import TopBar
from workq_gui.ui.wire_view import WireView
from workq_gui.ui.work_page import Page, WorkPage
from workq_gui.ui.worker_panel import WorkerPanel

ACTING = ("hold_workers", "hold_producer", "add_worker", "add_worker_with", "crash_one", "focus_composer")
"""The deeds that need a broker."""
MOST_DROPPED = 3
"""Each opens a window of its own."""
ZOOM_STEP = 0.1
PRESENTED = 1.6
PRESENTED_WIDTH = 700
"""The width that stage and workers need; on a screen too narrow for it, presented text is not so large."""


class MainWindow(QMainWindow):
    """Holds all widgets; knows nothing of who fulfils their wishes. GUI thread.

    Attributes:
        broker_screen: What is shown until there is a broker.
        top_bar: Which broker, and the settings.
        composer: Where tasks are written.
        sent_list: All tasks.
        stage: The animated picture.
        playhead_bar: Which moment the picture shows, and what is held.
        worker_panel: All workers.
        look_back: What happened, as a whole.
        work: How all these stand beside each other.
        open_folder: Where a recording is looked for first.
        may_close: Asked when the user wants to close the window; it stays open if that returns False.

    Signals:
        closing: The window is closed.
        open_requested: The user wants to see a recording or a scenario; carries its path.
    """

    closing = Signal()
    open_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("WorkQ"))
        self.setMinimumSize(1024, 700)
        self.broker_screen = BrokerScreen()
        self.top_bar = TopBar()
        self.composer = ComposerPanel()
        self.sent_list = SentList()
        self.stage = Stage()
        self.playhead_bar = PlayheadBar()
        self.worker_panel = WorkerPanel()
        self._theme = DARK
        self._shown: tuple[Playhead, Session] | None = None
        self._before_presenting: tuple[Qt.WindowState, float] | None = None
        self._shortcut_list: ShortcutList | None = None
        self._ledger: LedgerWindow | None = None
        self._life: TaskLifeWindow | None = None
        # Queued: a panel may move its workers while it is shown a session.
        self.worker_panel.anchors_moved.connect(self._show_again, Qt.ConnectionType.QueuedConnection)
        self.timeline, self.events, self.charts, self.wire = (
            TimelineView(),
            EventsView(),
            ChartsView(),
            WireView(),
        )
        self.look_back = self._make_look_back()
        self.work = WorkPage(
            self.top_bar,
            (self.composer, self.sent_list),
            (self.stage, self.playhead_bar),
            self.worker_panel,
            self.look_back,
        )
        self._work_page = Page(self.work, None)
        self._work_page.resizing.connect(self.work.suit)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.broker_screen)
        self._pages.addWidget(self._work_page)
        self.setCentralWidget(self._pages)
        self.open_folder = ""
        self.may_close: Callable[[], bool] = lambda: True
        self._deeds = self._make_deeds()
        self._plain_keys = plain_keys()
        self._connect_parts()
        self.work.give_columns_width()
        self.resize(1440, 900)

    def show_work(self) -> None:
        """Show the broker at work, and let the user type."""
        self._pages.setCurrentWidget(self._work_page)
        self.composer.setFocus()

    def show_broker_screen(self) -> None:
        """Show the screen that stands in until there is a broker."""
        self._pages.setCurrentWidget(self.broker_screen)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now, what the stylesheet does not reach."""
        self._theme = theme
        for part in (
            self.top_bar,
            self.sent_list,
            self.stage,
            self.playhead_bar,
            self.worker_panel,
            self.look_back,
        ):
            part.set_theme(theme)
        if self._life is not None:
            self._life.set_theme(theme)

    def set_past_only(self, name: str, words: str) -> None:
        """Show the recording `name`, of which `words` tell more: what was, and nothing that can be done."""
        reason = self.tr("This is a recording. What is past cannot be changed: a real broker has no undo.")
        self.setWindowTitle(self.tr("{} (recording) – WorkQ").format(name))
        set_reason(self, reason)
        self.top_bar.set_past_only(name, words)
        self.composer.set_past_only(reason)
        self.worker_panel.set_past_only(reason)
        self.playhead_bar.set_past_only(reason)
        self.stage.set_past_only()
        for what in ACTING:
            self._deeds[what] = lambda: QToolTip.showText(self.mapToGlobal(self.rect().center()), reason)

    def set_reduced_motion(self, is_reduced: bool) -> None:
        """Let what happens appear and fade instead of move."""
        self.top_bar.set_reduced_motion_choice(is_reduced)
        self.stage.set_reduced_motion(is_reduced)

    def set_kitchen(self, is_kitchen: bool) -> None:
        """Show the stage as a kitchen."""
        self.top_bar.set_kitchen_choice(is_kitchen)
        self.stage.set_kitchen(is_kitchen)

    def zoom_to(self, factor: float) -> None:
        """Make everything `factor` times as large as designed, within what is sensible."""
        set_zoom(factor)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        apply_theme(application, self._theme)
        self.set_theme(self._theme)
        self.work.give_columns_width()
        # Once more when all parts know how small they can be now: until then the splitter heeds the old size.
        QTimer.singleShot(0, self, self.work.give_columns_width)
        self._show_again()

    def show_ledger(self) -> None:
        """Show what is lost and what was done twice, at the moment that is shown."""
        if self._ledger is None:
            self._ledger = LedgerWindow(self)
            self._ledger.seek_requested.connect(self.playhead_bar.seek_requested)
        self._ledger.show()
        self._ledger.activateWindow()
        self._show_again()

    def show_task_life(self, task_id: str) -> None:
        """Show all that happened to one task, up to the moment that is shown."""
        if self._life is None:
            self._life = TaskLifeWindow(self)
            self._life.seek_requested.connect(self.playhead_bar.seek_requested)
            self._life.set_theme(self._theme)
        self._life.show_task(task_id)
        self._life.show()
        self._life.activateWindow()
        self._show_again()

    @property
    def is_presenting(self) -> bool:
        """Whether the stage fills the screen."""
        return self._before_presenting is not None

    def present(self) -> None:
        """Let the stage and the workers fill the screen, in large; called again, go back."""
        if self._before_presenting is not None:
            self._leave_presentation()
            return
        self._before_presenting = (self.windowState(), zoom())
        self._fold(True)
        self.showFullScreen()
        widest = self.screen().size().width() / PRESENTED_WIDTH
        self.zoom_to(min(PRESENTED * zoom(), max(widest, 1.0)))
        self.stage.setFocus()

    def display(self, playhead: Playhead, session: Session) -> None:
        """Show the moment of `playhead`, and of what can be done to `session` how it is now."""
        self._shown = (playhead, session)
        if self._pages.currentWidget() is not self._work_page:
            return
        state, at_ns = playhead.state, playhead.at_ns
        queues = tuple(session.queues.views)
        self.top_bar.display(session)
        quorum = [view.name for view in session.queues.views.values() if view.queue_type == QUORUM]
        self.composer.display(session.pace.dot_s, queues, quorum)
        self.sent_list.display(state.board)
        self.worker_panel.show_chaos(session.workers.is_chaos)
        self.worker_panel.display(state.worker_views, at_ns, queues)
        stage_top = self.stage.mapTo(self, QPoint(0, 0)).y()
        anchors = {worker_id: float(y - stage_top) for worker_id, y in self.worker_panel.anchors().items()}
        self.stage.set_live(playhead.is_live)
        self.stage.display(state, at_ns, anchors)
        if self._ledger is not None:
            self._ledger.display(state)
        if self._life is not None:
            self._life.display(playhead, session)
        self.playhead_bar.display(playhead, session.workers.is_held, session.broker.is_producer_held)
        if not self.sent_list.shows_rush:  # both in one frame are too much for it
            self.look_back.display(playhead, session)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key is for, unless the widget that has the focus used it."""
        is_plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        what = self._plain_keys.get(event.key()) if is_plain else None
        if what is None or self._pages.currentWidget() is not self._work_page:
            super().keyPressEvent(event)
        elif not (event.isAutoRepeat() and what == "toggle_hold"):
            self._deeds[what]()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files: a recording, or a scenario."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for each file to be opened."""
        event.acceptProposedAction()
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        for path in paths[:MOST_DROPPED]:
            self.open_requested.emit(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, and say so, if that is allowed."""
        if self.may_close():
            event.accept()
            self.closing.emit()
        else:
            event.ignore()

    # --- what keys and menus do -------------------------------------------------------------

    def _make_look_back(self) -> LookBackPanel:
        tr = self.tr
        panel = LookBackPanel(
            [
                (tr("Timeline"), self.timeline),
                (tr("Events"), self.events),
                (tr("Charts"), self.charts),
                (tr("Wire"), self.wire),
            ],
            searchable=(1, 3),
        )
        panel.seek_requested.connect(self.playhead_bar.seek_requested)
        for view in (self.timeline, self.events):
            view.task_requested.connect(self.show_task_life)
        return panel

    def _make_deeds(self) -> dict[str, Callable[[], object]]:
        bar, panel = self.playhead_bar, self.worker_panel
        return {
            "toggle_hold": self._toggle_hold,
            "step": bar.step_requested.emit,
            "step_back": bar.step_back_requested.emit,
            "first": self._seek_first,
            "now": bar.now_requested.emit,
            "hold_workers": lambda: self._hold_workers(),
            "hold_producer": lambda: self._hold_producer(),
            "add_worker": lambda: panel.add_requested.emit(()),
            "add_worker_with": panel.open_settings,
            "crash_one": panel.crash_one_requested.emit,
            "ledger": self.show_ledger,
            "open": self._choose_file,
            "look_back": lambda: self.look_back.fold(not self.look_back.is_folded),
            "find": self.look_back.look_for,
            "share": self.look_back.share_requested.emit,
            **{f"tab_{tab}": partial(self.look_back.choose, tab) for tab in range(4)},
            "focus_composer": self._focus_composer,
            "focus_stage": self.stage.setFocus,
            "present": self.present,
            "leave": self._leave_presentation,
            "zoom_in": lambda: self.zoom_to(zoom() + ZOOM_STEP),
            "zoom_out": lambda: self.zoom_to(zoom() - ZOOM_STEP),
            "zoom_reset": lambda: self.zoom_to(1.0),
            "help": self._show_shortcuts,
            "quit": self.close,
        }

    def _connect_parts(self) -> None:
        for shortcut in table():
            if not shortcut.is_plain:
                for keys in shortcut.keys:
                    what = shortcut.what
                    QShortcut(QKeySequence(keys), self, lambda what=what: self._deeds[what]())
        for number in range(1, 10):
            QShortcut(
                QKeySequence(f"Ctrl+{number}"),
                self,
                lambda number=number: self.worker_panel.focus_worker(number),
            )
        self.top_bar.deed_requested.connect(lambda what: self._deeds[what]())
        self.top_bar.reduced_motion_requested.connect(self.set_reduced_motion)
        self.top_bar.kitchen_requested.connect(self.set_kitchen)
        self.stage.ledger_requested.connect(self.show_ledger)
        self.stage.task_life_requested.connect(self.show_task_life)
        self.sent_list.task_requested.connect(self.show_task_life)
        self.top_bar.open_requested.connect(self.open_requested)
        self.setAcceptDrops(True)

    def _toggle_hold(self) -> None:
        if self._shown and self._shown[0].is_held:
            self.playhead_bar.play_requested.emit()
        else:
            self.playhead_bar.hold_requested.emit()

    def _seek_first(self) -> None:
        if self._shown:
            self.playhead_bar.seek_requested.emit(self._shown[0].first_ns)

    def _choose_file(self) -> None:
        kinds = self.tr("Recordings and scenarios (*.workq *.jsonl *.toml);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Open"), self.open_folder, kinds)
        if path:
            self.open_requested.emit(path)

    def _hold_workers(self) -> None:
        if self._shown:
            self.playhead_bar.workers_hold_requested.emit(not self._shown[1].workers.is_held)

    def _hold_producer(self) -> None:
        if self._shown:
            self.playhead_bar.producer_hold_requested.emit(not self._shown[1].broker.is_producer_held)

    def _focus_composer(self) -> None:
        self._leave_presentation()
        self.composer.setFocus()

    def _leave_presentation(self) -> None:
        if self._before_presenting is None:
            return
        (state, factor), self._before_presenting = self._before_presenting, None
        self.setWindowState(state)
        self._fold(False)
        self.zoom_to(factor)

    def _fold(self, is_folded: bool) -> None:
        """Fold away what only the one at the keyboard needs."""
        self.work.fold(is_folded)
        self.worker_panel.set_presenting(is_folded)

    def _show_shortcuts(self) -> None:
        if self._shortcut_list is None:
            self._shortcut_list = ShortcutList(self)
            self._shortcut_list.destroyed.connect(self._forget_shortcuts)
        self._shortcut_list.show()
        self._shortcut_list.activateWindow()

    def _forget_shortcuts(self) -> None:
        self._shortcut_list = None

    def _show_again(self) -> None:
        if self._shown:
            self.display(*self._shown)
