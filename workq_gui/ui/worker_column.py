"""A few workers in a narrow column: what each does, and how far it is."""

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workq_gui.core.events import WorkerId
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.ui.stage_text import one_line
from workq_gui.ui.style import PANEL_RADIUS, SMALL_SIZE
from workq_gui.ui.theme import DARK, Theme, kind_colour, mono_font, text_font, zoomed
from workq_gui.ui.worker_card_painter import FRAMES, STATUS_COLOURS
from workq_gui.ui.worker_card_words import (
    CardLines,
    card_facts,
    card_lines,
    has_task,
    spoken_card,
    status_word,
)

NARROWEST, WIDEST = 106, 220
NARROW_BELOW = 160
TILE_HEIGHT, NARROW_HEIGHT = 112, 128
GAP = 16
ROW, FACTS_ROW = 18, 15
PAD = 12
PROGRESS_STEPS = 400
LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class WorkerColumn(QWidget):
    """Shows workers as tiles, one above the other; offers nothing. GUI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._views: dict[WorkerId, WorkerView] = {}
        self._at_ns = 0
        self._shown: object = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Workers"))

    def minimumSizeHint(self) -> QSize:
        """Return the width in which the words are still readable."""
        return QSize(zoomed(NARROWEST), zoomed(TILE_HEIGHT))

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._theme = theme
        self.setMaximumWidth(zoomed(WIDEST))
        self.updateGeometry()
        self.update()

    def display(self, views: Mapping[WorkerId, WorkerView], at_ns: int) -> None:
        """Show `views` as they are at `at_ns`."""
        self._views, self._at_ns = dict(views), at_ns
        shown = [
            (view, card_lines(self, view, at_ns), round(view.fraction_at(at_ns) * PROGRESS_STEPS))
            for view in self._views.values()
        ]
        if shown != self._shown:
            self._shown = shown
            words = [spoken_card(self, view, with_queues=False) for view in views.values()]
            told = [f"{worker_id}: {said}" for worker_id, said in zip(views, words, strict=True)]
            self.setAccessibleDescription("; ".join(told))
            self.update()

    def anchors(self) -> dict[WorkerId, int]:
        """Return the y of each tile's centre in the window."""
        top = self.mapTo(self.window(), QPoint(0, 0)).y()
        return {
            worker_id: top + round(self._box(place).center().y())
            for place, worker_id in enumerate(self._views)
        }

    @property
    def _is_narrow(self) -> bool:
        return self.width() < zoomed(NARROW_BELOW)

    def _box(self, place: int) -> QRectF:
        count, gap = len(self._views), zoomed(GAP)
        wanted = zoomed(NARROW_HEIGHT if self._is_narrow else TILE_HEIGHT)
        height = min(wanted, (self.height() + gap) / max(count, 1) - gap)
        top = max(0.0, (self.height() - count * (height + gap) + gap) / 2)
        return QRectF(0, top + place * (height + gap), self.width(), height)

    # --- paint ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint every tile."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place, view in enumerate(self._views.values()):
                self._paint_tile(painter, self._box(place), view)
        finally:
            painter.end()

    def _paint_tile(self, painter: QPainter, box: QRectF, view: WorkerView) -> None:
        thin, token = self._theme.line_width, FRAMES.get(view.status)
        width = thin + 1 if token else thin
        painter.setPen(QPen(self._theme.colour(token or "line"), width))
        painter.setBrush(self._theme.colour("card"))
        half = width / 2
        painter.drawRoundedRect(box.adjusted(half, half, -half, -half), PANEL_RADIUS, PANEL_RADIUS)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inner = box.adjusted(zoomed(PAD), zoomed(8), -zoomed(PAD), -zoomed(8))
        row = QRectF(inner.left(), inner.top(), inner.width(), zoomed(ROW))
        painter.setClipRect(box)
        status, bold = status_word(self, view), text_font(SMALL_SIZE, QFont.Weight.Bold)
        self._text(painter, row, view.title, bold, "ink")
        row.translate(0, zoomed(ROW))
        self._text(painter, row, status, text_font(11, QFont.Weight.DemiBold), STATUS_COLOURS[view.status])
        row.translate(0, zoomed(ROW))
        self._paint_task(painter, row, view)
        row.translate(0, zoomed(ROW) + zoomed(8))
        done, *ways = card_facts(self, view)
        for words in (done, *(ways if self._is_narrow else (" · ".join(ways),))):
            self._text(painter, row, words, text_font(11), "mute")
            row.translate(0, zoomed(FACTS_ROW))
        painter.setClipping(False)

    def _paint_task(self, painter: QPainter, row: QRectF, view: WorkerView) -> None:
        lines = card_lines(self, view, self._at_ns)
        if not has_task(view):
            words, token = _what_happened(lines, view)
            self._text(painter, row, words, text_font(11), token)
            return
        count = lines.count
        if count and self._is_narrow:
            count = f"+{view.in_hand_count - 1:,}"
        ahead = self._advance(count, text_font(11))
        self._text(painter, row.adjusted(0, 0, -ahead, 0), lines.first, mono_font(11), "ink")
        self._text(painter, row.adjusted(row.width() - ahead, 0, 0, 0), count, text_font(11), "mute")
        groove = QRectF(row.left(), row.bottom() + zoomed(1), row.width(), zoomed(5))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("line"))
        painter.drawRoundedRect(groove, groove.height() / 2, groove.height() / 2)
        groove.setWidth(groove.width() * view.fraction_at(self._at_ns))
        if not self._theme.is_dark:  # some kinds are too pale for a white card without an outline
            painter.setPen(QPen(self._theme.colour("ink"), 1))
        painter.setBrush(kind_colour(view.text))
        painter.drawRoundedRect(groove, groove.height() / 2, groove.height() / 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _advance(self, text: str, font: QFont) -> int:
        return QFontMetrics(font).horizontalAdvance(text) + zoomed(6) if text else 0

    def _text(self, painter: QPainter, box: QRectF, text: str, font: QFont, token: str) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.colour(token))
        words = QFontMetrics(font).elidedText(one_line(text), Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, LEFT_MIDDLE, words)


def _what_happened(lines: CardLines, view: WorkerView) -> tuple[str, str]:
    """Return what is most worth knowing of a worker that has no task, and its colour."""
    if lines.mark:
        return lines.mark, "bad"
    if view.status is WorkerStatus.WAITING:
        return "", "mute"
    return lines.second or lines.first, lines.first_colour
