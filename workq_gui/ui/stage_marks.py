"""What lights up on the stage for a moment: the ring of a crash, the way back, a confirm's stamp, pieces."""

from collections.abc import Iterator
from math import hypot

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.ui.motion import ease_in_out, ease_out
from workq_gui.ui.stage_curve import Curve
from workq_gui.ui.stage_layout import CROSS_AT
from workq_gui.ui.stage_moment import Moment
from workq_gui.ui.stage_tokens import StageTokens
from workq_gui.ui.theme import KINDS, Theme

CRASH_FADES_NS = 900_000_000
MOST_CRASHES = 12
"""The marks of so many crashes at once are drawn."""
ARROW_FROM, ARROW_TO = 0.44, 0.14
"""The part of the line beside which the way back is shown."""


def crash_age(view: WorkerView, at_ns: int) -> float:
    """Return how far the mark of a worker's crash has faded: 0.0 to 1.0, or more when there is none."""
    if view.status is not WorkerStatus.CRASHED or at_ns < view.since_ns:
        return 1.0
    return (at_ns - view.since_ns) / CRASH_FADES_NS


class Marks:
    """Paints the marks of one moment, in logical pixels."""

    def __init__(self, painter: QPainter, theme: Theme, moment: Moment) -> None:
        self._painter = painter
        self._theme = theme
        self._moment = moment
        self._scale = moment.layout.scale

    def paint_crashes(self) -> None:
        """A ring goes out from the ✕, so that eyes elsewhere find it; an arrow shows what the broker does."""
        for count, (view, curve, age) in enumerate(self._crashes()):
            if count >= MOST_CRASHES:
                return
            if not self._moment.is_reduced:
                self._ring(*curve.point_at(CROSS_AT), 8.0 + 22.0 * ease_in_out(age), 0.8 * (1.0 - age))
            if view.requeued_count:
                self._way_back(curve, min(1.0, 6.0 * age) * min(1.0, 4.0 * (1.0 - age)))

    def _crashes(self) -> Iterator[tuple[WorkerView, Curve, float]]:
        moment = self._moment
        for worker_id, y in moment.anchors.items():
            view = moment.state.worker_views.get(worker_id)
            if view is not None and (age := crash_age(view, moment.at_ns)) < 1.0:
                for queue in view.queues or ("",):
                    yield view, moment.layout.curve(queue, y), age

    def _ring(self, x: float, y: float, radius: float, opacity: float) -> None:
        self._painter.setPen(QPen(self._faded("bad", opacity), 2.5 * self._scale))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawEllipse(QPointF(x, y), radius * self._scale, radius * self._scale)

    def _way_back(self, curve: Curve, opacity: float) -> None:
        """A curved arrow beside the line, from the cut towards the queue."""
        side = -1.0 if curve.y1 <= curve.y0 else 1.0
        away = (0.6 * self._moment.layout.token_d + 7.0 * self._scale) * side
        points = []
        for step in range(9):
            fraction = ARROW_FROM + (ARROW_TO - ARROW_FROM) * step / 8
            (x0, y0), (x1, y1) = curve.point_at(fraction), curve.point_at(fraction - 0.02)
            length = hypot(x1 - x0, y1 - y0) or 1.0
            points.append(QPointF(x0 - away * (y0 - y1) / length, y0 + away * (x0 - x1) / length))
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        tip, before = points[-1], points[-2]
        dx, dy = tip.x() - before.x(), tip.y() - before.y()
        unit = 7.0 * self._scale / (hypot(dx, dy) or 1.0)
        dx, dy = dx * unit, dy * unit
        path.moveTo(tip.x() - dx - 0.75 * dy, tip.y() - dy + 0.75 * dx)
        path.lineTo(tip)
        path.lineTo(tip.x() - dx + 0.75 * dy, tip.y() - dy - 0.75 * dx)
        pen = QPen(self._faded("bad", opacity), 2.0 * self._scale)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPath(path)

    def paint_stamps(self, tokens: StageTokens) -> None:
        """A ring goes out from each token that is confirmed just now."""
        if self._moment.is_reduced:
            return
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for stamp in tokens.stamps:
            radius = self._moment.layout.token_d * (0.5 + 0.3 * ease_out(stamp.progress))
            self._painter.setPen(QPen(self._faded("ok", 1.0 - stamp.progress**2), 2.5 * self._scale))
            self._painter.drawEllipse(QPointF(stamp.x, stamp.y), radius, radius)

    def paint_pieces(self, tokens: StageTokens) -> None:
        """Paint what has shattered."""
        is_dark = self._theme.is_dark
        for piece in tokens.pieces:
            colour = QColor(KINDS[piece.dots % len(KINDS)])
            colour.setAlphaF(piece.opacity)
            self._painter.setPen(
                Qt.PenStyle.NoPen if is_dark else QPen(self._faded("ink", piece.opacity), 0.9)
            )
            self._painter.setBrush(colour)
            self._painter.drawEllipse(QPointF(piece.x, piece.y), piece.radius, piece.radius)

    def _faded(self, token: str, opacity: float) -> QColor:
        colour = self._theme.colour(token)
        colour.setAlphaF(min(1.0, max(0.0, opacity)))
        return colour
