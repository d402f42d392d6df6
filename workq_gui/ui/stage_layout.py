"""Where everything on the stage is: pure geometry, in logical pixels."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRectF

from workq_gui.ui.stage_curve import Curve
from workq_gui.ui.stage_tube import Tube

DESIGN_WIDTH, DESIGN_HEIGHT = 740.0, 500.0
SMALLEST_SCALE, LARGEST_SCALE = 0.78, 1.7
SMALLEST_TEXT_SCALE = 0.92
MOST_TEXT_ZOOM = 1.3
"""Text grows so far beyond the shapes when the user zooms in."""
SMALLEST_PX = 11
NARROW_BELOW = 560.0
MOST_SLOTS = 7
MOST_QUEUES = 6
LEDGER_ROWS_H = (22.0, 43.0, 60.0)
"""How high the ledger is with one, two and three lines of text."""
CROSS_AT = 0.55
"""Where on a worker's line the ✕ stands when the line snaps, 0.0 at the queue."""


@dataclass(frozen=True, slots=True)
class StageLayout:
    """The places on the stage at one size.

    Attributes:
        scale: 1.0 at the size in the design; of shapes and gaps.
        text_scale: The same for text, which must not become as small.
        is_narrow: There is room for the necessary only.
        token_d: A token's diameter.
        sentence: Where the sentence may stand: two lines of text.
        tubes: Each queue's place, by its name, from top to bottom.
        ledger: The box that counts what is lost; `ledger_row_count` lines of text.
        legend: Of no height where there is no room for it.
    """

    width: float
    height: float
    scale: float
    text_scale: float
    is_narrow: bool
    token_d: float
    sentence: QRectF
    producer: QRectF
    exchange: QRectF
    tubes: dict[str, Tube]
    ledger: QRectF
    ledger_row_count: int
    legend: QRectF

    @property
    def axis_y(self) -> float:
        """The height at which producer and exchange stand."""
        return self.exchange.center().y()

    @property
    def first_tube(self) -> Tube:
        """The place of the first queue."""
        return next(iter(self.tubes.values()))

    def tube_of(self, queue: str) -> Tube:
        """Return the place of `queue`; of the first queue if that is not on the stage."""
        return self.tubes.get(queue) or self.first_tube

    def px(self, size: float) -> int:
        """Return the pixel size of a font that is `size` in the design."""
        return max(SMALLEST_PX, round(size * self.text_scale))

    def curve(self, queue: str, y: float | None) -> Curve:
        """Return the line from `queue` to the right edge at height `y`; level if that is not known."""
        tube = self.tube_of(queue)
        return Curve(tube.box.right(), tube.axis_y, self.width, tube.axis_y if y is None else y)

    def fan(self, queue: str) -> Curve:
        """Return the line from the exchange to `queue`."""
        tube = self.tube_of(queue)
        return Curve(self.exchange.right(), self.axis_y, tube.box.left(), tube.axis_y)

    def producer_rows(self, count: int) -> list[QRectF]:
        """Return the lines of text in the producer's box."""
        row_h = min(19.0 * self.text_scale, (self.producer.height() - 8) / count)
        top = self.axis_y - count * row_h / 2
        left, width = self.producer.left() + 4, self.producer.width() - 8
        return [QRectF(left, top + row * row_h, width, row_h) for row in range(count)]

    @property
    def exchange_rows(self) -> list[QRectF]:
        """The two lines of text under the exchange; none where they would stand in the fan."""
        if self.is_narrow and len(self.tubes) > 1:
            return []
        row_h, width = 14.5 * self.text_scale, 2 * (self.exchange.center().x() - self.producer.right()) - 1
        left, top = self.exchange.center().x() - width / 2, self.exchange.bottom() + 4 * self.scale
        return [QRectF(left, top + row * row_h, width, row_h) for row in range(2)]

    @property
    def density_row(self) -> QRectF:
        """Under the sentence: how many tasks one token is."""
        width = self.first_tube.box.left() - self.sentence.left()
        return QRectF(self.sentence.left(), self.sentence.bottom(), width, 18.0 * self.text_scale)

    @property
    def ledger_rows(self) -> list[QRectF]:
        """The lines of text in the ledger; the first is the higher one."""
        box, pad = self.ledger, 10.0 * self.text_scale
        if self.ledger_row_count == 1:
            return [box.adjusted(pad, 0, -pad, 0)]
        first_h, row_h = 21.0 * self.text_scale, 15.5 * self.text_scale
        top = box.center().y() - (first_h + (self.ledger_row_count - 1) * row_h) / 2
        rows = [QRectF(box.left() + pad, top, box.width() - 2 * pad, first_h)]
        for row in range(self.ledger_row_count - 1):
            rows.append(QRectF(box.left() + pad, top + first_h + row * row_h, box.width() - 2 * pad, row_h))
        return rows


@lru_cache(maxsize=16)
def lay_out(
    width: float, height: float, queue_names: tuple[str, ...] = ("",), zoom: float = 1.0
) -> StageLayout:
    """Return where everything is on a stage of this size; of the queues the first six have a place."""
    return _LayoutMaker(width, height, queue_names[:MOST_QUEUES] or ("",), zoom).make()


class _LayoutMaker:
    def __init__(self, width: float, height: float, queue_names: tuple[str, ...], zoom: float) -> None:
        self.width, self.height, self.queue_names = width, height, queue_names
        share = min(width / DESIGN_WIDTH, height / DESIGN_HEIGHT)
        self.scale = min(LARGEST_SCALE, max(SMALLEST_SCALE, share))
        text_scale = max(SMALLEST_TEXT_SCALE, self.scale)
        # Of one queue there are so many lines of text below the axis.
        most = min(MOST_TEXT_ZOOM * text_scale, (0.52 * height - 50 * self.scale) / 162)
        self.text_scale = max(text_scale, min(zoom, most))
        self.is_narrow = width < NARROW_BELOW
        self.margin = (14.0 if self.is_narrow else 26.0) * self.scale
        self.gap = (20.0 if self.is_narrow else 26.0) * self.scale

    def make(self) -> StageLayout:
        self._left_part()
        self._rows_of_words()
        tubes = [self._only_tube()] if len(self.queue_names) == 1 else self._stack()
        axis_y = tubes[0].axis_y if len(tubes) == 1 else round((self.top + self.bottom) / 2)
        for box in (self.producer, self.exchange):
            box.moveTop(axis_y - box.height() / 2)
        self._place_ledger(tubes)
        return StageLayout(
            width=self.width,
            height=self.height,
            scale=self.scale,
            text_scale=self.text_scale,
            is_narrow=self.is_narrow,
            token_d=self.token_d,
            sentence=self.sentence,
            producer=self.producer,
            exchange=self.exchange,
            tubes={tube.queue: tube for tube in tubes},
            ledger=self.ledger,
            ledger_row_count=self.ledger_row_count,
            legend=self.legend,
        )

    def _left_part(self) -> None:
        scale = self.scale
        producer_w = (122.0 if self.is_narrow else 118.0) * max(scale, 0.84 * self.text_scale)
        producer_h = 96.0 * max(scale, 0.84 * self.text_scale)
        self.producer = QRectF(self.margin, 0, producer_w, producer_h)
        diamond = (32.0 if self.is_narrow else 40.0) * scale
        self.exchange = QRectF(self.producer.right() + self.gap, 0, diamond, diamond)
        # A fan needs room to spread.
        spread = 1.0 if len(self.queue_names) == 1 else 1.3 if self.is_narrow else 2.2
        self.tube_left = self.exchange.right() + spread * self.gap
        self.room = self.width - (0.22 if self.is_narrow else 0.26) * self.width - self.tube_left
        self.tube_w = min(self.room, (68.0 + (MOST_SLOTS - 1) * 38.0) * scale)

    def _rows_of_words(self) -> None:
        text, right = self.text_scale, self.tube_left + self.tube_w
        # Near the right edge the highest worker's line is as high as the sentence.
        sentence_w = max(right + 0.42 * (self.width - right) - self.margin, 0.6 * self.width)
        self.sentence = QRectF(self.margin, 13.0 * text, sentence_w, 42.0 * text)
        has_legend = len(self.queue_names) < 4 or self.height >= 480 * text
        legend_h = (66.0 if self.is_narrow else 52.0) * text if has_legend else 0.0
        self.legend = QRectF(
            self.margin, self.height - 14 * text - legend_h, self._free_right(right) - self.margin, legend_h
        )

    def _free_right(self, tube_right: float) -> float:
        """Return how far right something may stand, low on the stage, before the workers' lines come down."""
        return tube_right + 0.3 * (self.width - tube_right)

    def _only_tube(self) -> Tube:
        scale, text = self.scale, self.text_scale
        self.token_d = 34.0 * scale
        box = QRectF(self.tube_left, 0, self.tube_w, 68.0 * scale)
        box.moveTop(round(0.48 * self.height) - box.height() / 2)
        # Text may stand out a little, but not into the workers' lines.
        wide = box.adjusted(-36.0 * scale, 0, 36.0 * scale, 0)
        name_h, below_h = 21.0 * text, 18.0 * text
        captions = [_row(wide, box.top() - 8 * scale - (2 - row) * name_h, name_h) for row in range(2)]
        below = [_row(wide, box.bottom() + 16 * scale + row * below_h, below_h) for row in range(3)]
        below[0].setRect(box.left(), below[0].top(), box.width(), below_h)
        return self._tube(self.queue_names[0], box, captions, below, tells_kind=True)

    def _stack(self) -> list[Tube]:
        """Lay out several tubes, one above the other."""
        count, scale, text = len(self.queue_names), self.scale, self.text_scale
        self.ledger_row_count = 1 if self.height < 600 * text else 2
        ledger_h = LEDGER_ROWS_H[self.ledger_row_count - 1] * text
        self.top = self.sentence.bottom() + 2.0
        self.bottom = self.legend.top() - ledger_h - 6.0
        block_h = (self.bottom - self.top) / count
        is_roomy = block_h > 126.0 * max(scale, text)
        row_h, bar_h = 18.0 * text, min(13.0 * scale, 0.14 * block_h)
        above_h, below_h = (2 if is_roomy else 1) * row_h, row_h if block_h > 96.0 * text else 0.0
        tube_h = min(68.0 * scale, block_h - above_h - below_h - bar_h - min(6.0, 0.07 * block_h))
        self.token_d = min(34.0 * scale, max(0.5 * tube_h, tube_h - 12.0 * scale, tube_h - 6.5))
        spare = (block_h - above_h - tube_h - bar_h - below_h) / 2
        tubes = []
        for place, queue in enumerate(self.queue_names):
            top = self.top + place * block_h + spare
            box = QRectF(self.tube_left, top + above_h, self.tube_w, tube_h)
            captions = [_row(box, top + row * row_h - 2, row_h) for row in range(2 if is_roomy else 1)]
            below = [_row(box, box.bottom() + bar_h, below_h)] if below_h else []
            tubes.append(self._tube(queue, box, captions, below, tells_kind=False))
        return tubes

    def _tube(
        self, queue: str, box: QRectF, captions: list[QRectF], below: list[QRectF], tells_kind: bool
    ) -> Tube:
        pitch = self.token_d + 4.0 * self.scale
        slot_count = max(1, int((box.width() - box.height()) / pitch + 1.001))
        rows = captions[0], captions[-1], tuple(below)
        return Tube(queue, box, pitch, slot_count, *rows, tells_kind, box.center().y())

    def _place_ledger(self, tubes: list[Tube]) -> None:
        """Put the ledger above the legend, as far right as the workers' lines leave room."""
        text, box = self.text_scale, tubes[-1].box
        if len(tubes) == 1:
            free_h = self.legend.top() - tubes[0].below_rows[-1].bottom()
            rows = [row for row, height in enumerate(LEDGER_ROWS_H, 1) if height * text <= free_h - 4]
            self.ledger_row_count = max(rows, default=1)
        height = LEDGER_ROWS_H[self.ledger_row_count - 1] * text
        right = self._free_right(box.right())
        width = min((320.0 if self.ledger_row_count == 1 else 236.0) * text, right - self.margin)
        self.ledger = QRectF(right - width, self.legend.top() - height - 1.0, width, height)


def _row(area: QRectF, top: float, height: float) -> QRectF:
    return QRectF(area.left(), top, area.width(), height)
