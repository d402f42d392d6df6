"""The brokers that the broker benchmarks start: the built-in one, and a private RabbitMQ beside it."""

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pika

from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.rabbitmq_node import RabbitMqNode


class BuiltInNode(BrokerProcess):
    """The built-in broker, with what a measurement asks of a process."""

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def kill_while_it_starts(self, after_s: float) -> None:
        """Start it, and kill it so long afterwards, whether it listens by then or not."""
        process = self._launch()
        time.sleep(after_s)
        process.kill()
        self._forget()


Node = BuiltInNode | RabbitMqNode


@contextlib.contextmanager
def built_in() -> Iterator[BuiltInNode]:
    """Yield a built-in broker that is not started yet, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        node = BuiltInNode(Path(folder) / "broker")
        try:
            yield node
        finally:
            node.stop()


@contextlib.contextmanager
def rabbitmq() -> Iterator[RabbitMqNode]:
    """Yield a private RabbitMQ that is not started yet, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        node = RabbitMqNode(Path(folder) / "node")
        try:
            yield node
        finally:
            node.stop()


def boot_s(node: Node) -> float:
    """Start the node; return how long it takes until a client is connected."""
    begin_s = time.perf_counter()
    node.start()
    with pika.BlockingConnection(pika.URLParameters(node.url)):
        return time.perf_counter() - begin_s


def rss_mb(node: Node) -> float:
    """Return the memory of the node's process, in MB of 1,000,000 bytes."""
    for line in Path(f"/proc/{node.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise AssertionError("the node does not run")
