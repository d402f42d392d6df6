"""A button on a worker's card."""

from collections.abc import Callable

from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QPushButton


class CardButton(QPushButton):
    """A button that takes a press of the mouse only while it may."""

    def __init__(self, text: str, may_press: Callable[[], bool]) -> None:
        super().__init__(text)
        self._may_press = may_press

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, or swallow it; the second press of a double-click comes here too."""
        if self._may_press():
            super().mousePressEvent(event)
