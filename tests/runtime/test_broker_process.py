"""The built-in broker as a process: its lives, its end, and what it says when it cannot start."""

import socket
import subprocess
import sys
from pathlib import Path

import pika
import pytest

from tests.rabbitmq_fixture import is_alive, wait_until
from workq_gui.runtime import broker_commands
from workq_gui.runtime.broker_process import BrokerProcess, RoomRefused
from workq_gui.runtime.lan_addresses import lan_addresses
from workq_gui.runtime.rabbitmq_node import NodeError

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def broker(tmp_path):
    broker = BrokerProcess(tmp_path / "broker, in Köln")
    yield broker
    broker.kill()


def publish(url: str, count: int) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("task_queue", durable=True)
        for _ in range(count):
            channel.basic_publish("", "task_queue", b"a", pika.BasicProperties(delivery_mode=2))


def ready_count(url: str) -> int:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        return connection.channel().queue_declare("task_queue", passive=True).method.message_count


def test_it_answers_on_loopback_as_soon_as_it_is_started(broker):
    broker.start()
    assert broker.is_running()
    assert broker.url == f"amqp://guest:guest@127.0.0.1:{broker.port}/%2F"
    publish(broker.url, 1)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_it_comes_back_at_the_same_address_with_what_was_confirmed(broker, end):
    broker.start()
    url = broker.url
    publish(url, 50)
    getattr(broker, end)()
    assert not broker.is_running()
    broker.start()
    assert broker.url == url
    assert ready_count(url) == 50


def test_starting_twice_and_ending_twice_is_harmless(broker):
    broker.start()
    port = broker.port
    broker.start()
    assert broker.port == port
    for _ in range(2):
        broker.stop()
        broker.kill()


def test_a_folder_in_use_is_refused_in_words(broker, tmp_path):
    broker.start()
    second = BrokerProcess(tmp_path / "broker, in Köln")
    with pytest.raises(NodeError, match="If another WorkQ uses it, close that one"):
        second.start()
    assert not second.is_running()
    assert broker.is_running()


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NodeError, match=r"did not start: .*(File exists|Not a directory)"):
        BrokerProcess(tmp_path / "file").start()


def test_a_broker_that_could_not_be_found_again_is_ended_and_refused_in_words(tmp_path):
    (tmp_path / "kept.json").mkdir()
    broker = BrokerProcess(tmp_path, keep=True)
    try:
        with pytest.raises(NodeError, match=r"did not start: .*Is a directory"):
            broker.start()
        assert not broker.is_running()
    finally:
        broker.kill()


def start_elsewhere(folder: Path, keep: bool) -> tuple[subprocess.Popen[str], int]:
    """Start a broker in another program; return that program and the broker's pid."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from workq_gui.runtime.broker_process import BrokerProcess\n"
        f"broker = BrokerProcess(Path({str(folder)!r}), keep={keep}); broker.start()\n"
        "print(broker.pid, flush=True); time.sleep(60)"
    )
    program = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return program, int(program.stdout.readline())


def test_one_that_is_kept_survives_a_crash_and_is_taken_over(tmp_path):
    program, pid = start_elsewhere(tmp_path, keep=True)
    program.kill()
    program.communicate()
    heir = BrokerProcess(tmp_path, keep=True)
    heir.start()
    try:
        assert heir.pid == pid
        publish(heir.url, 3)
    finally:
        heir.stop()
    wait_until(lambda: not is_alive(pid))
    heir.start()
    assert ready_count(heir.url) == 3
    heir.kill()


def test_it_ends_when_the_program_that_started_it_is_killed(tmp_path):
    program, pid = start_elsewhere(tmp_path, keep=False)
    assert is_alive(pid)
    program.kill()
    program.communicate()
    wait_until(lambda: not is_alive(pid))


PASSWORD = "bado-kemu-zigi"


@pytest.fixture
def way_in() -> str:
    """Give an address of this machine that is not the loopback's, if there is one."""
    return next(iter(lan_addresses()), "127.0.0.1")


def enter(host: str, port: int, user: str = "class", password: str = PASSWORD) -> pika.BlockingConnection:
    credentials = pika.PlainCredentials(user, password)
    return pika.BlockingConnection(pika.ConnectionParameters(host, port, credentials=credentials))


def test_an_open_room_lets_its_user_in_from_the_network_until_it_is_closed(broker, way_in):
    broker.start()
    port = broker.open_room(way_in, 0, "class", PASSWORD)
    for user, password in (("class", "wrong"), ("guest", "guest")):
        with pytest.raises(pika.exceptions.ProbableAuthenticationError):
            enter(way_in, port, user, password)
    student = enter(way_in, port)
    student.channel().queue_declare("task_queue", durable=True)
    broker.close_room()
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker, match="the room was closed"):
        student.process_data_events(10)
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        enter(way_in, port)
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        enter("127.0.0.1", broker.port)
    assert ready_count(broker.url) == 0


def test_the_password_of_a_room_stands_on_no_command_line_and_in_no_file(broker, tmp_path):
    broker.start()
    broker.open_room("127.0.0.1", 0, "class", PASSWORD)
    assert PASSWORD.encode() not in Path(f"/proc/{broker.pid}/cmdline").read_bytes()
    assert PASSWORD.encode() not in Path(f"/proc/{broker.pid}/environ").read_bytes()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if PASSWORD.encode() in path.read_bytes()]


def test_a_restart_closes_the_room(broker):
    broker.start()
    port = broker.open_room("127.0.0.1", 0, "class", PASSWORD)
    broker.kill()
    broker.start()
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        enter("127.0.0.1", port)


def test_a_room_on_a_taken_port_is_refused_in_words(broker):
    broker.start()
    with pytest.raises(RoomRefused, match="in use"):
        broker.open_room("127.0.0.1", broker.port, "class", PASSWORD)


def test_without_a_broker_there_is_no_room(broker):
    with pytest.raises(NodeError, match="does not run"):
        broker.open_room("127.0.0.1", 0, "class", PASSWORD)


def test_a_frozen_broker_opens_no_room_later(broker, monkeypatch):
    monkeypatch.setattr(broker_commands, "ANSWER_LIMIT_S", 0.3)
    broker.start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    broker.freeze()
    with pytest.raises(NodeError, match="may be frozen"):
        broker.open_room("127.0.0.1", port, "class", PASSWORD)
    broker.thaw()
    monkeypatch.undo()
    broker.close_room()  # answered after all that was asked before
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        enter("127.0.0.1", port)


def test_a_kept_broker_closes_its_room_when_its_program_crashes(tmp_path):
    script = (
        "import sys, time; from pathlib import Path\n"
        "from workq_gui.runtime.broker_process import BrokerProcess\n"
        f"broker = BrokerProcess(Path({str(tmp_path)!r}), keep=True); broker.start()\n"
        f"print(broker.open_room('127.0.0.1', 0, 'class', {PASSWORD!r}), flush=True); time.sleep(60)"
    )
    program = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    port = int(program.stdout.readline())
    student = enter("127.0.0.1", port)
    program.kill()
    program.communicate()
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker, match="the room was closed"):
        student.process_data_events(10)
    heir = BrokerProcess(tmp_path, keep=True)
    heir.start()
    try:
        with pytest.raises(NodeError, match="an earlier one started it"):
            heir.open_room("127.0.0.1", 0, "class", PASSWORD)
    finally:
        heir.stop()
