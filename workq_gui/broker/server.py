"""The asyncio driver: the only place where bytes meet a socket, and time meets a clock."""

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from typing import cast

from .broker import Broker
from .connection import ServerConnection, State
from .policy import Policy
from .store import MessageStore, StoreError

log = logging.getLogger(__name__)

SLOW_COMMIT_S = 0.002
LAZY_COMMIT_S = 0.025
DISK_CHECK_S = 5.0
UNCOMMITTED_LIMIT_BYTES = 32 << 20
WRITE_HIGH_WATER = 256 * 1024

Listener = asyncio.Server
"""A port that is listened at."""


class ClientProtocol(asyncio.Protocol):
    """One socket and its connection.

    Args:
        server: Whose client it is.
        is_guest: It came in by a door for others: it does not count as one of this machine.
    """

    def __init__(self, server: "BrokerServer", *, is_guest: bool = False) -> None:
        self._server = server
        self.is_guest = is_guest
        self.transport: asyncio.Transport | None = None
        self.connection: ServerConnection | None = None
        self.is_stuck = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin. Called by asyncio."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=WRITE_HIGH_WATER)
        if (sock := transport.get_extra_info("socket")) is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = self._server.connected(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes. Called by asyncio."""
        if self.connection is not None:
            self._server.received(self, self.connection, data)

    def pause_writing(self) -> None:
        """Learn that the client does not read. Called by asyncio."""
        self.is_stuck = True
        if self.connection is not None:
            self.connection.output_stuck()
            self._server.look_at_reading(self)

    def resume_writing(self) -> None:
        """Learn that the client reads again. Called by asyncio."""
        self.is_stuck = False
        if self.connection is not None:
            self.connection.output_taken()
            self._server.look_at_reading(self)
            self._server.wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """End. Called by asyncio."""
        if self.connection is not None:
            self._server.disconnected(self, self.connection)


class BrokerServer:
    """A broker that listens.

    Attributes:
        broker: The broker that is served.
        host: Where it listens.
        port: Where it listens; known after `start`.
        has_failed: The store could not keep what it was told to; all clients were cut off.
        on_failure: Called when that happens.
    """

    def __init__(
        self, store: MessageStore, policy: Policy | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.host = host
        self.port = port
        self.has_failed = False
        self.on_failure: Callable[[], None] | None = None
        self._policy = policy or Policy()
        self._store = store
        self._loop = asyncio.get_running_loop()
        self.broker = Broker(
            store, self._policy, now=self._loop.time(), epoch=time.time() - self._loop.time()
        )
        self._protocols: dict[ServerConnection, ClientProtocol] = {}
        self._server: asyncio.Server | None = None
        self._turn_is_due = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._commit: asyncio.Future[None] | None = None
        self._commit_s = 0.0
        self._disk_checked_at = float("-inf")
        self._is_disk_full = False
        self._is_behind = False
        self._lazy_commit: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await self.listen(self.host, self.port)
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    async def listen(self, host: str, port: int, *, is_for_guests: bool = False) -> Listener:
        """Listen at one more address; whoever comes in `is_for_guests` is not taken for this machine.

        Raises:
            OSError: the address is not ours, or the port is taken.
        """
        return await self._loop.create_server(
            lambda: ClientProtocol(self, is_guest=is_for_guests), host, port, backlog=512
        )

    def let_go(self, which: Callable[[ClientProtocol, ServerConnection], bool], reason: str) -> None:
        """End the connections that `which` names; what they held goes back."""
        self._tick()
        for connection, protocol in list(self._protocols.items()):
            if which(protocol, connection):
                connection.shut_down(f"broker forced connection closure with reason '{reason}'")
                connection.receive_eof()  # the next flush closes the socket
        self.wake()

    async def stop(self) -> None:
        """Tell all clients, make everything durable, let go."""
        if self._server is not None:
            self._server.close()
        if self._commit is not None:
            await self._commit
        self._tick()
        for connection in list(self._protocols):
            connection.shut_down("broker forced connection closure with reason 'shutdown'")
        self._turn()
        if self._commit is not None:
            await self._commit
        for connection, protocol in list(self._protocols.items()):
            connection.receive_eof()
            if protocol.transport is not None:
                protocol.transport.close()
        self._turn()
        if self._commit is not None:
            await self._commit
        if self._timer is not None:
            self._timer.cancel()
        if self._lazy_commit is not None:
            self._lazy_commit.cancel()
        if not self.has_failed:
            self._store.close()

    # Called by the protocols.

    def connected(self, protocol: ClientProtocol) -> ServerConnection | None:
        """Give a new client its connection, or none if there are too many."""
        assert protocol.transport is not None
        if len(self._protocols) >= self._policy.max_connections:
            log.info("connection refused: there are %d already", len(self._protocols))
            protocol.transport.abort()
            return None
        peer = protocol.transport.get_extra_info("peername") or ("?", 0)
        here = protocol.transport.get_extra_info("sockname") or ("?", 0)
        name = f"{peer[0]}:{peer[1]} -> {here[0]}:{here[1]}"
        is_local = not protocol.is_guest and (peer[0].startswith("127.") or peer[0] in ("::1", here[0]))
        self._tick()
        connection = ServerConnection(self.broker, name, is_local=is_local)
        self._protocols[connection] = protocol
        self.wake()
        return connection

    def received(self, protocol: ClientProtocol, connection: ServerConnection, data: bytes) -> None:
        """Take bytes of a client."""
        self._tick()
        try:
            connection.receive_data(data)
        except Exception:  # a bug; it must cost this client its connection, and nobody else theirs
            log.exception("connection %s failed", connection.name)
            self._drop(connection, protocol)
        if self.broker.alarm or connection.is_clogged:
            self.look_at_reading(protocol)
        self.wake()

    def disconnected(self, protocol: ClientProtocol, connection: ServerConnection) -> None:
        """Learn that a client has gone."""
        self._tick()
        self._protocols.pop(connection, None)
        try:
            connection.receive_eof()
        except Exception:  # a bug, as above
            log.exception("the end of connection %s failed", connection.name)
        self.wake()

    def look_at_reading(self, protocol: ClientProtocol) -> None:
        """Read from a client, or let it wait: while it does not read, or while publishers are blocked."""
        transport, connection = protocol.transport, protocol.connection
        if transport is None or connection is None or transport.is_closing():
            return
        is_full = bool(self.broker.alarm) or self._is_behind
        waits = protocol.is_stuck or connection.is_clogged or (connection.has_published and is_full)
        if waits and transport.is_reading():
            transport.pause_reading()
        elif not waits and not transport.is_reading():
            transport.resume_reading()
        connection.reading_is_paused(waits)

    def wake(self) -> None:
        """Have a turn when all that came in has been taken."""
        if not self._turn_is_due:
            self._turn_is_due = True
            self._loop.call_soon(self._turn)

    # The turn.

    def _tick(self) -> None:
        self.broker.now = self._loop.time()

    def _turn(self) -> None:
        """Do what is due after all sockets have been read: commit, then write."""
        self._turn_is_due = False
        broker = self.broker
        try:
            broker.timers.run(broker.now)
            broker.finish_turn()
        except Exception:  # a bug; what it was about is lost, all else goes on
            log.exception("a turn failed")
        try:
            self._flush()  # deliveries and answers do not wait for the disk; the confirms are not there yet
            self._commit_if_wanted()
        except StoreError as error:
            self._fail(error)
            return
        self._look_at_limits()
        self._flush()
        self._set_timer()

    def _commit_if_wanted(self) -> None:
        broker = self.broker
        if self._commit is not None:
            return  # the next one takes all that comes meanwhile
        if broker.needs_sync or broker.wants_commit:
            self._begin_commit()
        elif self._store.has_pending and self._lazy_commit is None:
            # Nobody waits for it: acks, mostly. Many of them make one commit.
            self._lazy_commit = self._loop.call_later(LAZY_COMMIT_S, self._commit_lazily)

    def _commit_lazily(self) -> None:
        self._lazy_commit = None
        try:
            if self._commit is None:
                self._begin_commit()
        except StoreError as error:
            self._fail(error)
            return
        self._flush()

    def _begin_commit(self) -> None:
        """Commit: at once where the disk is quick, beside the loop where it is slow."""
        broker = self.broker
        must_wait = broker.needs_sync
        if not broker.begin_commit():
            return
        if must_wait or self._commit_s < SLOW_COMMIT_S:
            self._finish_commit()
            broker.end_commit()
        else:
            self._commit = self._loop.run_in_executor(None, self._finish_commit)
            self._commit.add_done_callback(self._commit_finished)

    def _finish_commit(self) -> None:
        start = time.perf_counter()
        self._store.finish_commit()
        took_s = time.perf_counter() - start
        self._commit_s += (took_s - self._commit_s) / 8

    def _commit_finished(self, commit: "asyncio.Future[None]") -> None:
        self._commit = None
        if (error := commit.exception()) is not None:
            self._fail(error)
            return
        self._tick()
        self.broker.end_commit()
        self.wake()

    def _fail(self, error: BaseException) -> None:
        """End: what cannot be stored must not be confirmed, and nobody may go on as if it were."""
        log.error("the store failed, the broker ends: %s", error)
        self.has_failed = True
        for connection, protocol in list(self._protocols.items()):
            self._drop(connection, protocol)
        if self.on_failure is not None:
            self.on_failure()

    def _flush(self) -> None:
        """Write what the connections have to say."""
        broker = self.broker
        if broker.needs_sync:
            return  # a commit is under way; what was promised waits for the next
        while broker.with_output:
            connection = cast("ServerConnection", broker.with_output.pop())
            protocol = self._protocols.get(connection)
            if protocol is None or protocol.transport is None:
                continue
            if data := connection.data_to_send():
                protocol.transport.write(data)
            if connection.state is State.CLOSED:
                protocol.transport.close()
            elif not protocol.is_stuck and not connection.can_deliver:
                # It was given as much as fits into a turn, and has taken it: more in the next one.
                connection.output_taken()
                self.look_at_reading(protocol)
                self.wake()

    def _drop(self, connection: ServerConnection, protocol: ClientProtocol) -> None:
        try:
            connection.receive_eof()
        finally:
            if protocol.transport is not None:
                protocol.transport.abort()

    def _set_timer(self) -> None:
        next_at = self.broker.timers.next_at
        if next_at is None or (self._timer is not None and self._timer_at <= next_at):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = next_at
        self._timer = self._loop.call_at(next_at, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._tick()
        self._turn()

    # Limits.

    def _look_at_limits(self) -> None:
        broker, policy = self.broker, self._policy
        limit = policy.memory_limit_bytes * (0.9 if broker.alarm else 1)  # so that it does not flicker
        short_of = ["memory"] if broker.queued_bytes > limit else []
        if self._loop.time() > self._disk_checked_at + DISK_CHECK_S:
            self._disk_checked_at = self._loop.time()
            free = self._store.free_bytes()
            self._is_disk_full = free is not None and free < policy.disk_limit_bytes
        if self._is_disk_full:
            short_of.append("disk")
        alarm = f"low on {' & '.join(short_of)}" if short_of else ""
        is_behind = self._commit is not None and self._store.pending_bytes > UNCOMMITTED_LIMIT_BYTES
        if alarm == broker.alarm and is_behind == self._is_behind:
            return
        broker.alarm, self._is_behind = alarm, is_behind
        for connection, protocol in list(self._protocols.items()):
            connection.alarm_changed()
            self.look_at_reading(protocol)


async def serve(
    store: MessageStore, policy: Policy | None = None, *, host: str = "127.0.0.1", port: int = 0
) -> BrokerServer:
    """Start a broker that listens; return it.

    Args:
        store: Where durable queues are kept.
        policy: What is allowed.
        host: The address to listen on.
        port: The port; 0 for one that is free.
    """
    server = BrokerServer(store, policy, host=host, port=port)
    await server.start()
    return server
