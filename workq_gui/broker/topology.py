"""Which exchanges, queues and bindings there are, and what routes through them."""

import itertools
from collections.abc import Iterable, Iterator

from .content import split_address
from .errors import AccessRefused, NotFound, PreconditionFailed
from .exchange import EXCHANGE_TYPES, Binding, Destination, DirectExchange, Exchange
from .queue import MessageQueue
from .queue_arguments import check_equivalent, check_equivalent_property
from .store import ExchangeRecord, MessageStore, QueueRecord
from .tables import TYPE_NAMES, Table

PREDECLARED = {
    "amq.direct": "direct",
    "amq.fanout": "fanout",
    "amq.topic": "topic",
    "amq.headers": "headers",
    "amq.match": "headers",
}
TRACE_EXCHANGE, EVENT_EXCHANGE = "amq.rabbitmq.trace", "amq.rabbitmq.event"


class Topology:
    """All exchanges, queues and bindings of the one vhost; durable ones are in the store.

    Attributes:
        queues: By name.
        exchanges: By name.
    """

    _ROUTES_LIMIT = 10_000

    def __init__(self, store: MessageStore) -> None:
        self.queues: dict[str, MessageQueue] = {}
        self.exchanges: dict[str, Exchange] = {}
        self._store = store
        self._routes: dict[bytes, tuple[MessageQueue, ...]] = {}
        self._queue_ids = itertools.count(1)
        for name, kind in PREDECLARED.items():
            self._predeclare(EXCHANGE_TYPES[kind](name, durable=True))
        for name in (TRACE_EXCHANGE, EVENT_EXCHANGE):
            self._predeclare(EXCHANGE_TYPES["topic"](name, durable=True, internal=True))
        self._predeclare(DirectExchange("", durable=True))

    def _predeclare(self, exchange: Exchange) -> None:
        exchange.is_predeclared = True
        self.exchanges[exchange.name] = exchange

    # Routing.

    def known_route(self, address: bytes) -> tuple[MessageQueue, ...] | None:
        """Return where a client's message goes, if one took this way before and no headers are needed."""
        return self._routes.get(address)

    def route_for_client(self, address: bytes, headers: Table) -> tuple[MessageQueue, ...]:
        """Return the queues that a client's message with `headers` goes to from `address`.

        Raises:
            NotFound: there is no such exchange.
            AccessRefused: clients may not publish to it.
        """
        exchange_name, routing_key = split_address(address)
        start = self.exchange(exchange_name)
        if start.internal:
            raise AccessRefused(f"cannot publish to internal exchange '{exchange_name}' in vhost '/'")
        queues, depends_on_headers = self._walk(start, routing_key, headers)
        if not depends_on_headers:
            if len(self._routes) >= self._ROUTES_LIMIT:
                self._routes.clear()
            self._routes[address] = queues
        return queues

    def route(self, exchange: str, routing_key: str, headers: Table) -> tuple[MessageQueue, ...]:
        """Return the queues that the broker's own message goes to; none if there is no such exchange."""
        start = self.exchanges.get(exchange)
        return () if start is None else self._walk(start, routing_key, headers)[0]

    def _walk(
        self, start: Exchange, routing_key: str, headers: Table
    ) -> tuple[tuple[MessageQueue, ...], bool]:
        """Follow bindings and alternate exchanges; each exchange is visited once, each queue named once."""
        queues: dict[str, MessageQueue] = {}
        waiting, seen, depends_on_headers = [start], {start.name}, False
        while waiting:
            exchange = waiting.pop(0)
            depends_on_headers |= exchange.routes_by_headers
            found = False
            for kind, name in self._destinations(exchange, routing_key, headers):
                if kind == "queue" and name in self.queues:
                    found = True
                    queues[name] = self.queues[name]
                elif kind == "exchange" and name in self.exchanges:
                    found = True
                    self._visit(name, waiting, seen)
            if not found and exchange.alternate is not None and exchange.alternate in self.exchanges:
                self._visit(exchange.alternate, waiting, seen)
        return tuple(queues.values()), depends_on_headers

    def _visit(self, name: str, waiting: list[Exchange], seen: set[str]) -> None:
        if name not in seen:
            seen.add(name)
            waiting.append(self.exchanges[name])

    @staticmethod
    def _destinations(exchange: Exchange, routing_key: str, headers: Table) -> Iterable[Destination]:
        if exchange.name == "":  # each queue is bound to the default exchange by its name
            return (Destination("queue", routing_key),)
        return exchange.destinations(routing_key, headers)

    def _changed(self) -> None:
        self._routes.clear()

    # Exchanges.

    def exchange(self, name: str) -> Exchange:
        """Return an exchange.

        Raises:
            NotFound: there is none of this name.
        """
        try:
            return self.exchanges[name]
        except KeyError:
            raise NotFound(f"no exchange '{name}' in vhost '/'") from None

    def declare_exchange(
        self, name: str, kind: str, *, durable: bool, auto_delete: bool, internal: bool, arguments: Table
    ) -> bool:
        """Make an exchange, or check that the one there is equals it; tell whether it is new.

        Raises:
            AccessRefused: the name is reserved.
            PreconditionFailed: there is no such type, or there is one of this name and it differs.
        """
        if kind not in EXCHANGE_TYPES:
            raise PreconditionFailed(f"{'unknown' if kind else 'invalid'} exchange type '{kind}'")
        if (known := self.exchanges.get(name)) is not None:
            _check_same_exchange(known, kind, durable, auto_delete, internal, arguments)
            return False
        if name.startswith("amq."):
            raise AccessRefused(f"exchange name '{name}' contains reserved prefix 'amq.*'")
        alternate = arguments.get("alternate-exchange")
        if alternate is not None and alternate.kind != "S":
            raise PreconditionFailed(
                f"invalid type '{TYPE_NAMES[alternate.kind]}' for arg 'alternate-exchange' "
                f"in exchange '{name}' in vhost '/'"
            )
        exchange = EXCHANGE_TYPES[kind](
            name, durable=durable, auto_delete=auto_delete, internal=internal, arguments=arguments
        )
        self.exchanges[name] = exchange
        self._changed()
        if durable:
            self._store.save_exchange(ExchangeRecord(name, kind, auto_delete, internal, arguments))
        return True

    def delete_exchange(self, exchange: Exchange) -> list[Exchange]:
        """Remove an exchange and its bindings; return the exchanges that go with it as auto-delete."""
        del self.exchanges[exchange.name]
        for binding in list(exchange.bindings):
            exchange.unbind(binding)
            self._forget_binding(binding)
        self._changed()
        if exchange.durable:
            self._store.forget_exchange(exchange.name)
        return self._unbind_all_to(Destination("exchange", exchange.name))

    # Queues.

    def next_queue_id(self) -> int:
        """Return an id that no queue has had."""
        return next(self._queue_ids)

    def add_queue(self, queue: MessageQueue) -> None:
        """Let a new queue be found; an exclusive one does not outlive its connection, so it is not stored."""
        self.queues[queue.name] = queue
        self._changed()
        if queue.is_stored:
            self._store.save_queue(
                QueueRecord(queue.queue_id, queue.name, queue.auto_delete, queue.arguments)
            )

    def remove_queue(self, queue: MessageQueue) -> list[Exchange]:
        """Let a queue be found no more; return the exchanges that go with it as auto-delete."""
        del self.queues[queue.name]
        self._changed()
        if queue.is_stored:
            self._store.forget_queue(queue.queue_id)
        return self._unbind_all_to(Destination("queue", queue.name))

    # Bindings.

    def bind(self, binding: Binding) -> bool:
        """Add a binding; tell whether it is new."""
        source = self.exchanges[binding.source]
        is_new = source.bind(binding)
        self._changed()
        if is_new and source.durable and self._is_durable(binding.destination):
            self._store.save_binding(binding)
        return is_new

    def unbind(self, binding: Binding) -> tuple[bool, list[Exchange]]:
        """Remove a binding; return whether it was there, and the exchanges that go with it as auto-delete."""
        source = self.exchanges[binding.source]
        was_there = source.unbind(binding)
        self._changed()
        if not was_there:
            return False, []
        self._forget_binding(binding)
        return True, [source] if source.auto_delete and not source.is_used else []

    def bindings_to(self, destination: Destination) -> Iterator[Binding]:
        """Yield all bindings that lead to `destination`."""
        for exchange in list(self.exchanges.values()):
            for binding in list(exchange.bindings):
                if binding.destination == destination:
                    yield binding

    def _unbind_all_to(self, destination: Destination) -> list[Exchange]:
        unused = []
        for binding in self.bindings_to(destination):
            unused += self.unbind(binding)[1]
        return unused

    def _is_durable(self, destination: Destination) -> bool:
        if destination.kind == "queue":
            return self.queues[destination.name].is_stored
        return self.exchanges[destination.name].durable

    def _forget_binding(self, binding: Binding) -> None:
        self._store.forget_binding(binding)

    # Recovery.

    def restore(
        self, queues: Iterable[MessageQueue], exchanges: Iterable[ExchangeRecord], bindings: Iterable[Binding]
    ) -> None:
        """Take what the store held; nothing is stored again."""
        highest = 0
        for queue in queues:
            self.queues[queue.name] = queue
            highest = max(highest, queue.queue_id)
        self._queue_ids = itertools.count(highest + 1)
        for record in exchanges:
            self.exchanges[record.name] = EXCHANGE_TYPES[record.type](
                record.name,
                durable=True,
                auto_delete=record.auto_delete,
                internal=record.internal,
                arguments=record.arguments,
            )
        for binding in bindings:
            known = self.queues if binding.destination.kind == "queue" else self.exchanges
            if binding.source in self.exchanges and binding.destination.name in known:
                self.exchanges[binding.source].bind(binding)


def _check_same_exchange(
    known: Exchange, kind: str, durable: bool, auto_delete: bool, internal: bool, arguments: Table
) -> None:
    what = f"exchange '{known.name}' in vhost '/'"
    check_equivalent_property(what, "type", kind, known.type)
    check_equivalent_property(what, "durable", durable, known.durable)
    check_equivalent_property(what, "auto_delete", auto_delete, known.auto_delete)
    check_equivalent_property(what, "internal", internal, known.internal)
    name = "alternate-exchange"
    check_equivalent(what, name, arguments.get(name), known.arguments.get(name))


def check_not_default(name: str) -> None:
    """Refuse to touch the default exchange.

    Raises:
        AccessRefused: it is the default exchange.
    """
    if name == "":
        raise AccessRefused("operation not permitted on the default exchange")


def check_may_delete(exchange: Exchange, if_unused: bool) -> None:
    """Refuse to delete what may not be deleted.

    Raises:
        AccessRefused: the exchange belongs to the broker.
        PreconditionFailed: it is in use, and only an unused one was to be deleted.
    """
    if exchange.name.startswith("amq."):
        raise AccessRefused(f"deletion of system exchange '{exchange.name}' in vhost '/' not allowed")
    if if_unused and exchange.is_used:
        raise PreconditionFailed(f"exchange '{exchange.name}' in vhost '/' in use")
