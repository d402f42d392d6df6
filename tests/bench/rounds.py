"""A private RabbitMQ, and processes that are measured on it in turn."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from workq_gui.runtime.rabbitmq_node import RabbitMqNode


@contextlib.contextmanager
def broker_url() -> Iterator[str]:
    """Yield the URL of a node that is there for the benchmark alone."""
    with tempfile.TemporaryDirectory() as folder:
        node = RabbitMqNode(Path(folder) / "node")
        node.start()
        try:
            yield node.url
        finally:
            node.stop()


def figures(module: str, what: str, url: str, number: int) -> list[float]:
    """Run `python -m tests.bench.MODULE WHAT URL NUMBER`, and return the numbers that it prints."""
    command = [sys.executable, "-m", f"tests.bench.{module}", what, url, str(number)]
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout
    return [float(word) for word in output.split()]
