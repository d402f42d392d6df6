"""Bytes into frames, frames into bytes (specification, section 4.2.3)."""

import struct
from collections.abc import Iterator

from pamqp import base

from . import erlang
from .errors import FrameError, UnexpectedFrame
from .methods import encode_method

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
FRAME_END = b"\xce"
FRAME_END_OCTET = 0xCE
HEADER_SIZE = 7
OVERHEAD = HEADER_SIZE + 1
MIN_FRAME_MAX = 4096

FRAME_START = struct.Struct(">BHI")
HEARTBEAT_FRAME = FRAME_START.pack(HEARTBEAT, 0, 0) + FRAME_END

_KNOWN_KINDS = frozenset((METHOD, HEADER, BODY, HEARTBEAT))


class FrameReader:
    """Cuts a byte stream into frames.

    An incomplete frame waits for more bytes; an exception always means a
    broken peer.

    Attributes:
        frame_max: The largest frame to accept, all of it counted.
    """

    def __init__(self, frame_max: int) -> None:
        self.frame_max = frame_max
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Take bytes in; yield (frame type, channel number, payload) of what is complete.

        The iterator must be read to its end before more is fed; whoever stops
        reading it has given the stream up.

        Raises:
            FrameError: the peer sent something that is not a frame.
        """
        if self._rest:
            data = self._rest + data
        position, length = 0, len(data)
        unpack = FRAME_START.unpack_from
        while length - position >= HEADER_SIZE:
            kind, channel, size = unpack(data, position)
            if size > self.frame_max - OVERHEAD:
                limit = self.frame_max - OVERHEAD
                raise frame_fault(kind, b"", f"{{frame_too_large,{size},{limit}}}")
            end = position + HEADER_SIZE + size
            if end >= length:
                break
            payload = data[position + HEADER_SIZE : end]
            if data[end] != FRAME_END_OCTET:
                raise frame_fault(kind, payload, f"{{invalid_frame_end_marker,{data[end]}}}")
            if kind not in _KNOWN_KINDS or (kind == HEARTBEAT and size):
                raise frame_fault(kind, payload, "unknown_frame")
            position = end + 1
            yield kind, channel, payload
        self._rest = data[position:]


def frame_fault(kind: int, payload: bytes, what: str) -> FrameError:
    """Return the error for a frame that is none, in RabbitMQ's words."""
    return FrameError(f"type {kind}, all octets = {erlang.binary(payload)}: {what}")


def unexpected(kind: int, payload: bytes) -> UnexpectedFrame:
    """Return the error for a frame that nobody waits for, in RabbitMQ's words."""
    error = UnexpectedFrame(f"type {kind}, all octets = {erlang.binary(payload)}")
    error.method_index = 0
    return error


def frame(kind: int, channel: int, payload: bytes) -> bytes:
    """Return one frame."""
    return FRAME_START.pack(kind, channel, len(payload)) + payload + FRAME_END


def method_frame(channel: int, method: type[base.Frame], *values: object) -> bytes:
    """Return the frame of a method, `values` being its fields in order."""
    return frame(METHOD, channel, encode_method(method, *values))
