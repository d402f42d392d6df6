"""The labels and lines that windows are made of."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel

from workq_gui.ui.style import set_role


def make_label(role: str, text: str = "", *, name: str = "") -> QLabel:
    """Return a label that wraps, and takes its text for plain text: it may come from a stranger.

    Args:
        role: What it is, for the style sheet.
        text: What it says at first.
        name: By which it can be found.
    """
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
    label.setObjectName(name)
    set_role(label, role)
    return label


def make_divider() -> QFrame:
    """Return a thin line between two parts of a window."""
    divider = QFrame()
    set_role(divider, "divider")
    return divider
