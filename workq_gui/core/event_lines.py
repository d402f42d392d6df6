"""Events on disk: one line of JSON for each."""

import json
from dataclasses import fields
from operator import attrgetter

from workq_gui.core import cluster_events, events, fault_events, foreign_events, queue_events, room_events
from workq_gui.core.events import Event

ABSTRACT = (events.TaskEvent, events.WorkerEvent)

FACTS: dict[str, type[Event]] = {
    name: kind
    for module in (events, cluster_events, queue_events, fault_events, foreign_events, room_events)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, Event) and kind not in (Event, *ABSTRACT)
}
"""Every event that is recorded, by the name that stands in a recording."""


class EventLineError(ValueError):
    """A line of a recording is not an event that this version knows."""


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NAMES = {kind: [field.name for field in fields(kind)] for kind in FACTS.values()}
_VALUES = {kind: attrgetter(*names, "__class__") for kind, names in _NAMES.items()}
"""Made once: at 5,000 tasks a second some 30,000 lines are written."""


def to_line(event: Event) -> str:
    """Return `event`, a fact, as one line of JSON, without the line's end."""
    kind = type(event)
    return _encode({"event": kind.__name__, **dict(zip(_NAMES[kind], _VALUES[kind](event), strict=False))})


def from_line(line: str) -> Event:
    """Return the event that `to_line` wrote.

    Raises:
        EventLineError: the line is not JSON, names no known fact, or its fields are not that fact's.
    """
    try:
        values = json.loads(line)
        kind = FACTS[values.pop("event")]
        return kind(**values)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EventLineError(f"not an event of this version: {line.strip()[:200]} ({error})") from error
