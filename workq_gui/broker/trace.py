"""What others may see of a broker, by RabbitMQ's own means.

`amq.rabbitmq.trace` is the firehose (https://www.rabbitmq.com/docs/firehose),
`amq.rabbitmq.event` what the plugin rabbitmq_event_exchange publishes
(https://www.rabbitmq.com/docs/event-exchange). RabbitMQ's firehose is switched
on by an administrator; here it runs while a queue is bound to its exchange, and
leaves out who says `untraced` in its client properties: an observer that knows
what it does itself need not hear of it, and a task costs no more than unobserved.
"""

import itertools
from collections.abc import Mapping
from typing import Any, Protocol

from .content import (
    PROPERTY_KINDS,
    PROPERTY_TYPES,
    decode_properties,
    encode_header,
    make_address,
    split_address,
)
from .tables import TYPE_NAMES, Field, Table, boolean, long, text
from .topology import EVENT_EXCHANGE, TRACE_EXCHANGE, Topology

NODE = "workq@localhost"


class Source(Protocol):
    """A channel, as the trace names it."""

    @property
    def number(self) -> int:
        """The channel's number."""

    @property
    def connection_name(self) -> str:
        """Both ends of the connection."""

    @property
    def user(self) -> str:
        """Who is logged in."""

    @property
    def is_untraced(self) -> bool:
        """The client asked to be left out of the firehose."""


class _Broker(Protocol):
    now: float
    epoch: float

    @property
    def topology(self) -> Topology: ...

    def publish_own(
        self, exchange: str, routing_key: str, header: bytes, body: bytes, address: bytes
    ) -> None: ...


class Observation:
    """Publishes what happens, while somebody listens."""

    def __init__(self, broker: _Broker) -> None:
        self._broker = broker
        self._pids = itertools.count(1)
        self._trace = broker.topology.exchanges[TRACE_EXCHANGE]
        self._events = broker.topology.exchanges[EVENT_EXCHANGE]

    @property
    def traces(self) -> bool:
        """Somebody listens to the trace."""
        return self._trace.is_used

    def published(
        self, source: Source, address: bytes, header: bytes, body: bytes, queues: list[str]
    ) -> None:
        """Trace a publish."""
        if source.is_untraced:
            return
        exchange, routing_key = split_address(address)
        if exchange == "" and not queues:
            queues = [routing_key]  # RabbitMQ names the key here, whether there is such a queue or not
        headers = self._trace_headers(source, address, header)
        headers["routed_queues"] = Field("A", [text(name) for name in queues])
        self._publish_trace(f"publish.{exchange}", headers, body)

    def delivered(
        self, source: Source, queue: str, address: bytes, header: bytes, body: bytes, *, redelivered: bool
    ) -> None:
        """Trace a delivery, unless it is one of the trace itself."""
        if source.is_untraced or split_address(address)[0] == TRACE_EXCHANGE:
            return
        headers = self._trace_headers(source, address, header)
        headers["redelivered"] = Field("I", int(redelivered))
        self._publish_trace(f"deliver.{queue}", headers, body)

    def settled(self, source: Source, verb: str, queue: str, address: bytes, header: bytes, tag: int) -> None:
        """Trace an ack, nack or reject; RabbitMQ has nothing like it."""
        if source.is_untraced:
            return
        headers = self._trace_headers(source, address, header)
        headers["delivery_tag"] = long(tag)
        self._publish_trace(f"{verb}.{queue}", headers, b"")

    def new_pid(self) -> str:
        """Return a name for a connection or a channel, in the form of Erlang's process names."""
        return f"<{NODE}.{next(self._pids)}.0>"

    def happened(self, event: str, **values: object) -> None:
        """Publish an event, its values as headers."""
        if not self._events.is_used:
            return
        at_ms = int((self._broker.epoch + self._broker.now) * 1000)
        headers: Table = {name: _field(value) for name, value in values.items() if value is not None}
        headers["timestamp_in_ms"] = long(at_ms)
        properties = {"headers": headers, "delivery_mode": 2, "timestamp": at_ms // 1000}
        self._publish(EVENT_EXCHANGE, event, encode_header(properties, 0), b"")

    def _trace_headers(self, source: Source, address: bytes, header: bytes) -> Table:
        exchange, routing_key = split_address(address)
        properties = decode_properties(header)
        return {
            "exchange_name": text(exchange),
            "routing_keys": Field("A", [text(routing_key)]),
            "properties": Field("F", _as_table(properties)),
            "node": text(NODE),
            "vhost": text("/"),
            "connection": text(source.connection_name),
            "channel": Field("I", source.number),
            "user": text(source.user),
        }

    def _publish_trace(self, routing_key: str, headers: Table, body: bytes) -> None:
        self._publish(TRACE_EXCHANGE, routing_key, encode_header({"headers": headers}, len(body)), body)

    def _publish(self, exchange: str, routing_key: str, header: bytes, body: bytes) -> None:
        self._broker.publish_own(exchange, routing_key, header, body, make_address(exchange, routing_key))


def _as_table(properties: Mapping[str, Any]) -> Table:
    return {name: Field(PROPERTY_KINDS[PROPERTY_TYPES[name]], value) for name, value in properties.items()}


def _field(value: object) -> Field:
    match value:
        case bool():
            return boolean(value)
        case int():
            return long(value)
        case dict():  # RabbitMQ writes each entry as an Erlang term
            return Field("A", [text(_term(name, field)) for name, field in value.items()])
        case _:
            return text(str(value))


def _term(name: str, field: Field) -> str:
    return f'{{<<"{name}">>,{TYPE_NAMES[field.kind]},{_value(field)}}}'


def _value(field: Field) -> str:
    match field.kind:
        case "S":
            return f'<<"{field.value}">>'
        case "F":
            return f"[{','.join(_term(name, inner) for name, inner in field.value.items())}]"
        case "A":
            return f"[{','.join(f'{{{TYPE_NAMES[inner.kind]},{_value(inner)}}}' for inner in field.value)}]"
        case _:
            return str(field.value).lower() if isinstance(field.value, bool) else str(field.value)
