"""Which frames the list of what went over the wire is to show: the row above it."""

from collections.abc import Sequence

from PySide6.QtWidgets import QMenu, QWidget

from workq_gui.core.wire_search import WireFilter
from workq_gui.ui.event_words import one_plain_line
from workq_gui.ui.rows_filter import RowsFilterBar

LEAST_WIDTH_FOR_STATUS = 780


class WireFilterBar(RowsFilterBar):
    """Lets the user say which frames to show. GUI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("wire_search", "wire_status", parent)
        self.search.ask(self.tr("Search the frames"))
        self._owner = ""
        self._owners: Sequence[str] = ()
        self._owner_button = self._menu_button("wire_owner", self.tr("Whose connection"), self._fill_owners)
        self._each_frame = self._toggle(
            "each_frame",
            self.tr("Each frame"),
            self.tr("A message goes in three frames or more: method, header, body. Show each as a row."),
        )
        self._observing = self._toggle(
            "with_observing",
            self.tr("Observing"),
            self.tr(
                "Show what WorkQ asks only to know what to draw, too: the counts of the queues (passive "
                "Queue.Declare), and all of the observer of other people's clients."
            ),
        )
        self._heartbeats = self._toggle(
            "with_heartbeats",
            self.tr("Heartbeats"),
            self.tr("Show the signs of life that both sides send now and then, too."),
        )
        self._lay_out(self._owner_button, self._each_frame, self._observing, self._heartbeats)
        self._show_owner()
        self.fit()

    @property
    def wanted(self) -> WireFilter:
        """What the user wants to see."""
        return WireFilter(
            self.search.text().strip(),
            self._owner,
            hides_observing=not self._observing.isChecked(),
            hides_heartbeats=not self._heartbeats.isChecked(),
            folds_content=not self._each_frame.isChecked(),
        )

    def set_owners(self, owners: Sequence[str]) -> None:
        """Offer the connections of `owners`."""
        self._owners = owners

    def _least_width_for_status(self) -> int:
        return LEAST_WIDTH_FOR_STATUS

    def _fill_owners(self, menu: QMenu) -> None:
        choices = [(owner, self._words_of(owner)) for owner in ("", *self._owners)]
        self._fill(menu, choices, self._owner, self._take_owner)

    def _take_owner(self, owner: str) -> None:
        self._owner = owner
        self._show_owner()
        self.changed.emit()

    def _show_owner(self) -> None:
        self._show_choice(self._owner_button, self._words_of(self._owner))

    def _words_of(self, owner: str) -> str:
        return one_plain_line(owner) if owner else self.tr("All connections")
