"""Paints the words of the stage where the layout has a row for them."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from workq_gui.core.state import State
from workq_gui.ui.stage_layout import StageLayout
from workq_gui.ui.stage_lines import draw_pause_sign
from workq_gui.ui.stage_moment import is_down
from workq_gui.ui.stage_places import More
from workq_gui.ui.stage_streams import Streams
from workq_gui.ui.stage_text import (
    LEFT,
    MIDDLE,
    RIGHT,
    broken,
    draw_line,
    metrics_of,
    one_line,
    stage_font,
    width_of,
)
from workq_gui.ui.stage_tokens import StageTokens
from workq_gui.ui.stage_tube import Tube
from workq_gui.ui.stage_words import StageWords, Words
from workq_gui.ui.theme import Theme
from workq_gui.ui.tokens import Token


class Captions(QObject):
    """Paints all words of one moment, in logical pixels; made for it, and thrown away."""

    def __init__(self, painter: QPainter, theme: Theme, layout: StageLayout, words: StageWords) -> None:
        super().__init__()
        self._painter = painter
        self._theme = theme
        self._layout = layout
        self._words = words

    def paint(self, state: State, at_ns: int, sentence: str, tokens: StageTokens, streams: Streams) -> None:
        """Paint them."""
        self._sentence(sentence, tokens.density.stride, streams)
        rate = streams.publish_rate if streams.is_told else None
        lines = self._words.producer(state, at_ns, self._layout.is_narrow, rate)
        self._producer(lines, tokens.confirm_flash)
        for queue, tube in self._layout.tubes.items():
            self._queue(state, at_ns, tube, tokens.dissolving.get(queue, ""))
            if queue in tokens.more:
                self._more(tube, tokens.more[queue])
        if not state.board.known_count:
            self._hint()
        if ledger := self._words.ledger(state):
            self._ledger(ledger, tokens.losing)

    # --- left and top -------------------------------------------------------------------------

    def _sentence(self, sentence: str, stride: int, streams: Streams) -> None:
        layout, px = self._layout, self._layout.px(14)
        medium, area = QFont.Weight.Medium, layout.sentence
        font, ink, row_h = stage_font(px, medium), self._theme.colour("ink"), area.height() / 2
        rows = broken(sentence, metrics_of(px, medium), area.width(), 2)
        for row, words in enumerate(rows):
            box = QRectF(area.left(), area.top() + row * row_h, area.width(), row_h)
            draw_line(self._painter, box, words, font, ink, LEFT)
        if streams.is_told:
            self._line(self._streams_row(len(rows)), self._words.streams(streams.delivery_rate), LEFT)
        elif stride > 1:
            words, small = self._words.density(stride), stage_font(layout.px(12))
            draw_line(self._painter, layout.density_row, words, small, self._theme.colour("mute"), LEFT)

    def _streams_row(self, sentence_rows: int) -> QRectF:
        """Return the second line of the sentence, or, if that is taken, the one below it."""
        layout, area = self._layout, self._layout.sentence
        if sentence_rows < 2:
            return area.adjusted(0, area.height() / 2, 0, 0)
        row = layout.density_row
        if len(layout.tubes) == 1:  # else there may be a queue's name beside it
            row.setWidth(area.width())
        return row

    def _producer(self, lines: Sequence[Words], flash: float) -> None:
        for row, words in zip(self._layout.producer_rows(len(lines)), lines, strict=True):
            if words.colour == "ok" and flash:
                self._flash(row, flash)
            self._line(row, words)

    def _flash(self, row: QRectF, strength: float) -> None:
        colour = self._theme.colour("ok")
        colour.setAlphaF(0.35 * strength)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour)
        self._painter.drawRoundedRect(row.adjusted(4, 0, -4, 0), row.height() / 2, row.height() / 2)

    # --- queues -------------------------------------------------------------------------------

    def _queue(self, state: State, at_ns: int, tube: Tube, dissolving: str) -> None:
        figures = self._words.figures(state, tube.queue)
        notes = self._words.notes(state, tube.queue, at_ns, dissolving)
        if not tube.note_rows and notes:
            figures, notes = notes[0], []
        if kind := self._words.kind(state, tube.queue, is_type_told=tube.tells_kind):
            notes = [*notes, kind]
        name_row = tube.name_row
        if tube.is_compact:
            row, metrics = tube.figures_row, metrics_of(self._layout.px(12), QFont.Weight.Bold, True)
            name_w = min(metrics.horizontalAdvance(one_line(tube.queue)), 0.55 * row.width())
            room = self._line(row.adjusted(name_w + 8.0, 0, 0, 0), replace(figures, size=12), RIGHT)
            name_row = name_row.adjusted(0, 0, -room - 6.0, 0)
        else:
            self._line(tube.figures_row, figures)
        self._name(name_row, tube, is_down(state.broker))
        for row, note in zip(tube.note_rows, notes, strict=False):
            self._line(row, note)

    def _name(self, row: QRectF, tube: Tube, is_broker_down: bool) -> None:
        px = self._layout.px(12 if tube.is_compact else 14.5)
        bold, token = QFont.Weight.Bold, "bad" if is_broker_down else "ink"
        metrics = metrics_of(px, bold, True)
        state = self.tr(" · broker down") if is_broker_down else ""
        if state and metrics.horizontalAdvance(one_line(tube.queue) + state) > row.width():
            state = self.tr(" · down")
        room = row.width() - metrics.horizontalAdvance(state)
        name = metrics.elidedText(one_line(tube.queue), Qt.TextElideMode.ElideMiddle, room)
        align = LEFT if tube.is_compact else MIDDLE
        draw_line(
            self._painter, row, name + state, stage_font(px, bold, True), self._theme.colour(token), align
        )

    def _hint(self) -> None:
        tube, px = self._layout.first_tube, self._layout.px(13)
        words = Words(self._words.hint(), size=13)
        inside = tube.box.adjusted(tube.box.height() / 4, 0, -tube.box.height() / 4, 0)
        if metrics_of(px).horizontalAdvance(words.text) < inside.width():
            self._line(tube.box, words)
        elif tube.note_rows:
            self._line(tube.note_rows[0], words)

    def _more(self, tube: Tube, more: More) -> None:
        layout, weight = self._layout, QFont.Weight.DemiBold
        px, gap = layout.px(11.5), 8 * layout.scale
        box = QRectF(tube.box)
        box.setLeft(box.left() + gap)
        box.setRight(more.right_x - gap / 2)
        font, colour = stage_font(px, weight), self._theme.colour("mute")
        words = self.tr("+ {:,} more").format(more.count)
        if metrics_of(px, weight).horizontalAdvance(words) <= box.width():
            draw_line(self._painter, box, words, font, colour)
            return
        number, _, rest = words.rpartition(" ")
        row_h = 14.0 * layout.text_scale
        if 2 * row_h > box.height():
            draw_line(self._painter, box, number, font, colour)
            return
        box = QRectF(box.left(), tube.axis_y - row_h, box.width(), row_h)
        draw_line(self._painter, box, number, font, colour)
        draw_line(self._painter, box.translated(0, row_h), rest, font, colour)

    # --- the ledger, and what is in the air -----------------------------------------------------

    def _ledger(self, lines: Sequence[Words], is_losing: bool) -> None:
        layout, theme, scale = self._layout, self._theme, self._layout.scale
        self._painter.setPen(QPen(theme.colour("bad" if is_losing else "line"), 1.4 if is_losing else 1.0))
        self._painter.setBrush(theme.colour("card"))
        self._painter.drawRoundedRect(layout.ledger, 8 * scale, 8 * scale)
        rows = layout.ledger_rows
        if len(rows) == 1:
            used = self._line(rows[0], lines[0], LEFT) + 8.0
            if len(lines) > 1:
                self._line(rows[0].adjusted(used, 0, 0, 0), lines[1], LEFT)
            return
        px, colour = layout.px(12), theme.colour("mute")
        cause = one_line(lines[1].text) if len(lines) > 1 else ""
        causes = broken(cause, metrics_of(px), rows[1].width(), len(rows) - 1)
        spare = (len(rows) - 1 - len(causes)) * rows[1].height() / 2
        self._line(rows[0].translated(0, spare), lines[0], LEFT)
        for row, words in zip(rows[1:], causes, strict=False):
            draw_line(self._painter, row.translated(0, spare), words, stage_font(px), colour, LEFT)

    def paint_beside(self, token: Token) -> None:
        """Paint a flying token's words above it."""
        layout, px, bold = self._layout, self._layout.px(12), QFont.Weight.Bold
        row_h, most = 16.0 * layout.text_scale, layout.first_tube.box.left() - 10.0
        width = min(metrics_of(px, bold).horizontalAdvance(token.words) + 1.0, most)
        left = min(max(6.0, token.x - width / 2), most + 6.0 - width)  # not over what is said of the queue
        box = QRectF(left, token.y - layout.token_d / 2 - row_h, width, row_h)
        draw_line(self._painter, box, token.words, stage_font(px, bold), self._theme.colour("bad"))

    def _line(self, row: QRectF, words: Words, align: Qt.AlignmentFlag = MIDDLE) -> float:
        """Paint one line; return its width."""
        px = self._layout.px(words.size)
        text, font = one_line(words.text), (px, words.weight, words.is_mono)
        if words.short and width_of(text, *font) > row.width():
            text = words.short
        width, colour = width_of(text, *font), self._theme.colour(words.colour)
        if words.is_held:
            row = self._pause_sign(row, width, colour, metrics_of(*font))
        draw_line(self._painter, row, text, stage_font(*font), colour, align)
        return min(width, row.width())

    def _pause_sign(self, row: QRectF, width: float, colour: QColor, metrics: QFontMetricsF) -> QRectF:
        """Paint the sign of a pause before a text in the middle of `row`; return what is left of it."""
        radius = 0.42 * metrics.height()
        row = row.adjusted(2.6 * radius, 0, 0, 0)
        middle = QPointF(row.center().x() - width / 2 - 1.5 * radius, row.center().y())
        draw_pause_sign(self._painter, middle, radius, colour, self._theme.colour("card"))
        return row
