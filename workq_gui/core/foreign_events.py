"""Facts about other people's clients, as far as the broker lets them be known; see `core.events`.

A client is called as the observer numbered it, see `FOREIGN`; it is a WorkerId as soon as it consumes.
Whatever its program is, it is named by what it says of itself, and by its address.
"""

from dataclasses import dataclass

from workq_gui.core.events import Event, TaskEvent, WorkerId

FOREIGN = "FOREIGN "
"""What the ids of other people's clients begin with: no worker of ours is called so."""
FOREIGN_TASK = "FOREIGN task "
"""What the ids of tasks begin with whose author gave them none (`message_id`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationChanged(Event):
    """What can be seen of other people's clients on this broker.

    Attributes:
        sees_clients: Who connects and consumes (exchange amq.rabbitmq.event).
        sees_tasks: What they publish and are given (exchange amq.rabbitmq.trace, the firehose).
        sees_acks: Whether they ack, nack and reject; else that is only concluded.
        reason: What cannot be seen and why, as a sentence; empty if all can.
    """

    sees_clients: bool
    sees_tasks: bool
    sees_acks: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignConnected(Event):
    """Somebody else's program is connected; told again when more of it is known.

    Attributes:
        client: Its id.
        name: Its `connection_name`; or, on this computer, its program; or what library it uses. May be empty.
        peer: Its address and port, as the broker sees them.
    """

    client: WorkerId
    name: str
    peer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignGone(Event):
    """Its connection has ended.

    Attributes:
        is_cut: It was consuming until then: a program that ends in good order cancels first.
    """

    client: WorkerId
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignLeftAtOnce(Event):
    """It opened a channel and was gone within a second, with nothing published and nothing consumed.

    Attributes:
        peer: Its address and port, as the broker saw them.
    """

    peer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignForgotten(Event):
    """It has been gone for so long that nobody needs to see it any more."""

    client: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignChannelClosed(Event):
    """The channel that it consumed by has ended: what it had not acked goes back to its queue."""

    client: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignConsumerSeen(Event):
    """It takes tasks from a queue (`basic.consume`).

    Attributes:
        prefetch_count: How many un-acked messages the broker lets it hold; 0 for any number.
        auto_ack: The broker forgets each message as soon as it has sent it.
    """

    client: WorkerId
    consumer_tag: str
    queue: str
    prefetch_count: int
    auto_ack: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignConsumerGone(Event):
    """It takes no more from a queue (`basic.cancel`, or its channel or the queue is gone)."""

    client: WorkerId
    consumer_tag: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignPublished(TaskEvent):
    """Somebody else's task went to a queue that is on the stage (firehose: `publish.<exchange>`).

    Attributes:
        client: Who published it.
        text: The body, as far as it is text, cut at a sensible length.
        persistent: Whether it asks for a place on disk (`delivery_mode` 2).
    """

    client: WorkerId
    queue: str
    text: str
    persistent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignDelivered(TaskEvent):
    """Somebody else's worker was sent a task, ours or another's (firehose: `deliver.<queue>`).

    Attributes:
        text: The body, as far as it is text, cut at a sensible length.
        auto_ack: The broker has forgotten it by now: there will be no ack.
        persistent: Whether its author asked for a place on disk.
    """

    client: WorkerId
    queue: str
    text: str
    redelivered: bool
    auto_ack: bool
    persistent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignAcked(TaskEvent):
    """Somebody else's worker told the broker to forget a task (`basic.ack`).

    Attributes:
        is_inferred: Nobody saw it: the broker gave this worker its next task, and would not have before.
    """

    client: WorkerId
    is_inferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignRejected(TaskEvent):
    """Somebody else's worker gave a task back un-done (`basic.nack` or `basic.reject`).

    Attributes:
        requeue: Whether the broker is to put it back; else it goes to the dead-letter queue, or nowhere.
    """

    client: WorkerId
    requeue: bool
