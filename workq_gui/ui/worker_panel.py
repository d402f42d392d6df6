"""All workers: a card for each while they are few, a grid when they are many."""

from collections import Counter
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.events import WorkerId
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.ui.past_only import disable
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import DARK, Theme, zoomed
from workq_gui.ui.worker_card import WorkerCard, has_focus_within
from workq_gui.ui.worker_grid import WorkerGrid
from workq_gui.ui.worker_menu import AT_WORK, WorkerWish
from workq_gui.ui.worker_tools import WorkerTools
from workq_gui.ui.worker_wishes import WorkerWishes

MOST_CARDS = 12
SCROLL_MARGIN = 24
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
NOBODY = WorkerId("")


class WorkerPanel(WorkerWishes, QWidget):
    """Shows the workers and offers what can be done to each; its wishes: `WorkerWishes`. GUI thread.

    Signals:
        add_requested: The user wants one more worker; carries a tuple of the queues that it is to take from,
            empty for the first one.
        add_with_settings_requested: Likewise; carries how it is to work, too: WorkerSettings.
        crash_one_requested: The user wants some worker to die.
        chaos_requested: The user wants things to break by themselves, or no more.
        anchors_moved: The user scrolled, or gave the panel another size.
    """

    add_requested = Signal(object)
    add_with_settings_requested = Signal(object, object)
    crash_one_requested = Signal()
    chaos_requested = Signal(bool)
    anchors_moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._cards: dict[WorkerId, WorkerCard] = {}
        self._selected = NOBODY
        self._is_grid = False
        self._is_presenting = False
        self._has_buttons = True
        self._shown: tuple[Mapping[WorkerId, WorkerView], int, Sequence[str]] = ({}, 0, ())
        self._crowd = _Crowd()
        self._crowd.grid.selected.connect(self._select)
        self._crowd.grid.wished.connect(self._hand_on)
        self._selected_card = self._make_card()
        self._empty = QLabel(self.tr("No worker yet: tasks wait in the queue."), wordWrap=True)
        set_role(self._empty, "mute")
        self._card_scroll, self._card_column = _scroll_area(QWidget())
        self._card_scroll.setAccessibleName(self.tr("Workers"))
        for scroll in (self._card_scroll, self._crowd.scroll_area):
            scroll.verticalScrollBar().valueChanged.connect(self.anchors_moved)
        self._tools = WorkerTools()
        self._add = self._tools.add
        self._tools.add_requested.connect(self.add_requested)
        self._tools.add_with_settings_requested.connect(self.add_with_settings_requested)
        self._tools.crash_one_requested.connect(self.crash_one_requested)
        self._tools.chaos_requested.connect(self.chaos_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._empty)
        layout.addWidget(self._card_scroll, 1)
        layout.addWidget(self._crowd, 1)
        layout.addWidget(self._selected_card)
        layout.addWidget(self._tools)
        self._crowd.hide()
        self._selected_card.hide()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, and as large as everything is now."""
        self._theme = theme
        self._crowd.grid.set_theme(theme)
        for card in (self._selected_card, *self._cards.values()):
            card.set_theme(theme)

    def set_presenting(self, is_presenting: bool) -> None:
        """Hide all buttons while something is shown to a room; the menus and the keys stay."""
        self._is_presenting = is_presenting
        focus = self.window().focusWidget()
        if is_presenting and focus is not None and self._tools.isAncestorOf(focus):
            focus.clearFocus()  # Qt would give it to whatever comes next
        self._tools.setVisible(not is_presenting)
        for card in (self._selected_card, *self._cards.values()):
            card.set_presenting(is_presenting or not self._has_buttons)

    def set_past_only(self, reason: str) -> None:
        """Offer nothing, and say why."""
        disable(self._tools, reason)
        self._has_buttons = False
        for card in (self._selected_card, *self._cards.values()):
            card.set_presenting(True)

    def open_settings(self) -> None:
        """Let the user set up one more worker."""
        self._tools.open_settings()

    def show_chaos(self, is_on: bool) -> None:
        """Show whether things break by themselves."""
        self._tools.show_chaos(is_on)

    def focus_worker(self, number: int) -> None:
        """Put the focus on the worker that is at place `number`, from 1; on none if there are not so many."""
        worker_ids = list(self._shown[0])
        if not 1 <= number <= len(worker_ids):
            return
        worker_id = worker_ids[number - 1]
        if self._is_grid:
            self._crowd.grid.focus_on(worker_id)
        else:
            card = self._cards[worker_id]
            card.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._card_scroll.ensureWidgetVisible(card, 0, zoomed(SCROLL_MARGIN))

    def display(self, views: Mapping[WorkerId, WorkerView], at_ns: int, queues: Sequence[str] = ()) -> None:
        """Show `views` as they are at `at_ns`, when there are `queues` to take from."""
        self._shown = (views, at_ns, queues)
        self._tools.display(queues)
        is_grid, with_queues = len(views) > MOST_CARDS, len(queues) > 1
        is_other_face = is_grid != self._is_grid
        if is_other_face:
            self._is_grid = is_grid
            self._crowd.setVisible(is_grid)
            self._card_scroll.setVisible(not is_grid)
        self._empty.setVisible(not views)
        if is_grid:
            self._match_cards({})
            self._crowd.display(views, at_ns, with_queues=with_queues)
        else:
            self._match_cards(views)
            for worker_id, card in self._cards.items():
                card.display(views[worker_id], at_ns, with_queues=with_queues)
        if is_other_face:
            self._wait_out_double_click()
        self._show_selected(views.get(self._selected) if is_grid else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that the workers are elsewhere now."""
        self.anchors_moved.emit()

    def anchors(self) -> dict[WorkerId, int]:
        """Return the y of each worker's centre in the window, kept within what is visible."""
        scroll = self._crowd.scroll_area if self._is_grid else self._card_scroll
        top = scroll.viewport().mapTo(self.window(), QPoint(0, 0)).y()
        bottom = top + scroll.viewport().height() - 1
        if self._is_grid:
            origin = self._crowd.grid.mapTo(self.window(), QPoint(0, 0)).y()
            centres = {worker_id: origin + y for worker_id, y in self._crowd.grid.centres().items()}
        else:
            centres = {
                worker_id: float(card.mapTo(self.window(), card.rect().center()).y())
                for worker_id, card in self._cards.items()
            }
        return {worker_id: round(min(max(y, top), bottom)) for worker_id, y in centres.items()}

    def _match_cards(self, views: Mapping[WorkerId, WorkerView]) -> None:
        if self._cards.keys() == views.keys():
            return
        gone = self._cards.keys() - views.keys()
        for worker_id in gone:
            card = self._cards.pop(worker_id)
            self._save_focus(card)
            self._card_column.removeWidget(card)
            card.hide()
            card.deleteLater()
        if gone:
            self._wait_out_double_click()
        for place, worker_id in enumerate(views):
            if worker_id not in self._cards:
                card = self._cards[worker_id] = self._make_card()
                self._card_column.insertWidget(place, card)
                card.show()  # a layout would show it only after this frame
        self._card_column.activate()  # so that the anchors are right in this very frame

    def _wait_out_double_click(self) -> None:
        """Let no card take the second half of a double-click: it may lie where another one was."""
        for card in self._cards.values():
            card.wait_out_double_click()

    def _save_focus(self, card: WorkerCard) -> None:
        """Take the focus from a card that goes: Qt would give it to the next card's Crash."""
        if has_focus_within(card):
            (self if self._is_presenting else self._add).setFocus()

    def _make_card(self) -> WorkerCard:
        card = WorkerCard()
        card.set_theme(self._theme)
        card.set_presenting(self._is_presenting or not self._has_buttons)
        card.wished.connect(self._hand_on)
        return card

    def _hand_on(self, wish: WorkerWish, worker_id: str) -> None:
        self.wish_signal(wish).emit(worker_id)

    def _select(self, worker_id: str) -> None:
        self._selected = WorkerId(worker_id)
        self.display(*self._shown)

    def _show_selected(self, view: WorkerView | None) -> None:
        if view is None:
            self._save_focus(self._selected_card)
        self._selected_card.setVisible(view is not None)
        self._crowd.hint.setVisible(view is None)
        if view is not None:
            _, at_ns, queues = self._shown
            self._selected_card.display(view, at_ns, with_queues=len(queues) > 1)


class _Crowd(QFrame):
    """How many workers do what, and a cell for each."""

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "panel")
        self.grid = WorkerGrid()
        self._title = QLabel()
        self._title.setObjectName("crowd_title")
        set_role(self._title, "title")
        self._counts = QLabel(wordWrap=True)
        self._counts.setObjectName("crowd_counts")
        set_role(self._counts, "mute")
        self.hint = QLabel(
            self.tr("Click a worker for its card. The colour is the task's kind, its height the progress."),
            wordWrap=True,
        )
        set_role(self.hint, "mute")
        self.scroll_area, column = _scroll_area(QWidget())
        column.insertWidget(0, self.grid)
        self.grid.focus_moved.connect(self._keep_in_view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._counts)
        layout.addWidget(self.scroll_area, 1)
        layout.addWidget(self.hint)

    def _keep_in_view(self, worker_id: str) -> None:
        centre = self.grid.rect_of(WorkerId(worker_id)).center().toPoint()
        self.scroll_area.ensureVisible(0, centre.y(), 0, zoomed(SCROLL_MARGIN))

    def display(self, views: Mapping[WorkerId, WorkerView], at_ns: int, *, with_queues: bool) -> None:
        """Show `views` as they are at `at_ns`."""
        self.grid.display(views, at_ns, with_queues=with_queues)
        counts = Counter(view.status for view in views.values())
        working = sum(counts[status] for status in AT_WORK)
        words = [
            self.tr("{} working").format(working),
            self.tr("{} waiting").format(counts[WorkerStatus.WAITING]),
        ]
        for status, text in (
            (WorkerStatus.FROZEN, self.tr("{} frozen")),
            (WorkerStatus.CRASHED, self.tr("{} crashed")),
            (WorkerStatus.RECONNECTING, self.tr("{} reconnecting")),
            (WorkerStatus.STOPPED, self.tr("{} stopped")),
            (WorkerStatus.CONNECTING, self.tr("{} connecting")),
        ):
            if counts[status]:
                words.append(text.format(counts[status]))
        self._title.setText(self.tr("{} workers").format(len(views)))
        self._counts.setText(" · ".join(word.replace(" ", NO_BREAK_SPACE) for word in words))


def _scroll_area(content: QWidget) -> tuple[QScrollArea, QVBoxLayout]:
    """Return a scroll area, and the column in it that grows from the top."""
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    column.addStretch(1)
    scroll = QScrollArea(widgetResizable=True)
    scroll.setWidget(content)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return scroll, column
