"""exchange.* and queue.*: how clients make, join and end what messages pass through."""

import contextlib
from typing import Protocol

from pamqp import base, commands

from .broker import REPLY_TO, Broker, locked
from .consuming import random_name
from .errors import AccessRefused, InternalError, NotFound, NotImplementedByBroker, PreconditionFailed
from .exchange import Binding, Destination, Exchange
from .methods import table_of
from .queue import MessageQueue
from .queue_arguments import KNOWN_BY_TYPE, QUORUM, check_equivalent, check_equivalent_property, settings_from
from .tables import TYPE_NAMES, Field, Table, text
from .topology import check_may_delete, check_not_default

DENIABLE = "transient_nonexcl_queues"
_CLASSIC = text("classic")


class DeclaringChannel(Protocol):
    """What these methods need of their channel."""

    @property
    def connection(self) -> object:
        """The connection it is a channel of."""

    @property
    def user(self) -> str:
        """Who is logged in."""

    def send(self, method: type[base.Frame], *values: object) -> None:
        """Send a method."""


class Declaring:
    """The methods by which one channel declares, binds and deletes.

    Attributes:
        last_queue_name: The queue declared last: what an empty name means.
    """

    def __init__(self, channel: DeclaringChannel, broker: Broker) -> None:
        self.last_queue_name = ""
        self._channel = channel
        self._broker = broker
        self._topology = broker.topology

    def on_method(self, method: base.Frame) -> bool:
        """Take a method; tell whether it is one of these."""
        match method:
            case commands.Queue.Declare():
                self._on_queue_declare(method)
            case commands.Queue.Bind():
                self._on_queue_bind(method)
            case commands.Queue.Unbind():
                self._on_queue_unbind(method)
            case commands.Queue.Purge():
                self._on_queue_purge(method)
            case commands.Queue.Delete():
                self._on_queue_delete(method)
            case commands.Exchange.Declare():
                self._on_exchange_declare(method)
            case commands.Exchange.Delete():
                self._on_exchange_delete(method)
            case commands.Exchange.Bind():
                self._on_exchange_bind(method)
            case commands.Exchange.Unbind():
                self._on_exchange_unbind(method)
            case _:
                return False
        return True

    # Queues.

    def _on_queue_declare(self, method: commands.Queue.Declare) -> None:
        name = (method.queue or "").replace("\r", "").replace("\n", "")
        if name.startswith(REPLY_TO):
            self._answer_reply_queue(name)
            return
        if method.passive:
            queue = self._existing(name)
        else:
            name = name or random_name("amq.gen")
            known = self._topology.queues.get(name)
            if known is None:
                queue = self._new_queue(name, method)
            else:
                queue = known
                self._check_same_queue(queue, method)
        queue.used_at = self._broker.now
        self.last_queue_name = queue.name
        if not method.nowait:
            counts = len(queue.ready), len(queue.consumers)
            self._channel.send(commands.Queue.DeclareOk, queue.name, *counts)

    def _answer_reply_queue(self, name: str) -> None:
        """Tell whether somebody still waits for answers by direct reply-to."""
        if name != REPLY_TO and name not in self._broker.reply_consumers:
            raise NotFound(f"no queue '{name}' in vhost '/'")
        self._channel.send(commands.Queue.DeclareOk, name, 0, 1)

    def _new_queue(self, name: str, method: commands.Queue.Declare) -> MessageQueue:
        what = f"queue '{name}' in vhost '/'"
        arguments = table_of(method.arguments)
        if name.startswith("amq.") and method.queue:
            raise AccessRefused(f"queue name '{name}' contains reserved prefix 'amq.*'")
        settings = settings_from(what, arguments)
        if settings.kind == QUORUM:
            if not method.queue:
                raise PreconditionFailed("Cannot declare a server-named queue for type rabbit_quorum_queue")
            _check_quorum(what, method)
        self._check_not_denied(method)
        queue = MessageQueue(
            self._broker,
            name,
            self._topology.next_queue_id(),
            settings,
            durable=bool(method.durable),
            auto_delete=bool(method.auto_delete),
            owner=self._channel.connection if method.exclusive else None,
            arguments=arguments,
        )
        self._topology.add_queue(queue)
        self._broker.watch_expiry(queue)
        self._broker.observation.happened(
            "queue.created",
            name=name,
            exclusive=queue.owner is not None,
            owner_pid=getattr(queue.owner, "pid", ""),
            durable=queue.durable,
            auto_delete=queue.auto_delete,
            arguments=arguments,
            vhost="/",
            user_who_performed_action=self._channel.user,
        )
        return queue

    def _check_not_denied(self, method: commands.Queue.Declare) -> None:
        if DENIABLE in self._broker.policy.denied and not method.durable and not method.exclusive:
            raise InternalError(
                "Feature `transient_nonexcl_queues` is deprecated.\nIts use is not permitted per the "
                "configuration (overriding the default, which is permitted):\n"
                '    "deprecated_features.permit.transient_nonexcl_queues = false"\n'
                "Its use will not be permitted by default in a future minor RabbitMQ version and the "
                "feature will be removed from a future major RabbitMQ version; actual versions to be "
                "determined."
            )

    def _check_same_queue(self, queue: MessageQueue, method: commands.Queue.Declare) -> None:
        self._broker.check_access(queue, self._channel.connection)
        what = f"queue '{queue.name}' in vhost '/'"
        if bool(method.exclusive) != (queue.owner is not None):
            raise locked(queue)
        check_equivalent_property(what, "durable", bool(method.durable), queue.durable)
        check_equivalent_property(what, "auto_delete", bool(method.auto_delete), queue.auto_delete)
        arguments = table_of(method.arguments)
        for name in KNOWN_BY_TYPE[queue.settings.kind]:
            check_equivalent(what, name, _argument(arguments, name), _argument(queue.arguments, name))

    def _on_queue_bind(self, method: commands.Queue.Bind) -> None:
        self._bindable(method.exchange or "")  # of two that are missing RabbitMQ names the exchange
        queue = self._queue(method.queue or "")
        self._bind(method.exchange or "", Destination("queue", queue.name), method)
        if not method.nowait:
            self._channel.send(commands.Queue.BindOk)

    def _on_queue_unbind(self, method: commands.Queue.Unbind) -> None:
        try:
            queue = self._queue(method.queue or "")
            self._unbind(method.exchange or "", Destination("queue", queue.name), method)
        except NotFound:
            if not (method.queue or self.last_queue_name):
                raise
            # What is not there is not bound: no error, since RabbitMQ 3.2.
        self._channel.send(commands.Queue.UnbindOk)

    def _on_queue_purge(self, method: commands.Queue.Purge) -> None:
        count = self._queue(method.queue or "").purge()
        if not method.nowait:
            self._channel.send(commands.Queue.PurgeOk, count)

    def _on_queue_delete(self, method: commands.Queue.Delete) -> None:
        queue: MessageQueue | None
        try:
            queue = self._queue(method.queue or "")
        except NotFound:
            if not (method.queue or self.last_queue_name):
                raise
            queue = None  # deleting what is not there is no error
        if queue is not None:
            _check_may_delete(queue, method)
        # The answer goes first: consumers of the same channel hear of the end after it.
        if not method.nowait:
            self._channel.send(commands.Queue.DeleteOk, 0 if queue is None else len(queue.ready))
        if queue is not None:
            self._broker.delete_queue(queue, self._channel.user)

    def _queue(self, name: str) -> MessageQueue:
        if not name:
            name = self.last_queue_name
            if not name:
                raise NotFound("no previously declared queue")
        return self._existing(name)

    def _existing(self, name: str) -> MessageQueue:
        queue = self._topology.queues.get(name)
        if queue is None:
            raise NotFound(f"no queue '{name}' in vhost '/'")
        self._broker.check_access(queue, self._channel.connection)
        return queue

    # Exchanges.

    def _on_exchange_declare(self, method: commands.Exchange.Declare) -> None:
        name = (method.exchange or "").replace("\r", "").replace("\n", "")
        if method.passive:
            check_not_default(name)
            self._topology.exchange(name)
        else:
            self._declare_exchange(name, method)
        if not method.nowait:
            self._channel.send(commands.Exchange.DeclareOk)

    def _declare_exchange(self, name: str, method: commands.Exchange.Declare) -> None:
        check_not_default(name)
        arguments = table_of(method.arguments)
        is_new = self._topology.declare_exchange(
            name,
            method.exchange_type or "",
            durable=bool(method.durable),
            auto_delete=bool(method.auto_delete),
            internal=bool(method.internal),
            arguments=arguments,
        )
        if is_new:
            self._broker.observation.happened(
                "exchange.created",
                name=name,
                type=method.exchange_type or "",
                policy="",
                durable=bool(method.durable),
                auto_delete=bool(method.auto_delete),
                internal=bool(method.internal),
                arguments=arguments,
                vhost="/",
                user_who_performed_action=self._channel.user,
            )

    def _on_exchange_delete(self, method: commands.Exchange.Delete) -> None:
        name = method.exchange or ""
        check_not_default(name)
        exchange = self._topology.exchanges.get(name)
        if exchange is not None:
            check_may_delete(exchange, bool(method.if_unused))
            self._broker.delete_exchange(exchange, self._channel.user)
        if not method.nowait:
            self._channel.send(commands.Exchange.DeleteOk)

    def _on_exchange_bind(self, method: commands.Exchange.Bind) -> None:
        target = self._bindable(method.destination or "")
        self._bind(method.source or "", Destination("exchange", target.name), method)
        if not method.nowait:
            self._channel.send(commands.Exchange.BindOk)

    def _on_exchange_unbind(self, method: commands.Exchange.Unbind) -> None:
        with contextlib.suppress(NotFound):
            target = self._bindable(method.destination or "")
            self._unbind(method.source or "", Destination("exchange", target.name), method)
        if not method.nowait:
            self._channel.send(commands.Exchange.UnbindOk)

    def _bindable(self, name: str) -> Exchange:
        check_not_default(name)
        return self._topology.exchange(name)

    # Bindings.

    def _bind(
        self, source: str, destination: Destination, method: commands.Queue.Bind | commands.Exchange.Bind
    ) -> None:
        exchange = self._bindable(source)
        routing_key = method.routing_key or ""
        if destination.kind == "queue" and not routing_key and not method.queue:  # type: ignore[union-attr]
            routing_key = destination.name
        binding = Binding(source, destination, routing_key, table_of(method.arguments))
        _check_headers_match(exchange, binding.arguments)
        if self._topology.bind(binding):
            self._tell("binding.created", binding)

    def _unbind(
        self, source: str, destination: Destination, method: commands.Queue.Unbind | commands.Exchange.Unbind
    ) -> None:
        self._bindable(source)
        binding = Binding(source, destination, method.routing_key or "", table_of(method.arguments))
        was_there, unused = self._topology.unbind(binding)
        if was_there:
            self._tell("binding.deleted", binding)
        for exchange in unused:
            self._broker.delete_exchange(exchange)

    def _tell(self, event: str, binding: Binding) -> None:
        self._broker.observation.happened(
            event,
            source_name=binding.source,
            source_kind="exchange",
            destination_name=binding.destination.name,
            destination_kind=binding.destination.kind,
            routing_key=binding.routing_key,
            arguments=binding.arguments,
            vhost="/",
            user_who_performed_action=self._channel.user,
        )


def _check_may_delete(queue: MessageQueue, method: commands.Queue.Delete) -> None:
    what = f"queue '{queue.name}' in vhost '/'"
    if queue.is_quorum and (method.if_unused or method.if_empty):
        flag = "if-unused" if method.if_unused else "if-empty"
        raise NotImplementedByBroker(
            f"cannot delete {what}. queue.delete operations with {flag} flag set are not supported by "
            "quorum queues"
        )
    if method.if_empty and len(queue.ready):
        raise PreconditionFailed(f"{what} not empty")
    if method.if_unused and len(queue.consumers):
        raise PreconditionFailed(f"{what} in use")


def _check_quorum(what: str, method: commands.Queue.Declare) -> None:
    for is_wrong, name in (
        (method.auto_delete, "auto-delete"),
        (method.exclusive, "exclusive-owner"),
        (not method.durable, "non-durable"),
    ):
        if is_wrong:
            raise PreconditionFailed(f"invalid property '{name}' for {what}")


def _argument(arguments: Table, name: str) -> Field | None:
    # A queue declared with no type is of type classic, and equals one that says so.
    default = _CLASSIC if name == "x-queue-type" else None
    return arguments.get(name, default)


def _check_headers_match(exchange: Exchange, arguments: Table) -> None:
    if not exchange.routes_by_headers or "x-match" not in arguments:
        return
    field = arguments["x-match"]
    if field.kind != "S":
        kind = TYPE_NAMES[field.kind]
        raise PreconditionFailed(f"Invalid x-match field type {kind} (value {field.value}); expected longstr")
    if field.value not in ("all", "any", "all-with-x", "any-with-x"):
        raise PreconditionFailed(
            f'Invalid x-match field value <<"{field.value}">>; expected all, any, all-with-x, or any-with-x'
        )
