"""The lines from the queues to the workers: painted once, and again only where one has changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QTransform

from workq_gui.core.events import WorkerId
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.core.state import State
from workq_gui.ui.stage_curve import Curve
from workq_gui.ui.stage_layout import CROSS_AT, StageLayout
from workq_gui.ui.stage_moment import is_down
from workq_gui.ui.theme import Theme

GAP_AT_CROSS = 0.08
SIGN_AT = 0.72
"""Where on a worker's line the sign of a pause stands."""
MANY_LINES = 24
"""More lines than these are drawn as thin as possible, in a quarter of the time, and without dashes."""


class LineLook(Enum):
    """What a worker's line tells of it."""

    OPEN = auto()
    HELD = auto()
    FROZEN = auto()
    RECONNECTING = auto()
    SNAPPED = auto()
    FAINT = auto()
    FOREIGN = auto()
    __hash__ = object.__hash__


LINE_LOOKS = {
    WorkerStatus.CONNECTING: LineLook.FAINT,
    WorkerStatus.FROZEN: LineLook.FROZEN,
    WorkerStatus.RECONNECTING: LineLook.RECONNECTING,
    WorkerStatus.CHANNEL_CLOSED: LineLook.SNAPPED,
    WorkerStatus.CRASHED: LineLook.SNAPPED,
    WorkerStatus.STOPPED: LineLook.FAINT,
}
"""The looks of workers that are not simply connected."""
PENS: dict[LineLook, tuple[str, tuple[float, ...]]] = {
    LineLook.OPEN: ("line", ()),
    LineLook.HELD: ("line", ()),
    LineLook.FROZEN: ("warn", (0.1, 2.6)),
    LineLook.RECONNECTING: ("warn", (3.0, 3.0)),
    LineLook.SNAPPED: ("bad", (3.0, 2.6)),
    LineLook.FAINT: ("line", (1.5, 4.0)),
    LineLook.FOREIGN: ("mute", (4.0, 3.0)),
}
"""The colour and the dashes of each look."""


class WorkerLine(NamedTuple):
    """One worker's line: from which queue, at which height it meets the right edge, and how it looks."""

    queue: str
    y: float
    look: LineLook


def lines_of(state: State, layout: StageLayout, anchors: Mapping[WorkerId, float]) -> list[WorkerLine]:
    """Return the lines of all workers that have a place."""
    is_broker_down, views = is_down(state.broker), state.worker_views
    queues_of: dict[tuple[str, ...], Sequence[str]] = {}
    lines = []
    for worker_id, y in anchors.items():
        view = views.get(worker_id)
        if view is None:
            continue
        queues = queues_of.get(view.queues)
        if queues is None:
            queues = queues_of[view.queues] = shown_queues(view, layout)
        look = _look_of(view, is_broker_down)
        for queue in queues:
            lines.append(WorkerLine(queue, y, look))
    return lines


def shown_queues(view: WorkerView, layout: StageLayout) -> Sequence[str]:
    """Return what a worker takes from; before it has said so, it is shown at the first queue."""
    return [queue for queue in view.queues if queue in layout.tubes] or [layout.first_tube.queue]


def _look_of(view: WorkerView, is_broker_down: bool) -> LineLook:
    usual = LineLook.FOREIGN if view.is_foreign else LineLook.HELD if view.is_held else LineLook.OPEN
    look = LINE_LOOKS.get(view.status, usual)
    return LineLook.FAINT if is_broker_down and look is not LineLook.SNAPPED else look


class LinesLayer:
    """Keeps the picture of the lines over the backdrop behind them. GUI thread.

    It has two layers, so that a change costs what has changed: plain lines, and upon these what is special.
    Of many lines each is plain below, whatever stands upon it; only one that is faint is left out.
    """

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._plain: frozenset[WorkerLine] = frozenset()
        self._special: frozenset[WorkerLine] = frozenset()
        self._plain_pixmap = QPixmap()
        self._pixmap = QPixmap()

    def pixmap(
        self,
        backdrop: QPixmap,
        left: int,
        dpr: float,
        theme: Theme,
        layout: StageLayout,
        lines: Sequence[WorkerLine],
    ) -> QPixmap:
        """Return all right of `left`, in device pixels like `backdrop`, with the lines upon it."""
        is_many = len(lines) > MANY_LINES
        key = (backdrop.cacheKey(), left, dpr, theme, is_many)
        left_out = (LineLook.OPEN, LineLook.FAINT) if is_many else (LineLook.OPEN,)
        special = frozenset(line for line in lines if line.look not in left_out)
        below = [line for line in lines if line.look is not LineLook.FAINT] if is_many else lines
        plain = frozenset(
            line if line.look is LineLook.OPEN else line._replace(look=LineLook.OPEN)
            for line in below
            if is_many or line.look is LineLook.OPEN
        )
        if key == self._key and plain == self._plain and special == self._special:
            return self._pixmap
        painter = _LinesPainter(theme, layout, is_many, QPoint(left, 0), dpr)
        # A few are painted anew: the order in which soft edges meet can be seen there.
        is_added_to = is_many and key == self._key and plain >= self._plain
        if not is_added_to:
            right_part = QRect(left, 0, backdrop.width() - left, backdrop.height())
            self._plain_pixmap, self._plain = backdrop.copy(right_part), frozenset()
        if plain != self._plain or not is_added_to or not special >= self._special:
            painter.paint(self._plain_pixmap, plain - self._plain)
            self._pixmap, self._special = self._plain_pixmap.copy(), frozenset()
        painter.paint(self._pixmap, special - self._special)
        self._key, self._plain, self._special = key, plain, special
        return self._pixmap


def paint_lines(painter: QPainter, theme: Theme, layout: StageLayout, lines: Sequence[WorkerLine]) -> None:
    """Paint `lines` with no bitmap, for paper and SVG; the painter's unit is a logical pixel."""
    is_many = len(lines) > MANY_LINES
    shown = [line for line in lines if not (is_many and line.look is LineLook.FAINT)]
    special = [line for line in shown if line.look is not LineLook.OPEN]
    plain = [line._replace(look=LineLook.OPEN) for line in shown if is_many or line.look is LineLook.OPEN]
    on_it = _LinesPainter(theme, layout, is_many, QPoint(), 1.0)
    for part in (plain, special):
        on_it.paint_on(painter, part)


class _LinesPainter:
    def __init__(self, theme: Theme, layout: StageLayout, is_many: bool, origin: QPoint, dpr: float) -> None:
        self._painter = QPainter()
        self._theme = theme
        self._layout = layout
        self._is_many = is_many
        self._to_device = QTransform(dpr, 0, 0, dpr, -origin.x(), -origin.y())

    def paint(self, pixmap: QPixmap, lines: Collection[WorkerLine]) -> None:
        """Paint `lines` into a bitmap of device pixels."""
        if not lines:
            return
        painter = QPainter(pixmap)
        try:
            if not self._is_many:
                painter.setTransform(self._to_device)
            self.paint_on(painter, lines)
        finally:
            painter.end()

    def paint_on(self, painter: QPainter, lines: Iterable[WorkerLine]) -> None:
        """Paint `lines`, in an order that does not depend on when each was added."""
        self._painter = painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in sorted(lines, key=lambda line: (line.y, line.queue)):
            if self._is_many:
                self._thin(line)
            else:
                self._whole(line)

    def _thin(self, line: WorkerLine) -> None:
        """Draw a line of one device pixel: Qt is fast at these as long as the painter is not transformed."""
        curve, colour = self._layout.curve(line.queue, line.y), self._theme.colour(PENS[line.look][0])
        whole = self._to_device.map(curve.path())
        if line.look is not LineLook.SNAPPED:
            self._painter.setPen(QPen(colour, 1.0))
            self._painter.drawPath(whole)
            return
        self._painter.setPen(QPen(self._theme.colour("panel"), 2.0))  # the plain line below
        self._painter.drawPath(whole)
        self._painter.setPen(QPen(colour, 1.0))
        for start, end in ((0.0, CROSS_AT - GAP_AT_CROSS), (CROSS_AT + GAP_AT_CROSS, 1.0)):
            self._painter.drawPath(self._to_device.map(curve.path(start, end)))
        self._painter.drawPath(self._to_device.map(self._cross(curve)))

    def _whole(self, line: WorkerLine) -> None:
        token, dashes = PENS[line.look]
        curve = self._layout.curve(line.queue, line.y)
        self._painter.setPen(self._pen(2.2, self._theme.colour(token), dashes))
        if line.look is LineLook.SNAPPED:
            self._painter.drawPath(curve.path(0.0, CROSS_AT - GAP_AT_CROSS))
            self._painter.drawPath(curve.path(CROSS_AT + GAP_AT_CROSS, 1.0))
            self._painter.setPen(self._pen(2.4, self._theme.colour("bad")))
            self._painter.drawPath(self._cross(curve))
            return
        self._painter.drawPath(curve.path())
        if line.look in (LineLook.FROZEN, LineLook.HELD):
            is_frozen = line.look is LineLook.FROZEN
            colour = self._theme.colour("warn" if is_frozen else "mute")
            draw_pause_sign(
                self._painter,
                QPointF(*curve.point_at(SIGN_AT)),
                9.0 * self._layout.scale,
                colour,
                self._theme.colour("panel"),
            )

    def _pen(self, width: float, colour: QColor, dashes: Sequence[float] = ()) -> QPen:
        pen = QPen(colour, width * self._layout.scale)
        is_dotted = bool(dashes) and dashes[0] < 1.0
        pen.setCapStyle(Qt.PenCapStyle.RoundCap if not dashes or is_dotted else Qt.PenCapStyle.FlatCap)
        if dashes:
            pen.setDashPattern(dashes)
        return pen

    def _cross(self, curve: Curve) -> QPainterPath:
        x, y = curve.point_at(CROSS_AT)
        arm = 5.0 * self._layout.scale
        path = QPainterPath(QPointF(x - arm, y - arm))
        path.lineTo(x + arm, y + arm)
        path.moveTo(x - arm, y + arm)
        path.lineTo(x + arm, y - arm)
        return path


def draw_pause_sign(
    painter: QPainter, middle: QPointF, radius: float, colour: QColor, behind: QColor
) -> None:
    """Draw two bars in a ring."""
    pen = QPen(colour, 0.18 * radius)
    painter.setPen(pen)
    painter.setBrush(behind)
    painter.drawEllipse(middle, radius, radius)
    pen.setWidthF(0.24 * radius)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for side in (-1, 1):
        x = middle.x() + side * 0.24 * radius
        painter.drawLine(QPointF(x, middle.y() - 0.36 * radius), QPointF(x, middle.y() + 0.36 * radius))
