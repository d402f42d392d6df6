"""A recording of 1,000,000 events: how soon it is seen, how soon it is loaded, and any moment of it reached.

`python -m tests.bench.replay [EVENTS] [WAITING]`: 200 workers, now and then one crashes; WAITING tasks wait
in the queue from the beginning. The aims: the first picture in under 5 s, any moment in under 100 ms, in
under 600 MB. Each moment is one that nobody looked at before.
"""

import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.bench.memory import resident_mb
from tests.bench.stream import NS_PER_S, QUEUE, Stream
from workq_gui.core import events as e
from workq_gui.core.clock import SessionClock
from workq_gui.core.playhead import Playhead
from workq_gui.core.recording import Header
from workq_gui.runtime.garbage import GarbageCollector
from workq_gui.runtime.recorder import Recorder
from workq_gui.runtime.recording_loader import RecordingLoader
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.style import apply_theme, prepare
from workq_gui.ui.theme import DARK

RATE, WORKERS = 5_000, 200
PART_NS = NS_PER_S // 10
CRASH_EVERY = 20  # parts: one worker each two seconds
MOMENTS = 200


def batches(waiting: int) -> Iterator[list[e.Event]]:
    """Yield what happens, without an end; a worker that crashes is back at once, and has its task again."""
    stream = Stream(WORKERS, RATE, waiting)
    yield stream.beginning()
    for part in count(1):
        events = list(stream.until(part * PART_NS))
        deliveries = [event for event in events if type(event) is e.TaskDelivered]
        if part % CRASH_EVERY == 0 and deliveries:
            events += _crash(deliveries[-1], part * PART_NS)
        yield events


def _crash(held: e.TaskDelivered, at_ns: int) -> list[e.Event]:
    worker_id = held.worker_id
    return [
        e.WorkerCrashed(at_ns=at_ns, worker_id=worker_id),
        e.WorkerAdded(at_ns=at_ns, worker_id=worker_id),
        e.WorkerStarted(at_ns=at_ns, worker_id=worker_id, queue=QUEUE, prefetch_count=1, auto_ack=False),
        e.TaskDelivered(
            at_ns=at_ns,
            task_id=held.task_id,
            worker_id=worker_id,
            queue=QUEUE,
            text=held.text,
            delivery_tag=1,
            redelivered=True,
            auto_ack=False,
            persistent=True,
            work_s=held.work_s,
        ),
    ]


def write(path: Path, event_count: int, waiting: int) -> None:
    """Write a recording of `event_count` events."""
    recorder, written = Recorder(path, Header(made_by="WorkQ (bench)", queue=QUEUE)), 0
    for batch in batches(waiting):
        recorder.record(batch[: event_count - written])
        written += len(batch)
        if written >= event_count:
            break
    recorder.close()


def main() -> None:
    event_count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    waiting = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    app = QApplication(sys.argv[:1])
    prepare(app)
    apply_theme(app, DARK)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.workq"
        write(path, event_count, waiting)
        print(f"{event_count:,} events, {waiting:,} waiting, {path.stat().st_size / 1e6:.0f} MB on disk")
        show(path, app)


def show(path: Path, app: QApplication) -> None:
    """Load it beside a window that shows it, as the program does; then reach some moments."""
    window = MainWindow()
    window.resize(1280, 800)
    window.show_work()
    window.show()
    app.processEvents()
    before_mb, began_s = resident_mb(), time.perf_counter()
    loader = RecordingLoader(path)
    playhead, garbage = Playhead(loader.session, ticks=SessionClock()), GarbageCollector()
    loader.progressed.connect(garbage.look)
    loader.start()
    slices: list[float] = []
    while loader.is_loading:
        slice_s = time.perf_counter()
        app.processEvents()
        slices.append((time.perf_counter() - slice_s) * 1000)
        window.display(playhead, loader.session)
        app.processEvents()
        if len(slices) == 1:
            print(f"first picture after         {time.perf_counter() - began_s:8.2f} s")
    print(
        f"all loaded after            {time.perf_counter() - began_s:8.2f} s, with a frame after each slice"
    )
    print(
        f"slices                      {statistics.median(slices):8.1f} ms median, {max(slices):.0f} ms worst"
    )
    print(
        f"memory                      {resident_mb():8.0f} MB, of which {before_mb:.0f} MB were there before"
    )
    reach(loader, playhead, window, app)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"memory at its peak          {peak_mb:8.0f} MB")
    garbage.close()


def reach(loader: RecordingLoader, playhead: Playhead, window: MainWindow, app: QApplication) -> None:
    """Go to random moments; print how long that takes, and with the picture."""
    chance, folds, pictures = random.Random(1), [], []
    for _ in range(MOMENTS):
        at_ns = chance.randrange(loader.clock.now_ns())
        began_s = time.perf_counter()
        playhead.seek(at_ns)
        folds.append((time.perf_counter() - began_s) * 1000)
        window.display(playhead, loader.session)
        app.processEvents()
        pictures.append((time.perf_counter() - began_s) * 1000)
    for name, row in (("a moment reached", folds), ("with its picture", pictures)):
        print(f"{name:27} {statistics.median(row):8.1f} ms median, {max(row):.0f} ms worst of {len(row)}")


if __name__ == "__main__":
    main()
