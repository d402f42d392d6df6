"""Methods to and from bytes.

pamqp knows which methods there are, their fields and the fields' types; this
module walks those lists. It reads and writes by itself because pamqp's own
codec forgets the types in field tables, which RabbitMQ's answers depend on,
and refuses on behalf of the specification names that RabbitMQ accepts.
"""

import itertools
import struct
from typing import Any, NamedTuple, cast

from pamqp import base, commands

from . import erlang
from .errors import FrameError, WordlessEnd
from .tables import Table, TableError, decode_short_string, decode_table, encode_short_string, encode_table

_INDEX = struct.Struct(">I")
_INTEGERS = {
    "octet": struct.Struct(">B"),
    "short": struct.Struct(">H"),
    "long": struct.Struct(">I"),
    "longlong": struct.Struct(">Q"),
}


class _Layout(NamedTuple):
    """How a method's fields lie on the wire: (name, type) in order."""

    method: type[base.Frame]
    fields: tuple[tuple[str, str], ...]


def _layouts() -> dict[int, _Layout]:
    mapping = cast("dict[int, type[base.Frame]]", commands.INDEX_MAPPING)
    return {
        index: _Layout(method, tuple((name, method.amqp_type(name)) for name in method.attributes()))
        for index, method in mapping.items()
    }


_LAYOUTS = _layouts()


def table_of(value: object) -> Table:
    """Return a method's table field as what `decode_method` put there."""
    return cast("Table", value or {})


def decode_method(payload: bytes) -> base.Frame:
    """Return the method in the payload of a method frame.

    Raises:
        FrameError: its fields cannot be read.
        WordlessEnd: there is no such method, or a table in it makes no sense.
    """
    if len(payload) < _INDEX.size:
        raise FrameError(f"type 1, all octets = {erlang.binary(payload)}: unknown_frame")
    layout = _LAYOUTS.get(_INDEX.unpack_from(payload)[0])
    if layout is None:
        raise WordlessEnd("unknown method")
    method = layout.method.__new__(layout.method)  # its __init__ would check, and warn of old methods
    try:
        _read_fields(method, layout.fields, payload)
    except TableError as error:
        raise WordlessEnd(str(error)) from error
    except (struct.error, IndexError) as error:
        raise FrameError(f"cannot decode {erlang.binary(payload[4:])}") from error
    return method


def _read_fields(method: base.Frame, fields: tuple[tuple[str, str], ...], data: bytes) -> None:
    position, bit = 4, 8
    for name, kind in fields:
        if kind == "bit":
            if bit > 7:  # bits that follow each other share a byte
                position, bit = position + 1, 0
            setattr(method, name, bool(data[position - 1] >> bit & 1))
            bit += 1
            continue
        bit = 8
        value, position = _read_field(kind, data, position)
        setattr(method, name, value)


def _read_field(kind: str, data: bytes, position: int) -> tuple[Any, int]:
    if integer := _INTEGERS.get(kind):
        return integer.unpack_from(data, position)[0], position + integer.size
    if kind == "shortstr":
        if position + 1 + data[position] > len(data):
            raise IndexError("a short string is longer than its frame")
        return decode_short_string(data, position)
    (length,) = _INDEX.unpack_from(data, position)
    end = position + 4 + length
    if end > len(data):
        raise IndexError("a field is longer than its frame")
    if kind == "table":
        return decode_table(data, position)
    return data[position + 4 : end], end


def encode_method(method: type[base.Frame], *values: object) -> bytes:
    """Return the payload of a method frame.

    pamqp's own objects are not used for this: they check what they hold, and
    would refuse the names that RabbitMQ, and so our clients, may use.

    Args:
        method: Which method.
        values: Its fields in order; those left out are zero or empty.
    """
    parts = [_INDEX.pack(method.index)]
    bit = 8
    for (_, kind), value in itertools.zip_longest(_LAYOUTS[method.index].fields, values):
        if kind == "bit":
            if bit > 7:
                parts.append(b"\0")
                bit = 0
            parts[-1] = bytes((parts[-1][0] | bool(value) << bit,))
            bit += 1
            continue
        bit = 8
        parts.append(_encode_field(kind, value))
    return b"".join(parts)


def _encode_field(kind: str, value: Any) -> bytes:
    if integer := _INTEGERS.get(kind):
        return integer.pack(value or 0)
    if kind == "shortstr":
        return encode_short_string(value or "")
    if kind == "table":
        return encode_table(value or {})
    data = value.encode() if isinstance(value, str) else bytes(value or b"")
    return _INDEX.pack(len(data)) + data
