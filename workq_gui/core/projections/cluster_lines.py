"""Sentences for what happens in a cluster."""

from workq_gui.core.cluster_events import NodeStarted, NodeStarting, NodeStopped, QueueLeaderSeen
from workq_gui.core.events import Event
from workq_gui.core.projections.cluster import Leadership


def cluster_sentence(event: Event) -> str:
    """Return what happened, in plain words; empty if that is not about a cluster."""
    match event:
        case NodeStarting():
            return f"{event.node} is started again; the others go on meanwhile."
        case NodeStarted():
            return f"{event.node} is up: it takes connections on 127.0.0.1:{event.port}."
        case NodeStopped(killed=True):
            return f"{event.node} was killed, as in a power cut; the other nodes go on."
        case NodeStopped():
            return f"{event.node} ended, and nobody asked for it; the other nodes go on."
        case QueueLeaderSeen(node=""):
            return f"{event.queue} has no leader for now: the nodes that are left elect one."
        case QueueLeaderSeen():
            return _leader_sentence(event.queue, Leadership.of(event))
        case _:
            return ""


def _leader_sentence(queue: str, leadership: Leadership) -> str:
    followers, missing = " and ".join(leadership.followers), " and ".join(leadership.missing)
    follow = f"; {followers} {'follows' if len(leadership.followers) == 1 else 'follow'}" if followers else ""
    down = f"; {missing} {'is' if len(leadership.missing) == 1 else 'are'} down" if missing else ""
    return f"{leadership.leader} leads {queue}{follow}{down}."
