"""What a frame costs the GUI thread: median, p99 and worst, in milliseconds of its own CPU time.

Without a screen the raster engine paints into memory: the same work, less the copy to the screen.
Made-up events, so that a rate can be had that no broker on this machine reaches.
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
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.style import apply_theme, prepare
from workq_gui.ui.theme import DARK

SIZE = (1600, 900)
FRAME_NS = 1_000_000_000 // 60
WARM_UP_FRAMES, FRAMES = 90, 600
CASES = [(workers, rate) for workers in (12, 50, 200) for rate in (10, 500, 5_000)]


class Frames:
    """A window that is fed from a stream, and measured frame by frame."""

    def __init__(self, app: QApplication, garbage: GarbageCollector, stream: Stream) -> None:
        self._app = app
        self._garbage = garbage
        self._clock = ManualClock()
        self._session = Session(self._clock, QUEUE)
        self._playhead = Playhead(self._session)
        self._stream = stream
        self._window = MainWindow()
        self._window.set_theme(DARK)
        self._window.resize(*SIZE)
        self._window.show_work()
        self._window.show()
        self._session.extend(stream.beginning())
        app.processEvents()

    def measure(self) -> list[float]:
        """Return what each frame cost, in milliseconds."""
        for _ in range(WARM_UP_FRAMES):
            self._frame()
        return sorted(self._frame() for _ in range(FRAMES))

    def close(self) -> None:
        self._window.close()
        self._window.deleteLater()

    def _frame(self) -> float:
        self._clock.advance(FRAME_NS)
        batch = list(self._stream.until(self._clock.now_ns()))
        began_s = time.thread_time()
        self._session.extend(batch)
        self._playhead.tick()
        self._window.display(self._playhead, self._session)
        self._garbage.look()
        self._app.processEvents()
        return (time.thread_time() - began_s) * 1000


def main() -> None:
    app = QApplication(sys.argv[:1])
    prepare(app)
    apply_theme(app, DARK)
    garbage = GarbageCollector()
    print(f"{SIZE[0]}x{SIZE[1]}          median      p99    worst   (ms a frame)")
    rows = [("classroom: 4 workers, 30 tokens, 10/s", 4, 10, 30)]
    rows += [(f"{workers} workers, {rate:,}/s", workers, rate, 500) for workers, rate in CASES]
    rows.append(("200 workers, 5,000/s, 10,000 waiting", 200, 5_000, 10_000))
    for name, workers, rate, waiting in rows:
        frames = Frames(app, garbage, Stream(workers, rate, waiting))
        costs = frames.measure()
        frames.close()
        app.processEvents()
        gc.collect()
        median, p99, worst = costs[len(costs) // 2], costs[int(len(costs) * 0.99)], costs[-1]
        print(f"{name:38} {median:6.1f}   {p99:6.1f}   {worst:6.1f}", flush=True)


if __name__ == "__main__":
    main()
