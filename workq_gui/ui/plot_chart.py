"""A chart with axes. Importing this imports pyqtgraph and NumPy: some tenths of a second."""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

import pyqtgraph as pg  # type: ignore[import-untyped]
import PySide6.QtWidgets  # noqa: F401  (first, so that pyqtgraph takes this binding)
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPicture

from workq_gui.ui.chart_cell import TICK_SIZE, ChartCell, cosmetic_pen
from workq_gui.ui.style import blend
from workq_gui.ui.theme import Theme, text_font, zoomed

AXIS_WIDTH, AXIS_HEIGHT, RIGHT_MARGIN, TOP_MARGIN = 32, 18, 14, 6
X_TICK_DISTANCE, Y_TICK_DISTANCE = 48, 26
BAR_COVER = 0.9
HEIGHTS = (1, 1.15, 1.35, 1.6, 1.9, 2.2, 2.6, 3.1, 3.6, 4.3, 5.2, 6.2, 7.3, 8.5, 10)
GRID_SHARE = 0.25
"""How far the grid stands out from what is behind it, in all themes."""
Ticks = Callable[[float, float, int], list[float]]
"""Which ticks an axis has from one value to another, at most so many."""


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """Return the ticks of an axis of plain numbers: steps of 1, 2 or 5."""
    step = round_up((high - low) / max(1, most))
    return [index * step for index in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def count_ticks(low: float, high: float, most: int) -> list[float]:
    """Return the ticks of an axis of counts: no fractions."""
    return [tick for tick in round_ticks(low, high, most) if tick == round(tick)]


def clock_ticks(low: float, high: float, most: int) -> list[float]:
    """Return the ticks of an axis of seconds: steps that a clock has."""
    least = (high - low) / max(1, most)
    steps = (15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400)
    step = (
        round_up(least) if least <= 10 else next((step for step in steps if step >= least), round_up(least))
    )
    return [index * step for index in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def round_up(least: float, digits: Sequence[float] = (1, 2, 5, 10)) -> float:
    """Return the smallest number that is not less than `least` and has one of `digits`, before some zeros."""
    power = 10.0 ** floor(log10(max(least, 1e-9)))
    return next(digit * power for digit in digits if digit * power >= least * 0.999)


class QuietAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis with few ticks, whose words are ours; its grid is a hair line."""

    def __init__(self, orientation: str, ticks: Ticks, words: Callable[[float], str]) -> None:
        super().__init__(orientation, maxTickLength=0)
        self._ticks = ticks
        self._words = words
        self.setStyle(tickAlpha=255, autoExpandTextSpace=False, hideOverlappingLabels=False)

    def tickValues(self, low: float, high: float, length_px: float) -> list[tuple[None, list[float]]]:  # noqa: N802
        """Return where ticks are; called by pyqtgraph."""
        is_across = self.orientation == "bottom"
        most = int(length_px / zoomed(X_TICK_DISTANCE if is_across else Y_TICK_DISTANCE))
        # Above the last tick there must be room for half a line of words.
        last = high if is_across else high - (high - low) * zoomed(TICK_SIZE) / 2 / max(1.0, length_px)
        return [(None, [tick for tick in self._ticks(low, high, max(1, most)) if tick <= last])]

    def tickStrings(self, values: list[float], scale: float, _: object) -> list[str]:  # noqa: N802
        """Return what stands at each; called by pyqtgraph."""
        return [self._words(value * scale) for value in values]

    def paint(self, painter: QPainter, *rest: object) -> None:
        """Draw the axis; called by Qt."""
        if painter.device().logicalDpiX() == QPicture().logicalDpiX():
            super().paint(painter, *rest)
            return
        # pyqtgraph keeps it as a QPicture, and Qt scales that by the resolution of a file.
        painter.save()
        specs = self.generateDrawSpecs(painter)
        if specs is not None:
            self.drawPicture(painter, *specs)
        painter.restore()

    def set_theme(self, theme: Theme, hair_width: float, *, has_grid: bool) -> None:
        """Take colours and fonts; lines of the grid are so wide."""
        hair = cosmetic_pen(QColor(blend(theme.mute, theme.panel, GRID_SHARE)), hair_width)
        self.setStyle(tickFont=text_font(TICK_SIZE), tickTextOffset=zoomed(4))
        self.setTextPen(theme.colour("mute"))
        self.setTickPen(hair)
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setGrid(255 if has_grid else False)
        if self.orientation == "left":
            self.setWidth(zoomed(AXIS_WIDTH))
        else:
            self.setHeight(zoomed(AXIS_HEIGHT))


class PlotChart(ChartCell):
    """A chart with an axis of counts to the left and one of its own below. GUI thread."""

    def __init__(
        self,
        title: str,
        unit: str,
        least_width: int,
        bottom: tuple[Ticks, Callable[[float], str]],
        left: tuple[Ticks, Callable[[float], str]],
    ) -> None:
        super().__init__(title, unit, least_width)
        self._bottom, self._left = QuietAxis("bottom", *bottom), QuietAxis("left", *left)
        self.plot = pg.PlotWidget(self, axisItems={"bottom": self._bottom, "left": self._left})
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.box = self.plot.getViewBox()
        self.box.setMouseEnabled(x=False, y=False)
        self.box.disableAutoRange()
        self._cross = pg.InfiniteLine(angle=90)
        self._cross.hide()
        self._cross.setZValue(20)
        self.box.addItem(self._cross, ignoreBounds=True)
        self._pointed_at: float | None = None
        self.plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.plot.viewport().installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        super().set_theme(theme)
        self.plot.setBackground(theme.panel)
        self._bottom.set_theme(theme, self.line_scale, has_grid=False)
        self._left.set_theme(theme, self.line_scale, has_grid=True)
        self._cross.setPen(self.line_pen("mute", (2, 2), 1.0))
        self.plot.plotItem.layout.setContentsMargins(0, zoomed(TOP_MARGIN), zoomed(RIGHT_MARGIN), 0)
        self.lay_out()

    def lay_out(self) -> None:
        """Put the plot below title and words."""
        self.plot.setGeometry(self.picture_box().toRect())

    def draw_picture(self, painter: QPainter, box: QRectF) -> None:
        """Draw the plot."""
        self.plot.render(painter, box, QRect(0, 0, self.plot.width(), self.plot.height()))

    # --- the mouse ----------------------------------------------------------------------------

    def point_at(self, x: float) -> None:
        """Tell the figures at `x` of the axis below."""
        raise NotImplementedError

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the mouse leave the plot."""
        if event.type() == QEvent.Type.Leave:
            self._forget_mouse()
        return super().eventFilter(watched, event)

    def _on_mouse_moved(self, at: QPointF) -> None:
        if not self.box.sceneBoundingRect().contains(at):
            self._forget_mouse()
            return
        self._pointed_at = float(self.box.mapSceneToView(at).x())
        self._cross.setValue(self._pointed_at)
        self._cross.show()
        self.point_at(self._pointed_at)

    def _forget_mouse(self) -> None:
        self._pointed_at = None
        self._cross.hide()
        self._point()

    def _point_again(self) -> None:
        """The figures have changed under the mouse."""
        if self._pointed_at is not None:
            self.point_at(self._pointed_at)

    def _reach_up_to(self, highest: float) -> None:
        """Let the axis to the left go from 0 to a round number above `highest`: it stays while that does."""
        self.box.setYRange(0, round_up(max(1.0, highest) * 1.07, HEIGHTS), padding=0)


def translucent(colour: QColor, share: float) -> QColor:
    """Return `colour` so far as it covers what is behind it."""
    clear = QColor(colour)
    clear.setAlphaF(share)
    return clear
