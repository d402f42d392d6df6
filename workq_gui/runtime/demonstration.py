"""Queues with a publisher and workers: all that buttons and scenarios can do to them."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from PySide6.QtCore import QObject

from workq_gui.core.events import (
    PaceChanged,
    ProducerHeld,
    ProducerReleased,
    WorkerId,
    WorkersHeld,
    WorkersReleased,
)
from workq_gui.core.queue_events import QueueAdded
from workq_gui.core.queue_settings import QUEUE_DEFAULTS, QueueSettings
from workq_gui.core.session import Session
from workq_gui.core.settings import MAX_QUEUES, Endpoint, SettingError, check_queue_name
from workq_gui.core.tasks import TaskSpec
from workq_gui.core.worker_settings import WORKER_DEFAULTS, WorkerSettings
from workq_gui.messaging.consumer import TaskConsumer
from workq_gui.messaging.network import Network
from workq_gui.messaging.pace import LONGEST_DOT_S, SHORTEST_DOT_S, Pace
from workq_gui.messaging.publisher import TaskPublisher
from workq_gui.messaging.topology import ConsumerSpec, QueueSpec
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.loop_thread import LoopThread
from workq_gui.runtime.observation import Observation
from workq_gui.runtime.wire_hub import WireHub
from workq_gui.runtime.worker_pool import WorkerPool

SHUTDOWN_LIMIT_S = 1.5


class Demonstration(QObject):
    """Publisher, queues and workers on one broker. Belongs to the GUI thread.

    Every method is a wish; what comes of it is told by events. Where the broker
    may refuse, the future that is returned ends with a MessagingError.

    Attributes:
        wire: What goes over the wire of all these connections, while it is watched.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        session: Session,
        hub: EventHub,
        pace: Pace,
        parent: QObject | None = None,
        first: QueueSettings = QUEUE_DEFAULTS,
    ) -> None:
        super().__init__(parent)
        self._endpoint = endpoint
        self._session = session
        self._hub = hub
        self._pace = pace
        first_queue = QueueSpec(session.queue, first)
        self._queues = {first_queue.name: first_queue}
        self.wire = WireHub(session.clock, self)
        self._publisher = TaskPublisher(endpoint, first_queue, session.clock, hub.post, self.wire.tap)
        # A thread of its own: on qasync's loop, in the GUI thread, a burst
        # publishes less than half as fast (tests/bench/publish.py).
        self._publisher_thread = LoopThread("publisher", self)
        self._observation = Observation(endpoint, session.clock, hub, self, self.wire.tap)
        self._pool = WorkerPool(
            lambda worker_id, spec: TaskConsumer(
                worker_id, endpoint, spec, pace, session.clock, hub.post, self.wire.tap
            ),
            session.clock,
            hub.post,
            self,
        )

    def start(self) -> None:
        """Connect the publisher, and look who else is there."""
        self._observation.start()
        self._tell_of(self._queues[self._session.queue])
        self._publisher_thread.start()
        self._publisher_thread.spawn(self._publisher.run())

    def publish(self, tasks: Sequence[TaskSpec]) -> None:
        """Publish `tasks`, in this order."""
        self._publisher_thread.call(self._publisher.submit, tasks)

    # --- queues -----------------------------------------------------------------------------

    def add_queue(self, name: str, how: QueueSettings = QUEUE_DEFAULTS) -> "Future[None]":
        """Declare one more queue.

        Raises:
            SettingError: it cannot be called so, there is one of that name, there are enough of
                them, there is no queue `how.dead_letter_to`, or the settings do not go together.
        """
        spec = self._new_spec(name, how)
        self._queues[name] = spec
        self._tell_of(spec)
        return self._publisher_thread.spawn(self._publisher.add_queue(spec))

    def check_queue(self, name: str, how: QueueSettings = QUEUE_DEFAULTS) -> "Future[None]":
        """Look whether `add_queue` would meet a queue that is there and was declared otherwise.

        The future ends with a QueueMismatched if so, which says what differs.

        Raises:
            SettingError: as `add_queue`.
        """
        return self._publisher_thread.spawn(self._publisher.queues.check(self._new_spec(name, how)))

    def discard_queue(self, name: str) -> "Future[None]":
        """Delete a queue that is in the way, with all that is in it; it is not on the stage."""
        return self._publisher_thread.spawn(self._publisher.queues.delete(name))

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

    def delete_queue(self, name: str) -> "Future[None]":
        """Delete a queue with all that is in it; what is published to it from now on is returned.

        Raises:
            SettingError: there is no queue of that name on the stage.
        """
        return self._publisher_thread.spawn(self._publisher.queues.delete(self._spec_of(name).name))

    # --- workers ----------------------------------------------------------------------------

    def add_worker(self, queues: Sequence[str] = (), how: WorkerSettings = WORKER_DEFAULTS) -> WorkerId:
        """Start one more worker, and return its id.

        Args:
            queues: The names of those it takes from; the first queue if there are none.
            how: How it works.

        Raises:
            SettingError: there is no queue of one of the names, or a network that can be broken would
                break TLS.
        """
        self._check_network(how)
        specs = tuple(self._spec_of(name) for name in dict.fromkeys(queues or (self._session.queue,)))
        self._stir()
        return self._pool.add(ConsumerSpec(specs, how))

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
        self._tell(worker_id, lambda consumer: consumer.nack)

    def reject_task(self, worker_id: WorkerId) -> None:
        """Let a worker give the task in its hands back for good; without one nothing happens."""
        self._tell(worker_id, lambda consumer: consumer.reject)

    def freeze_worker(self, worker_id: WorkerId) -> None:
        """Let a worker do nothing any more, heartbeats included."""
        self._tell(worker_id, lambda consumer: consumer.freeze)

    def thaw_worker(self, worker_id: WorkerId) -> None:
        """Let a worker go on where it froze."""
        self._tell(worker_id, lambda consumer: consumer.thaw)

    def raise_in_worker(self, worker_id: WorkerId) -> None:
        """Let the code that works on a worker's task raise an error; without a task nothing happens."""
        self._tell(worker_id, lambda consumer: consumer.raise_error)

    def close_channel(self, worker_id: WorkerId) -> None:
        """Let a worker close its channel, and keep its connection."""
        self._tell(worker_id, lambda consumer: consumer.close_channel)

    def change_worker(self, worker_id: WorkerId, how: WorkerSettings) -> None:
        """Let a worker work as `how` says: it is stopped properly, and started again.

        Raises:
            SettingError: a network that can be broken would break TLS.
        """
        self._check_network(how)
        self._pool.change(worker_id, how)
        self.stop_worker(worker_id)
        self.restart_worker(worker_id)

    def _check_network(self, how: WorkerSettings) -> None:
        if how.behind_relay and self._endpoint.tls:
            reason = "the certificate names the broker"
            raise SettingError(f"With TLS the network of a worker cannot be broken here: {reason}.")

    # --- the network of one worker; nothing happens if it cannot be broken -------------------

    def delay_network(self, worker_id: WorkerId, seconds: float) -> None:
        """Let each byte between a worker and the broker take `seconds` longer, either way."""
        self._change_network(worker_id, lambda network: network.delay(seconds))

    def stall_network(self, worker_id: WorkerId) -> None:
        """Let nothing through, and tell nobody."""
        self._change_network(worker_id, lambda network: network.stall())

    def cut_network(self, worker_id: WorkerId) -> None:
        """Reset a worker's connection, and refuse new ones."""
        self._change_network(worker_id, lambda network: network.cut())

    def heal_network(self, worker_id: WorkerId) -> None:
        """Let everything through again."""
        self._change_network(worker_id, lambda network: network.heal())

    def _change_network(self, worker_id: WorkerId, change: Callable[[Network], None]) -> None:
        def verb(consumer: TaskConsumer) -> Callable[[], None]:
            return lambda: change(consumer.network) if consumer.network is not None else None

        self._tell(worker_id, verb)

    def _tell(self, worker_id: WorkerId, verb: Callable[[TaskConsumer], Callable[[], None]]) -> None:
        self._stir()
        self._pool.tell(worker_id, verb)

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

    def watch_wire(self, is_watched: bool) -> None:
        """Record what goes over the wire of all connections from now on, or nothing any more."""
        self.wire.watch(is_watched)

    def shutdown(self) -> bool:
        """End workers, publisher and observer, side by side; return whether they ended in time."""
        until_s = time.monotonic() + SHUTDOWN_LIMIT_S
        self._observation.stop()
        self._publisher_thread.stop()
        workers_ended = self._pool.shutdown(SHUTDOWN_LIMIT_S)
        left_s = max(0.0, until_s - time.monotonic())
        publisher_ended = self._publisher_thread.wait(round(left_s * 1000))
        observer_ended = self._observation.wait(until_s - time.monotonic())
        self.wire.watch(False)
        self._hub.flush()
        return workers_ended and publisher_ended and observer_ended

    def _new_spec(self, name: str, how: QueueSettings) -> QueueSpec:
        check_queue_name(name)
        if name in self._queues:
            raise SettingError(f"There is a queue {name} already.")
        if len(self._queues) >= MAX_QUEUES:
            raise SettingError(f"There are {MAX_QUEUES} queues already; more would not fit on the stage.")
        if how.dead_letter_to:
            self._spec_of(how.dead_letter_to)
        return QueueSpec(name, how.check())

    def _spec_of(self, name: str) -> QueueSpec:
        if name not in self._queues:
            raise SettingError(f"There is no queue {name} here.")
        return self._queues[name]

    def _tell_of(self, spec: QueueSpec) -> None:
        self._observation.watch(spec.name)
        self._hub.post(
            QueueAdded(
                at_ns=self._session.clock.now_ns(),
                queue=spec.name,
                dead_letter_to=spec.how.dead_letter_to,
                durable=spec.how.durable,
                queue_type=spec.how.queue_type,
                delivery_limit=spec.how.delivery_limit,
            )
        )

    def _stir(self) -> None:
        """What a worker does shows in the broker's figures soon."""
        self._publisher_thread.call(self._publisher.queues.stir)
