"""`workq doctor`, as a program: against both brokers, one that denies, one with an alarm, and nobody."""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pika
import pytest

from tests.broker.test_server import ServedBroker
from workq_gui.broker import Policy
from workq_gui.core.settings import from_url
from workq_gui.messaging.examination import examine

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = [sys.executable, "-m", "workq_gui"]


def doctor(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, "doctor", *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def free_queue() -> str:
    return f"doctor-{uuid.uuid4().hex[:8]}"


@contextlib.contextmanager
def serving(*words: str):
    """Run a built-in broker with options of its own, and yield its URL."""
    command = [*PROGRAM, "--serve-broker", "--until-stdin-closes", *words]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        port = json.loads(process.stdout.readline())["port"]
        yield f"amqp://localhost:{port}"
        process.stdin.close()


def test_a_broker_where_all_is_well(broker, free_queue):
    done = doctor(broker.url, "--queue", free_queue)
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    assert "All is well." in done.stdout
    for name in ("reachable at 127.0.0.1", "product", "alarms", "transient queues", f"queue {free_queue}"):
        assert name in done.stdout
    assert "guest may log in only from the broker's own machine" in " ".join(done.stdout.split())
    assert "✓ yes  A delivery limit" in done.stdout
    assert "✕ no   Restart, kill and freeze the broker" in done.stdout


def test_a_password_is_not_repeated(broker):
    url = broker.url.replace("guest:guest", "guest:not-the-password")
    done = doctor(url)
    assert done.returncode == 3
    assert "ACCESS_REFUSED" in done.stdout
    assert "not-the-password" not in done.stdout + done.stderr


def test_what_only_one_of_the_brokers_can_show_is_found_out_by_trying(built_in, rabbitmq, free_queue):
    timeout, trace = "A consumer timeout within seconds", "Acks of other people's clients"
    ours, theirs = (
        {demo.name: demo.can for demo in asyncio.run(examine(from_url(url), free_queue)).can_show}
        for url in (built_in.url, rabbitmq.url)
    )
    assert (ours[timeout], ours[trace]) == (True, True)
    assert (theirs[timeout], theirs[trace]) == (False, False)


def test_it_leaves_no_queue_behind(free_queue):
    with serving("--trace-acks") as url, pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        watch = channel.queue_declare("", exclusive=True).method.queue
        for key in ("queue.created", "queue.deleted"):
            channel.queue_bind(watch, "amq.rabbitmq.event", key)
        done = doctor(url, "--queue", free_queue)
        seen = {"queue.created": [], "queue.deleted": []}
        while (found := channel.basic_get(watch, auto_ack=True))[0] is not None:
            seen[found[0].routing_key].append(found[1].headers["name"])
    assert done.returncode == 0
    assert len(seen["queue.created"]) >= 4
    assert sorted(seen["queue.created"]) == sorted(seen["queue.deleted"])
    assert free_queue not in seen["queue.created"]


def test_nobody_there():
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        done = doctor(f"amqp://localhost:{unheard.getsockname()[1]}")
    assert done.returncode == 3
    assert "Connection refused" in done.stdout
    assert "✕ problem    reachable at 127.0.0.1" in done.stdout
    assert "This broker cannot be used." in done.stdout
    assert "Traceback" not in done.stderr


def test_a_host_that_does_not_exist():
    done = doctor("amqp://no-such-host.invalid")
    assert done.returncode == 3
    assert "not known" in done.stdout


def test_a_broker_that_denies_transient_queues_is_told_with_the_line_that_permits_them():
    with serving("--deny", "transient_nonexcl_queues") as url:
        done = doctor(url)
    assert done.returncode == 1
    assert "✕ problem    transient queues" in done.stdout
    assert "541 INTERNAL_ERROR" in done.stdout
    assert "deprecated_features.permit.transient_nonexcl_queues = true" in done.stdout
    assert "✕ no   A transient queue that a restart takes away" in done.stdout


def test_a_queue_that_is_not_ours_alone_is_a_reason_to_watch_out(broker, free_queue):
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        channel.queue_declare(free_queue, durable=True)
        channel.basic_consume(free_queue, lambda *_: None)
        done = doctor(broker.url, "--queue", free_queue)
        channel.queue_delete(free_queue)
    assert done.returncode == 1
    assert f"! watch out  queue {free_queue}" in done.stdout
    assert "0 ready, 1 consumers" in done.stdout


def test_a_queue_with_other_arguments_is_told_with_each_of_them(broker, free_queue):
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        channel.queue_declare(free_queue, durable=False, arguments={"x-max-length": 3})
        done = doctor(broker.url, "--queue", free_queue)
        channel.queue_delete(free_queue)
    words = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert "durable: wanted true, actual false; x-max-length: wanted not given, actual 3" in words


@pytest.mark.parametrize("words", [["http://localhost"], ["--queue", "amq.mine"], ["--what"]])
def test_a_wrong_option_is_refused_in_words(words):
    done = doctor(*words)
    assert done.returncode == 2
    assert "workq doctor: error:" in done.stderr


def test_it_needs_no_window():
    script = (
        "import sys; sys.argv = ['workq', 'doctor', 'amqp://127.0.0.1:1']\n"
        "from workq_gui.__main__ import main\n"
        "assert main() == 3\n"
        "assert not [name for name in sys.modules if 'PySide6' in name or 'qasync' in name]"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True)


@pytest.fixture
def alarmed():
    """Give the URL of a broker that has no memory left for messages."""
    served = ServedBroker(Policy(memory_limit_bytes=-1))
    yield f"amqp://localhost:{served.server.port}"
    served.stop()


def test_a_broker_that_takes_no_messages_is_told_with_its_reason(alarmed, free_queue):
    done = doctor(alarmed, "--queue", free_queue)
    assert done.returncode == 1
    assert "✕ problem    alarms" in done.stdout
    assert "low on memory" in done.stdout
    assert "✓ ok         quorum queues" in done.stdout
