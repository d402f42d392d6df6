"""A second window beside this one: a program of its own, since a session belongs to one broker."""

import sys

from PySide6.QtCore import QProcess

from workq_gui.ui.boxes import tell
from workq_gui.ui.main_window import MainWindow


def open_window(window: MainWindow, *words: str) -> None:
    """Run this program once more with `words` on its command line; if that fails, say so in `window`."""
    started, _ = QProcess.startDetached(sys.executable, ["-m", "workq_gui", *words])
    if not started:
        tell(window, window.tr("The second window could not be started."))
