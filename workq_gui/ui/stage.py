"""The animated picture: producer, exchange, queue, and the lines to the workers."""

from collections.abc import Callable, Mapping
from itertools import chain

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workq_gui.core.events import WorkerId
from workq_gui.core.projections.broker import BrokerState
from workq_gui.core.projections.workers import WorkerStatus
from workq_gui.core.session import Session
from workq_gui.ui.stage_backdrop import LINE_LOOKS, Backdrop, BackdropView, LineLook, draw_line, one_line
from workq_gui.ui.stage_layout import CROSS_AT, StageLayout, ease, lay_out
from workq_gui.ui.stage_tokens import Density, StageTokens, TokenPlacer, is_down
from workq_gui.ui.theme import DARK, Theme, mono_font, text_font
from workq_gui.ui.tokens import Token, TokenSprites

MS = 1_000_000
CRASH_FADES_NS = 900 * MS
DIFFERS_FOR_NS = 1_500 * MS
"""A difference between the broker's figures and ours is told after this time: we ask once a second."""
DESCRIBE_EVERY_NS = 300 * MS


class _Steady:
    """How long a value has been what it is: figures that change all the time need no remark."""

    def __init__(self) -> None:
        self._value: object = None
        self._since_ns = 0

    def held_ns(self, value: object, at_ns: int) -> int:
        if value != self._value or at_ns < self._since_ns:
            self._value, self._since_ns = value, at_ns
        return at_ns - self._since_ns


class Stage(QWidget):
    """Shows one moment of a session; where a token is follows from the session and the time alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._session: Session | None = None
        self._at_ns = 0
        self._anchors: dict[WorkerId, float] = {}
        self._sentence = ""
        self._notes: list[tuple[str, str]] = []
        self._unsent_count = 0
        self._shown: tuple[object, ...] = ()
        self._density = Density()
        self._described_ns = 0
        self._ready = _Steady()
        self._consumers = _Steady()
        self._backdrop = Backdrop()
        self._sprites = TokenSprites()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Stage"))

    @property
    def is_moving(self) -> bool:
        """Whether the picture changes by time alone: a flight is in the air, or a crash's mark fades."""
        session = self._session
        if session is None:
            return False
        return self._at_ns < session.scene.last_landing_ns or any(
            view.status is WorkerStatus.CRASHED and self._at_ns - view.since_ns < CRASH_FADES_NS
            for view in session.workers.views.values()
        )

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size at which nothing overlaps."""
        return QSize(380, 360)

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(740, 530)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of `theme`."""
        self._theme = theme
        self.update()

    def display(self, session: Session, at_ns: int, anchors: Mapping[WorkerId, float]) -> None:
        """Show `session` as it is at `at_ns`.

        Args:
            session: What happened.
            at_ns: The moment to show.
            anchors: Where each worker's line meets the right edge of the stage: its y.
        """
        self._session, self._at_ns, self._anchors = session, at_ns, dict(anchors)
        self._sentence = one_line(session.sentence_at(at_ns))
        self._notes = self._notes_at(session, at_ns)
        self._unsent_count = session.scene.unsent_count_at(at_ns)
        shown = (
            session,
            len(session.log),
            at_ns if self.is_moving else None,
            self._anchors,
            self._sentence,
            self._notes,
            self._unsent_count,
        )
        if shown != self._shown:
            self._shown = shown
            self.update()
        self._describe(at_ns)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the moment."""
        painter = QPainter(self)
        # An exception that leaves the painter open would crash Qt.
        try:
            self._paint(painter)
        finally:
            painter.end()

    # --- what is to be said ---------------------------------------------------------------

    def _describe(self, at_ns: int) -> None:
        is_early = 0 <= at_ns - self._described_ns < DESCRIBE_EVERY_NS
        if self._sentence != self.accessibleDescription() and not is_early:
            self._described_ns = at_ns
            self.setAccessibleDescription(self._sentence)

    def _notes_at(self, session: Session, at_ns: int) -> list[tuple[str, str]]:
        """Return what is to be said of the queue, each with the name of its colour."""
        broker, board = session.broker, session.board
        ready = board.ready_count, broker.ready_count
        consumers = session.workers.running_count, broker.consumer_count
        ready_for_ns = self._ready.held_ns(ready, at_ns)
        consumers_for_ns = self._consumers.held_ns(consumers, at_ns)
        if broker.queue_missing:
            return [(self.tr("the broker does not know this queue"), "bad")]
        notes = []
        if broker.ready_count not in (None, board.ready_count) and ready_for_ns > DIFFERS_FOR_NS:
            words = self.tr("broker says {:,}, we saw {:,}")
            notes.append((words.format(broker.ready_count, board.ready_count), "mute"))
        foreign_count = (broker.consumer_count or 0) - session.workers.running_count
        if foreign_count > 0 and consumers_for_ns > DIFFERS_FOR_NS:
            words = (
                self.tr("{:,} consumers are not ours")
                if foreign_count > 1
                else self.tr("1 consumer is not ours")
            )
            notes.append((words.format(foreign_count), "mute"))
        return notes

    def _producer_texts(self, session: Session, layout: StageLayout) -> list[tuple[str, str, QFont]]:
        """Return the lines in the producer's box, each with the name of its colour and its font."""
        px = layout.px(11.5)
        plain, strong = text_font(px), text_font(px, QFont.Weight.DemiBold)
        texts = [(self.tr("Producer"), "ink", text_font(layout.px(14), QFont.Weight.DemiBold))]
        if trouble := self._publisher_trouble(session.broker):
            texts.append((trouble, "warn", plain))
        elif not layout.is_narrow:
            texts.append(("new_task.py", "mute", mono_font(px)))
        count = session.board.confirmed_count
        confirmed = self.tr("✓ {:,} confirmed").format(count)
        if QFontMetricsF(strong).horizontalAdvance(confirmed) > layout.producer_rows(1)[0].width():
            confirmed = f"✓ {count:,}"
        texts.append((confirmed, "ok", strong))
        if self._unsent_count:
            texts.append((self.tr("{:,} not sent yet").format(self._unsent_count), "warn", plain))
        return texts

    def _publisher_trouble(self, broker: BrokerState) -> str:
        if not broker.connected:
            return self.tr("reconnecting…") if broker.was_connected else self.tr("connecting…")
        return self.tr("blocked by the broker") if broker.blocked else ""

    # --- painting -------------------------------------------------------------------------

    def _paint(self, painter: QPainter) -> None:
        dpr = self.devicePixelRatioF()
        layout = lay_out(self.width(), self.height())
        backdrop = self._backdrop.pixmap(self._backdrop_view(dpr))
        self._in_device_pixels(painter, dpr, lambda: painter.drawPixmap(0, 0, backdrop))
        session = self._session
        if session is None:
            return
        self._sprites.prepare(self._theme, layout.token_d, dpr)
        curves = layout.curves(self._anchors)
        tokens = TokenPlacer(session, self._at_ns, layout, curves, self._density).place()
        self._density = tokens.density
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_words(painter, layout, session, tokens)
        self._paint_crashes(painter, layout, session)
        self._in_device_pixels(painter, dpr, lambda: self._paint_tokens(painter, tokens))
        for token in tokens.flying:
            if token.words:
                self._paint_words_beside(painter, layout, token)

    def _in_device_pixels(self, painter: QPainter, dpr: float, draw: Callable[[], None]) -> None:
        """Bitmaps are made in device pixels: drawn so they are crisp, and several times as fast."""
        painter.save()
        painter.scale(1 / dpr, 1 / dpr)
        draw()
        painter.restore()

    def _backdrop_view(self, dpr: float) -> BackdropView:
        session = self._session
        if session is None:
            return BackdropView(self.width(), self.height(), dpr, self._theme)
        views = session.workers.views
        lines = tuple(
            (y, LINE_LOOKS.get(views[worker_id].status, LineLook.OPEN))
            for worker_id, y in self._anchors.items()
            if worker_id in views
        )
        return BackdropView(
            self.width(), self.height(), dpr, self._theme, session.queue, is_down(session.broker), lines
        )

    def _paint_tokens(self, painter: QPainter, tokens: StageTokens) -> None:
        for token in chain(tokens.standing, tokens.flying):
            self._sprites.draw(painter, token)

    def _paint_words(
        self, painter: QPainter, layout: StageLayout, session: Session, tokens: StageTokens
    ) -> None:
        theme = self._theme
        self._paint_sentence(painter, layout)
        texts = self._producer_texts(session, layout)
        for row, (words, token, font) in zip(layout.producer_rows(len(texts)), texts, strict=True):
            draw_line(painter, row, words, font, theme.colour(token))
        ready_count = session.broker.ready_count
        figures = self.tr("{:,} ready · {:,} un-acked").format(
            session.board.ready_count if ready_count is None else ready_count, session.board.unacked_count
        )
        draw_line(painter, layout.caption_rows[1], figures, text_font(layout.px(13)), theme.colour("mute"))
        notes = list(self._notes)
        if not session.board.tasks:
            hint = self.tr("Publish a task to see it travel")
            font = text_font(layout.px(13))
            if QFontMetricsF(font).horizontalAdvance(hint) < layout.tube.width() - layout.tube.height() / 2:
                draw_line(painter, layout.tube, hint, font, theme.colour("mute"))
            else:
                notes.append((hint, "mute"))
        for row, (words, token) in zip(layout.below_rows[1:], notes, strict=False):
            draw_line(painter, row, words, text_font(layout.px(12)), theme.colour(token))
        if tokens.more_count:
            self._paint_more(painter, layout, tokens)

    def _paint_more(self, painter: QPainter, layout: StageLayout, tokens: StageTokens) -> None:
        font, gap = text_font(layout.px(11.5), QFont.Weight.DemiBold), 8 * layout.scale
        box = QRectF(layout.tube)
        box.setLeft(box.left() + gap)
        box.setRight(tokens.more_right_x - gap / 2)
        words = self.tr("+ {:,} more").format(tokens.more_count)
        if QFontMetricsF(font).horizontalAdvance(words) <= box.width():
            draw_line(painter, box, words, font, self._theme.colour("mute"))
            return
        number, _, rest = words.rpartition(" ")
        row_h = 14.0 * layout.text_scale
        box = QRectF(box.left(), layout.axis_y - row_h, box.width(), row_h)
        draw_line(painter, box, number, font, self._theme.colour("mute"))
        draw_line(painter, box.translated(0, row_h), rest, font, self._theme.colour("mute"))

    def _paint_sentence(self, painter: QPainter, layout: StageLayout) -> None:
        font, ink = text_font(layout.px(14), QFont.Weight.Medium), self._theme.colour("ink")
        rows = broken(self._sentence, QFontMetricsF(font), layout.sentence.width(), layout.sentence_lines)
        row_h = layout.sentence.height() / layout.sentence_lines
        row = QRectF(layout.sentence.left(), layout.sentence.top(), layout.sentence.width(), row_h)
        for words in rows:
            draw_line(painter, row, words, font, ink, Qt.AlignmentFlag.AlignLeft)
            row.translate(0, row_h)
        if self._density.stride > 1:
            words = self.tr("one token = {:,} tasks").format(self._density.stride)
            small = text_font(layout.px(12))
            draw_line(painter, row, words, small, self._theme.colour("mute"), Qt.AlignmentFlag.AlignLeft)

    def _paint_crashes(self, painter: QPainter, layout: StageLayout, session: Session) -> None:
        """A ring goes out from the ✕, so that eyes elsewhere find it."""
        for worker_id, y in self._anchors.items():
            view = session.workers.views.get(worker_id)
            if view is None or view.status is not WorkerStatus.CRASHED:
                continue
            age = (self._at_ns - view.since_ns) / CRASH_FADES_NS
            if 0.0 <= age < 1.0:
                colour = self._theme.colour("bad")
                colour.setAlphaF(0.8 * (1.0 - age))
                painter.setPen(QPen(colour, 2.5 * layout.scale))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                radius = (8.0 + 22.0 * ease(age)) * layout.scale
                painter.drawEllipse(QPointF(*layout.curve_to(y).point_at(CROSS_AT)), radius, radius)

    def _paint_words_beside(self, painter: QPainter, layout: StageLayout, token: Token) -> None:
        row_h = 16.0 * layout.text_scale
        box = QRectF(0, token.y - layout.token_d / 2 - row_h, layout.tube.left(), row_h)
        font = text_font(layout.px(11.5), QFont.Weight.DemiBold)
        box.moveLeft(max(6.0, token.x - box.width() / 2))
        draw_line(painter, box, token.words, font, self._theme.colour("bad"))


def broken(words: str, metrics: QFontMetricsF, width: float, most: int) -> list[str]:
    """Break `words` into at most `most` lines of `width`; the last ends with … if there is more."""
    if most == 1 or metrics.horizontalAdvance(words) <= width:
        return [metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)]
    first = ""
    for word in words.split(" "):
        longer = f"{first} {word}" if first else word
        if metrics.horizontalAdvance(longer) > width:
            break
        first = longer
    if not first:  # one word that is longer than a line
        return [metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)]
    return [first, *broken(words[len(first) + 1 :], metrics, width, most - 1)]
