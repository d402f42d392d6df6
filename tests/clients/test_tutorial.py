"""The tutorial's own two programs, told nothing: https://www.rabbitmq.com/tutorials/tutorial-two-python."""

import pytest

from tests.clients.program import Program, python
from tests.rabbitmq_fixture import wait_until

pytestmark = pytest.mark.usefixtures("standard_broker")

IS_WAITING = " [*] Waiting for messages. To exit press CTRL+C"
DONE = " [x] Done"


def send(text: str) -> None:
    words = [text] if text else []
    with python("tutorial/new_task.py", *words) as program:
        assert program.ended() == [f" [x] Sent {text or 'Hello World!'}"]


def worker() -> Program:
    program = python("tutorial/worker.py")
    program.wait_for(IS_WAITING)
    return program


def received(program: Program) -> list[str]:
    return [line.removeprefix(" [x] Received ") for line in program.lines if "Received" in line]


def test_what_waited_for_a_worker_is_done(standard_broker):
    send("")
    standard_broker.stop()
    standard_broker.start()
    with worker() as one:
        one.wait_for(DONE)
        assert received(one) == ["Hello World!"]


def test_tasks_go_round():
    with worker() as one, worker() as two:
        for text in ("First", "Second", "Third", "Fourth"):
            send(text)
            wait_until(lambda text=text: text in received(one) + received(two))
        assert sorted([received(one), received(two)]) == [["First", "Third"], ["Second", "Fourth"]]


def test_the_task_of_a_killed_worker_is_done_by_another():
    with worker() as victim, worker() as heir:
        send("A very hard task..")
        wait_until(lambda: bool(received(victim) or received(heir)))
        if received(heir):  # who is first is the broker's choice
            victim, heir = heir, victim
        victim.kill()
        heir.wait_for(" [x] Received A very hard task..")
        heir.wait_for(DONE)
        assert DONE not in victim.lines
