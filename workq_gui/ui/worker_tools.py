"""What can be done to the workers as a whole: one more, one less, chaos."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from workq_gui.core.worker_settings import WORKER_DEFAULTS, WorkerSettings
from workq_gui.ui.add_worker_button import AddWorkerButton
from workq_gui.ui.style import TEXT_SIZE, plain_tooltip, set_role
from workq_gui.ui.switch import Switch
from workq_gui.ui.theme import text_font, zoom
from workq_gui.ui.worker_presets import worker_presets
from workq_gui.ui.worker_settings_dialog import WorkerSettingsDialog


class WorkerTools(QWidget):
    """Offers to add workers, to crash one at random, and to let things break by themselves. GUI thread.

    Attributes:
        add: The button that adds a usual worker.

    Signals:
        add_requested: One more worker; carries a tuple of the queues that it is to take from.
        add_with_settings_requested: Likewise; carries its WorkerSettings, too.
        crash_one_requested: Some worker is to die.
        chaos_requested: Things are to break by themselves, or no more.
    """

    add_requested = Signal(object)
    add_with_settings_requested = Signal(object, object)
    crash_one_requested = Signal()
    chaos_requested = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._queues: tuple[str, ...] = ()
        self._shown: tuple[bool, float] | None = None
        self.add = AddWorkerButton()
        self.add.add_requested.connect(self.add_requested)
        self.add.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._special = QPushButton(self.tr("With… ▾"))
        self._special.setObjectName("add_with")
        self._special.setAccessibleName(self.tr("Add a worker with settings"))
        self._special.setToolTip(self.tr("A worker with settings, or a mistake in its code (Ctrl+Shift+N)."))
        self._special.setMenu(self._make_menu())
        self._crash = QPushButton(self.tr("Crash one at random"))
        self._crash.setObjectName("crash_one")
        self._crash.setToolTip(self.tr("Cut the connection of some worker, one at work if there is one (X)."))
        self._crash.clicked.connect(self.crash_one_requested)
        self._crash.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_role(self._crash, "danger")
        self._chaos_words = QLabel(self.tr("Chaos"))
        self._chaos_words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._chaos = Switch(self.tr("Chaos"))
        self._chaos.setObjectName("chaos")
        tip = self.tr(
            "Every few seconds some worker crashes, stops or freezes, and is mended. No task is lost."
        )
        for part in (self._chaos, self._chaos_words):
            part.setToolTip(tip)
        self._chaos.clicked.connect(self._want_chaos)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(_row(self.add, self._special))
        layout.addLayout(_row(self._crash, self._chaos_words, self._chaos))
        self.show_chaos(False)

    def display(self, queues: Sequence[str]) -> None:
        """Offer `queues`, of which the first is the usual one."""
        self._queues = tuple(queues)
        self.add.display(queues)

    def show_chaos(self, is_on: bool) -> None:
        """Show whether things break by themselves."""
        if (is_on, zoom()) == self._shown:
            return
        self._shown = (is_on, zoom())
        self._chaos.setChecked(is_on)
        self._chaos_words.setText(self.tr("Chaos: on") if is_on else self.tr("Chaos"))
        set_role(self._chaos_words, "warn" if is_on else "mute")
        # As wide in either state: what stands beside must not move.
        metrics = QFontMetrics(text_font(TEXT_SIZE, QFont.Weight.DemiBold))
        self._chaos_words.setFixedWidth(metrics.horizontalAdvance(self.tr("Chaos: on")))

    def open_settings(self) -> None:
        """Let the user set up one more worker, in a form."""
        dialog = WorkerSettingsDialog(WORKER_DEFAULTS, self._queues, self.window())
        dialog.chosen.connect(self.add_with_settings_requested)
        dialog.open()

    def _want_chaos(self, is_wanted: bool) -> None:
        self._chaos.setChecked(not is_wanted)  # until it has come true
        self.chaos_requested.emit(is_wanted)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addAction(self.tr("With settings…"), self.open_settings)
        menu.addSeparator()
        for name, how, code in worker_presets(self):
            action = menu.addAction(name)
            action.setToolTip(plain_tooltip(code))
            action.triggered.connect(lambda _=False, how=how: self._add_so(how))
        return menu

    def _add_so(self, how: WorkerSettings) -> None:
        self.add_with_settings_requested.emit((), how)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    return row
