"""What a long queue costs the built-in broker: `python -m tests.bench.broker_depth [DEEP]`.

Publish and deliver with 100 to 1,000,000 persistent messages of 100 bytes ready, on one broker, in turn, as
figures and as docs/images/broker-depth.svg; the memory that a million takes; the time to start again with
them, after an end in good order and after a kill.
"""

import os
import socket
import statistics
import sys
import time
from pathlib import Path

from pamqp import body, commands, frame, header

from tests.bench.broker_client import Crew, PipelinedPublisher, connect, wait_for_depth
from tests.bench.broker_nodes import BuiltInNode, boot_s, built_in, rss_mb

DEEP = 1_000_000
PLOT = Path(__file__).resolve().parent.parent.parent / "docs" / "images" / "broker-depth.svg"
BODY = b"x" * 100
BATCH = 5_000
ROUNDS = 5
BLOCK = 1_000
PREFETCH = 100


def raw_publish(queue: str) -> bytes:
    """Return the frames of one persistent message."""
    properties = commands.Basic.Properties(delivery_mode=2)
    parts = [
        commands.Basic.Publish(exchange="", routing_key=queue),
        header.ContentHeader(0, len(BODY), properties),
        body.ContentBody(BODY),
    ]
    return b"".join(frame.marshal(part, 1) for part in parts)


def greet(connection: socket.socket) -> None:
    """Open a connection and its channel 1, hearing no more of the broker than that it answers."""
    connection.sendall(b"AMQP\x00\x00\x09\x01")
    assert connection.recv(4096)
    methods = [
        (0, commands.Connection.StartOk({}, "PLAIN", "\0guest\0guest", "en_US")),
        (0, commands.Connection.TuneOk(2047, 131072, 0)),
        (0, commands.Connection.Open("/")),
        (1, commands.Channel.Open()),
    ]
    for channel, method in methods:
        connection.sendall(frame.marshal(method, channel))


def fill(node: BuiltInNode, queue: str, count: int) -> float:
    """Publish `count` messages as fast as the broker takes them; return how long it took.

    The frames are made once: it is the broker that is to work here, not pika.
    """
    begin_s = time.perf_counter()
    with socket.create_connection(("127.0.0.1", node.port)) as raw, connect(node.url) as watcher:
        greet(raw)
        one = raw_publish(queue)
        for left in range(count, 0, -BLOCK):
            raw.sendall(one * min(left, BLOCK))
        wait_for_depth(watcher.channel(), queue, count)
    return time.perf_counter() - begin_s


def declare(node: BuiltInNode, queue: str) -> int:
    """Declare the queue; return how many messages are ready in it."""
    with connect(node.url) as connection:
        return connection.channel().queue_declare(queue, durable=True).method.message_count


def cost_us(node: BuiltInNode, queue: str) -> tuple[float, float]:
    """Publish a batch with confirms, then take as many with acks; return the time of one of each."""
    publish = PipelinedPublisher(node.url, queue, BATCH, BODY).rate
    deliver = Crew(node.url, queue, BATCH, 1, PREFETCH).rate()
    return 1e6 / publish, 1e6 / deliver


def compare(node: BuiltInNode, queues: dict[int, str]) -> None:
    """Print what one message costs in each of `queues`, which are named by their length."""
    found: dict[int, list[tuple[float, float]]] = {depth: [] for depth in queues}
    for number in range(ROUNDS + 1):
        for depth in sorted(queues, reverse=bool(number % 2)):
            found[depth].append(cost_us(node, queues[depth]))
    medians = {}
    for depth, costs in found.items():
        publish, deliver = (statistics.median(column) for column in zip(*costs[1:], strict=True))
        medians[depth] = publish + deliver
        print(
            f"{depth:9,} ready: publish {publish:6.1f} µs, deliver and ack {deliver:6.1f} µs, "
            f"both {publish + deliver:6.1f} µs a message"
        )
    print(
        f"ratio of the longest to the shortest: {medians[max(queues)] / medians[min(queues)]:.2f}", flush=True
    )
    PLOT.write_text(plot(medians))


def plot(medians: dict[int, float]) -> str:
    """Return a picture of what a message costs by the length of the queue; both axes begin at nothing."""
    highest = max(medians.values()) * 1.3
    points = [(80 + 90 * number, 220 - 190 * cost / highest) for number, cost in enumerate(medians.values())]
    words = [
        f'<text x="{x:.0f}" y="{y - 10:.0f}">{cost:.0f} µs</text><text x="{x:.0f}" y="240">{depth:,}</text>'
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#1B63B8"/>'
        for (x, y), (depth, cost) in zip(points, medians.items(), strict=True)
    ]
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="540" height="270" font-size="12" '
        'font-family="sans-serif" text-anchor="middle"><rect width="540" height="270" fill="#fff"/>'
        '<path d="M40 20V220H510" fill="none" stroke="#5D6776"/>'
        f'<polyline points="{line}" fill="none" stroke="#1B63B8" stroke-width="2"/>{"".join(words)}'
        '<text x="270" y="260">publish, deliver and ack of one message, by messages ready</text></svg>\n'
    )


def restart(node: BuiltInNode, queue: str, how: str) -> None:
    """End the broker, start it again, and see that nothing is missing."""
    before = declare(node, queue)
    begin_s = time.perf_counter()
    (node.kill if how == "kill -9" else node.stop)()
    stopped_s = time.perf_counter() - begin_s
    started_s = boot_s(node)
    after = declare(node, queue)
    print(
        f"again with them after {how}: {started_s:.2f} s (the end took {stopped_s:.2f} s), "
        f"memory {rss_mb(node):.0f} MB, {after:,} of {before:,} there",
        flush=True,
    )
    assert after == before


def main() -> None:
    deep = int(sys.argv[1]) if sys.argv[1:] else DEEP
    queues = {depth: f"depth-{depth}" for depth in (100, 1_000, 10_000, 100_000) if depth < deep}
    queues[deep] = "deep"
    with built_in() as node:
        print(f"empty: boot {boot_s(node):.2f} s, memory {rss_mb(node):.0f} MB")
        for depth, queue in queues.items():
            declare(node, queue)
            took_s = fill(node, queue, depth)
        print(f"load {os.getloadavg()[0]:.1f}; {deep:,} messages published in {took_s:.1f} s")
        print(f"memory with them ready: {rss_mb(node):.0f} MB")
        compare(node, queues)
        print(f"memory after that: {rss_mb(node):.0f} MB")
        for how in ("a proper stop", "kill -9"):
            restart(node, queues[deep], how)


if __name__ == "__main__":
    main()
