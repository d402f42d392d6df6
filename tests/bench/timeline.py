"""What the timeline costs the GUI thread: a frame with and without it, and 100,000 tasks seen at once.

Made-up events, as in `frames.py`; milliseconds of the thread's own CPU time. First the window with the panel
folded, then with the timeline open, in one run: the ratio is what counts.
"""

import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.bench.frames import Frames
from tests.bench.stream import NS_PER_S, QUEUE, Stream
from workq_gui.core.clock import ManualClock
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.runtime.garbage import GarbageCollector
from workq_gui.ui.style import apply_theme, prepare
from workq_gui.ui.theme import DARK
from workq_gui.ui.timeline_view import TimelineView

WORKERS, RATE, WAITING = 200, 5_000, 500
SIZE = (1050, 220)
FRAME_NS = NS_PER_S // 60
TASKS = 100_000
LIVE_FRAMES, ZOOMS = 300, 6


def main() -> None:
    app = QApplication(sys.argv[:1])
    prepare(app)
    apply_theme(app, DARK)
    print(f"{WORKERS} workers, {RATE:,}/s      median      p99    worst   (ms a frame)", flush=True)
    alone, together = (_window(app, is_open=is_open) for is_open in (False, True))
    _tell("stage, panel folded", alone)
    _tell("stage and timeline", together)
    medians, p99s = (_at(together, share) / _at(alone, share) for share in (0.5, 0.99))
    print(f"{'ratio':26} {medians:9.2f} {p99s:8.2f}", flush=True)
    _zoomed_out(app)


def _window(app: QApplication, is_open: bool) -> list[float]:
    frames = Frames(app, GarbageCollector(), Stream(WORKERS, RATE, WAITING))
    look_back = frames._window.look_back
    look_back.choose(0)
    look_back.fold(not is_open)
    costs = frames.measure()
    frames.close()
    app.processEvents()
    return costs


def _zoomed_out(app: QApplication) -> None:
    """Measure 100,000 tasks on all workers, all of the time in view."""
    clock = ManualClock()
    session, stream = Session(clock, QUEUE), Stream(WORKERS, RATE, WAITING)
    clock.advance(TASKS * NS_PER_S // RATE)
    session.extend([*stream.beginning(), *stream.until(clock.now_ns())])
    playhead, view = Playhead(session), TimelineView()
    view.set_theme(DARK)
    view.resize(*SIZE)
    view.show()

    def frame() -> float:
        began_s = time.thread_time()
        view.display(playhead, session)
        app.processEvents()
        return (time.thread_time() - began_s) * 1000

    costs = _until_done(view, frame)
    print(f"\n{TASKS:,} tasks taken in: {len(costs)} frames, {sum(costs):.0f} ms, worst {costs[-1]:.1f} ms")
    view.fit()
    for number in range(ZOOMS):
        QTest.keyClick(view, Qt.Key.Key_Minus if number % 2 else Qt.Key.Key_Plus)
        costs = _until_done(view, frame)
        print(f"zoomed out, painted anew: {len(costs)} frames, {sum(costs):.0f} ms, worst {costs[-1]:.1f} ms")
    view.fit()
    _until_done(view, frame)
    costs = []
    for _ in range(LIVE_FRAMES):
        clock.advance(FRAME_NS)
        session.extend(list(stream.until(clock.now_ns())))
        costs.append(frame())
    _tell("zoomed out, timeline only", sorted(costs))


def _until_done(view: TimelineView, frame: Callable[[], float]) -> list[float]:
    costs = [frame()]
    while view.catching_up:
        costs.append(frame())
    return sorted(costs)


def _at(costs: list[float], share: float) -> float:
    return costs[int(len(costs) * share)]


def _tell(name: str, costs: list[float]) -> None:
    print(f"{name:26} {_at(costs, 0.5):9.1f} {_at(costs, 0.99):8.1f} {costs[-1]:8.1f}", flush=True)


if __name__ == "__main__":
    main()
