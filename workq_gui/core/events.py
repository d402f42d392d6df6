"""The vocabulary: everything that can happen, as frozen events.

A *fact* is recorded by the component that saw it, in that component's thread.
What follows from facts is a *verdict*, see `core.verdicts`. Fields are flat and
JSON-able: str, int, float or bool.
"""

from dataclasses import dataclass
from typing import NewType

TaskId = NewType("TaskId", str)
WorkerId = NewType("WorkerId", str)

PUBLISHER = "publisher"
"""The owner of a connection that is not a worker's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened.

    Attributes:
        at_ns: Nanoseconds since the session started, read from the session
            clock by the component that saw it. Ordered within one thread;
            between threads by at most some milliseconds not.
    """

    at_ns: int


# --- the broker and the connections to it ---------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerStarted(Event):
    """A broker of our own listens."""

    host: str
    port: int
    product: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerStopped(Event):
    """A broker of our own ended.

    Attributes:
        expected: False if nobody asked for it.
        killed: True for SIGKILL, as in a power cut.
    """

    expected: bool
    killed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOpened(Event):
    """A client of ours is connected (`connection.open-ok`).

    Attributes:
        owner: `PUBLISHER`, or a WorkerId.
        product: What the broker says that it is, with its version; told by the publisher.
    """

    owner: str
    product: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLost(Event):
    """A connection ended although nobody here closed it.

    Attributes:
        reason: The broker's words, or the system's.
    """

    owner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionFailed(Event):
    """An attempt to connect failed; another follows.

    Attributes:
        retry_in_s: Seconds until the next attempt.
    """

    owner: str
    reason: str
    retry_in_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionBlocked(Event):
    """The broker has no memory or disk left and stopped reading (`connection.blocked`)."""

    owner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionUnblocked(Event):
    """The broker reads again (`connection.unblocked`)."""

    owner: str


# --- a task, seen by the publisher ----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvent(Event):
    """Something that happened to one task.

    Attributes:
        task_id: The `message_id` of the message.
    """

    task_id: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAccepted(TaskEvent):
    """The publisher took the task in; it leaves when a connection and the confirm window allow.

    Attributes:
        text: The task as its author wrote it.
        queue: Where its author wants it to go.
    """

    text: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPublished(TaskEvent):
    """The message was handed to the connection (`basic.publish`).

    Attributes:
        routing_key: The name of the queue that is to take it: it goes to the default exchange.
        publish_seq_no: Scoped to one channel, from 1; a task that is published again gets another; 0 without
            confirms.
        body_size: Bytes.
        persistent: Whether it asks for a place on disk (`delivery_mode` 2).
        mandatory: Whether the broker must return it if no queue takes it; else it drops it, and confirms.
        confirms: Whether the broker is to confirm it; else nobody learns whether it arrived.
    """

    routing_key: str
    publish_seq_no: int
    body_size: int
    persistent: bool
    mandatory: bool
    confirms: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskConfirmed(TaskEvent):
    """The broker took responsibility (`basic.ack` to the publisher)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskNacked(TaskEvent):
    """The broker refused it (`basic.nack` to the publisher)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReturned(TaskEvent):
    """No queue took it, and it was mandatory (`basic.return`)."""

    reply_code: int
    reply_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUnconfirmed(TaskEvent):
    """The connection ended before the confirm came: it is published again, and may be there twice."""


# --- workers --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerEvent(Event):
    """Something that happened to one worker."""

    worker_id: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerAdded(WorkerEvent):
    """The user wanted a worker, or wants it back; it connects now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStarted(WorkerEvent):
    """Its consumer is registered (`basic.consume-ok`): one such event for each queue that it takes from.

    Attributes:
        prefetch_count: How many un-acked messages the broker lets it hold (`basic.qos`).
        auto_ack: The broker forgets each message as soon as it has sent it, and ignores prefetch_count.
        ack: When it acks, in the words of `worker_settings.AckHabit`; likewise the other settings.
    """

    queue: str
    prefetch_count: int
    auto_ack: bool
    ack: str = "after"
    naive_sleep: bool = False
    slowness: float = 1.0
    crashes_on: str = ""
    heartbeat_s: int = 10
    behind_relay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStopped(WorkerEvent):
    """Its connection was closed properly (`connection.close-ok`), or it gave up.

    Attributes:
        reason: Empty if the user asked for it; else the broker's words.
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerCrashed(WorkerEvent):
    """Its TCP connection was cut with no AMQP goodbye, as when a process is killed.

    Attributes:
        reason: What its own code raised; empty if somebody pulled the plug.
    """

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerChannelClosed(WorkerEvent):
    """A channel of the worker was closed; its connection stays open.

    Attributes:
        reason: The broker's words, or ours if the user wanted it.
        by_broker: Whether the broker closed it, for a mistake.
        is_consuming: Whether it is the channel that tasks come by: then its un-acked tasks go back.
    """

    reason: str
    by_broker: bool
    is_consuming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFroze(WorkerEvent):
    """It does nothing any more, heartbeats included; its connection is open until the broker misses them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerThawed(WorkerEvent):
    """It goes on where it froze."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRemoved(WorkerEvent):
    """The user does not want to see it any more."""


# --- a task, seen by a worker ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDelivered(TaskEvent):
    """A worker received the task (`basic.deliver`).

    Attributes:
        text: The body, as far as it is text, cut at a sensible length.
        delivery_tag: Scoped to one worker's channel, from 1; never unique
            across workers or across restarts of the same worker.
        redelivered: The broker's flag: someone may have seen this task before.
        persistent: Whether its author asked for a place on disk (`delivery_mode` 2).
        work_s: How long the worker will work on it, in seconds.
        auto_ack: Whether the broker has forgotten it by now: there will be no ack, and nothing comes back.
        delivery_count: How often it has come back, as the broker counts (`x-delivery-count`, quorum queues).
    """

    worker_id: WorkerId
    queue: str
    text: str
    delivery_tag: int
    redelivered: bool
    auto_ack: bool
    persistent: bool
    work_s: float
    delivery_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProgressed(TaskEvent):
    """One more dot is done.

    Attributes:
        fraction: Of the whole task, above 0.0 and below 1.0.
    """

    worker_id: WorkerId
    fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFinished(TaskEvent):
    """The work is done; the ack is not sent yet. A crash now means: done twice."""

    worker_id: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAcked(TaskEvent):
    """The worker told the broker to forget the task (`basic.ack`)."""

    worker_id: WorkerId
    delivery_tag: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRejected(TaskEvent):
    """The worker gave the task back un-done (`basic.nack` or `basic.reject`); it lives, and goes on.

    Attributes:
        requeue: Whether the broker is to put it back; else it goes to the dead-letter queue, or nowhere.
    """

    worker_id: WorkerId
    delivery_tag: int
    requeue: bool


# --- the program itself ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceChanged(Event):
    """The user changed how long a dot takes; holds from the next dot on.

    Attributes:
        dot_s: Seconds of work for each dot.
    """

    dot_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersHeld(Event):
    """The user holds the workers: each stops before its next dot, and keeps its connection and its task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersReleased(Event):
    """The workers go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerHeld(Event):
    """The user holds the producer: tasks are accepted, and not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerReleased(Event):
    """The producer publishes again, first of all what was accepted meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrated(Event):
    """A scenario says something to those who watch.

    Attributes:
        sentence: The words of the scenario's author.
    """

    sentence: str
