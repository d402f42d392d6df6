"""The questions and the bad news that stand in front of the window.

They are opened and not executed: a loop within qasync's loop would lose coroutines.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from workq_gui.core.mistakes import explain_mistake
from workq_gui.ui.mistake_box import show_mistake


def tell(parent: QWidget, text: str) -> None:
    """Tell the user what went wrong; more of it, if it is a mistake that is known. GUI thread."""
    box = _box(parent, QMessageBox.Icon.Warning, text)
    if explain_mistake(text) is not None:
        more = box.addButton(box.tr("What does that mean?"), QMessageBox.ButtonRole.HelpRole)
        more.clicked.connect(lambda: show_mistake(parent, text))
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Ok))
    box.open()


def refuse(text: str) -> QMessageBox:
    """Tell the user, who has no window yet, why there will be none; return the box. GUI thread."""
    box = _box(None, QMessageBox.Icon.Warning, text)
    box.addButton(QMessageBox.StandardButton.Close)
    box.show()
    return box


def ask(parent: QWidget, text: str, do: str, leave: str, then: Callable[[], object]) -> None:
    """Ask the user; call `then` for the answer `do`, and nothing for `leave`, the safe one. GUI thread."""
    box = _box(parent, QMessageBox.Icon.Question, text)
    button = box.addButton(do, QMessageBox.ButtonRole.DestructiveRole)
    button.clicked.connect(lambda: then())
    box.setDefaultButton(box.addButton(leave, QMessageBox.ButtonRole.RejectRole))
    box.open()


def _box(parent: QWidget | None, icon: QMessageBox.Icon, text: str) -> QMessageBox:
    box = QMessageBox(icon, "WorkQ", text, parent=parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    return box
