"""What the user's wishes come to, once there is a broker: connects the window to the demonstration."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from workq_gui.core.publish_settings import PublishSettings
from workq_gui.core.session import Session
from workq_gui.core.settings import SettingError
from workq_gui.core.tasks import TaskSpec, TaskTextError, make_batch, make_task
from workq_gui.messaging.errors import MessagingError
from workq_gui.queue_adding import QueueAdding
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.ui.boxes import ask, tell
from workq_gui.ui.main_window import MainWindow


class Wiring:
    """Fulfils the wishes that concern tasks, queues and workers. Belongs to the GUI thread.

    What the broker refuses later is awaited on the running loop; `close` ends the waiting.
    """

    def __init__(self, window: MainWindow, session: Session, demonstration: Demonstration) -> None:
        self._window = window
        self._session = session
        self._demonstration = demonstration
        self._waiting: set[asyncio.Task[None]] = set()
        self._adding = QueueAdding(window, demonstration, window.composer.show_error)
        self._connect_queues()
        self._connect_holds()
        window.top_bar.dot_seconds_requested.connect(demonstration.set_dot_seconds)
        window.wire.watch_requested.connect(demonstration.watch_wire)
        window.wire.set_log(demonstration.wire.log)
        demonstration.wire.arrived.connect(window.wire.refresh)

    async def close(self) -> None:
        """Wait for no answer any more."""
        await self._adding.close()
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    def _connect_queues(self) -> None:
        composer, stage = self._window.composer, self._window.stage
        composer.publish_requested.connect(self._publish_text)
        composer.batch_requested.connect(self._publish_batch)
        composer.queue_added.connect(self._adding.add)
        stage.publish_requested.connect(lambda text, queue: self._publish_text(text, queue, composer.how))
        stage.purge_requested.connect(self._purge_after_asking)
        stage.redeclare_requested.connect(self._redeclare)

    def _connect_holds(self) -> None:
        bar = self._window.playhead_bar
        bar.workers_hold_requested.connect(self._hold_workers)
        bar.producer_hold_requested.connect(self._hold_producer)

    # --- tasks ------------------------------------------------------------------------------

    def _publish_text(self, text: str, queue: str, how: PublishSettings) -> None:
        self._publish(lambda: [make_task(text, queue, how)])

    def _publish_batch(self, text: str, queue: str, how: PublishSettings) -> None:
        self._publish(lambda: make_batch(text, queue, how))

    def _publish(self, make: Callable[[], Sequence[TaskSpec]]) -> None:
        try:
            self._demonstration.publish(make())
        except TaskTextError as error:
            self._window.composer.show_error(str(error))

    # --- queues -----------------------------------------------------------------------------

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
