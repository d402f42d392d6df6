"""The chefs of the kitchen: a hat at the end of each worker's line."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from workq_gui.core.projections.workers import WorkerStatus
from workq_gui.ui.stage_moment import Moment
from workq_gui.ui.theme import Theme

MOST_HATS = 12
COLOURS = {
    WorkerStatus.WORKING: "info",
    WorkerStatus.FINISHED: "info",
    WorkerStatus.CRASHED: "bad",
    WorkerStatus.FROZEN: "warn",
    WorkerStatus.RECONNECTING: "warn",
}


def paint_chefs(painter: QPainter, theme: Theme, moment: Moment) -> None:
    """Paint a hat for each worker, unless they are a crowd. A chef who crashed has lost it."""
    if len(moment.anchors) > MOST_HATS:
        return
    scale = moment.layout.scale
    for worker_id, y in moment.anchors.items():
        view = moment.state.workers.views.get(worker_id)
        if view is None:
            continue
        painter.save()
        painter.translate(moment.layout.width - 20 * scale, y)
        painter.scale(scale, scale)
        if view.status is WorkerStatus.CRASHED:
            painter.translate(0, 14)
            painter.rotate(118)
        token = COLOURS.get(view.status, "mute")
        painter.setPen(QPen(theme.colour(token), 1.8 * theme.line_width, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(theme.colour("card"))
        painter.drawPath(_hat())
        painter.drawLine(QPointF(-8, 5), QPointF(8, 5))
        painter.restore()


def _hat() -> QPainterPath:
    """Return a chef's hat around the origin, 26 units wide: three puffs over a band."""
    puffs = QPainterPath()
    puffs.setFillRule(Qt.FillRule.WindingFill)
    for x, y, radius in ((-6.5, -4.0, 6.5), (6.5, -4.0, 6.5), (0.0, -7.5, 7.5)):
        puffs.addEllipse(QPointF(x, y), radius, radius)
    band = QPainterPath()
    band.addRect(QRectF(-8, -3, 16, 14))
    return puffs.united(band).simplified()
