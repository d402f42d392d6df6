"""Facts about the nodes of a cluster; see `core.events` for what a fact is."""

from dataclasses import dataclass

from workq_gui.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStarting(Event):
    """The user wants a node back that is down."""

    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStarted(Event):
    """A node of our own cluster takes connections.

    Attributes:
        port: Where, on 127.0.0.1.
    """

    node: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStopped(Event):
    """A node of our own cluster ended; the others may live on.

    Attributes:
        expected: Whether the user wanted that.
        killed: Whether it was ended by SIGKILL.
    """

    node: str
    expected: bool
    killed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLeaderSeen(Event):
    """The cluster's own word on who keeps a quorum queue (RabbitMQ's HTTP API); told when it changed.

    Attributes:
        node: The one that leads; empty while there is none.
        members: All nodes that keep a copy, with commas between them.
        online: Those of them that are up, with commas between them.
    """

    queue: str
    node: str
    members: str
    online: str
