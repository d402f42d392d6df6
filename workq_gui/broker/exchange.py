"""Exchanges: where a message goes, by its routing key or its headers.

One class per type (specification, section 3.1.3; headers with RabbitMQ's
four kinds of x-match). An exchange names destinations; it does not know what
they are.
"""

from collections.abc import Iterable, Iterator
from typing import ClassVar, NamedTuple

from .tables import Table, encode_table, type_class


class Destination(NamedTuple):
    """Where a binding leads.

    Attributes:
        kind: "queue" or "exchange".
    """

    kind: str
    name: str


class Binding(NamedTuple):
    """One binding; two with the same `key` are the same binding."""

    source: str
    destination: Destination
    routing_key: str
    arguments: Table

    @property
    def key(self) -> tuple[Destination, str, bytes]:
        """What makes it different from other bindings of its source."""
        return self.destination, self.routing_key, encode_table(dict(sorted(self.arguments.items())))


class Exchange:
    """What all types have in common.

    Attributes:
        is_predeclared: It belongs to the broker and cannot be deleted.
    """

    type: ClassVar[str]
    routes_by_headers: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        *,
        durable: bool = False,
        auto_delete: bool = False,
        internal: bool = False,
        arguments: Table | None = None,
    ) -> None:
        self.name = name
        self.durable = durable
        self.auto_delete = auto_delete
        self.internal = internal
        self.arguments = arguments or {}
        self.is_predeclared = False
        self._bindings: dict[tuple[Destination, str, bytes], Binding] = {}

    @property
    def bindings(self) -> Iterable[Binding]:
        """All bindings that start here."""
        return self._bindings.values()

    @property
    def is_used(self) -> bool:
        """Something is bound to it."""
        return bool(self._bindings)

    @property
    def alternate(self) -> str | None:
        """The exchange that takes what this one has no destination for."""
        field = self.arguments.get("alternate-exchange")
        return field.value if field and field.kind == "S" else None

    def bind(self, binding: Binding) -> bool:
        """Add `binding`; tell whether it is new."""
        if binding.key in self._bindings:
            return False
        self._bindings[binding.key] = binding
        self._added(binding)
        return True

    def unbind(self, binding: Binding) -> bool:
        """Remove the binding that equals `binding`; tell whether there was one."""
        known = self._bindings.pop(binding.key, None)
        if known is None:
            return False
        self._removed(known)
        return True

    def destinations(self, routing_key: str, headers: Table) -> Iterator[Destination]:
        """Name each destination of a message, some perhaps twice."""
        raise NotImplementedError

    def _added(self, binding: Binding) -> None:
        """Take a new binding into the type's own index, if it has one."""

    def _removed(self, binding: Binding) -> None:
        """Take a binding out of the type's own index, if it has one."""


class DirectExchange(Exchange):
    """A message goes where a binding has its very routing key."""

    type = "direct"

    def __init__(self, name: str, **attributes: object) -> None:
        super().__init__(name, **attributes)  # type: ignore[arg-type]
        self._by_key: dict[str, list[Binding]] = {}

    def destinations(self, routing_key: str, headers: Table) -> Iterator[Destination]:
        """Name each destination of a message."""
        return (binding.destination for binding in self._by_key.get(routing_key, ()))

    def _added(self, binding: Binding) -> None:
        self._by_key.setdefault(binding.routing_key, []).append(binding)

    def _removed(self, binding: Binding) -> None:
        same_key = self._by_key[binding.routing_key]
        same_key.remove(binding)
        if not same_key:
            del self._by_key[binding.routing_key]


class FanoutExchange(Exchange):
    """A message goes to all."""

    type = "fanout"

    def destinations(self, routing_key: str, headers: Table) -> Iterator[Destination]:
        """Name each destination of a message."""
        return (binding.destination for binding in self._bindings.values())


class TopicExchange(Exchange):
    """A message goes where the pattern matches its routing key."""

    type = "topic"

    def destinations(self, routing_key: str, headers: Table) -> Iterator[Destination]:
        """Name each destination of a message."""
        words = topic_words(routing_key)
        return (
            binding.destination
            for binding in self._bindings.values()
            if topic_matches(topic_words(binding.routing_key), words)
        )


class HeadersExchange(Exchange):
    """A message goes where the binding's arguments match its headers."""

    type = "headers"
    routes_by_headers = True

    def destinations(self, routing_key: str, headers: Table) -> Iterator[Destination]:
        """Name each destination of a message."""
        return (
            binding.destination
            for binding in self._bindings.values()
            if headers_match(binding.arguments, headers)
        )


EXCHANGE_TYPES: dict[str, type[Exchange]] = {
    exchange.type: exchange for exchange in (DirectExchange, FanoutExchange, TopicExchange, HeadersExchange)
}


def topic_words(key: str) -> list[str]:
    """Return the words of a routing key or pattern; the empty one has none."""
    return key.split(".") if key else []


def topic_matches(pattern: list[str], words: list[str]) -> bool:
    """Tell whether a topic pattern fits: * is one word, # is any number of them."""
    places = {0}  # how many words may have been used up so far
    for part in pattern:
        if part == "#":
            places = set(range(min(places), len(words) + 1))
        else:
            places = {at + 1 for at in places if at < len(words) and part in ("*", words[at])}
        if not places:
            return False
    return len(words) in places


def headers_match(pattern: Table, headers: Table) -> bool:
    """Tell whether headers fit a binding's arguments.

    `x-match` is all, any, all-with-x or any-with-x; the first two leave out
    arguments that start with "x-". An argument without a value asks only that
    the header is there.
    """
    match = pattern["x-match"].value if "x-match" in pattern else "all"
    with_x = match.endswith("-with-x")
    wanted = [
        (name, field)
        for name, field in pattern.items()
        if name != "x-match" and (with_x or not name.startswith("x-"))
    ]
    found = (
        name in headers
        and (
            field.kind == "V"
            or (
                type_class(field.kind) == type_class(headers[name].kind)
                and field.value == headers[name].value
            )
        )
        for name, field in wanted
    )
    return any(found) if match.startswith("any") else all(found)
