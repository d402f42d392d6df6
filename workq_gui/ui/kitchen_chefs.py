"""The chefs of the kitchen: a hat at the end of each worker's line."""

from math import ceil, floor

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap

from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.ui.stage_layout import StageLayout
from workq_gui.ui.stage_moment import Moment
from workq_gui.ui.stage_text import draw_line, metrics_of, stage_font
from workq_gui.ui.theme import Theme

MOST_HATS = 12
FROM_EDGE = 20.0
"""The middle of a hat, from the right edge of the stage."""
STRIP_WIDTH = 80.0
"""At the right edge: more than the hats and their word take."""
Hat = tuple[float, WorkerStatus]
"""At which height it is, and how its chef is."""
COLOURS = {
    WorkerStatus.WORKING: "info",
    WorkerStatus.FINISHED: "info",
    WorkerStatus.CHANNEL_CLOSED: "bad",
    WorkerStatus.CRASHED: "bad",
    WorkerStatus.FROZEN: "warn",
    WorkerStatus.RECONNECTING: "warn",
}


class ChefsLayer:
    """Keeps the picture of the hats from frame to frame. GUI thread."""

    def __init__(self) -> None:
        self._key: object = None
        self._pixmap = QPixmap()

    def paint(self, painter: QPainter, theme: Theme, moment: Moment, dpr: float) -> None:
        """Paint a hat for each worker, unless they are a crowd. A chef who crashed has lost it."""
        views, layout = moment.state.worker_views, moment.layout
        hats = [(y, views[worker_id].status) for worker_id, y in moment.anchors.items() if worker_id in views]
        if not hats or len(hats) > MOST_HATS:
            return
        # A whole device pixel: between two it would be blurred.
        left = floor((layout.width - STRIP_WIDTH * layout.text_scale) * dpr) / dpr
        key = (theme, layout.width, layout.height, layout.scale, layout.text_scale, layout.axis_y, dpr, hats)
        if key != self._key:
            self._key, self._pixmap = key, _strip(theme, layout, hats, dpr, left)
        painter.drawPixmap(QPointF(left, 0.0), self._pixmap)


def _strip(theme: Theme, layout: StageLayout, hats: list[Hat], dpr: float, left: float) -> QPixmap:
    """Paint all that is right of `left`."""
    pixmap = QPixmap(ceil((layout.width - left) * dpr), ceil(layout.height * dpr))
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-left, 0.0)
        for y, status in hats:
            _hat_of(painter, theme, layout, status, y)
        _word(painter, theme, layout, [y for y, _ in hats])
    finally:
        painter.end()
    return pixmap


def _hat_of(painter: QPainter, theme: Theme, layout: StageLayout, status: WorkerStatus, y: float) -> None:
    painter.save()
    painter.translate(layout.width - FROM_EDGE * layout.scale, y)
    painter.scale(layout.scale, layout.scale)
    if status is WorkerStatus.CRASHED:
        painter.translate(0, 14)
        painter.rotate(118)
    width = 1.8 * min(theme.line_width, 1.3)  # a hat of thicker lines could not be told
    painter.setPen(QPen(theme.colour(COLOURS.get(status, "mute")), width, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(theme.colour("card"))
    painter.drawPath(HAT)
    painter.drawLine(QPointF(-8, 5), QPointF(8, 5))
    painter.restore()


def _word(painter: QPainter, theme: Theme, layout: StageLayout, ys: list[float]) -> None:
    """Say who they are, where no line passes: below the lowest hat, or above the highest."""
    row_h, away, axis_y = 16.0 * layout.text_scale, 15.0 * layout.scale, layout.axis_y
    top = max(ys) + away
    if max(ys) < axis_y or top + row_h > layout.height - 4:
        top = min(ys) - away - row_h
        if min(ys) > axis_y or top < 4:
            return
    words = QCoreApplication.translate("Kitchen", "chef" if len(ys) == 1 else "chefs")
    room = metrics_of(layout.px(12)).horizontalAdvance(words) + 1.0
    middle = min(layout.width - FROM_EDGE * layout.scale, layout.width - 6 - room / 2)
    box = QRectF(middle - room / 2, top, room, row_h)
    draw_line(painter, box, words, stage_font(layout.px(12)), theme.colour("mute"))


def _hat() -> QPainterPath:
    """Return a chef's hat around the origin, 26 units wide: three puffs over a band."""
    puffs = QPainterPath()
    puffs.setFillRule(Qt.FillRule.WindingFill)
    for x, y, radius in ((-6.5, -4.0, 6.5), (6.5, -4.0, 6.5), (0.0, -7.5, 7.5)):
        puffs.addEllipse(QPointF(x, y), radius, radius)
    band = QPainterPath()
    band.addRect(QRectF(-8, -3, 16, 14))
    return puffs.united(band).simplified()


HAT = _hat()
