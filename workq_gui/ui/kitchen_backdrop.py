"""The still part of the stage as a kitchen: a waiter, the bell on the pass, a rail for slips."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainterPath, QPen

from workq_gui.ui.kitchen_rail import rail_of, rail_scale
from workq_gui.ui.kitchen_slips import copy_sign, slip_sign
from workq_gui.ui.stage_backdrop import BackdropPainter, LegendItem, redelivered_sign
from workq_gui.ui.stage_layout import SMALLEST_PX
from workq_gui.ui.stage_text import draw_line, metrics_of, stage_font
from workq_gui.ui.stage_tube import Tube


class KitchenBackdropPainter(BackdropPainter):
    """Paints the same places as other things. The field's own words stay."""

    def axis(self) -> None:
        """Let the lines meet under the bell, which is not as wide as an exchange."""
        super().axis()
        layout = self.layout
        self.painter.drawLine(layout.exchange.center(), QPointF(layout.exchange.right(), layout.axis_y))

    def producer(self) -> None:
        """Paint a waiter who stands behind the desk on which the producer's figures are."""
        self._waiter()
        super().producer()
        layout, desk = self.layout, self.layout.producer
        row = QRectF(desk.left(), desk.bottom() + 4 * layout.scale, desk.width(), 14.5 * layout.text_scale)
        draw_line(self.painter, row, self.tr("waiter"), self._small_font(), self.theme.colour("mute"))

    def exchange(self) -> None:
        """Paint the bell on the pass: every order goes over it to the rail that it names."""
        layout, box = self.layout, self.layout.exchange
        painter, scale = self.painter, layout.scale
        middle, width = box.center(), box.width()
        base = QRectF(middle.x() - width / 2, middle.y() + 0.16 * width, width, 0.16 * width)
        painter.setPen(self._figure_pen(1.5))
        painter.setBrush(self.theme.colour("panel"))
        dome = QRectF(middle.x() - 0.4 * width, middle.y() - 0.26 * width, 0.8 * width, 0.84 * width)
        painter.drawPie(dome, 0, 180 * 16)
        painter.drawRoundedRect(base, 3 * scale, 3 * scale)
        painter.setBrush(self.theme.colour("mute"))
        painter.drawEllipse(QPointF(middle.x(), dome.top() - 0.05 * width), 0.07 * width, 0.07 * width)
        self.exchange_words()

    def tube(self, tube: Tube) -> None:
        """Paint a rail, and the wall below it."""
        theme, box, is_down = self.theme, tube.box, self.view.is_down
        painter, scale, rail = self.painter, rail_scale(tube, self.layout), rail_of(tube, self.layout)
        painter.setPen(self.pen(1.4 * scale, "line", (3.0, 2.4) if is_down else ()))
        painter.setBrush(theme.colour("bg" if is_down else "tube"))
        wall = QRectF(QPointF(box.left(), rail.center().y()), box.bottomRight())
        painter.drawRoundedRect(wall, 10 * scale, 10 * scale)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("line" if is_down else "accent"))
        painter.drawRoundedRect(rail, rail.height() / 2, rail.height() / 2)

    def kind(self, tube: Tube) -> None:
        """Say that it is a rail, and what kind of queue."""
        if tube.tells_kind:
            px, row = self.layout.px(12), tube.below_rows[0]
            kind, name = self.kind_words(tube), self.tr("durable ticket rail")
            whole = self.tr("ticket rail · {}").format(kind)
            short = name if self.queue_kind(tube).durable else self.tr("ticket rail, not durable")
            words = whole if metrics_of(px).horizontalAdvance(whole) <= row.width() else short
            draw_line(self.painter, row, words, stage_font(px), self.theme.colour("mute"))

    def legend_items(self) -> list[LegendItem]:
        """Return what the signs mean here."""
        return [
            (slip_sign, self.tr("slip: in the queue"), "mute"),
            (copy_sign, self.tr("carbon copy: delivered, waiting for its ack"), "mute"),
            (redelivered_sign, self.tr("redelivered"), "bad"),
        ]

    def _figure_pen(self, width: float) -> QPen:
        """Return the pen of what is drawn in small parts: thicker lines would fill them."""
        pen = self.pen(width * self.layout.scale, "mute")
        pen.setWidthF(width * self.layout.scale * min(self.theme.line_width, 1.4))
        return pen

    def _small_font(self) -> QFont:
        """Return the font of the words under the exchange."""
        return stage_font(max(SMALLEST_PX, round(11.5 * self.layout.scale)))

    def _waiter(self) -> None:
        """Paint head, shoulders with a bow tie, and a covered dish on the hand."""
        desk, scale, painter = self.layout.producer, self.layout.scale, self.painter
        x, y = desk.center().x() - 8 * scale, desk.top()
        painter.setPen(self._figure_pen(1.6))
        painter.setBrush(self.theme.colour("card"))
        body = QPainterPath(QPointF(x - 26 * scale, y))
        body.cubicTo(x - 26 * scale, y - 24 * scale, x - 12 * scale, y - 26 * scale, x, y - 26 * scale)
        body.cubicTo(x + 12 * scale, y - 26 * scale, x + 26 * scale, y - 24 * scale, x + 26 * scale, y)
        painter.drawPath(body)
        painter.setBrush(self.theme.colour("panel"))
        painter.drawEllipse(QPointF(x, y - 39 * scale), 11 * scale, 12 * scale)
        self._bow_tie(x, y - 23 * scale)
        self._dish(x + 40 * scale, y - 34 * scale)

    def _bow_tie(self, x: float, y: float) -> None:
        scale = self.layout.scale
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self.theme.colour("accent"))
        for side in (-1, 1):
            self.painter.drawConvexPolygon(
                [
                    QPointF(x, y),
                    QPointF(x + side * 8 * scale, y - 4 * scale),
                    QPointF(x + side * 8 * scale, y + 4 * scale),
                ]
            )

    def _dish(self, x: float, y: float) -> None:
        """Paint an arm, and on it a tray with its cover."""
        scale, painter = self.layout.scale, self.painter
        painter.setPen(self._figure_pen(1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        arm = QPainterPath(QPointF(x - 16 * scale, y + 26 * scale))
        arm.quadTo(QPointF(x, y + 26 * scale), QPointF(x, y + 4 * scale))
        painter.drawPath(arm)
        painter.setBrush(self.theme.colour("card"))
        painter.drawPie(QRectF(x - 14 * scale, y - 12 * scale, 28 * scale, 28 * scale), 0, 180 * 16)
        painter.drawLine(QPointF(x - 18 * scale, y + 3 * scale), QPointF(x + 18 * scale, y + 3 * scale))
        painter.setBrush(self.theme.colour("mute"))
        painter.drawEllipse(QPointF(x, y - 14 * scale), 2 * scale, 2 * scale)
