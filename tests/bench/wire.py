"""What watching the wire costs: batches of tasks published with the tap closed, open, and looked at, in turn.

Closed it must cost nothing, open little: the ratios of one run decide. One worker takes tasks at the same
time, as fast as it can: some 8 frames for each task.
"""

import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from tests.bench.bare import delete_queue, new_queue
from tests.bench.rounds import broker_url
from workq_gui.core.clock import SessionClock
from workq_gui.core.events import TaskAccepted, TaskConfirmed
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.core.settings import from_url
from workq_gui.core.tasks import make_task
from workq_gui.core.worker_settings import WorkerSettings
from workq_gui.messaging.pace import Pace
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.runtime.event_hub import EventHub
from workq_gui.ui.style import prepare
from workq_gui.ui.wire_view import WireView

COUNT = 5_000
ROUNDS = 7
WAYS = ("closed", "open", "seen")


class Bench:
    """A demonstration with nothing of the window but the list of frames."""

    def __init__(self, url: str, queue: str) -> None:
        self.session = Session(SessionClock(), queue)
        self.hub = EventHub(self.session)
        self.verbs = Demonstration(from_url(url), self.session, self.hub, Pace(0.01))
        self.view = WireView()
        self.view.resize(1050, 220)
        self.view.set_log(self.verbs.wire.log)
        self._playhead = Playhead(self.session)
        self._frame = QTimer(interval=16, timerType=Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self._show)
        self.cpu_us: dict[str, list[float]] = {way: [] for way in WAYS}  # for each task

    def _show(self) -> None:
        self.view.display(self._playhead, self.session)

    def paint_ms(self) -> list[float]:
        """CPU of a frame in which the whole list is painted."""
        self.view.show()
        self._show()
        QApplication.processEvents()
        found = []
        for _ in range(100):
            began_s = time.thread_time()
            self.view.repaint()
            found.append((time.thread_time() - began_s) * 1000)
        return sorted(found)

    def until(self, predicate) -> None:
        while not predicate():
            waiting = QEventLoop()
            self.hub.drained.connect(waiting.quit)
            waiting.exec()

    def rate(self, way: str) -> float:
        """Publish a batch; return its tasks per second, from the first accepted to the last confirmed."""
        self.verbs.watch_wire(way != "closed")
        if way == "seen":
            self.view.show()
            self._frame.start()
        began_s = time.process_time()
        before, seen = self.session.history.count, self.session.board.confirmed_count
        self.verbs.publish([make_task("Hello World!") for _ in range(COUNT)])
        self.until(lambda: self.session.board.confirmed_count >= seen + COUNT)
        self.until(lambda: not any(self.session.board.unsettled()))
        self.cpu_us[way].append((time.process_time() - began_s) / COUNT * 1e6)
        self._frame.stop()
        self.view.hide()
        events = list(self.session.history.since(before))
        accepted = min(event.at_ns for event in events if type(event) is TaskAccepted)
        confirmed = max(event.at_ns for event in events if type(event) is TaskConfirmed)
        return COUNT / (confirmed - accepted) * 1e9


def main() -> None:
    app = QApplication([])
    prepare(app)
    queue = new_queue()
    with broker_url() as url:
        bench = Bench(url, queue)
        bench.verbs.start()
        bench.verbs.add_worker((), WorkerSettings(prefetch_count=200))
        bench.until(lambda: bench.session.workers.views and bench.session.broker.connected)
        bench.rate("closed")  # the broker's first batch is its slowest
        rates: dict[str, list[float]] = {way: [] for way in WAYS}
        for number in range(ROUNDS):
            for way in WAYS[number % 3 :] + WAYS[: number % 3]:
                rates[way].append(bench.rate(way))
            print(
                f"round {number + 1}: " + ", ".join(f"{way} {rates[way][-1]:,.0f}/s" for way in WAYS),
                flush=True,
            )
        bench.verbs.shutdown()
        delete_queue(url, queue)
    for way in WAYS:
        ratios = [rate / closed for rate, closed in zip(rates[way], rates["closed"], strict=True)]
        print(
            f"{way:8} median {statistics.median(rates[way]):8,.0f} tasks/s  "
            f"ratio to closed, median {statistics.median(ratios):.2f}  "
            f"CPU {statistics.median(bench.cpu_us[way]):.0f} us for each task"
        )
    paint = bench.paint_ms()
    print(f"a frame of the list, CPU: median {statistics.median(paint):.1f} ms, worst {paint[-1]:.1f} ms")


if __name__ == "__main__":
    main()
