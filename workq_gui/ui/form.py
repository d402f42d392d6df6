"""The parts of a form: a setting with its line of code, and controls that offer few choices."""

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workq_gui.ui.style import plain_tooltip, set_role
from workq_gui.ui.switch import Switch

MARK = " ▾"
MOST_OF_SCREEN = 0.95
Value = TypeVar("Value", bound=Hashable)


class CodeLabel(QLabel):
    """Lines of code; cut at the right where there is no room, whole in the tool tip. GUI thread."""

    def __init__(self, role: str = "code") -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self, role)

    def display(self, code: str) -> None:
        """Show `code`."""
        if code != self.text():
            self.setText(code)
            self.setToolTip(plain_tooltip(code))

    def minimumSizeHint(self) -> QSize:
        """Return the height of the lines; any width will do."""
        return QSize(0, super().minimumSizeHint().height())


class SettingRow(QWidget):
    """One setting: its name, its control, the line of code it stands for, and a note. GUI thread.

    Args:
        name: What it is called.
        control: What it is set with; beside the name, if it is small.
        meaning: What it means, for the tool tip.
        is_wide: The control is too wide to stand beside the name.
    """

    def __init__(self, name: str, control: QWidget, meaning: str = "", *, is_wide: bool = False) -> None:
        super().__init__()
        self._control = control
        self._heading = QLabel(name, textFormat=Qt.TextFormat.PlainText)
        set_role(self._heading, "heading")
        self._heading.setBuddy(control)
        if not control.accessibleName():
            control.setAccessibleName(name)
        self.setToolTip(plain_tooltip(meaning) if meaning else "")
        self._code = CodeLabel()
        self._code.setObjectName("code")
        self._note = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._note.setObjectName("note")
        self._note.hide()
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._heading, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        if is_wide:
            layout.addWidget(control)
        else:
            top.addWidget(control)
        layout.addWidget(self._code)
        layout.addWidget(self._note)

    def display(self, code: str, note: str = "", reason: str = "") -> None:
        """Show the code it comes to, and a note.

        Args:
            code: The line of code that the setting stands for now.
            note: What it leads to, if that is worth a warning.
            reason: Why it cannot be set; empty if it can.
        """
        self._code.display(code)
        self._code.setVisible(bool(code))
        self._control.setEnabled(not reason)
        self._control.setAccessibleDescription(reason or note)
        self._note.setText(reason or note)
        self._note.setVisible(bool(reason or note))
        set_role(self._note, "mute" if reason else "caveat")


class SwitchRow(SettingRow):
    """A setting that is on or off. GUI thread.

    Signals:
        toggled: The user switched it.
    """

    toggled = Signal(bool)

    def __init__(self, name: str, meaning: str = "") -> None:
        self.switch = Switch(name)
        super().__init__(name, self.switch, meaning)
        self.switch.clicked.connect(self.toggled)

    def set_on(self, is_on: bool) -> None:
        """Show whether it is on; utters no wish."""
        self.switch.setChecked(is_on)


class Segments(QWidget, Generic[Value]):
    """A few choices beside each other, of which one is made. GUI thread.

    Signals:
        chosen: The user chose this value.
    """

    chosen = Signal(object)

    def __init__(self, choices: Mapping[Value, str]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons: dict[Value, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for value, text in choices.items():
            button = self._buttons[value] = QPushButton(text)
            button.setCheckable(True)
            button.setAutoDefault(False)  # Enter is for the form as a whole
            set_role(button, "segment")
            self._group.addButton(button)
            layout.addWidget(button)
            button.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))
        self.setFocusProxy(next(iter(self._buttons.values())))

    def set_value(self, value: Value) -> None:
        """Show what is chosen; utters no wish. A value that is no choice leaves all as it is."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)


class Stepper(QWidget):
    """A number, with a button for less and one for more. GUI thread.

    Args:
        least: The smallest that can be chosen...
        most: ...and the largest.
        least_words: What is said instead of the smallest; empty for the number itself.
        suffix: What follows the number.

    Signals:
        changed: The user chose this number.
    """

    changed = Signal(int)

    def __init__(self, least: int, most: int, least_words: str = "", suffix: str = "") -> None:
        super().__init__()
        self._box = QSpinBox()
        self._box.setRange(least, most)
        self._box.setSpecialValueText(least_words)
        self._box.setSuffix(suffix)
        self._box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._box.valueChanged.connect(self.changed)
        self.setFocusProxy(self._box)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for text, words, step in (("−", self.tr("Less"), -1), ("+", self.tr("More"), 1)):
            button = QPushButton(text)
            button.setAccessibleName(words)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys do the same
            button.setAutoDefault(False)
            set_role(button, "segment")
            button.clicked.connect(lambda _=False, step=step: self._box.stepBy(step))
            layout.addWidget(button)
        layout.insertWidget(1, self._box)

    def set_value(self, value: int) -> None:
        """Show a number; utters no wish."""
        self._box.blockSignals(True)
        self._box.setValue(value)
        self._box.blockSignals(False)

    def value(self) -> int:
        """Return the number that is chosen."""
        return self._box.value()

    def setAccessibleName(self, name: str) -> None:  # noqa: N802  # Qt's
        """Name the number; the widget itself cannot have the focus."""
        super().setAccessibleName(name)
        self._box.setAccessibleName(name)


class Choice(QPushButton, Generic[Value]):
    """One of some choices, from a menu. GUI thread.

    Signals:
        chosen: The user chose this value.
    """

    chosen = Signal(object)

    def __init__(self, choices: Mapping[Value, str]) -> None:
        super().__init__()
        self.setAutoDefault(False)
        menu = QMenu(self)
        group = QActionGroup(menu)
        self._actions: dict[Value, QAction] = {}
        for value, text in choices.items():
            action = self._actions[value] = QAction(text.replace("&", "&&"), menu, checkable=True)
            group.addAction(action)
            menu.addAction(action)
            action.triggered.connect(lambda _=False, value=value: self._choose(value))
        self.setMenu(menu)
        set_role(self, "segment")
        self.set_value(next(iter(choices)))

    def set_value(self, value: Value) -> None:
        """Show what is chosen; utters no wish."""
        action = self._actions[value]
        action.setChecked(True)
        self.setText(action.text() + MARK)

    def _choose(self, value: Value) -> None:
        self.set_value(value)
        self.chosen.emit(value)


def fit_height(window: QWidget) -> None:
    """Give a window the height that its contents need at its width: labels that wrap do not say so."""
    layout = window.layout()
    if layout is not None:
        layout.activate()
        window.resize(window.width(), min(layout.totalHeightForWidth(window.width()), highest_on(window)))


def highest_on(window: QWidget) -> int:
    """Return how high a window can be on its screen."""
    return round(window.screen().availableSize().height() * MOST_OF_SCREEN)
