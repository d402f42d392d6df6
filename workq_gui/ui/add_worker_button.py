"""The button that asks for one more worker, and for which queues."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from workq_gui.ui.composer_queue import menu_text

FEWEST_FOR_SEVERAL = 3
"""With two queues, several are all."""


class AddWorkerButton(QPushButton):
    """Adds a worker at a click; with two queues or more it asks first which ones. GUI thread.

    Signals:
        add_requested: Carries a tuple of the queues that the worker is to take from; empty for the first one.
    """

    add_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queues: tuple[str, ...] = ()
        self.setObjectName("add")
        self.setText(self.tr("+ Add worker"))
        self.setAccessibleName(self.tr("Add worker"))
        self.setToolTip(self.tr("One more consumer of the queue, with a connection of its own."))
        self.clicked.connect(self._add_at_once)

    def display(self, queues: Sequence[str]) -> None:
        """Offer `queues`, of which the first is the usual one."""
        if tuple(queues) == self._queues:
            return
        self._queues = tuple(queues)
        old = self.menu()
        has_choice = len(queues) > 1
        self.setMenu(self._make_menu() if has_choice else None)  # type: ignore[arg-type]  # Qt takes a null
        self.setText(self.tr("+ Add worker ▾") if has_choice else self.tr("+ Add worker"))
        if old is not None:
            old.deleteLater()

    def _add_at_once(self) -> None:
        if self.menu() is None:
            self.add_requested.emit(())

    def _make_menu(self) -> QMenu:
        menu = QMenu(self, toolTipsVisible=True)
        for name in self._queues:
            action = menu.addAction(menu_text(name))
            action.setToolTip(self.tr("basic.consume on this queue."))
            action.triggered.connect(lambda _=False, name=name: self.add_requested.emit((name,)))
        menu.addSeparator()
        every = menu.addAction(self.tr("All queues"))
        every.setToolTip(self.tr("One basic.consume for each queue, on one channel."))
        every.triggered.connect(lambda: self.add_requested.emit(self._queues))
        if len(self._queues) >= FEWEST_FOR_SEVERAL:
            menu.addMenu(self._make_several_menu(menu))
        return menu

    def _make_several_menu(self, parent: QMenu) -> QMenu:
        menu = _CheckMenu(self.tr("Several…"), parent)
        checks = [menu.addAction(menu_text(name)) for name in self._queues]
        menu.addSeparator()
        add = menu.addAction(self.tr("Add"))
        add.setEnabled(False)

        def take_checks() -> None:
            add.setEnabled(any(check.isChecked() for check in checks))

        def emit_chosen() -> None:
            chosen = [name for name, check in zip(self._queues, checks, strict=True) if check.isChecked()]
            self.add_requested.emit(tuple(chosen))

        for check in checks:
            check.setCheckable(True)
            check.toggled.connect(take_checks)
        add.triggered.connect(emit_chosen)
        return menu


class _CheckMenu(QMenu):
    """A menu that stays open when something in it is checked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.activeAction()
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.activeAction()
        is_choice = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_choice and action is not None and action.isCheckable():
            action.trigger()
        else:
            super().keyPressEvent(event)
