"""The tap on our own connections: what goes over the wire, while somebody watches.

It sits above TLS: what is seen is AMQP, whatever the bytes are wrapped in.
"""

import struct
from collections.abc import Callable, Iterable

from workq_gui.core.clock import Clock
from workq_gui.core.wire import FrameType, WireRecord

KEPT_BYTES = 4_096
"""So much of a frame is kept: of a longer one the rest is body, or a table that nobody can take in."""
FRAME_HEADER = struct.Struct(">BHI")
FRAME_END = b"\xce"
PROTOCOL_HEADER = b"AMQP"
PROTOCOL_HEADER_BYTES = 8
START_OK = b"\x00\x0a\x00\x0b"
METHOD_AT = FRAME_HEADER.size
ARGUMENTS_AT = METHOD_AT + len(START_OK)
MASK = "•••".encode()


class WireTap:
    """Where connections leave what goes over their wire. Safe from any thread.

    Attributes:
        sink: What takes it, in the thread of the connection; None while nobody watches. Then it costs a
            connection one look at this, per read and write.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.sink: Callable[[list[WireRecord]], None] | None = None

    def take_incoming(self, owner: str, unread: bytes) -> None:
        """Take the frames that are whole in what the connection of `owner` has read and not yet used.

        That begins where a frame begins: so the tap can be opened at any moment.
        """
        self._take(owner, split(unread)[0], is_outgoing=False)

    def take_outgoing(self, owner: str, frames: Iterable[bytes]) -> None:
        """Take frames that are about to be sent."""
        self._take(owner, map(masked, frames), is_outgoing=True)

    def _take(self, owner: str, frames: Iterable[bytes], *, is_outgoing: bool) -> None:
        sink = self.sink
        if sink is None:  # it was closed meanwhile
            return
        at_ns = self._clock.now_ns()
        sink([WireRecord(at_ns, owner, is_outgoing, len(frame), frame[:KEPT_BYTES]) for frame in frames])


def split(stream: bytes) -> tuple[list[bytes], bytes]:
    """Return the frames that are whole in `stream`, which begins with one, and the rest.

    What does not end as a frame must is returned as if it were one: nothing after it can be told apart.
    """
    frames, at = [], 0
    while len(stream) - at >= PROTOCOL_HEADER_BYTES:  # no frame is shorter
        if stream.startswith(PROTOCOL_HEADER, at):
            end = at + PROTOCOL_HEADER_BYTES
        else:
            end = at + FRAME_HEADER.size + FRAME_HEADER.unpack_from(stream, at)[2] + 1
            if end > len(stream):
                break
            if stream[end - 1 : end] != FRAME_END:
                end = len(stream)
        frames.append(stream[at:end])
        at = end
    return frames, stream[at:]


def masked(frame: bytes) -> bytes:
    """Return `frame`; if it is the one that logs in, without the password, and without its length."""
    if frame[METHOD_AT:ARGUMENTS_AT] != START_OK or frame[0] != FrameType.METHOD:
        return frame
    payload = _masked_payload(frame[METHOD_AT:-1])
    channel = FRAME_HEADER.unpack_from(frame)[1]
    return FRAME_HEADER.pack(FrameType.METHOD, channel, len(payload)) + payload + FRAME_END


def _masked_payload(payload: bytes) -> bytes:
    """Replace `response`, which comes after the client's properties and the mechanism."""
    try:
        at = len(START_OK)
        at += 4 + int(struct.unpack_from(">I", payload, at)[0])
        at += 1 + payload[at]
        end = at + 4 + int(struct.unpack_from(">I", payload, at)[0])
    except (struct.error, IndexError):
        end = len(payload) + 1
    if end > len(payload):  # not what it says it is: nobody knows where the password would be
        return START_OK
    return payload[:at] + struct.pack(">I", len(MASK)) + MASK + payload[end:]
