"""Real RabbitMQ nodes for tests, and what tests need to watch processes."""

import contextlib
import os
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pytest

from tests.rabbitmq_4_node import RabbitMq4Node, is_asked_for
from workq_gui.runtime import node_files
from workq_gui.runtime.rabbitmq_node import NOT_INSTALLED, SCRIPTS_DIR, RabbitMqNode, find_rabbitmq

POLL_S = 0.02
DATABASE = (".DCD", ".DCL", ".LOG", ".wal")
"""The files of Mnesia and Khepri, in which RabbitMQ 3.10 and 4.3 keep what was declared."""


def wait_until(predicate: Callable[[], bool], timeout_s: float = 30.0) -> None:
    """Return as soon as `predicate` is true; fail the test if it is not in time."""
    deadline = time.monotonic() + timeout_s
    while not predicate():
        if time.monotonic() > deadline:
            pytest.fail(f"not true within {timeout_s} s: {predicate}")
        time.sleep(POLL_S)


def is_alive(pid: int) -> bool:
    """Tell whether the process runs; one that nobody has waited for (a zombie) does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def processes_of(base_dir: Path) -> list[int]:
    """Return the pids of all processes of the node in `base_dir`: their HOME is in there."""
    mark = b"HOME=%s/" % os.fsencode(base_dir)
    pids = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in path.read_bytes():
                pids.append(int(path.parent.name))
    return pids


def wait_until_declared_on_disk(node: RabbitMqNode, queue: str) -> None:
    """Wait until a kill cannot take the queue itself along.

    RabbitMQ answers a declare before its database has written it: killed within
    the first second, 1 in 10 nodes came back without the queue, confirmed
    messages included (3.10.8).
    """
    name = queue.encode()
    folder = node._base_dir / "data"
    wait_until(lambda: any(name in read(path) for path in folder.rglob("*") if path.suffix in DATABASE))


def rabbitmqctl(node: RabbitMqNode, *words: str) -> None:
    """Let the node's own tool do something; it takes a second, and an Erlang machine of its own."""
    is_new = isinstance(node, RabbitMq4Node)
    environment = node_files.environment(node.home if is_new else node._base_dir, node._ports)
    environment.pop("RUNNING_UNDER_SYSTEMD")
    command = (
        [*node.enter, str(SCRIPTS_DIR / "rabbitmqctl")] if is_new else [str(SCRIPTS_DIR / "rabbitmqctl")]
    )
    subprocess.run([*command, *words], env=environment, check=True, capture_output=True)


def read(path: Path) -> bytes:
    """Return what is in a file that may go at any moment."""
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


@pytest.fixture(scope="session")
def rabbitmq_is_installed() -> None:
    """Skip the test where RabbitMQ is missing; a CI that leaves it out by mistake fails."""
    if find_rabbitmq() is None:
        (pytest.fail if "CI" in os.environ else pytest.skip)(NOT_INSTALLED)


@contextlib.contextmanager
def _private_node(base_dir: Path) -> Iterator[RabbitMqNode]:
    """Give a node of the version that the tests are to be run with."""
    node = RabbitMq4Node(base_dir.name) if is_asked_for() else RabbitMqNode(base_dir)
    try:
        yield node
    finally:
        node.kill()
        node.stop()
    assert processes_of(node.home if isinstance(node, RabbitMq4Node) else base_dir) == []


@pytest.fixture(scope="session")
def rabbitmq(rabbitmq_is_installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMqNode]:
    """Give the running node that all tests share; use queues of your own, and leave it running."""
    with _private_node(tmp_path_factory.mktemp("rabbitmq")) as node:
        node.start()
        yield node


@pytest.fixture(scope="session")
def _node_to_kill(
    rabbitmq_is_installed: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RabbitMqNode]:
    with _private_node(tmp_path_factory.mktemp("rabbitmq to kill, in Köln")) as node:
        yield node


@pytest.fixture
def killable_node(_node_to_kill: RabbitMqNode) -> RabbitMqNode:
    """Give a running node that the test may kill, stop and start; queues of other tests may be in it."""
    _node_to_kill.start()
    return _node_to_kill


@pytest.fixture
def queue_name(rabbitmq: RabbitMqNode) -> Iterator[str]:
    """Give a name that no other test uses; the queue of that name is deleted from `rabbitmq` afterwards."""
    name = f"tasks-{uuid.uuid4().hex[:8]}"
    yield name
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
        connection.channel().queue_delete(name)
