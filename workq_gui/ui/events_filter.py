"""What the list of events is to show: the row above it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QSizePolicy, QWidget

from workq_gui.core.event_kinds import BROKER, PRODUCER, USER, Group
from workq_gui.core.event_search import EventFilter
from workq_gui.core.events import TaskId, WorkerId
from workq_gui.core.projections.worker_view import WorkerView
from workq_gui.ui.event_words import group_words, one_plain_line, whose_words
from workq_gui.ui.style import plain_tooltip, set_role
from workq_gui.ui.theme import zoomed

SEARCH_WIDTHS = (120, 280)
CHIP_WIDTH = 130
BUTTON_WIDTH = 150
LEAST_WIDTH_FOR_STATUS = 690

T = TypeVar("T")


class EventsFilterBar(QWidget):
    """Lets the user say which events to show. GUI thread.

    Attributes:
        search: The field for words.

    Signals:
        changed: Other events are wanted than before.
        left: The user is done with the field, and wants to go to the rows.
    """

    changed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._who = ""
        self._group: Group | None = None
        self._task: TaskId | None = None
        self._workers: Mapping[WorkerId, WorkerView] = {}
        self.search = _SearchField(self.tr("Search sentence or message_id"))
        self.search.textChanged.connect(self.changed)
        self.search.left.connect(self.left)
        set_role(self.search, "compact")
        self._who_button = self._menu_button("who_filter", self.tr("Whose events"), self._fill_who)
        self._kind_button = self._menu_button("kind_filter", self.tr("Kind of event"), self._fill_kinds)
        self._all = QPushButton(self.tr("All observations"))
        self._all.setCheckable(True)
        self._all.setObjectName("with_observations")
        self._all.setToolTip(
            plain_tooltip(self.tr("Show every count of the broker and every single dot of work, too."))
        )
        self._all.toggled.connect(self.changed)
        self._chip = QPushButton()
        self._chip.setObjectName("task_chip")
        self._chip.clicked.connect(lambda: self.set_task(None, ""))
        self._chip.hide()
        self._status = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._status.setObjectName("search_status")
        self._status.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self._status, "mute")
        for button in (self._all, self._chip):
            set_role(button, "segment")
        self._lay_out()
        self._show_choices()

    @property
    def wanted(self) -> EventFilter:
        """What the user wants to see."""
        return EventFilter(
            self.search.text().strip(), self._who, self._group, self._task, self._all.isChecked()
        )

    def set_task(self, task_id: TaskId | None, name: str) -> None:
        """Want events about one task only, which is called `name`; None for all again."""
        self._task = task_id
        self._chip.setVisible(task_id is not None)
        name, only = one_plain_line(name), self.tr("Only {}  ✕")
        metrics = QFontMetrics(self._chip.font())
        elided = metrics.elidedText(name, Qt.TextElideMode.ElideRight, zoomed(CHIP_WIDTH))
        self._chip.setText(only.format(elided).replace("&", "&&"))
        self._chip.setAccessibleName(only.format(name))
        self._chip.setToolTip(plain_tooltip(self.tr("Show the events of all tasks again ({}).").format(name)))
        self._fit_status()
        self.changed.emit()

    def set_workers(self, workers: Mapping[WorkerId, WorkerView]) -> None:
        """Offer the events of each of `workers`, too."""
        self._workers = workers

    def show_status(self, words: str) -> None:
        """Say how far the search is."""
        if words != self._status.text():
            self._status.setText(words)
            self._status.setToolTip(plain_tooltip(words))

    def fit(self) -> None:
        """Be as large as everything is now."""
        self.search.setMinimumWidth(zoomed(SEARCH_WIDTHS[0]))
        self.search.setMaximumWidth(zoomed(SEARCH_WIDTHS[1]))
        for button in (self._who_button, self._kind_button):
            button.setMaximumWidth(zoomed(BUTTON_WIDTH))
        self._layout.setContentsMargins(zoomed(6), zoomed(6), zoomed(6), zoomed(4))
        self._show_choices()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words away where they would be cut to nothing."""
        super().resizeEvent(event)
        self._fit_status()

    def _fit_status(self) -> None:
        others = CHIP_WIDTH if self._task is not None else 0
        self._status.setVisible(self.width() >= zoomed(LEAST_WIDTH_FOR_STATUS + others))

    # --- the menus --------------------------------------------------------------------------

    def _menu_button(self, name: str, words: str, fill: Callable[[QMenu], None]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setAccessibleName(words)
        set_role(button, "segment")
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: fill(menu))
        button.setMenu(menu)
        return button

    def _fill_who(self, menu: QMenu) -> None:
        choices: list[tuple[str, str]] = [("", self.tr("Everybody"))]
        choices += [(who, whose_words(who)) for who in (PRODUCER, BROKER, USER)]
        choices += [(str(key), one_plain_line(view.title)) for key, view in self._workers.items()]
        self._fill(menu, choices, self._who, self._take_who)

    def _fill_kinds(self, menu: QMenu) -> None:
        choices = [(group, group_words(group)) for group in (None, *Group)]
        self._fill(menu, choices, self._group, self._take_group)

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

    def _take_who(self, who: str) -> None:
        self._who = who
        self._show_choices()
        self.changed.emit()

    def _take_group(self, group: Group | None) -> None:
        self._group = group
        self._show_choices()
        self.changed.emit()

    def _show_choices(self) -> None:
        who = whose_words(self._who) if self._who else self.tr("Everybody")
        for button, words in ((self._who_button, who), (self._kind_button, group_words(self._group))):
            metrics = QFontMetrics(button.font())
            elided = metrics.elidedText(words, Qt.TextElideMode.ElideRight, zoomed(BUTTON_WIDTH))
            button.setText(f"{elided} ▾".replace("&", "&&"))

    def _lay_out(self) -> None:
        self._layout = QHBoxLayout(self)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.search, 2)
        for button in (self._who_button, self._kind_button, self._all, self._chip):
            self._layout.addWidget(button)
        self._layout.addWidget(self._status, 3)


class _SearchField(QLineEdit):
    """A field that is emptied by Escape, and left by Return and the arrow down.

    Signals:
        left: The user is done with it.
    """

    left = Signal()

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setObjectName("event_search")
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setToolTip(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave, or empty the field, where that is what the key is for."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)
