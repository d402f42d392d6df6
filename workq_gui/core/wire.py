"""What went over the wire of our own connections: each frame as it was seen, and as it reads."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from operator import itemgetter
from typing import NamedTuple

MOST_FRAMES = 50_000
MOST_BYTES = 64_000_000
"""So many frames are kept, and of them so many bytes: the latest. A frame can have 128 kB."""
MOST_DECODED = 2_000
SLACK = 5_000
"""Frames that are not kept any more are thrown away so many at a time: a list loses its head slowly."""
MOST_BETWEEN = 2_000
"""Content is looked for among so many frames after its method: others' frames may be between them."""
KNOWN_TYPES = (1, 2, 3, 8, 65)
METHOD_ID = slice(7, 11)
BODY_SIZE = slice(11, 19)
FRAME_OVERHEAD = 8
QUEUE_DECLARE, QUEUE_DECLARE_OK = (bytes((0, 50, 0, method)) for method in (10, 11))
QUEUE_NAME_AT = 13
PASSIVE = 1
WITH_CONTENT = tuple(bytes((0, 60, 0, method)) for method in (40, 50, 60, 71))
"""Basic.Publish, Basic.Return, Basic.Deliver, Basic.GetOk."""


class FrameType(IntEnum):
    """What a frame is, by its first byte, as AMQP 0-9-1 numbers them.

    A protocol header is no frame: it begins with the letter A. NOTE is none either: watching began there.
    """

    NOTE = 0
    METHOD = 1
    HEADER = 2
    BODY = 3
    HEARTBEAT = 8
    PROTOCOL_HEADER = 65
    UNKNOWN = -1


class WireRecord(NamedTuple):
    """A frame as it was seen, not decoded: that is done for those that somebody looks at.

    Attributes:
        at_ns: When its last byte was read, or when it was given out to be sent.
        owner: Whose connection: "publisher", "observer" or a WorkerId.
        is_outgoing: Whether it went to the broker.
        size_bytes: How long it was.
        raw: Its bytes, or the first of them. A password is not among them.
    """

    at_ns: int
    owner: str
    is_outgoing: bool
    size_bytes: int
    raw: bytes

    @property
    def frame_type(self) -> FrameType:
        """What it is."""
        first = self.raw[0] if self.raw else 0
        return FrameType(first) if first in KNOWN_TYPES or not self.raw else FrameType.UNKNOWN

    @property
    def asks_for_a_queue(self) -> bool | None:
        """Whether it is a passive Queue.Declare, which only looks; None if it is no Queue.Declare."""
        if self.raw[METHOD_ID] != QUEUE_DECLARE or self.raw[0] != FrameType.METHOD:
            return None
        bits = self.raw[QUEUE_NAME_AT + 1 + self.raw[QUEUE_NAME_AT] :][:1]
        return bool(bits) and bool(bits[0] & PASSIVE)

    @property
    def stream(self) -> tuple[str, bool, bytes] | None:
        """Which channel of whose connection, and which way: there one thing follows another."""
        return (self.owner, self.is_outgoing, self.raw[1:3]) if self.raw else None


@dataclass(frozen=True, slots=True)
class WireFrame:
    """A frame as it reads.

    Attributes:
        at_ns: See WireRecord; so are owner, is_outgoing and size_bytes.
        channel: The number of its channel; 0 is the connection itself.
        name: Class and method, such as "Basic.Publish", or what else it is.
        arguments: Name and value of each, in the order of the wire.
        properties: Likewise, of a content header: those that are set.
        body: Of a content body: the text, cut, with control characters made visible.
        body_bytes: How many bytes of a body are in this frame.
        raw: The first bytes of it.
        problem: Why it could not be taken apart; empty if it could.
    """

    at_ns: int
    owner: str
    is_outgoing: bool
    channel: int
    frame_type: FrameType
    name: str
    size_bytes: int
    raw: bytes
    arguments: tuple[tuple[str, str], ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    body: str = ""
    body_bytes: int = 0
    problem: str = ""

    @property
    def all_text(self) -> str:
        """All that can be searched for in it, in small letters."""
        pairs = " ".join(f"{name}={value}" for name, value in (*self.arguments, *self.properties))
        return f"{self.owner} {self.name} {pairs} {self.body}".casefold()


class WireLog:
    """The latest frames, by time. Belongs to the GUI thread.

    A frame has a number, which it keeps; content (header and body) belongs to the method before it. Some
    40,000 frames come in a second: what belongs together is looked for when somebody looks at it.
    """

    def __init__(
        self,
        decode: Callable[[WireRecord], WireFrame],
        most_frames: int = MOST_FRAMES,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._decode = decode
        self._most_frames, self._most_bytes = most_frames, most_bytes
        self._records: list[WireRecord] = []
        self._moments_ns: list[int] = []  # of the records, never falling
        self._gone = 0  # how many were thrown away: the number of the first record in the list
        self._first = 0
        self._kept_bytes = 0
        self._lost = 0
        self._decoded: OrderedDict[int, WireFrame] = OrderedDict()

    @property
    def first(self) -> int:
        """The number of the earliest frame that is kept."""
        return self._first

    @property
    def count(self) -> int:
        """How many frames there were: the number of the next."""
        return self._gone + len(self._records)

    @property
    def dropped_count(self) -> int:
        """How many frames were seen and are not kept, at least."""
        return self._first + self._lost

    def extend(self, batch: Iterable[WireRecord], lost_count: int = 0) -> None:
        """Take in `batch`, and that so many more were lost on the way here."""
        # Threads keep no order. Those of one connection do, and this sort keeps theirs.
        in_order = sorted(batch, key=_AT_NS)
        latest_ns = self._moments_ns[-1] if self._moments_ns else 0
        self._records += in_order
        self._moments_ns += [max(at_ns, latest_ns) for at_ns in map(_AT_NS, in_order)]
        self._kept_bytes += _raw_bytes(in_order)
        self._lost += lost_count
        self._forget()

    def record(self, number: int) -> WireRecord:
        """Return a frame that is kept, as it was seen."""
        return self._records[number - self._gone]

    def records(self, begin: int, end: int) -> Sequence[WireRecord]:
        """Return those from `begin` up to, and without, `end`."""
        return self._records[begin - self._gone : end - self._gone]

    def frame(self, number: int) -> WireFrame:
        """Return a frame that is kept, as it reads."""
        if number in self._decoded:
            self._decoded.move_to_end(number)
            return self._decoded[number]
        frame = self._decoded[number] = self._decode(self.record(number))
        if len(self._decoded) > MOST_DECODED:
            self._decoded.popitem(last=False)
        return frame

    def contents(self, number: int) -> Sequence[int]:
        """Return the numbers of the content frames that belong to the method `number`, so far."""
        stream = self.record(number).stream
        found: list[int] = []
        if stream is None or self.record(number).raw[METHOD_ID] not in WITH_CONTENT:
            return found
        missing_bytes = 1
        end = min(self.count, number + MOST_BETWEEN)
        for other, record in enumerate(self.records(number + 1, end), number + 1):
            if record.frame_type is FrameType.NOTE or missing_bytes <= 0:
                break
            if record.stream != stream:
                continue
            if record.frame_type is FrameType.HEADER:
                missing_bytes = int.from_bytes(record.raw[BODY_SIZE])
            elif record.frame_type is FrameType.BODY:
                missing_bytes -= record.size_bytes - FRAME_OVERHEAD
            else:
                break
            found.append(other)
        return found

    def method_of(self, number: int) -> int | None:
        """Return the number of the method that a content frame belongs to, if that is kept."""
        stream = self.record(number).stream
        for other in range(number - 1, max(self._first, number - MOST_BETWEEN) - 1, -1):
            record = self.record(other)
            if record.frame_type is FrameType.NOTE:  # what came before the gap has its content there, too
                break
            if record.frame_type is FrameType.METHOD and record.stream == stream:
                return other
        return None

    def number_at(self, at_ns: int) -> int:
        """Return how many frames there were up to the moment `at_ns`: the number of the next."""
        return max(self._first, self._gone + bisect_right(self._moments_ns, at_ns))

    def _forget(self) -> None:
        first = max(self._first, self.count - self._most_frames)
        self._kept_bytes -= _raw_bytes(self.records(self._first, first))
        while self._kept_bytes > self._most_bytes and first < self.count:
            self._kept_bytes -= len(self.record(first).raw)
            first += 1
        self._first = first
        if self._first - self._gone > min(SLACK, self._most_frames):
            del self._records[: self._first - self._gone]
            del self._moments_ns[: self._first - self._gone]
            self._gone = self._first


_AT_NS = itemgetter(0)
_RAW = itemgetter(4)


def _raw_bytes(records: Iterable[WireRecord]) -> int:
    return sum(map(len, map(_RAW, records)))
