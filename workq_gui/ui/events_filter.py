"""What the list of events is to show: the row above it."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from workq_gui.core.event_kinds import BROKER, PRODUCER, USER, Group
from workq_gui.core.event_search import EventFilter
from workq_gui.core.events import TaskId, WorkerId
from workq_gui.core.projections.worker_view import WorkerView
from workq_gui.ui.event_words import group_words, one_plain_line, whose_words
from workq_gui.ui.rows_filter import RowsFilterBar
from workq_gui.ui.style import plain_tooltip
from workq_gui.ui.theme import zoomed

CHIP_WIDTH = 130
LEAST_WIDTH_FOR_STATUS = 690


class EventsFilterBar(RowsFilterBar):
    """Lets the user say which events to show. GUI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("event_search", "search_status", parent)
        self.search.ask(self.tr("Search sentence or message_id"))
        self._who = ""
        self._group: Group | None = None
        self._task: TaskId | None = None
        self._workers: Mapping[WorkerId, WorkerView] = {}
        self._who_button = self._menu_button("who_filter", self.tr("Whose events"), self._fill_who)
        self._kind_button = self._menu_button("kind_filter", self.tr("Kind of event"), self._fill_kinds)
        self._all = self._toggle(
            "with_observations",
            self.tr("All observations"),
            self.tr("Show every count of the broker and every single dot of work, too."),
        )
        self._chip = QPushButton()
        self._chip.setObjectName("task_chip")
        self._chip.clicked.connect(lambda: self.set_task(None, ""))
        self._chip.hide()
        self._lay_out(self._who_button, self._kind_button, self._all, self._chip)
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

    def fit(self) -> None:
        """Be as large as everything is now."""
        super().fit()
        self._show_choices()

    def _least_width_for_status(self) -> int:
        return LEAST_WIDTH_FOR_STATUS + (CHIP_WIDTH if self._task is not None else 0)

    # --- the menus --------------------------------------------------------------------------

    def _fill_who(self, menu: QMenu) -> None:
        choices: list[tuple[str, str]] = [("", self.tr("Everybody"))]
        choices += [(who, whose_words(who)) for who in (PRODUCER, BROKER, USER)]
        choices += [(str(key), one_plain_line(view.title)) for key, view in self._workers.items()]
        self._fill(menu, choices, self._who, self._take_who)

    def _fill_kinds(self, menu: QMenu) -> None:
        choices = [(group, group_words(group)) for group in (None, *Group)]
        self._fill(menu, choices, self._group, self._take_group)

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
        self._show_choice(self._who_button, who)
        self._show_choice(self._kind_button, group_words(self._group))
