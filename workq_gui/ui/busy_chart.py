"""How busy each worker was, and how fair that is."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter

from workq_gui.core.figures import fairness, fairness_meaning, fairness_words
from workq_gui.core.projections.busy_shares import BusyShare
from workq_gui.core.projections.rates import Rates
from workq_gui.ui.chart_cell import WORDS_SIZE, ChartCell, Part, Span
from workq_gui.ui.chart_words import percent
from workq_gui.ui.stage_text import LEFT, RIGHT, draw_line
from workq_gui.ui.style import blend
from workq_gui.ui.theme import text_font, zoomed

LEAST_WIDTH = 176
ROW_HEIGHT, LEAST_ROW_HEIGHT = 22, 14
BAR_SHARE, BAR_COVER, TRACK_COVER = 0.62, 0.9, 0.2
NAME_SHARE = 0.36


class BusyChart(ChartCell):
    """A bar per worker: time at work of the time that it was there. GUI thread.

    Where there are more workers than names fit, the bars alone are shown, the busiest first.
    """

    def __init__(self) -> None:
        super().__init__("Busy share", "", LEAST_WIDTH)
        self._shares: list[BusyShare] = []

    def show_rates(self, rates: Rates, span: Span) -> None:
        """Show how busy the workers were until the playhead."""
        shares = rates.busy.until(span.at_ns)
        if shares != self._shares:
            self._shares = shares
            index = fairness(shares)
            self._unit = "" if index is None else f"fairness {index:.2f}"
            self._say([Part(fairness_meaning(shares))])
            self.update()

    def numbers(self) -> list[list[str]]:
        """Return every worker."""
        rows = [["worker", "busy seconds", "seconds there", "busy share"]]
        for share in self._shares:
            rows.append([share.name, f"{share.busy_s:.3f}", f"{share.alive_s:.3f}", f"{share.share:.4f}"])
        return [*rows, ["fairness", fairness_words(self._shares), "", ""]]

    def draw_picture(self, painter: QPainter, box: QRectF) -> None:
        """Draw the bars."""
        if not self._shares:
            return
        if not self._names_fit(box):
            self._draw_outline(painter, box)
            return
        height = self._row_height(box)
        for row, share in enumerate(self._shares):
            line = QRectF(box.left(), box.top() + row * height, box.width(), height)
            self._draw_row(painter, line, share)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the figures of the worker under the mouse."""
        box = self.picture_box()
        row = int((event.position().y() - box.top()) / self._row_height(box)) if self._shares else -1
        if not 0 <= row < len(self._shares) or event.position().y() < box.top():
            self._point()
            return
        share = self._rows(box)[row]
        words = f"{share.name}: {percent(share.share)}, {share.busy_s:,.1f} of {share.alive_s:,.1f} s"
        self._point("", [Part(words)])

    def _draw_below_header(self, painter: QPainter) -> None:
        self.draw_picture(painter, self.picture_box())

    def _row_height(self, box: QRectF) -> float:
        return min(zoomed(ROW_HEIGHT), (box.height() - zoomed(4)) / len(self._shares))

    def _names_fit(self, box: QRectF) -> bool:
        return self._row_height(box) >= zoomed(LEAST_ROW_HEIGHT)

    def _rows(self, box: QRectF) -> list[BusyShare]:
        if self._names_fit(box):
            return self._shares
        return sorted(self._shares, key=lambda share: share.share, reverse=True)

    def _draw_row(self, painter: QPainter, row: QRectF, share: BusyShare) -> None:
        font = text_font(WORDS_SIZE)
        metrics = QFontMetricsF(font)
        longest = max(metrics.horizontalAdvance(other.name) for other in self._shares)
        name_width = min(longest + 1, row.width() * NAME_SHARE)
        number_width = metrics.horizontalAdvance("100 %")
        name, number = QRectF(row), QRectF(row)
        name.setWidth(name_width)
        number.setLeft(row.right() - number_width)
        draw_line(painter, name, share.name, font, self._theme.colour("mute"), LEFT)
        draw_line(painter, number, percent(share.share), font, self._theme.colour("ink"), RIGHT)
        spare = row.height() * (1 - BAR_SHARE) / 2
        bar = row.adjusted(name_width + zoomed(8), spare, -number_width - zoomed(8), -spare)
        radius = zoomed(3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._brush("mute", TRACK_COVER))
        painter.drawRoundedRect(bar, radius, radius)
        bar.setWidth(bar.width() * min(1.0, share.share))
        painter.setBrush(self._brush("info", BAR_COVER))
        painter.drawRoundedRect(bar, radius, radius)

    def _draw_outline(self, painter: QPainter, box: QRectF) -> None:
        """Draw all bars as one shape: there may be more of them than pixels."""
        height = self._row_height(box)
        steps = [QPointF(box.left(), box.top())]
        for row, share in enumerate(self._rows(box)):
            right = box.left() + box.width() * min(1.0, share.share)
            top = box.top() + row * height
            steps += [QPointF(right, top), QPointF(right, top + height)]
        bottom = box.top() + height * len(self._shares)
        painter.fillRect(
            QRectF(box.left(), box.top(), box.width(), bottom - box.top()), self._brush("mute", TRACK_COVER)
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._brush("info", BAR_COVER))
        painter.drawPolygon([*steps, QPointF(box.left(), bottom)])

    def _brush(self, token: str, cover: float) -> QColor:
        return QColor(blend(getattr(self._theme, token), self._theme.panel, cover))
