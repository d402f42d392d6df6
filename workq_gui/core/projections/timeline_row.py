"""What one worker had and did, in the order of time: the row of a timeline."""

from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator

from workq_gui.core.events import TaskId, WorkerId
from workq_gui.core.projections.intervals import Intervals
from workq_gui.core.projections.timeline_mark import Mark
from workq_gui.core.projections.timeline_span import KINDS_COUNT, Ending, Span

BLOCK = 64
"""So many spans in a row are looked at together, when those of some time are looked for."""


class TimelineRow:
    """What one worker had and did. Written by the timeline alone. Belongs to the GUI thread.

    A worker works on one task at a time: the works are one after the other, and what they come to in any
    stretch of time is told by sums up to each of them, without a look at them all.

    Attributes:
        worker_id: Whose row it is.
        name: What the worker is called where people read it.
        spans: All deliveries to it, by when they came.
        works: The spans whose work has ended, by when it began; it only grows, but for what is forgotten.
        working: What it works on.
        marks: What happened to the worker, by its time.
        redelivered: When it was given a task that somebody may have seen before.
        ahead: When it held tasks that it had not begun.
        unacked: When it held tasks that it had done and not acked.
        frozen: When it was frozen.
        ended_ns: When its connection ended; None while it lasts.
        forgotten_count: How many works are kept no more.
        acks_early: Whether the broker has forgotten what it works on.
        never_acks: Whether its code sends no ack that counts.
        in_hand: What was delivered to it and is neither done nor gone.
        waiting: What it has not begun, in the order in which it will.
        ended_with: What it had in hand when its connection ended last.
        end_mark: The mark of that end.
    """

    def __init__(self, worker_id: WorkerId, name: str) -> None:
        self.worker_id = worker_id
        self.name = name
        self.spans: list[Span] = []
        self.works: list[Span] = []
        self.working: Span | None = None
        self.marks: list[Mark] = []
        self.redelivered = array("q")
        self.ahead = Intervals()
        self.unacked = Intervals()
        self.frozen = Intervals()
        self.ended_ns: int | None = None
        self.forgotten_count = 0
        self.acks_early = False
        self.never_acks = False
        self.in_hand: dict[TaskId, Span] = {}
        self.waiting: deque[Span] = deque()
        self.ended_with: dict[TaskId, Span] = {}
        self.end_mark: Mark | None = None
        self._starts = array("q")
        self._work_starts = array("q")
        self._work_ends = array("q")
        self._busy_sums = array("q", (0,))
        self._kinds = bytearray()
        self._block_ends: list[int] = []  # until when a block of spans reaches
        self._block_open: list[int] = []
        self._first_index = 0

    # --- what there was -----------------------------------------------------------------------

    @property
    def works_count(self) -> int:
        """How many works have ended, those that are forgotten included."""
        return self.forgotten_count + len(self.works)

    def work_range(self, from_ns: int, to_ns: int) -> range:
        """Return the places in `works` of those that touch the time from `from_ns` to `to_ns`."""
        return range(bisect_left(self._work_ends, from_ns), bisect_right(self._work_starts, to_ns))

    def stretch_since(self, count: int) -> tuple[int, int]:
        """Return from when to when there was any of the works after the first `count`; there must be one."""
        place = max(0, count - self.forgotten_count)
        return self._work_starts[place], self._work_ends[-1]

    def bars(self, from_ns: int, to_ns: int) -> Iterator[tuple[int, int, Span]]:
        """Yield begin and end of each ended work that touches the time from `from_ns` to `to_ns`."""
        for place in self.work_range(from_ns, to_ns):
            yield self._work_starts[place], self._work_ends[place], self.works[place]

    def density(self, first_ns: int, step_ns: float, count: int) -> Iterator[tuple[int, float, int]]:
        """Yield what the row comes to in each of `count` stretches of `step_ns` where there was any work.

        Yields:
            The number of the stretch, the share of it that was worked, and the most frequent kind of task.
        """
        starts, ends, sums = self._work_starts, self._work_ends, self._busy_sums
        number, place, total = 0, bisect_left(ends, first_ns), len(starts)
        while place < total:
            begins_in = int((starts[place] - first_ns) / step_ns)
            number = max(number, begins_in)
            if number >= count:
                return
            begin_ns, end_ns = first_ns + int(number * step_ns), first_ns + int((number + 1) * step_ns)
            after = bisect_left(starts, end_ns, place, total)
            if after > place:
                busy_ns = sums[after] - sums[place]
                busy_ns -= max(0, begin_ns - starts[place]) + max(0, ends[after - 1] - end_ns)
                yield number, min(1.0, max(0.0, busy_ns / step_ns)), self._main_kind(place, after)
                # The last of them may reach into the stretches that follow.
                place = after - 1 if ends[after - 1] > end_ns else after
            number += 1

    def _main_kind(self, place: int, after: int) -> int:
        """Return the most frequent kind of the works from `place` to before `after`."""
        if after - place <= 2:
            return self.works[after - 1].kind
        kinds = self._kinds[place:after]
        return max(range(KINDS_COUNT), key=kinds.count)

    def next_work_ns(self, at_ns: int) -> int | None:
        """Return when the first work from `at_ns` on began."""
        place = bisect_left(self._work_starts, at_ns)
        if place < len(self._work_starts):
            return self._work_starts[place]
        begun_ns = self.working.work_ns if self.working is not None else None
        return begun_ns if begun_ns is not None and begun_ns >= at_ns else None

    def spans_within(self, from_ns: int, to_ns: int) -> list[Span]:
        """Return all deliveries that it had at any time from `from_ns` to `to_ns`, by when they came."""
        until = bisect_right(self._starts, to_ns)
        found: list[Span] = []
        for block, reach_ns in enumerate(self._block_ends):
            if block * BLOCK >= until:
                break
            if self._block_open[block] or reach_ns >= from_ns:
                found += (
                    span
                    for span in self.spans[block * BLOCK : min(until, (block + 1) * BLOCK)]
                    if span.end_ns is None or span.end_ns >= from_ns
                )
        return found

    # --- what the timeline writes -------------------------------------------------------------

    def deliver(self, span: Span) -> None:
        """It was given a task."""
        if self.spans:  # within one thread time does not run backwards: a queue of facts may by a hair
            span.start_ns = max(span.start_ns, self.spans[-1].start_ns)
        place = len(self.spans)
        span.index = self._first_index + place
        if place % BLOCK == 0:
            self._block_ends.append(0)
            self._block_open.append(0)
        self._block_open[-1] += 1
        self.spans.append(span)
        self._starts.append(span.start_ns)
        self.in_hand[span.task_id] = span
        if self.working is None and not self.waiting:
            span.work_ns, self.working = span.start_ns, span
        else:
            self.waiting.append(span)
            self.ahead.add(span.start_ns, 1)

    def begin_next(self, at_ns: int) -> None:
        """It takes up the next task that it holds, if there is one."""
        self.working = None
        while self.waiting:
            span = self.waiting.popleft()
            if span.end_ns is not None:
                continue
            span.work_ns = max(at_ns, span.start_ns)
            self.working = span
            self.ahead.add(span.work_ns, -1)
            return

    def begin_instead(self, span: Span, at_ns: int) -> None:
        """It works on `span`, not on what it was thought to: nobody sees what a stranger takes up first."""
        thought = self.working
        self.waiting.remove(span)
        if thought is None or thought.work_ns is None:
            span.work_ns = at_ns
            self.ahead.add(at_ns, -1)
        else:
            span.work_ns = max(thought.work_ns, span.start_ns)
            self.waiting.appendleft(thought)
            thought.work_ns = None
        self.working = span

    def close_work(self, span: Span, at_ns: int) -> None:
        """The work on `span` has ended, in whichever way."""
        assert span.work_ns is not None
        if self.working is span:
            self.working = None
        end_ns = max(at_ns, span.work_ns)
        self.works.append(span)
        self._work_starts.append(span.work_ns)
        self._work_ends.append(end_ns)
        self._busy_sums.append(self._busy_sums[-1] + end_ns - span.work_ns)
        self._kinds.append(span.kind)

    def end(self, span: Span, at_ns: int, ending: Ending) -> None:
        """It has `span` no more."""
        span.end_ns, span.ending = max(at_ns, span.work_ns or span.start_ns, span.finished_ns or 0), ending
        if span.work_ns is None:
            self.ahead.add(span.end_ns, -1)
        elif span.finished_ns is None:
            self.close_work(span, span.end_ns)
        elif not span.is_forgotten:
            self.unacked.add(span.end_ns, -1)
        if self.in_hand.get(span.task_id) is span:
            del self.in_hand[span.task_id]
        block = (span.index - self._first_index) // BLOCK
        self._block_open[block] -= 1
        self._block_ends[block] = max(self._block_ends[block], span.end_ns)

    def add_mark(self, mark: Mark) -> None:
        """Keep `mark`, in order of time."""
        place = bisect_right(self.marks, mark.at_ns, key=lambda other: other.at_ns)
        self.marks.insert(place, mark)

    def marks_within(self, from_ns: int, to_ns: int) -> list[Mark]:
        """Return the marks from `from_ns` to `to_ns`."""
        first = bisect_left(self.marks, from_ns, key=lambda mark: mark.at_ns)
        return self.marks[first : bisect_right(self.marks, to_ns, key=lambda mark: mark.at_ns)]

    def redelivered_groups(self, from_ns: int, to_ns: int, step_ns: int) -> Iterator[tuple[int, int]]:
        """Yield when there were redeliveries, those within `step_ns` of a first as one, and their count."""
        times = self.redelivered
        place, until = bisect_left(times, from_ns), bisect_right(times, to_ns)
        while place < until:
            after = bisect_left(times, times[place] + max(1, step_ns), place, until)
            yield times[place], after - place
            place = after

    def forget(self, before_ns: int) -> list[Span]:
        """Drop what ended before `before_ns`; return the spans that are dropped."""
        blocks = 0
        while (
            blocks < len(self._block_ends) - 1
            and not self._block_open[blocks]
            and self._block_ends[blocks] < before_ns
        ):
            blocks += 1
        dropped = self.spans[: blocks * BLOCK]
        del self.spans[: len(dropped)], self._starts[: len(dropped)]
        del self._block_ends[:blocks], self._block_open[:blocks]
        self._first_index += len(dropped)
        count = bisect_left(self._work_ends, before_ns)
        self.forgotten_count += count
        del self.works[:count], self._work_starts[:count], self._work_ends[:count]
        del self._busy_sums[:count], self._kinds[:count]
        del self.marks[: bisect_left(self.marks, before_ns, key=lambda mark: mark.at_ns)]
        del self.redelivered[: bisect_left(self.redelivered, before_ns)]
        for intervals in (self.ahead, self.unacked, self.frozen):
            intervals.forget(before_ns)
        return dropped
