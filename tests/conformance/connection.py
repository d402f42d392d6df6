"""One TCP connection of a client, and what waits in it.

It reads only when a scenario asks, in the thread of the scenario. Frames wait in one inbox per channel,
because the order between channels is chance; a transcript has them in the order in which the scenario
looked at them.
"""

import contextlib
import socket
import struct
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pamqp import commands
from pamqp.commands import Exchange, Queue

from tests.conformance import wire
from tests.conformance.channel import LIMIT_S, Channel, NoAnswer
from tests.conformance.wire import Seen

if TYPE_CHECKING:
    from tests.conformance.client import Client

PROBE_CHANNEL = 2000
PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
CAPABILITIES = {
    "publisher_confirms": True, "exchange_exchange_bindings": True, "basic.nack": True,
    "consumer_cancel_notify": True, "connection.blocked": True, "authentication_failure_close": True,
}  # fmt: skip


class Connection:
    """One TCP connection; channel 0 is the connection's own."""

    def __init__(self, client: "Client", number: int) -> None:
        self.client, self.number = client, number
        self.socket = socket.create_connection((client.host, client.port), LIMIT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_over = False  # on TCP
        self.is_closed = False  # in AMQP; the broker may not have hung up yet
        self.heartbeat_count = 0
        self.frame_max = 131_072
        self.channels: dict[int, Channel] = {}
        self.inboxes: dict[int, deque[Seen]] = defaultdict(deque)
        self._buffer = bytearray()
        self._partial: dict[int, tuple[Seen, int | None]] = {}
        self._is_syncing: set[int] = set()
        self.zero = Channel(self, 0)

    @property
    def name(self) -> str:
        """What RabbitMQ calls this connection."""
        return "{}:{} -> {}:{}".format(*self.socket.getsockname(), *self.socket.getpeername())

    # Opening and ending

    def shake_hands(
        self,
        *,
        user: str = "guest",
        password: str = "guest",
        vhost: str = "/",
        channel_max: int = 2047,
        frame_max: int = 131_072,
        heartbeat: int = 0,
        capabilities: dict[str, bool] | None = None,
    ) -> None:
        """Do all that comes before the first channel, unwritten."""
        self.frame_max = frame_max or self.frame_max
        self.send_bytes(PROTOCOL_HEADER)
        self._next(0)
        properties: dict[str, Any] = {"capabilities": CAPABILITIES if capabilities is None else capabilities}
        self.zero.send_quietly(commands.Connection.StartOk(properties, "PLAIN", f"\0{user}\0{password}"))
        self._next(0)
        self.zero.send_quietly(commands.Connection.TuneOk(channel_max, frame_max, heartbeat))
        self.zero.send_quietly(commands.Connection.Open(vhost))
        self._next(0)

    def channel(self, number: int | None = None) -> "Channel":
        """Open the next channel, unwritten."""
        number = number or max(self.channels, default=0) + 1
        channel = self.channels[number] = Channel(self, number)
        channel.send_quietly(commands.Channel.Open())
        self._next(number)
        return channel

    def cut(self) -> None:
        """End TCP without a word, as a killed program does."""
        self.is_over = True
        self.socket.close()

    def close(self) -> Seen:
        """End politely."""
        self.zero.send(commands.Connection.Close(200, "bye", 0, 0))
        answer = self.zero.expect()
        self.cut()
        return answer

    def expect_end(self) -> None:
        """Wait until the broker hangs up; write down what it still says."""
        deadline = time.monotonic() + LIMIT_S
        while not self.is_over:
            self._pump(deadline)
        self.write_down_rest()
        self.client.transcript.add(f"{self.number} < end of connection")

    def wait_for_heartbeats(self, count: int) -> None:
        deadline = time.monotonic() + LIMIT_S
        while self.heartbeat_count < count:
            self._pump(deadline)

    # Sending

    def send_bytes(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError):  # that the broker hung up shows when we read
            self.socket.sendall(data)

    def send_raw(self, data: bytes, what: str) -> None:
        """Send any bytes, well-formed or not."""
        self.client.transcript.add(f"{self.number} > {what}")
        self.send_bytes(data)

    # Receiving

    def take(self, channel: int, timeout_s: float = LIMIT_S, *kinds: type) -> Seen:
        """Return the next thing of `channel` (of these kinds), or what ended the connection."""
        deadline = time.monotonic() + timeout_s
        while True:
            inbox = self.inboxes[channel]
            for seen in inbox:
                if not kinds or seen.is_a(*kinds, commands.Channel.Close):
                    inbox.remove(seen)
                    return seen
            if self.inboxes[0]:
                return self.inboxes[0].popleft()
            if self.is_over:
                raise NoAnswer("the connection is over")
            self._pump(deadline)

    def sync(self) -> None:
        """Do a round trip on each channel: what its process had to send is in the inbox then."""
        for channel in list(self.channels.values()):
            if not (self.is_over or self.is_closed or channel.is_closed):
                self._is_syncing.add(channel.number)
                channel.send_quietly(Exchange.Declare(exchange="amq.direct", passive=True))
        deadline = time.monotonic() + LIMIT_S
        while self._is_syncing and not (self.is_over or self.is_closed):
            self._pump(deadline)
        self._is_syncing.clear()

    def ask_queues(self) -> None:
        """Do a round trip to each queue: what it had to deliver is on its way to the channels then."""
        if self.client.is_watched:
            return
        for queue in self.client.queues:
            if self.is_over or self.is_closed:
                return
            if PROBE_CHANNEL not in self.inboxes:
                Channel(self, PROBE_CHANNEL).send_quietly(commands.Channel.Open())
                self._next(PROBE_CHANNEL)
            Channel(self, PROBE_CHANNEL).send_quietly(Queue.Declare(queue=queue, passive=True))
            if not self._next(PROBE_CHANNEL).is_a(Queue.DeclareOk):
                del self.inboxes[PROBE_CHANNEL]  # the queue is gone or not ours, and so is the channel

    def write_down_rest(self) -> None:
        """Write down all that waits in the inboxes."""
        for number in sorted(self.inboxes):
            while self.inboxes[number]:
                self.write_down(number, self.inboxes[number].popleft())

    def write_down(self, channel: int, seen: Seen) -> None:
        self.client.transcript.add(f"{self.number}.{channel} < {seen}")

    def _next(self, channel: int) -> Seen:
        return self.take(channel)

    def _pump(self, deadline: float) -> None:
        """Read once from the socket; raise NoAnswer when the deadline has passed."""
        self.socket.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            data = self.socket.recv(262_144)
        except TimeoutError:
            raise NoAnswer("nothing came") from None
        except OSError:
            data = b""
        if not data:
            self.is_over = True
        self._buffer += data
        for kind, channel, payload in self._frames():
            self._on_frame(kind, channel, payload)

    def _frames(self) -> Iterator[tuple[int, int, bytes]]:
        while len(self._buffer) >= 8:
            if self._buffer.startswith(b"AMQP"):
                text = f"protocol header {bytes(self._buffer[:8])!r}"
                self.inboxes[0].append(Seen(None, text))
                del self._buffer[:8]
                continue
            kind, channel, size = struct.unpack_from(">BHI", self._buffer)
            if len(self._buffer) < size + 8:
                return
            assert self._buffer[size + 7] == wire.FRAME_END, "the broker sent a malformed frame"
            payload = bytes(self._buffer[7 : size + 7])
            del self._buffer[: size + 8]
            yield kind, channel, payload

    def _on_frame(self, kind: int, channel: int, payload: bytes) -> None:
        if kind == wire.HEARTBEAT:
            self.heartbeat_count += 1
        elif kind == wire.METHOD:
            seen = wire.read_method(payload)
            if seen.is_a(*wire.WITH_CONTENT):
                self._partial[channel] = (seen, None)
            else:
                self._on_method(channel, seen)
        elif kind == wire.HEADER:
            seen, _ = self._partial[channel]
            size, seen.properties, seen.table = wire.read_header(payload)
            seen.body = b""
            self._partial[channel] = (seen, size)
            self._on_content(channel)
        else:
            seen, _ = self._partial[channel]
            seen.body = (seen.body or b"") + payload
            self._on_content(channel)

    def _on_content(self, channel: int) -> None:
        seen, size = self._partial[channel]
        assert seen.body is not None
        if len(seen.body) == size:
            del self._partial[channel]
            self.inboxes[channel].append(seen)

    def _on_method(self, channel: int, seen: Seen) -> None:
        if channel in self._is_syncing and seen.is_a(Exchange.DeclareOk, commands.Channel.Close):
            self._is_syncing.discard(channel)
            if seen.is_a(Exchange.DeclareOk):
                return
        if seen.is_a(commands.Connection.Close):
            self.zero.send_quietly(commands.Connection.CloseOk())
        if seen.is_a(commands.Connection.Close, commands.Connection.CloseOk):
            self.is_closed = True
        if seen.is_a(commands.Channel.Close):
            Channel(self, channel).send_quietly(commands.Channel.CloseOk())
            if channel in self.channels:
                self.channels[channel].is_closed = True
        self.inboxes[channel].append(seen)
