"""All workers of a session: which there are, in which thread each lives, and their ends."""

import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from PySide6.QtCore import QObject

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event, WorkerAdded, WorkerId, WorkerRemoved
from workq_gui.runtime.loop_thread import LoopThread

MAX_OWN_THREADS = 8
"""So many workers have a thread each; those beyond share one.

200 threads that fight for the interpreter's lock pull the window down to 33
frames a second; one thread with 200 connections leaves it at 62.
"""


class Consumer(Protocol):
    """What the pool needs of a worker; `messaging.consumer.TaskConsumer` is one."""

    def run(self) -> Coroutine[Any, Any, None]:
        """Live until stopped or crashed."""

    def stop(self) -> None:
        """End politely."""

    def crash(self) -> None:
        """End impolitely."""


class WorkerPool(QObject):
    """Starts, stops, crashes and restarts workers by their WorkerId. Belongs to the GUI thread.

    It keeps no record of how a worker fares: that is in the events.
    """

    def __init__(
        self,
        make_consumer: Callable[[WorkerId], Consumer],
        clock: Clock,
        emit: Callable[[Event], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_consumer = make_consumer
        self._clock = clock
        self._emit = emit
        self._added_count = 0
        self._consumers: dict[WorkerId, Consumer] = {}
        self._threads: dict[WorkerId, LoopThread] = {}
        self._shared_thread: LoopThread | None = None
        self._ending_threads: set[LoopThread] = set()

    def add(self) -> WorkerId:
        """Start a new worker, and return its id."""
        self._added_count += 1
        worker_id = WorkerId(f"worker {self._added_count}")
        self.start(worker_id)
        return worker_id

    def start(self, worker_id: WorkerId) -> None:
        """Start a worker, or start one again that has ended."""
        self._emit(WorkerAdded(at_ns=self._clock.now_ns(), worker_id=worker_id))
        if worker_id not in self._threads:
            self._threads[worker_id] = self._thread_for_one_more()
        consumer = self._consumers[worker_id] = self._make_consumer(worker_id)
        self._threads[worker_id].spawn(consumer.run())

    def stop(self, worker_id: WorkerId) -> None:
        """Ask the worker for a polite end."""
        self._threads[worker_id].call(self._consumers[worker_id].stop)

    def crash(self, worker_id: WorkerId) -> None:
        """Cut the worker's connection."""
        self._threads[worker_id].call(self._consumers[worker_id].crash)

    def remove(self, worker_id: WorkerId) -> None:
        """Forget a worker; if it still runs it is stopped first."""
        self.stop(worker_id)
        del self._consumers[worker_id]
        thread = self._threads.pop(worker_id)
        if thread is not self._shared_thread:
            self._ending_threads.add(thread)
            thread.finished.connect(lambda: self._ending_threads.discard(thread))
            thread.stop()
        self._emit(WorkerRemoved(at_ns=self._clock.now_ns(), worker_id=worker_id))

    def shutdown(self, limit_s: float) -> bool:
        """Stop all workers and end all threads; return whether that worked within `limit_s` seconds."""
        threads = {*self._threads.values(), *self._ending_threads}
        for thread in threads:
            thread.stop()
        until_s = time.monotonic() + limit_s
        ended = [thread.wait(max(0, round((until_s - time.monotonic()) * 1000))) for thread in threads]
        return all(ended)

    def _thread_for_one_more(self) -> LoopThread:
        if len(self._threads) < MAX_OWN_THREADS:
            return self._new_thread(f"thread {self._added_count}")
        if self._shared_thread is None:
            self._shared_thread = self._new_thread("shared thread")
        return self._shared_thread

    def _new_thread(self, name: str) -> LoopThread:
        thread = LoopThread(name, self)
        thread.start()
        return thread
