"""A worker's hands: work, dot by dot, that can be held, frozen and interrupted."""

import asyncio
import contextlib
from collections.abc import Callable

from workq_gui.core.clock import Clock
from workq_gui.core.tasks import shown_text
from workq_gui.core.worker_settings import WorkerSettings
from workq_gui.messaging.codec import ReceivedTask
from workq_gui.messaging.pace import Pace

SUPERVISOR_PAUSE_S = 1.0
"""So long a worker that died of a task stays down, before whoever looks after it starts it again."""


class WorkError(Exception):
    """The worker's own code raised an error in the middle of a task."""


class Poisoned(WorkError):
    """A task on which this worker's code always fails."""


class Labour:
    """Lets the time pass that a task takes. A dot is a wait that leaves the loop free.

    Belongs to the asyncio loop of the worker.

    Attributes:
        is_held: It stops before its next dot.
        is_frozen: It does nothing at all.
    """

    def __init__(self, pace: Pace, clock: Clock, how: WorkerSettings) -> None:
        """Work at `pace`, slowed down and led astray as `how` says."""
        self.is_held = False
        self.is_frozen = False
        self._pace = pace
        self._clock = clock
        self._how = how
        self._error = ""
        self._news = asyncio.Event()  # set by all that a worker at work must look up for

    @property
    def dot_s(self) -> float:
        """How long a dot takes now, in seconds."""
        return self._pace.dot_s * self._how.slowness

    def interrupt(self) -> None:
        """Look up: something has changed."""
        self._news.set()

    def fail(self, words: str) -> None:
        """Let the work in hand raise a WorkError."""
        self._error = words
        self._news.set()

    async def work_on(
        self, task: ReceivedTask, is_over: Callable[[], bool], progressed: Callable[[float], None]
    ) -> bool:
        """Work on `task`, dot by dot, until it is done or `is_over`; return whether it is done.

        Raises:
            WorkError: see `fail`.
            Poisoned: this worker's code cannot do this task.
        """
        if task.dots == 0:
            self._stumble(task)
        for done in range(1, task.dots + 1):
            await self._do_dot(is_over)
            if is_over():
                return False
            if done * 2 >= task.dots:
                self._stumble(task)
            if done < task.dots:
                progressed(done / task.dots)
                await self.stand_still(is_over)
        return not is_over()

    def _stumble(self, task: ReceivedTask) -> None:
        if self._how.crashes_on and self._how.crashes_on in task.text:
            raise Poisoned(f"ValueError: cannot work on {shown_text(task.text)!r}")

    async def _do_dot(self, is_over: Callable[[], bool]) -> None:
        """Let one dot of work pass; the time that it is frozen does not count."""
        left_s = self.dot_s
        while (left_s > 0 or self.is_frozen) and not is_over():
            if self.is_frozen:
                await self._next_news(None)
            else:
                began_ns = self._clock.now_ns()
                await self._next_news(left_s)
                left_s -= (self._clock.now_ns() - began_ns) / 1e9
            self._raise_error()

    async def stand_still(self, is_over: Callable[[], bool]) -> None:
        """Wait while it is held or frozen.

        Raises:
            WorkError: see `fail`.
        """
        self._raise_error()
        while (self.is_held or self.is_frozen) and not is_over():
            await self._next_news(None)
            self._raise_error()

    async def until_thawed(self) -> None:
        """Wait while it is frozen."""
        while self.is_frozen:
            await self._next_news(None)

    def _raise_error(self) -> None:
        if self._error:
            words, self._error = self._error, ""
            raise WorkError(words)

    async def _next_news(self, limit_s: float | None) -> None:
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._news.wait()
