"""What a crowd is drawn as: bands along the lines, dots from the producer, filled tubes. No painting.

All of it follows from what flew in the last moments, so that any moment looks the same whenever it is seen.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log10
from operator import attrgetter

from workq_gui.core.events import WorkerId
from workq_gui.core.projections.flight import DURATION_NS, MS, Flight, FlightKind
from workq_gui.core.projections.flight_log import COMMON_PARTS, PART_NS
from workq_gui.core.projections.scene import Scene
from workq_gui.core.state import State
from workq_gui.core.tasks import count_dots
from workq_gui.ui.theme import KINDS

SINGLE_UP_TO, STREAMS_FROM = 340, 460
"""So many common flights are drawn one by one, and so many as streams; in between as both."""
FADE_PARTS = 300 * MS // PART_NS
MOST_LINES, BUNDLES = 12, 10
MOST_DOTS = 96
HALF_DOTS_RATE = 2_000.0
"""At so many tasks a second half of the dots are there."""
HALF_WIDTH_RATE = 400.0
THINNEST, WIDEST = 1.6, 8.0
"""The width of a band, in pixels of the design."""
ABOUT_AS_FREQUENT = 0.7
KIND_LASTS_NS = 500 * MS
"""So long a band keeps its colour, and a figure its value, that they can be read."""
SAMPLES = 300
"""So many tasks are looked at for the colours of all bands."""
SCATTER = 7919
"""A prime: workers that take turns would be missed by every second or tenth one."""
MOST_COUNTED = 40
FILLED_FROM = (250, 450)
"""So many waiting tasks begin to fill a tube, and do, while single tokens fly."""
ONE_TENFOLD = 0.2
"""A queue that is ten times as long fills so much more of its tube."""
QUEUE_AND_WORKER = attrgetter("queue", "worker_id")
_BandKey = tuple[str, float]
"""From which queue, and to which height at the right edge of the stage."""


BANDS_LAST_NS = 100 * MS
"""So long a band keeps its width: a wide curve is the dearest thing on the stage to paint."""


@dataclass(frozen=True, slots=True)
class Band:
    """What flows along one line, or along a bundle of neighbouring ones.

    Attributes:
        y: Where it meets the right edge of the stage.
        rate: Deliveries a second.
        width: In pixels of the design.
        kind: The most frequent one; an index of the colours.
    """

    queue: str
    y: float
    rate: float
    width: float
    kind: int

    @property
    def strength(self) -> float:
        """How opaque it is: a trickle is faint."""
        return min(1.0, self.rate / 10.0)


@dataclass(frozen=True, slots=True)
class StreamDot:
    """A small dot on its way from the producer: one of the tasks that are there just now.

    Attributes:
        fraction: Of its way, 0.0 at the producer.
        aside: How far it strays from its way, -1.0 to 1.0.
    """

    queue: str
    fraction: float
    aside: float
    kind: int


@dataclass(frozen=True, slots=True)
class Fill:
    """What a tube is filled with, from its head.

    Attributes:
        amount: How far it stands in for single tokens: 0.0 to 1.0.
        segments: Of each kind that waits: where it begins and ends, in parts of the tube from its head.
    """

    amount: float
    segments: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True)
class Streams:
    """All streams of a moment.

    Attributes:
        amount: How far streams stand in for single tokens: 0.0 to 1.0.
        publish_rate: Tasks a second; a figure to be read.
        delivery_rate: The same for deliveries.
    """

    amount: float = 0.0
    publish_rate: int = 0
    delivery_rate: int = 0
    bands: list[Band] = field(default_factory=list)
    dots: list[StreamDot] = field(default_factory=list)
    fills: dict[str, Fill] = field(default_factory=dict)

    @property
    def is_told(self) -> bool:
        """Whether words tell of streams."""
        return self.amount >= 0.5


def streaming_at(scene: Scene, at_ns: int) -> float:
    """Return how far streams stand in for single tokens: the mean of what the last 300 ms ask for."""
    if scene.kept_count <= SINGLE_UP_TO:
        return 0.0
    part, rest_ns = divmod(at_ns, PART_NS)
    levels = [
        _ramp(scene.common_count_before(part - back), SINGLE_UP_TO, STREAMS_FROM)
        for back in range(FADE_PARTS + 1)
    ]
    return _moving_mean(levels, rest_ns / PART_NS)


def settles_ns(scene: Scene) -> int:
    """Return from when on nothing in the air, and no stream, changes by time alone."""
    crowd_ns = (FADE_PARTS + 1) * PART_NS if scene.kept_count > SINGLE_UP_TO else 0
    return scene.last_landing_ns + crowd_ns


def filled_at(state: State, queue: str, slot_count: int, at_ns: int, streaming: float) -> float:
    """Return how far a tube's filling stands in for single tokens, for what has landed in the queue."""
    ready_count = state.board.ready_count_in(queue)
    low = FILLED_FROM[0] + (slot_count - FILLED_FROM[0]) * streaming
    high = FILLED_FROM[1] + (3 * slot_count - FILLED_FROM[1]) * streaming
    if ready_count <= low:
        return 0.0
    part, rest_ns = divmod(at_ns, PART_NS)
    published = [
        _count_to(queue, state.scene.started_in(part - back, FlightKind.PUBLISH))
        for back in range(FADE_PARTS + COMMON_PARTS[FlightKind.PUBLISH] + 1)
    ]
    flies = COMMON_PARTS[FlightKind.PUBLISH]
    levels = [
        _ramp(ready_count - sum(published[: back + flies]), low, high) for back in range(FADE_PARTS + 1)
    ]
    return _moving_mean(levels, rest_ns / PART_NS)


def segments(kind_counts: Mapping[int, int]) -> tuple[tuple[int, float, float], ...]:
    """Return the parts of a tube that the kinds fill, from its head; their lengths go by their counts."""
    counts: Counter[int] = Counter()
    for dots, count in sorted(kind_counts.items()):
        if count > 0:
            counts[dots % len(KINDS)] += count
    total, begins, found = sum(counts.values()), 0.0, []
    filled = min(1.0, ONE_TENFOLD * log10(total + 1))
    for kind, count in counts.items():
        ends = begins + filled * count / total
        found.append((kind, begins, ends))
        begins = ends
    return tuple(found)


def bundles(anchors: Mapping[WorkerId, float]) -> dict[WorkerId, float]:
    """Return for each worker where its band meets the right edge: of many lines, neighbours share one."""
    rows = sorted(set(anchors.values()))
    if len(rows) <= MOST_LINES:
        return dict(anchors)
    middle_of = {}
    for nth in range(BUNDLES):
        group = rows[nth * len(rows) // BUNDLES : (nth + 1) * len(rows) // BUNDLES]
        middle_of.update(dict.fromkeys(group, group[len(group) // 2]))
    return {worker_id: middle_of[y] for worker_id, y in anchors.items()}


class StreamFinder:
    """Finds the streams of a moment; keeps what does not change with each frame. GUI thread."""

    def __init__(self) -> None:
        self._anchors: Mapping[WorkerId, float] = {}
        self._bundle_of: dict[WorkerId, float] = {}
        self._state: State | None = None
        self._counted: dict[int, tuple[int, dict[_BandKey, int]]] = {}
        self._kinds_of = -1
        self._kinds: dict[_BandKey, int] = {}

    def find(
        self,
        state: State,
        at_ns: int,
        anchors: Mapping[WorkerId, float],
        streaming: float,
        filled: Mapping[str, float],
        is_still: bool = False,
    ) -> Streams:
        """Return the streams.

        Args:
            state: What happened.
            at_ns: The moment.
            anchors: Where each worker's line meets the right edge of the stage: its y.
            streaming: How far streams stand in for single tokens: 0.0 to 1.0.
            filled: How far each queue's filling stands in for its tokens.
            is_still: Nothing is to move.
        """
        fills = {
            queue: Fill(amount, segments(state.board.kinds_in(queue)))
            for queue, amount in filled.items()
            if amount
        }
        if not streaming:
            return Streams(fills=fills)
        if state is not self._state or anchors != self._anchors:
            self._state, self._anchors, self._bundle_of = state, dict(anchors), bundles(anchors)
            self._kinds_of = -1
            self._counted.clear()
        scene = state.scene
        return Streams(
            streaming,
            _rate_to_read(scene, at_ns, FlightKind.PUBLISH),
            _rate_to_read(scene, at_ns, FlightKind.DELIVER),
            self._bands(state, at_ns - at_ns % BANDS_LAST_NS),
            stream_dots(state, at_ns, is_still),
            fills,
        )

    def _bands(self, state: State, at_ns: int) -> list[Band]:
        part, rest_ns = divmod(at_ns, PART_NS)
        length, share = COMMON_PARTS[FlightKind.DELIVER], rest_ns / PART_NS
        counts: dict[_BandKey, float] = {}
        for back in range(1, length + 2):
            weight = share if back == 1 else 1.0 - share if back == length + 1 else 1.0
            for key, count in self._started(state, part - back).items():
                counts[key] = counts.get(key, 0.0) + weight * count
        kinds = self._kinds_at(state, at_ns)
        return [
            _band(key, count * 1000 * MS / DURATION_NS[FlightKind.DELIVER], kinds.get(key, 0))
            for key, count in sorted(counts.items())
            if count
        ]

    def _started(self, state: State, part: int) -> dict[_BandKey, int]:
        """Return how many deliveries started in a part of the time, by their band; counted once."""
        flights = state.scene.started_in(part, FlightKind.DELIVER)
        known = self._counted.get(part)
        if known is not None and known[0] == len(flights):
            return known[1]
        counts: dict[_BandKey, int] = {}
        for (queue, worker_id), count in Counter(map(QUEUE_AND_WORKER, flights)).items():
            if (y := self._bundle_of.get(worker_id)) is not None:
                counts[queue, y] = counts.get((queue, y), 0) + count
        if len(self._counted) > MOST_COUNTED:
            self._counted.clear()
        self._counted[part] = (len(flights), counts)
        return counts

    def _kinds_at(self, state: State, at_ns: int) -> dict[_BandKey, int]:
        """Return the most frequent kind of each band; it changes only now and then."""
        moment = at_ns // KIND_LASTS_NS
        if moment == self._kinds_of:
            return self._kinds
        part = moment * KIND_LASTS_NS // PART_NS
        parts = range(part - COMMON_PARTS[FlightKind.DELIVER], part)
        flights = [f for p in parts for f in state.scene.started_in(p, FlightKind.DELIVER)]
        found: dict[_BandKey, Counter[int]] = {}
        for nth in range(min(len(flights), SAMPLES)):
            flight = flights[nth * SCATTER % len(flights)]
            y = self._bundle_of.get(flight.worker_id) if flight.worker_id else None
            if y is not None and (kind := _kind_of(state, flight)) is not None:
                found.setdefault((flight.queue, y), Counter())[kind] += 1
        ordered = enumerate(sorted(found.items(), key=lambda item: item[0]))
        kinds = {band: most_frequent(counts, nth) for nth, (band, counts) in ordered}
        if kinds:  # else streams began only now: the next frame may know
            self._kinds_of, self._kinds = moment, kinds
        return kinds or self._kinds


def _band(key: _BandKey, rate: float, kind: int) -> Band:
    return Band(*key, rate, THINNEST + (WIDEST - THINNEST) * rate / (rate + HALF_WIDTH_RATE), kind)


def most_frequent(counts: Mapping[int, int], nth: int) -> int:
    """Return the most frequent kind; of several about as frequent, one that goes by `nth`."""
    most = max(counts.values(), default=0)
    chosen = sorted(kind for kind, count in counts.items() if count >= ABOUT_AS_FREQUENT * most)
    return chosen[nth % len(chosen)] if chosen else 0


def stream_dots(state: State, at_ns: int, is_still: bool = False) -> list[StreamDot]:
    """Return the dots between producer and queue; where more was published, more of them are there."""
    flies_ns = DURATION_NS[FlightKind.PUBLISH]
    now_ns = at_ns // KIND_LASTS_NS * KIND_LASTS_NS if is_still else at_ns
    dots = []
    for nth in range(MOST_DOTS):
        # Golden ratios: however many are there, they are spread evenly, and none moves for another.
        offset = nth * 0.6180339887 % 1.0
        fraction = offset if is_still else (offset + at_ns / flies_ns) % 1.0
        started = state.scene.started_in(round(now_ns - fraction * flies_ns) // PART_NS, FlightKind.PUBLISH)
        rate = len(started) * 1000 * MS / PART_NS
        if not started or nth * 0.7548776662 % 1.0 > rate / (rate + HALF_DOTS_RATE):
            continue
        flight = started[nth * 7 % len(started)]
        aside = nth * 0.5698402910 % 1.0 * 2.0 - 1.0
        dots.append(StreamDot(flight.queue, fraction, aside, _kind_of(state, flight) or 0))
    return dots


def _kind_of(state: State, flight: Flight) -> int | None:
    task = state.board.tasks.get(flight.task_id)
    return None if task is None else count_dots(task.text) % len(KINDS)


def _rate_to_read(scene: Scene, at_ns: int, kind: FlightKind) -> int:
    """Return how many flights started in a second, to three digits, as of the last half second."""
    end = at_ns // KIND_LASTS_NS * KIND_LASTS_NS // PART_NS
    parts = KIND_LASTS_NS // PART_NS
    count = sum(len(scene.started_in(part, kind)) for part in range(end - parts, end))
    return int(float(f"{count * 1000 * MS / KIND_LASTS_NS:.3g}"))


def _count_to(queue: str, flights: Sequence[Flight]) -> int:
    return sum([flight.queue == queue for flight in flights])


def _ramp(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _moving_mean(levels: Sequence[float], share: float) -> float:
    """Return the mean of all but one; the newest comes in as the oldest goes out."""
    return (share * levels[0] + sum(levels[1:-1]) + (1.0 - share) * levels[-1]) / (len(levels) - 1)
