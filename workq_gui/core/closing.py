"""How sessions end: with workers and a broker that are stopped, which is nothing to look at."""

from workq_gui.core.cluster_events import NodeStopped, QueueLeaderSeen
from workq_gui.core.events import BrokerStopped, ConnectionLost, Event, WorkerStopped
from workq_gui.core.history import History
from workq_gui.core.queue_events import QueueObserved
from workq_gui.core.room_events import RoomClosed
from workq_gui.core.verdicts import TaskLost, TaskRequeued

CLOSING_NS = 5_000_000_000
"""What was stopped longer before the end was stopped by the user, who looked at what came of it."""
CLOSING = (WorkerStopped, ConnectionLost, RoomClosed)
BESIDES = (QueueObserved, QueueLeaderSeen, TaskRequeued, TaskLost)
"""What is seen in between, or follows from it."""


def moment_before_closing(history: History, last_ns: int) -> int:
    """Return the latest moment before everything was stopped, in nanoseconds of the session.

    That is `last_ns`, the end, if nothing was stopped there.
    """
    moment_ns, newest_ns = last_ns, None
    for index in reversed(range(history.first, history.count)):
        event = history[index]
        newest_ns = event.at_ns if newest_ns is None else newest_ns
        is_closing = _is_closing(event)
        if event.at_ns < newest_ns - CLOSING_NS or not (is_closing or isinstance(event, BESIDES)):
            break
        if is_closing:
            moment_ns = max(history.first_ns, min(moment_ns, event.at_ns - 1))
    return moment_ns


def _is_closing(event: Event) -> bool:
    if isinstance(event, BrokerStopped | NodeStopped):
        return event.expected and not event.killed
    return isinstance(event, CLOSING)
