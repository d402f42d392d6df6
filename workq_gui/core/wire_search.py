"""Looks through the frames of a wire for those that somebody wants to see, a slice at a time."""

from bisect import bisect_left, insort
from dataclasses import dataclass

from workq_gui.core.wire import METHOD_ID, QUEUE_DECLARE_OK, FrameType, WireLog, WireRecord

OBSERVER = "observer"
"""The owner of the connection that watches other people's clients."""
CONTENT = (FrameType.HEADER, FrameType.BODY)


@dataclass(frozen=True, slots=True)
class WireFilter:
    """Which frames are wanted: those for which all of it holds.

    Attributes:
        words: What is in its name, arguments, properties or body, in capitals or not; empty for any.
        owner: Whose connection; empty for any.
        hides_observing: What WorkQ says only to know what to draw is not wanted: all of the observer's, and
            the looks for queues with their answers.
        hides_heartbeats: Heartbeats are not wanted.
        folds_content: Header and body are not wanted as rows: they are part of their method's row, and
            not seen if that is not kept.
    """

    words: str = ""
    owner: str = ""
    hides_observing: bool = True
    hides_heartbeats: bool = True
    folds_content: bool = True


class WireSearch:
    """The numbers of the wanted frames of a log, in order; each is a row. Belongs to the GUI thread.

    Attributes:
        wanted: Which frames those are.
    """

    def __init__(self, log: WireLog, wanted: WireFilter) -> None:
        self.wanted = wanted
        self._log = log
        self._words = wanted.words.casefold()
        self._found: list[int] = []
        self._looked = log.first
        self._asked: set[tuple[str, bytes]] = set()  # the channels of whom that wait for such an answer

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._found)

    @property
    def is_done(self) -> bool:
        """Whether all that is kept was looked at."""
        return self._looked >= self._log.count

    def number(self, row: int) -> int:
        """Return which frame the row `row` is."""
        return self._found[row]

    def row_of(self, number: int) -> int:
        """Return how many rows are of frames before `number`: where it is, or would be."""
        return bisect_left(self._found, number)

    def look(self, most_frames: int) -> bool:
        """Look at up to `most_frames` more frames; return whether there were any."""
        self._forget()
        begin, end = self._looked, min(self._log.count, self._looked + most_frames)
        unwanted, owner, is_simple = self._unwanted, self.wanted.owner, not self._words
        hides_observing = self.wanted.hides_observing and owner != OBSERVER
        for number, record in enumerate(self._log.records(begin, end), begin):
            first = record.raw[0] if record.raw else FrameType.NOTE
            if first in unwanted or (owner and record.owner not in (owner, "")):
                continue
            if hides_observing and self._is_observing(record):
                continue
            if is_simple or first == FrameType.NOTE:
                self._found.append(number)
            elif self._words in self._log.frame(number).all_text:
                self._add(number, is_content=first in CONTENT)
        self._looked = end
        return end > begin

    @property
    def _unwanted(self) -> tuple[int, ...]:
        """The types of frames that are not looked at."""
        heartbeats = (FrameType.HEARTBEAT,) if self.wanted.hides_heartbeats else ()
        folded = CONTENT if self.wanted.folds_content and not self._words else ()
        return (*heartbeats, *folded)

    def _is_observing(self, record: WireRecord) -> bool:
        if record.owner == OBSERVER:
            return True
        channel = (record.owner, record.raw[1:3])
        if record.is_outgoing:
            asks = record.asks_for_a_queue
            if asks:
                self._asked.add(channel)
            elif asks is not None:
                self._asked.discard(channel)
            return bool(asks)
        return record.raw[METHOD_ID] == QUEUE_DECLARE_OK and channel in self._asked

    def _add(self, number: int, *, is_content: bool) -> None:
        """Add what has the words; for content that is folded, its method, which may not have them."""
        method = self._log.method_of(number) if is_content and self.wanted.folds_content else number
        if method == number:
            self._found.append(number)
        elif method is not None and not self._has(method):
            insort(self._found, method)

    def _has(self, number: int) -> bool:
        row = self.row_of(number)
        return row < len(self._found) and self._found[row] == number

    def _forget(self) -> None:
        """Leave out what the log has forgotten."""
        del self._found[: self.row_of(self._log.first)]
        self._looked = max(self._looked, self._log.first)
