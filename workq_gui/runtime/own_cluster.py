"""A cluster of our own, with its nodes' lives and the leaders of its queues told as events."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject

from workq_gui.core.clock import Clock
from workq_gui.core.cluster_events import NodeStarted, NodeStarting, NodeStopped, QueueLeaderSeen
from workq_gui.core.events import Event
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.rabbitmq_cluster import NODE_NAMES, QueueLeader, RabbitMqCluster
from workq_gui.runtime.rabbitmq_node import NodeError

LOOK_INTERVAL_S = 0.5


class OwnCluster(OwnBroker):
    """A broker of three nodes, each of which can be killed and started alone. Belongs to the GUI thread."""

    def __init__(
        self,
        cluster: RabbitMqCluster,
        clock: Clock,
        emit: Callable[[Event], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(cluster, clock, emit, parent)
        self._cluster = cluster
        self._up: set[str] = set()  # those that were told to have started
        self._seen: dict[str, QueueLeader] = {}
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start all nodes that do not run, and wait until they answer.

        Raises:
            NodeError: RabbitMQ is not installed, a node did not start, or was ended meanwhile; says why.
        """
        await super().start()
        if self._is_closed:
            return
        for name in NODE_NAMES:
            await self.start_node(name)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def start_node(self, name: str) -> None:
        """Start a node again, and wait until it answers; harmless if it runs. If none runs, start all.

        Raises:
            NodeError: it did not start, or was ended meanwhile; says why.
        """
        if not (self._cluster.is_running() or self._starting.locked() or self._is_closed):
            await self.start()  # alone it would wait for the others
            return
        async with self._starting:
            if self._is_closed or name in self._up:
                return
            if name not in self._cluster.running_nodes():
                self._emit(NodeStarting(at_ns=self._clock.now_ns(), node=name))
                try:
                    await asyncio.get_running_loop().run_in_executor(None, self._cluster.start_node, name)
                except NodeError:
                    self._tell_of_end(name, expected=False, killed=False)
                    raise
            self._up.add(name)
            self._emit(NodeStarted(at_ns=self._clock.now_ns(), node=name, port=self._cluster.port_of(name)))

    async def kill_node(self, name: str) -> None:
        """End a node as a power cut would; harmless if it does not run. The last one is the broker itself."""
        if self._cluster.running_nodes() == [name]:
            await self.kill()
            return
        async with self._ending:
            if name not in self._cluster.running_nodes():
                return
            self._up.discard(name)
            # Told before it is done: the threads of its clients may be quicker with their events.
            self._tell_of_end(name, expected=True, killed=True)
            await asyncio.get_running_loop().run_in_executor(None, self._cluster.kill_node, name)

    async def _end(self, end: Callable[[], None], *, killed: bool) -> None:
        if self._looking is not None:
            self._looking.cancel()
        await super()._end(end, killed=killed)
        self._up.clear()
        self._seen.clear()

    async def _look(self) -> None:
        """Tell what has changed, until all nodes have ended."""
        while self._up:
            leaders = await asyncio.get_running_loop().run_in_executor(None, self._cluster.leaders)
            for name in sorted(self._up.difference(self._cluster.running_nodes())):
                self._up.discard(name)
                self._tell_of_end(name, expected=False, killed=False)
            for leader in leaders:
                if self._seen.get(leader.queue) != leader:
                    self._seen[leader.queue] = leader
                    self._tell_of_leader(leader)
            await asyncio.sleep(LOOK_INTERVAL_S)

    def _tell_of_end(self, name: str, *, expected: bool, killed: bool) -> None:
        self._emit(NodeStopped(at_ns=self._clock.now_ns(), node=name, expected=expected, killed=killed))

    def _tell_of_leader(self, leader: QueueLeader) -> None:
        self._emit(
            QueueLeaderSeen(
                at_ns=self._clock.now_ns(),
                queue=leader.queue,
                node=leader.node,
                members=",".join(leader.members),
                online=",".join(leader.online),
            )
        )
