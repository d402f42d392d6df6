"""Queues with a publisher and workers: all that buttons and scenarios can do to them."""

import time
from collections.abc import Sequence
from concurrent.futures import Future

from PySide6.QtCore import QObject

from workq_gui.core.events import (
    PaceChanged,
    ProducerHeld,
    ProducerReleased,
    QueueAdded,
    WorkerId,
    WorkersHeld,
    WorkersReleased,
)
from workq_gui.core.session import Session
from workq_gui.core.settings import MAX_QUEUES, Endpoint, SettingError, check_queue_name
from workq_gui.core.tasks import TaskSpec
from workq_gui.messaging.consumer import TaskConsumer
from workq_gui.messaging.link import HEARTBEAT_S
from workq_gui.messaging.pace import LONGEST_DOT_S, SHORTEST_DOT_S, Pace
from workq_gui.messaging.publisher import TaskPublisher
from workq_gui.messaging.topology import PREFETCH_COUNT, ConsumerSpec, QueueSpec
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.loop_thread import LoopThread
from workq_gui.runtime.worker_pool import WorkerPool

SHUTDOWN_LIMIT_S = 1.5


class Demonstration(QObject):
    """Publisher, queues and workers on one broker. Belongs to the GUI thread.

    Every method is a wish; what comes of it is told by events. Where the broker
    may refuse, the future that is returned ends with a MessagingError.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        session: Session,
        hub: EventHub,
        pace: Pace,
        parent: QObject | None = None,
        heartbeat_s: int = HEARTBEAT_S,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._hub = hub
        self._pace = pace
        self._queues = {session.queue: QueueSpec(session.queue)}
        self._publisher = TaskPublisher(endpoint, session.queue, session.clock, hub.post)
        # A thread of its own: on qasync's loop, in the GUI thread, a burst
        # publishes less than half as fast (tests/bench/publish.py).
        self._publisher_thread = LoopThread("publisher", self)
        self._pool = WorkerPool(
            lambda worker_id, spec: TaskConsumer(
                worker_id, endpoint, spec, pace, session.clock, hub.post, heartbeat_s
            ),
            session.clock,
            hub.post,
            self,
        )

    def start(self) -> None:
        """Connect the publisher."""
        self._tell_of(self._queues[self._session.queue])
        self._publisher_thread.start()
        self._publisher_thread.spawn(self._publisher.run())

    def publish(self, tasks: Sequence[TaskSpec]) -> None:
        """Publish `tasks`, in this order."""
        self._publisher_thread.call(self._publisher.submit, tasks)

    # --- queues -----------------------------------------------------------------------------

    def add_queue(self, name: str, dead_letter_to: str = "") -> "Future[None]":
        """Declare one more queue; `dead_letter_to` is the one that gets what is rejected for good.

        Raises:
            SettingError: it cannot be called so, there is one of that name, there are enough of
                them, or there is no queue `dead_letter_to`.
        """
        check_queue_name(name)
        if name in self._queues:
            raise SettingError(f"There is a queue {name} already.")
        if len(self._queues) >= MAX_QUEUES:
            raise SettingError(f"There are {MAX_QUEUES} queues already; more would not fit on the stage.")
        if dead_letter_to:
            self._spec_of(dead_letter_to)
        spec = QueueSpec(name, dead_letter_to)
        self._queues[name] = spec
        self._tell_of(spec)
        return self._publisher_thread.spawn(self._publisher.add_queue(spec))

    def redeclare_queue(self, name: str) -> "Future[None]":
        """Declare a queue again that somebody has deleted.

        Raises:
            SettingError: there is no queue of that name on the stage.
        """
        return self._publisher_thread.spawn(self._publisher.declare_again(self._spec_of(name).name))

    def purge_queue(self, name: str) -> "Future[None]":
        """Let the broker throw away what is ready in a queue.

        Raises:
            SettingError: there is no queue of that name on the stage.
        """
        return self._publisher_thread.spawn(self._publisher.queues.purge(self._spec_of(name).name))

    # --- workers ----------------------------------------------------------------------------

    def add_worker(
        self, queues: Sequence[str] = (), *, auto_ack: bool = False, prefetch_count: int = PREFETCH_COUNT
    ) -> WorkerId:
        """Start one more worker, and return its id.

        Args:
            queues: The names of those it takes from; the first queue if there are none.
            auto_ack: The broker is to forget each message as soon as it has sent it.
            prefetch_count: How many un-acked messages the broker lets it hold.

        Raises:
            SettingError: there is no queue of one of the names.
        """
        specs = tuple(self._spec_of(name) for name in dict.fromkeys(queues or (self._session.queue,)))
        self._stir()
        return self._pool.add(ConsumerSpec(specs, auto_ack, prefetch_count))

    def stop_worker(self, worker_id: WorkerId) -> None:
        """Let a worker close its connection properly."""
        self._stir()
        self._pool.stop(worker_id)

    def crash_worker(self, worker_id: WorkerId) -> None:
        """Cut a worker's connection."""
        self._stir()
        self._pool.crash(worker_id)

    def restart_worker(self, worker_id: WorkerId) -> None:
        """Start a worker again that has ended."""
        self._stir()
        self._pool.start(worker_id)

    def remove_worker(self, worker_id: WorkerId) -> None:
        """Stop a worker if it runs, and forget it."""
        self._stir()
        self._pool.remove(worker_id)

    def nack_task(self, worker_id: WorkerId) -> None:
        """Let a worker give the task in its hands back to the queue; without one nothing happens."""
        self._stir()
        self._pool.nack(worker_id)

    def reject_task(self, worker_id: WorkerId) -> None:
        """Let a worker give the task in its hands back for good; without one nothing happens."""
        self._stir()
        self._pool.reject(worker_id)

    def freeze_worker(self, worker_id: WorkerId) -> None:
        """Let a worker do nothing any more, heartbeats included."""
        self._pool.freeze(worker_id)

    def thaw_worker(self, worker_id: WorkerId) -> None:
        """Let a worker go on where it froze."""
        self._stir()
        self._pool.thaw(worker_id)

    # --- all of them ------------------------------------------------------------------------

    def hold_workers(self) -> None:
        """Let every worker stop before its next dot, those to come included."""
        self._hub.post(WorkersHeld(at_ns=self._session.clock.now_ns()))
        self._pool.hold()

    def release_workers(self) -> None:
        """Let the workers go on."""
        self._hub.post(WorkersReleased(at_ns=self._session.clock.now_ns()))
        self._pool.release()

    def hold_producer(self) -> None:
        """Let tasks be accepted and not published."""
        self._hub.post(ProducerHeld(at_ns=self._session.clock.now_ns()))
        self._publisher_thread.call(self._publisher.hold)

    def release_producer(self) -> None:
        """Let what was accepted meanwhile be published."""
        self._hub.post(ProducerReleased(at_ns=self._session.clock.now_ns()))
        self._publisher_thread.call(self._publisher.release)

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

    def _spec_of(self, name: str) -> QueueSpec:
        if name not in self._queues:
            raise SettingError(f"There is no queue {name} here.")
        return self._queues[name]

    def _tell_of(self, spec: QueueSpec) -> None:
        self._hub.post(
            QueueAdded(
                at_ns=self._session.clock.now_ns(), queue=spec.name, dead_letter_to=spec.dead_letter_to
            )
        )

    def _stir(self) -> None:
        """What a worker does shows in the broker's figures soon."""
        self._publisher_thread.call(self._publisher.queues.stir)
