"""Frames as they read: the bytes of one, taken apart by pika."""

import struct
from collections.abc import Mapping

from pika import spec
from pika.exceptions import AMQPError
from pika.frame import Frame, Header, Heartbeat, Method, ProtocolHeader, decode_frame

from workq_gui.core.wire import FrameType, WireFrame, WireRecord
from workq_gui.messaging.wire import ARGUMENTS_AT, FRAME_HEADER, METHOD_AT

RAW_BYTES = 256
MOST_CHARACTERS = 400
NAMES_IN_AMQP = {"global_qos": "global", "nowait": "no_wait"}
"""Arguments that pika calls otherwise."""
NAMES = {
    FrameType.METHOD: "method",
    FrameType.HEADER: "content header",
    FrameType.BODY: "content body",
    FrameType.HEARTBEAT: "heartbeat",
    FrameType.PROTOCOL_HEADER: "protocol header",
}
NOT_AMQP = "These bytes are no frame of AMQP 0-9-1."
TOO_LONG = "Only the first {:,} of its {:,} bytes were kept: too few to take it apart."
DAMAGED = "It could not be taken apart: what is in it is not as AMQP 0-9-1 says."

UNREADABLE = (
    AMQPError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    OSError,
    RecursionError,  # a stranger's tables within tables
    struct.error,
)


def decode(record: WireRecord) -> WireFrame:
    """Return `record` as it reads. Never raises: what cannot be taken apart says so in `problem`."""
    frame_type, raw = record.frame_type, record.raw
    if frame_type is FrameType.NOTE:
        return _frame(record, frame_type, "")
    if frame_type is FrameType.UNKNOWN or len(raw) < FRAME_HEADER.size:
        return _frame(record, FrameType.UNKNOWN, "not AMQP", problem=NOT_AMQP)
    if frame_type is FrameType.BODY:
        return _body(record)
    name = _method_name(raw) if frame_type is FrameType.METHOD else NAMES[frame_type]
    if record.size_bytes > len(raw):
        problem = TOO_LONG.format(len(raw), record.size_bytes)
        return _frame(record, frame_type, name, problem=problem)
    try:
        return _taken_apart(record, name, decode_frame(raw)[1])
    except UNREADABLE:
        return _frame(record, frame_type, name, problem=DAMAGED)


def _taken_apart(record: WireRecord, name: str, decoded: "Frame | ProtocolHeader | None") -> WireFrame:
    if isinstance(decoded, Method):
        return _frame(record, FrameType.METHOD, name, arguments=_pairs(vars(decoded.method)))
    if isinstance(decoded, Header):
        set_ones = {key: value for key, value in vars(decoded.properties).items() if value is not None}
        arguments = (("class", "60 Basic"), ("body_size", str(decoded.body_size)))
        return _frame(record, FrameType.HEADER, name, arguments=arguments, properties=_pairs(set_ones))
    if isinstance(decoded, ProtocolHeader):
        version = f"{decoded.major}-{decoded.minor}-{decoded.revision}"
        return _frame(record, FrameType.PROTOCOL_HEADER, name, arguments=(("version", version),))
    if isinstance(decoded, Heartbeat):
        return _frame(record, FrameType.HEARTBEAT, name)
    return _frame(record, record.frame_type, name, problem=DAMAGED)


def _body(record: WireRecord) -> WireFrame:
    is_whole = record.size_bytes == len(record.raw)
    payload = record.raw[METHOD_AT : -1 if is_whole else None]
    text = payload.decode(errors="backslashreplace")
    cut = text[:MOST_CHARACTERS] + ("…" if len(text) > MOST_CHARACTERS or not is_whole else "")
    return _frame(
        record,
        FrameType.BODY,
        NAMES[FrameType.BODY],
        body=_visible(cut),
        body_bytes=record.size_bytes - FRAME_HEADER.size - 1,
    )


def _frame(
    record: WireRecord,
    frame_type: FrameType,
    name: str,
    *,
    arguments: tuple[tuple[str, str], ...] = (),
    properties: tuple[tuple[str, str], ...] = (),
    body: str = "",
    body_bytes: int = 0,
    problem: str = "",
) -> WireFrame:
    has_channel = frame_type in NAMES and frame_type is not FrameType.PROTOCOL_HEADER
    return WireFrame(
        at_ns=record.at_ns,
        owner=record.owner,
        is_outgoing=record.is_outgoing,
        channel=FRAME_HEADER.unpack_from(record.raw)[1] if has_channel else 0,
        frame_type=frame_type,
        name=name,
        size_bytes=record.size_bytes,
        raw=record.raw[:RAW_BYTES],
        arguments=arguments,
        properties=properties,
        body=body,
        body_bytes=body_bytes,
        problem=problem,
    )


def _method_name(raw: bytes) -> str:
    number = int.from_bytes(raw[METHOD_AT:ARGUMENTS_AT])
    name = getattr(spec.methods.get(number), "NAME", None)
    return f"method {number >> 16}.{number & 0xFFFF}" if name is None else str(name)


def _pairs(values: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((NAMES_IN_AMQP.get(name, name), _value(value)) for name, value in values.items())


def _value(value: object) -> str:
    """Return a value as Python writes it: so nothing in it is a command to the screen."""
    if isinstance(value, bytes):
        value = value.decode(errors="backslashreplace")
    words = repr(value)
    return words if len(words) <= MOST_CHARACTERS else f"{words[:MOST_CHARACTERS]}…"


def _visible(text: str) -> str:
    """Return `text` with what cannot be seen written as Python does; a new line stays one."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
