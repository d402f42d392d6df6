"""Messages, and what their properties say.

A message travels as bytes: the content header that came in is the one that
goes out. What the broker itself needs to know of it is read once, and read
once only for properties that many messages share.
"""

import struct
from typing import Any, NamedTuple

from . import erlang
from .tables import (
    TYPE_NAMES,
    Table,
    TableError,
    decode_short_string,
    decode_table,
    encode_short_string,
    encode_table,
)

BASIC_CLASS = 60
CONTENT_START = struct.Struct(">HHQ")
"""Class, weight and body size: the start of a content header."""

_FLAGS = struct.Struct(">H")
_UINT64 = struct.Struct(">Q")

_PROPERTIES: tuple[tuple[str, str], ...] = (
    ("content_type", "shortstr"),
    ("content_encoding", "shortstr"),
    ("headers", "table"),
    ("delivery_mode", "octet"),
    ("priority", "octet"),
    ("correlation_id", "shortstr"),
    ("reply_to", "shortstr"),
    ("expiration", "shortstr"),
    ("message_id", "shortstr"),
    ("timestamp", "timestamp"),
    ("type", "shortstr"),
    ("user_id", "shortstr"),
    ("app_id", "shortstr"),
    ("cluster_id", "shortstr"),
)
"""The properties of class basic in the order of their flags, the highest bit first."""

PROPERTY_KINDS = {"shortstr": "S", "table": "F", "octet": "I", "timestamp": "T"}
PROPERTY_NAMES = tuple(name for name, _ in _PROPERTIES)
PROPERTY_TYPES = dict(_PROPERTIES)


class Facts(NamedTuple):
    """What the broker needs to know of a message's properties.

    Attributes:
        persistent: delivery_mode is 2.
        priority: 0 if none was given.
        ttl_ms: The time to live that was asked for.
        problem: Why RabbitMQ would refuse the message, in its words.
        user_id: Must be the user's own name if given.
        reply_to: Where an answer is awaited.
        copies: Further routing keys, from the CC and BCC headers.
        has_bcc: There is a BCC header, which no receiver may see.
    """

    persistent: bool
    priority: int
    ttl_ms: int | None
    problem: str | None
    user_id: str | None
    reply_to: str | None
    copies: tuple[str, ...]
    has_bcc: bool

    @property
    def needs_care(self) -> bool:
        """Something must be checked, or changed, before it is routed."""
        return self.problem is not None or self.user_id is not None or self.reply_to is not None


class Message:
    """One message in one queue.

    Attributes:
        address: Exchange and routing key, encoded as two short strings, as
            basic.publish brought them and basic.deliver takes them.
        header: The payload of the content header frame.
        body: All of the body.
        offset: Its place in order of arrival, unique in the broker.
        stored: It is, or will be with the next commit, in the store.
        redelivered: Someone may have seen it before.
        priority: Its place among others in a priority queue.
        delivery_count: How often it came back in a way that counts (quorum).
        acquired_count: How often it came back at all (quorum).
        expires_at: When its time to live ends, on the driver's clock.
    """

    __slots__ = (
        "acquired_count",
        "address",
        "body",
        "delivery_count",
        "expires_at",
        "header",
        "offset",
        "priority",
        "redelivered",
        "stored",
    )

    def __init__(self, address: bytes, header: bytes, body: bytes, priority: int = 0) -> None:
        self.address = address
        self.header = header
        self.body = body
        self.priority = priority
        self.offset = 0
        self.stored = False
        self.redelivered = False
        self.delivery_count = 0
        self.acquired_count = 0
        self.expires_at: float | None = None

    @property
    def exchange(self) -> str:
        """The exchange it was published to."""
        return split_address(self.address)[0]

    @property
    def routing_key(self) -> str:
        """The routing key it was published with."""
        return split_address(self.address)[1]


def split_address(address: bytes) -> tuple[str, str]:
    """Return exchange and routing key of an address.

    Raises:
        TableError: it does not hold two short strings.
    """
    try:
        exchange, end = decode_short_string(address, 0)
        return exchange, decode_short_string(address, end)[0]
    except IndexError as error:
        raise TableError("an address is cut short") from error


def make_address(exchange: str, routing_key: str) -> bytes:
    """Return exchange and routing key as an address."""
    return encode_short_string(exchange) + encode_short_string(routing_key)


def decode_properties(header: bytes) -> dict[str, Any]:
    """Return the properties that the content header `header` holds; headers as a `Table`.

    Raises:
        TableError: the header cannot be read.
    """
    try:
        return _read_properties(header)
    except (IndexError, struct.error) as error:
        raise TableError(f"malformed properties: {error}") from error


def _read_properties(header: bytes) -> dict[str, Any]:
    (flags,) = _FLAGS.unpack_from(header, CONTENT_START.size)
    position = CONTENT_START.size + _FLAGS.size
    properties: dict[str, Any] = {}
    for number, (name, kind) in enumerate(_PROPERTIES):
        if not flags & 0x8000 >> number:
            continue
        if kind == "shortstr":
            properties[name], position = decode_short_string(header, position)
        elif kind == "table":
            properties[name], position = decode_table(header, position)
        elif kind == "octet":
            properties[name], position = header[position], position + 1
        else:
            properties[name], position = _UINT64.unpack_from(header, position)[0], position + 8
    return properties


def encode_header(properties: dict[str, Any], body_size: int) -> bytes:
    """Return the payload of a content header frame."""
    flags, parts = 0, []
    for number, (name, kind) in enumerate(_PROPERTIES):
        if (value := properties.get(name)) is None:
            continue
        flags |= 0x8000 >> number
        if kind == "shortstr":
            parts.append(encode_short_string(value))
        elif kind == "table":
            parts.append(encode_table(value))
        else:
            parts.append(bytes((value,)) if kind == "octet" else _UINT64.pack(value))
    start = CONTENT_START.pack(BASIC_CLASS, 0, body_size) + _FLAGS.pack(flags)
    return start + b"".join(parts)


def headers_of(header: bytes) -> Table:
    """Return the headers table of a message, empty if it has none."""
    headers: Table = decode_properties(header).get("headers", {})
    return headers


class FactsReader:
    """Reads `Facts` from content headers and remembers the last ones.

    Programs send the same properties again and again; a message id or a
    timestamp makes them differ, and then reading costs a few microseconds.
    """

    _LIMIT = 512
    _LONGEST = 512

    def __init__(self) -> None:
        self._known: dict[bytes, Facts] = {}

    def read(self, header: bytes) -> Facts:
        """Return what `header` says.

        Raises:
            TableError: the header cannot be read.
        """
        key = header[CONTENT_START.size :]
        facts = self._known.get(key)
        if facts is None:
            facts = _read_plain_facts(header) or read_facts(header)
            if len(key) <= self._LONGEST:
                if len(self._known) >= self._LIMIT:
                    self._known.clear()
                self._known[key] = facts
        return facts


_PLAIN = Facts(False, 0, None, None, None, None, (), has_bcc=False)
_PLAIN_PERSISTENT = _PLAIN._replace(persistent=True)
# headers, priority, reply_to, expiration, user_id, and the flag that says that more flags follow
_NOT_PLAIN = 0x2000 | 0x0800 | 0x0200 | 0x0100 | 0x0010 | 0x0001


def _read_plain_facts(header: bytes) -> Facts | None:
    """Return what a header without anything special says; None if there is something special."""
    (flags,) = _FLAGS.unpack_from(header, CONTENT_START.size)
    if flags & _NOT_PLAIN:
        return None
    position, facts = CONTENT_START.size + _FLAGS.size, _PLAIN
    try:
        for number, (_, kind) in enumerate(_PROPERTIES):
            if not flags & 0x8000 >> number:
                continue
            if kind == "shortstr":
                position += 1 + header[position]
            elif kind == "octet":
                facts = _PLAIN_PERSISTENT if header[position] == 2 else _PLAIN
                position += 1
            else:
                position += 8
    except IndexError as error:
        raise TableError("malformed properties") from error
    if position > len(header):
        raise TableError("malformed properties")
    return facts


def read_facts(header: bytes) -> Facts:
    """Return what `header` says, without remembering it.

    Raises:
        TableError: the header cannot be read.
    """
    properties = decode_properties(header)
    headers = properties.get("headers") or {}
    ttl_ms, problem = _read_expiration(properties.get("expiration"))
    for name in ("CC", "BCC"):
        if name in headers and headers[name].kind != "A":
            kind = TYPE_NAMES[headers[name].kind]
            problem = f'invalid message: {{unacceptable_type_in_header,"{name}",{kind}}}'
    return Facts(
        persistent=properties.get("delivery_mode") == 2,
        priority=properties.get("priority") or 0,
        ttl_ms=ttl_ms,
        problem=problem,
        user_id=properties.get("user_id"),
        reply_to=properties.get("reply_to"),
        copies=_routing_keys(headers, "CC") + _routing_keys(headers, "BCC"),
        has_bcc="BCC" in headers,
    )


def _read_expiration(expiration: str | None) -> tuple[int | None, str | None]:
    """Return the time to live, and what is wrong with it."""
    if expiration is None:
        return None, None
    value, rest = erlang.to_integer(expiration)
    if value is None:
        what = "no_integer"
    elif rest:
        what = f'{{leftover_string,"{rest}"}}'
    elif value < 0:
        what = f"{{value_negative,{value}}}"
    else:
        return value, None
    return None, f"invalid expiration '{expiration}': {what}"


def without_bcc(header: bytes) -> bytes:
    """Return a content header without its BCC header."""
    properties = decode_properties(header)
    properties["headers"].pop("BCC", None)
    return encode_header(properties, CONTENT_START.unpack_from(header)[2])


def _routing_keys(headers: Table, name: str) -> tuple[str, ...]:
    field = headers.get(name)
    if field is None or field.kind != "A":
        return ()
    return tuple(entry.value for entry in field.value if entry.kind == "S")
