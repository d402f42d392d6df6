"""One measurement of a broker with plain pika scripts: `python -m tests.bench.broker_client WHAT URL NUMBER`.

It prints nothing but its figures, for `tests.bench.rounds.figures`.
"""

import struct
import sys
import threading
import time

import pika

from tests.bench.bare import cut_to_redelivery_ms, delete_queue, new_queue

BODY = b"x" * 256
WINDOW = 1_000
PER_S = 100
PERSISTENT = pika.BasicProperties(delivery_mode=2, content_type="application/octet-stream")
TIME_LIMIT_S = 120
DEPTH_POLL_S = 0.002


def connect(url: str) -> pika.BlockingConnection:
    return pika.BlockingConnection(pika.URLParameters(url))


class PipelinedPublisher:
    """Publishes `count` persistent messages with at most WINDOW unconfirmed; `rate` is per second."""

    def __init__(self, url: str, queue: str, count: int, body: bytes = BODY) -> None:
        self._queue, self._count, self._body = queue, count, body
        self._sent = self._confirmed = 0
        self._open: set[int] = set()
        self.rate = 0.0
        self._connection = pika.SelectConnection(
            pika.URLParameters(url),
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
            on_close_callback=lambda connection, _: connection.ioloop.stop(),
        )
        self._connection.ioloop.start()

    def _on_channel(self, channel) -> None:
        self._channel = channel
        channel.confirm_delivery(self._on_confirm, callback=self._begin)

    def _begin(self, _frame) -> None:
        self._began_s = time.perf_counter()
        self._fill()

    def _fill(self) -> None:
        while self._sent < self._count and len(self._open) < WINDOW:
            self._sent += 1
            self._open.add(self._sent)
            self._channel.basic_publish("", self._queue, self._body, PERSISTENT)

    def _on_confirm(self, frame) -> None:
        tag = frame.method.delivery_tag
        if frame.method.multiple:
            self._open = {number for number in self._open if number > tag}
        else:
            self._open.discard(tag)
        if self._sent == self._count and not self._open:
            self.rate = self._count / (time.perf_counter() - self._began_s)
            self._connection.close()
        else:
            self._fill()


def wait_for_depth(channel, queue: str, count: int) -> None:
    """Return when `count` messages are ready: without confirms only this tells that they arrived."""
    deadline = time.monotonic() + TIME_LIMIT_S
    while channel.queue_declare(queue, passive=True).method.message_count < count:
        assert time.monotonic() < deadline, f"{count} messages did not arrive"
        time.sleep(DEPTH_POLL_S)


def unconfirmed_rate(url: str, queue: str, count: int) -> float:
    """Publish without confirms; return messages per second until all are in the queue."""
    with connect(url) as watcher, connect(url) as connection:
        channel = connection.channel()
        begin_s = time.perf_counter()
        for _ in range(count):
            channel.basic_publish("", queue, BODY, PERSISTENT)
        connection.process_data_events(0)
        wait_for_depth(watcher.channel(), queue, count)
        return count / (time.perf_counter() - begin_s)


class Crew:
    """`size` workers with manual ack, each in a thread with a connection of its own."""

    def __init__(self, url: str, queue: str, count: int, size: int, prefetch: int = 1) -> None:
        self._url, self._queue, self._count, self._prefetch = url, queue, count, prefetch
        self._left = count
        self._lock = threading.Lock()
        self._finished = threading.Event()
        self._ready, self._go = threading.Barrier(size + 1), threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(size)]

    def rate(self) -> float:
        """Return how many messages per second they take, until the queue is empty."""
        for thread in self._threads:
            thread.start()
        self._ready.wait(TIME_LIMIT_S)
        begin_s = time.perf_counter()
        self._go.set()
        has_finished = self._finished.wait(TIME_LIMIT_S)
        took_s = time.perf_counter() - begin_s
        self._finished.set()
        for thread in self._threads:
            thread.join()
        assert has_finished, f"{self._left} messages were not delivered"
        return self._count / took_s

    def _work(self) -> None:
        with connect(self._url) as connection:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=self._prefetch)
            self._ready.wait(TIME_LIMIT_S)
            self._go.wait(TIME_LIMIT_S)
            channel.basic_consume(self._queue, self._on_delivery)
            while not self._finished.is_set():
                connection.process_data_events(0.05)

    def _on_delivery(self, channel, method, _properties, _body) -> None:
        with self._lock:
            if self._left <= 0:
                return  # more than was wanted was under way; it goes back when this connection ends
            self._left -= 1
            if self._left == 0:
                self._finished.set()
        channel.basic_ack(method.delivery_tag)


def consume_rate(url: str, queue: str, count: int, size: int) -> float:
    PipelinedPublisher(url, queue, count)
    return Crew(url, queue, count, size).rate()


class Listener(threading.Thread):
    """Notes how old each message is when it is delivered."""

    def __init__(self, url: str, queue: str, count: int) -> None:
        super().__init__()
        self._url, self._queue, self._count = url, queue, count
        self.is_ready = threading.Event()
        self.latencies_s: list[float] = []

    def run(self) -> None:
        with connect(self._url) as connection:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=1)
            channel.basic_consume(self._queue, self._on_delivery)
            self.is_ready.set()
            deadline = time.monotonic() + TIME_LIMIT_S
            while len(self.latencies_s) < self._count and time.monotonic() < deadline:
                connection.process_data_events(0.1)

    def _on_delivery(self, channel, method, _properties, body: bytes) -> None:
        self.latencies_s.append(time.perf_counter() - struct.unpack_from("d", body)[0])
        channel.basic_ack(method.delivery_tag)


def latencies_ms(url: str, queue: str, count: int) -> tuple[float, float]:
    """Publish `count` messages, PER_S in a second; return p50 and p99 from publish to delivery."""
    listener = Listener(url, queue, count)
    listener.start()
    assert listener.is_ready.wait(TIME_LIMIT_S)
    with connect(url) as connection:
        channel = connection.channel()
        next_s = time.perf_counter()
        for _ in range(count):
            next_s += 1 / PER_S
            if (pause_s := next_s - time.perf_counter()) > 0:
                connection.sleep(pause_s)
            stamp = struct.pack("d", time.perf_counter())
            channel.basic_publish("", queue, stamp + BODY[len(stamp) :], PERSISTENT)
        listener.join()
    found = sorted(listener.latencies_s)
    assert len(found) == count
    return found[count // 2] * 1000, found[min(count - 1, round(count * 0.99))] * 1000


def measure(what: str, url: str, queue: str, number: int) -> list[float]:
    match what:
        case "confirmed":
            return [PipelinedPublisher(url, queue, number).rate]
        case "unconfirmed":
            return [unconfirmed_rate(url, queue, number)]
        case "one_worker":
            return [consume_rate(url, queue, number, 1)]
        case "eight_workers":
            return [consume_rate(url, queue, number, 8)]
        case "latency":
            return [*latencies_ms(url, queue, number)]
        case "redelivery":
            return [cut_to_redelivery_ms(url, queue) for _ in range(number)]
        case _:
            raise ValueError(what)


def main() -> None:
    what, url, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    queue = new_queue()
    with connect(url) as connection:
        connection.channel().queue_declare(queue, durable=True)
    print(*measure(what, url, queue, number))
    delete_queue(url, queue)


if __name__ == "__main__":
    main()
