"""A Qt that paints and shows nothing: for a command in a terminal."""

import os
import sys

from PySide6.QtWidgets import QApplication

from workq_gui.ui.style import prepare

PLATFORM = "QT_QPA_PLATFORM"


def offscreen_app() -> QApplication:
    """Return the application that painting needs; no display is needed, and none is used. GUI thread."""
    if sys.platform.startswith("linux"):  # elsewhere there is always a display, and only its fonts
        os.environ.setdefault(PLATFORM, "offscreen")
    app = QApplication([sys.argv[0]])
    prepare(app)
    return app
