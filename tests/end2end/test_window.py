"""The window as a person has it: keys, closing, and what is left behind."""

import os
import signal
import time

from tests.integration.conftest import ready_count
from tests.rabbitmq_fixture import processes_of, wait_until
from workq_gui.core.events import (
    BrokerStarted,
    TaskAcked,
    TaskDelivered,
    TaskPublished,
    WorkerStarted,
    WorkerStopped,
)

TITLE = "^WorkQ$"


def test_a_task_is_typed_published_and_done(start, screen, rabbitmq, queue_name):
    program = start("--broker", rabbitmq.url, "--queue", queue_name)
    program.until(lambda p: len(p.events(WorkerStarted)) == 2)
    screen.focus(TITLE)
    screen.type("Typed by hand.")
    screen.keys("Return")
    program.until(lambda p: p.events(TaskAcked))
    assert [event.text for event in program.events(TaskDelivered)] == ["Typed by hand."]
    screen.keys("alt+F4")
    assert program.end() == (0, "")


def test_every_way_to_look_back_can_be_opened_while_work_is_done_and_the_end_is_clean(start, screen):
    program = start("--broker", "builtin")
    program.until(lambda p: len(p.events(WorkerStarted)) == 2)
    screen.focus(TITLE)
    screen.type("Look at me.")
    screen.keys("Return", "alt+1", "alt+2", "alt+3", "alt+4")
    program.until(lambda p: p.events(TaskAcked))
    screen.keys("alt+3", "ctrl+b", "ctrl+b", "alt+F4")
    assert program.end() == (0, "")


def test_closing_with_workers_at_work_is_quick_and_gives_the_tasks_back(start, screen, rabbitmq, queue_name):
    program = start("--broker", rabbitmq.url, "--queue", queue_name)
    program.until(lambda p: len(p.events(WorkerStarted)) == 2)
    screen.focus(TITLE)
    for _ in range(2):
        screen.type("Endless.....................")
        screen.keys("Return")
    program.until(lambda p: len(p.events(TaskDelivered)) == 2)
    began = time.monotonic()
    screen.keys("alt+F4")
    assert program.end() == (0, "")
    assert time.monotonic() - began < 2.0
    wait_until(lambda: ready_count(rabbitmq.url, queue_name) == 2)
    assert len(program.events(WorkerStopped)) == 2


def test_the_terminals_interrupt_ends_it_politely(start, rabbitmq, queue_name):
    program = start("--broker", rabbitmq.url, "--queue", queue_name)
    program.until(lambda p: len(p.events(WorkerStarted)) == 2)
    program.process.send_signal(signal.SIGINT)
    assert program.end() == (0, "")
    assert len(program.events(WorkerStopped)) == 2


def test_a_killed_program_leaves_its_tasks_to_others(start, screen, rabbitmq, queue_name):
    program = start("--broker", rabbitmq.url, "--queue", queue_name)
    program.until(lambda p: len(p.events(WorkerStarted)) == 2)
    screen.focus(TITLE)
    screen.type("Survivor.....................")
    screen.keys("Return")
    program.until(lambda p: p.events(TaskDelivered))
    program.process.kill()
    program.end()
    wait_until(lambda: ready_count(rabbitmq.url, queue_name) == 1)
    assert len(program.events(TaskPublished)) == 1


def test_a_broker_of_our_own_ends_with_the_window(start, screen, rabbitmq_is_installed, tmp_path):
    program = start("--broker", "rabbitmq")
    program.until(lambda p: len(p.events(WorkerStarted)) == 2)
    assert program.events(BrokerStarted)
    node_dir = tmp_path / "data" / "rabbitmq"
    assert processes_of(node_dir)
    screen.focus(TITLE)
    screen.keys("alt+F4")
    assert program.end() == (0, "")
    assert processes_of(node_dir) == []


def test_a_broker_of_our_own_ends_also_when_the_program_is_killed(start, rabbitmq_is_installed, tmp_path):
    program = start("--broker", "rabbitmq")
    program.until(lambda p: len(p.events(WorkerStarted)) == 2)
    node_dir = tmp_path / "data" / "rabbitmq"
    assert processes_of(node_dir)
    program.process.kill()
    program.end()
    wait_until(lambda: processes_of(node_dir) == [])


def test_it_can_be_closed_while_its_broker_still_starts(start, screen, rabbitmq_is_installed, tmp_path):
    program = start("--broker", "rabbitmq")
    wait_until(lambda: screen.has_window(TITLE))
    wait_until(lambda: bool(processes_of(tmp_path / "data" / "rabbitmq")))
    screen.focus(TITLE)
    screen.keys("alt+F4")
    assert program.end() == (0, "")
    assert processes_of(tmp_path / "data" / "rabbitmq") == []
    assert not os.path.exists(f"/proc/{program.process.pid}")
