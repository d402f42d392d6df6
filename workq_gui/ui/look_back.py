"""What happened, seen as a whole: the panel below the stage."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QSize, Signal, SignalInstance
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.ui.figures_label import FiguresLabel
from workq_gui.ui.icons import icon
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import DARK, Theme, zoomed

HEADER_HEIGHT = 44
OPEN_HEIGHT = 250
LEAST_VIEW_HEIGHT = 120
PAD = 16
ICON_SIZE = 16


class LookBackView(Protocol):
    """What stands behind a tab: a widget that shows a session's past up to the moment of a playhead."""

    seek_requested: SignalInstance

    @property
    def catching_up(self) -> bool:
        """Whether there is more to take in than one frame allowed."""

    def display(self, playhead: Playhead, session: Session) -> None:
        """Show the moment of `playhead`; called once per frame while the view is seen."""

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""

    def take_focus(self) -> None:
        """Let what is typed be for the view."""


class LookBackPanel(QFrame):
    """Timeline, events, charts and wire behind tabs; folded, the tabs alone. GUI thread.

    Only the view that is seen is shown anything: the others cost nothing.

    Signals:
        seek_requested: The picture is to show this moment; carries nanoseconds of the session's clock.
        folded: The panel was folded, or opened; carries which.
        share_requested: The user wants what is seen as a file.
    """

    seek_requested = Signal(object)
    folded = Signal(bool)
    share_requested = Signal()

    def __init__(
        self,
        views: Sequence[tuple[str, LookBackView]],
        searchable: Sequence[int],
        parent: QWidget | None = None,
    ) -> None:
        """Show `views`, each with its title, of which those at `searchable` can be searched."""
        super().__init__(parent)
        self._searchable = tuple(searchable)
        set_role(self, "panel")
        self.setAccessibleName(self.tr("What happened"))
        self._views = tuple(view for _, view in views)
        self._shown: tuple[Playhead, Session] | None = None
        self._is_folded = False
        self._is_chosen = False
        self._tabs = QTabBar()
        self._tabs.setDrawBase(False)
        self._tabs.setAccessibleName(self.tr("How to look back"))
        self._pages = QStackedWidget()
        self._pages.setMinimumHeight(LEAST_VIEW_HEIGHT)
        for title, view in views:
            self._tabs.addTab(title)
            assert isinstance(view, QWidget)
            self._pages.addWidget(view)
            view.seek_requested.connect(self.seek_requested)
        self._figures = FiguresLabel()
        self._share = QPushButton(self.tr("Share…"))
        self._share.setObjectName("share")
        self._share.setToolTip(self.tr("A picture, a film, a table or a report, as a file (Ctrl+E)."))
        self._share.clicked.connect(self.share_requested)
        self._fold = QPushButton()
        self._fold.setObjectName("fold_look_back")
        set_role(self._fold, "icon")
        self._fold.clicked.connect(lambda: self.fold(not self._is_folded))
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self._tabs.currentChanged.connect(self._show_again)
        self._tabs.tabBarClicked.connect(lambda _: self.fold(False))
        self._lay_out()
        self.set_theme(DARK)

    # --- what is seen -----------------------------------------------------------------------

    @property
    def is_folded(self) -> bool:
        """Whether only the tabs are seen."""
        return self._is_folded

    @property
    def is_catching_up(self) -> bool:
        """Whether what is seen is not complete yet: more frames are wanted."""
        is_behind = self._figures.catching_up or (not self._is_folded and self._view.catching_up)
        return self.isVisible() and is_behind

    @property
    def tab(self) -> int:
        """Which view is chosen."""
        return self._tabs.currentIndex()

    @property
    def fold_choice(self) -> bool | None:
        """Whether the user wants it folded; None if that was left to the room there is."""
        return self._is_folded if self._is_chosen else None

    def restore(self, tab: int, fold_choice: bool | None) -> None:
        """Be as it was, with the view of `tab` chosen."""
        self._tabs.setCurrentIndex(tab)
        if fold_choice is not None:
            self.fold(fold_choice)

    def choose(self, tab: int) -> None:
        """Show the view of `tab`, open the panel, and let what is typed be for the view."""
        self._tabs.setCurrentIndex(tab)
        self.fold(False)
        self._view.take_focus()

    def look_for(self) -> None:
        """Let the user type what to look for: in the view that is seen, if it can be searched."""
        self.choose(self.tab if self.tab in self._searchable and not self._is_folded else self._searchable[0])

    def fold(self, is_folded: bool) -> None:
        """Leave only the tabs, or show the view of the chosen one again, as the user wishes."""
        self._is_chosen = True
        self._fold_to(is_folded)

    def fold_for_room(self, is_folded: bool) -> None:
        """Likewise, since there is little room; what the user chose is left as it is."""
        if not self._is_chosen:
            self._fold_to(is_folded)

    def _fold_to(self, is_folded: bool) -> None:
        has_changed, self._is_folded = is_folded != self._is_folded, is_folded
        self._pages.setVisible(not is_folded)
        self._show_fold()
        self._give_height()
        if has_changed:
            self.folded.emit(is_folded)
            self._show_again()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._theme = theme
        self._header.setContentsMargins(zoomed(PAD), 0, zoomed(8), 0)
        self._fold.setIconSize(QSize(zoomed(ICON_SIZE), zoomed(ICON_SIZE)))
        self._fold.setFixedWidth(zoomed(32))
        self._pages.setMinimumHeight(zoomed(LEAST_VIEW_HEIGHT))
        self._pages.setContentsMargins(zoomed(PAD), 0, zoomed(PAD), zoomed(4))
        for view in self._views:
            view.set_theme(theme)
        self._show_fold()
        self._give_height()

    def display(self, playhead: Playhead, session: Session) -> None:
        """Show the moment of `playhead`, and what it all came to by then."""
        self._shown = (playhead, session)
        self._figures.display(playhead, session)
        if self.isVisible() and not self._is_folded:
            self._view.display(playhead, session)

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(super().sizeHint().width(), zoomed(HEADER_HEIGHT if self._is_folded else OPEN_HEIGHT))

    # --- how --------------------------------------------------------------------------------

    @property
    def _view(self) -> LookBackView:
        return self._views[self._tabs.currentIndex()]

    def _show_again(self) -> None:
        if self._shown is not None:
            self.display(*self._shown)

    def _show_fold(self) -> None:
        words = self.tr("Open what happened") if self._is_folded else self.tr("Fold what happened away")
        self._fold.setIcon(icon("chevron-up" if self._is_folded else "chevron-down", self._theme))
        self._fold.setAccessibleName(words)
        self._fold.setToolTip(self.tr("{} (Ctrl+B).").format(words))

    def _give_height(self) -> None:
        header = zoomed(HEADER_HEIGHT)
        if self._is_folded:
            self.setFixedHeight(header)
        else:
            self.setMinimumHeight(header + zoomed(LEAST_VIEW_HEIGHT))
            self.setMaximumHeight(16_777_215)  # Qt's own QWIDGETSIZE_MAX
        self.updateGeometry()

    def _lay_out(self) -> None:
        self._header = QHBoxLayout()
        self._header.setSpacing(12)
        self._header.addWidget(self._tabs)
        self._header.addWidget(self._figures, 1)
        self._header.addWidget(self._share)
        self._header.addWidget(self._fold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(0)
        layout.addLayout(self._header)
        layout.addWidget(self._pages, 1)
