"""Charts as pictures, for files. Importing this imports pyqtgraph."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter

from workq_gui.core.projections.rates import Rates
from workq_gui.ui.busy_chart import BusyChart
from workq_gui.ui.chart_cell import ChartCell, Span
from workq_gui.ui.duration_chart import DurationChart
from workq_gui.ui.theme import Theme
from workq_gui.ui.time_chart import LevelsChart, SpeedsChart

_MAKERS = {
    "Ready and un-acked": LevelsChart,
    "Tasks per second": SpeedsChart,
    "Waiting time": lambda: DurationChart("Waiting time", "accent", Rates.waiting),
    "Working time": lambda: DurationChart("Working time", "info", Rates.working),
    "Busy share": BusyChart,
}
CHART_NAMES = tuple(_MAKERS)
"""The charts that there are, as they are called where people read it."""
PAD = 12


def make_charts() -> list[ChartCell]:
    """Return one widget for each chart, in the order in which they stand beside each other. GUI thread."""
    return [make() for make in _MAKERS.values()]


def paint_chart(painter: QPainter, rect: QRectF, name: str, rates: Rates, at_ns: int, theme: Theme) -> None:
    """Draw one chart into `rect`, in vectors where `painter` takes them. GUI thread; needs a QApplication.

    `name` is one of CHART_NAMES; `at_ns` is where the playhead stands: distributions are told until there.
    """
    chart = _MAKERS[name]()
    chart.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    chart.resize(rect.toRect().size() - QSize(2 * PAD, 2 * PAD))
    chart.line_scale = painter.worldTransform().m11()  # a PDF has many pixels to a point
    chart.set_theme(theme)
    chart.show()  # nowhere: so that all of it has its size
    chart.show_rates(rates, Span(at_ns, rates.first_ns, max(at_ns, rates.last_ns)))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(rect, theme.colour("panel"))
    painter.translate(rect.left() + PAD, rect.top() + PAD)
    chart.paint(painter)
    painter.restore()
    chart.close()
    chart.deleteLater()
