"""Other people's producers on the stage: one box for all of them, above ours or below."""

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from workq_gui.core.state import State
from workq_gui.ui.stage_curve import Line
from workq_gui.ui.stage_layout import StageLayout
from workq_gui.ui.stage_text import draw_line, one_line, stage_font
from workq_gui.ui.theme import Theme

BOX_HEIGHT = 58.0
ROWS = 3
GAP_ABOVE, GAP_BELOW = 64.0, 26.0
"""Between our producer's box and theirs: in the kitchen the waiter stands there, or its word."""
DASHES = (4.0, 3.0)


def foreign_producer_box(layout: StageLayout) -> QRectF:
    """Return where other people's producers stand."""
    ours, height = layout.producer, BOX_HEIGHT * layout.text_scale
    box = QRectF(ours.left(), ours.top() - GAP_ABOVE * layout.scale - height, ours.width(), height)
    # Below, its line crosses the words under the exchange.
    if box.top() < layout.density_row.bottom():
        box.moveTop(ours.bottom() + GAP_BELOW * layout.scale)
    return box


def foreign_way(layout: StageLayout) -> Line:
    """Return the way of what other people publish, up to the exchange."""
    box, exchange = foreign_producer_box(layout), layout.exchange.center()
    return Line(box.right() + layout.token_d / 4, box.center().y(), exchange.x(), exchange.y())


class ForeignProducers(QObject):
    """Paints the box of one moment, in logical pixels; made for it, and thrown away."""

    def __init__(self, painter: QPainter, theme: Theme, layout: StageLayout) -> None:
        super().__init__()
        self._painter = painter
        self._theme = theme
        self._layout = layout

    def paint(self, state: State) -> None:
        """Paint it if there is somebody."""
        producers = list(state.clients.producers.values())
        if not producers:
            return
        box, way, scale = foreign_producer_box(self._layout), foreign_way(self._layout), self._layout.scale
        pen = QPen(self._theme.colour("mute"), 1.4 * self._theme.line_width)
        pen.setDashPattern(DASHES)
        self._painter.setPen(pen)
        exchange = self._layout.exchange
        # Only as far as to the corner of the exchange, which is painted already.
        dx, dy = way.x1 - way.x0, way.y1 - way.y0
        reach = 1.0 - exchange.width() / 2 / max(1.0, abs(dx) + abs(dy))
        end = QPointF(way.x0 + reach * dx, way.y0 + reach * dy)
        self._painter.drawLine(QPointF(box.right(), way.y0), end)
        self._painter.setBrush(self._theme.colour("card"))
        self._painter.drawRoundedRect(box, 8.0 * scale, 8.0 * scale)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        newest = max(producers, key=lambda producer: producer.published_ns)
        name = newest.name or self.tr("unknown client")
        if len({producer.name for producer in producers}) > 1:
            name = self.tr("{:,} programs").format(len(producers))
        elif len(producers) > 1:
            name = f"{name} ×{len(producers)}"
        count = sum(producer.published_count for producer in producers)
        rows = (
            (name, "ink", 12.0, QFont.Weight.DemiBold),
            (newest.peer, "mute", 11.0, QFont.Weight.Normal),
            (self.tr("not ours · {:,} sent").format(count), "mute", 11.0, QFont.Weight.Normal),
        )
        self._write(box, rows)

    def _write(self, box: QRectF, rows: tuple[tuple[str, str, float, QFont.Weight], ...]) -> None:
        row_h = (box.height() - 8.0) / ROWS
        for number, (words, token, size, weight) in enumerate(rows):
            row = QRectF(box.left() + 6, box.top() + 4 + number * row_h, box.width() - 12, row_h)
            font = stage_font(self._layout.px(size), weight)
            draw_line(self._painter, row, one_line(words), font, self._theme.colour(token))
