"""Opens the built-in broker to the local network, and sees to it that it is closed again."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event
from workq_gui.core.room import CLASS_USER, OpenRoom, make_password
from workq_gui.core.room_events import RoomClosed, RoomOpened
from workq_gui.runtime.broker_process import BrokerProcess, RoomRefused
from workq_gui.runtime.lan_addresses import lan_addresses

ANY_ADDRESS = "0.0.0.0"
USUAL_PORT = 5672
WATCH_INTERVAL_MS = 300


class RoomKeeper(QObject):
    """The room of one built-in broker. Belongs to the GUI thread.

    A room ends with the process that it is a door of: a broker that was restarted listens to this machine
    only, until the user opens the room again.

    Signals:
        closed: The room has ended, whoever ended it.
    """

    closed = Signal()

    def __init__(
        self,
        broker: BrokerProcess,
        clock: Clock,
        emit: Callable[[Event], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._broker = broker
        self._clock = clock
        self._emit = emit
        self._changing = asyncio.Lock()
        self._room: OpenRoom | None = None
        self._pid: int | None = None
        self._watch = QTimer(self, interval=WATCH_INTERVAL_MS)
        self._watch.timeout.connect(self._look)

    async def open(self, address: str = ANY_ADDRESS) -> OpenRoom:
        """Open the room, with a new password; one that is open already stays as it is.

        Args:
            address: Where to listen; by default at all addresses of this machine.

        Raises:
            NodeError: the broker cannot listen there, or does not run; says why.
        """
        async with self._changing:
            if self._room is not None:
                return self._room
            password = make_password()
            port = await self._in_executor(lambda: self._open_at(address, password))
            hosts = lan_addresses() if address == ANY_ADDRESS else (address,)
            self._room = OpenRoom(hosts, port, CLASS_USER, password)
            self._pid = self._broker.pid
            self._watch.start()
            self._emit(RoomOpened(at_ns=self._clock.now_ns(), host=address, port=port, user=CLASS_USER))
            return self._room

    async def close(self) -> None:
        """Close the room; harmless if it is closed.

        Raises:
            NodeError: the broker does not answer; it closes the room as soon as it does.
        """
        async with self._changing:
            if self._room is not None:
                self._forget()
                await self._in_executor(self._broker.close_room)

    def _open_at(self, address: str, password: str) -> int:
        try:
            return self._broker.open_room(address, USUAL_PORT, CLASS_USER, password)
        except RoomRefused:
            # Another broker has the usual port, or this system gives it to nobody: any will do.
            return self._broker.open_room(address, 0, CLASS_USER, password)

    def _look(self) -> None:
        """Notice that the broker has ended, and the room with it."""
        if self._room is not None and not (self._broker.is_running() and self._broker.pid == self._pid):
            self._forget()

    def _forget(self) -> None:
        self._room = None
        self._watch.stop()
        self._emit(RoomClosed(at_ns=self._clock.now_ns()))
        self.closed.emit()

    async def _in_executor(self, call: Callable[[], int | None]) -> int:
        return await asyncio.get_running_loop().run_in_executor(None, call) or 0
