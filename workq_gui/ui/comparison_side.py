"""One side of a comparison: its letter and title, its stage, and its workers."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from workq_gui.core.playhead import Playhead
from workq_gui.ui.stage import Stage
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import Theme
from workq_gui.ui.worker_column import WorkerColumn

GAP = 8
STAGE_SHARE = 73


class ComparisonSide(QWidget):
    """Shows one session; what is done to it is up to the comparison. GUI thread.

    Args:
        letter: "A" or "B".

    Attributes:
        stage: The animated picture.
    """

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.stage = Stage()
        self.stage.setEnabled(False)  # it is watched: a task dropped here would spoil the comparison
        self._workers = WorkerColumn()
        badge = QLabel(letter)
        set_role(badge, "title")
        self._title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._title.setObjectName("side_title")
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self._title, "heading")
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(badge)
        head.addWidget(self._title, 1)
        body = QHBoxLayout()
        body.setSpacing(GAP)
        for part, share in ((self.stage, STAGE_SHARE), (self._workers, 100 - STAGE_SHARE)):
            body.addWidget(part, share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(body, 1)

    def set_title(self, title: str) -> None:
        """Say what is peculiar to this side."""
        self._title.setText(title)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self.stage.set_theme(theme)
        self._workers.set_theme(theme)

    def display(self, playhead: Playhead) -> None:
        """Show the moment of `playhead`."""
        state, at_ns = playhead.state, playhead.at_ns
        self._workers.display(state.workers.views, at_ns)
        stage_top = self.stage.mapTo(self.window(), QPoint(0, 0)).y()
        anchors = {worker_id: float(y - stage_top) for worker_id, y in self._workers.anchors().items()}
        self.stage.set_live(playhead.is_live)
        self.stage.display(state, at_ns, anchors)
