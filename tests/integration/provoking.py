"""Making a client go wrong, and looking at what the program says about it."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pika
import pytest
from pika.exceptions import AMQPError

from tests.integration.breakable_network import LIMIT_S
from workq_gui.core.mistakes import explain_mistake
from workq_gui.messaging.errors import root_cause, words_of
from workq_gui.runtime.rabbitmq_node import SCRIPTS_DIR

QUORUM = {"x-queue-type": "quorum"}


def wait_for_the_end(connection: pika.BlockingConnection) -> None:
    """Serve `connection` until it fails, which raises the reason."""
    deadline_s = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline_s:
        connection.process_data_events(1)
    pytest.fail("the connection lives on")


def words_from(provoke: Callable[[], object]) -> str:
    """Return what the program would make of the error that `provoke` raises."""
    try:
        provoke()
    except (AMQPError, OSError) as error:
        return words_of(root_cause(error))
    return pytest.fail("nothing went wrong")


def assert_explained(words: str, name: str, *named: str) -> None:
    told = explain_mistake(words)
    assert told is not None, words
    assert told.name == name, words
    parts = (told.what, told.meaning, told.pika_line, told.way_out)
    assert all(parts)
    assert not any("$" in part for part in parts), parts
    assert all(word in " ".join(parts) for word in named), parts


def rabbitmqctl(node, *words: str) -> None:
    """Administrate `node`: what it was started with is what its command line needs to find it."""
    pairs = Path(f"/proc/{node.pid}/environ").read_bytes().decode().split("\0")
    environment = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    environment["RABBITMQ_CTL_ERL_ARGS"] = environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"]
    command = [SCRIPTS_DIR / "rabbitmqctl", *words]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
