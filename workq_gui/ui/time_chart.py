"""Charts over the time of the session. Importing this imports pyqtgraph."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu

from workq_gui.core.projections.rates import Rates
from workq_gui.core.projections.worker_view import NS_PER_S
from workq_gui.ui.chart_cell import Part, Span
from workq_gui.ui.chart_words import clock_words, per_second, short_count
from workq_gui.ui.plot_chart import PlotChart, clock_ticks, count_ticks, round_ticks, round_up, translucent
from workq_gui.ui.theme import Theme

LEAST_SPAN_S = 10.0
"""A session that has just begun is shown as if it were so long."""
LEAST_ZOOM_S = 1.0
SPAN_STEPS = 25
LEAST_WIDTH = 222


@dataclass(frozen=True, slots=True)
class Line:
    """How one series is drawn.

    Attributes:
        name: What its values are.
        colour: A token of the theme.
        dash: Its strokes and gaps; empty for none.
        fill: How much the area below it covers.
    """

    name: str
    colour: str
    dash: Sequence[float] = ()
    fill: float = 0.0
    width: float = 1.8


class TimeChart(PlotChart):
    """Some lines over time, and the playhead. A click seeks; the wheel zooms, and a drag moves.

    Signals:
        span_chosen: The user zoomed or dragged; carries the first and the last second that are seen.
        all_requested: The user wants to see all of the time again.
    """

    span_chosen = Signal(float, float)
    all_requested = Signal()
    lines: Sequence[Line] = ()

    def __init__(self, title: str, unit: str, *, is_whole: bool) -> None:
        left = (count_ticks if is_whole else round_ticks, short_count)
        super().__init__(title, unit, LEAST_WIDTH, (clock_ticks, clock_words), left)
        self._times: Sequence[float] = ()
        self._values: list[Sequence[float | None]] = []
        self._chosen: tuple[float, float] | None = None
        self._curves = [self.plot.plot(antialias=True, connect="finite") for _ in self.lines]
        for curve in self._curves:
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
        self._playhead = pg.InfiniteLine(angle=90)
        self._playhead.setZValue(10)
        self.box.addItem(self._playhead, ignoreBounds=True)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.sigRangeChangedManually.connect(self._on_chosen)
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        super().set_theme(theme)
        for line, curve in zip(self.lines, self._curves, strict=True):
            colour = theme.colour(line.colour)
            curve.setPen(self.line_pen(line.colour, line.dash, line.width))
            if line.fill:
                curve.setFillLevel(0)
                curve.setBrush(translucent(colour, line.fill))
        self._playhead.setPen(self.line_pen("accent", width=2.0))

    def read(self, rates: Rates, until_ns: int) -> tuple[Sequence[float], list[Sequence[float | None]]]:
        """Return the times, in seconds, and the values of each line."""
        raise NotImplementedError

    def value_words(self, value: float | None) -> str:
        """Return a value as it is read."""
        raise NotImplementedError

    def show_rates(self, rates: Rates, span: Span) -> None:
        """Show what `rates` knows of all of the time, the playhead, and the figures there."""
        now_ns = max(span.now_ns, rates.last_ns)
        self._times, self._values = self.read(rates, now_ns)
        times = np.asarray(self._times)
        for curve, values in zip(self._curves, self._values, strict=True):
            curve.setData(times, np.array(values, dtype=float))
        at_s = span.at_ns / NS_PER_S
        self._playhead.setValue(at_s)
        self._say(self._parts_at(at_s))
        first_s = span.first_ns // NS_PER_S
        last_s = self._end_of(first_s, now_ns / NS_PER_S)
        self.box.setLimits(xMin=first_s, xMax=last_s, minXRange=LEAST_ZOOM_S)
        low_s, high_s = self._chosen or (first_s, last_s)
        self.box.setXRange(low_s, high_s, padding=0)
        self._fit_height(low_s, high_s)
        self._point_again()

    def _end_of(self, first_s: float, now_s: float) -> float:
        """Return where the axis ends: in steps, since one that moves is drawn anew."""
        step_s = round_up((now_s - first_s) / SPAN_STEPS)
        return max(first_s + ceil((now_s - first_s) / step_s) * step_s, first_s + LEAST_SPAN_S)

    def choose_span(self, low_s: float, high_s: float) -> None:
        """Show these seconds from now on."""
        self._chosen = (low_s, high_s)
        self.box.setXRange(low_s, high_s, padding=0)
        self._fit_height(low_s, high_s)

    def show_all(self) -> None:
        """Show all of the time again, with the next figures."""
        self._chosen = None

    def numbers(self) -> list[list[str]]:
        """Return every moment with its figures."""
        rows = [["seconds", *(line.name for line in self.lines)]]
        for index, time_s in enumerate(self._times):
            values = (series[index] for series in self._values)
            rows.append([f"{time_s:g}", *("" if value is None else f"{value:g}" for value in values)])
        return rows

    def make_menu(self) -> QMenu:
        """Return the menu of the chart, with the way back from a zoom."""
        menu = super().make_menu()
        menu.addSeparator()
        everything = menu.addAction(self.tr("Show all of the time"), self.all_requested.emit)
        everything.setShortcut(Qt.Key.Key_A)
        everything.setEnabled(self._chosen is not None)
        return menu

    def point_at(self, x: float) -> None:
        """Tell the figures of a moment."""
        parts = [replace(part, short=part.words.split()[0]) for part in self._parts_at(x)]
        self._point(clock_words(max(0.0, x)), parts)

    def _parts_at(self, at_s: float) -> list[Part]:
        index = min(bisect_left(self._times, at_s), len(self._times) - 1)
        parts = []
        for line, values in zip(self.lines, self._values, strict=True):
            if self._is_told(values, index):
                value = values[index] if index >= 0 else None
                parts.append(
                    Part(f"{self.value_words(value)} {line.name}", line.colour, line.dash, line.name)
                )
        return parts

    def _is_told(self, values: Sequence[float | None], index: int) -> bool:
        return index < 0 or values[index] is not None

    def _fit_height(self, low_s: float, high_s: float) -> None:
        first, last = bisect_left(self._times, low_s), bisect_left(self._times, high_s) + 1
        seen = (value for series in self._values for value in series[first:last] if value is not None)
        self._reach_up_to(max(seen, default=0.0))

    def _on_chosen(self, _: object) -> None:
        (low_s, high_s), _ = self.box.viewRange()
        self._chosen = (low_s, high_s)
        self._fit_height(low_s, high_s)
        self.span_chosen.emit(low_s, high_s)

    def _on_clicked(self, event: Any) -> None:
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and self.box.sceneBoundingRect().contains(event.scenePos()):
            at_s = self.box.mapSceneToView(event.scenePos()).x()
            self.seek_requested.emit(max(0, round(at_s * NS_PER_S)))


class LevelsChart(TimeChart):
    """How many tasks are ready and un-acked; the broker's own count beside ours."""

    lines = (
        Line("ready", "accent", fill=0.18),
        Line("un-acked", "info", (5, 2), fill=0.12),
        Line("by broker", "ink", (1, 2), width=1.2),
    )

    def __init__(self) -> None:
        super().__init__("Ready and un-acked", "tasks", is_whole=True)

    def read(self, rates: Rates, until_ns: int) -> tuple[Sequence[float], list[Sequence[float | None]]]:
        """Return the counts at the end of each bucket of time."""
        levels = rates.levels(until_ns)
        return levels.times_s, [levels.ready, levels.unacked, levels.observed]

    def value_words(self, value: float | None) -> str:
        """Return a count."""
        return "—" if value is None else f"{value:,.0f}"


class SpeedsChart(TimeChart):
    """How many tasks a second are published, confirmed and acked."""

    lines = (
        Line("published", "accent", (5, 2)),
        Line("confirmed", "ink", (1, 2)),
        Line("acked", "ok"),
    )

    def __init__(self) -> None:
        super().__init__("Tasks per second", "over 1 s", is_whole=False)

    def read(self, rates: Rates, until_ns: int) -> tuple[Sequence[float], list[Sequence[float | None]]]:
        """Return the rates up to the end of each bucket of time."""
        speeds = rates.speeds(until_ns)
        return speeds.times_s, [speeds.published, speeds.confirmed, speeds.acked]

    def value_words(self, value: float | None) -> str:
        """Return a rate."""
        return "—" if value is None else per_second(value)
