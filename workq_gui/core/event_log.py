"""All that happened in a session, in order, and its form on disk."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice

from workq_gui.core import events
from workq_gui.core.events import Event

VERDICTS = (events.TaskRequeued, events.TaskLost, events.TaskRanTwice)
ABSTRACT = (events.TaskEvent, events.WorkerEvent)

FACTS: dict[str, type[Event]] = {
    name: kind
    for name, kind in vars(events).items()
    if isinstance(kind, type) and issubclass(kind, Event) and kind not in (Event, *ABSTRACT, *VERDICTS)
}
"""Every event that is recorded, by the name that stands in a recording."""


class EventLineError(ValueError):
    """A line of a recording is not an event that this version knows."""


class EventLog:
    """The events of one session. Belongs to the GUI thread."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def since(self, count: int) -> Iterator[Event]:
        """Yield the events after the first `count`."""
        return islice(self._events, count, None)

    def extend(self, batch: Iterable[Event]) -> None:
        """Append `batch`."""
        self._events.extend(batch)


def to_line(event: Event) -> str:
    """Return `event` as one line of JSON, without the line's end."""
    return json.dumps(
        {"event": type(event).__name__, **asdict(event)}, ensure_ascii=False, separators=(",", ":")
    )


def from_line(line: str) -> Event:
    """Return the event that `to_line` wrote.

    Raises:
        EventLineError: the line is not JSON, names no known fact, or its fields are not that fact's.
    """
    try:
        fields = json.loads(line)
        kind = FACTS[fields.pop("event")]
        return kind(**fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EventLineError(f"not an event of this version: {line.strip()[:200]} ({error})") from error
