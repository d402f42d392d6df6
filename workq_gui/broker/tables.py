"""Field tables, with the type of each value kept.

RabbitMQ names types in its error texts, compares arguments by type class and
hands headers on unchanged, so a value here remembers the letter it came with.
The letters are RabbitMQ's (https://www.rabbitmq.com/amqp-0-9-1-errata, section
3), which differ from those of the specification.
"""

import struct
from collections.abc import Callable
from typing import Any, NamedTuple

MAX_DEPTH = 32  # nested tables; far beyond any honest header, far below Python's own limit

_UINT32 = struct.Struct(">I")


class TableError(ValueError):
    """The bytes are not a field table."""


class Field(NamedTuple):
    """One value of a table.

    Attributes:
        kind: The type's letter on the wire.
        value: A plain value; `Table` for F, a list of `Field` for A, bytes
            for what is no text.
    """

    kind: str
    value: Any


Table = dict[str, Field]

TYPE_NAMES = {
    "S": "longstr",
    "I": "signedint",
    "D": "decimal",
    "T": "timestamp",
    "F": "table",
    "A": "array",
    "b": "byte",
    "B": "unsignedbyte",
    "s": "short",
    "u": "unsignedshort",
    "i": "unsignedint",
    "l": "long",
    "L": "long",
    "d": "double",
    "f": "float",
    "t": "bool",
    "x": "binary",
    "V": "void",
}

INTEGER_KINDS = frozenset("IbBsuilL")
"""Kinds that hold a whole number; RabbitMQ takes any of them where it wants one."""

_NUMBERS = {
    "I": struct.Struct(">i"),
    "i": struct.Struct(">I"),
    "b": struct.Struct(">b"),
    "B": struct.Struct(">B"),
    "s": struct.Struct(">h"),
    "u": struct.Struct(">H"),
    "l": struct.Struct(">q"),
    "L": struct.Struct(">q"),
    "T": struct.Struct(">Q"),
    "d": struct.Struct(">d"),
    "f": struct.Struct(">f"),
    "t": struct.Struct(">?"),
    "D": struct.Struct(">BI"),
}


def text(value: str) -> Field:
    """Return `value` as a long string."""
    return Field("S", value)


def long(value: int) -> Field:
    """Return `value` as a 64-bit integer."""
    return Field("l", value)


def boolean(value: bool) -> Field:
    """Return `value` as a boolean."""
    return Field("t", value)


def type_class(kind: str) -> str:
    """Return a name that all kinds share whose values compare as equal."""
    if kind in INTEGER_KINDS:
        return "int"
    return "float" if kind in "df" else kind


def decode_table(data: bytes, position: int = 0) -> tuple[Table, int]:
    """Read the table that starts with its length at `position`; return it and where it ends.

    Raises:
        TableError: the bytes are not a field table.
    """
    try:
        return _read_table(data, position, 0)
    except (struct.error, IndexError, KeyError) as error:
        raise TableError(f"malformed table: {error}") from error


def encode_table(table: Table) -> bytes:
    """Return the bytes of `table`, its length in front."""
    parts = []
    for name, field in table.items():
        parts.append(encode_short_string(name))
        parts.append(_encode_field(field))
    return _with_length(b"".join(parts))


def encode_short_string(value: str) -> bytes:
    """Return `value` with a length byte, cut at 255 bytes."""
    data = value.encode("utf-8", "surrogateescape")[:255]
    return bytes((len(data),)) + data


def decode_short_string(data: bytes, position: int) -> tuple[str, int]:
    """Read a short string at `position`; return it and where it ends."""
    end = position + 1 + data[position]
    if end > len(data):
        raise TableError("a string is longer than what holds it")
    # Names need not be UTF-8 for RabbitMQ; whatever came in goes out again.
    return data[position + 1 : end].decode("utf-8", "surrogateescape"), end


def _slice(data: bytes, position: int) -> tuple[bytes, int]:
    (length,) = _UINT32.unpack_from(data, position)
    end = position + 4 + length
    if end > len(data):
        raise TableError("a field is longer than what holds it")
    return data[position + 4 : end], end


def _read_table(data: bytes, position: int, depth: int) -> tuple[Table, int]:
    if depth > MAX_DEPTH:
        raise TableError("tables are nested too deep")
    body, end = _slice(data, position)
    table: Table = {}
    at = 0
    while at < len(body):
        name, at = decode_short_string(body, at)
        table[name], at = _read_field(body, at, depth)
    return table, end


def _read_field(data: bytes, position: int, depth: int) -> tuple[Field, int]:
    kind = chr(data[position])
    position += 1
    if number := _NUMBERS.get(kind):
        values = number.unpack_from(data, position)
        return Field(kind, values[0] if len(values) == 1 else values), position + number.size
    reader = _READERS[kind]
    value, end = reader(data, position, depth + 1)
    return Field(kind, value), end


def _read_text(data: bytes, position: int, _depth: int) -> tuple[str, int]:
    raw, end = _slice(data, position)
    return raw.decode("utf-8", "surrogateescape"), end


def _read_bytes(data: bytes, position: int, _depth: int) -> tuple[bytes, int]:
    return _slice(data, position)


def _read_array(data: bytes, position: int, depth: int) -> tuple[list[Field], int]:
    if depth > MAX_DEPTH:
        raise TableError("arrays are nested too deep")
    body, end = _slice(data, position)
    fields = []
    at = 0
    while at < len(body):
        field, at = _read_field(body, at, depth)
        fields.append(field)
    return fields, end


def _read_void(_data: bytes, position: int, _depth: int) -> tuple[None, int]:
    return None, position


_READERS: dict[str, Callable[[bytes, int, int], tuple[Any, int]]] = {
    "S": _read_text,
    "x": _read_bytes,
    "A": _read_array,
    "F": _read_table,
    "V": _read_void,
}


def _with_length(data: bytes) -> bytes:
    return _UINT32.pack(len(data)) + data


def _encode_field(field: Field) -> bytes:
    kind, value = field
    prefix = kind.encode("latin-1")
    if number := _NUMBERS.get(kind):
        return prefix + (number.pack(*value) if kind == "D" else number.pack(value))
    match kind:
        case "S":
            return prefix + _with_length(value.encode("utf-8", "surrogateescape"))
        case "x":
            return prefix + _with_length(value)
        case "A":
            return prefix + _with_length(b"".join(map(_encode_field, value)))
        case "F":
            return prefix + encode_table(value)
        case _:
            return prefix
