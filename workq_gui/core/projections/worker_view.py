"""How one worker stands."""

from enum import Enum, auto
from typing import NamedTuple

from workq_gui.core.events import TaskDelivered, TaskId, WorkerId

NS_PER_S = 1_000_000_000


class WorkerStatus(Enum):
    """What a worker does, in one word."""

    CONNECTING = auto()
    WAITING = auto()
    WORKING = auto()
    FINISHED = auto()  # and not acked yet
    FROZEN = auto()
    CHANNEL_CLOSED = auto()  # its connection is open, and nothing comes any more
    RECONNECTING = auto()
    CRASHED = auto()
    STOPPED = auto()


RUNNING = frozenset(
    {
        WorkerStatus.CONNECTING,
        WorkerStatus.WAITING,
        WorkerStatus.WORKING,
        WorkerStatus.FINISHED,
        WorkerStatus.FROZEN,
        WorkerStatus.CHANNEL_CLOSED,
        WorkerStatus.RECONNECTING,
    }
)
"""The states in which a worker can be stopped or crashed; in the others it can be restarted or removed."""


class ForeignFacts(NamedTuple):
    """What is known of a worker that is somebody else's program.

    Attributes:
        name: What it calls itself, or its program, or what library it uses; may be empty.
        peer: Its address and port, as the broker sees them.
        sees_acks: Whether the broker tells of its acks.
    """

    name: str
    peer: str
    sees_acks: bool = True


class WorkerView(NamedTuple):
    """All that a picture of a worker shows; equal views look equal.

    A tuple and no dataclass: three of its fields change with every event, and a copy of a frozen
    dataclass takes four times as long.

    Attributes:
        since_ns: When the status began.
        queues: What it takes from.
        auto_ack: Whether the broker forgets a message as soon as it has sent it to this worker.
        is_held: Whether the user holds the workers: it stops before its next dot, at `fraction_limit`.
        task_id: The task it works on, or None.
        delivery_tag: Of that task, on this worker's channel.
        work_s: How long that task takes, in seconds.
        fraction: How much of it was done at `fraction_at_ns`.
        acked_count: How many tasks it did, over all its lives.
        in_hand: What was delivered to it and is neither done nor gone; it works on the first.
        requeued_count: How many tasks went back to the queue when its latest life ended.
        lost_count: How many were lost with it, since the broker had forgotten them.
        forgotten: What it has done and never acked; the broker waits for these acks.
        ack: When it acks; see `worker_settings.AckHabit`. Likewise the other settings below.
        network: How the network between it and the broker is; see `fault_events.NetworkChanged`.
        is_unanswered: Whether the broker is frozen: it takes no heartbeat and sends none.
        note: Why it is not working, in the broker's or the system's words; may be empty.
        foreign: What is known of it if it is not ours: nothing can be done to it then.
    """

    worker_id: WorkerId
    status: WorkerStatus
    since_ns: int = 0
    queues: tuple[str, ...] = ()
    auto_ack: bool = False
    is_held: bool = False
    fraction_limit: float = 1.0
    task_id: TaskId | None = None
    text: str = ""
    delivery_tag: int = 0
    redelivered: bool = False
    work_s: float = 0.0
    fraction: float = 0.0
    fraction_at_ns: int = 0
    prefetch_count: int = 0
    acked_count: int = 0
    in_hand: tuple[TaskDelivered, ...] = ()
    requeued_count: int = 0
    lost_count: int = 0
    forgotten: tuple[TaskDelivered, ...] = ()
    ack: str = "after"
    naive_sleep: bool = False
    slowness: float = 1.0
    crashes_on: str = ""
    heartbeat_s: int = 10
    behind_relay: bool = False
    network: str = "well"
    is_unanswered: bool = False
    note: str = ""
    foreign: ForeignFacts | None = None

    @property
    def is_foreign(self) -> bool:
        """Whether it is somebody else's program."""
        return self.foreign is not None

    @property
    def title(self) -> str:
        """What it is called where people read it."""
        if self.foreign is None:
            return self.worker_id
        return self.foreign.name or "unknown client"

    @property
    def in_hand_count(self) -> int:
        """How many tasks were delivered to it and are neither done nor gone."""
        return len(self.in_hand)

    @property
    def acks_early(self) -> bool:
        """Whether the broker has forgotten what it works on."""
        return self.auto_ack or self.ack == "before"

    @property
    def is_frozen(self) -> bool:
        """Whether it does nothing any more, and its connection is still open."""
        return self.status is WorkerStatus.FROZEN

    @property
    def is_asleep(self) -> bool:
        """Whether it is in a `time.sleep`: nothing reaches it, and no heartbeat leaves it."""
        return self.naive_sleep and self.status is WorkerStatus.WORKING

    @property
    def is_silent(self) -> bool:
        """Whether it is connected and sends no heartbeats: the broker will hang up, or has."""
        return self.is_frozen or self.is_asleep

    @property
    def is_running(self) -> bool:
        """Whether it can be stopped or crashed."""
        return self.status in RUNNING

    def fraction_at(self, at_ns: int) -> float:
        """Return how much of the task is done at `at_ns`, 0.0 to 1.0."""
        if self.status is WorkerStatus.FINISHED:
            return 1.0
        if self.status is not WorkerStatus.WORKING:
            return self.fraction
        if self.work_s <= 0:
            return 1.0
        worked = (at_ns - self.fraction_at_ns) / (self.work_s * NS_PER_S)
        return min(self.fraction_limit, max(0.0, self.fraction + worked))
