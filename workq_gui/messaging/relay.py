"""A network that can be broken: a TCP relay between one client and one broker."""

import asyncio
import contextlib
import os
import socket
import struct
from collections import deque
from functools import partial

HOST = "127.0.0.1"
CHUNK_SIZE = 64 * 1024
MAX_HELD_BYTES = 1024 * 1024
"""So much waits at most in either direction of a connection; then nothing more is read."""
CHUNK_COST = 256
"""What a chunk weighs besides its bytes, so that a million chunks of one byte are no way around the limit."""
ACCEPT_PAUSE_S = 0.1
RESET = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER for no time: a close then drops what was not sent, and the other side sees a reset."""


class Relay:
    """Passes the bytes of every connection on to `host` and `port`, as well as it is told to.

    Belongs to the asyncio loop in which it was opened; so do all its methods.

    Attributes:
        port: Where it listens, on 127.0.0.1.
    """

    def __init__(self, host: str, port: int, listener: socket.socket) -> None:
        """Use `Relay.open`."""
        self._target = (host, port)
        self._listener = listener
        self.port: int = listener.getsockname()[1]
        self._delay_s = 0.0
        self._is_stalled = False
        self._is_cut = False
        self._changed = asyncio.Event()
        self._connections: set[_Connection] = set()
        self._accepting = asyncio.create_task(self._accept())

    @classmethod
    async def open(cls, host: str, port: int) -> "Relay":
        """Listen on a free port for clients of the broker at `host` and `port`.

        Raises:
            OSError: there is no free port, or no more sockets can be had.
        """
        listener = socket.create_server((HOST, 0))
        listener.setblocking(False)
        return cls(host, port, listener)

    def delay(self, seconds: float) -> None:
        """Let each byte take `seconds` longer from now on, either way; 0 for no longer than it takes."""
        self._become(delay_s=seconds)

    def stall(self) -> None:
        """Let nothing through any more, either way, and tell nobody: every socket stays open."""
        self._become(is_stalled=True)

    def cut(self) -> None:
        """Reset every connection, at the next turn of the loop, and every new one, until `heal`."""
        self._become(is_cut=True)
        for connection in self._connections:
            connection.reset()

    def heal(self) -> None:
        """Be a good network again; what was held up goes on at once."""
        self._become()

    async def close(self) -> None:
        """End all connections, and listen no more."""
        self._accepting.cancel()
        running = [self._accepting, *(connection.end() for connection in self._connections)]
        try:
            await asyncio.gather(*running, return_exceptions=True)
        finally:
            self._listener.close()

    def _become(self, delay_s: float = 0.0, *, is_stalled: bool = False, is_cut: bool = False) -> None:
        self._delay_s, self._is_stalled, self._is_cut = delay_s, is_stalled, is_cut
        self._changed.set()
        self._changed = asyncio.Event()

    async def until_flowing(self) -> None:
        """Wait while it is stalled."""
        while self._is_stalled:
            await self._changed.wait()

    async def until_due(self, since_s: float) -> None:
        """Wait until a byte that came at `since_s`, by the loop's clock, may go on."""
        loop = asyncio.get_running_loop()
        while self._is_stalled or loop.time() < since_s + self._delay_s:
            left_s = None if self._is_stalled else since_s + self._delay_s - loop.time()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._changed.wait()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self.until_flowing()
            try:
                client, _ = await loop.sock_accept(self._listener)
            except OSError:  # it hung up meanwhile, or there are too many open files
                await asyncio.sleep(ACCEPT_PAUSE_S)
                continue
            if self._is_cut:
                _reset(client)
            else:
                connection = _Connection(self, client, self._target)
                self._connections.add(connection)
                connection.task.add_done_callback(partial(self._forget, connection))

    def _forget(self, connection: "_Connection", _: "asyncio.Task[None]") -> None:
        self._connections.discard(connection)


class _Connection:
    """One client's connection, and the one to the broker that belongs to it."""

    def __init__(self, relay: Relay, client: socket.socket, target: tuple[str, int]) -> None:
        self._relay = relay
        self._client = client
        self._broker: socket.socket | None = None
        self._is_reset = False
        self.task = asyncio.create_task(self._run(target))
        # Not in a `finally`: a task that is cancelled before it began has none.
        self.task.add_done_callback(self._close)

    def reset(self) -> None:
        """End it as when the line is cut."""
        self._is_reset = True
        self.task.cancel()

    def end(self) -> "asyncio.Task[None]":
        """End it, and return what is to be waited for."""
        self.task.cancel()
        return self.task

    async def _run(self, target: tuple[str, int]) -> None:
        try:
            await self._relay.until_flowing()  # it may have been stalled while this one was accepted
            self._broker = await _connect(target)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(_Way(self._relay, self._client, self._broker).carry())
                ways.create_task(_Way(self._relay, self._broker, self._client).carry())
        except* OSError:  # nobody listens at the broker's, or a side reset the connection
            self._is_reset = True

    def _close(self, _: "asyncio.Task[None]") -> None:
        for end in (self._client, self._broker):
            if end is not None:
                (_reset if self._is_reset else socket.socket.close)(end)


class _Way:
    """One direction of a connection."""

    def __init__(self, relay: Relay, source: socket.socket, sink: socket.socket) -> None:
        self._relay = relay
        self._source, self._sink = source, sink
        self._chunks: deque[tuple[float, bytes | OSError]] = deque()  # each with when it came
        self._held_bytes = 0
        self._news = asyncio.Event()  # a chunk has come, or gone
        for end in (source, sink):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def carry(self) -> None:
        """Pass on all that comes from the source, its end included.

        Raises:
            OSError: the source reset the connection.
        """
        reading = asyncio.create_task(self._read())
        try:
            await self._write()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while self._held_bytes >= MAX_HELD_BYTES:
                await self._next_news()
            await self._relay.until_flowing()
            chunk: bytes | OSError
            try:
                chunk = await loop.sock_recv(self._source, CHUNK_SIZE)
            except OSError as error:
                chunk = error  # that takes as long as a byte does
            self._chunks.append((loop.time(), chunk))
            self._held_bytes += CHUNK_COST + (len(chunk) if isinstance(chunk, bytes) else 0)
            self._news.set()
            if not chunk or isinstance(chunk, OSError):
                return

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while not self._chunks:
                await self._next_news()
            since_s, chunk = self._chunks[0]
            await self._relay.until_due(since_s)
            self._chunks.popleft()
            if isinstance(chunk, OSError):
                raise chunk
            try:
                if not chunk:
                    self._sink.shutdown(socket.SHUT_WR)
                    return
                await loop.sock_sendall(self._sink, chunk)
            except OSError:
                return  # the sink has gone; the other direction reads its last words, and its end
            self._held_bytes -= CHUNK_COST + len(chunk)
            self._news.set()

    async def _next_news(self) -> None:
        self._news.clear()
        await self._news.wait()


async def _connect(target: tuple[str, int]) -> socket.socket:
    """Return a connection to the first address of `target` that takes one."""
    loop = asyncio.get_running_loop()
    error = OSError("the host has no address")
    for family, kind, protocol, _, address in await loop.getaddrinfo(*target, type=socket.SOCK_STREAM):
        end = socket.socket(family, kind, protocol)
        end.setblocking(False)
        try:
            await loop.sock_connect(end, address)
        except OSError as refused:
            end.close()
            error = refused
        except BaseException:
            end.close()
            raise
        else:
            return end
    raise error


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    end.close()
