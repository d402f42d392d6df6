"""One more queue, as the user wants it; or what to do about the one that is there already."""

import asyncio
from collections.abc import Callable, Coroutine

from workq_gui.core.queue_conflict import QueueConflict
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.settings import SettingError
from workq_gui.messaging.errors import MessagingError
from workq_gui.messaging.queue_conflict import QueueMismatched
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.ui.conflict_table import ConflictDialog
from workq_gui.ui.main_window import MainWindow


class QueueAdding:
    """Adds queues to a demonstration. Belongs to the GUI thread; `close` ends the waiting.

    A queue comes onto the stage only when it is known to be declared so, or the user took it as it is.

    Attributes:
        dialog: The question that the user is asked now, or None.
    """

    def __init__(
        self, window: MainWindow, demonstration: Demonstration, show_error: Callable[[str], None]
    ) -> None:
        """Ask in front of `window`; `show_error` tells what cannot be done."""
        self.dialog: ConflictDialog | None = None
        self._window = window
        self._demonstration = demonstration
        self._show_error = show_error
        self._running: set[asyncio.Task[None]] = set()

    def add(self, name: str, how: QueueSettings) -> None:
        """Add the queue `name`, or ask the user what to do."""
        self._spawn(lambda: self._add(name, how))

    async def close(self) -> None:
        """Wait for no answer any more."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _spawn(self, work: Callable[[], Coroutine[object, object, None]]) -> None:
        task = asyncio.ensure_future(self._told(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _told(self, work: Callable[[], Coroutine[object, object, None]]) -> None:
        try:
            await work()
        except (SettingError, MessagingError) as error:
            self._show_error(str(error))

    async def _add(self, name: str, how: QueueSettings) -> None:
        try:
            await asyncio.wrap_future(self._demonstration.check_queue(name, how))
        except QueueMismatched as error:
            self._ask(error.conflict, how)
            return
        await asyncio.wrap_future(self._demonstration.add_queue(name, how))

    async def _delete_and_add(self, name: str, how: QueueSettings) -> None:
        await asyncio.wrap_future(self._demonstration.discard_queue(name))
        await self._add(name, how)

    def _ask(self, conflict: QueueConflict, how: QueueSettings) -> None:
        dialog = self.dialog = ConflictDialog(conflict, self._window)
        name = conflict.queue
        dialog.box.as_it_is_requested.connect(lambda: self.add(name, conflict.actual))
        dialog.box.name_requested.connect(lambda other: self.add(other, how))
        dialog.box.delete_requested.connect(lambda: self._spawn(lambda: self._delete_and_add(name, how)))
        dialog.destroyed.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        self.dialog = None
