"""Three private RabbitMQ nodes that are one broker, which lives on when one of them is killed.

They are ordinary nodes of `rabbitmq_node`, each on a leash of its own, with one epmd and one
cookie. RabbitMQ's HTTP API tells which of them leads a queue: it answers within 2 ms and is
never late in this, where `rabbitmqctl` would cost a second and a virtual machine each time.
"""

import base64
import contextlib
import json
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from workq_gui.runtime import node_files
from workq_gui.runtime.leash import Leash
from workq_gui.runtime.node_files import LOOPBACK, Membership, NodePorts
from workq_gui.runtime.rabbitmq_node import (
    ANSWER_LIMIT_S,
    NOT_INSTALLED,
    NodeError,
    RabbitMqNode,
    epmd_command,
    find_rabbitmq,
    free_ports,
)

NODE_NAMES = ("node1", "node2", "node3")
HOST = "@localhost"
PORTS_PER_NODE = 3
QUEUES_PATH = "/api/queues?disable_stats=true"
"""Without its statistics, which are 5 s old, it tells what is so now."""
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"guest:guest").decode()}


@dataclass(frozen=True, slots=True)
class QueueLeader:
    """Which nodes keep a quorum queue.

    Attributes:
        node: The one that leads; empty while there is none.
        members: All that keep a copy, in their order.
        online: Those of them that are up.
    """

    queue: str
    node: str
    members: tuple[str, ...]
    online: tuple[str, ...]


class RabbitMqCluster:
    """A cluster of RabbitMQ nodes in a folder of its own.

    Qt-free and blocking, with the rules of `RabbitMqNode`: one call at a time in a thread other than the
    GUI's; only `stop`, `kill` and `kill_node` may be called while a start waits. `leaders` may be called at
    any time.
    """

    product = "RabbitMQ cluster"

    def __init__(self, base_dir: Path) -> None:
        """Choose ports; they stay the same for the life of this object.

        Args:
            base_dir: All files of the nodes; made if absent, kept for the next time.
        """
        self._base_dir = base_dir.absolute()
        self._home_dir = self._base_dir / "home"
        self._epmd_leash: Leash | None = None
        self._is_wanted = False
        # All at once, or two nodes might be given the same.
        self._epmd_port, *ports = free_ports(1 + PORTS_PER_NODE * len(NODE_NAMES))
        self._management_ports: dict[str, int] = {}
        self._nodes: dict[str, RabbitMqNode] = {}
        for number, name in enumerate(NODE_NAMES):
            amqp, distribution, management = ports[PORTS_PER_NODE * number :][:PORTS_PER_NODE]
            membership = Membership(
                name + HOST,
                tuple(each + HOST for each in NODE_NAMES),
                self._home_dir,
                NodePorts(amqp, distribution, self._epmd_port),
                management,
            )
            self._management_ports[name] = management
            self._nodes[name] = RabbitMqNode(self._base_dir / name, membership)

    @property
    def port(self) -> int:
        """The AMQP port of the first node."""
        return self.port_of(NODE_NAMES[0])

    @property
    def url(self) -> str:
        """Where AMQP clients connect to, with all hosts."""
        hosts = ",".join(f"{LOOPBACK}:{node.port}" for node in self._nodes.values())
        return f"amqp://guest:guest@{hosts}/%2F"

    def port_of(self, name: str) -> int:
        """Return the AMQP port of a node."""
        return self._nodes[name].port

    def running_nodes(self) -> list[str]:
        """Return the names of those whose process runs; they may still be starting."""
        return [name for name, node in self._nodes.items() if node.is_running()]

    def is_running(self) -> bool:
        """Tell whether any node's process runs."""
        return bool(self.running_nodes())

    def start(self) -> None:
        """Start all nodes, and block until they answer: 17 s on an idle machine.

        Raises:
            NodeError: One did not start. No process is left.
        """
        if find_rabbitmq() is None:
            raise NodeError(NOT_INSTALLED)
        self._is_wanted = True
        try:
            self._prepare()
        except OSError as error:
            raise NodeError(
                f"RabbitMQ cannot use the folder {self._base_dir}: {error.strerror}. "
                "Make room there, or allow yourself to write to it, then try again."
            ) from error
        with ThreadPoolExecutor(len(self._nodes)) as pool:
            # Together: each waits for the others.
            starting = [pool.submit(node.start) for node in self._nodes.values()]
            done, _ = wait(starting, return_when=FIRST_EXCEPTION)
            failure = next(filter(None, (future.exception() for future in done)), None)
            if failure is None and not self._is_wanted:
                failure = NodeError("The cluster was stopped before it was ready. Start it again.")
            if failure is not None:
                self.stop()
                raise failure

    def stop(self) -> None:
        """End all nodes the polite way. Blocks for 6 s, when busy up to 10 s."""
        self._end(RabbitMqNode.stop)

    def kill(self) -> None:
        """End all nodes at once by SIGKILL, as a power cut would."""
        self._end(RabbitMqNode.kill)

    def freeze(self) -> None:
        """Stop all nodes in their tracks."""
        for node in self._nodes.values():
            node.freeze()

    def thaw(self) -> None:
        """Let all nodes go on."""
        for node in self._nodes.values():
            node.thaw()

    def start_node(self, name: str) -> None:
        """Start one node again while another runs, and block until it answers: 4 s on an idle machine.

        Raises:
            NodeError: It did not start.
        """
        self._nodes[name].start()

    def kill_node(self, name: str) -> None:
        """End one node at once by SIGKILL; the others live on."""
        self._nodes[name].kill()

    def leaders(self) -> list[QueueLeader]:
        """Return who leads each quorum queue, as the first node says that answers; empty if none does.

        Blocks for some milliseconds, for `ANSWER_LIMIT_S` for each node that hangs.
        """
        for name in self.running_nodes():
            with contextlib.suppress(OSError, HTTPException, ValueError):
                return _leaders_by(self._management_ports[name])
        return []

    def _prepare(self) -> None:
        """Make the folder and the cookie, and start the epmd, before any node looks for them."""
        self._home_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        node_files.make_cookie(self._home_dir)
        if self._epmd_leash is not None:
            self._epmd_leash.release()
        with (self._base_dir / "epmd.log").open("wb") as log:
            self._epmd_leash = Leash(
                [epmd_command(self._epmd_port)],
                environment={"PATH": node_files.PROGRAM_PATH, "HOME": str(self._home_dir)},
                work_dir=self._base_dir,
                output=log,
                kept_open_fd=log.fileno(),
            )

    def _end(self, end: Callable[[RabbitMqNode], None]) -> None:
        self._is_wanted = False
        with ThreadPoolExecutor(len(self._nodes)) as pool:
            list(pool.map(end, self._nodes.values()))
        if self._epmd_leash is not None:
            self._epmd_leash.release()


def _leaders_by(port: int) -> list[QueueLeader]:
    """Ask the node with its HTTP API at `port`; raises OSError, HTTPException or ValueError."""
    with contextlib.closing(HTTPConnection(LOOPBACK, port, timeout=ANSWER_LIMIT_S)) as connection:
        connection.request("GET", QUEUES_PATH, headers=LOGIN)
        answer = connection.getresponse()
        if answer.status != 200:
            raise ValueError(f"{answer.status} {answer.reason}")
        queues = json.load(answer)
    return [
        QueueLeader(
            queue["name"],
            _short(queue.get("leader") or ""),
            tuple(sorted(map(_short, queue["members"]))),
            tuple(sorted(map(_short, queue["online"]))),
        )
        for queue in queues
        if queue.get("type") == "quorum"
    ]


def _short(name: str) -> str:
    return name.removesuffix(HOST)
