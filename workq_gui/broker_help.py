"""What the user's wishes for the doctor and for the room come to."""

import asyncio
import contextlib
from dataclasses import replace

import qasync

from workq_gui.core.projections.worker_view import RUNNING, WorkerStatus
from workq_gui.core.session import Session
from workq_gui.core.settings import Endpoint
from workq_gui.messaging.examination import Standing, examine
from workq_gui.runtime.loop_thread import LoopThread
from workq_gui.runtime.rabbitmq_node import NodeError
from workq_gui.runtime.room_keeper import RoomKeeper
from workq_gui.ui.doctor_window import DoctorWindow
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.room_window import RoomWindow

CONSUMING = RUNNING - {
    WorkerStatus.CONNECTING,
    WorkerStatus.RECONNECTING,
    WorkerStatus.CHANNEL_CLOSED,
}


class BrokerHelp:
    """Opens the windows of both, and does what they ask for. Belongs to the GUI thread.

    Attributes:
        doctor: The doctor's window while it is open, or None.
        room: The room's window while it is open, or None.
    """

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        lookout: LoopThread,
        endpoint: Endpoint,
        standing: Standing,
        keeper: RoomKeeper | None,
    ) -> None:
        """Offer both in `window`.

        Args:
            window: Where they are offered.
            session: What is shown there.
            lookout: The thread in which a broker is examined.
            endpoint: The broker.
            standing: What WorkQ has to do with it.
            keeper: Who opens the room; None if the broker is not the built-in one.
        """
        self.doctor: DoctorWindow | None = None
        self.room: RoomWindow | None = None
        self._window = window
        self._lookout = lookout
        self._endpoint = endpoint
        self._session = session
        self._standing = standing
        self._keeper = keeper
        self._examining: asyncio.Task[None] | None = None
        bar = window.top_bar
        bar.offer_room(is_possible=keeper is not None)
        bar.doctor_requested.connect(self._open_doctor)
        bar.room_requested.connect(self._open_room)
        if keeper is not None:
            keeper.closed.connect(self._show_closed)

    async def close(self) -> None:
        """Wait for no answer any more, and close the room."""
        if self._examining is not None:
            self._examining.cancel()
            await asyncio.gather(self._examining, return_exceptions=True)
        if self._keeper is not None:
            with contextlib.suppress(NodeError):  # it ends with the broker
                await self._keeper.close()

    # --- the doctor -------------------------------------------------------------------------

    def _open_doctor(self) -> None:
        if self.doctor is None:
            self.doctor = DoctorWindow(self._window)
            self.doctor.examine_requested.connect(self._examine)
            self.doctor.destroyed.connect(self._forget_doctor)
            self._examine()
        self.doctor.show()
        self.doctor.activateWindow()

    def _examine(self) -> None:
        assert self.doctor is not None
        self.doctor.show_progress(str(self._endpoint))
        if self._examining is None or self._examining.done():
            self._examining = asyncio.ensure_future(self._shown())

    async def _shown(self) -> None:
        queue = self._session.queue
        standing = replace(self._standing, consumer_count=self._count_own_consumers(queue))
        examining = self._lookout.spawn(examine(self._endpoint, queue, standing))
        report = await asyncio.wrap_future(examining)
        if self.doctor is not None:
            self.doctor.display(report)

    def _count_own_consumers(self, queue: str) -> int:
        workers = self._session.workers.views.values()
        return sum(worker.status in CONSUMING and queue in worker.queues for worker in workers)

    def _forget_doctor(self) -> None:
        self.doctor = None

    # --- the room ---------------------------------------------------------------------------

    def _open_room(self) -> None:
        if self.room is None:
            self.room = RoomWindow(self._window)
            self.room.open_requested.connect(self._let_in)
            self.room.close_requested.connect(self._let_go)
            self.room.destroyed.connect(self._forget_room)
        self.room.show()
        self.room.activateWindow()

    @qasync.asyncSlot()
    async def _let_in(self) -> None:
        assert self._keeper is not None
        try:
            room = await self._keeper.open()
        except NodeError as error:
            if self.room is not None:
                self.room.show_error(str(error))
            return
        if self.room is not None:
            self.room.display(room)
        else:
            await self._let_go()  # the window was closed meanwhile

    @qasync.asyncSlot()
    async def _let_go(self) -> None:
        assert self._keeper is not None
        try:
            await self._keeper.close()
        except NodeError as error:
            if self.room is not None:
                self.room.show_error(str(error))

    def _show_closed(self) -> None:
        if self.room is not None:
            self.room.display(None)

    def _forget_room(self) -> None:
        self.room = None
