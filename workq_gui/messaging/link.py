"""One AMQP connection with its channels, as awaitables over pika's callbacks."""

import asyncio
import contextlib
import select
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pika
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel
from pika.exceptions import AMQPError, ChannelClosedByBroker, ConnectionClosedByClient

from workq_gui.core.settings import Endpoint
from workq_gui.core.worker_settings import HEARTBEAT_S
from workq_gui.messaging.errors import (
    MessagingError,
    ca_file_unreadable,
    explain,
    no_host_usable,
    queue_refused,
    root_cause,
    words_of,
)
from workq_gui.messaging.own_clients import NAME_PREFIX, own_properties
from workq_gui.messaging.topology import QueueSpec, declare_queue
from workq_gui.messaging.wire import WireTap

CONNECT_TIMEOUT_S = 5.0
CLOSE_TIMEOUT_S = 1.0
CUT_TIMEOUT_S = 0.3


class _CoalescingConnection(AsyncioConnection):
    """pika's connection, with one send per turn of the loop instead of three per message.

    pika sends method, header and body of every message in system calls of
    their own; joining what one turn produced nearly doubles the publish rate
    (tests/bench/publish.py). Private names of pika 1.4.4, pinned in
    pyproject.toml and by tests/integration/test_link.py.
    """

    def __init__(self, tap: WireTap | None, owner: str, *args: Any, **how: Any) -> None:
        self._tap = tap
        self._owner = owner
        super().__init__(*args, **how)

    def _init_connection_state(self) -> None:
        super()._init_connection_state()
        self._unsent: list[bytes] = []

    def _output_marshaled_frames(self, marshaled_frames: Sequence[bytes]) -> None:
        if not self._unsent:
            self.ioloop.call_soon(self._send_unsent)
        self._unsent.extend(marshaled_frames)
        self.frames_sent += len(marshaled_frames)

    def _on_data_available(self, data_in: bytes) -> None:
        if self._tap is not None and self._tap.sink is not None:
            self._tap.take_incoming(self._owner, self._frame_buffer + data_in)
        super()._on_data_available(data_in)

    def _send_unsent(self) -> None:
        frames, self._unsent = self._unsent, []
        data = b"".join(frames)
        if data and self._transport is not None:
            if self._tap is not None and self._tap.sink is not None:
                self._tap.take_outgoing(self._owner, frames)
            self.bytes_sent += len(data)
            self._adapter_emit_data(data)


class Link:
    """A connection and its first channel. Belongs to the asyncio loop in which it was opened.

    Attributes:
        closed: Resolves when the connection has ended, whoever ended it, with the reason in
            the broker's or the system's words; empty if `close` ended it.
        next_endpoint: Where to go on when this has ended: the same hosts, beginning with the next.
        offered_heartbeat_s: What the broker proposed; ours is used instead.
    """

    def __init__(self, endpoint: Endpoint, name: str, heartbeat_s: int, tap: WireTap | None) -> None:
        """Use `Link.open`."""
        self._endpoint = self.next_endpoint = endpoint
        self._loop = asyncio.get_running_loop()
        self._pending: dict[asyncio.Future[Any], Channel | None] = {}  # with the channel that was asked
        self._channel: Channel | None = None
        self._channel_reason = ""
        self._tell_of_channel: Callable[[str], None] | None = None
        self._is_severed = False
        self._is_frozen = False
        self.offered_heartbeat_s = 0
        self.closed: asyncio.Future[str] = self._loop.create_future()
        self._opened = self._new_pending()
        self._connection = _CoalescingConnection(
            tap,
            name.removeprefix(NAME_PREFIX),
            _parameters(endpoint, name, lambda _, offered_s: self._choose_heartbeat(offered_s, heartbeat_s)),
            on_open_callback=lambda connection: _resolve(self._opened, connection),
            on_open_error_callback=self._on_open_error,
            on_close_callback=self._on_closed,
            custom_ioloop=self._loop,
        )

    @classmethod
    async def open(
        cls, endpoint: Endpoint, name: str, heartbeat_s: int = HEARTBEAT_S, tap: WireTap | None = None
    ) -> "Link":
        """Connect to the first host of `endpoint` that can be used, and open a channel.

        Args:
            endpoint: The broker; its hosts are tried in turn.
            name: What the broker's admin page shows.
            heartbeat_s: Seconds between two signs of life; after three without one, either side hangs up.
            tap: Where to leave what goes over the wire, under `name` without its “WorkQ”.

        Raises:
            MessagingError: it did not work at any host; says why.
        """
        errors: list[MessagingError] = []
        for _ in (endpoint, *endpoint.others):
            link, endpoint = cls(endpoint.alone, name, heartbeat_s, tap), endpoint.turned
            link.next_endpoint = endpoint
            try:
                await link._opened
                link._channel = await link.open_channel()
            except MessagingError as error:
                await link.close()
                errors.append(error)
            except BaseException:
                await link.close()
                raise
            else:
                return link
        raise no_host_usable(errors)

    @property
    def channel(self) -> Channel:
        """The first channel. If the broker closes it, the whole link ends; but see `on_channel_closed`."""
        assert self._channel is not None, "Link.open opens it"
        return self._channel

    @property
    def is_open(self) -> bool:
        """Whether frames still get through, as far as this side knows."""
        return bool(self._connection.is_open) and not self.closed.done()

    @property
    def product(self) -> str:
        """The broker's name and version, in its own words."""
        properties = self._connection.server_properties or {}
        return f"{properties.get('product', 'unknown broker')} {properties.get('version', '')}".strip()

    @property
    def server_properties(self) -> Mapping[str, object]:
        """All that the broker says of itself."""
        return dict(self._connection.server_properties or {})

    @property
    def frame_max_bytes(self) -> int:
        """The largest frame that both sides take."""
        return int(self._connection.params.frame_max)

    async def open_channel(self) -> Channel:
        """Open one more channel; if the broker closes it, the calls that are under way on it fail."""
        channel: Channel = await self._ask(None, lambda done: self._connection.channel(on_open_callback=done))
        channel.add_on_close_callback(self._on_channel_closed)
        return channel

    async def declare_queue(self, queue: QueueSpec) -> None:
        """Declare `queue`, durable.

        Raises:
            MessagingError: the broker refuses, or the connection ended.
        """
        try:
            await self.call(self.channel, lambda done: declare_queue(self.channel, queue, done))
        except ChannelClosedByBroker as error:
            raise queue_refused(error, queue.name) from error

    async def call_aside(self, start: Callable[[Channel, Callable[[object], None]], object]) -> Any:
        """Make a call on a channel of its own: if the broker refuses it, nothing else is lost.

        Raises:
            ChannelClosedByBroker: the broker closed that channel instead of an answer.
            MessagingError: the connection ended instead.
        """
        channel = await self.open_channel()
        answer = await self.call(channel, lambda done: start(channel, done))
        if channel.is_open:
            channel.close()
        return answer

    async def call(self, channel: Channel, start: Callable[[Callable[[object], None]], object]) -> Any:
        """Start an AMQP call that takes a callback, and return what the broker answers.

        Args:
            channel: Which the call is made on.
            start: Is given the callback, and makes the call.

        Raises:
            ChannelClosedByBroker: the broker closed the channel instead.
            MessagingError: the connection ended instead, or is about to end.
        """
        return await self._ask(channel, start)

    async def _ask(self, channel: Channel | None, start: Callable[[Callable[[object], None]], object]) -> Any:
        if self.closed.done():
            raise self._broken(self.closed.result())
        answer = self._new_pending(channel)
        try:
            start(lambda value: _resolve(answer, value))
        except AMQPError as error:  # it is closing, and `closed` follows
            answer.cancel()
            raise self._broken(self._channel_reason or words_of(error)) from error
        return await answer

    def on_blocked(self, blocked: Callable[[str], None], unblocked: Callable[[], None]) -> None:
        """Call `blocked` with the broker's reason when it stops reading, `unblocked` when it reads again."""
        self._connection.add_on_connection_blocked_callback(
            lambda _, frame: blocked(_as_text(frame.method.reason))
        )
        self._connection.add_on_connection_unblocked_callback(lambda _, __: unblocked())

    def on_channel_closed(self, closed: Callable[[str], None]) -> None:
        """Call `closed` with the broker's words if it closes the first channel; the link then stays open."""
        self._tell_of_channel = closed

    async def catch_up(self) -> None:
        """Read all that has come so far, be it the end of the connection."""
        while self.is_open and self._transport is not None and not self._is_frozen:
            if not select.select([self._transport._sock], [], [], 0)[0]:  # noqa: SLF001
                break
            await asyncio.sleep(0)  # lets the loop read it

    def freeze(self) -> None:
        """Neither read nor send heartbeats, as when the process is stopped, until `thaw`.

        The broker hangs up when it has missed three heartbeats; `closed` tells that only after `thaw`.
        """
        if not self._is_frozen and self.is_open:
            self._is_frozen = True
            connection = self._connection
            connection._remove_heartbeat()  # noqa: SLF001
            connection._nbio.remove_reader(self._transport._sock.fileno())  # noqa: SLF001

    def thaw(self) -> None:
        """Read again, and show a sign of life; if the broker has hung up meanwhile, `closed` follows."""
        if self._is_frozen:
            self._read_again()
            checker = self._connection._create_heartbeat_checker()  # noqa: SLF001
            if checker is not None:
                checker._send_heartbeat_frame()  # noqa: SLF001
            self._connection._heartbeat_checker = checker  # noqa: SLF001

    def _read_again(self) -> None:
        if self._is_frozen:
            self._is_frozen = False
            transport = self._transport
            self._connection._nbio.set_reader(  # noqa: SLF001
                transport._sock.fileno(),  # noqa: SLF001
                transport._on_socket_readable,  # noqa: SLF001
            )

    def sever(self) -> None:
        """Cut the TCP connection with no AMQP goodbye, as when the process is killed. `closed` follows."""
        # pika has no public way to do it. Closing the socket would leave pika
        # waiting for ever; a shutdown makes the kernel say goodbye in both
        # directions, and pika finds an end of file.
        self._read_again()  # what is not read is not seen to end
        self._is_severed = True
        if self._transport is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                self._transport._sock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001

    async def close(self) -> None:
        """End the connection properly, within `CLOSE_TIMEOUT_S` seconds, or else by cutting it.

        A cancel does not interrupt it, and is raised at its end: the loop may end as soon as this
        returns, and a socket that pika has not closed by then stays open.
        """
        self._read_again()
        if not (self._is_severed or self._connection.is_closing or self._connection.is_closed):
            if self._connection.is_open or self._transport is None:
                self._connection.close()
            else:
                self.sever()  # pika's `close` fails in the middle of a handshake
        was_cancelled = await self._wait_until_closed(CLOSE_TIMEOUT_S)
        if not self.closed.done():
            self.sever()
            was_cancelled |= await self._wait_until_closed(CUT_TIMEOUT_S)
        if was_cancelled:
            raise asyncio.CancelledError

    async def _wait_until_closed(self, limit_s: float) -> bool:
        """Wait for `closed`, `limit_s` seconds at most; return whether a cancel came meanwhile."""
        until_s = self._loop.time() + limit_s
        was_cancelled = False
        while not self.closed.done() and (left_s := until_s - self._loop.time()) > 0:
            try:
                await asyncio.wait({self.closed}, timeout=left_s)
            except asyncio.CancelledError:
                was_cancelled = True
        return was_cancelled

    @property
    def _transport(self) -> Any:
        """Pika's socket and what reads from it; there is none before the connection is made."""
        return self._connection._transport  # noqa: SLF001

    def _choose_heartbeat(self, offered_s: float, wanted_s: int) -> int:
        self.offered_heartbeat_s = round(offered_s)
        return wanted_s

    def _new_pending(self, channel: Channel | None = None) -> asyncio.Future[Any]:
        future = self._loop.create_future()
        self._pending[future] = channel
        future.add_done_callback(self._pending.pop)
        return future

    def _fail_pending(self, error: BaseException, channel: Channel | None = None) -> None:
        """Let what waits for an answer fail: all of it, or what was asked on `channel`."""
        for future, asked in list(self._pending.items()):
            if not future.done() and channel in (None, asked):
                future.set_exception(error)
                future.exception()  # counts as retrieved: whoever waited may have been cancelled

    def _on_open_error(self, _: AsyncioConnection, error: BaseException | str) -> None:
        cause = error if isinstance(error, BaseException) else ConnectionResetError(0, error)
        self._end(words_of(root_cause(cause)))
        self._fail_pending(explain(cause, self._endpoint))

    def _on_channel_closed(self, channel: Channel, reason: BaseException) -> None:
        if not isinstance(reason, ChannelClosedByBroker):
            return
        self._fail_pending(reason, channel)
        if channel is self._channel:
            if self._tell_of_channel is not None:
                self._tell_of_channel(words_of(reason))
                return
            # pika would forget the broker's words by the time the connection is closed.
            self._channel_reason = words_of(reason)
            if self._connection.is_open:
                self._connection.close()

    def _on_closed(self, _: AsyncioConnection, reason: BaseException) -> None:
        words = "" if isinstance(reason, ConnectionClosedByClient) else words_of(reason)
        self._end(self._channel_reason or words)
        self._fail_pending(self._broken(words))

    def _end(self, words: str) -> None:
        if not self.closed.done():
            self.closed.set_result(words)

    def _broken(self, words: str) -> MessagingError:
        return explain(ConnectionResetError(0, words or "closed"), self._endpoint)


def _resolve(future: asyncio.Future[Any], value: object) -> None:
    if not future.done():
        future.set_result(value)


def _parameters(
    endpoint: Endpoint, name: str, choose_heartbeat: Callable[[object, float], int]
) -> pika.ConnectionParameters:
    return pika.ConnectionParameters(
        host=endpoint.host,
        port=endpoint.port,
        virtual_host=endpoint.vhost,
        credentials=pika.PlainCredentials(endpoint.user, endpoint.password, erase_on_connect=True),
        heartbeat=choose_heartbeat,
        socket_timeout=CONNECT_TIMEOUT_S,
        stack_timeout=2 * CONNECT_TIMEOUT_S,
        connection_attempts=1,
        ssl_options=_tls_options(endpoint),
        client_properties=own_properties(name),
    )


def _tls_options(endpoint: Endpoint) -> pika.SSLOptions | None:
    if not endpoint.tls:
        return None
    context = ssl.create_default_context()
    if endpoint.ca_file:
        try:
            context.load_verify_locations(endpoint.ca_file)
        except OSError as error:
            raise ca_file_unreadable(error, endpoint.ca_file) from error
    return pika.SSLOptions(context, endpoint.host)


def _as_text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
