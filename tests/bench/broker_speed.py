"""The built-in broker beside a private RabbitMQ, with the same pika scripts, in turn, in one run.

`python -m tests.bench.broker_speed [ROUNDS]`. A ratio above 1 means that ours is better.
"""

import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.broker_nodes import Node, boot_s, built_in, rabbitmq, rss_mb
from tests.bench.rounds import figures

ROUNDS = 5
BOOTS = 3


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        is_time: Less of it is better.
    """

    name: str
    unit: str
    is_time: bool = False


RATES = {
    "confirmed": (Row("publish persistent, confirms, window 1000", "msg/s"), 10_000),
    "unconfirmed": (Row("publish persistent, no confirms, until queued", "msg/s"), 10_000),
    "one_worker": (Row("consume, prefetch 1, manual ack, 1 worker", "msg/s"), 2_000),
    "eight_workers": (Row("consume, prefetch 1, manual ack, 8 workers", "msg/s"), 4_000),
}
P50, P99 = Row("latency p50 at 100/s", "ms", True), Row("latency p99 at 100/s", "ms", True)
REDELIVERY = Row("cut to redelivery", "ms", True)
BOOT, RSS = Row("boot to first accepted connection", "s", True), Row("memory after boot (RSS)", "MB", True)
RSS_AFTER = Row("memory after all of this (RSS)", "MB", True)
LATENCIES, CUTS = 300, 15

Found = dict[Row, tuple[list[float], list[float]]]
"""Ours and RabbitMQ's."""


def boots(nodes: tuple[Node, Node], found: Found) -> None:
    """Start both brokers in turn, and leave them running."""
    for number in range(BOOTS):
        for which, node in enumerate(nodes):
            found[BOOT][which].append(boot_s(node))
            found[RSS][which].append(rss_mb(node))
        if number < BOOTS - 1:
            for node in nodes:
                node.stop()


def measured(url: str) -> Iterator[tuple[Row, list[float]]]:
    """Measure everything once at one broker."""
    for what, (row, count) in RATES.items():
        yield row, figures("broker_client", what, url, count)
    p50, p99 = figures("broker_client", "latency", url, LATENCIES)
    yield P50, [p50]
    yield P99, [p99]
    yield REDELIVERY, figures("broker_client", "redelivery", url, CUTS)


def measure_rounds(nodes: tuple[Node, Node], rounds: int, found: Found) -> None:
    """Measure both brokers in turn, who is first changing from round to round."""
    for node in nodes:
        figures("broker_client", "confirmed", node.url, 5_000)  # a broker's first batch is its slowest
    for number in range(rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            for row, values in measured(nodes[which].url):
                found[row][which].extend(values)
        print(f"round {number + 1} of {rounds}, load {os.getloadavg()[0]:.1f}", flush=True)
    for which, node in enumerate(nodes):
        found[RSS_AFTER][which].append(rss_mb(node))


def table(found: Found) -> Iterator[str]:
    """Yield the lines of the table: medians, and their ratio."""
    yield f"{'medians':47} {'ours':>10} {'RabbitMQ':>10} {'ratio':>7}"
    for row, (ours, theirs) in found.items():
        our, their = statistics.median(ours), statistics.median(theirs)
        ratio = their / our if row.is_time else our / their
        digits = 2 if row.is_time else 0
        yield f"{row.name:40} {row.unit:>6} {our:10,.{digits}f} {their:10,.{digits}f} {ratio:7.2f}"


def main() -> None:
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    found: Found = defaultdict(lambda: ([], []))
    with built_in() as ours, rabbitmq() as theirs:
        boots((ours, theirs), found)
        measure_rounds((ours, theirs), rounds, found)
    print(*table(found), sep="\n")


if __name__ == "__main__":
    main()
