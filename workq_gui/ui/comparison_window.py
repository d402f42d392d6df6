"""The window of a comparison: two stages beside each other, one clock, and what came of it."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workq_gui.core.comparison import Comparison
from workq_gui.core.comparison_result import ComparisonResult
from workq_gui.core.playhead_pair import PlayheadPair
from workq_gui.ui.comparison_side import ComparisonSide
from workq_gui.ui.comparison_table import ComparisonTable
from workq_gui.ui.playhead_bar import PlayheadBar
from workq_gui.ui.theme import DARK, Theme, zoom

GAP = 12


class ComparisonWindow(QWidget):
    """Shows both sides of a comparison; knows nothing of who plays it. GUI thread.

    Attributes:
        sides: A, and B.
        playhead_bar: Which moment both pictures show, and what is held.
        table: What came of it.

    Signals:
        closing: The window is closed.
    """

    closing = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setMinimumWidth(1024)  # the height follows from what is inside
        self.sides = (ComparisonSide("A"), ComparisonSide("B"))
        self.playhead_bar = PlayheadBar()
        self.playhead_bar.offer_steps(False)
        self.table = ComparisonTable()
        self._shown: PlayheadPair | None = None
        self._theme = DARK
        self._zoom = zoom()
        stages = QHBoxLayout()
        stages.setSpacing(GAP)
        for side in self.sides:
            stages.addWidget(side, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(GAP)
        layout.addLayout(stages, 1)
        layout.addWidget(self.playhead_bar)
        layout.addWidget(self.table)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # or the first button would have the focus
        self.resize(1440, 900)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._theme, self._zoom = theme, zoom()
        for part in (*self.sides, self.playhead_bar, self.table):
            part.set_theme(theme)

    def set_reduced_motion(self, is_reduced: bool) -> None:
        """Let what happens appear and fade instead of move."""
        for side in self.sides:
            side.stage.set_reduced_motion(is_reduced)

    def set_kitchen(self, is_kitchen: bool) -> None:
        """Show both stages as kitchens."""
        for side in self.sides:
            side.stage.set_kitchen(is_kitchen)

    @property
    def is_moving(self) -> bool:
        """Whether one of the stages changes by time alone."""
        return any(side.stage.is_moving for side in self.sides)

    def present(self) -> None:
        """Show the window in front of the others, as large as there is room for it."""
        available = self.screen().availableSize()
        has_room = available.width() > self.width() and available.height() > self.height()
        if not self.isVisible():
            self.setWindowState(Qt.WindowState.WindowNoState if has_room else Qt.WindowState.WindowMaximized)
            self.show()
        self.activateWindow()
        self.setFocus()

    def begin(self, comparison: Comparison) -> None:
        """Say what is compared, and that it runs."""
        self.setWindowTitle(self.tr("WorkQ: {}").format(comparison.title))
        for side, told in zip(self.sides, comparison.sides, strict=True):
            side.set_title(told.title)
        self.table.show_running(comparison.about)

    def show_result(self, result: ComparisonResult) -> None:
        """Show what came of it."""
        self.table.show_result(result)

    def show_failure(self, reason: str) -> None:
        """Say why it did not come to its end."""
        self.table.show_failure(reason)

    def display(self, pair: PlayheadPair, workers_held: bool, producer_held: bool) -> None:
        """Show the moment of `pair`, and what is held."""
        self._shown = pair
        for side, playhead in zip(self.sides, (pair.a, pair.b), strict=True):
            side.display(playhead)
        self.playhead_bar.display(pair, workers_held, producer_held)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hold and let go by Space, as in the main window; close by Esc."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Period) and not event.isAutoRepeat():
            self._toggle_hold()
        elif event.key() == Qt.Key.Key_End:
            self.playhead_bar.now_requested.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Be as large as everything is: the zoom reaches a second window by its stylesheet."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange and zoom() != self._zoom:
            self.set_theme(self._theme)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, and say so."""
        event.accept()
        self.closing.emit()

    def _toggle_hold(self) -> None:
        if self._shown is not None and self._shown.is_held:
            self.playhead_bar.play_requested.emit()
        else:
            self.playhead_bar.hold_requested.emit()
