"""How long something took: a distribution. Importing this imports pyqtgraph."""

from bisect import bisect_right
from collections.abc import Callable
from math import ceil, log10

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtGui import QColor

from workq_gui.core.log_histogram import Bar, LogHistogram
from workq_gui.core.projections.rates import Rates
from workq_gui.ui.chart_cell import Part, Span
from workq_gui.ui.chart_words import duration_words, short_count, short_duration
from workq_gui.ui.plot_chart import BAR_COVER, PlotChart, count_ticks
from workq_gui.ui.style import blend
from workq_gui.ui.theme import Theme

MOST_BARS = 18
LEAST_WIDTH = 158
LEAST_DECADES = 0.8
MARGIN_DECADES = 0.06
NICE_S = (1, 2, 5)
LEAST_TICK_GAP = 0.7
"""Of the distance that an axis has between ticks: the words of durations are short."""
P50, P99 = Part("p50"), Part("p99")
Read = Callable[[Rates, int], LogHistogram]


def duration_ticks(low: float, high: float, most: int) -> list[float]:
    """Return the ticks of an axis of log10 of seconds: decades, or where those are few 1, 2 and 5."""
    least_gap = LEAST_TICK_GAP * (high - low) / max(1, most)
    for steps, gap in ((NICE_S, log10(2)), ((1,), 1.0)):
        if gap >= least_gap:
            ticks = (log10(step) + power for power in range(-5, 7) for step in steps)
            return [tick for tick in ticks if low <= tick <= high]
    stride = ceil(least_gap)
    return [float(power) for power in range(-5, 7) if low <= power <= high and power % stride == 0]


class DurationChart(PlotChart):
    """A histogram over durations, each bar as wide as its ratio; p50 and p99 as lines and in words."""

    def __init__(self, title: str, colour: str, read: Read) -> None:
        words = (duration_ticks, lambda log_s: short_duration(10**log_s))
        super().__init__(title, "tasks", LEAST_WIDTH, words, (count_ticks, short_count))
        self._colour = colour
        self._read = read
        self._bars: list[Bar] = []
        self._percentiles: tuple[float | None, float | None] = (None, None)
        self._item = pg.BarGraphItem(x0=[0], x1=[0], height=[0])
        self.box.addItem(self._item)
        self._lines = (pg.InfiniteLine(angle=90), pg.InfiniteLine(angle=90))
        for line in self._lines:
            line.setZValue(10)
            self.box.addItem(line, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        super().set_theme(theme)
        colour = theme.colour(self._colour)
        self._item.setOpts(
            brush=QColor(blend(colour.name(), theme.panel, BAR_COVER)),
            pen=self.line_pen("panel", width=1.0),
        )
        for line, part in zip(self._lines, (DASHES[0], DASHES[1]), strict=True):
            line.setPen(self.line_pen("ink", part, 1.4))

    def show_rates(self, rates: Rates, span: Span) -> None:
        """Show what `rates` knows until the playhead."""
        histogram = self._read(rates, span.at_ns)
        self._bars = histogram.bars(MOST_BARS)
        self._percentiles = (histogram.percentile(0.5), histogram.percentile(0.99))
        self._show_bars()
        for line, seconds in zip(self._lines, self._percentiles, strict=True):
            line.setVisible(seconds is not None)
            line.setValue(log10(seconds) if seconds else 0.0)
        self._say(self._usual_parts())
        self._point_again()

    def numbers(self) -> list[list[str]]:
        """Return every bar, and the percentiles."""
        rows = [["from seconds", "to seconds", "tasks"]]
        rows += [[f"{bar.low_s:.6g}", f"{bar.high_s:.6g}", str(bar.amount)] for bar in self._bars]
        for name, seconds in zip(("p50", "p99"), self._percentiles, strict=True):
            rows.append([name, "" if seconds is None else f"{seconds:.6g}", ""])
        return rows

    def point_at(self, x: float) -> None:
        """Tell how many took so long."""
        at = bisect_right(self._bars, x, key=lambda bar: log10(bar.low_s)) - 1
        if at < 0 or x > log10(self._bars[at].high_s):
            self._point()
            return
        bar = self._bars[at]
        tasks = {0: "no task", 1: "1 task"}.get(bar.amount, f"{bar.amount:,} tasks")
        self._point("", [Part(f"{tasks} from {duration_words(bar.low_s)} to {duration_words(bar.high_s)}")])

    def _usual_parts(self) -> list[Part]:
        median, late = self._percentiles
        if median is None:
            return [Part("none yet")]
        return [
            Part(f"p50 {duration_words(median)}", "ink", DASHES[0]),
            Part(f"p99 {duration_words(late)}", "ink", DASHES[1]),
        ]

    def _show_bars(self) -> None:
        low, high = -2.0, 1.0
        if self._bars:
            low, high = log10(self._bars[0].low_s), log10(self._bars[-1].high_s)
        spare = max(MARGIN_DECADES, (LEAST_DECADES - (high - low)) / 2)
        self.box.setXRange(low - spare, high + spare, padding=0)
        counts = np.array([bar.amount for bar in self._bars], dtype=float)
        lows = np.array([log10(bar.low_s) for bar in self._bars])
        highs = np.array([log10(bar.high_s) for bar in self._bars])
        self._item.setOpts(x0=lows, x1=highs, height=counts)
        self._reach_up_to(float(counts.max()) if self._bars else 0.0)


DASHES: tuple[tuple[float, ...], tuple[float, ...]] = ((), (3, 2))
"""How the lines of p50 and p99 are drawn."""
