"""Figures over time and distributions, beside each other."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QStackedLayout, QWidget

from workq_gui.core.follower import Follower
from workq_gui.core.playhead import Playhead
from workq_gui.core.projections.rates import Rates
from workq_gui.core.session import Session
from workq_gui.ui.chart_cell import ChartCell, Span
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import DARK, Theme, zoomed

if TYPE_CHECKING:
    from workq_gui.ui.time_chart import TimeChart

PAUSE_NS = 250_000_000
"""A chart is drawn anew at most four times a second, and only one in a frame."""
SPACING, TOP_PAD = 16, 6
STRETCHES = (5, 5, 4, 4, 4)


class ChartsView(QWidget):
    """All charts, in a row. GUI thread; call `display` once per frame while it is seen.

    pyqtgraph is imported when the view is first shown, one frame after it says so.

    Signals:
        seek_requested: The picture is to show this moment; carries nanoseconds of the session's clock.
    """

    seek_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._theme = DARK
        self._session: Session | None = None
        self._follower: Follower[Rates] | None = None
        self._charts: list[ChartCell] = []
        self._times: list[TimeChart] = []
        self._shown: dict[ChartCell, tuple[object, int, int]] = {}  # what, of which moment, and when
        self._slice_count = 0
        self._is_behind = False
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(self._words, "mute-heading")
        self._row = QWidget()
        self._layout = QHBoxLayout(self._row)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self._row)
        for surface in (self._row, self._scroll.viewport()):
            surface.setAutoFillBackground(False)  # the panel's own colour is seen
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._words)
        self._pages.addWidget(self._scroll)
        self.set_theme(DARK)

    @property
    def catching_up(self) -> bool:
        """Whether there is more to show than one frame allowed."""
        return self._is_behind

    @property
    def rates(self) -> Rates | None:
        """What is shown, as far as it is folded; None before the first picture."""
        return self._follower.projection if self._follower else None

    @property
    def charts(self) -> list[ChartCell]:
        """The charts from left to right; none before the first picture."""
        return list(self._charts)

    def take_focus(self) -> None:
        """Let the keys be for this view."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._theme = theme
        self._layout.setContentsMargins(0, zoomed(TOP_PAD), 0, 0)
        self._layout.setSpacing(zoomed(SPACING))
        for chart in self._charts:
            chart.set_theme(theme)
        self._shown.clear()

    def display(self, playhead: Playhead, session: Session) -> None:
        """Take in what is new, a slice at a time, and show it: one chart in a frame."""
        if session is not self._session:
            self._session = session
            self._follower = Follower(session.history, Rates)
            self._shown.clear()
        assert self._follower is not None
        self._slice_count += self._follower.catch_up()
        rates = self._follower.projection
        if rates.is_empty:
            self._is_behind = not self._follower.is_up_to_date
            self._say(self.tr("Nothing was published yet."))
            return
        if not self._charts:
            self._is_behind = True
            if self._say(self.tr("The charts come…")):
                return  # the words are seen while pyqtgraph is imported
            self._make_charts()
        self._pages.setCurrentIndex(1)
        what = (self._slice_count, None if playhead.is_live else playhead.at_ns)
        self._draw_one(rates, Span(playhead.at_ns, rates.first_ns, playhead.now_ns), what)
        shown = [self._shown.get(chart, (None, 0, 0))[0] for chart in self._charts]
        self._is_behind = not self._follower.is_up_to_date or any(seen != what for seen in shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show all of the time again with A."""
        if event.key() == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._show_all()
        else:
            super().keyPressEvent(event)

    def _draw_one(self, rates: Rates, span: Span, what: object) -> None:
        """Draw that chart anew which was drawn longest ago, if that is worth it."""
        drawn_ns = time.perf_counter_ns()
        moment = span.now_ns // max(PAUSE_NS, span.now_ns // 500)  # less would not move a pixel
        old = [
            (self._shown.get(chart, (None, 0, 0))[2], index)
            for index, chart in enumerate(self._charts)
            if self._shown.get(chart, (None, 0, 0))[:2] != (what, moment)
        ]
        last_ns, index = min(old, default=(drawn_ns, 0))
        if drawn_ns - last_ns >= PAUSE_NS:
            chart = self._charts[index]
            chart.show_rates(rates, span)
            self._shown[chart] = (what, moment, drawn_ns)

    def _say(self, words: str) -> bool:
        """Show words in place of charts; return whether those are new."""
        is_new = self._words.text() != words or self._pages.currentIndex() != 0
        self._words.setText(words)
        self._pages.setCurrentIndex(0)
        return is_new

    def _make_charts(self) -> None:
        from workq_gui.ui.chart_export import make_charts  # lazily: pyqtgraph takes its time
        from workq_gui.ui.time_chart import TimeChart

        self._charts = make_charts()
        self._times = [chart for chart in self._charts if isinstance(chart, TimeChart)]
        for chart, stretch in zip(self._charts, STRETCHES, strict=True):
            chart.set_theme(self._theme)
            chart.seek_requested.connect(self.seek_requested)
            self._layout.addWidget(chart, stretch)
        for chart in self._times:
            chart.span_chosen.connect(self._choose_span)
            chart.all_requested.connect(self._show_all)

    def _choose_span(self, low_s: float, high_s: float) -> None:
        for chart in self._times:
            if chart is not self.sender():
                chart.choose_span(low_s, high_s)

    def _show_all(self) -> None:
        for chart in self._times:
            chart.show_all()
            self._shown.pop(chart, None)
        self._is_behind = True
