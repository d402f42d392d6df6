"""What is at a place of a timeline, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from workq_gui.core.projections.timeline import Timeline
from workq_gui.core.projections.timeline_row import TimelineRow
from workq_gui.core.projections.timeline_span import Span
from workq_gui.core.projections.timeline_words import mark_words, moment_words, span_words
from workq_gui.ui.timeline_layout import TimelineLayout
from workq_gui.ui.timeline_scale import TimelineScale

NEAR_PX = 2.0
NEAR_MARK_PX = 10.0


@dataclass(frozen=True, slots=True)
class Hit:
    """What is pointed at.

    Attributes:
        place: The place of the row.
        row: Which row.
        span: The work there, or None.
        more_count: How many other works are within the same few pixels.
    """

    place: int
    row: TimelineRow
    span: Span | None
    more_count: int = 0


def find_hit(
    layout: TimelineLayout,
    scale: TimelineScale,
    rows: Sequence[TimelineRow],
    x: float,
    y: float,
    now_ns: int,
) -> Hit | None:
    """Return what is at `x`, `y`; works that have not begun at `now_ns` are not there."""
    place = layout.row_at(y)
    if place is None or place >= len(rows):
        return None
    row = rows[place]
    if x < scale.left:
        return Hit(place, row, None)
    at_ns, near_ns = scale.ns_at(x), round(NEAR_PX * scale.ns_per_px)
    places = row.work_range(at_ns - near_ns, at_ns + near_ns)
    found = row.works[places.start : min(places.stop, places.start + 1000)]
    working = row.working
    begun_ns = working.work_ns if working is not None else None
    if working is not None and begun_ns is not None and begun_ns - near_ns <= at_ns <= now_ns + near_ns:
        found.append(working)
    if not found:
        return Hit(place, row, None)
    nearest = min(found, key=lambda span: _distance(span, at_ns, now_ns))
    return Hit(place, row, nearest, max(len(places), len(found)) - 1)


def _distance(span: Span, at_ns: int, now_ns: int) -> int:
    begin_ns = span.work_ns if span.work_ns is not None else span.start_ns
    end_ns = span.bar_end_ns if span.bar_end_ns is not None else now_ns
    return max(begin_ns - at_ns, at_ns - end_ns, 0)


def hit_words(hit: Hit, timeline: Timeline, scale: TimelineScale, x: float, now_ns: int) -> str:
    """Return what is said of what is pointed at, in lines."""
    row, at_ns = hit.row, scale.ns_at(x)
    if x < scale.left:
        return row.name
    near_ns = round(NEAR_MARK_PX * scale.ns_per_px)
    marks = row.marks_within(at_ns - 2 * near_ns, at_ns)
    told = [mark for mark in marks if mark_words(mark)]
    lines = [f"{moment_words(mark.at_ns)}: {row.name} {mark_words(mark)}" for mark in told[-3:]]
    near = [mark for mark in timeline.broker_marks if abs(mark.at_ns - at_ns) <= near_ns]
    lines += [f"{moment_words(mark.at_ns)}: {mark.words}" for mark in near[-2:]]
    lines += [f"  {mark.reason}" for mark in told[-1:] if mark.reason]
    if hit.span is not None:
        words = span_words(hit.span, row.name, now_ns)
        others = [run for run in timeline.runs(hit.span.task_id) if run is not hit.span]
        names = {timeline.rows[run.worker_id].name for run in others if run.worker_id in timeline.rows}
        if names:
            words += f"\nthe same task was also with {', '.join(sorted(names)[:4])}"
        done_count = sum(run.finished_ns is not None for run in (hit.span, *others))
        if done_count > 1:
            words += f"\nit was done {'twice' if done_count == 2 else f'{done_count} times'}"
        if hit.more_count:
            words += f"\nand {hit.more_count:,} more here: zoom in to tell them apart"
        return "\n".join([words, *lines])
    held = [span for span in row.spans_within(at_ns, at_ns) if span.work_ns is None or span.work_ns > at_ns]
    if held:
        lines.append(f"delivered ahead, and not begun: {len(held):,}")
    return "\n".join([f"{row.name} · {moment_words(at_ns)}", *lines])
