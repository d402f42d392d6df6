"""Memory over an hour of 5,000 tasks a second with 200 workers, replayed as fast as it goes.

`python -m tests.bench.memory [MINUTES]`. All projections and the history are fed; the rest is on disk in
the program, in the recording, and is not written here.
"""

import gc
import os
import sys
import time

from tests.bench.stream import NS_PER_S, QUEUE, Stream
from workq_gui.core.clock import ManualClock
from workq_gui.core.history import KEPT_TASKS
from workq_gui.core.session import Session

RATE = 5_000
ROWS = 12
SLICE_NS = NS_PER_S // 60


def resident_mb() -> float:
    with open(f"/proc/{os.getpid()}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    session, stream = Session(ManualClock(), QUEUE), Stream(200, RATE, waiting=10_000)
    session.extend(stream.beginning())
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    print("minute  tasks       events      resident  scrubbable tasks  one moment again")
    for row in range(ROWS + 1):
        until_ns = round(row / ROWS * minutes * 60 * NS_PER_S)
        while session.clock.now_ns() < until_ns:
            session.clock.advance(SLICE_NS)
            session.extend(list(stream.until(session.clock.now_ns())))
        earliest = session.history.state_at(session.history.first)
        began_s = time.perf_counter()
        session.history.state_at((session.history.first + session.history.count) // 2)
        seek_ms = (time.perf_counter() - began_s) * 1000
        kept = session.board.known_count - earliest.board.known_count
        print(
            f"{row / ROWS * minutes:6.1f}  {session.board.known_count:10,}  {session.history.count:11,}  "
            f"{resident_mb():5.0f} MB  {kept:10,}  {seek_ms:10.0f} ms",
            flush=True,
        )
    assert kept >= KEPT_TASKS or minutes < 1


if __name__ == "__main__":
    main()
