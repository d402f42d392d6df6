"""Whole-program runs in a real window: the scenarios that ship, and those that fail."""

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from workq_gui.core.events import (
    BrokerStarted,
    BrokerStopped,
    TaskAcked,
    TaskDelivered,
    WorkerCrashed,
    WorkerStarted,
)


def test_round_robin_deals_the_tasks_in_turn(start, rabbitmq, queue_name):
    words = ["--broker", rabbitmq.url, "--queue", queue_name, "--scenario", "round-robin", "--quit-when-done"]
    program = start(*words)
    assert program.end() == (0, "")
    # Two workers are two threads: between them events may be recorded out of order.
    texts: dict[str, list[str]] = {}
    for event in program.events(TaskDelivered):
        texts.setdefault(event.worker_id, []).append(event.text)
    assert texts == {
        "worker 1": ["First message.", "Third message...", "Fifth message....."],
        "worker 2": ["Second message..", "Fourth message...."],
    }


def test_fair_dispatch_gives_work_to_whoever_is_free(start, rabbitmq, queue_name):
    words = [
        "--broker",
        rabbitmq.url,
        "--queue",
        queue_name,
        "--scenario",
        "fair-dispatch",
        "--quit-when-done",
    ]
    program = start(*words)
    assert program.end() == (0, "")
    first_heavy = next(event for event in program.events(TaskDelivered) if event.text.startswith("Heavy"))
    until_ns = next(e.at_ns for e in program.events(TaskAcked) if e.task_id == first_heavy.task_id)
    light = [
        event
        for event in program.events(TaskAcked)
        if event.worker_id != first_heavy.worker_id and event.at_ns < until_ns
    ]
    assert len(light) >= 3


def test_crash_and_redeliver_shows_the_same_task_again_and_acks_it_once(start, rabbitmq, queue_name):
    words = ["--broker", rabbitmq.url, "--queue", queue_name, "--scenario", "crash-and-redeliver"]
    program = start(*words, "--quit-when-done")
    assert program.end() == (0, "")
    (crash,) = program.events(WorkerCrashed)
    deliveries = Counter(event.task_id for event in program.events(TaskDelivered))
    (again,) = [task_id for task_id, count in deliveries.items() if count == 2]
    flags = [(e.worker_id, e.redelivered) for e in program.events(TaskDelivered) if e.task_id == again]
    assert flags[0] == (crash.worker_id, False)
    assert flags[1][1] is True
    assert flags[1][0] != crash.worker_id
    assert Counter(event.task_id for event in program.events(TaskAcked))[again] == 1


def write(folder: Path, text: str) -> str:
    path = folder / "lesson.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_wait_that_is_not_met_fails_with_its_line_and_what_was_seen(start, rabbitmq, queue_name, tmp_path):
    path = write(
        tmp_path,
        """\
title = "Impossible"
[[step]]
add_workers = 1
[[step]]
wait_until = "worker working"
worker = 1
within_s = 0.5
""",
    )
    program = start("--broker", rabbitmq.url, "--queue", queue_name, "--scenario", path, "--quit-when-done")
    code, errors = program.end()
    assert code == 1
    assert "line 5: waited 0.5 s for “worker working” in vain: worker 1 is waiting" in errors


def test_a_mistake_in_a_scenario_is_told_with_file_and_line_and_opens_no_window(start, rabbitmq, tmp_path):
    path = write(tmp_path, 'title = "T"\n[[step]]\nadd_workers = 0\n')
    code, errors = start("--broker", rabbitmq.url, "--scenario", path).end()
    assert code == 2
    assert f"{path}:3: add_workers takes a whole number from 1 to 500" in errors


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--broker", "nonsense"], "begins with amqp://"),
        (["--queue", "amq.mine"], "belong to the broker itself"),
        (["--scenario", "no-such"], "The scenarios that come with WorkQ: ack-before-work, "),
        (["--quit-when-done"], "needs a --scenario"),
        (["--broker", "rabbitmq", "--keep"], "--keep is for the built-in broker"),
    ],
)
def test_words_that_make_no_sense_are_refused(start, words, reason):
    code, errors = start(*words).end()
    assert (code, reason in errors) == (2, True), errors


def test_a_recording_that_cannot_be_written_is_told(start, rabbitmq):
    code, errors = start("--broker", rabbitmq.url, "--record", "/no/such/folder/x.jsonl").end()
    assert code == 2
    assert "cannot record to /no/such/folder/x.jsonl: No such file or directory" in errors


def test_restarting_somebody_elses_broker_is_refused(start, rabbitmq, queue_name, tmp_path):
    path = write(tmp_path, 'title = "Restart"\n[[step]]\nbroker = "restart"\n')
    program = start("--broker", rabbitmq.url, "--queue", queue_name, "--scenario", path, "--quit-when-done")
    code, errors = program.end()
    assert code == 1
    assert "this is not WorkQ's own" in errors


def test_an_interrupted_scenario_is_no_success(start, tmp_path):
    path = write(tmp_path, 'title = "Long"\n[[step]]\nadd_workers = 1\n[[step]]\nwait_s = 60\n')
    program = start("--scenario", path, "--quit-when-done")
    program.until(lambda p: p.events(WorkerStarted))
    program.process.send_signal(signal.SIGTERM)
    code, errors = program.end()
    assert code == 1
    assert "Long: interrupted before its end" in errors


def test_a_worker_can_be_crashed_and_restarted_without_a_pause(start, tmp_path):
    path = write(
        tmp_path,
        """\
title = "Again"
[[step]]
add_workers = 1
[[step]]
crash_worker = 1
[[step]]
restart_worker = 1
[[step]]
wait_until = "worker waiting"
worker = 1
[[step]]
stop_worker = 1
[[step]]
restart_worker = 1
[[step]]
wait_until = "worker waiting"
worker = 1
""",
    )
    assert start("--scenario", path, "--quit-when-done").end() == (0, "")


def test_a_recording_that_cannot_go_on_is_no_success(screen, tmp_path):
    path = write(tmp_path, 'title = "Short"\n[[step]]\nadd_workers = 1\n')
    words = ["--record", "/dev/full", "--scenario", path, "--quit-when-done"]
    result = subprocess.run(
        [sys.executable, "-m", "workq_gui", *words],
        env=screen.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 1
    assert "The recording ends here: No space left on device" in result.stderr


@pytest.mark.parametrize("kind", ["builtin", "rabbitmq"])
def test_a_broker_of_our_own_is_killed_comes_back_and_nothing_confirmed_is_lost(
    start, rabbitmq_is_installed, tmp_path, kind
):
    path = write(
        tmp_path,
        """\
title = "Power cut"
[[step]]
dot_seconds = 0.2
[[step]]
add_workers = 2
[[step]]
publish = ["One.", "Two..", "Three..."]
times = 3
[[step]]
wait_until = "all confirmed"
[[step]]
wait_s = 3
[[step]]
broker = "kill"
[[step]]
broker = "start"
[[step]]
wait_until = "all done"
within_s = 90
""",
    )
    program = start("--broker", kind, "--scenario", path, "--quit-when-done")
    assert program.end() == (0, "")
    assert len({event.task_id for event in program.events(TaskAcked)}) == 9
    assert [event.killed for event in program.events(BrokerStopped)] == [True, False]
    assert len(program.events(BrokerStarted)) == 2
