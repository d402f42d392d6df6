"""What is known of a cluster of our own: which nodes are up, and which of them leads a queue."""

from dataclasses import dataclass
from enum import Enum, auto

from workq_gui.core.cluster_events import NodeStarted, NodeStarting, NodeStopped, QueueLeaderSeen
from workq_gui.core.events import BrokerStopped
from workq_gui.core.projections.projection import Handlers, Projection


class NodeState(Enum):
    """How a node is."""

    DOWN = auto()
    STARTING = auto()
    UP = auto()


@dataclass(frozen=True, slots=True)
class Leadership:
    """Which nodes keep a quorum queue.

    Attributes:
        leader: The one that leads; empty while there is none.
        followers: Those that keep a copy and are up.
        missing: Those whose copy is out of reach.
    """

    leader: str
    followers: tuple[str, ...]
    missing: tuple[str, ...]

    @classmethod
    def of(cls, event: QueueLeaderSeen) -> "Leadership":
        """Return what an event says."""
        members, online = event.members.split(","), event.online.split(",")
        return cls(
            event.node,
            tuple(name for name in members if name in online and name != event.node),
            tuple(name for name in members if name not in online),
        )


class Cluster(Projection):
    """All nodes, and who leads. Feed it events; read it. Empty on a broker that is no cluster of ours.

    Attributes:
        nodes: How each node is, by its name, in the order in which they were started first.
        leaderships: Of each quorum queue, by its name, as the cluster told it last.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, NodeState] = {}
        self.leaderships: dict[str, Leadership] = {}

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            NodeStarting: lambda e: self._set(e.node, NodeState.STARTING),
            NodeStarted: lambda e: self._set(e.node, NodeState.UP),
            NodeStopped: self._on_node_stopped,
            QueueLeaderSeen: self._on_leader,
            BrokerStopped: self._on_broker_stopped,
        }

    def leader_of(self, queue: str) -> str:
        """Return the node that leads a queue; empty if there is none, or it is not known."""
        leadership = self.leaderships.get(queue)
        return leadership.leader if leadership else ""

    def _set(self, node: str, state: NodeState) -> None:
        self.nodes[node] = state

    def _on_node_stopped(self, event: NodeStopped) -> None:
        self.nodes[event.node] = NodeState.DOWN
        for queue, was in self.leaderships.items():
            if event.node in (was.leader, *was.followers):
                # What can be told at once; who leads now is the cluster's to say.
                self.leaderships[queue] = Leadership(
                    was.leader if was.leader != event.node else "",
                    tuple(name for name in was.followers if name != event.node),
                    tuple(sorted((*was.missing, event.node))),
                )

    def _on_leader(self, event: QueueLeaderSeen) -> None:
        self.leaderships[event.queue] = Leadership.of(event)

    def _on_broker_stopped(self, _: BrokerStopped) -> None:
        self.nodes = dict.fromkeys(self.nodes, NodeState.DOWN)
        self.leaderships = {}
