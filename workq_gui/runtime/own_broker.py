"""A broker of our own, built-in or a private RabbitMQ, with its life told as events."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from workq_gui.core.clock import Clock
from workq_gui.core.events import BrokerStarted, BrokerStopped, Event
from workq_gui.core.fault_events import BrokerFroze, BrokerThawed
from workq_gui.core.settings import Endpoint, from_url

WATCH_INTERVAL_MS = 500


class BrokerNode(Protocol):
    """What `OwnBroker` needs of a broker's process: `RabbitMqNode` and `BrokerProcess` have it."""

    product: str

    @property
    def port(self) -> int:
        """Where it listens, once it was started."""

    @property
    def url(self) -> str:
        """Its address."""

    def is_running(self) -> bool:
        """Whether its process is there; does not block."""

    def start(self) -> None:
        """Start it and wait until it answers; raises NodeError."""

    def stop(self) -> None:
        """End it properly."""

    def kill(self) -> None:
        """End it as a power cut would."""

    def freeze(self) -> None:
        """Stop it in its tracks."""

    def thaw(self) -> None:
        """Let it go on."""


class OwnBroker(QObject):
    """Starts, stops and kills the node; notices when it ends by itself. Belongs to the GUI thread.

    The node's own calls block for seconds, hence the executor.
    """

    def __init__(
        self, node: BrokerNode, clock: Clock, emit: Callable[[Event], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._node = node
        self._clock = clock
        self._emit = emit
        self._starting = asyncio.Lock()
        self._ending = asyncio.Lock()
        self._is_closed = False
        self._watch = QTimer(self, interval=WATCH_INTERVAL_MS)
        self._watch.timeout.connect(self._on_watch)

    @property
    def product(self) -> str:
        """What it is."""
        return self._node.product

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens."""
        return from_url(self._node.url)

    async def start(self) -> None:
        """Start the node, and wait until it answers; harmless if it runs.

        Raises:
            NodeError: it is not installed, did not start, or was ended meanwhile; says why.
        """
        async with self._starting:
            async with self._ending:  # an end that is under way comes first
                pass
            if self._node.is_running() or self._is_closed:
                return
            await asyncio.get_running_loop().run_in_executor(None, self._node.start)
            self._watch.start()
            self._emit(
                BrokerStarted(
                    at_ns=self._clock.now_ns(),
                    host="127.0.0.1",
                    port=self._node.port,
                    product=self._node.product,
                )
            )

    async def stop(self) -> None:
        """End the node properly."""
        await self._end(self._node.stop, killed=False)

    async def kill(self) -> None:
        """End the node as a power cut would."""
        await self._end(self._node.kill, killed=True)

    def freeze(self) -> None:
        """Stop the node in its tracks: its sockets are open, and it answers nobody."""
        if self._node.is_running():
            self._emit(BrokerFroze(at_ns=self._clock.now_ns()))
            self._node.freeze()

    def thaw(self) -> None:
        """Let the node go on."""
        if self._node.is_running():
            self._node.thaw()
            self._emit(BrokerThawed(at_ns=self._clock.now_ns()))

    async def close(self) -> None:
        """End the node properly, and start it no more: the program ends."""
        self._is_closed = True
        await self.stop()
        async with self._starting:  # a start that was under way has failed by now
            pass

    async def _end(self, end: Callable[[], None], *, killed: bool) -> None:
        async with self._ending:
            was_running = self._node.is_running()
            if not (was_running or self._starting.locked()):
                return
            self._watch.stop()
            await asyncio.get_running_loop().run_in_executor(None, end)
            if was_running:
                self._emit(BrokerStopped(at_ns=self._clock.now_ns(), expected=True, killed=killed))

    def _on_watch(self) -> None:
        if not self._node.is_running():
            self._watch.stop()
            self._emit(BrokerStopped(at_ns=self._clock.now_ns(), expected=False, killed=False))
