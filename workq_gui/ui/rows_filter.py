"""The row above a list in which the user says what the list is to show."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QSizePolicy, QWidget

from workq_gui.ui.style import plain_tooltip, set_role
from workq_gui.ui.theme import zoomed

SEARCH_WIDTHS = (120, 280)
BUTTON_WIDTH = 150

T = TypeVar("T")


class RowsFilterBar(QWidget):
    """A field for words, buttons that whoever inherits it makes, and how far the search is. GUI thread.

    Attributes:
        search: The field for words.

    Signals:
        changed: Other rows are wanted than before.
        left: The user is done with the field, and wants to go to the rows.
    """

    changed = Signal()
    left = Signal()

    def __init__(self, search_name: str, status_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(search_name)
        self.search.textChanged.connect(self.changed)
        self.search.left.connect(self.left)
        self._menu_buttons: list[QPushButton] = []
        self._status = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._status.setObjectName(status_name)
        self._status.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self._status, "mute")

    def show_status(self, words: str) -> None:
        """Say how far the search is."""
        if words != self._status.text():
            self._status.setText(words)
            self._status.setToolTip(plain_tooltip(words))

    def fit(self) -> None:
        """Be as large as everything is now."""
        self.search.setMinimumWidth(zoomed(SEARCH_WIDTHS[0]))
        self.search.setMaximumWidth(zoomed(SEARCH_WIDTHS[1]))
        for button in self._menu_buttons:
            button.setMaximumWidth(zoomed(BUTTON_WIDTH))
        self._layout.setContentsMargins(zoomed(6), zoomed(6), zoomed(6), zoomed(4))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words away where they would be cut to nothing."""
        super().resizeEvent(event)
        self._fit_status()

    def _fit_status(self) -> None:
        self._status.setVisible(self.width() >= zoomed(self._least_width_for_status()))

    def _least_width_for_status(self) -> int:
        """Return the width, at zoom 1, below which there is no room for the status."""
        raise NotImplementedError

    def _lay_out(self, *buttons: QPushButton) -> None:
        self._layout = QHBoxLayout(self)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.search, 2)
        for button in buttons:
            set_role(button, "segment")
            self._layout.addWidget(button)
        self._layout.addWidget(self._status, 3)

    def _toggle(self, name: str, words: str, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setCheckable(True)
        button.setToolTip(plain_tooltip(tip))
        button.toggled.connect(self.changed)
        return button

    # --- the menus --------------------------------------------------------------------------

    def _menu_button(self, name: str, words: str, fill: Callable[[QMenu], None]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setAccessibleName(words)
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: fill(menu))
        button.setMenu(menu)
        self._menu_buttons.append(button)
        return button

    def _fill(
        self, menu: QMenu, choices: Sequence[tuple[T, str]], chosen: T, take: Callable[[T], None]
    ) -> None:
        menu.clear()
        group = QActionGroup(menu)
        for value, words in choices:
            action = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value == chosen)
            group.addAction(action)
            action.triggered.connect(lambda _=False, value=value: take(value))

    def _show_choice(self, button: QPushButton, words: str) -> None:
        metrics = QFontMetrics(button.font())
        elided = metrics.elidedText(words, Qt.TextElideMode.ElideRight, zoomed(BUTTON_WIDTH))
        button.setText(f"{elided} ▾".replace("&", "&&"))


class SearchField(QLineEdit):
    """A field that is emptied by Escape, and left by Return and the arrow down.

    Signals:
        left: The user is done with it.
    """

    left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        set_role(self, "compact")

    def ask(self, words: str) -> None:
        """Say by `words` what can be searched."""
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setToolTip(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave, or empty the field, where that is what the key is for."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
