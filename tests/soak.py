"""Thousands of tasks, random faults of every kind; afterwards each task is accounted for, by its id."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pika
from PySide6.QtCore import QEventLoop, QObject, QTimer

from workq_gui.core.clock import SessionClock
from workq_gui.core.events import BrokerStarted, BrokerStopped, TaskId, WorkerId
from workq_gui.core.projections.task_state import TaskState, TaskStatus
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.publish_settings import PublishSettings
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.session import Session
from workq_gui.core.settings import from_url
from workq_gui.core.tasks import TaskSpec, make_task
from workq_gui.core.worker_settings import AckHabit, WorkerSettings
from workq_gui.messaging.pace import Pace
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.runtime.event_hub import EventHub

DOT_S = 0.02
MOST_OPEN = 150
"""So many tasks may be under way while faults are made."""
DRAIN_LIMIT_S = 120.0
STUCK_AFTER_S = 60.0
BROKER_PAUSE_S = 8.0
"""Between two faults of the broker; RabbitMQ needs some seconds after a declare before it may be killed."""
FIRST, TOUGH, FLEETING = "soak", "soak-quorum", "soak-fleeting"
EVERYWHERE = (FIRST, TOUGH, FLEETING)
TRUSTED, FAILED, KEPT = "soak-auto-ack", "soak-failed", "soak-kept"
NOWHERE = "soak-misspelt"
DRAINED = (*EVERYWHERE, TRUSTED, FAILED)
"""Whose tasks are done in the end; what is in `KEPT` is left there."""


@dataclass(slots=True)
class Account:
    """Where the published tasks are, by their ids."""

    published: set[TaskId] = field(default_factory=set)
    acked: set[TaskId] = field(default_factory=set)
    lost: Counter[str] = field(default_factory=Counter)
    lost_ids: set[TaskId] = field(default_factory=set)
    returned: set[TaskId] = field(default_factory=set)
    left: Counter[TaskId] = field(default_factory=Counter)

    @property
    def places(self) -> dict[TaskId, list[str]]:
        """Each published task with all places where it was found."""
        found: dict[TaskId, list[str]] = {task_id: [] for task_id in self.published}
        for name, ids in (
            ("acked", self.acked),
            ("lost", self.lost_ids),
            ("returned", self.returned),
            ("left", set(self.left)),
        ):
            for task_id in ids:
                found.setdefault(task_id, []).append(name)
        return found

    @property
    def wrong(self) -> dict[TaskId, list[str]]:
        """Those that are in no place, or in two."""
        return {task_id: places for task_id, places in self.places.items() if len(places) != 1}


class Soak(QObject):
    """Publishes, breaks, mends, drains and counts. Belongs to the thread of the application."""

    def __init__(self, node, count: int, seed: int) -> None:
        super().__init__()
        self._node = node
        self._count = count
        self._dice = random.Random(seed)
        self.session = Session(SessionClock(), FIRST)
        self.hub = EventHub(self.session)
        self.verbs = Demonstration(from_url(node.url), self.session, self.hub, Pace(DOT_S))
        self.faults: Counter[str] = Counter()
        self._published = 0
        self._restarts: dict[WorkerId, float] = {}
        self._mendings: list[tuple[float, Callable[[], object]]] = []
        self._next_broker_fault = 0.0
        self._drains = False
        self._stuck_at = time.monotonic() + STUCK_AFTER_S

    def run(self) -> Account:
        """Do all of it; return where the tasks are."""
        self._begin()
        while self._published < self._count:
            if time.monotonic() > self._stuck_at:
                raise TimeoutError(f"nothing goes on with {self._open_tasks()[:5]}")
            self._publish_some()
            self._break_something()
            self._mend_what_is_due()
            self._pump(0.05)
        self._drain()
        self.verbs.shutdown()
        return self._take_account()

    # --- the stage ------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.verbs.start()
        self._until(lambda: self.session.broker.connected, 30)
        self.verbs.add_queue(FAILED)
        self.verbs.add_queue(
            TOUGH, QueueSettings(queue_type="quorum", delivery_limit=4, dead_letter_to=FAILED)
        )
        self.verbs.add_queue(FLEETING, QueueSettings(durable=False))
        self.verbs.add_queue(TRUSTED)
        self.verbs.add_queue(KEPT)
        self._until(lambda: len(self.session.queues.views) == 6, 30)
        self.verbs.add_worker((TRUSTED,), WorkerSettings(auto_ack=True))
        for how in (
            WorkerSettings(),
            WorkerSettings(prefetch_count=5),
            WorkerSettings(behind_relay=True, heartbeat_s=1),
            WorkerSettings(behind_relay=True, heartbeat_s=1, prefetch_count=3),
            WorkerSettings(crashes_on="poison"),
            WorkerSettings(ack=AckHabit.BEFORE),
            WorkerSettings(ack=AckHabit.NEVER, prefetch_count=4),
            WorkerSettings(ack=AckHabit.TWICE),
            WorkerSettings(ack=AckHabit.OTHER_CHANNEL),
            WorkerSettings(naive_sleep=True, heartbeat_s=1),
            WorkerSettings(slowness=3, heartbeat_s=1),
        ):
            self.verbs.add_worker(EVERYWHERE, how)
        self._until(lambda: self.session.workers.running_count == 12, 30)
        self._next_broker_fault = time.monotonic() + BROKER_PAUSE_S

    # --- tasks ----------------------------------------------------------------------------------

    def _publish_some(self) -> None:
        room = MOST_OPEN - len(self._open_tasks())
        count = min(room, self._count - self._published, 25)
        if count > 0:
            self.verbs.publish([self._make_task() for _ in range(count)])
            self._published += count
            self._stuck_at = time.monotonic() + STUCK_AFTER_S

    def _make_task(self) -> TaskSpec:
        dice = self._dice
        text = "Task" + "." * dice.choice((0, 0, 0, 0, 1, 1, 2, 4))
        if dice.random() < 0.004:
            text = "poison.."
        queue = dice.choices((*EVERYWHERE, TRUSTED, KEPT, NOWHERE), (48, 30, 10, 5, 2, 5))[0]
        how = PublishSettings(
            persistent=dice.random() < 0.8,
            # Of two that nobody confirmed and nobody takes, a count cannot tell which one is gone.
            confirms=dice.random() < 0.9 or queue == KEPT,
            mandatory=dice.random() < 0.7,
        )
        return make_task(text, queue, how)

    # --- faults ---------------------------------------------------------------------------------

    def _break_something(self) -> None:
        now = time.monotonic()
        if now >= self._next_broker_fault:
            self._break_broker()
            self._next_broker_fault = time.monotonic() + BROKER_PAUSE_S
        self._break_worker()

    def _break_worker(self) -> None:
        verbs, views = self.verbs, list(self.session.workers.views.values())
        view = self._dice.choice(views)
        worker_id = view.worker_id
        if not view.is_running or view.status is WorkerStatus.CHANNEL_CLOSED:
            self._restart_later(worker_id)
            return
        ways: list[tuple[str, Callable[[], object], Callable[[], object] | None]] = [
            ("crash", lambda: verbs.crash_worker(worker_id), None),
            ("stop", lambda: verbs.stop_worker(worker_id), None),
            ("close channel", lambda: verbs.close_channel(worker_id), None),
            ("raise", lambda: verbs.raise_in_worker(worker_id), None),
            ("nack", lambda: verbs.nack_task(worker_id), None),
            ("reject", lambda: verbs.reject_task(worker_id), None),
            ("freeze", lambda: verbs.freeze_worker(worker_id), lambda: verbs.thaw_worker(worker_id)),
        ]
        if view.behind_relay:
            heal = lambda: verbs.heal_network(worker_id)  # noqa: E731
            ways += [
                ("delay", lambda: verbs.delay_network(worker_id, 0.05), heal),
                ("stall", lambda: verbs.stall_network(worker_id), heal),
                ("cut", lambda: verbs.cut_network(worker_id), heal),
            ]
        if self._dice.random() < 0.005:
            ways = [("purge", lambda: verbs.purge_queue(self._dice.choice((FIRST, TOUGH))), None)]
        name, break_, mend = self._dice.choice(ways)
        self.faults[name] += 1
        break_()
        if mend is not None:
            self._mendings.append((time.monotonic() + self._dice.uniform(0.2, 5.0), mend))
        self._restart_later(worker_id)

    def _restart_later(self, worker_id: WorkerId) -> None:
        self._restarts.setdefault(worker_id, time.monotonic() + self._dice.uniform(0.1, 1.5))

    def _mend_what_is_due(self) -> None:
        now = time.monotonic()
        for worker_id, due in list(self._restarts.items()):
            if now >= due:
                del self._restarts[worker_id]
                self._revive(worker_id)
        for item in [item for item in self._mendings if now >= item[0]]:
            self._mendings.remove(item)
            item[1]()

    def _revive(self, worker_id: WorkerId) -> None:
        view = self.session.workers.views[worker_id]
        is_stuck = view.status in (WorkerStatus.CHANNEL_CLOSED, WorkerStatus.FINISHED)
        if is_stuck:  # it forgets its acks, or has lost its channel
            self.verbs.stop_worker(worker_id)
        if is_stuck or not view.is_running:
            self.verbs.restart_worker(worker_id)

    def _break_broker(self) -> None:
        name = self._dice.choice(("broker killed", "broker restarted", "broker frozen and killed"))
        self.faults[name] += 1
        if name == "broker frozen and killed":
            self._node.freeze()
            self._publish_some()
            self._pump(1.0)
        killed = name != "broker restarted"
        (self._node.kill if killed else self._node.stop)()
        clock = self.session.clock
        self.hub.post(BrokerStopped(at_ns=clock.now_ns(), expected=True, killed=killed))
        self._pump(0.2)
        self._node.start()
        self.hub.post(
            BrokerStarted(
                at_ns=clock.now_ns(), host="127.0.0.1", port=self._node.port, product=self._node.product
            )
        )

    # --- the end --------------------------------------------------------------------------------

    def _drain(self) -> None:
        """Mend everything, and let workers without faults do the rest.

        The dead-letter queue too: a task whose ack was lost on the way, and that had come back too often
        by then, shows up there.
        """
        self._drains = True
        for _, mend in self._mendings:
            mend()
        for worker_id in list(self.session.workers.views):
            self.verbs.remove_worker(worker_id)
        for _ in range(4):
            self.verbs.add_worker(DRAINED, WorkerSettings(prefetch_count=50))
        self._until(self._is_drained, DRAIN_LIMIT_S)

    def _is_drained(self) -> bool:
        queues = self.session.queues.views
        is_empty = all(queues[name].ready_count == 0 for name in DRAINED)
        open_ones = self._open_tasks()
        is_over = not open_ones or self._is_stuck(open_ones)
        return is_empty and len(self.session.board.tasks) == self._count and is_over

    def _open_tasks(self) -> list[TaskState]:
        """Return those to which something is still to happen."""
        untouched = (KEPT,) if self._drains else (KEPT, FAILED)
        return [task for task in self.session.board.unsettled() if task.queue not in untouched]

    def _is_stuck(self, open_ones: list[TaskState]) -> bool:
        """Give what is open three more seconds, once nothing waits: a mistake of ours is not waited for."""
        newest_ns = max(task.since_ns for task in open_ones)
        return self.session.clock.now_ns() - newest_ns > 15e9

    def _take_account(self) -> Account:
        account = Account()
        for task in self.session.board.newest(self._count):
            account.published.add(task.task_id)
            if task.status is TaskStatus.DONE:
                account.acked.add(task.task_id)
            elif task.status is TaskStatus.LOST:
                account.lost_ids.add(task.task_id)
                account.lost[task.lost_cause] += 1
            elif task.status is TaskStatus.RETURNED:
                account.returned.add(task.task_id)
        account.left = left_in(self._node.url, (*DRAINED, KEPT))
        return account

    def _until(self, is_so: Callable[[], bool], limit_s: float) -> None:
        deadline = time.monotonic() + limit_s
        while not is_so():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not so within {limit_s:g} s")
            self._pump(0.02)

    def _pump(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()


def left_in(url: str, queues: tuple[str, ...]) -> Counter[TaskId]:
    """Take what is left in `queues` by a client that is none of ours; count it by message_id."""
    left: Counter[TaskId] = Counter()
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        for queue in queues:
            channel = connection.channel()
            while True:
                method, properties, _ = channel.basic_get(queue, auto_ack=True)
                if method is None:
                    break
                left[TaskId(str(properties.message_id))] += 1
            channel.queue_delete(queue)
    return left


def report(account: Account, soak: Soak) -> str:
    """Return the account in figures."""
    board, ledger = soak.session.board, soak.session.ledger
    lost, left = len(account.lost_ids), len(account.left)
    lines = [
        f"published {len(account.published):,} = acked {len(account.acked):,} + lost {lost:,}"
        f" + returned {len(account.returned):,} + left in queues {left:,}",
        f"wrong: {len(account.wrong)}; the ledger counts {ledger.lost_count:,} lost"
        f" and {ledger.twice_count:,} done twice; {board.requeued_count:,} came back",
        *(f"  lost {count:6,}: {cause}" for cause, count in account.lost.most_common()),
        "faults: " + ", ".join(f"{name} {count}" for name, count in soak.faults.most_common()),
    ]
    return "\n".join(lines)
