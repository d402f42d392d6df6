"""The animated picture: producer, exchange, queues, and the lines to the workers."""

from collections.abc import Callable, Mapping
from itertools import chain

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workq_gui.core.events import WorkerId
from workq_gui.core.state import State
from workq_gui.ui.kitchen_backdrop import KitchenBackdropPainter
from workq_gui.ui.kitchen_bin import paint_bin, paint_scraps
from workq_gui.ui.kitchen_chefs import ChefsLayer
from workq_gui.ui.kitchen_rail import paint_clips
from workq_gui.ui.kitchen_slips import SlipPainter
from workq_gui.ui.stage_backdrop import Backdrop, BackdropPainter, BackdropView
from workq_gui.ui.stage_captions import Captions
from workq_gui.ui.stage_foreign import ForeignProducers
from workq_gui.ui.stage_hands import StageHands
from workq_gui.ui.stage_layout import StageLayout, lay_out
from workq_gui.ui.stage_lines import LinesLayer, lines_of, shown_queues
from workq_gui.ui.stage_marks import Marks, crash_age
from workq_gui.ui.stage_moment import Density, Moment, comes_back, is_down
from workq_gui.ui.stage_stream_painter import StreamPainter
from workq_gui.ui.stage_streams import StreamFinder, Streams, settles_ns
from workq_gui.ui.stage_targets import Target, find_targets
from workq_gui.ui.stage_text import one_line
from workq_gui.ui.stage_tokens import StageTokens, TokenPlacer
from workq_gui.ui.stage_words import StageWords
from workq_gui.ui.theme import DARK, Theme, zoom
from workq_gui.ui.tokens import CoinPainter, TokenSprites
from workq_gui.ui.worker_wishes import WorkerWishes

DESCRIBE_EVERY_NS = 300_000_000


class Stage(WorkerWishes, QWidget):
    """Shows one moment of a state; where a token is follows from the state and the time alone. GUI thread.

    Its wishes about workers: `WorkerWishes`.

    Signals:
        publish_requested: A task was dropped here; carries its text and the queue.
        purge_requested: The user wants a queue to be emptied; carries its name.
        redeclare_requested: The user wants a queue to be declared again; carries its name.
        ledger_requested: The user wants to know what is lost.
        task_life_requested: The user wants to see all that happened to a task; carries its message_id.
    """

    publish_requested = Signal(str, str)
    purge_requested = Signal(str)
    redeclare_requested = Signal(str)
    ledger_requested = Signal()
    task_life_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._state: State | None = None
        self._at_ns = 0
        self._anchors: dict[WorkerId, float] = {}
        self._sentence = ""
        self._shown: tuple[object, ...] = ()
        self._density = Density()
        self._tokens = StageTokens()
        self._described_ns = 0
        self._is_reduced = False
        self._is_kitchen = False
        self._words = StageWords()
        self._backdrop = Backdrop()
        self._lines = LinesLayer()
        self._sprites = TokenSprites()
        self._chefs = ChefsLayer()
        self._stream_finder = StreamFinder()
        self._stream_painter = StreamPainter()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Stage"))
        self._hands = StageHands(
            self,
            find=self.targets_now,
            look=lambda: (self._state, self._at_ns) if self._state else None,
            wish=lambda verb, worker_id: self.wish_signal(verb).emit(worker_id),
            publish=self.publish_requested.emit,
            purge=self.purge_requested.emit,
            redeclare=self.redeclare_requested.emit,
            open_ledger=self.ledger_requested.emit,
        )
        self._hands.task_life_requested.connect(self.task_life_requested)

    @property
    def is_moving(self) -> bool:
        """Whether the picture changes by time alone: a flight is in the air, or a mark fades."""
        state, at_ns = self._state, self._at_ns
        if state is None:
            return False
        return (
            at_ns < settles_ns(state.scene)
            or comes_back(state, at_ns)
            or any(crash_age(view, at_ns) < 1.0 for view in state.worker_views.values())
        )

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size at which nothing overlaps."""
        return QSize(380, 360)

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(740, 530)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of `theme`, and the zoom of now."""
        self._theme = theme
        self.update()

    def set_reduced_motion(self, is_reduced: bool) -> None:
        """Let nothing travel: tokens fade where they leave and where they arrive."""
        self._is_reduced = is_reduced
        self.update()

    def set_kitchen(self, is_kitchen: bool) -> None:
        """Show the same as a kitchen."""
        self._is_kitchen = is_kitchen
        self._backdrop = Backdrop(KitchenBackdropPainter if is_kitchen else BackdropPainter)
        self._sprites = TokenSprites(SlipPainter if is_kitchen else CoinPainter)
        self.update()

    def display(self, state: State, at_ns: int, anchors: Mapping[WorkerId, float]) -> None:
        """Show `state` as it is at `at_ns`.

        Args:
            state: What happened.
            at_ns: The moment to show.
            anchors: Where each worker's line meets the right edge of the stage: its y.
        """
        self._state, self._at_ns, self._anchors = state, at_ns, dict(anchors)
        self._sentence = one_line(state.sentence_at(at_ns))
        shown = (
            state,
            state.applied_count,
            at_ns if self.is_moving else None,
            self._anchors,
            self._sentence,
            [self._words.notes(state, queue, at_ns) for queue in state.queues.views],
            state.scene.unsent_count_at(at_ns),
        )
        if shown != self._shown:
            self._shown = shown
            self.update()
        self._describe(at_ns)

    def set_past_only(self) -> None:
        """Show a recording: ask nobody to do anything."""
        self._words.is_past_only = True

    def set_live(self, is_live: bool) -> None:
        """Tell whether the picture shows the present: what is done here is done now in any case."""
        self._hands.is_live = is_live

    def targets_now(self) -> list[Target]:
        """Return what there is to point at, as it was painted last."""
        state, layout = self._state, self.layout_now()
        has_ledger = state is not None and state.ledger.lost_count > 0
        views = state.worker_views if state else {}
        queues_of = {name: shown_queues(views[name], layout) for name in self._anchors if name in views}
        return find_targets(layout, self._tokens, self._anchors, has_ledger, queues_of)

    def layout_now(self) -> StageLayout:
        """Return where everything is."""
        names = tuple(self._state.queues.views) if self._state else ()
        return lay_out(self.width(), self.height(), names or ("",), zoom())

    def streams_now(self) -> Streams:
        """Return what a crowd is drawn as."""
        moment = self._moment()
        return self._find_streams(moment) if moment else Streams()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the moment."""
        painter = QPainter(self)
        # An exception that leaves the painter open would crash Qt.
        try:
            self._paint(painter)
        finally:
            painter.end()

    def _describe(self, at_ns: int) -> None:
        is_early = 0 <= at_ns - self._described_ns < DESCRIBE_EVERY_NS
        if self._hands.is_speaking:
            return
        if self._sentence != self.accessibleDescription() and not is_early:
            self._described_ns = at_ns
            self.setAccessibleDescription(self._sentence)

    def _moment(self) -> Moment | None:
        if self._state is None:
            return None
        return Moment(
            self._state, self._at_ns, self.layout_now(), self._anchors, self._density, self._is_reduced
        )

    def _find_streams(self, moment: Moment) -> Streams:
        return self._stream_finder.find(
            moment.state, moment.at_ns, moment.anchors, moment.streaming, moment.filled, moment.is_reduced
        )

    # --- painting -------------------------------------------------------------------------

    def _paint(self, painter: QPainter) -> None:
        dpr, moment = self.devicePixelRatioF(), self._moment()
        self._in_device_pixels(painter, dpr, lambda: self._paint_layers(painter, dpr))
        if moment is None:
            return
        tokens = TokenPlacer(moment).place()
        self._density, self._tokens = tokens.density, tokens
        self._sprites.prepare(self._theme, moment.layout.token_d, dpr)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        streams = self._find_streams(moment)
        self._stream_painter.paint(painter, self._theme, moment.layout, streams, dpr)
        ForeignProducers(painter, self._theme, moment.layout).paint(moment.state)
        captions = Captions(painter, self._theme, moment.layout, self._words)
        captions.paint(moment.state, moment.at_ns, self._sentence, tokens, streams)
        marks = Marks(painter, self._theme, moment)
        marks.paint_crashes()
        if self._is_kitchen:
            self._paint_kitchen(painter, moment, tokens)
        self._in_device_pixels(painter, dpr, lambda: self._paint_tokens(painter, tokens))
        marks.paint_stamps(tokens)
        if self._is_kitchen:
            paint_scraps(painter, self._theme, tokens)
        else:
            marks.paint_pieces(tokens)
        for token in tokens.flying:
            if token.words:
                captions.paint_beside(token)
        self._hands.paint(painter, self._theme)

    def _paint_kitchen(self, painter: QPainter, moment: Moment, tokens: StageTokens) -> None:
        paint_clips(painter, self._theme, moment.layout, tokens)
        self._chefs.paint(painter, self._theme, moment, self.devicePixelRatioF())
        if moment.state.ledger.lost_count:
            paint_bin(painter, self._theme, moment.layout, tokens.losing)

    def _in_device_pixels(self, painter: QPainter, dpr: float, draw: Callable[[], None]) -> None:
        """Bitmaps are made in device pixels: drawn so they are crisp, and several times as fast."""
        painter.save()
        painter.scale(1 / dpr, 1 / dpr)
        draw()
        painter.restore()

    def _paint_layers(self, painter: QPainter, dpr: float) -> None:
        """Paint what stands still; it is kept from frame to frame."""
        state, layout, theme = self._state, self.layout_now(), self._theme
        backdrop = self._backdrop.pixmap(self._backdrop_view(layout, dpr), layout)
        painter.drawPixmap(0, 0, backdrop)
        if state is not None:
            left = round(layout.first_tube.box.right() * dpr)
            lines = lines_of(state, layout, self._anchors)
            painter.drawPixmap(left, 0, self._lines.pixmap(backdrop, left, dpr, theme, layout, lines))

    def _backdrop_view(self, layout: StageLayout, dpr: float) -> BackdropView:
        state, size = self._state, (self.width(), self.height())
        names, is_broker_down = tuple(layout.tubes), state is not None and is_down(state.broker)
        kinds = tuple(view.kind for view in state.queues.views.values()) if state else ()
        return BackdropView(size, dpr, self._theme, names, kinds, zoom(), is_broker_down)

    def _paint_tokens(self, painter: QPainter, tokens: StageTokens) -> None:
        for token in chain(tokens.standing, tokens.flying):
            self._sprites.draw(painter, token)
        for stamp in tokens.stamps:
            self._sprites.draw(painter, stamp.filling)
