"""What the timeline shows: it follows a session, and paints it."""

from itertools import pairwise
from time import perf_counter

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPushButton, QScrollBar, QWidget

from workq_gui.core.follower import Follower
from workq_gui.core.playhead import Playhead
from workq_gui.core.projections.timeline import Link, Timeline
from workq_gui.core.projections.timeline_row import TimelineRow
from workq_gui.core.projections.timeline_span import Span
from workq_gui.core.projections.timeline_words import moment_words
from workq_gui.core.session import Session
from workq_gui.ui.past_only import reason_at
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import DARK, Theme, zoom, zoomed
from workq_gui.ui.timeline_cache import PastView, TimelineCache
from workq_gui.ui.timeline_colours import BarColours
from workq_gui.ui.timeline_layout import AXIS_HEIGHT, TimelineLayout
from workq_gui.ui.timeline_painter import TimelinePainter, labels_width
from workq_gui.ui.timeline_viewport import Viewport

LIVE_CATCH_UP_S, CATCH_UP_S = 0.004, 0.008
"""So much of a frame is spent on events that the timeline was not there for; more while the picture rests."""
DESCRIBE_EVERY_NS = 1_000_000_000
SCROLL_BAR_PX = 10


class TimelineCanvas(QWidget):
    """Shows who worked on what, and when. What can be done with it: `TimelineView`. GUI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._follower: Follower[Timeline] | None = None
        self._followed: Timeline | None = None
        self._colours = BarColours(DARK)
        self._cache = TimelineCache()
        self._viewport = Viewport()
        self._rows: list[TimelineRow] = []
        self._names: tuple[str, ...] = ()
        self._labels_width = 0.0
        self._layout = TimelineLayout(QRectF(), zoom(), 0.0, 0)
        self._at_ns = self._now_ns = self._first_ns = self._begun_ns = self._described_ns = 0
        self._is_live = True
        self._pointed_at: Span | None = None
        self._shows_focus = False
        self._shown: tuple[object, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Timeline"))
        self._scroll_bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._scroll_bar.setAccessibleName(self.tr("More workers"))
        self._scroll_bar.valueChanged.connect(self.update)
        self._scroll_bar.hide()
        self._follow_button = QPushButton(self.tr("▸ now"), self)
        self._follow_button.setObjectName("follow")
        self._follow_button.setAccessibleName(self.tr("Go along with now"))
        self._follow_button.setToolTip(self.tr("Show the playhead again, and go along with it (End)."))
        self._follow_button.clicked.connect(self.follow)
        set_role(self._follow_button, "compact")
        self._follow_button.hide()

    # --- what it is told ----------------------------------------------------------------------

    @property
    def catching_up(self) -> bool:
        """Whether there is more to take in or to paint, although nothing happens."""
        is_behind = self._follower is not None and not self._follower.is_up_to_date
        return is_behind or self._cache.is_behind

    @property
    def timeline(self) -> Timeline:
        """What was taken in so far."""
        return self._follower.projection if self._follower is not None else Timeline()

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size at which something can be read."""
        return QSize(zoomed(320), zoomed(120))

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(zoomed(1050), zoomed(220))

    def take_focus(self) -> None:
        """Let the keys be for this view."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of `theme`, and the zoom of now."""
        self._colours = BarColours(theme)
        self._names = ()
        self.update()

    def display(self, playhead: Playhead, session: Session) -> None:
        """Show `session`, with the playhead where it stands; once per frame while it is visible."""
        if session is not self._session:
            self._begin(playhead, session)
        is_live = playhead.is_live and not reason_at(self)  # the end of a recording does not move
        self._catch_up(LIVE_CATCH_UP_S if is_live else CATCH_UP_S)
        if is_live and not self._is_live:
            self._viewport.follow(playhead.at_ns)
        self._at_ns, self._is_live, self._now_ns = playhead.at_ns, is_live, playhead.now_ns
        self._first_ns = playhead.first_ns
        self._go_along()
        shown = self._what_is_shown()
        if shown != self._shown or self._cache.is_behind:
            self._shown = shown
            self.update()
        self._describe()

    def follow(self) -> None:
        """Show the playhead again, and go along with it."""
        self._viewport.follow(self._at_ns)
        self.changed()

    def fit(self) -> None:
        """Show all that is known, from its beginning to now."""
        timeline = self.timeline
        self._viewport.fit(self._known_from_ns, max(self._now_ns, timeline.last_ns), self._at_ns)
        self.changed()

    def changed(self) -> None:
        """Something else is to be shown now."""
        self._follow_button.setVisible(not self._viewport.is_following)
        self.update()

    @property
    def _known_from_ns(self) -> int:
        """The earliest moment of which the timeline knows."""
        return max(self._begun_ns, self.timeline.first_ns)

    def _begin(self, playhead: Playhead, session: Session) -> None:
        self._session = session
        self._follower = Follower(session.history, Timeline)
        self._begun_ns = session.history.first_ns
        self._cache.forget()
        self._pointed_at = None
        self._viewport = Viewport()
        self._lay_out()
        if not playhead.is_live:  # a recording: all of it is there
            self._viewport.fit(playhead.first_ns, playhead.now_ns, playhead.at_ns)
        self._is_live = playhead.is_live

    def _catch_up(self, budget_s: float) -> None:
        assert self._follower is not None
        until_s = perf_counter() + budget_s
        while self._follower.catch_up() and perf_counter() < until_s:
            pass
        timeline = self._follower.projection
        if timeline is not self._followed:
            self._followed = timeline
            self._cache.forget()
            self._rows = []
        if len(timeline.rows) != len(self._rows):
            self._rows = list(timeline.rows.values())

    def _go_along(self) -> None:
        self._lay_out()
        self._viewport.go_along(self._at_ns, is_live=self._is_live)
        self._follow_button.setVisible(not self._viewport.is_following)

    def _what_is_shown(self) -> tuple[object, ...]:
        scale, dpr = self._viewport.scale, self.devicePixelRatioF()
        edge = scale.right + 1
        return (
            scale,
            self.timeline,
            self.timeline.changed_count,
            round(scale.x_of(self._at_ns) * dpr),
            round(min(scale.x_of(self._now_ns), edge) * dpr),
            self._is_live,
            self._names,
        )

    def _describe(self) -> None:
        if 0 <= self._now_ns - self._described_ns < DESCRIBE_EVERY_NS and self.accessibleDescription():
            return
        self._described_ns = self._now_ns
        words = self.tr("{workers} workers; the playhead is at {moment}.").format(
            workers=len(self._rows), moment=moment_words(self._at_ns)
        )
        self.setAccessibleDescription(words)

    # --- where everything is ------------------------------------------------------------------

    def layout_now(self) -> TimelineLayout:
        """Return where the rows are."""
        width = self.width() - (zoomed(SCROLL_BAR_PX) if not self._scroll_bar.isHidden() else 0)
        box = QRectF(0, 0, width, self.height())
        scrolled = float(self._scroll_bar.value())
        layout = TimelineLayout(box, zoom(), self._labels_width, len(self._rows), scrolled)
        if layout != self._layout:  # an equal one knows already what follows from it
            self._layout = layout
        return self._layout

    def _lay_out(self) -> None:
        names = tuple(row.name for row in self._rows)
        if names != self._names or not self._labels_width:
            self._names, self._labels_width = names, labels_width(self._rows, zoom())
        layout = self.layout_now()
        overflow = round(layout.overflow)
        if overflow != self._scroll_bar.maximum() or (overflow > 0) == self._scroll_bar.isHidden():
            self._scroll_bar.setRange(0, overflow)
            self._scroll_bar.setPageStep(round(layout.plot.height()))
            self._scroll_bar.setSingleStep(max(1, round(layout.pitch)))
            self._scroll_bar.setVisible(overflow > 0)
            layout = self.layout_now()
        plot = layout.plot
        self._viewport.lay_out(plot.left(), plot.width(), self.devicePixelRatioF())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the controls at their edges."""
        super().resizeEvent(event)
        bar_width, axis = zoomed(SCROLL_BAR_PX), zoomed(round(AXIS_HEIGHT))
        self._scroll_bar.setGeometry(self.width() - bar_width, 0, bar_width, max(1, self.height() - axis))
        self._follow_button.setFixedSize(zoomed(64), zoomed(26))
        self._follow_button.move(
            self.width() - zoomed(64) - bar_width - zoomed(4), self.height() - axis - zoomed(30)
        )
        self._lay_out()

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the timeline."""
        self._lay_out()
        painter = QPainter(self)
        # An exception that leaves the painter open would crash Qt.
        try:
            self._paint(painter)
        finally:
            painter.end()
        if self._cache.is_behind and not self._is_live:  # live, the next frame goes on
            self.update()

    def _paint(self, painter: QPainter) -> None:
        layout, scale, timeline = self.layout_now(), self._viewport.scale, self.timeline
        view = PastView(self._colours, layout, self.devicePixelRatioF(), self._names)
        painter.fillRect(self.rect(), self._colours.theme.colour("panel"))
        painter.drawPixmap(0, 0, self._cache.pixmap(view, scale, self._rows))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = TimelinePainter(painter, self._colours, layout, scale)
        over.paint_axis()
        if not self._rows:
            over.paint_empty(self.tr("No worker yet. A row appears here for each, with a bar for each task."))
        plot = layout.plot
        painter.save()
        painter.setClipRect(plot)
        over.paint_forgotten(self._known_from_ns, self.tr("not kept any more"))
        over.paint_open(self._rows, self._now_ns)
        if not self._is_live:
            over.paint_marks(timeline, self._rows, self._at_ns + 1, self._now_ns)
            over.paint_veil(self._at_ns)
        over.paint_marks(timeline, self._rows, 0, self._at_ns)
        self._paint_pointed_at(over, timeline)
        painter.restore()
        over.paint_playhead(self._at_ns)
        if self._shows_focus and self.hasFocus():
            painter.setPen(QPen(self._colours.theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _paint_pointed_at(self, over: TimelinePainter, timeline: Timeline) -> None:
        """Ring the task that is pointed at, wherever it was, and link its deliveries."""
        if self._pointed_at is None:
            return
        places = {row.worker_id: place for place, row in enumerate(self._rows)}
        runs = timeline.runs(self._pointed_at.task_id)
        for before, after in pairwise(runs):
            over.marks.paint_link(Link(before, after), places)
        for run in runs:
            if run.work_ns is not None:
                end_ns = run.bar_end_ns if run.bar_end_ns is not None else self._now_ns
                over.paint_ring(over.bars.bar_box(places[run.worker_id], run.work_ns, end_ns))
