"""A QThread that turns an asyncio loop."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThread

from workq_gui.messaging.errors import MessagingError

T = TypeVar("T")

log = logging.getLogger(__name__)


class LoopThread(QThread):
    """A thread for things that wait: connections, workers at work.

    It overrides `run` instead of moving an object into the thread: an asyncio
    loop turns in here and not Qt's, so a `quit` queued to this thread would
    never be heard, and `wait` would deadlock.

    Only `run`, and what is handed in by `spawn` and `call`, executes in the
    new thread; this object and its methods belong to the GUI thread.
    """

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        # pika wants a selector loop, which is not the default on Windows.
        self._loop = asyncio.SelectorEventLoop()

    def run(self) -> None:
        """Turn the loop until `stop`. Called by QThread, in the new thread."""
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(_cancel_all())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    def spawn(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run `coroutine` in this thread, and return its future; a bug in it is logged."""
        return asyncio.run_coroutine_threadsafe(_log_bugs(coroutine), self._loop)

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call `function` in this thread, soon."""
        self._loop.call_soon_threadsafe(function, *args)

    def stop(self) -> None:
        """Ask for the end: what runs is cancelled, and may close its connections. `finished` follows."""
        if self.isRunning():
            with contextlib.suppress(RuntimeError):  # it has closed its loop, and ends by itself
                self._loop.call_soon_threadsafe(self._loop.stop)


async def _log_bugs(coroutine: Coroutine[Any, Any, T]) -> T:
    try:
        return await coroutine
    except MessagingError:
        raise  # for the user: whoever holds the future tells
    except Exception:  # the thread's outermost frame: nobody else can report it
        log.exception("a task failed in its thread")
        raise


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        if not task.cancelling():  # a second cancel would interrupt its clean-up
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
