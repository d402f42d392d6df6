"""All workers of a session: which there are, in which thread each lives, and their ends."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Protocol

from PySide6.QtCore import QObject

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event, WorkerAdded, WorkerId, WorkerRemoved
from workq_gui.core.worker_settings import WorkerSettings
from workq_gui.messaging.topology import ConsumerSpec
from workq_gui.runtime.loop_thread import LoopThread

MAX_OWN_THREADS = 8
"""So many workers have a thread each; those beyond share one.

200 threads that fight for the interpreter's lock pull the window down to 33
frames a second; one thread with 200 connections leaves it at 62.
"""


class Consumer(Protocol):
    """What the pool itself needs of a worker; `messaging.consumer.TaskConsumer` is one."""

    def run(self) -> Coroutine[Any, Any, None]:
        """Live until stopped or crashed."""

    def stop(self) -> None:
        """End politely."""

    def crash(self) -> None:
        """End impolitely."""

    def hold(self) -> None:
        """Stop before the next dot."""

    def release(self) -> None:
        """Go on with the work."""


@dataclass(slots=True)
class _Life:
    """One life of a worker, from a start to an end."""

    consumer: Consumer
    future: "Future[None]"
    is_told_to_end: bool = False


class WorkerPool(QObject):
    """Starts workers, and brings wishes to them by their WorkerId. Belongs to the GUI thread.

    It keeps no record of how a worker fares: that is in the events.
    """

    def __init__(
        self,
        make_consumer: Callable[[WorkerId, ConsumerSpec], Consumer],
        clock: Clock,
        emit: Callable[[Event], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_consumer = make_consumer
        self._clock = clock
        self._emit = emit
        self._added_count = 0
        self._is_held = False
        self._specs: dict[WorkerId, ConsumerSpec] = {}
        self._lives: dict[WorkerId, _Life] = {}
        self._threads: dict[WorkerId, LoopThread] = {}
        self._shared_thread: LoopThread | None = None
        self._running_threads: set[LoopThread] = set()

    def add(self, spec: ConsumerSpec) -> WorkerId:
        """Start a new worker that takes tasks as `spec` says, in all its lives; return its id."""
        self._added_count += 1
        worker_id = WorkerId(f"worker {self._added_count}")
        self._specs[worker_id] = spec
        self.start(worker_id)
        return worker_id

    def start(self, worker_id: WorkerId) -> None:
        """Start a worker, or start one again that has ended or was told to; else do nothing."""
        if worker_id not in self._specs:
            return  # it was removed
        before = self._lives.get(worker_id)
        if before is not None and not (before.is_told_to_end or before.future.done()):
            return  # a second click: two lives under one name could not be told apart
        self._emit(WorkerAdded(at_ns=self._clock.now_ns(), worker_id=worker_id))
        if worker_id not in self._threads:
            self._threads[worker_id] = self._thread_for_one_more()
        consumer = self._make_consumer(worker_id, self._specs[worker_id])
        if self._is_held:
            self._threads[worker_id].call(consumer.hold)
        future = self._threads[worker_id].spawn(_live_after(before.future if before else None, consumer))
        self._lives[worker_id] = _Life(consumer, future)

    def change(self, worker_id: WorkerId, how: WorkerSettings) -> None:
        """Let the worker's next lives be as `how` says; do nothing if there is no such worker."""
        if worker_id in self._specs:
            self._specs[worker_id] = replace(self._specs[worker_id], how=how)

    def stop(self, worker_id: WorkerId) -> None:
        """Ask the worker for a polite end; do nothing if there is no such worker."""
        self._end(worker_id, lambda consumer: consumer.stop)

    def crash(self, worker_id: WorkerId) -> None:
        """Cut the worker's connection; do nothing if there is no such worker."""
        self._end(worker_id, lambda consumer: consumer.crash)

    def tell(self, worker_id: WorkerId, verb: Callable[[Any], Callable[[], None]]) -> None:
        """Let the worker do `verb` in its thread; do nothing if there is no such worker."""
        if (life := self._lives.get(worker_id)) is not None:
            self._threads[worker_id].call(verb(life.consumer))

    def hold(self) -> None:
        """Let all workers stop before their next dot, and those that are still to come."""
        self._is_held = True
        for worker_id in self._lives:
            self.tell(worker_id, lambda consumer: consumer.hold)

    def release(self) -> None:
        """Let all workers go on."""
        self._is_held = False
        for worker_id in self._lives:
            self.tell(worker_id, lambda consumer: consumer.release)

    def remove(self, worker_id: WorkerId) -> None:
        """Forget a worker; if it still runs it is stopped first."""
        if worker_id not in self._lives:
            return
        self.stop(worker_id)
        del self._lives[worker_id], self._specs[worker_id]
        thread = self._threads.pop(worker_id)
        if thread is not self._shared_thread:
            # The object stays ours to the end: `deleteLater` on a thread that is just ending crashed Qt.
            thread.finished.connect(lambda: self._running_threads.discard(thread))
            thread.stop()
        self._emit(WorkerRemoved(at_ns=self._clock.now_ns(), worker_id=worker_id))

    def shutdown(self, limit_s: float) -> bool:
        """Stop all workers and end all threads; return whether that worked within `limit_s` seconds."""
        threads = list(self._running_threads)
        for thread in threads:
            thread.stop()
        until_s = time.monotonic() + limit_s
        ended = [thread.wait(max(0, round((until_s - time.monotonic()) * 1000))) for thread in threads]
        return all(ended)

    def _end(self, worker_id: WorkerId, verb: Callable[[Consumer], Callable[[], None]]) -> None:
        if (life := self._lives.get(worker_id)) is not None:
            life.is_told_to_end = True
            self.tell(worker_id, verb)

    def _thread_for_one_more(self) -> LoopThread:
        if len(self._threads) < MAX_OWN_THREADS:
            return self._new_thread(f"thread {self._added_count}")
        if self._shared_thread is None:
            self._shared_thread = self._new_thread("shared thread")
        return self._shared_thread

    def _new_thread(self, name: str) -> LoopThread:
        thread = LoopThread(name, self)
        thread.start()
        self._running_threads.add(thread)
        return thread


async def _live_after(before: "Future[None] | None", consumer: Consumer) -> None:
    """Begin when the life before, told to end already, has ended."""
    if before is not None:
        await asyncio.wait({asyncio.wrap_future(before)})
    await consumer.run()
