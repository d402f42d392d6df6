"""Where everything on the stage is: pure geometry, in logical pixels."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from workq_gui.core.events import WorkerId

DESIGN_WIDTH, DESIGN_HEIGHT = 740.0, 500.0
SMALLEST_SCALE, LARGEST_SCALE = 0.78, 1.7
SMALLEST_TEXT_SCALE = 0.92
NARROW_BELOW = 560.0
MOST_SLOTS = 7
CROSS_AT = 0.55
"""Where on a worker's line the ✕ stands when the line snaps, 0.0 at the queue."""


def ease(fraction: float) -> float:
    """Return `fraction` with a soft start and a soft end."""
    return fraction * fraction * (3.0 - 2.0 * fraction)


@dataclass(frozen=True, slots=True)
class Curve:
    """A worker's line: level at both ends."""

    x0: float
    y0: float
    x1: float
    y1: float

    def point_at(self, fraction: float) -> tuple[float, float]:
        """Return a point, 0.0 at the queue and 1.0 at the worker."""
        rest = 1.0 - fraction
        # Both control points stand at half way, so x has this short form.
        x = self.x0 + (self.x1 - self.x0) * fraction * (1.5 * rest + fraction * fraction)
        return x, self.y0 + (self.y1 - self.y0) * ease(fraction)

    def path(self, start: float = 0.0, end: float = 1.0) -> QPainterPath:
        """Return the part between two fractions."""
        if (start, end) == (0.0, 1.0):
            path = QPainterPath(QPointF(self.x0, self.y0))
            middle = (self.x0 + self.x1) / 2
            path.cubicTo(middle, self.y0, middle, self.y1, self.x1, self.y1)
            return path
        steps = 24
        path = QPainterPath(QPointF(*self.point_at(start)))
        for step in range(1, steps + 1):
            path.lineTo(QPointF(*self.point_at(start + (end - start) * step / steps)))
        return path

    @property
    def length(self) -> float:
        """About how long it is."""
        return math.hypot(self.x1 - self.x0, self.y1 - self.y0)


@dataclass(frozen=True, slots=True)
class StageLayout:
    """The places on the stage at one size.

    Attributes:
        scale: 1.0 at the size in the design; of shapes and gaps.
        text_scale: The same for text, which must not become as small.
        is_narrow: There is room for the necessary only.
        token_d: A token's diameter.
        slot_count: How many tokens fit in the tube.
        sentence: Where the sentence may stand; `sentence_lines` of text fit.
    """

    width: float
    height: float
    scale: float
    text_scale: float
    is_narrow: bool
    token_d: float
    slot_count: int
    sentence: QRectF
    sentence_lines: int
    producer: QRectF
    exchange: QRectF
    tube: QRectF
    legend: QRectF

    @property
    def axis_y(self) -> float:
        """The height at which all stand: producer, exchange and queue."""
        return self.tube.center().y()

    @property
    def pitch(self) -> float:
        """From one token in the tube to the next."""
        return self.token_d + 4.0 * self.scale

    @property
    def head_x(self) -> float:
        """The middle of the token at the head of the queue."""
        return self.tube.right() - self.tube.height() / 2

    def slot_x(self, offset: float) -> float:
        """Return the middle of the token that stands `offset` places behind the head."""
        return self.head_x - offset * self.pitch

    def px(self, size: float) -> int:
        """Return the pixel size of a font that is `size` in the design."""
        return max(11, round(size * self.text_scale))

    def curve_to(self, y: float | None) -> Curve:
        """Return the line from the queue to the right edge at height `y`; level if that is not known."""
        axis = self.axis_y
        return Curve(self.tube.right(), axis, self.width, axis if y is None else y)

    def curves(self, anchors: Mapping[WorkerId, float]) -> dict[WorkerId, Curve]:
        """Return the line to each worker."""
        return {worker_id: self.curve_to(y) for worker_id, y in anchors.items()}

    def producer_rows(self, count: int) -> list[QRectF]:
        """Return the lines of text in the producer's box."""
        row_h = 18.0 * self.text_scale
        top = self.axis_y - count * row_h / 2
        left, width = self.producer.left() + 2, self.producer.width() - 4
        return [QRectF(left, top + row * row_h, width, row_h) for row in range(count)]

    @property
    def exchange_rows(self) -> list[QRectF]:
        """The two lines of text under the exchange."""
        row_h, width = 14.5 * self.text_scale, self.tube.left() - self.producer.right() - 1
        left, top = self.exchange.center().x() - width / 2, self.exchange.bottom() + 4 * self.scale
        return [QRectF(left, top + row * row_h, width, row_h) for row in range(2)]

    @property
    def caption_rows(self) -> list[QRectF]:
        """Above the tube: the queue's name and its figures."""
        row_h = 21.0 * self.text_scale
        top = self.tube.top() - 8 * self.scale - 2 * row_h
        return [self._beside_tube(top + row * row_h, row_h) for row in range(2)]

    @property
    def below_rows(self) -> list[QRectF]:
        """Under the tube: what kind of queue it is, and two lines of what is to be said of it."""
        row_h = 18.0 * self.text_scale
        top = self.tube.bottom() + 16 * self.scale
        rows = [self._beside_tube(top + row * row_h, row_h) for row in range(3)]
        rows[0] = QRectF(self.tube.left(), top, self.tube.width(), row_h)
        return rows

    def _beside_tube(self, y: float, height: float) -> QRectF:
        # Text may stand out a little, but not into the workers' lines.
        overhang = 36.0 * self.scale
        return QRectF(self.tube.left() - overhang, y, self.tube.width() + 2 * overhang, height)


def lay_out(width: float, height: float) -> StageLayout:
    """Return where everything is on a stage of this size."""
    scale = min(LARGEST_SCALE, max(SMALLEST_SCALE, min(width / DESIGN_WIDTH, height / DESIGN_HEIGHT)))
    text_scale = max(SMALLEST_TEXT_SCALE, scale)
    is_narrow = width < NARROW_BELOW
    margin, gap = (14.0 if is_narrow else 26.0) * scale, (20.0 if is_narrow else 26.0) * scale
    axis_y = round(0.48 * height)

    producer = QRectF(margin, 0, (122.0 if is_narrow else 118.0) * scale, 96.0 * scale)
    diamond = (32.0 if is_narrow else 40.0) * scale
    exchange = QRectF(producer.right() + gap, 0, diamond, diamond)
    token_d, tube_h = 34.0 * scale, 68.0 * scale
    pitch = token_d + 4.0 * scale
    left = exchange.right() + gap
    room = width - (0.22 if is_narrow else 0.26) * width - left
    tube = QRectF(left, 0, min(room, tube_h + (MOST_SLOTS - 1) * pitch), tube_h)
    for box in (producer, exchange, tube):
        box.moveTop(axis_y - box.height() / 2)

    lines = 3 if is_narrow else 2
    # Near the right edge the highest worker's line is as high as the sentence.
    sentence_w = max(tube.right() + 0.42 * (width - tube.right()) - margin, 0.6 * width)
    return StageLayout(
        width=width,
        height=height,
        scale=scale,
        text_scale=text_scale,
        is_narrow=is_narrow,
        token_d=token_d,
        slot_count=max(1, int((tube.width() - tube_h) / pitch + 1.001)),
        sentence=QRectF(margin, 13.0 * text_scale, sentence_w, 21.0 * lines * text_scale),
        sentence_lines=lines,
        producer=producer,
        exchange=exchange,
        tube=tube,
        legend=QRectF(margin, height - 84 * text_scale, tube.right() - margin, 70 * text_scale),
    )
