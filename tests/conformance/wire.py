"""What an AMQP client receives, written down: each method, property and table value with its type.

pamqp reads methods well, but forgets which of the eleven number types a table value had. Clients in
typed languages see it, so tables are read here.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pamqp import base, commands, exceptions, frame

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
FRAME_END = 0xCE
WITH_CONTENT = (commands.Basic.Deliver, commands.Basic.GetOk, commands.Basic.Return)

_NUMBERS = {
    "b": ">b", "B": ">B", "s": ">h", "u": ">H", "I": ">i", "i": ">I", "l": ">q", "f": ">f", "d": ">d",
}  # fmt: skip
_PROPERTIES = (
    "content_type", "content_encoding", "headers", "delivery_mode", "priority", "correlation_id", "reply_to",
    "expiration", "message_id", "timestamp", "message_type", "user_id", "app_id", "cluster_id",
)  # fmt: skip


@dataclass(slots=True)
class Seen:
    """One thing that the broker sent: a method, and its content if it has one.

    Attributes:
        properties: Only those that were present.
        table: The header table, with the types of its values.
    """

    method: base.Frame | None
    text: str
    properties: str = ""
    table: dict[str, Any] = field(default_factory=dict)
    body: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.method, name)

    @property
    def headers(self) -> dict[str, Any]:
        """The header table without types, for scenarios that decide by it."""
        return {name: plain(value) for name, value in self.table.items()}

    def is_a(self, *kinds: type) -> bool:
        return isinstance(self.method, kinds)

    def __str__(self) -> str:
        if self.body is None:
            return self.text
        body = repr(self.body) if len(self.body) <= 100 else f"{len(self.body)} bytes {self.body[:20]!r}..."
        return f"{self.text} {self.properties} {body}"


def method_text(method: base.Frame) -> str:
    """Return the method with all its fields, as `Basic.Ack(delivery_tag=1, multiple=False)`."""
    fields = ", ".join(f"{name}={value!r}" for name, value in method if name != "ticket")
    return f"{method.name}({fields})"


def read_method(payload: bytes) -> Seen:
    """Read a method frame; one that pamqp does not know is shown as it is."""
    try:
        method = frame.unmarshal(raw_frame(METHOD, 0, payload))[2]
    except exceptions.UnmarshalingException:
        class_id, method_id = struct.unpack_from(">HH", payload)
        return Seen(None, f"method {class_id}.{method_id} {payload[4:]!r}")
    assert isinstance(method, base.Frame)
    return Seen(method, method_text(method))


def raw_frame(kind: int, channel: int, payload: bytes, end: int = FRAME_END) -> bytes:
    """Return a frame, well-formed or not."""
    return struct.pack(">BHI", kind, channel, len(payload)) + payload + bytes([end])


def raw_method(channel: int, class_id: int, method_id: int, payload: bytes = b"") -> bytes:
    """Return a method frame with any numbers in it."""
    return raw_frame(METHOD, channel, struct.pack(">HH", class_id, method_id) + payload)


def short_string(text: str) -> bytes:
    return bytes([len(text.encode())]) + text.encode()


def read_header(payload: bytes) -> tuple[int, str, dict[str, Any]]:
    """Return body size, properties as text, and the header table of a content header frame."""
    _class_id, _weight, body_size, flags = struct.unpack_from(">HHQH", payload)
    reader = _Reader(payload[14:])
    texts: list[str] = []
    headers: dict[str, Any] = {}
    for index, name in enumerate(_PROPERTIES):
        if not flags & (1 << (15 - index)):
            continue
        if name == "headers":
            headers = reader.table()
            texts.append(f"headers={typed(headers)}")
        elif name in {"delivery_mode", "priority"}:
            texts.append(f"{name}={reader.take('>B')}")
        elif name == "timestamp":
            texts.append(f"{name}={_time(reader.take('>Q'))}")
        else:
            texts.append(f"{name}={reader.bytes(reader.take('>B')).decode()!r}")
    return body_size, "[" + ", ".join(texts) + "]", headers


@dataclass(frozen=True, slots=True)
class _Typed:
    """A table value whose type Python does not have."""

    kind: str
    value: Any


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, form: str) -> Any:
        (value,) = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return value

    def bytes(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def table(self) -> dict[str, Any]:
        end = self.take(">I") + self._at
        return dict(self._pairs(end))

    def _pairs(self, end: int) -> Iterator[tuple[str, Any]]:
        while self._at < end:
            yield self.bytes(self.take(">B")).decode(), self._value()

    def _array(self) -> list[Any]:
        end = self.take(">I") + self._at
        values = []
        while self._at < end:
            values.append(self._value())
        return values

    def _value(self) -> Any:
        kind = chr(self.take(">B"))
        match kind:
            case "S":
                return self.bytes(self.take(">I")).decode(errors="backslashreplace")
            case "x":
                return self.bytes(self.take(">I"))
            case "t":
                return bool(self.take(">B"))
            case "V":
                return None
            case "F":
                return self.table()
            case "A":
                return self._array()
            case "T":
                return _Typed("timestamp", self.take(">Q"))
            case "D":
                return _Typed("decimal", (self.take(">B"), self.take(">i")))
        return _Typed(kind, self.take(_NUMBERS[kind]))


def typed(value: Any) -> str:
    """Return a table value as text, each number with its type, each table sorted by its keys."""
    match value:
        case _Typed("timestamp", number):
            return f"timestamp {_time(number)}"
        case _Typed(kind, number):
            return f"{kind}:{number}"
        case dict():
            return "{" + ", ".join(f"{key}: {typed(value[key])}" for key in sorted(value)) + "}"
        case list():
            return "[" + ", ".join(map(typed, value)) + "]"
    return repr(value)


def _time(seconds: int) -> str:
    """Return a time as text: what the broker stamps is now, what a scenario stamps is long ago."""
    return "now" if seconds > 1_600_000_000 else str(seconds)


def plain(value: Any) -> Any:
    """Return a table value without its types."""
    match value:
        case _Typed(_, number):
            return number
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
    return value
