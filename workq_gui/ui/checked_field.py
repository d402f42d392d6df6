"""A field whose text is checked while it is typed."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from workq_gui.core.settings import SettingError
from workq_gui.ui.style import set_role


class CheckedField(QWidget):
    """A field with its label, and the reason why its text is of no use. GUI thread.

    Signals:
        chosen: The user wants this text, which is a possible one.
    """

    chosen = Signal(str)

    def __init__(self, name: str, label: str, check: Callable[[str], object], button: QPushButton) -> None:
        """Make a field for a text that `check` does not raise a SettingError for; `button` chooses it."""
        super().__init__()
        self._check_text = check
        self._was_filled = False
        self.field = QLineEdit()
        self.field.setObjectName(name)
        self.field.setAccessibleName(label)
        heading = QLabel(label, textFormat=Qt.TextFormat.PlainText)
        heading.setBuddy(self.field)
        set_role(heading, "heading")
        self._error = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        set_role(self._error, "error")
        self._error.setObjectName(f"{name}_error")
        self._error.hide()
        self._button = button
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(self.field)
        layout.addWidget(self._error)
        self.field.textChanged.connect(self._check)
        self.field.returnPressed.connect(button.click)
        button.clicked.connect(lambda: self.chosen.emit(self.field.text()))
        self._check("")

    def _check(self, text: str) -> None:
        reason = ""
        try:
            self._check_text(text)
        except SettingError as error:
            reason = str(error)
        self._button.setEnabled(not reason)
        self._was_filled = self._was_filled or bool(text)
        # Where nothing was typed nothing is wrong yet.
        self._error.setVisible(bool(reason) and self._was_filled)
        self._error.setText(f"✕ {reason}")
