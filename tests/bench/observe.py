"""What it costs to see other people's clients: our own rates, observed and not, on both brokers, in turn.

Nobody else is there. Published: from the wish to the last confirm. Done: to the last ack of four workers.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEventLoop

from workq_gui.core.clock import SessionClock
from workq_gui.core.session import Session
from workq_gui.core.settings import from_url
from workq_gui.core.tasks import make_task
from workq_gui.messaging.pace import Pace
from workq_gui.runtime import demonstration
from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

COUNT = 5_000
ROUNDS = 3
WORKERS = 4
LIMIT_S = 120.0


class Blind:
    """An observation that does not look."""

    def __init__(self, *_: object) -> None:
        pass

    def start(self) -> None:
        pass

    def watch(self, queue: str) -> None:
        pass

    def stop(self) -> None:
        pass

    def wait(self, limit_s: float) -> bool:
        return True


def until(predicate) -> None:
    """Turn Qt's loop until `predicate` is true."""
    deadline = time.monotonic() + LIMIT_S
    while not predicate():
        assert time.monotonic() < deadline, "it takes too long"
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


def rates(url: str, *, observed: bool) -> tuple[float, float]:
    """Return how many tasks a second are published, and done."""
    seeing, demonstration.Observation = demonstration.Observation, Blind if not observed else OBSERVATION
    session = Session(SessionClock(), "task_queue")
    hub = EventHub(session)
    show = demonstration.Demonstration(from_url(url), session, hub, Pace(0.01))
    demonstration.Observation = seeing
    show.start()
    try:
        until(lambda: session.broker.connected and (session.clients.sees_tasks or not observed))
        for _ in range(WORKERS):
            show.add_worker()
        tasks = [make_task("Hello World!") for _ in range(COUNT)]
        began_s = time.perf_counter()
        show.publish(tasks)
        until(lambda: session.board.confirmed_count >= COUNT)
        published_s = time.perf_counter() - began_s
        until(lambda: session.board.acked_count >= COUNT)
        return COUNT / published_s, COUNT / (time.perf_counter() - began_s)
    finally:
        show.shutdown()


OBSERVATION = demonstration.Observation


def main() -> None:
    app = QCoreApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        for node in (BrokerProcess(Path(folder) / "built-in"), RabbitMqNode(Path(folder) / "rabbitmq")):
            node.start()
            try:
                found = {
                    seen: [rates(node.url, observed=seen) for _ in range(ROUNDS)] for seen in (False, True)
                }
            finally:
                node.stop()
            for seen, rows in found.items():
                published, done = (statistics.median(column) for column in zip(*rows, strict=True))
                figures = f"published {published:7,.0f}/s, done {done:6,.0f}/s"
                print(f"{node.product:16} {'observed' if seen else 'unobserved':11} {figures}", flush=True)
    app.quit()


if __name__ == "__main__":
    main()
