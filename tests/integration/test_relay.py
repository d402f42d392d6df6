"""A network that is broken between a real client and a real broker, or between two ends that do little."""

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import AsyncIterator, Iterator

import pika
import pytest
from pika.exceptions import AMQPConnectionError, StreamLostError

from tests.integration.breakable_network import LIMIT_S, BreakableNetwork
from workq_gui.messaging.relay import MAX_HELD_BYTES, Relay


class FarEnd:
    """A server whose connections the test handles: each with what it can read and write."""

    def __init__(self) -> None:
        self.connections: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.put_nowait((reader, writer))


@contextlib.asynccontextmanager
async def _relayed() -> AsyncIterator[tuple[Relay, FarEnd]]:
    far_end = FarEnd()
    async with asyncio.timeout(LIMIT_S), await asyncio.start_server(far_end.take, "127.0.0.1", 0) as server:
        relay = await Relay.open(*server.sockets[0].getsockname()[:2])
        try:
            yield relay, far_end
        finally:
            await relay.close()
            while not far_end.connections.empty():
                far_end.connections.get_nowait()[1].close()


async def _dial(relay: Relay) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", relay.port)


async def _closed(*writers: asyncio.StreamWriter) -> None:
    for writer in writers:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def test_bytes_and_half_closes_pass_both_ways():
    async def scene():
        async with _relayed() as (relay, far_end):
            reader, writer = await _dial(relay)
            far_reader, far_writer = await far_end.connections.get()
            writer.write(b"a question")
            writer.write_eof()
            assert await far_reader.read() == b"a question"
            far_writer.write(b"an answer")
            far_writer.write_eof()
            assert await reader.read() == b"an answer"
            await _closed(writer, far_writer)

    asyncio.run(scene())


def test_a_reset_on_one_side_is_a_reset_on_the_other():
    async def scene():
        async with _relayed() as (relay, far_end):
            reader, writer = await _dial(relay)
            _, far_writer = await far_end.connections.get()
            linger = struct.pack("ii", 1, 0)
            far_writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            far_writer.close()
            assert await _end_of(reader) == "reset"
            await _closed(writer, far_writer)

    asyncio.run(scene())


def test_without_a_far_end_a_client_is_reset():
    async def scene():
        async with _relayed() as (relay, _):
            relay._target = ("127.0.0.1", 1)
            reader, writer = await _dial(relay)
            assert await _end_of(reader) == "reset"
            await _closed(writer)

    asyncio.run(scene())


def test_a_delay_makes_the_way_longer_and_keeps_the_order():
    async def scene():
        async with _relayed() as (relay, far_end):
            _, writer = await _dial(relay)
            far_reader, far_writer = await far_end.connections.get()
            relay.delay(0.2)
            began_s = time.monotonic()
            for letter in b"abcdef":
                writer.write(bytes([letter]))
                await asyncio.sleep(0)
            assert await far_reader.readexactly(6) == b"abcdef"
            assert time.monotonic() - began_s >= 0.2
            await _closed(writer, far_writer)

    asyncio.run(scene())


def test_what_is_delayed_goes_on_at_once_when_the_network_is_well_again():
    async def scene():
        async with _relayed() as (relay, far_end):
            _, writer = await _dial(relay)
            far_reader, far_writer = await far_end.connections.get()
            relay.delay(3600)
            writer.write(b"a letter")
            await writer.drain()
            relay.heal()
            assert await far_reader.readexactly(8) == b"a letter"
            await _closed(writer, far_writer)

    asyncio.run(scene())


@pytest.mark.parametrize("broken", ["delayed", "stalled"])
def test_a_client_that_sends_on_is_slowed_down_and_nothing_is_lost(broken):
    async def scene():
        async with _relayed() as (relay, far_end):
            _, writer = await _dial(relay)
            far_reader, far_writer = await far_end.connections.get()
            relay.stall() if broken == "stalled" else relay.delay(3600)
            sent = await _send_until_it_waits(writer)
            assert sent < 64 * MAX_HELD_BYTES, "all of it went somewhere"
            relay.heal()
            writer.write_eof()
            received = 0
            while chunk := await far_reader.read(65536):
                received += len(chunk)
            assert received == sent
            await _closed(writer, far_writer)

    asyncio.run(scene())


def test_a_stalled_network_tells_nobody_and_goes_on_when_it_is_well_again():
    async def scene():
        async with _relayed() as (relay, far_end):
            reader, writer = await _dial(relay)
            far_reader, far_writer = await far_end.connections.get()
            relay.stall()
            writer.write(b"hello?")
            far_writer.write(b"hello?")
            far_writer.write_eof()
            later_reader, later_writer = await _dial(relay)
            later_writer.write(b"anybody?")
            reading = {asyncio.create_task(end.read(99)) for end in (reader, far_reader, later_reader)}
            done, _ = await asyncio.wait(reading, timeout=0.3)
            assert not done
            assert far_end.connections.empty()
            relay.heal()
            _, latest_writer = await far_end.connections.get()
            latest_writer.write(b"here")
            assert {task.result() for task in (await asyncio.wait(reading))[0]} == {b"hello?", b"here"}
            assert await reader.read() == b""
            await _closed(writer, far_writer, later_writer, latest_writer)

    asyncio.run(scene())


def test_a_cut_resets_both_sides_and_refuses_new_connections_until_healed():
    async def scene():
        async with _relayed() as (relay, far_end):
            reader, writer = await _dial(relay)
            far_reader, far_writer = await far_end.connections.get()
            relay.cut()
            assert [await _end_of(reader), await _end_of(far_reader)] == ["reset", "reset"]
            late_reader, late_writer = await _dial(relay)
            assert await _end_of(late_reader) == "reset"
            relay.heal()
            _, new_writer = await _dial(relay)
            new_reader, newest_writer = await far_end.connections.get()
            new_writer.write(b"back")
            assert await new_reader.readexactly(4) == b"back"
            await _closed(writer, far_writer, late_writer, new_writer, newest_writer)

    asyncio.run(scene())


def test_a_connection_that_comes_in_the_moment_of_a_cut_is_reset():
    async def scene():
        async with _relayed() as (relay, _):
            relay.stall()
            ends = [await _dial(relay) for _ in range(3)]
            relay.cut()
            assert [await _end_of(reader) for reader, _ in ends] == ["reset"] * 3
            await _closed(*(writer for _, writer in ends))

    asyncio.run(scene())


def test_closing_ends_every_connection_whatever_the_network_is_like():
    async def scene():
        async with _relayed() as (relay, far_end):
            reader, writer = await _dial(relay)
            far_reader, far_writer = await far_end.connections.get()
            relay.stall()
            writer.write(b"never to arrive")
            await relay.close()
            assert await _end_of(far_reader) in ("end", "reset")
            assert await _end_of(reader) in ("end", "reset")
            with pytest.raises(ConnectionRefusedError):
                await _dial(relay)
            await _closed(writer, far_writer)

    asyncio.run(scene())


async def _end_of(reader: asyncio.StreamReader) -> str:
    try:
        return "data" if await reader.read(1) else "end"
    except ConnectionResetError:
        return "reset"


async def _send_until_it_waits(writer: asyncio.StreamWriter) -> int:
    """Send until nothing moves for a while; return how much was taken."""
    sent, most = 0, 64 * MAX_HELD_BYTES
    with contextlib.suppress(TimeoutError):
        while sent < most:
            writer.write(bytes(65536))
            sent += 65536
            async with asyncio.timeout(0.3):
                await writer.drain()
    return sent


# --- a real client and a real broker ------------------------------------------------------


@pytest.fixture
def network(broker) -> Iterator[BreakableNetwork]:
    network = BreakableNetwork(broker)
    yield network
    network.end()


@pytest.fixture
def direct(broker) -> Iterator[pika.BlockingConnection]:
    """Give a connection to the broker by another way."""
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        yield connection


@pytest.fixture
def held_task(network, direct, queue_name):
    """Give a connection over the network that holds the queue's only task, un-acked, and its channel."""

    def hold(heartbeat: int | None = None):
        channel = direct.channel()
        channel.queue_declare(queue_name, durable=True)
        channel.basic_publish("", queue_name, b"a task")
        connection = network.connect(heartbeat)
        holder = connection.channel()
        method, _, body = next(holder.consume(queue_name))
        assert (body, method.redelivered) == (b"a task", False)
        return connection, holder

    yield hold
    direct.channel().queue_delete(queue_name)


def _next_delivery(connection: pika.BlockingConnection, queue: str) -> tuple[bytes, bool]:
    method, _, body = next(connection.channel().consume(queue, inactivity_timeout=LIMIT_S))
    assert method is not None, "nothing was redelivered"
    return body, method.redelivered


def _wait_until_lost(connection: pika.BlockingConnection) -> None:
    """Serve the connection until pika finds that it is gone; it returns after every bit of work."""
    deadline_s = time.monotonic() + LIMIT_S
    with contextlib.suppress(StreamLostError):
        while time.monotonic() < deadline_s:
            connection.process_data_events(LIMIT_S)
        pytest.fail("the connection is still there")


def test_a_delay_makes_the_round_trip_of_a_real_client_longer(network, queue_name):
    with network.connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue_name, durable=True)

        def round_trip_s() -> float:
            began_s = time.monotonic()
            channel.queue_declare(queue_name, passive=True)
            return time.monotonic() - began_s

        well_s = min(round_trip_s() for _ in range(5))
        network.do(lambda: network.relay.delay(0.15))
        delayed_s = round_trip_s()
        assert delayed_s >= 0.3  # there and back
        assert delayed_s > 2 * well_s
        network.do(network.relay.heal)
        assert min(round_trip_s() for _ in range(5)) < delayed_s / 2
        channel.queue_delete(queue_name)


def test_behind_a_stalled_network_the_broker_gives_a_worker_up_after_three_heartbeats(
    network, direct, held_task, queue_name
):
    connection, _ = held_task(heartbeat=1)
    network.do(network.relay.stall)
    began_s = time.monotonic()
    assert _next_delivery(direct, queue_name) == (b"a task", True)
    assert time.monotonic() - began_s > 1.5
    network.do(network.relay.heal)
    _wait_until_lost(connection)


def test_behind_a_network_that_is_cut_a_task_is_redelivered_at_once(network, direct, held_task, queue_name):
    connection, _ = held_task(heartbeat=60)  # heartbeats would find it after three minutes
    network.do(network.relay.cut)
    assert _next_delivery(direct, queue_name) == (b"a task", True)
    _wait_until_lost(connection)
    with pytest.raises(AMQPConnectionError):
        network.connect()
    network.do(network.relay.heal)
    with network.connect() as again:
        assert again.channel().queue_declare(queue_name, passive=True).method.message_count == 0


def test_behind_a_stalled_network_that_heals_in_time_nothing_has_happened(network, held_task, queue_name):
    connection, holder = held_task()
    network.do(network.relay.stall)
    holder.basic_ack(1)
    network.do(network.relay.heal)
    assert holder.queue_declare(queue_name, passive=True).method.message_count == 0
    connection.close()


def test_a_broker_that_ends_a_connection_ends_it_behind_the_relay_too(network):
    connection = network.connect()
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker, match="prefetch_size"):
        connection.channel().basic_qos(prefetch_size=1)
