"""The steps of a written demonstration, and the words for them in a file.

docs/scenarios.md explains every verb.
"""

from dataclasses import dataclass
from enum import Enum

from workq_gui.core.tasks import TaskSpec, make_task


class Condition(Enum):
    """What a scenario can wait for, in the words that stand in the file."""

    CONNECTED = "connected"
    WORKER_WAITING = "worker waiting"
    WORKER_WORKING = "worker working"
    WORKER_ENDED = "worker ended"
    ALL_CONFIRMED = "all confirmed"
    REDELIVERED = "redelivered"
    ALL_DONE = "all done"


WORKER_CONDITIONS = (Condition.WORKER_WAITING, Condition.WORKER_WORKING, Condition.WORKER_ENDED)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; `line` is where it stands in the file."""

    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWorkers(Step):
    """Start `count` workers.

    Attributes:
        queues: The names of those they take from, empty for the session's first; if there are none, that one.
        auto_ack: Whether the broker is to forget each message as soon as it has sent it.
        prefetch_count: How many un-acked messages the broker lets each hold.
    """

    count: int
    queues: tuple[str, ...] = ()
    auto_ack: bool = False
    prefetch_count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(Step):
    """Publish each of `texts`, all of them `times` times.

    Attributes:
        queue: Where they are to go; empty for the session's first queue.
        persistent: Whether they are to be kept on disk.
    """

    texts: tuple[str, ...]
    times: int
    queue: str = ""
    persistent: bool = True

    def tasks(self) -> list[TaskSpec]:
        """Return the tasks to publish, with new ids."""
        return [
            make_task(text, self.queue, persistent=self.persistent)
            for _ in range(self.times)
            for text in self.texts
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWorker(Step):
    """Do `verb` to the worker that was added as `number`-th."""

    verb: WorkerVerb
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddQueue(Step):
    """Declare a queue; `dead_letter_to` names the one that gets what is rejected, or is empty."""

    name: str
    dead_letter_to: str = ""


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
class ChangeBroker(Step):
    """Do `verb` to the broker."""

    verb: BrokerVerb
