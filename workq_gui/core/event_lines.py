"""Events on disk: one line of JSON for each."""

import json
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from json.encoder import encode_basestring
from operator import attrgetter
from sys import intern
from typing import Any, get_type_hints

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

LONGEST_NS = 366 * 86_400 * 1_000_000_000
"""No session lasts a year: what is later was damaged."""
MOST_INT = 2**63
"""The numbers of AMQP and of Qt have no more bits."""


class EventLineError(ValueError):
    """A line of a recording is not an event."""


class UnknownEventError(EventLineError):
    """A line of a recording is an event of a kind that this version does not know."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the events of one kind are written. Made once for each: a recording may have a million.

    Attributes:
        template: The line, with a place for each value.
        values_of: Returns the values of an event, in order.
        names: The fields, in order; `types` is what JSON gives for each.
        setters: What sets each field, of an event that is being made. A frozen dataclass is slow at that, for
            it finds each by name.
        texts: The fields that are texts; likewise `numbers`, without `at_ns`.
    """

    kind: type[Event]
    template: str
    values_of: Callable[[Event], tuple[Any, ...]]
    names: tuple[str, ...]
    types: tuple[type, ...]
    setters: tuple[Callable[[Event, Any], None], ...]
    defaults: dict[str, Any]
    texts: tuple[str, ...]
    numbers: tuple[str, ...]


def _shape_of(kind: type[Event]) -> _Shape:
    hints = get_type_hints(kind)
    types = {
        field.name: getattr(hints[field.name], "__supertype__", hints[field.name]) for field in fields(kind)
    }
    places = ",".join(f'"{name}":%s' for name in types)
    return _Shape(
        kind=kind,
        template=f'{{"event":"{kind.__name__}",{places}}}',
        values_of=attrgetter(*types) if len(types) > 1 else lambda event: (event.at_ns,),
        names=tuple(types),
        types=tuple(types.values()),
        setters=tuple(getattr(kind, name).__set__ for name in types),
        defaults={field.name: field.default for field in fields(kind) if field.default is not MISSING},
        texts=tuple(name for name in types if types[name] is str),
        numbers=tuple(name for name in types if types[name] in (int, float) and name != "at_ns"),
    )


_SHAPES = {name: _shape_of(kind) for name, kind in FACTS.items()}
_WRITTEN = {shape.kind: (shape.template, shape.values_of) for shape in _SHAPES.values()}
_new: Callable[[type[Event]], Event] = object.__new__
_ENCODE: dict[type, Callable[[Any], str]] = {
    bool: {False: "false", True: "true"}.__getitem__,
}


def to_line(event: Event) -> str:
    """Return `event`, a fact, as one line of JSON, without the line's end."""
    template, values_of = _WRITTEN[type(event)]
    # By hand, for at 5,000 tasks a second some 30,000 lines are written: a third of the encoder's time.
    return template % tuple(
        [
            value
            if (kind := type(value)) is int
            else encode_basestring(value)
            if kind is str
            else _ENCODE.get(kind, json.dumps)(value)
            for value in values_of(event)
        ]
    )


def from_line(line: str) -> Event:
    """Return the event that `to_line` wrote.

    Raises:
        EventLineError: the line is not JSON, names no known fact, or its fields are not that fact's.
    """
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EventLineError(f"not JSON: {line.strip()[:200]} ({error})") from error
    return from_values(values)[0]


def from_values(values: Any) -> tuple[Event, int]:
    """Return the event of which a line's JSON gave `values`, and how many fields this version does not know.

    `values` is used up. Fields that an old recording lacks have their defaults.

    Raises:
        UnknownEventError: it is an event, of a kind that this version does not know.
        EventLineError: it is no event, or its fields are not that event's.
    """
    name = values.pop("event", None) if type(values) is dict else None
    if type(name) is not str:
        raise EventLineError(f"not an event: {str(values)[:200]}")
    shape = _SHAPES.get(name)
    if shape is None and type(values.get("at_ns")) is int:
        raise UnknownEventError(f"an event that this version does not know: {name[:200]}")
    if shape is None:
        raise EventLineError(f"not an event: {name[:200]} {str(values)[:200]}")
    more = 0
    if tuple(values) != shape.names or tuple(map(type, values.values())) != shape.types:
        values, more = _fitted(values, shape)
    if not 0 <= values["at_ns"] <= LONGEST_NS or not _are_possible(values, shape):
        raise EventLineError(f"impossible values: {name} {str(values)[:200]}")
    for text in shape.texts:
        values[text] = intern(values[text])  # the same few names are in every line: each is kept once
    event = _new(shape.kind)
    for set_value, value in zip(shape.setters, values.values(), strict=True):
        set_value(event, value)
    return event, more


def _fitted(values: dict[str, Any], shape: _Shape) -> tuple[dict[str, Any], int]:
    """Return the fields that `shape` has, in any order and with defaults, and how many there are besides."""
    fitted = {}
    for name, type_ in zip(shape.names, shape.types, strict=True):
        value = values.get(name, shape.defaults.get(name))
        if type(value) is not type_ and not (type_ is float and type(value) is int):
            raise EventLineError(f"{name} is not as in {shape.kind.__name__}: {str(value)[:200]}")
        fitted[name] = value
    return fitted, len(values.keys() - fitted.keys())


def _are_possible(values: dict[str, Any], shape: _Shape) -> bool:
    for name in shape.numbers:  # noqa: SIM110 (a generator takes as long as all the rest)
        if not -MOST_INT < values[name] < MOST_INT:
            return False
    return True
