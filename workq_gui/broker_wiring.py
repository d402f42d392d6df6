"""What the user's wishes about a broker of our own come to."""

import qasync

from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.rabbitmq_node import NodeError
from workq_gui.ui.boxes import tell
from workq_gui.ui.main_window import MainWindow


class BrokerWiring:
    """Restarts, stops, kills, freezes, thaws and starts the broker that a window shows. GUI thread."""

    def __init__(self, window: MainWindow, broker: OwnBroker) -> None:
        self._window = window
        self._broker = broker
        bar = window.top_bar
        bar.broker_restart_requested.connect(self._restart)
        bar.broker_stop_requested.connect(self._stop)
        bar.broker_kill_requested.connect(self._kill)
        bar.broker_freeze_requested.connect(broker.freeze)
        bar.broker_thaw_requested.connect(broker.thaw)
        bar.broker_start_requested.connect(self._start)

    @qasync.asyncSlot()
    async def _start(self) -> None:
        await self._start_or_tell()

    @qasync.asyncSlot()
    async def _restart(self) -> None:
        await self._broker.stop()
        await self._start_or_tell()

    @qasync.asyncSlot()
    async def _stop(self) -> None:
        await self._broker.stop()

    @qasync.asyncSlot()
    async def _kill(self) -> None:
        await self._broker.kill()

    async def _start_or_tell(self) -> None:
        try:
            await self._broker.start()
        except NodeError as error:
            tell(self._window, str(error))
