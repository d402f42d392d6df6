"""What sort of event it is, and whose: how a list of events is parted."""

import re
from collections.abc import Callable
from enum import Enum
from typing import Any

from workq_gui.core import events as e
from workq_gui.core import foreign_events as f
from workq_gui.core import verdicts as v
from workq_gui.core.cluster_events import NodeStarted, NodeStarting, NodeStopped, QueueLeaderSeen
from workq_gui.core.events import Event
from workq_gui.core.fault_events import BrokerFroze, BrokerThawed, ChaosStarted, ChaosStopped, NetworkChanged
from workq_gui.core.queue_events import (
    QueueAdded,
    QueueDeclared,
    QueueMissing,
    QueueObserved,
    QueuePurged,
    RoutingKeyUnknown,
)
from workq_gui.core.room_events import RoomClosed, RoomOpened

PRODUCER, BROKER, USER, SCENARIO = "producer", "broker", "you", "scenario"


class Group(Enum):
    """What people look for; an event may be of several groups."""

    PUBLISHED = "published"
    DELIVERED = "delivered"
    FINISHED = "finished"
    ACKED = "acked"
    TROUBLE = "trouble"
    WORKERS = "workers"
    QUEUE = "queue"
    BROKER = "broker"
    NETWORK = "network"
    VERDICT = "verdict"
    __hash__ = object.__hash__  # Enum's own is slow


OBSERVATIONS: frozenset[type[Event]] = frozenset({QueueObserved, e.TaskProgressed})
"""What comes so often that the rest would not be seen among it: the broker's counts, and each single dot."""

GROUPS: dict[Group, frozenset[type[Event]]] = {
    Group.PUBLISHED: frozenset(
        {
            e.TaskAccepted,
            e.TaskPublished,
            e.TaskConfirmed,
            e.TaskNacked,
            e.TaskReturned,
            e.TaskUnconfirmed,
            f.ForeignPublished,
        }
    ),
    Group.DELIVERED: frozenset({e.TaskDelivered, f.ForeignDelivered}),
    Group.FINISHED: frozenset({e.TaskFinished, e.TaskProgressed}),
    Group.ACKED: frozenset({e.TaskAcked, e.TaskRejected, f.ForeignAcked, f.ForeignRejected}),
    Group.TROUBLE: frozenset(
        {
            e.WorkerCrashed,
            e.WorkerFroze,
            e.WorkerChannelClosed,
            e.ConnectionLost,
            e.ConnectionFailed,
            e.ConnectionBlocked,
            e.BrokerStopped,
            BrokerFroze,
            NodeStopped,
            NetworkChanged,
            ChaosStarted,
            e.TaskNacked,
            e.TaskReturned,
            e.TaskUnconfirmed,
            e.TaskRejected,
            f.ForeignRejected,
            f.ForeignGone,
            f.ForeignLeftAtOnce,
            f.ForeignChannelClosed,
            QueuePurged,
            QueueMissing,
            RoutingKeyUnknown,
            v.TaskRequeued,
            v.TaskDeadLettered,
            v.TaskLost,
            v.TaskRanTwice,
        }
    ),
    Group.WORKERS: frozenset(
        {
            e.WorkerAdded,
            e.WorkerStarted,
            e.WorkerStopped,
            e.WorkerCrashed,
            e.WorkerChannelClosed,
            e.WorkerFroze,
            e.WorkerThawed,
            e.WorkerRemoved,
            e.WorkersHeld,
            e.WorkersReleased,
            e.PaceChanged,
            f.ForeignConsumerSeen,
            f.ForeignConsumerGone,
            f.ForeignChannelClosed,
        }
    ),
    Group.QUEUE: frozenset(
        {
            QueueAdded,
            QueueDeclared,
            QueueMissing,
            QueueObserved,
            QueuePurged,
            RoutingKeyUnknown,
            QueueLeaderSeen,
        }
    ),
    Group.BROKER: frozenset(
        {
            e.BrokerStarted,
            e.BrokerStopped,
            BrokerFroze,
            BrokerThawed,
            NodeStarting,
            NodeStarted,
            NodeStopped,
            QueueLeaderSeen,
            RoomOpened,
            RoomClosed,
            f.ObservationChanged,
            e.ConnectionBlocked,
            e.ConnectionUnblocked,
        }
    ),
    Group.NETWORK: frozenset(
        {
            e.ConnectionOpened,
            e.ConnectionLost,
            e.ConnectionFailed,
            e.ConnectionBlocked,
            e.ConnectionUnblocked,
            NetworkChanged,
            f.ForeignConnected,
            f.ForeignGone,
            f.ForeignLeftAtOnce,
            f.ForeignForgotten,
        }
    ),
    Group.VERDICT: frozenset(v.VERDICTS),
}

_SAID_BY: dict[type[Event], str] = {
    **dict.fromkeys(
        (e.TaskAccepted, e.TaskPublished, e.TaskUnconfirmed, e.ProducerHeld, e.ProducerReleased), PRODUCER
    ),
    **dict.fromkeys((e.PaceChanged, e.WorkersHeld, e.WorkersReleased, ChaosStarted, ChaosStopped), USER),
    **dict.fromkeys((RoomOpened, RoomClosed, QueueAdded, NodeStarting), USER),
    e.Narrated: SCENARIO,
}
_Whose = Callable[[Any], str]
_WHOSE: dict[type[Event], _Whose] = {
    f.ForeignLeftAtOnce: lambda event: f"{f.FOREIGN}{event.peer}",
    v.TaskRanTwice: lambda event: str(event.second),
    v.TaskLost: lambda event: {"exchange": BROKER, "queue": BROKER}.get(event.place, event.place),
}


def whose(event: Event) -> str:
    """Return who did or met it: `PRODUCER`, `BROKER`, `USER`, `SCENARIO`, or a WorkerId."""
    kind = type(event)
    find = _WHOSE.get(kind)
    if find is None:
        find = _WHOSE[kind] = _find_whose(kind)
    return find(event)


def _find_whose(kind: type[Event]) -> _Whose:
    if kind in _SAID_BY:
        return lambda _: _SAID_BY[kind]
    fields = kind.__dataclass_fields__
    if "worker_id" in fields:
        return lambda event: str(event.worker_id)
    if "client" in fields:
        return lambda event: str(event.client)
    if "owner" in fields:
        return lambda event: PRODUCER if event.owner == e.PUBLISHER else str(event.owner)
    return lambda _: BROKER


def is_verdict(event: Event) -> bool:
    """Whether it follows from what was seen, and was not seen itself."""
    return type(event) in GROUPS[Group.VERDICT]


def kind_words(kind: type[Event]) -> str:
    """Return the name of a kind of event as words: "delivered", "worker crashed"."""
    name = kind.__name__
    if issubclass(kind, e.TaskEvent):
        name = name.removeprefix("Task")
    return " ".join(re.findall("[A-Z][a-z]*", name)).lower()
