"""The menu of how everything looks."""

from collections.abc import Callable
from pathlib import PurePath

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from workq_gui.ui.style import plain_tooltip


class ViewMenu(QMenu):
    """Offers themes, sizes and ways to show the same. GUI thread.

    Attributes:
        reduced_motion: Whether things fade instead of move.
        kitchen: Whether the stage is a kitchen.
        recent_files: Asked for the paths of what was open lately, whenever the menu opens...
        recorded_sessions: ...and for those of the sessions that were recorded here.

    Signals:
        theme_requested: Another look: "system", or the name of a theme.
        reduced_motion_requested: Things are to fade instead of move, or to move again.
        kitchen_requested: The stage is to be a kitchen, or the queue itself again.
        deed_requested: What a key does, too; carries its name from the table of shortcuts.
        open_requested: A recording or a scenario is wanted; carries its path.
    """

    theme_requested = Signal(str)
    reduced_motion_requested = Signal(bool)
    kitchen_requested = Signal(bool)
    deed_requested = Signal(str)
    open_requested = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._add_deed(self.tr("Open a recording or a scenario…"), "Ctrl+O", "open")
        self._recent = self.addMenu(self.tr("Recent"))
        self._recent.setToolTipsVisible(True)
        self._recent.aboutToShow.connect(self._fill_recent)
        self.recent_files: Callable[[], list[str]] = list
        self.recorded_sessions: Callable[[], list[str]] = list
        self._add_deed(self.tr("Share…"), "Ctrl+E", "share")
        self.addSeparator()
        self._themes = QActionGroup(self)
        for choice, text in (
            ("system", self.tr("System")),
            ("dark", self.tr("Dark")),
            ("light", self.tr("Light")),
            ("contrast", self.tr("High contrast")),
        ):
            action = QAction(text, self, checkable=True)
            action.setData(choice)
            self._themes.addAction(action)
            self.addAction(action)
        self.set_theme_choice("system")
        self._themes.triggered.connect(lambda action: self.theme_requested.emit(action.data()))
        self.addSeparator()
        self.reduced_motion = self._add_check(self.tr("Reduce motion"), self.reduced_motion_requested)
        self.kitchen = self._add_check(self.tr("Kitchen"), self.kitchen_requested)
        self.addSeparator()
        self._add_deed(self.tr("Ledger"), "L", "ledger")
        self._add_deed(self.tr("Present"), "F11", "present")
        self.addSeparator()
        self._add_deed(self.tr("Larger"), "Ctrl++", "zoom_in")
        self._add_deed(self.tr("Smaller"), "Ctrl+-", "zoom_out")
        self._add_deed(self.tr("As designed"), "Ctrl+0", "zoom_reset")
        self.addSeparator()
        self._add_deed(self.tr("Keys"), "F1", "help")

    def set_theme_choice(self, choice: str) -> None:
        """Tick a look; utters no wish."""
        for action in self._themes.actions():
            action.setChecked(action.data() == choice)

    def _fill_recent(self) -> None:
        self._recent.clear()
        files = self.recent_files()
        sessions = [path for path in self.recorded_sessions() if path not in files]
        for heading, paths in ((self.tr("Opened"), files), (self.tr("Recorded sessions"), sessions)):
            if paths:
                self._recent.addAction(heading).setEnabled(False)
            for path in paths:
                action = self._recent.addAction(PurePath(path).name.replace("&", "&&"))
                action.setToolTip(plain_tooltip(path))
                action.triggered.connect(lambda _=False, path=path: self.open_requested.emit(path))
        if self._recent.isEmpty():
            self._recent.addAction(self.tr("Nothing yet")).setEnabled(False)

    def _add_check(self, text: str, signal: SignalInstance) -> QAction:
        action = QAction(text, self, checkable=True)
        action.triggered.connect(signal)
        self.addAction(action)
        return action

    def _add_deed(self, text: str, keys: str, what: str) -> None:
        # The keys are words only: the window has them in its own table.
        action = self.addAction(f"{text}\t{keys}")
        action.triggered.connect(lambda: self.deed_requested.emit(what))
