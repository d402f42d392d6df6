"""How the parts of the window stand beside each other while there is a broker."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from workq_gui.ui.look_back import OPEN_HEIGHT, LookBackPanel
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import zoom, zoomed

GAP = 16
LEFT_WIDTHS = (264, 290)
RIGHT_WIDTHS = (304, 350)
"""The width of a side column in the smallest window, and in the one of the design."""
CENTRE_WIDTH = 736
LEAST_OPEN_HEIGHT = 800
"""In a window that is lower, the panel below begins folded: the stage comes first."""


class WorkPage(QWidget):
    """Composer and tasks, stage, workers, and below them what happened. GUI thread.

    Args of the constructor:
        top: The bar above all.
        composing: What stands in the left column, from above; the last takes the room that is left.
        picture: The stage, and what belongs under it.
        workers: The column on the right.
        look_back: The panel below stage and workers.
    """

    def __init__(
        self,
        top: QWidget,
        composing: tuple[QWidget, QWidget],
        picture: tuple[QWidget, QWidget],
        workers: QWidget,
        look_back: LookBackPanel,
    ) -> None:
        super().__init__()
        self._top, self._workers, self._look_back = top, workers, look_back
        self._open_height = OPEN_HEIGHT
        self._left = _left_column(*composing)
        self._picture = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=GAP)
        for column, is_flexible in ((_column(*picture), 1), (workers, 0)):
            self._picture.addWidget(column)
            self._picture.setStretchFactor(self._picture.count() - 1, is_flexible)
        self._rows = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False, handleWidth=GAP)
        for row, is_flexible in ((self._picture, 1), (look_back, 0)):
            self._rows.addWidget(row)
            self._rows.setStretchFactor(self._rows.count() - 1, is_flexible)
        self._columns = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=GAP)
        for column, is_flexible in ((self._left, 0), (self._rows, 1)):
            self._columns.addWidget(column)
            self._columns.setStretchFactor(self._columns.count() - 1, is_flexible)
        body = QWidget()
        body_layout = QVBoxLayout(body)
        body_layout.setContentsMargins(GAP, GAP, GAP, GAP)
        body_layout.addWidget(self._columns)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top)
        layout.addWidget(body, 1)
        look_back.folded.connect(self.give_rows_height)
        self._rows.splitterMoved.connect(self._note_height)

    @property
    def splitters(self) -> dict[str, QSplitter]:
        """What the user can move, by name: for who remembers it."""
        return {"columns": self._columns, "picture": self._picture, "rows": self._rows}

    def fold(self, is_folded: bool) -> None:
        """Fold away what only the one at the keyboard needs."""
        for part in (self._top, self._left, self._look_back):
            part.setVisible(not is_folded)

    def give_columns_width(self) -> None:
        """Give the columns the widths of the design, at the zoom of now."""
        self._workers.setMinimumWidth(zoomed(RIGHT_WIDTHS[0]))
        left, right = zoomed(LEFT_WIDTHS[1]), zoomed(RIGHT_WIDTHS[1])
        sides = right + (0 if self._left.isHidden() else left + GAP) + GAP
        centre = max(self._columns.width() - sides, 0) or CENTRE_WIDTH
        self._columns.setSizes([left, centre + GAP + right])
        self._picture.setSizes([centre, right])

    def suit(self, height: int) -> None:
        """Let the stage have the room in a window that is no higher than `height` pixels."""
        self._look_back.fold_for_room(height < zoomed(LEAST_OPEN_HEIGHT))
        for splitter in (self._rows, self._columns):
            splitter.refresh()  # at once, or a frame is shown with a scroll bar that is needed no more

    def take_sizes(self) -> None:
        """The splitters were restored: a folded panel takes no room all the same."""
        if self._look_back.is_folded:
            self.give_rows_height()
        else:
            self._note_height()

    def _note_height(self) -> None:
        """Remember, in pixels of the design, how high the user made the panel."""
        if not self._look_back.is_folded:
            self._open_height = round(self._rows.sizes()[1] / zoom())

    def give_rows_height(self) -> None:
        """Give the panel below the height that it has open, or folded, and the stage the rest."""
        is_folded = self._look_back.is_folded
        below = self._look_back.maximumHeight() if is_folded else zoomed(self._open_height)
        self._rows.setSizes([max(self._rows.height() - below - GAP, 1), below])


class Page(QScrollArea):
    """Scrolls what is larger than the window, and leaves the keys to the window.

    Args:
        narrowest: The width in pixels of the design below which it scrolls sideways; None for any.

    Signals:
        resizing: It has so many pixels of height now; the content may become smaller before it is laid out.
    """

    resizing = Signal(int)

    def __init__(self, content: QWidget, narrowest: int | None) -> None:
        super().__init__()
        self._content = content
        self._narrowest = narrowest
        self.setWidgetResizable(True)
        self.setWidget(content)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)

    def minimumSizeHint(self) -> QSize:
        """Return a size in which it can be used, by scrolling."""
        if self._narrowest is None:
            return super().minimumSizeHint()
        width = max(zoomed(self._narrowest), self._content.minimumSizeHint().width())
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the content suit itself first."""
        self.resizing.emit(event.size().height())
        super().resizeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say so when the content needs another width: a scroll area keeps that to itself."""
        if watched is self._content and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Use no key."""
        event.ignore()


def _column(upper: QWidget, lower: QWidget) -> QWidget:
    """Return the stage with the bar under it."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GAP)
    layout.addWidget(upper, 1)
    layout.addWidget(lower)
    return column


def _left_column(upper: QWidget, lower: QWidget) -> QWidget:
    content = QWidget()
    divider = QFrame()
    set_role(divider, "divider")
    layout = QVBoxLayout(content)
    layout.setContentsMargins(GAP, GAP, GAP, GAP)
    layout.setSpacing(GAP)
    layout.addWidget(upper)
    layout.addWidget(divider)
    layout.addWidget(lower, 1)
    column = QFrame()
    set_role(column, "panel")
    column_layout = QVBoxLayout(column)
    column_layout.setContentsMargins(0, 0, 0, 0)
    column_layout.addWidget(Page(content, LEFT_WIDTHS[0] - 2))
    return column
