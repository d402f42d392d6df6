"""The whole program, window included, driven by a benchmark. Run as `python -m tests.bench.whole`."""

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from tests.bench.bare import MIDDLE_S, delete_queue, new_queue
from workq_gui.app import Application
from workq_gui.command_line import Options
from workq_gui.core.events import TaskAccepted, TaskConfirmed, TaskDelivered, WorkerCrashed
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.scenario import parse
from workq_gui.core.settings import from_url
from workq_gui.core.tasks import make_task
from workq_gui.messaging.publisher import TaskPublisher
from workq_gui.messaging.topology import QueueSpec
from workq_gui.ui.style import prepare

NOTHING = parse('title = "Nothing"\n[[step]]\nwait_s = 3600', "bench")


class Whole(Application):
    """The program with a benchmark in the place of its user."""

    @property
    def session(self):
        return self._session

    @property
    def verbs(self):
        return self._demonstration

    async def until(self, predicate, timeout_s: float = 120.0) -> None:
        drained = asyncio.Event()
        self._hub.drained.connect(drained.set)
        async with asyncio.timeout(timeout_s):
            while not predicate():
                drained.clear()
                await drained.wait()

    async def connected(self) -> None:
        while self._demonstration is None:
            await asyncio.sleep(0.01)
        await self.until(lambda: self.session.broker.connected)

    async def add_workers(self, count: int) -> None:
        for _ in range(count):
            self.verbs.add_worker()
        views = self.session.workers.views
        await self.until(lambda: sum(view.status is WorkerStatus.WAITING for view in views.values()) >= count)


class Ticks(QObject):
    """Notes the gaps between the ticks of a 16 ms timer, and the frames that the stage painted."""

    def __init__(self, stage, *, ticking: bool = True) -> None:
        super().__init__()
        self.gaps_ms: list[float] = []
        self.frames = 0
        self.began_s = self._last_s = time.perf_counter()
        self._stage = stage
        stage.installEventFilter(self)
        if not ticking:
            return
        timer = QTimer(self, interval=16, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._tick)
        timer.start()

    def eventFilter(self, watched, event) -> bool:
        if event.type() == event.Type.Paint:
            self.frames += 1
        return False

    def _tick(self) -> None:
        now_s = time.perf_counter()
        self.gaps_ms.append((now_s - self._last_s) * 1000)
        self._last_s = now_s

    @property
    def rate(self) -> float:
        """Frames per second, from the median gap."""
        return 1000 / statistics.median(self.gaps_ms)


async def publish(whole: Whole, count: int) -> list[float]:
    """The rate of a batch from the wish to the last confirm, and the longest gap of the window meanwhile."""
    await whole.connected()
    tasks = [make_task("Hello World!") for _ in range(count)]
    ticks = Ticks(whole._window.stage)
    whole.verbs.publish(tasks)
    await whole.until(lambda: whole.session.board.confirmed_count >= count)
    at_ns = {
        kind: [e.at_ns for e in whole.session.history if type(e) is kind]
        for kind in (TaskAccepted, TaskConfirmed)
    }
    seconds = (max(at_ns[TaskConfirmed]) - min(at_ns[TaskAccepted])) / 1e9
    return [count / seconds, max(ticks.gaps_ms)]


async def publish_on_qasync(whole: Whole, count: int) -> list[float]:
    """The same with the publisher's connection on qasync's loop, in the GUI thread."""
    await whole.connected()
    publisher = TaskPublisher(
        whole._options.endpoint, QueueSpec(whole.session.queue), whole.session.clock, whole._hub.post
    )
    running = asyncio.create_task(publisher.run())
    await whole.until(lambda: publisher._channel is not None)
    ticks = Ticks(whole._window.stage)
    publisher.submit([make_task("Hello World!") for _ in range(count)])
    await whole.until(lambda: whole.session.board.confirmed_count >= count)
    at_ns = {
        kind: [e.at_ns for e in whole.session.history if type(e) is kind]
        for kind in (TaskAccepted, TaskConfirmed)
    }
    seconds = (max(at_ns[TaskConfirmed]) - min(at_ns[TaskAccepted])) / 1e9
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return [count / seconds, max(ticks.gaps_ms)]


async def redeliver(whole: Whole, count: int) -> list[float]:
    """Milliseconds from the cut of a worker to the redelivery, `count` times."""
    await whole.connected()
    whole.verbs.set_dot_seconds(0.3)
    await whole.add_workers(2)
    found = []
    for _ in range(count):
        whole.verbs.publish([make_task("Short.")])
        views = whole.session.workers.views
        await whole.until(lambda: any(view.status is WorkerStatus.WORKING for view in views.values()))
        victim = next(view.worker_id for view in views.values() if view.status is WorkerStatus.WORKING)
        await asyncio.sleep(MIDDLE_S)
        seen = whole.session.history.count
        whole.verbs.crash_worker(victim)
        await whole.until(
            lambda: any(type(e) is TaskDelivered for e in list(whole.session.history.since(seen)))
        )
        late = list(whole.session.history.since(seen))
        cut_ns = next(e.at_ns for e in late if type(e) is WorkerCrashed)
        found.append((next(e.at_ns for e in late if type(e) is TaskDelivered) - cut_ns) / 1e6)
        whole.verbs.restart_worker(victim)
        await whole.until(lambda: not any(whole.session.board.unsettled()))
        await whole.until(lambda: all(view.status is WorkerStatus.WAITING for view in views.values()))
    return found


async def smoothness(whole: Whole, workers: int) -> list[float]:
    """Median frame rate, longest gap, painted frames per second and tasks per second, with busy workers."""
    await whole.connected()
    whole.verbs.set_dot_seconds(0.2)  # one dot each: five tasks a second
    await whole.add_workers(workers)
    seconds = 10
    whole.verbs.publish([make_task("Task.") for _ in range(workers * 5 * (seconds + 2))])
    if workers:
        await whole.until(lambda: whole.session.board.acked_count > workers)
    acked = whole.session.board.acked_count
    ticks = Ticks(whole._window.stage)
    await asyncio.sleep(seconds)
    done = whole.session.board.acked_count - acked
    return [ticks.rate, max(ticks.gaps_ms), ticks.frames / seconds, done / seconds]


async def latency(whole: Whole, workers: int) -> list[float]:
    """Milliseconds from an event in a worker's thread to the end of the first frame that shows it."""
    await whole.connected()
    whole.verbs.set_dot_seconds(0.2)
    await whole.add_workers(workers)
    whole.verbs.publish([make_task("Task..") for _ in range(workers * 50)])
    await whole.until(lambda: whole.session.board.acked_count > workers)
    frames = PaintedEvents(whole)
    await asyncio.sleep(15)
    found = sorted(frames.late_ms)
    return [found[len(found) // 2], found[int(len(found) * 0.99)], found[-1], len(found)]


async def idle(whole: Whole, workers: int) -> list[float]:
    """CPU of the whole process in percent of one core, and the frames painted, while nothing happens."""
    await whole.connected()
    await whole.add_workers(workers)
    while not whole._showing.frame_clock.is_resting:
        await asyncio.sleep(0.5)
    ticks = Ticks(whole._window.stage, ticking=False)
    seconds, began_s = 20, time.process_time()
    await asyncio.sleep(seconds)
    return [(time.process_time() - began_s) / seconds * 100, ticks.frames]


async def run_unrecorded(whole: Whole, count: int) -> list[float]:
    """The rate of tasks with no dots on 20 workers, from the wish to the last ack; nothing is recorded."""
    await whole.connected()
    whole._hub.recorded.disconnect(whole._recorder.record)
    return [await _run_tasks(whole, count)]


async def run_recorded(whole: Whole, count: int) -> list[float]:
    """The same, recorded as always; and for what part of the time the recorder was at work."""
    busy_s: list[float] = []

    def record(batch) -> None:
        began_s = time.thread_time()  # without the time in which the workers' threads had Python's lock
        whole._recorder.record(batch)
        busy_s.append(time.thread_time() - began_s)

    await whole.connected()
    whole._hub.recorded.disconnect(whole._recorder.record)
    whole._hub.recorded.connect(record)
    rate = await _run_tasks(whole, count, lambda: busy_s.clear())
    return [rate, sum(busy_s) * rate / count]


async def _run_tasks(whole: Whole, count: int, begin: Callable[[], None] = lambda: None) -> float:
    await whole.add_workers(20)
    tasks = [make_task("Hello") for _ in range(count)]
    begin()
    began_s = time.perf_counter()
    whole.verbs.publish(tasks)
    await whole.until(lambda: whole.session.board.acked_count >= count)
    return count / (time.perf_counter() - began_s)


class PaintedEvents(QObject):
    """Notes how late each event of a worker's thread is painted: from its own time to the frame's end."""

    def __init__(self, whole: Whole) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self._whole = whole
        self._unpainted: list[int] = []
        whole._hub.recorded.connect(self._take)
        whole._window.stage.installEventFilter(self)

    def _take(self, batch) -> None:
        self._unpainted += [event.at_ns for event in batch if hasattr(event, "worker_id")]

    def eventFilter(self, watched, event) -> bool:
        if event.type() == event.Type.Paint and self._unpainted:
            QTimer.singleShot(0, self, self._painted)
        return False

    def _painted(self) -> None:
        now_ns = self._whole.session.clock.now_ns()
        self.late_ms += [(now_ns - at_ns) / 1e6 for at_ns in self._unpainted]
        self._unpainted.clear()


async def measure(whole: Whole, work: Coroutine[Any, Any, list[float]]) -> list[float]:
    running = asyncio.create_task(whole.run())
    try:
        return await work
    finally:
        whole._window.close()
        await running


def main() -> None:
    what, url, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    queue = new_queue()
    options = Options(
        own_broker=None,
        endpoint=from_url(url),
        queue=queue,
        queue_type="",
        data_dir=None,
        keeps_broker=False,
        scenario=NOTHING,
        comparison=None,
        record=None,
        recording=None,
        quit_when_done=False,
        theme="dark",
        reduced_motion=False,
        kitchen=False,
    )
    qt_app = QApplication(sys.argv[:1])
    qt_app.setQuitOnLastWindowClosed(False)
    prepare(qt_app)
    works = {
        "publish": publish,
        "publish_on_qasync": publish_on_qasync,
        "redeliver": redeliver,
        "smoothness": smoothness,
        "latency": latency,
        "idle": idle,
        "run_unrecorded": run_unrecorded,
        "run_recorded": run_recorded,
    }
    with tempfile.TemporaryDirectory() as folder, qasync.QEventLoop(qt_app) as loop:
        whole = Whole(options, qt_app, Path(folder))
        print(*loop.run_until_complete(measure(whole, works[what](whole, number))))
    delete_queue(url, queue)


if __name__ == "__main__":
    main()
