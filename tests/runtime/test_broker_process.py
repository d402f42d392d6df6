"""The built-in broker as a process: its lives, its end, and what it says when it cannot start."""

import subprocess
import sys
from pathlib import Path

import pika
import pytest

from tests.rabbitmq_fixture import is_alive, wait_until
from workq_gui.runtime.broker_process import BrokerProcess
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
