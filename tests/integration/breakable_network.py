"""A network for clients of a test that can be broken: a relay in a thread of its own."""

import threading

import pika

from workq_gui.messaging.relay import Relay
from workq_gui.runtime.loop_thread import LoopThread

LIMIT_S = 20.0


class BreakableNetwork:
    """A relay to `broker` in a thread of its own, as a worker has it."""

    def __init__(self, broker) -> None:
        self._thread = LoopThread("relay")
        self._thread.start()
        opening = self._thread.spawn(Relay.open("127.0.0.1", broker.port))
        self.relay = opening.result(LIMIT_S)

    def do(self, verb) -> None:
        """Call `verb` of the relay, and return when it is done."""
        done = threading.Event()
        self._thread.call(lambda: (verb(), done.set()))
        assert done.wait(LIMIT_S)

    def connect(self, heartbeat: int | None = None) -> pika.BlockingConnection:
        where = pika.ConnectionParameters("127.0.0.1", self.relay.port, heartbeat=heartbeat)
        return pika.BlockingConnection(where)

    def end(self) -> None:
        self._thread.spawn(self.relay.close()).result(LIMIT_S)
        self._thread.stop()
        assert self._thread.wait(round(LIMIT_S * 1000))
