"""Kombu, and Celery, which is built on it: with late acks a killed worker's task is done by another."""

import contextlib
import sys

from tests.clients.program import HERE, Program, python
from tests.rabbitmq_fixture import wait_until

FOLDER = HERE / "programs"
FIRST = "received hello for the first time"


def worker(environment: dict[str, str], name: str) -> Program:
    command = [sys.executable, "-m", "celery", "--workdir", str(FOLDER), "--app", "celery_app", "worker"]
    return Program([*command, "--pool", "solo", "--loglevel", "INFO", "--hostname", name], environment)


def said(program: Program, words: str) -> bool:
    return any(words in line for line in program.lines)


def test_the_task_of_a_killed_worker_is_done_by_another(url, queue):
    environment = {"BROKER_URL": url, "QUEUE": queue}
    with contextlib.ExitStack() as stack:
        victim = stack.enter_context(worker(environment, "one@here"))
        wait_until(lambda: said(victim, "ready."))
        heir = stack.enter_context(worker(environment, "two@here"))
        wait_until(lambda: said(heir, "ready."))
        assert said(heir, "sync with 1 nodes")  # they have found each other over the broker
        send = [sys.executable, str(FOLDER / "celery_task.py"), "hello"]
        client = stack.enter_context(Program(send, environment))
        wait_until(lambda: said(victim, FIRST) or said(heir, FIRST))
        if said(heir, FIRST):  # who is first is the broker's choice
            victim, heir = heir, victim
        victim.kill()
        assert client.ended() == ["sent hello", "answer HELLO"]
        assert said(heir, "received hello again")


def test_kombus_own_queue(url, queue):
    with python("programs/kombu_queue.py", url, queue, "one", "two") as program:
        assert program.ended() == ["received one", "received two", "0 left"]
