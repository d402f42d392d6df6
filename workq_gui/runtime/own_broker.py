"""A RabbitMQ node of our own, with its life told as events."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from workq_gui.core.clock import Clock
from workq_gui.core.events import BrokerStarted, BrokerStopped, Event
from workq_gui.core.settings import Endpoint, from_url
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

WATCH_INTERVAL_MS = 500


class OwnBroker(QObject):
    """Starts, stops and kills the node; notices when it ends by itself. Belongs to the GUI thread.

    The node's own calls block for seconds, hence the executor.
    """

    def __init__(
        self, node: RabbitMqNode, clock: Clock, emit: Callable[[Event], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._node = node
        self._clock = clock
        self._emit = emit
        self._starting = asyncio.Lock()
        self._watch = QTimer(self, interval=WATCH_INTERVAL_MS)
        self._watch.timeout.connect(self._on_watch)

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
            if self._node.is_running():
                return
            await asyncio.get_running_loop().run_in_executor(None, self._node.start)
            self._watch.start()
            self._emit(
                BrokerStarted(
                    at_ns=self._clock.now_ns(), host="127.0.0.1", port=self._node.port, product="RabbitMQ"
                )
            )

    async def stop(self) -> None:
        """End the node properly."""
        await self._end(self._node.stop, killed=False)

    async def kill(self) -> None:
        """End the node as a power cut would."""
        await self._end(self._node.kill, killed=True)

    async def _end(self, end: Callable[[], None], *, killed: bool) -> None:
        if not self._node.is_running():  # it is running from the moment in which it begins to start
            return
        self._watch.stop()
        await asyncio.get_running_loop().run_in_executor(None, end)
        self._emit(BrokerStopped(at_ns=self._clock.now_ns(), expected=True, killed=killed))

    def _on_watch(self) -> None:
        if not self._node.is_running():
            self._watch.stop()
            self._emit(BrokerStopped(at_ns=self._clock.now_ns(), expected=False, killed=False))
