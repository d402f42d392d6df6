"""The list of 1,000,000 events: how long a search takes, and how long it keeps a frame.

`python -m tests.bench.events [EVENTS]`. Made-up events; each is in the history and on the board of tasks.
"""

import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.bench.memory import resident_mb
from tests.bench.stream import QUEUE, Stream
from workq_gui.core.clock import ManualClock
from workq_gui.core.event_kinds import Group
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.ui.events_view import EventsView
from workq_gui.ui.style import apply_theme, prepare
from workq_gui.ui.task_life_window import TaskLifeWindow
from workq_gui.ui.theme import DARK

RATE, WORKERS, WAITING = 5_000, 20, 100
SLICE_NS = 1_000_000_000


def long_session(count: int) -> Session:
    """Return a session with `count` events, all of which are kept."""
    session, stream = Session(ManualClock(), QUEUE), Stream(WORKERS, RATE, WAITING)
    session.history.keep_from(0)
    handlers = session.board.handlers
    batch = stream.beginning()
    while session.history.count < count:
        for event in batch:
            session.history.append(event)
            if type(event) in handlers:
                handlers[type(event)](event)
        session.applied_count = session.history.count
        session.clock.advance(SLICE_NS)
        batch = list(stream.until(session.clock.now_ns()))
    return session


def measure(name: str, view: EventsView | TaskLifeWindow, playhead: Playhead, session: Session) -> None:
    """Show frames until all was looked at; print how long that takes, and the longest frame."""
    app, frames = QApplication.instance(), []
    app.processEvents()
    while view.catching_up or not frames:
        began_s = time.perf_counter()
        view.display(playhead, session)
        view.repaint()
        frames.append((time.perf_counter() - began_s) * 1000)
    print(
        f"{name:44} {sum(frames) / 1000:6.2f} s in {len(frames):5,} frames, "
        f"median {sorted(frames)[len(frames) // 2]:5.1f} ms, longest {max(frames):5.1f} ms",
        flush=True,
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    app = QApplication(sys.argv[:1])
    prepare(app)
    apply_theme(app, DARK)
    session = long_session(count)
    playhead = Playhead(session)
    task_id = next(iter(session.board.newest(1))).task_id
    before_mb = resident_mb()
    view = EventsView()
    view.resize(1050, 220)
    view.show()
    print(f"{session.history.count:,} events, {before_mb:.0f} MB without the list")
    measure("all of them", view, playhead, session)
    print(f"the list of all: {resident_mb() - before_mb:.0f} MB more")
    measure("nothing new", view, playhead, session)
    view._filter._take_group(Group.ACKED)
    measure("of one kind", view, playhead, session)
    view._filter._take_group(None)
    view._filter.search.setText("worker 7 acked")
    measure("with words", view, playhead, session)
    view._filter.search.setText("")
    view.filter_task(task_id)
    measure("of one task", view, playhead, session)
    window = TaskLifeWindow()
    window.show_task(task_id)
    measure("a task's whole life", window, playhead, session)
    view.close()
    window.close()


if __name__ == "__main__":
    main()
