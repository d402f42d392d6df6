"""One client's connection, from the protocol header to the end."""

import enum
from collections.abc import Iterator
from typing import cast

from pamqp import base, commands

from .broker import Broker
from .channels import Channels
from .errors import (
    ChannelFault,
    ConnectionForced,
    HardError,
    LoginRefused,
    NotAllowed,
    WordlessEnd,
    cut,
)
from .framing import HEARTBEAT, HEARTBEAT_FRAME, METHOD, MIN_FRAME_MAX, FrameReader, method_frame, unexpected
from .greeting import PROTOCOL_HEADER, START, agree, is_known_header, may_log_in
from .heartbeat import Heartbeat
from .methods import decode_method, table_of
from .peer import Peer
from .timers import Timer

# The one thing that still means something in a stream that is broken.
CLOSE_OK_FRAME = method_frame(0, commands.Connection.CloseOk)


class State(enum.Enum):
    """How far a connection is."""

    AWAITING_HEADER = enum.auto()
    AWAITING_START_OK = enum.auto()
    AWAITING_TUNE_OK = enum.auto()
    AWAITING_OPEN = enum.auto()
    OPEN = enum.auto()
    CLOSING = enum.auto()
    DEAF = enum.auto()
    CLOSED = enum.auto()


_LOGGING_IN = (State.AWAITING_HEADER, State.AWAITING_START_OK, State.AWAITING_TUNE_OK)


class ServerConnection:
    """The protocol of one client, without its socket.

    Feed it with `receive_data`; send what `data_to_send` returns; call
    `receive_eof` when the peer has gone. When `state` is CLOSED, send what is
    left and close the socket. A client's mistake never raises from here.

    Attributes:
        peer: Who the client is.
        can_deliver: The client reads what it is sent; while False no deliveries are made.
        has_published: It is a publisher, and will be paused when there is an alarm.
    """

    def __init__(self, broker: Broker, name: str, *, is_local: bool = True) -> None:
        self.state = State.AWAITING_HEADER
        self.peer = Peer(
            name, broker.observation.new_pid(), broker.policy.frame_max, broker.policy.channel_max
        )
        self.can_deliver = True
        self.has_published = False
        self._broker = broker
        self._is_local = is_local
        self._reader = FrameReader(max(MIN_FRAME_MAX, broker.policy.frame_max))
        self._head = b""
        self._out: list[bytes] = []
        self._out_size = 0
        self._backlog: Iterator[tuple[int, int, bytes]] | None = None
        self._input: list[bytes] = []
        self._channels = Channels(self, broker)
        self._told_blocked = False
        self._heartbeat = Heartbeat(
            broker.timers, broker.now, beat=lambda: self.write(HEARTBEAT_FRAME), silent=self.receive_eof
        )
        self._timer: Timer | None = broker.timers.call_at(
            broker.now + broker.policy.login_time_s, self._login_took_too_long
        )

    # What channels ask.

    @property
    def name(self) -> str:
        """Both ends, as RabbitMQ names connections."""
        return self.peer.name

    @property
    def pid(self) -> str:
        """Its name in events."""
        return self.peer.pid

    @property
    def user(self) -> str:
        """Who is logged in; empty before."""
        return self.peer.user

    @property
    def is_untraced(self) -> bool:
        """The client asked to be left out of the firehose."""
        return self.peer.is_untraced

    @property
    def frame_max(self) -> int:
        """The largest frame that the client takes."""
        return self.peer.frame_max

    @property
    def knows_cancel(self) -> bool:
        """The client understands a basic.cancel from the broker."""
        return "consumer_cancel_notify" in self.peer.capabilities

    # The driver's side.

    def receive_data(self, data: bytes) -> None:
        """Take bytes from the client."""
        self._heartbeat.received_at = self._broker.now
        if self._is_deaf():
            if CLOSE_OK_FRAME in data:
                self.receive_eof()
        elif self.is_clogged:
            self._input.append(data)
        else:
            if self.state is State.AWAITING_HEADER:
                data = self._receive_header(data)
            self._take_frames(self._reader.feed(data))

    def _waiting_frames(self) -> Iterator[tuple[int, int, bytes]] | None:
        if self._is_deaf() or self._out_size > self._broker.policy.output_limit_bytes:
            return None
        if self._backlog is not None:
            return self._backlog
        return self._reader.feed(self._input.pop(0)) if self._input else None

    def _take_frames(self, frames: Iterator[tuple[int, int, bytes]]) -> None:
        """Take frames one by one, as long as the client reads the answers."""
        self._backlog = None
        try:
            for kind, number, payload in frames:
                self._on_frame(kind, number, payload)
                if self._is_deaf():
                    break
                if self._out_size > self._broker.policy.output_limit_bytes:
                    self._backlog = frames  # a few bytes can ask for a lot: the rest of them must wait
                    break
        except WordlessEnd:
            self.receive_eof()
        except HardError as error:  # of the reader: what follows in its stream means nothing
            self._fail(error)
            if self.state is State.CLOSING:
                self.state = State.DEAF
        self._broker.publish_dead_letters()

    def receive_eof(self) -> None:
        """Learn that the client has gone, or let it go: everything it held goes back."""
        if self.state is State.CLOSED:
            return
        was_open = bool(self.user)
        self.state = State.CLOSED
        if self._timer is not None:
            self._timer.cancel()
        self._heartbeat.stop()
        self._close_channels()
        if was_open:
            self._broker.observation.happened("connection.closed", **self.peer.closed())
        self._broker.with_output.add(self)

    def data_to_send(self) -> bytes:
        """Return the bytes to send now."""
        data = b"".join(self._out)
        self._heartbeat.sent_at = self._broker.now
        self._out.clear()
        self._out_size = 0
        return data

    def output_taken(self) -> None:
        """Learn that the client has read enough to be given more."""
        if not self.can_deliver and self.state is not State.CLOSED:
            self.can_deliver = True
            self._channels.resume()
        while (frames := self._waiting_frames()) is not None:
            self._take_frames(frames)

    def output_stuck(self) -> None:
        """Learn that the client does not read: it is given no more deliveries."""
        self.can_deliver = False

    @property
    def is_clogged(self) -> bool:
        """It has taken more than it can answer for now; it should not be given more to read."""
        return self._backlog is not None or bool(self._input)

    def reading_is_paused(self, is_paused: bool) -> None:
        """Learn that the driver does not read from the client, so that its silence means nothing."""
        self._heartbeat.is_paused = is_paused

    def shut_down(self, reason: str) -> None:
        """Tell the client that the broker ends the connection."""
        if self.state not in (State.CLOSED, State.CLOSING):
            self._fail(ConnectionForced(reason))

    def write(self, data: bytes) -> None:
        """Send bytes of a channel."""
        if not self._out:
            self._broker.with_output.add(self)
        self._out.append(data)
        self._out_size += len(data)
        if self._out_size > self._broker.policy.output_limit_bytes:
            self.can_deliver = False

    def publishes(self) -> None:
        """Learn that a channel got a message; while there is an alarm the client is told."""
        self.has_published = True
        if self._broker.alarm:
            self.alarm_changed()

    def alarm_changed(self) -> None:
        """Tell a publishing client whether it is blocked (https://www.rabbitmq.com/docs/connection-blocked)."""
        reason = self._broker.alarm
        if bool(reason) == self._told_blocked or not (
            self.has_published and "connection.blocked" in self.peer.capabilities
        ):
            return
        self._told_blocked = bool(reason)
        if reason:
            self._send(commands.Connection.Blocked, reason)
        else:
            self._send(commands.Connection.Unblocked)

    def _is_deaf(self) -> bool:
        return self.state in (State.DEAF, State.CLOSED)

    # The handshake (specification, section 2.2.4).

    def _receive_header(self, data: bytes) -> bytes:
        self._head += data
        head = self._head[: len(PROTOCOL_HEADER)]
        if not is_known_header(head):
            self.write(PROTOCOL_HEADER)  # the answer to a wrong one is the right one
            self.receive_eof()
            return b""
        if len(head) < len(PROTOCOL_HEADER):
            return b""
        self.state = State.AWAITING_START_OK
        self._send(*START)
        return self._head[len(PROTOCOL_HEADER) :]

    def _on_frame(self, kind: int, number: int, payload: bytes) -> None:
        try:
            if number:
                self._on_channel_frame(kind, number, payload)
            elif kind == METHOD:
                self._on_method(decode_method(payload))
            elif kind != HEARTBEAT:
                raise unexpected(kind, payload)
        except WordlessEnd:
            raise
        except HardError as error:
            if error.method_index is None and kind == METHOD and len(payload) >= 4:
                error.method_index = int.from_bytes(payload[:4])
            self._fail(error)

    def _on_method(self, method: base.Frame) -> None:
        match self.state, method:
            case State.AWAITING_START_OK, commands.Connection.StartOk():
                self._on_start_ok(method)
            case State.AWAITING_TUNE_OK, commands.Connection.TuneOk():
                self._on_tune_ok(method)
            case State.AWAITING_OPEN, commands.Connection.Open():
                self._on_open(method)
            case State.CLOSED, _:
                pass
            case State.CLOSING, commands.Connection.CloseOk():
                self.receive_eof()
            case State.AWAITING_START_OK | State.AWAITING_TUNE_OK, commands.Connection.Close():
                self._fall_silent()
            case _, commands.Connection.Close():
                self._close_channels()
                self._send(commands.Connection.CloseOk)
                self.receive_eof()
            case State.CLOSING, _:
                pass  # the peer may not have heard of it yet
            case State.OPEN, commands.Connection.UpdateSecret():
                self._send(commands.Connection.UpdateSecretOk)
            case _:
                raise ChannelFault("unexpected method in connection state running")

    def _on_start_ok(self, method: commands.Connection.StartOk) -> None:
        policy, peer = self._broker.policy, self.peer
        peer.introduce(table_of(method.client_properties))
        peer.mechanism = method.mechanism or ""
        # `decode_method` gives long strings as bytes.
        response = cast("bytes", method.response)
        if not may_log_in(policy, peer, response, is_local=self._is_local):
            if "authentication_failure_close" in peer.capabilities:
                refused = LoginRefused(
                    f"Login was refused using authentication mechanism {peer.mechanism}. "
                    "For details see the broker logfile."
                )
                self._send(commands.Connection.Close, refused.reply_code, refused.reply_text, 0, 0)
            self._fall_silent()
            return
        self._broker.observation.happened("user.authentication.success", **peer.authenticated())
        self.state = State.AWAITING_TUNE_OK
        self._send(commands.Connection.Tune, policy.channel_max, policy.frame_max, policy.heartbeat_s)

    def _on_tune_ok(self, method: commands.Connection.TuneOk) -> None:
        agree(self._broker.policy, self.peer, method)
        self._reader.frame_max = self.peer.frame_max
        self.state = State.AWAITING_OPEN

    def _on_open(self, method: commands.Connection.Open) -> None:
        vhost = method.virtual_host or ""
        if vhost != "/":
            raise NotAllowed(f"vhost {vhost} not found")
        self.state = State.OPEN
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._send(commands.Connection.OpenOk)
        self._heartbeat.start(self.peer.heartbeat_s, self._broker.now)
        at_ms = int((self._broker.epoch + self._broker.now) * 1000)
        self._broker.observation.happened("connection.created", **self.peer.created(at_ms))

    def _login_took_too_long(self) -> None:
        self._timer = None
        self.receive_eof()

    # Channels.

    def _on_channel_frame(self, kind: int, number: int, payload: bytes) -> None:
        if self.state is State.OPEN:
            self._channels.on_frame(kind, number, payload)
        elif self.state is State.AWAITING_OPEN:
            raise unexpected(kind, payload)
        elif self.state is not State.CLOSING:
            self._fall_silent()

    def _close_channels(self) -> None:
        self.can_deliver = False  # what one channel gives back must not go to the next that ends
        self._channels.close()
        for queue in [queue for queue in self._broker.topology.queues.values() if queue.owner is self]:
            self._broker.delete_queue(queue)

    # Out, and errors.

    def _send(self, method: type[base.Frame], *values: object) -> None:
        self.write(method_frame(0, method, *values))

    def _fail(self, error: HardError) -> None:
        """Close the connection with `error`; what it held goes back at once."""
        if self.state in (State.CLOSING, State.DEAF, State.CLOSED):
            return
        if self.state in _LOGGING_IN and not isinstance(error, NotAllowed | ConnectionForced):
            self._fall_silent()
            return
        index = error.method_index or 0
        self._close_channels()
        self._send(
            commands.Connection.Close, error.reply_code, cut(error.reply_text), index >> 16, index & 0xFFFF
        )
        self.state = State.CLOSING
        self._give_up_in(self._broker.policy.login_time_s)

    def _fall_silent(self) -> None:
        """Listen no more, say nothing, go in a while: whoever is not in yet is not told what was wrong.

        RabbitMQ does so to slow down those who try passwords.
        """
        self.state = State.DEAF
        self._give_up_in(self._broker.policy.silence_s)

    def _give_up_in(self, delay_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._broker.timers.call_at(self._broker.now + delay_s, self._login_took_too_long)
