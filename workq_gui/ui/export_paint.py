"""What pictures are of, besides the stage: how the timeline and a chart are painted for a file."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from workq_gui.core.projections.rates import Rates
from workq_gui.core.projections.timeline import Timeline
from workq_gui.ui.export_picture import Paint
from workq_gui.ui.theme import Theme, zoomed
from workq_gui.ui.timeline_layout import AXIS_HEIGHT, ROW_PITCH, TOP
from workq_gui.ui.timeline_painter import paint_timeline

MARGIN = 12


def timeline_height(timeline: Timeline, highest: int) -> int:
    """Return how high a picture of `timeline` is, in pixels: no more than its rows need."""
    rows = ROW_PITCH * max(1, len(timeline.rows)) + TOP + AXIS_HEIGHT
    return min(highest, zoomed(rows) + 2 * MARGIN)


def timeline_paint(timeline: Timeline, size: tuple[int, int], span: tuple[int, int], theme: Theme) -> Paint:
    """Return how `timeline` is painted.

    Args:
        timeline: What happened, taken in fully.
        size: Of the picture: its width and height.
        span: Which part of the session is shown: from when until when, in nanoseconds.
        theme: Its colours.
    """
    whole = QRectF(0, 0, *size)
    box = whole.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    def paint(painter: QPainter) -> None:
        painter.fillRect(whole, theme.colour("panel"))
        paint_timeline(painter, box, timeline, *span, theme)

    return paint


def chart_paint(rates: Rates, size: tuple[int, int], name: str, at_ns: int, theme: Theme) -> Paint:
    """Return how a chart is painted, with what was known at `at_ns`; `name` as people read it."""
    # pyqtgraph takes a moment to be imported: only for who wants a chart.
    from workq_gui.ui.chart_export import paint_chart

    return lambda painter: paint_chart(painter, QRectF(0, 0, *size), name, rates, at_ns, theme)
