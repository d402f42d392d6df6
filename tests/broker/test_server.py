"""The driver, over real sockets, with pika as the client."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pika
import pytest

from workq_gui.broker import BrokerServer, MemoryStore, MessageStore, Policy, StoreError

PERSISTENT = pika.BasicProperties(delivery_mode=2)


class ServedBroker:
    """A broker that is served by a loop in a thread of its own."""

    def __init__(self, policy: Policy | None = None, store: MessageStore | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.server: BrokerServer = self.run(self._start(policy, store or MemoryStore()))

    async def _start(self, policy: Policy | None, store: MessageStore) -> BrokerServer:
        server = BrokerServer(store, policy)
        await server.start()
        return server

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def stop(self) -> None:
        self.run(self.server.stop())
        self.run(asyncio.sleep(0.05))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def connect(self, **options: Any) -> pika.BlockingConnection:
        return connect(self.server.port, **options)


def connect(port: int, **options: Any) -> pika.BlockingConnection:
    return pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port, **options))


@pytest.fixture
def serve() -> Iterator[Callable[..., ServedBroker]]:
    started: list[ServedBroker] = []

    def serve(*args: Any, **options: Any) -> ServedBroker:
        started.append(ServedBroker(*args, **options))
        return started[-1]

    yield serve
    for broker in started:
        broker.stop()


@pytest.fixture
def served(serve: Callable[..., ServedBroker]) -> ServedBroker:
    return serve()


def wait_until(predicate: Callable[[], bool], timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not predicate():
        assert time.monotonic() < deadline, "not true in time"
        time.sleep(0.005)


def test_pika_publishes_with_confirms_and_consumes(served):
    with served.connect() as connection:
        channel = connection.channel()
        channel.queue_declare("tasks", durable=True)
        channel.confirm_delivery()
        for number in range(20):
            channel.basic_publish("", "tasks", b"%d" % number, PERSISTENT)
        seen = []
        for method, _, content in channel.consume("tasks", inactivity_timeout=5):
            seen.append(content)
            channel.basic_ack(method.delivery_tag)
            if len(seen) == 20:
                break
        assert seen == [b"%d" % number for number in range(20)]
        assert channel.cancel() == 0


def test_a_worker_whose_connection_breaks_gives_its_task_back(served):
    with served.connect() as connection:
        channel = connection.channel()
        channel.queue_declare("tasks")
        channel.basic_publish("", "tasks", b"one")
        worker = served.connect()
        taken = worker.channel().basic_get("tasks")
        assert taken[2] == b"one"
        worker._impl._transport._sock.shutdown(socket.SHUT_RDWR)
        again = (None, None, None)
        deadline = time.monotonic() + 5
        while again[0] is None and time.monotonic() < deadline:
            again = channel.basic_get("tasks")
        assert again[0].redelivered
        channel.basic_ack(again[0].delivery_tag)
        with contextlib.suppress(pika.exceptions.AMQPError):
            worker.close()


def test_large_messages_pass(served):
    content = os.urandom(5_000_000)
    with served.connect() as connection:
        channel = connection.channel()
        channel.queue_declare("tasks")
        channel.basic_publish("", "tasks", content)
        assert channel.basic_get("tasks", auto_ack=True)[2] == content


def test_a_slow_reader_does_not_fill_the_memory(served):
    total, size = 400, 100_000
    with served.connect() as connection:
        channel = connection.channel()
        channel.queue_declare("tasks")
        for _ in range(total):
            channel.basic_publish("", "tasks", b"x" * size)
        wait_until(lambda: channel.queue_declare("tasks", passive=True).method.message_count == total)
        slow = served.connect()
        slow_channel = slow.channel()
        slow_channel._impl.basic_consume("tasks", lambda *_: None, auto_ack=True)
        slow._impl._transport._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        slow._flush_output()
        counts: list[int] = []

        def settled() -> bool:
            counts.append(channel.queue_declare("tasks", passive=True).method.message_count)
            return len(counts) > 20 and counts[-1] == counts[-20]

        wait_until(settled)
        assert counts[-1] > total / 2, "most of it waits in the queue, not in buffers"
        slow._impl._transport._sock.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(pika.exceptions.AMQPError):
            slow.close()


def test_publishers_are_blocked_at_the_memory_limit_and_go_on_below_it(serve):
    served = serve(Policy(memory_limit_bytes=1_000_000))
    with served.connect() as publisher, served.connect() as consumer:
        channel, reader = publisher.channel(), consumer.channel()
        channel.queue_declare("tasks")
        told: list[str] = []
        publisher.add_on_connection_blocked_callback(lambda _, frame: told.append(frame.method.reason))
        publisher.add_on_connection_unblocked_callback(lambda *_: told.append("free"))
        for _ in range(15):
            channel._impl.basic_publish("", "tasks", b"x" * 100_000)
        wait_until(lambda: publisher.process_data_events(0.01) or bool(told))
        wait_until(lambda: reader.queue_declare("tasks", passive=True).method.message_count >= 10)
        reader.queue_purge("tasks")
        wait_until(lambda: publisher.process_data_events(0.01) or len(told) == 2)
        assert told == ["low on memory", "free"]


def test_there_is_an_end_to_connections(serve):
    served = serve(Policy(max_connections=2))
    with served.connect(), served.connect(), pytest.raises(pika.exceptions.AMQPConnectionError):
        served.connect()
    wait_until(lambda: not served.server._protocols)
    served.connect().close()


@pytest.mark.expects_log("connection .* failed")
def test_a_bug_costs_one_connection_only(served, monkeypatch):
    with served.connect() as good:
        channel = good.channel()
        channel.queue_declare("tasks")
        bad = served.connect()
        connection = next(
            c for c in served.server._protocols if str(bad._impl._transport._sock.getsockname()[1]) in c.name
        )
        monkeypatch.setattr(connection, "_on_frame", lambda *_: 1 / 0)
        with pytest.raises(pika.exceptions.AMQPConnectionError):
            bad.channel()
        assert channel.queue_declare("tasks", passive=True).method.message_count == 0


class SlowStore(MemoryStore):
    """A disk on which a commit takes time."""

    def finish_commit(self) -> None:
        time.sleep(0.02)
        super().finish_commit()


def test_a_slow_disk_holds_up_confirms_and_nothing_else(serve):
    store = SlowStore()
    served = serve(store=store)
    served.server._commit_s = 1.0
    with served.connect() as publisher, served.connect() as other:
        channel, another = publisher.channel(), other.channel()
        channel.queue_declare("tasks", durable=True)
        channel.confirm_delivery()
        started = time.monotonic()
        channel.basic_publish("", "tasks", b"x", PERSISTENT)
        assert time.monotonic() - started > 0.015
        assert len(store.durable) == 1
        started = time.monotonic()
        another.queue_declare("elsewhere", exclusive=True)
        assert time.monotonic() - started < 0.5


class BrokenStore(MemoryStore):
    """A disk that fails."""

    def finish_commit(self) -> None:
        raise StoreError("database or disk is full")


@pytest.mark.expects_log("the store failed")
def test_what_cannot_be_stored_is_not_confirmed(serve):
    served = serve(store=BrokenStore())
    failed = threading.Event()
    served.server.on_failure = failed.set
    connection = served.connect()
    channel = connection.channel()
    channel.queue_declare("tasks", durable=True)
    channel.confirm_delivery()
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        channel.basic_publish("", "tasks", b"x", PERSISTENT)
    assert failed.wait(5)


# As a process.


class BrokerProcess:
    """`python -m workq_gui.broker`, on a folder."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "workq_gui.broker", "--until-stdin-closes", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.facts = json.loads(line) if line else {}

    def connect(self) -> pika.BlockingConnection:
        return connect(self.facts["port"])

    def end(self, how: int | None = None) -> tuple[int, str]:
        if how is not None:
            self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=10)
        return self.process.returncode, errors


@pytest.fixture
def start() -> Iterator[Callable[..., BrokerProcess]]:
    started: list[BrokerProcess] = []

    def start(*options: str) -> BrokerProcess:
        started.append(BrokerProcess(*options))
        return started[-1]

    yield start
    for broker in started:
        if broker.process.poll() is None:
            broker.process.kill()
        broker.process.communicate()


def test_it_says_where_it_listens_and_ends_with_its_parent(start):
    broker = start()
    assert broker.facts["host"] == "127.0.0.1"
    assert broker.facts["pid"] == broker.process.pid
    assert broker.facts["product"].startswith("WorkQ ")
    broker.connect().close()
    assert broker.end() == (0, "")


def test_a_polite_end_is_told_to_clients(start, tmp_path):
    broker = start("--data", str(tmp_path / "data"))
    connection = broker.connect()
    assert broker.end(signal.SIGTERM) == (0, "")
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker) as info:
        connection.process_data_events(5)
    assert info.value.reply_code == 320


def test_durable_things_outlive_a_restart(start, tmp_path):
    broker = start("--data", str(tmp_path / "data"))
    with broker.connect() as connection:
        channel = connection.channel()
        channel.queue_declare("tasks", durable=True)
        channel.basic_publish("", "tasks", b"kept", PERSISTENT)
        channel.basic_publish("", "tasks", b"lost")
    broker.end(signal.SIGTERM)
    with start("--data", str(tmp_path / "data")).connect() as connection:
        channel = connection.channel()
        method, _, content = channel.basic_get("tasks")
        assert (content, method.redelivered, method.message_count) == (b"kept", False, 0)


def test_a_folder_in_use_or_damaged_is_refused_in_words(start, tmp_path):
    folder = tmp_path / "data"
    first = start("--data", str(folder))
    code, errors = start("--data", str(folder)).end()
    assert code == 1
    assert "Another broker is using the data folder" in errors
    first.end()
    (folder / "broker.sqlite3").write_bytes(b"garbage")
    code, errors = start("--data", str(folder)).end()
    assert code == 1
    assert "is damaged" in errors
    assert "Traceback" not in errors
    assert (folder / "broker.sqlite3").read_bytes() == b"garbage"


def test_to_listen_elsewhere_wants_a_user(start):
    code, errors = start("--listen", "0.0.0.0").end()
    assert code == 2
    assert "--user" in errors


KILL_ROUNDS = int(os.environ.get("WORKQ_KILL_ROUNDS", "3"))


@pytest.mark.parametrize("round_number", range(KILL_ROUNDS))
def test_a_kill_loses_no_confirmed_message_and_brings_back_none_that_was_acked(start, tmp_path, round_number):
    broker = start("--data", str(tmp_path / "data"))
    confirmed: list[int] = []
    acked: list[int] = []

    def work() -> None:
        with contextlib.suppress(pika.exceptions.AMQPError, ConnectionError):
            channel = broker.connect().channel()
            channel.basic_qos(prefetch_count=5)

            def on_delivery(channel: Any, method: Any, _properties: Any, content: bytes) -> None:
                if int(content) % 3 == 0:
                    channel.basic_ack(method.delivery_tag)
                    acked.append(int(content))
                elif int(content) % 50 == 1:
                    channel.basic_nack(method.delivery_tag)

            channel.basic_consume("tasks", on_delivery)
            channel.start_consuming()

    connection = broker.connect()
    channel = connection.channel()
    channel.queue_declare("tasks", durable=True)
    channel.confirm_delivery()
    worker = threading.Thread(target=work)
    worker.start()
    killer = threading.Timer(0.2 + 0.37 * round_number % 0.7, broker.process.kill)
    killer.start()
    with contextlib.suppress(pika.exceptions.AMQPError, ConnectionError):
        while True:
            channel.basic_publish("", "tasks", b"%d" % len(confirmed), PERSISTENT)
            confirmed.append(len(confirmed))
    killer.join()
    worker.join()
    settled = {number for number in confirmed if number % 3 == 0 or number % 50 == 1}
    with start("--data", str(tmp_path / "data")).connect() as connection:
        channel = connection.channel()
        left = set()
        while (got := channel.basic_get("tasks", auto_ack=True))[0]:
            left.add(int(got[2]))
    assert len(confirmed) > 20
    assert set(confirmed) - left <= settled
    lately = set(acked[-200:])  # what was acked within the last commit's time may come again
    assert not (left & set(acked)) - lately
