"""A queue with a publisher and workers: all that buttons and scenarios can do to it."""

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject

from workq_gui.core.events import PaceChanged, WorkerId
from workq_gui.core.session import Session
from workq_gui.core.settings import Endpoint
from workq_gui.core.tasks import TaskSpec
from workq_gui.messaging.consumer import TaskConsumer
from workq_gui.messaging.pace import LONGEST_DOT_S, SHORTEST_DOT_S, Pace
from workq_gui.messaging.publisher import TaskPublisher
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.loop_thread import LoopThread
from workq_gui.runtime.worker_pool import WorkerPool

SHUTDOWN_LIMIT_S = 1.5


class Demonstration(QObject):
    """Publisher and workers on one queue of one broker. Belongs to the GUI thread.

    Every method is a wish; what comes of it is told by events.
    """

    def __init__(
        self, endpoint: Endpoint, session: Session, hub: EventHub, pace: Pace, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._hub = hub
        self._pace = pace
        self._publisher = TaskPublisher(endpoint, session.queue, session.clock, hub.post)
        # A thread of its own: on qasync's loop, in the GUI thread, a burst
        # publishes less than half as fast (tests/bench/publish.py).
        self._publisher_thread = LoopThread("publisher", self)
        self._pool = WorkerPool(
            lambda worker_id: TaskConsumer(worker_id, endpoint, session.queue, pace, session.clock, hub.post),
            session.clock,
            hub.post,
            self,
        )

    def start(self) -> None:
        """Connect the publisher."""
        self._publisher_thread.start()
        self._publisher_thread.spawn(self._publisher.run())

    def publish(self, tasks: Sequence[TaskSpec]) -> None:
        """Publish `tasks`, in this order."""
        self._publisher_thread.call(self._publisher.submit, tasks)

    def add_worker(self) -> WorkerId:
        """Start one more worker, and return its id."""
        return self._pool.add()

    def stop_worker(self, worker_id: WorkerId) -> None:
        """Let a worker close its connection properly."""
        self._pool.stop(worker_id)

    def crash_worker(self, worker_id: WorkerId) -> None:
        """Cut a worker's connection."""
        self._pool.crash(worker_id)

    def restart_worker(self, worker_id: WorkerId) -> None:
        """Start a worker again that has ended."""
        self._pool.start(worker_id)

    def remove_worker(self, worker_id: WorkerId) -> None:
        """Stop a worker if it runs, and forget it."""
        self._pool.remove(worker_id)

    def set_dot_seconds(self, dot_s: float) -> None:
        """Let a dot take `dot_s` seconds of work from the next dot on, within what is allowed."""
        self._pace.dot_s = min(LONGEST_DOT_S, max(SHORTEST_DOT_S, dot_s))
        self._hub.post(PaceChanged(at_ns=self._session.clock.now_ns(), dot_s=self._pace.dot_s))

    def shutdown(self) -> bool:
        """End all workers and the publisher, side by side; return whether they ended in time."""
        until_s = time.monotonic() + SHUTDOWN_LIMIT_S
        self._publisher_thread.stop()
        workers_ended = self._pool.shutdown(SHUTDOWN_LIMIT_S)
        left_s = max(0.0, until_s - time.monotonic())
        publisher_ended = self._publisher_thread.wait(round(left_s * 1000))
        self._hub.flush()
        return workers_ended and publisher_ended
