"""Stand-in until the views are there. To be deleted today."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class Soon(QWidget):
    """Shows nothing."""

    seek_requested = Signal(object)
    catching_up = False

    def display(self, playhead, session):  # type: ignore  # noqa
        """Show nothing."""

    def set_theme(self, theme):  # type: ignore  # noqa
        """Paint nothing."""
