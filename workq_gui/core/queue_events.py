"""Facts about queues; see `core.events` for what a fact is."""

from dataclasses import dataclass

from workq_gui.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAdded(Event):
    """The user wanted a queue on the stage; it is declared now.

    Attributes:
        dead_letter_to: The queue that gets what is rejected for good; empty if there is none.
        durable: Whether it is to be there again when the broker has restarted.
        queue_type: "classic" or "quorum"; empty for the broker's default.
        delivery_limit: How often a task may come back before it is given up; 0 for the broker's default.
    """

    queue: str
    dead_letter_to: str
    durable: bool = True
    queue_type: str = ""
    delivery_limit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePurged(Event):
    """The broker threw all ready messages of a queue away, since the user wanted that (`queue.purge-ok`).

    Attributes:
        message_count: How many those were, in the broker's count.
    """

    queue: str
    message_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueObserved(Event):
    """The broker's own figures (passive `queue.declare-ok`).

    Attributes:
        ready_count: Messages waiting in the queue, un-acked ones not counted.
        consumer_count: All consumers, other people's too.
    """

    queue: str
    ready_count: int
    consumer_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMissing(Event):
    """The broker does not know the queue any more (404 to a passive declare)."""

    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDeclared(Event):
    """The broker has the queue, as it was asked for (`queue.declare-ok`).

    Attributes:
        delivery_limit: How often a task may come back before the broker gives it up; -1 for no limit.
        counts_nacks: Whether `basic.nack` counts there, as up to RabbitMQ 4.2; crash and reject do always.
    """

    queue: str
    durable: bool
    queue_type: str
    delivery_limit: int
    counts_nacks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingKeyUnknown(Event):
    """The broker has no queue of the name that a task is published to (404 to a passive declare)."""

    routing_key: str
