"""What the user's wishes come to, once there is a broker: connects the window to the demonstration."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from PySide6.QtCore import SignalInstance

from workq_gui.core.events import WorkerId
from workq_gui.core.session import Session
from workq_gui.core.settings import SettingError
from workq_gui.core.tasks import TaskSpec, TaskTextError, make_batch, make_task
from workq_gui.messaging.errors import MessagingError
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.ui.boxes import ask, tell
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.stage import Stage
from workq_gui.ui.worker_panel import WorkerPanel


class Wiring:
    """Fulfils the wishes that concern tasks, queues and workers. Belongs to the GUI thread.

    What the broker refuses later is awaited on the running loop; `close` ends the waiting.
    """

    def __init__(self, window: MainWindow, session: Session, demonstration: Demonstration) -> None:
        self._window = window
        self._session = session
        self._demonstration = demonstration
        self._waiting: set[asyncio.Task[None]] = set()
        self._connect_queues()
        self._connect_workers()
        for part in (window.worker_panel, window.stage):
            self._connect_worker(part)
        window.top_bar.dot_seconds_requested.connect(demonstration.set_dot_seconds)

    async def close(self) -> None:
        """Wait for no answer any more."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    def _connect_queues(self) -> None:
        composer, stage = self._window.composer, self._window.stage
        composer.publish_requested.connect(self._publish_text)
        composer.batch_requested.connect(self._publish_batch)
        composer.queue_added.connect(self._add_queue)
        stage.publish_requested.connect(self._publish_text)
        stage.purge_requested.connect(self._purge_after_asking)
        stage.redeclare_requested.connect(self._redeclare)

    def _connect_workers(self) -> None:
        demonstration, bar = self._demonstration, self._window.playhead_bar
        self._window.worker_panel.add_requested.connect(lambda queues: demonstration.add_worker(queues))
        bar.workers_hold_requested.connect(self._hold_workers)
        bar.producer_hold_requested.connect(self._hold_producer)

    def _connect_worker(self, part: WorkerPanel | Stage) -> None:
        """Connect the wishes that concern one worker."""
        demonstration = self._demonstration
        wishes: tuple[tuple[SignalInstance, Callable[[WorkerId], object]], ...] = (
            (part.crash_requested, demonstration.crash_worker),
            (part.stop_requested, demonstration.stop_worker),
            (part.restart_requested, demonstration.restart_worker),
            (part.remove_requested, demonstration.remove_worker),
            (part.nack_requested, demonstration.nack_task),
            (part.reject_requested, demonstration.reject_task),
            (part.freeze_requested, demonstration.freeze_worker),
            (part.thaw_requested, demonstration.thaw_worker),
        )
        for signal, fulfil in wishes:
            signal.connect(lambda name, fulfil=fulfil: fulfil(WorkerId(name)))

    # --- tasks ------------------------------------------------------------------------------

    def _publish_text(self, text: str, queue: str) -> None:
        self._publish(lambda: [make_task(text, queue)])

    def _publish_batch(self, text: str, queue: str) -> None:
        self._publish(lambda: make_batch(text, queue))

    def _publish(self, make: Callable[[], Sequence[TaskSpec]]) -> None:
        try:
            self._demonstration.publish(make())
        except TaskTextError as error:
            self._window.composer.show_error(str(error))

    # --- queues -----------------------------------------------------------------------------

    def _add_queue(self, name: str) -> None:
        self._attempt(lambda: self._demonstration.add_queue(name), self._window.composer.show_error)

    def _redeclare(self, name: str) -> None:
        self._attempt(lambda: self._demonstration.redeclare_queue(name), self._tell)

    def _purge_after_asking(self, name: str) -> None:
        tr = self._window.tr
        view = self._session.queues.views.get(name)
        count = view.ready_count if view else None
        if count is None:
            words = tr("Purge {}: its ready messages will be thrown away.").format(name)
        elif count == 1:
            words = tr("Purge {}: its 1 ready message will be thrown away.").format(name)
        else:
            words = tr("Purge {}: its {:,} ready messages will be thrown away.").format(name, count)
        ask(self._window, words, tr("Purge"), tr("Keep them"), lambda: self._purge(name))

    def _purge(self, name: str) -> None:
        self._attempt(lambda: self._demonstration.purge_queue(name), self._tell)

    def _attempt(self, begin: "Callable[[], Future[None]]", show: Callable[[str], None]) -> None:
        """Begin what may be refused, now or by the broker later; show in words why."""
        try:
            future = begin()
        except SettingError as error:
            show(str(error))
            return
        task = asyncio.ensure_future(_shown(future, show))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    def _tell(self, text: str) -> None:
        tell(self._window, text)

    # --- holds ------------------------------------------------------------------------------

    def _hold_workers(self, hold: bool) -> None:
        if hold:
            self._demonstration.hold_workers()
        else:
            self._demonstration.release_workers()

    def _hold_producer(self, hold: bool) -> None:
        if hold:
            self._demonstration.hold_producer()
        else:
            self._demonstration.release_producer()


async def _shown(future: "Future[None]", show: Callable[[str], None]) -> None:
    try:
        await asyncio.wrap_future(future)
    except MessagingError as error:
        show(str(error))
