"""What the charts cost a frame: 200 workers, 5,000 tasks a second, the stage alone and with the charts.

In one run, a second of this and a second of that, so that both meet the same machine; in milliseconds of the
GUI thread's own CPU time.
"""

import gc
import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.bench.stream import QUEUE, Stream
from workq_gui.core.clock import ManualClock
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.runtime.garbage import GarbageCollector
from workq_gui.ui.charts_view import ChartsView
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.style import apply_theme, prepare
from workq_gui.ui.theme import DARK

WORKERS, RATE, WAITING = 200, 5_000, 500
FRAME_NS = 1_000_000_000 // 60
FRAME_S = FRAME_NS / 1e9
WARM_UP_FRAMES, BLOCK_FRAMES, BLOCKS = 120, 60, 12
SIZE, CHARTS_SIZE = (1600, 900), (1280, 230)


class Frames:
    """A session with the window that shows it, and the charts beside it."""

    def __init__(self, app: QApplication, garbage: GarbageCollector) -> None:
        self._app, self._garbage = app, garbage
        self._clock = ManualClock()
        self._session = Session(self._clock, QUEUE)
        self._playhead = Playhead(self._session)
        self._stream = Stream(WORKERS, RATE, WAITING)
        self._window, self.charts = MainWindow(), ChartsView()
        for widget, size in ((self._window, SIZE), (self.charts, CHARTS_SIZE)):
            widget.set_theme(DARK)
            widget.resize(*size)
            widget.show()
        self._window.show_work()
        self._session.extend(self._stream.beginning())
        app.processEvents()

    def frame(self, *, with_charts: bool) -> float:
        """Show one frame; return what it cost, in milliseconds. Without charts, these go along unmeasured."""
        began_s = time.perf_counter()
        self._clock.advance(FRAME_NS)
        batch = list(self._stream.until(self._clock.now_ns()))
        began_thread_s = time.thread_time()
        self._session.extend(batch)
        self._playhead.tick()
        self._window.display(self._playhead, self._session)
        if with_charts:
            self.charts.display(self._playhead, self._session)
        self._garbage.look()
        self._app.processEvents()
        self._app.processEvents()  # what the painting asked for
        cost_ms = (time.thread_time() - began_thread_s) * 1000
        if not with_charts:
            self.charts.display(self._playhead, self._session)
            self._app.processEvents()
        # In real time: the charts are drawn anew so many times a second, however fast frames come.
        time.sleep(max(0.0, FRAME_S - (time.perf_counter() - began_s)))
        return cost_ms


def _row(name: str, costs: list[float]) -> str:
    ordered = sorted(costs)
    median, p99, worst = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1]
    return f"{name:26} {median:6.1f}   {p99:6.1f}   {worst:6.1f}"


def main() -> None:
    app = QApplication(sys.argv[:1])
    prepare(app)
    apply_theme(app, DARK)
    frames = Frames(app, GarbageCollector())
    for _ in range(WARM_UP_FRAMES):
        frames.frame(with_charts=True)
    gc.collect()
    alone: list[float] = []
    both: list[float] = []
    for block in range(BLOCKS):
        costs = both if block % 2 else alone
        costs += [frames.frame(with_charts=bool(block % 2)) for _ in range(BLOCK_FRAMES)]
    print(f"{WORKERS} workers, {RATE:,}/s          median      p99    worst   (ms a frame)")
    print(_row("stage and workers", alone))
    print(_row("with the charts", both))
    more_ms = (sum(both) - sum(alone)) / len(both)
    print(f"the charts cost {more_ms:.1f} ms a frame, {sum(both) / sum(alone):.2f} times the stage alone")


if __name__ == "__main__":
    main()
