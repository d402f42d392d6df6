"""The steps of a written demonstration, and the words for them in a file.

docs/scenarios.md explains every verb.
"""

from dataclasses import dataclass
from enum import Enum

from workq_gui.core.publish_settings import PUBLISH_DEFAULTS, PublishSettings
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.tasks import TaskSpec, make_task
from workq_gui.core.worker_settings import WORKER_DEFAULTS, WorkerSettings


class Condition(Enum):
    """What a scenario can wait for, in the words that stand in the file."""

    CONNECTED = "connected"
    WORKER_WAITING = "worker waiting"
    WORKER_WORKING = "worker working"
    WORKER_FINISHED = "worker finished"
    WORKER_ENDED = "worker ended"
    CHANNEL_CLOSED = "channel closed"
    ALL_CONFIRMED = "all confirmed"
    REDELIVERED = "redelivered"
    LOST = "lost"
    DONE_TWICE = "done twice"
    ALL_DONE = "all done"


WORKER_CONDITIONS = (
    Condition.WORKER_WAITING,
    Condition.WORKER_WORKING,
    Condition.WORKER_FINISHED,
    Condition.WORKER_ENDED,
    Condition.CHANNEL_CLOSED,
)


class WorkerVerb(Enum):
    """What a scenario can do to a worker."""

    CRASH = "crash_worker"
    STOP = "stop_worker"
    RESTART = "restart_worker"
    REMOVE = "remove_worker"
    NACK = "nack_task"
    REJECT = "reject_task"
    FREEZE = "freeze_worker"
    THAW = "thaw_worker"
    CLOSE_CHANNEL = "close_channel"
    RAISE = "raise_in_worker"
    STALL = "stall_network"
    CUT = "cut_network"
    HEAL = "heal_network"


class Holdable(Enum):
    """What a scenario can hold and release."""

    WORKERS = "workers"
    PRODUCER = "producer"


class BrokerVerb(Enum):
    """What a scenario can do to a broker that WorkQ started."""

    KILL = "kill"
    STOP = "stop"
    START = "start"
    RESTART = "restart"
    FREEZE = "freeze"
    THAW = "thaw"


class Count(Enum):
    """What a scenario can count, in the words that stand in the file."""

    DELIVERED = "delivered"
    REDELIVERED = "redelivered"
    ACKED = "acked"
    LOST = "lost"
    DONE_TWICE = "done_twice"
    RETURNED = "returned"
    READY = "ready"


class ClusterVerb(Enum):
    """What a scenario can do to a cluster that WorkQ started."""

    KILL_LEADER = "kill leader"
    START_NODES = "start nodes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; `line` is where it stands in the file."""

    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWorkers(Step):
    """Start `count` workers.

    Attributes:
        queues: The names of those they take from, empty for the session's first; if there are none, that one.
        how: How they work.
    """

    count: int
    queues: tuple[str, ...] = ()
    how: WorkerSettings = WORKER_DEFAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(Step):
    """Publish each of `texts`, all of them `times` times.

    Attributes:
        queue: Where they are to go; empty for the session's first queue. There need not be one of that name.
        how: How they are to be published.
    """

    texts: tuple[str, ...]
    times: int
    queue: str = ""
    how: PublishSettings = PUBLISH_DEFAULTS

    def tasks(self) -> list[TaskSpec]:
        """Return the tasks to publish, with new ids."""
        return [make_task(text, self.queue, self.how) for _ in range(self.times) for text in self.texts]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWorker(Step):
    """Do `verb` to the worker that was added as `number`-th."""

    verb: WorkerVerb
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddQueue(Step):
    """Declare a queue."""

    name: str
    how: QueueSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge(Step):
    """Throw away what is ready in `queue`; empty for the session's first."""

    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Step):
    """Let the workers or the producer stand still."""

    target: Holdable


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Step):
    """Let the workers or the producer go on."""

    target: Holdable


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDotSeconds(Step):
    """Let a dot take `seconds` of work."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Step):
    """Show `sentence` above the stage."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Step):
    """Give those who watch `seconds` of time."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntil(Step):
    """Wait until `condition` is met; fail after `within_s` seconds.

    Attributes:
        worker: For the conditions of one worker: its number.
        task: For REDELIVERED: the text of the task, or None for any.
    """

    condition: Condition
    worker: int | None
    task: str | None
    within_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect(Step):
    """Wait until the counts are so; fail after `within_s` seconds."""

    counts: tuple[tuple[Count, int], ...]
    within_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayNetwork(Step):
    """Let each byte between a worker and the broker take `seconds` longer, either way."""

    number: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChaos(Step):
    """Let something break at random every few seconds, or no more."""

    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBroker(Step):
    """Do `verb` to the broker."""

    verb: BrokerVerb


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCluster(Step):
    """Do `verb` to the nodes of the cluster; the leader is that of the session's first queue."""

    verb: ClusterVerb
