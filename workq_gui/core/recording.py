"""A recording: a header, and the facts of a session, one line of JSON for each; see docs/recording.md."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from workq_gui.core.event_lines import EventLineError, UnknownEventError, from_values
from workq_gui.core.events import Event

SUFFIX = ".workq"
VERSION = 1
MARK = "workq_recording"
MOST_LINE_BYTES = 4_000_000
"""A line that is longer was never an event."""
MOST_CHARACTERS = 255
"""So much is read of each text in the header: as much as a queue's name may have in AMQP."""
BACK_NS = 60_000_000_000
"""Threads are not in order by some milliseconds, a computer that was busy by seconds; what is further back
was damaged, or belongs to another session."""
AHEAD_NS = 3_600_000_000_000
"""What is further ahead may be damaged, and would drag all that follows along: the next has to confirm it."""


class RecordingError(Exception):
    """A file cannot be opened as a recording; its text tells the user why, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the first line of a recording says.

    Attributes:
        version: Of the format.
        made_by: The program and its version; empty if unknown.
        queue: The work queue that was wished for; empty if unknown.
        began: When the session began, in UTC, as ISO 8601; empty if unknown.
    """

    version: int = VERSION
    made_by: str = ""
    queue: str = ""
    began: str = ""

    def to_line(self) -> str:
        """Return the first line, without its end."""
        values = {MARK: self.version, **asdict(self)}
        del values["version"]
        return json.dumps(values, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class RecordingNotes:
    """What is to be said about a recording that was opened.

    Attributes:
        sentences: For the user; empty if all is well.
        event_count: How many events were read.
    """

    sentences: tuple[str, ...] = ()
    event_count: int = 0


_HEADER_TEXTS = ("made_by", "queue", "began")


def _header_of(values: Any) -> Header | None:
    """Return the header of which a line's JSON gave `values`; what is wrong in it is left out."""
    if type(values) is not dict or MARK not in values:
        return None
    values["version"] = values.pop(MARK)
    known = {field.name: type(field.default) for field in fields(Header)}
    fitting: Any = {name: values[name] for name in known if type(values.get(name)) is known[name]}
    header = Header(**fitting)
    return replace(header, **{name: getattr(header, name)[:MOST_CHARACTERS] for name in _HEADER_TEXTS})


class RecordingReader:
    """Makes events of the bytes of a recording, a part at a time. Belongs to no thread; does no I/O.

    What cannot be read is left out and counted: `notes` says so.

    Attributes:
        header: What the first line said; an empty one before that, and for an old recording without one.
        is_recording: Whether anything was read by which one sees that this is a recording.
        event_count: How many events were read.
    """

    def __init__(self) -> None:
        self.header = Header()
        self.is_recording = False
        self.event_count = 0
        self._rest = b""
        self._is_in_long_line = False
        self._is_over = False  # a second recording has begun
        self._is_cut = False
        self._line_count = 0
        self._latest_ns = 0
        self._damaged_count = 0
        self._first_damaged = 0  # the number of the line
        self._unknown_count = 0
        self._richer_count = 0
        self._back_count = 0
        self._ahead_count = 0
        self._doubtful: Event | None = None  # far ahead of all before it; the next event shows what it is

    def feed(self, data: bytes) -> list[Event]:
        """Return the events of which the last bytes are in `data`.

        One that is dated far ahead comes with the next.
        """
        *lines, rest = data.split(b"\n")
        if lines:
            lines[0] = self._rest + lines[0]
            self._rest = rest
        else:
            self._rest += rest
        if self._is_in_long_line and lines:
            self._is_in_long_line = False
            del lines[0]
        if len(self._rest) > MOST_LINE_BYTES or self._is_in_long_line:
            self._skip_long_line()
        return self._events(lines)

    def end(self) -> list[Event]:
        """Return what is left: an event of which the line's end is missing, if it is whole."""
        line, self._rest = self._rest, b""
        damaged_count = self._damaged_count
        events = self._events([line]) if line.strip() else []
        if self._damaged_count > damaged_count:
            self._damaged_count, self._is_cut = damaged_count, True
        if self._doubtful is not None:
            events.append(self._moved(self._doubtful))
            self.event_count += 1
            self._doubtful = None
        return events

    @property
    def notes(self) -> RecordingNotes:
        """What is to be said about what was read so far."""
        return RecordingNotes(tuple(self._sentences()), self.event_count)

    # --- lines --------------------------------------------------------------------------------

    def _skip_long_line(self) -> None:
        if not self._is_in_long_line:
            self._line_count += 1
            self._take_damage()
        self._is_in_long_line, self._rest = True, b""

    def _events(self, lines: list[bytes]) -> list[Event]:
        events: list[Event] = []
        for values in _values_of(lines):
            self._line_count += 1
            if self._is_over:
                continue
            try:
                event, more_count = from_values(values)
            except UnknownEventError:
                self._unknown_count += 1
            except EventLineError:
                self._take_other(values)
            else:
                self._richer_count += more_count > 0
                self.is_recording = True
                if self._doubtful is not None:
                    events.append(self._judged(self._doubtful, event))
                    self._doubtful = None
                if event.at_ns > self._latest_ns + AHEAD_NS:
                    self._doubtful = event
                else:
                    events.append(self._in_order(event))
        self.event_count += len(events)
        return events

    def _take_other(self, values: Any) -> None:
        """Take in a line that is no event."""
        if values is _EMPTY:
            return
        header = _header_of(values)
        if header is None:
            self._take_damage()
        elif self.is_recording:
            self._is_over = True
        else:
            self.header, self.is_recording = header, True

    def _take_damage(self) -> None:
        self._damaged_count += 1
        self._first_damaged = self._first_damaged or self._line_count

    def _in_order(self, event: Event) -> Event:
        if event.at_ns >= self._latest_ns:
            self._latest_ns = event.at_ns
        elif event.at_ns < self._latest_ns - BACK_NS:
            self._back_count += 1
            return replace(event, at_ns=self._latest_ns)
        return event

    def _judged(self, doubtful: Event, following: Event) -> Event:
        """Return an event that is far ahead: as it is, if `following` is about as late."""
        if doubtful.at_ns - BACK_NS <= following.at_ns <= doubtful.at_ns + AHEAD_NS:
            return self._in_order(doubtful)
        return self._moved(doubtful)

    def _moved(self, doubtful: Event) -> Event:
        self._ahead_count += 1
        return replace(doubtful, at_ns=self._latest_ns)

    # --- words --------------------------------------------------------------------------------

    def _sentences(self) -> list[str]:
        sentences = [*self._newer(), *self._damage()]
        if self._ahead_count:
            sentences.append(
                f"{_events_words(self._ahead_count)} dated more than an hour after what was recorded before, "
                "and not confirmed by what follows: shown at the moment up to which the recording had come."
            )
        if self._back_count:
            sentences.append(
                f"{_events_words(self._back_count)} dated long before what was recorded earlier: "
                "shown at the moment up to which the recording had come."
            )
        if self._is_over:
            sentences.append(
                "A second recording follows in the same file. Only the first is shown: to see the other, cut "
                "the file in two."
            )
        if not self.event_count:
            sentences.append("There is no event in it: nothing can be shown.")
        return sentences

    def _newer(self) -> list[str]:
        maker = ""
        if self.header.version > VERSION:
            made_by = f" ({self.header.made_by})" if self.header.made_by else ""
            maker = f"Made by a newer WorkQ{made_by}: "
        if count := self._unknown_count:
            kinds, are = ("a kind", "is") if count == 1 else ("kinds", "are")
            return [
                f"{maker}{_count(count, 'event')} of {kinds} that this version does not know {are} left out."
            ]
        if self._richer_count:
            some = "some" if maker else "Some"
            return [f"{maker}{some} events tell more than this version can show."]
        return [f"{maker}this version shows what it knows of it."] if maker else []

    def _damage(self) -> list[str]:
        sentences = []
        if count := self._damaged_count:
            are = "is damaged and left" if count == 1 else "are damaged and left"
            first = ":" if count == 1 else ", the first of them"
            sentences.append(f"{_count(count, 'line')} {are} out{first} line {self._first_damaged:,}.")
        if self._is_cut:
            sentences.append(
                "The recording ends in the middle of a line: the program ended there, or the file was not "
                "copied to its end. All before that is shown."
            )
        return sentences


_EMPTY: dict[str, Any] = {}
"""What an empty line gives."""


def _values_of(lines: list[bytes]) -> list[Any]:
    """Return what JSON makes of each line: `_EMPTY` of an empty one, None of what is no JSON."""
    try:
        values = json.loads(f"[{b','.join(lines).decode()}]")  # at once: in half the time
    except (ValueError, RecursionError):
        return [_value_of(line) for line in lines]
    return values if len(values) == len(lines) else [_value_of(line) for line in lines]


def _value_of(line: bytes) -> Any:
    if not line.strip():
        return _EMPTY
    try:
        return json.loads(line.decode("utf-8-sig"))  # an editor may have put its mark before the first line
    except (ValueError, RecursionError):
        return None


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _events_words(number: int) -> str:
    return f"{_count(number, 'event')} {'is' if number == 1 else 'are'}"
