"""What the tests of exports share: recordings as sessions, and a look at files."""

from pathlib import Path

from workq_gui.core.clock import ManualClock
from workq_gui.core.event_lines import from_line
from workq_gui.core.session import Session
from workq_gui.exporting import Source

RECORDINGS = Path(__file__).resolve().parent / "recordings"


def recorded(name: str = "moments") -> Session:
    """Return a session in which happened what a recording tells; its clock stands at the end."""
    clock = ManualClock()
    session = Session(clock, "task_queue")
    session.extend(
        [from_line(line) for line in (RECORDINGS / f"{name}.jsonl").read_text("utf-8").splitlines()]
    )
    clock.advance(max(event.at_ns for event in session.history))
    return session


def source(name: str = "moments") -> Source:
    return Source(recorded(name), name)
