"""Stage and workers as one picture that nobody sees on a screen: for files."""

from collections.abc import Callable, Mapping
from itertools import chain

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from workq_gui.core.events import WorkerId
from workq_gui.core.moment_words import moment_words
from workq_gui.core.projections.worker_view import WorkerView
from workq_gui.core.state import State
from workq_gui.ui.stage import Stage
from workq_gui.ui.stage_lines import lines_of, paint_lines
from workq_gui.ui.stage_stream_painter import StreamDrawer
from workq_gui.ui.stage_text import draw_line
from workq_gui.ui.stage_tokens import StageTokens
from workq_gui.ui.theme import Theme, mono_font, text_font, zoomed
from workq_gui.ui.worker_column import GAP, NARROW_HEIGHT, WIDEST, WorkerColumn
from workq_gui.ui.worker_grid import WorkerGrid

MARGIN = 12
FOOT = 30
WORKERS_SHARE = 0.22
GRID_SHARES = (WORKERS_SHARE, 0.3, 0.4, 0.5)
LOWEST_TILE = 0.6
"""A worker's tile of less than so much of its full height has no room for its words: then there are cells."""
FINE = 3.0
"""Device pixels for each logical one in what stays a bitmap in a drawing."""


class StagePicture(QWidget):
    """Shows one moment of a session: stage, workers, and below them which moment it is. GUI thread.

    It is never shown: `paint` paints it into an image, or onto paper.

    Args:
        theme: Its colours; those of the program may be others.
        is_drawing: It is for SVG or paper: lines, words and tokens are drawn, and not copied from bitmaps.
        is_kitchen: The stage is a kitchen.
        title: What is shown, for the line below; may be empty.
    """

    def __init__(
        self, theme: Theme, *, is_drawing: bool = False, is_kitchen: bool = False, title: str = ""
    ) -> None:
        super().__init__()
        self._theme, self._title, self._at_ns = theme, title, 0
        self._fitted: tuple[int, ...] = ()
        self._stage: Stage = _DrawnStage() if is_drawing else _PaintedStage()
        self._column = WorkerColumn()
        self._grid = _FineGrid() if is_drawing else WorkerGrid()
        self._cells = QWidget(self)  # cuts off below what there is no room for
        self._grid.setParent(self._cells)
        self._stage.setParent(self)
        self._column.setParent(self)
        for part in (self._stage, self._column, self._grid):
            part.set_theme(theme)
        self._stage.set_kitchen(is_kitchen)

    def display(self, state: State, at_ns: int) -> None:
        """Show `state` as it is at `at_ns`, at the size that the picture has."""
        self._at_ns = at_ns
        views, margin = state.worker_views, zoomed(MARGIN)
        height = self.height() - margin - zoomed(FOOT)
        lowest = LOWEST_TILE * zoomed(NARROW_HEIGHT) + zoomed(GAP)
        is_grid = len(views) * lowest > height + zoomed(GAP)
        if is_grid:
            width = self._fit_grid(views, at_ns, height)
            top = max(0, (height - self._grid.height()) // 2)
            self._grid.move(0, top)
            anchors = {worker_id: top + y for worker_id, y in self._grid.centres().items()}
        else:
            width = min(round(self.width() * WORKERS_SHARE), zoomed(WIDEST))
        left = self.width() - margin - width
        self._stage.setGeometry(margin, margin, left - 2 * margin, height)
        self._column.setVisible(not is_grid)
        self._cells.setVisible(is_grid)
        if is_grid:
            self._cells.setGeometry(left, margin, width, height)
        else:
            self._column.setGeometry(left, margin, width, height)
            self._column.display(views, at_ns)
            anchors = {worker_id: float(y - margin) for worker_id, y in self._column.anchors().items()}
        self._stage.display(state, at_ns, _within(anchors, height))

    def _fit_grid(self, views: Mapping[WorkerId, WorkerView], at_ns: int, height: int) -> int:
        """Make the grid wide enough for all workers to fit into `height`, within bounds; return its width."""
        fitted = (len(views), self.width(), height)
        if fitted == self._fitted:
            self._grid.display(views, at_ns)
            return self._grid.width()
        self._fitted = fitted
        for share in GRID_SHARES:
            self._grid.resize(round(self.width() * share), self._grid.height())
            self._grid.set_theme(self._theme)  # never shown, it would hear later that it is wider
            self._grid.display(views, at_ns)
            if self._grid.height() <= height:
                break
        return self._grid.width()

    def paint(self, painter: QPainter) -> None:
        """Paint it all; the painter's unit is a logical pixel."""
        self.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what lies between the parts, and the line below them."""
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), self._theme.colour("bg"))
            margin, foot = zoomed(MARGIN), zoomed(FOOT)
            row = QRectF(margin, self.height() - foot, self.width() - 2 * margin, foot)
            clock, ink = moment_words(self._at_ns), self._theme.colour("ink")
            draw_line(painter, row, clock, mono_font(13, QFont.Weight.Bold), ink, Qt.AlignmentFlag.AlignRight)
            row.setWidth(row.width() - zoomed(130))
            left, mute = Qt.AlignmentFlag.AlignLeft, self._theme.colour("mute")
            draw_line(painter, row, self._title, text_font(12), mute, left)
        finally:
            painter.end()


def _within(anchors: dict[WorkerId, float], height: int) -> dict[WorkerId, float]:
    """Return the anchors that the stage reaches; more workers than there is room for are cut off below."""
    return {worker_id: y for worker_id, y in anchors.items() if y < height}


class _PaintedStage(Stage):
    """A stage whose pixels are those of the picture, whatever the screen has."""

    def devicePixelRatioF(self) -> float:  # noqa: N802  # Qt's
        """Return one device pixel for each logical one."""
        return 1.0


class _FineGrid(WorkerGrid):
    """Cells whose numbers stay sharp on paper."""

    def devicePixelRatioF(self) -> float:  # noqa: N802  # Qt's
        """Return how fine the bitmap of the numbers is."""
        return FINE


class _DrawnStage(Stage):
    """A stage of shapes and words, for SVG and paper. Only a kitchen's chefs stay a bitmap."""

    def __init__(self) -> None:
        super().__init__()
        self._stream_painter = StreamDrawer()

    def devicePixelRatioF(self) -> float:  # noqa: N802  # Qt's
        """Return how fine the bitmaps are that are left."""
        return FINE

    def _in_device_pixels(self, painter: QPainter, dpr: float, draw: Callable[[], None]) -> None:
        painter.save()
        draw()
        painter.restore()

    def _paint_layers(self, painter: QPainter, dpr: float) -> None:
        layout = self.layout_now()
        self._backdrop.paint(painter, self._backdrop_view(layout, 1.0), layout)
        if self._state is not None:
            lines = lines_of(self._state, layout, self._anchors)
            paint_lines(painter, self._theme, layout, lines)

    def _paint_tokens(self, painter: QPainter, tokens: StageTokens) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for token in chain(tokens.standing, tokens.flying, (stamp.filling for stamp in tokens.stamps)):
            self._sprites.paint(painter, token)
