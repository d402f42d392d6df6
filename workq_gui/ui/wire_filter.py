"""Which frames the list of what went over the wire is to show: the row above it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QSizePolicy, QWidget

from workq_gui.core.wire_search import WireFilter
from workq_gui.ui.event_words import one_plain_line
from workq_gui.ui.style import plain_tooltip, set_role
from workq_gui.ui.theme import zoomed

SEARCH_WIDTHS = (120, 280)
BUTTON_WIDTH = 150
LEAST_WIDTH_FOR_STATUS = 780


class WireFilterBar(QWidget):
    """Lets the user say which frames to show. GUI thread.

    Attributes:
        search: The field for words.

    Signals:
        changed: Other frames are wanted than before.
        left: The user is done with the field, and wants to go to the rows.
    """

    changed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._owner = ""
        self._owners: Sequence[str] = ()
        self.search = _SearchField(self.tr("Search the frames"))
        self.search.textChanged.connect(self.changed)
        self.search.left.connect(self.left)
        self._owner_button = QPushButton()
        self._owner_button.setObjectName("wire_owner")
        self._owner_button.setAccessibleName(self.tr("Whose connection"))
        menu = QMenu(self._owner_button)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self._owner_button.setMenu(menu)
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
        self._status = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._status.setObjectName("wire_status")
        self._status.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self._status, "mute")
        buttons = (self._owner_button, self._each_frame, self._observing, self._heartbeats)
        for button in buttons:
            set_role(button, "segment")
        self._layout = QHBoxLayout(self)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.search, 2)
        for button in buttons:
            self._layout.addWidget(button)
        self._layout.addWidget(self._status, 3)
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

    def show_status(self, words: str) -> None:
        """Say how much there is."""
        if words != self._status.text():
            self._status.setText(words)
            self._status.setToolTip(plain_tooltip(words))

    def fit(self) -> None:
        """Be as large as everything is now."""
        self.search.setMinimumWidth(zoomed(SEARCH_WIDTHS[0]))
        self.search.setMaximumWidth(zoomed(SEARCH_WIDTHS[1]))
        self._owner_button.setMaximumWidth(zoomed(BUTTON_WIDTH))
        self._layout.setContentsMargins(zoomed(6), zoomed(6), zoomed(6), zoomed(4))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words away where they would be cut to nothing."""
        super().resizeEvent(event)
        self._status.setVisible(self.width() >= zoomed(LEAST_WIDTH_FOR_STATUS))

    def _toggle(self, name: str, words: str, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setCheckable(True)
        button.setToolTip(plain_tooltip(tip))
        button.toggled.connect(self.changed)
        return button

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        group = QActionGroup(menu)
        for owner in ("", *self._owners):
            action = menu.addAction(self._words_of(owner).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(owner == self._owner)
            group.addAction(action)
            action.triggered.connect(lambda _=False, owner=owner: self._take_owner(owner))

    def _take_owner(self, owner: str) -> None:
        self._owner = owner
        self._show_owner()
        self.changed.emit()

    def _show_owner(self) -> None:
        metrics = QFontMetrics(self._owner_button.font())
        words, width = self._words_of(self._owner), zoomed(BUTTON_WIDTH)
        elided = metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)
        self._owner_button.setText(f"{elided} ▾".replace("&", "&&"))

    def _words_of(self, owner: str) -> str:
        return one_plain_line(owner) if owner else self.tr("All connections")


class _SearchField(QLineEdit):
    """A field that is emptied by Escape, and left by Return and the arrow down.

    Signals:
        left: The user is done with it.
    """

    left = Signal()

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setObjectName("wire_search")
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setToolTip(words)
        set_role(self, "compact")

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
