"""What cannot be done in the past is shown, cannot be pressed, and says why."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from workq_gui.ui.style import plain_tooltip

REASON = "past_only"
"""The property of a window that shows only the past: why nothing can be done in it."""


def set_reason(window: QWidget, reason: str) -> None:
    """Let everything that asks know that nothing can be done in `window`, and why."""
    window.setProperty(REASON, reason)


def reason_at(widget: QWidget) -> str:
    """Return why nothing can be done in the window of `widget`; empty if it can."""
    return str(widget.window().property(REASON) or "")


def disable(widget: QWidget, reason: str) -> None:
    """Let `widget` and all in it be seen, but not used, and say `reason` under the mouse."""
    widget.setEnabled(False)
    for part in (widget, *widget.findChildren(QWidget)):
        part.setToolTip(plain_tooltip(reason))


def close_menu(menu: QMenu, reason: str) -> None:
    """Let nothing in `menu` be chosen, and let it begin with `reason`."""
    for action in menu.actions():
        action.setEnabled(False)
    note = QAction(reason, menu)
    note.setEnabled(False)
    menu.insertAction(menu.actions()[0] if menu.actions() else note, note)
