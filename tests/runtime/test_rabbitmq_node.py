import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pika
import pytest

from tests.rabbitmq_fixture import (
    is_alive,
    processes_of,
    wait_until,
    wait_until_declared_on_disk,
)
from workq_gui.runtime import rabbitmq_node
from workq_gui.runtime.rabbitmq_node import NodeError, RabbitMqNode, find_rabbitmq

TASK_COUNT = 50
PERSISTENT = pika.BasicProperties(delivery_mode=2)  # type: ignore[no-untyped-call]

PROGRAM = """
import sys, time
from pathlib import Path
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

node = RabbitMqNode(Path(sys.argv[1]))
node.start()
print(node.url, flush=True)
time.sleep(300)
"""


def run_program(folder: Path) -> subprocess.Popen[str]:
    """Run a program that starts a node in `folder`, then prints its URL."""
    root = Path(rabbitmq_node.__file__).parents[2]
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)


def publish(url: str, queue: str) -> None:
    """Publish `TASK_COUNT` persistent messages to a durable queue; returns when all are confirmed."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True)
        channel.confirm_delivery()
        for number in range(TASK_COUNT):
            channel.basic_publish("", queue, b"task %d" % number, PERSISTENT)


def ready_count(url: str, queue: str) -> int | None:
    """Return how many messages wait; None if the broker does not know the queue, or not yet."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        try:
            return int(connection.channel().queue_declare(queue, passive=True).method.message_count)
        except pika.exceptions.ChannelClosedByBroker:
            return None


def listening_addresses(pids: list[int]) -> set[str]:
    """Return the addresses, in the kernel's spelling, on which these processes accept connections."""
    links = [
        os.readlink(path) for pid in pids for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()
    ]
    sockets = set(re.findall(r"socket:\[(\d+)\]", " ".join(links)))
    tables = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    rows = [line.split() for line in tables.splitlines()]
    return {row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in sockets}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder for a node; nothing of the node may be left in the end."""
    yield tmp_path / "node"
    wait_until(lambda: processes_of(tmp_path / "node") == [])


def test_the_node_greets_clients_as_rabbitmq(rabbitmq: RabbitMqNode) -> None:
    assert rabbitmq.is_running()
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
        server = connection._impl.server_properties
        assert server is not None
        assert server["product"] == "RabbitMQ"


def test_the_pid_is_that_of_the_node_itself(rabbitmq: RabbitMqNode) -> None:
    assert Path(f"/proc/{rabbitmq.pid}/comm").read_text() == "beam.smp\n"


def test_starting_a_running_node_changes_nothing(rabbitmq: RabbitMqNode) -> None:
    pid = rabbitmq.pid
    rabbitmq.start()
    assert rabbitmq.pid == pid


def test_it_listens_on_loopback_only(rabbitmq: RabbitMqNode) -> None:
    loopback = {"0100007F", "00000000000000000000000001000000"}
    addresses = listening_addresses(processes_of(rabbitmq._base_dir))
    assert "0100007F" in addresses
    assert addresses <= loopback


def test_ports_are_below_those_of_outgoing_connections(folder: Path) -> None:
    assert 20_000 <= RabbitMqNode(folder).port < 32_000


def test_a_folder_has_one_owner_at_a_time(rabbitmq: RabbitMqNode) -> None:
    second = RabbitMqNode(rabbitmq._base_dir)
    with pytest.raises(NodeError, match=f"in use by another WorkQ \\(process {os.getpid()}\\)"):
        second.start()
    assert rabbitmq.is_running()


def test_confirmed_tasks_survive_a_kill(killable_node: RabbitMqNode) -> None:
    url = killable_node.url
    publish(url, "survivors")
    wait_until_declared_on_disk(killable_node, "survivors")
    killable_node.kill()
    assert not killable_node.is_running()
    killable_node.start()
    assert killable_node.url == url
    wait_until(lambda: ready_count(url, "survivors") == TASK_COUNT)


def test_stop_leaves_no_process(killable_node: RabbitMqNode) -> None:
    pids = processes_of(killable_node._base_dir)
    assert len(pids) >= 3, "leash, epmd, node"
    killable_node.stop()
    assert not killable_node.is_running()
    assert killable_node.pid is None
    assert not any(map(is_alive, pids))
    assert processes_of(killable_node._base_dir) == []


def test_nothing_outlives_a_killed_program_and_its_folder_serves_the_next(folder: Path) -> None:
    with run_program(folder) as program:
        assert program.stdout is not None
        publish(program.stdout.readline().strip(), "survivors")
        wait_until_declared_on_disk(RabbitMqNode(folder), "survivors")
        left = processes_of(folder)
        assert len(left) >= 3, "leash, epmd, node"
        program.kill()
    heir = RabbitMqNode(folder)
    heir.start()  # while the first node is still ending
    try:
        assert not any(map(is_alive, left))
        wait_until(lambda: ready_count(heir.url, "survivors") == TASK_COUNT)
    finally:
        heir.stop()


def test_a_program_killed_while_the_node_starts_leaves_nothing(folder: Path) -> None:
    with run_program(folder) as program:
        wait_until(lambda: (folder / "data").exists() and len(processes_of(folder)) >= 3)
        program.kill()
    wait_until(lambda: processes_of(folder) == [])


@pytest.mark.parametrize("end", [RabbitMqNode.stop, RabbitMqNode.kill])
def test_a_start_can_be_given_up(folder: Path, end: Callable[[RabbitMqNode], None]) -> None:
    node = RabbitMqNode(folder)
    with ThreadPoolExecutor() as pool:
        starting = pool.submit(node.start)
        wait_until(node.is_running)
        end(node)
        with pytest.raises(NodeError, match="was stopped before it was ready"):
            starting.result()
    assert not node.is_running()


def test_a_taken_port_is_named(folder: Path) -> None:
    node = RabbitMqNode(folder)
    with (
        socket.create_server(("127.0.0.1", node.port)),
        pytest.raises(NodeError, match=f"Another program uses port {node.port}"),
    ):
        node.start()


def test_a_node_that_cannot_start_says_why_in_its_own_words(folder: Path) -> None:
    cookie = folder / "home" / ".erlang.cookie"
    cookie.parent.mkdir(parents=True)
    cookie.write_text("known to all")
    cookie.chmod(0o644)
    with pytest.raises(
        NodeError, match=r"(?s)ended while it started.*accessible by owner only.*delete the folder"
    ):
        RabbitMqNode(folder).start()


def test_a_folder_that_cannot_be_made_is_named(folder: Path) -> None:
    folder.write_text("a file is in the way")
    with pytest.raises(NodeError, match=f"cannot use the folder {folder}: File exists"):
        RabbitMqNode(folder).start()


def test_a_missing_rabbitmq_can_be_installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rabbitmq_node, "SCRIPTS_DIR", folder)
    assert find_rabbitmq() is None
    with pytest.raises(NodeError, match="sudo apt install rabbitmq-server"):
        RabbitMqNode(folder).start()


def test_the_scripts_are_not_the_wrapper_of_the_system_node(rabbitmq_is_installed: None) -> None:
    scripts_dir = find_rabbitmq()
    assert scripts_dir is not None
    wrapper = shutil.which("rabbitmq-server", path="/usr/sbin")
    assert wrapper is None or not (scripts_dir / "rabbitmq-server").samefile(wrapper)
