"""The part of a timeline that changes no more, kept as a bitmap from frame to frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap, QRegion

from workq_gui.core.events import WorkerId
from workq_gui.core.projections.timeline_row import TimelineRow
from workq_gui.ui.timeline_colours import BarColours
from workq_gui.ui.timeline_layout import TimelineLayout
from workq_gui.ui.timeline_painter import TimelinePainter
from workq_gui.ui.timeline_scale import TimelineScale
from workq_gui.ui.timeline_thin import BLOCK_PX

BUDGET_S, LIVE_BUDGET_S = 0.004, 0.001
"""So long a frame may paint what is missing: all of it, or only what is new. The next frames do the rest."""
MARGIN_PX = 4.0
"""The edge of a bar may be so far from where its time is."""

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PastView:
    """All that the bitmap depends on, but for the events and where it begins; equal views look equal.

    Attributes:
        dpr: Device pixels for each logical one.
        names: What the rows are called.
    """

    colours: BarColours
    layout: TimelineLayout
    dpr: float
    names: tuple[str, ...]


class TimelineCache:
    """Keeps names, grid and ended works as a bitmap, and paints only what is new. GUI thread."""

    def __init__(self) -> None:
        self._view: PastView | None = None
        self._scale: TimelineScale | None = None
        self._pixmap = QPixmap()
        self._painted: dict[WorkerId, int] = {}
        self._stale: dict[int, Stretch] = {}
        self._is_anew = False

    @property
    def is_behind(self) -> bool:
        """Whether something is still to be painted: a picture was larger than a frame's budget."""
        return bool(self._stale)

    def forget(self) -> None:
        """Paint all anew next time: these are the rows of another session."""
        self._view, self._scale = None, None

    def pixmap(
        self,
        view: PastView,
        scale: TimelineScale,
        rows: Sequence[TimelineRow],
    ) -> QPixmap:
        """Return the picture of what has ended; if there is much to paint, only the part that is painted."""
        if view != self._view:
            self._begin(view, scale, rows)
        elif scale != self._scale:
            self._follow_scale(view, scale, rows)
        self._find_new_works(view.layout, scale, rows)
        if self._stale:
            self._paint_stale(view, scale, rows)
        return self._pixmap

    def _begin(self, view: PastView, scale: TimelineScale, rows: Sequence[TimelineRow]) -> None:
        box = view.layout.box
        self._pixmap = QPixmap(round(box.width() * view.dpr), round(box.height() * view.dpr))
        self._pixmap.setDevicePixelRatio(view.dpr)
        self._view, self._scale = view, scale
        with _Painting(self._pixmap) as painter:
            painter.fillRect(box, view.colours.theme.colour("panel"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            over = TimelinePainter(painter, view.colours, view.layout, scale)
            over.paint_names(rows)
            over.paint_grid(view.layout.plot)
        self._all_stale(view.layout, rows)

    def _all_stale(self, layout: TimelineLayout, rows: Sequence[TimelineRow]) -> None:
        plot = layout.plot
        self._stale = {place: (plot.left(), plot.right()) for place in layout.visible_rows()}
        self._painted = {row.worker_id: row.works_count for row in rows}
        self._is_anew = True

    def _follow_scale(self, view: PastView, scale: TimelineScale, rows: Sequence[TimelineRow]) -> None:
        """The times are elsewhere now: move what is painted, or paint it anew."""
        old, plot = self._scale, view.layout.plot
        assert old is not None
        self._scale = scale
        shift = (old.first_ns - scale.first_ns) / scale.ns_per_px
        device_shift = shift * view.dpr
        is_moved = old.ns_per_px == scale.ns_per_px and abs(shift) < plot.width()
        if is_moved and abs(device_shift - round(device_shift)) < 0.05:
            self._move(view, scale, rows, round(device_shift))
            return
        self._stretch(view, old, scale)
        self._all_stale(view.layout, rows)

    def _move(
        self, view: PastView, scale: TimelineScale, rows: Sequence[TimelineRow], device_shift: int
    ) -> None:
        plot, dpr = view.layout.plot, view.dpr
        shift = device_shift / dpr
        box = QRect(
            round(plot.left() * dpr),
            0,
            round(plot.width() * dpr),
            round(plot.bottom() * dpr),
        )
        self._pixmap.scroll(device_shift, 0, box, QRegion())
        exposed = (plot.right() + shift, plot.right()) if shift < 0 else (plot.left(), plot.left() + shift)
        exposed = (max(plot.left(), exposed[0] - MARGIN_PX), min(plot.right(), exposed[1] + MARGIN_PX))
        self._stale = {place: _clipped(stretch, shift, plot) for place, stretch in self._stale.items()}
        with _Painting(self._pixmap) as painter:
            strip = QRectF(exposed[0], 0, exposed[1] - exposed[0], plot.bottom())
            painter.fillRect(strip, view.colours.theme.colour("panel"))
            TimelinePainter(painter, view.colours, view.layout, scale).paint_grid(
                strip.adjusted(0, plot.top(), 0, 0)
            )
        from_ns, to_ns = scale.ns_at(exposed[0]), scale.ns_at(exposed[1])
        for place in view.layout.visible_rows():
            if rows[place].work_range(from_ns, to_ns):
                self._add_stale(place, exposed)

    def _stretch(self, view: PastView, old: TimelineScale, scale: TimelineScale) -> None:
        """Show the old picture at the new scale, until the new one is painted."""
        plot, dpr = view.layout.plot, view.dpr
        before = self._pixmap.copy()
        before.setDevicePixelRatio(1.0)
        source = QRectF(plot.left() * dpr, 0, plot.width() * dpr, plot.bottom() * dpr)
        left = scale.x_of(old.first_ns)
        target = QRectF(left, 0, scale.x_of(old.last_ns) - left, plot.bottom())
        with _Painting(self._pixmap) as painter:
            painter.setClipRect(QRectF(plot.left(), 0, plot.width(), plot.bottom()))
            painter.fillRect(view.layout.box, view.colours.theme.colour("panel"))
            painter.drawPixmap(target, before, source)
            # Below the last row nothing is painted later.
            end = min(view.layout.row_top(view.layout.row_count), plot.bottom())
            rest = QRectF(plot.left(), end, plot.width(), plot.bottom() - end)
            painter.fillRect(rest, view.colours.theme.colour("panel"))
            TimelinePainter(painter, view.colours, view.layout, scale).paint_grid(rest)

    def _find_new_works(
        self, layout: TimelineLayout, scale: TimelineScale, rows: Sequence[TimelineRow]
    ) -> None:
        plot = layout.plot
        for place in layout.visible_rows():
            row = rows[place]
            known = self._painted.get(row.worker_id, 0)
            if row.works_count == known or not row.works:
                continue
            self._painted[row.worker_id] = row.works_count
            begin_ns, end_ns = row.stretch_since(known)
            left, right = scale.x_of(begin_ns) - MARGIN_PX, scale.x_of(end_ns) + MARGIN_PX
            if right >= plot.left() and left <= plot.right():
                self._add_stale(place, (max(plot.left(), left), min(plot.right(), right)))

    def _add_stale(self, place: int, stretch: Stretch) -> None:
        old = self._stale.get(place, stretch)
        self._stale[place] = (min(old[0], stretch[0]), max(old[1], stretch[1]))

    def _paint_stale(self, view: PastView, scale: TimelineScale, rows: Sequence[TimelineRow]) -> None:
        layout, plot, panel = view.layout, view.layout.plot, view.colours.theme.colour("panel")
        until_s = perf_counter() + (BUDGET_S if self._is_anew else LIVE_BUDGET_S)
        with _Painting(self._pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, layout.has_words)
            over = TimelinePainter(painter, view.colours, layout, scale)
            grid = [x for x, _ in over.ticks()]
            while self._stale:
                place = next(iter(self._stale))  # the one that has waited longest
                left, right = _whole_blocks(self._stale.pop(place), scale)
                strip = QRectF(left, layout.row_top(place), right - left, layout.pitch) & plot
                painter.setClipRect(strip)
                painter.fillRect(strip, panel)
                for x in grid:
                    if left <= x <= right:
                        painter.fillRect(QRectF(x, strip.top(), 1, strip.height()), view.colours.line)
                over.bars.paint_ended(rows[place], place, left, right)
                if perf_counter() > until_s:
                    return
        self._is_anew = False


class _Painting:
    """A painter on a bitmap that is closed whatever happens: left open it would crash Qt."""

    def __init__(self, pixmap: QPixmap) -> None:
        self._painter = QPainter(pixmap)

    def __enter__(self) -> QPainter:
        return self._painter

    def __exit__(self, *_: object) -> None:
        self._painter.end()


def _whole_blocks(stretch: Stretch, scale: TimelineScale) -> Stretch:
    """Return all blocks that `stretch` touches: how each of them is drawn is decided for all of it."""
    block_ns = BLOCK_PX * scale.ns_per_px
    first, last = (int(scale.ns_at(x) // block_ns) for x in stretch)
    return scale.pixel_of(first * block_ns), scale.pixel_of((last + 1) * block_ns)


def _clipped(stretch: Stretch, shift: float, plot: QRectF) -> Stretch:
    left, right = (min(max(x + shift, plot.left()), plot.right()) for x in stretch)
    return left, right
