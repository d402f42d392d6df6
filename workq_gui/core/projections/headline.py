"""Which event the sentence above the stage tells."""

from workq_gui.core import events as e
from workq_gui.core import verdicts as v
from workq_gui.core.cluster_events import NodeStarted, NodeStopped, QueueLeaderSeen
from workq_gui.core.events import Event
from workq_gui.core.fault_events import BrokerFroze, BrokerThawed, ChaosStarted, ChaosStopped, NetworkChanged
from workq_gui.core.foreign_events import (
    ForeignAcked,
    ForeignChannelClosed,
    ForeignConsumerSeen,
    ForeignDelivered,
    ForeignLeftAtOnce,
    ForeignPublished,
    ForeignRejected,
)
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.queue_events import QueueAdded, QueueMissing, QueuePurged, RoutingKeyUnknown
from workq_gui.core.room_events import RoomClosed, RoomOpened

RARE = (
    v.TaskRequeued,
    v.TaskDeadLettered,
    v.TaskLost,
    v.TaskRanTwice,
    e.TaskReturned,
    e.TaskNacked,
    e.WorkerStopped,
    e.WorkerFroze,
    e.WorkerChannelClosed,
    NetworkChanged,
    BrokerFroze,
    BrokerThawed,
    ChaosStarted,
    ChaosStopped,
    RoutingKeyUnknown,
    e.WorkersHeld,
    e.WorkersReleased,
    e.ProducerHeld,
    e.ProducerReleased,
    QueuePurged,
    e.ConnectionLost,
    e.ConnectionBlocked,
    e.BrokerStopped,
    QueueMissing,
    NodeStopped,
    QueueLeaderSeen,
    RoomOpened,
    RoomClosed,
    ForeignLeftAtOnce,
    e.Narrated,
)
COMMON = (
    e.BrokerStarted,
    e.WorkerCrashed,
    NodeStarted,
    e.WorkerAdded,
    e.WorkerStarted,
    e.WorkerThawed,
    QueueAdded,
    e.TaskPublished,
    e.TaskConfirmed,
    e.TaskDelivered,
    e.TaskFinished,
    e.TaskAcked,
    e.TaskRejected,
    ForeignConsumerSeen,
    ForeignChannelClosed,
    ForeignPublished,
    ForeignDelivered,
    ForeignAcked,
    ForeignRejected,
)
TOLD = frozenset((*RARE, *COMMON))
RARE_STAYS_NS = 6_000_000_000
"""A task that comes back is delivered again within 2 ms: nobody could read why it came back."""


class Headline(Projection):
    """The latest event worth a sentence; a rare one is not covered by common ones for some seconds."""

    def __init__(self) -> None:
        self._common: Event | None = None
        self._rare: Event | None = None

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {**dict.fromkeys(COMMON, self._on_common), **dict.fromkeys(RARE, self._on_rare)}

    @staticmethod
    def tells(event: Event) -> bool:
        """Whether an event is worth a sentence of its own: a step of those who watch."""
        return type(event) in TOLD

    def event_at(self, at_ns: int) -> Event | None:
        """Return the event to tell at `at_ns`, or None before anything happened."""
        rare, common = self._rare, self._common
        if rare is None or common is None:
            return rare or common
        stays = at_ns - rare.at_ns < RARE_STAYS_NS
        return rare if stays or rare.at_ns >= common.at_ns else common

    def _on_common(self, event: Event) -> None:
        self._common = event

    def _on_rare(self, event: Event) -> None:
        if isinstance(event, e.ConnectionLost) and event.owner != e.PUBLISHER:
            return  # every worker's is lost when a broker ends: the cause is the news
        said = self._rare
        if (
            isinstance(said, e.Narrated)
            and not isinstance(event, e.Narrated)
            and event.at_ns - said.at_ns < RARE_STAYS_NS
        ):
            return  # who wrote the scenario knows what it shows
        self._rare = event
