"""The part of the stage that stands still between two changes: boxes, tubes, legend."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from workq_gui.core.projections.queues import QueueKind
from workq_gui.core.queue_settings import QUORUM
from workq_gui.ui.stage_layout import SMALLEST_PX, StageLayout
from workq_gui.ui.stage_text import LEFT, draw_line, metrics_of, stage_font
from workq_gui.ui.stage_tube import Tube
from workq_gui.ui.theme import Theme
from workq_gui.ui.tokens import draw_redelivered_sign

LegendItem = tuple[Callable[[QPainter, QPointF, float, QColor], None], str, str]
"""How a sign is drawn, what it means, and the name of its colour."""


@dataclass(frozen=True, slots=True)
class BackdropView:
    """All that the backdrop shows; equal views look equal.

    Attributes:
        dpr: Device pixels for each logical one.
        kinds: What each of the queues is.
        is_down: The broker was there and is not.
    """

    size: tuple[int, int]
    dpr: float
    theme: Theme
    queue_names: tuple[str, ...] = ()
    kinds: tuple[QueueKind, ...] = ()
    zoom: float = 1.0
    is_down: bool = False


class Backdrop:
    """Paints a view into a pixmap, and keeps it until another view comes. GUI thread."""

    def __init__(self, painter_kind: "type[BackdropPainter] | None" = None) -> None:
        self._painter_kind = painter_kind or BackdropPainter
        self._view: BackdropView | None = None
        self._pixmap = QPixmap()

    def pixmap(self, view: BackdropView, layout: StageLayout) -> QPixmap:
        """Return the picture of `view`, in device pixels."""
        if view != self._view:
            self._view, self._pixmap = view, self._paint(view, layout)
        return self._pixmap

    def paint(self, painter: QPainter, view: BackdropView, layout: StageLayout) -> None:
        """Paint `view` with no bitmap, for paper and SVG; the painter's unit is a logical pixel."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter_kind(painter, view, layout).paint()

    def _paint(self, view: BackdropView, layout: StageLayout) -> QPixmap:
        pixmap = QPixmap(round(view.size[0] * view.dpr), round(view.size[1] * view.dpr))
        painter = QPainter(pixmap)
        try:
            painter.scale(view.dpr, view.dpr)
            self.paint(painter, view, layout)
        finally:
            painter.end()
        return pixmap


class BackdropPainter(QObject):
    """Paints everything that stands still, once. The kitchen paints some of it in another way."""

    def __init__(self, painter: QPainter, view: BackdropView, layout: StageLayout) -> None:
        super().__init__()
        self.painter = painter
        self.view = view
        self.theme = view.theme
        self.layout = layout

    def paint(self) -> None:
        """Paint all of it, back to front."""
        self.panel()
        self.axis()
        self.producer()
        self.exchange()
        for tube in self.layout.tubes.values():
            self.tube(tube)
            self.kind(tube)
        self.legend()

    def panel(self) -> None:
        """Paint what all stands on."""
        theme, (width, height) = self.theme, self.view.size
        self.painter.fillRect(QRectF(0, 0, width, height), theme.colour("bg"))
        self.painter.setPen(QPen(theme.colour("line"), 1))
        self.painter.setBrush(theme.colour("panel"))
        self.painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), 12, 12)

    def pen(self, width: float, token: str, dashes: Sequence[float] = ()) -> QPen:
        """Return a pen in a colour of the theme."""
        pen = QPen(self.theme.colour(token), width * self.theme.line_width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if dashes else Qt.PenCapStyle.RoundCap)
        if dashes:
            pen.setDashPattern(dashes)
        return pen

    def axis(self) -> None:
        """The line from the producer to the exchange, and the fan from there to the queues."""
        layout, middle = self.layout, self.layout.exchange.center()
        self.painter.setPen(self.pen(2.0 * layout.scale, "line", (3.0, 3.0) if self.view.is_down else ()))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawLine(QPointF(layout.producer.right(), layout.axis_y), middle)
        for queue in layout.tubes:
            self.painter.drawPath(layout.fan(queue).path())

    def producer(self) -> None:
        """Paint the box in which the producer's figures stand."""
        radius = 8.0 * self.layout.scale
        self.painter.setPen(self.pen(1, "line"))
        self.painter.setBrush(self.theme.colour("card"))
        self.painter.drawRoundedRect(self.layout.producer, radius, radius)

    def exchange(self) -> None:
        """Paint the exchange, and its name."""
        layout, box = self.layout, self.layout.exchange
        middle = box.center()
        self.painter.setPen(self.pen(1.5 * layout.scale, "mute"))
        self.painter.setBrush(self.theme.colour("panel"))
        self.painter.drawConvexPolygon(
            [
                QPointF(middle.x(), box.top()),
                QPointF(box.right(), middle.y()),
                QPointF(middle.x(), box.bottom()),
                QPointF(box.left(), middle.y()),
            ]
        )
        self.exchange_words()

    def exchange_words(self) -> None:
        """Write which exchange it is."""
        layout = self.layout
        # There is no more room for them than the shapes leave.
        font = stage_font(max(SMALLEST_PX, round(11.5 * layout.scale)))
        for row, words in zip(layout.exchange_rows, (self.tr("default"), self.tr("exchange")), strict=False):
            draw_line(self.painter, row, words, font, self.theme.colour("mute"))

    # --- queues ---------------------------------------------------------------------------

    def tube(self, tube: Tube) -> None:
        """Paint the place of a queue."""
        theme, box, is_down = self.theme, tube.box, self.view.is_down
        scale = min(self.layout.scale, box.height() / 60.0)
        dashes = (3.0, 2.4) if is_down else ()
        self.painter.setPen(self.pen(max(1.4, 2.2 * scale), "mute" if is_down else "accent", dashes))
        self.painter.setBrush(theme.colour("bg" if is_down else "tube"))
        self.painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        if not self.queue_kind(tube).durable:
            return  # the bar is the disk
        bar = QRectF(0, 0, box.width() - 0.85 * box.height(), max(2.5, 4.5 * scale))
        bar.moveCenter(QPointF(box.center().x(), box.bottom() + max(4.5, 10 * scale)))
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(theme.colour("line" if is_down else "accent"))
        self.painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)

    def kind(self, tube: Tube) -> None:
        """Write what kind of queue it is."""
        if tube.tells_kind:
            font, words = stage_font(self.layout.px(12)), self.kind_words(tube)
            draw_line(self.painter, tube.below_rows[0], words, font, self.theme.colour("mute"))

    def queue_kind(self, tube: Tube) -> QueueKind:
        """Return what kind of queue a tube is."""
        kinds = dict(zip(self.view.queue_names, self.view.kinds, strict=False))
        return kinds.get(tube.queue, QueueKind())

    def kind_words(self, tube: Tube) -> str:
        """Return what kind of queue it is, in words."""
        kind = self.queue_kind(tube)
        if kind.queue_type == QUORUM:
            return self.tr("quorum · durable · on disk")
        if not kind.durable:
            return self.tr("not durable: it goes with the broker")
        return self.tr("durable · on disk")

    # --- legend ---------------------------------------------------------------------------

    def legend_items(self) -> list[LegendItem]:
        """Return what the signs mean."""
        return [
            (solid_sign, self.tr("solid: in the queue"), "mute"),
            (dashed_sign, self.tr("dashed: delivered, waiting for its ack"), "mute"),
            (redelivered_sign, self.tr("redelivered"), "bad"),
        ]

    def legend(self) -> None:
        """Write what the signs mean."""
        layout, theme, area = self.layout, self.theme, self.layout.legend
        if not area.height():
            return
        font, metrics = stage_font(layout.px(12)), metrics_of(layout.px(12))
        sign, gap, row_h = 11.0 * layout.text_scale, 26.0 * layout.text_scale, 19.0 * layout.text_scale
        items = self.legend_items()
        places, x, row = [], 0.0, 0
        for _, words, _ in items:
            width = 1.6 * sign + metrics.horizontalAdvance(words)
            if x and x + width > area.width():
                x, row = 0.0, row + 1
            places.append((x, row, width))
            x += width + gap
        for (draw_sign, words, token), (left, line, width) in zip(items, places, strict=True):
            top = area.bottom() - (row - line + 1) * row_h
            box = QRectF(area.left() + left, top, width + 1, row_h)
            colour = theme.colour(token)
            draw_sign(self.painter, QPointF(box.left() + sign / 2, box.center().y()), sign / 2, colour)
            box.setLeft(box.left() + 1.6 * sign)
            draw_line(self.painter, box, words, font, colour, LEFT)


def solid_sign(painter: QPainter, middle: QPointF, radius: float, colour: QColor) -> None:
    """Draw a disc: a message."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(middle, radius, radius)


def dashed_sign(painter: QPainter, middle: QPointF, radius: float, colour: QColor) -> None:
    """Draw a dashed ring: the copy of a message."""
    pen = QPen(colour, 0.28 * radius)
    pen.setDashPattern((2.2, 1.7))
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle, radius, radius)


def redelivered_sign(painter: QPainter, middle: QPointF, radius: float, colour: QColor) -> None:
    """Draw the ↻."""
    draw_redelivered_sign(painter, middle, 0.85 * radius, colour)
