"""The window: puts the parts beside each other, and hands on what they show."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from workq_gui.core.session import Session
from workq_gui.ui.broker_screen import BrokerScreen
from workq_gui.ui.composer import ComposerPanel
from workq_gui.ui.sent_list import SentList
from workq_gui.ui.stage import Stage
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import Theme
from workq_gui.ui.top_bar import TopBar
from workq_gui.ui.worker_panel import WorkerPanel

GAP = 16
LEFT_WIDTHS = (264, 290)
RIGHT_WIDTHS = (304, 350)
"""The width of a side column in the smallest window, and in the one of the design."""


class MainWindow(QMainWindow):
    """Holds all widgets; has no logic. GUI thread.

    Attributes:
        broker_screen: What is shown until there is a broker.
        top_bar: Which broker, and the settings.
        composer: Where tasks are written.
        sent_list: All tasks.
        stage: The animated picture.
        worker_panel: All workers.
        may_close: Asked when the user wants to close the window; it stays open if that returns False.

    Signals:
        closing: The window is closed.
    """

    closing = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("WorkQ"))
        self.setMinimumSize(1024, 700)
        self.broker_screen = BrokerScreen()
        self.top_bar = TopBar()
        self.composer = ComposerPanel()
        self.sent_list = SentList()
        self.stage = Stage()
        self.worker_panel = WorkerPanel()
        self._shown: tuple[Session, int] | None = None
        # Queued: a panel may move its workers while it is shown a session.
        self.worker_panel.anchors_moved.connect(self._show_again, Qt.ConnectionType.QueuedConnection)
        self._work_page = self._make_work_page()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.broker_screen)
        self._pages.addWidget(self._work_page)
        self.setCentralWidget(self._pages)
        self.may_close: Callable[[], bool] = lambda: True
        self.resize(1440, 900)

    def show_work(self) -> None:
        """Show the broker at work, and let the user type."""
        self._pages.setCurrentWidget(self._work_page)
        self.composer.setFocus()

    def show_broker_screen(self) -> None:
        """Show the screen that stands in until there is a broker."""
        self._pages.setCurrentWidget(self.broker_screen)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme` what the stylesheet does not reach."""
        for part in (self.top_bar, self.sent_list, self.stage, self.worker_panel):
            part.set_theme(theme)

    def display(self, session: Session, at_ns: int) -> None:
        """Show `session` as it is at `at_ns`, wherever it can be seen."""
        self._shown = (session, at_ns)
        if self._pages.currentWidget() is not self._work_page:
            return
        self.top_bar.display(session, at_ns)
        self.composer.display(session.pace.dot_s)
        self.sent_list.display(session.board)
        self.worker_panel.display(session.workers.views, at_ns)
        stage_top = self.stage.mapTo(self, QPoint(0, 0)).y()
        anchors = {worker_id: float(y - stage_top) for worker_id, y in self.worker_panel.anchors().items()}
        self.stage.display(session, at_ns, anchors)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, and say so, if that is allowed."""
        if self.may_close():
            event.accept()
            self.closing.emit()
        else:
            event.ignore()

    def _show_again(self) -> None:
        if self._shown:
            self.display(*self._shown)

    def _make_work_page(self) -> QWidget:
        left = self._make_left_column()
        columns = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=GAP)
        for column, is_flexible in ((left, 0), (self.stage, 1), (self.worker_panel, 0)):
            columns.addWidget(column)
            columns.setStretchFactor(columns.count() - 1, is_flexible)
        left.setMinimumWidth(LEFT_WIDTHS[0])
        self.worker_panel.setMinimumWidth(RIGHT_WIDTHS[0])
        columns.setSizes([LEFT_WIDTHS[1], 736, RIGHT_WIDTHS[1]])
        page = QWidget()
        body = QWidget()
        body_layout = QVBoxLayout(body)
        body_layout.setContentsMargins(GAP, GAP, GAP, GAP)
        body_layout.addWidget(columns)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addWidget(body, 1)
        return page

    def _make_left_column(self) -> QWidget:
        column = QFrame()
        set_role(column, "panel")
        divider = QFrame()
        set_role(divider, "divider")
        layout = QVBoxLayout(column)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(GAP)
        layout.addWidget(self.composer)
        layout.addWidget(divider)
        layout.addWidget(self.sent_list, 1)
        return column
