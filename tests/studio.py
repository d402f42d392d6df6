"""The whole program with a photographer in it. Run by tests.screenshots, on a screen of its own.

`python -m tests.studio FOLDER SHOTS…`: each shot is a JSON object, see `Shot`. A shot plays a scenario on a
real broker until something happened, holds the picture at exactly that moment, and takes what stands on the
screen. A film takes a row of such moments, of the stage alone.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication

from tests.clients.program import python
from workq_gui.app import Application
from workq_gui.command_line import parse
from workq_gui.core.events import Event
from workq_gui.core.queue_settings import QUORUM, QueueSettings
from workq_gui.ui.style import prepare

MS = 1_000_000
TIME_LIMIT_S = 120.0  # a cluster takes 17 s to start, when busy much more
FILM_FRAME_MS = 80


@dataclass(frozen=True)
class Shot:
    """What to take.

    Attributes:
        name: Of the picture, without its ending.
        scenario: A file, or the name of one that ships.
        event: The kind of the event at which to take it...
        nth: ...and which of these, from 1; -1 is the last...
        later_ms: ...and how much later.
        words: More words of the command line.
        keys: What the window is told before: names of its deeds, as "present"...
        first_keys: ...and what it is told when it opens.
        film_ms: If not 0, a film of so many milliseconds from there on.
        is_whole_screen: Dialogs included.
        others: The tutorial's programs to be started, one after the other: script and words, and what it
            must have printed before the next; the queue is declared as they declare it then.
    """

    name: str
    scenario: str
    event: str
    nth: int = 1
    later_ms: int = 0
    words: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    first_keys: list[str] = field(default_factory=list)
    film_ms: int = 0
    others: list[tuple[list[str], str]] = field(default_factory=list)
    is_whole_screen: bool = False


class Studio(Application):
    """The program with a photographer in the place of its user."""

    async def start_others(self, shot: Shot, running: contextlib.ExitStack) -> None:
        """Start other people's programs, to be ended with `running`."""
        if shot.others:
            self._choice._as_found[self._session.queue] = QueueSettings(queue_type=QUORUM)
            await self._wait_for(lambda: self._session.clients.sees_tasks and self._session.workers.views)
        for (script, *words), line in shot.others:
            node = self._choice.own_broker._node
            program = running.enter_context(python(f"tutorial/{script}", *words, port=node.port))
            await self._wait_for(lambda program=program, line=line: program.has(line))

    async def take(self, shot: Shot, folder: Path) -> None:
        """Take one shot."""
        await self._wait_for(self._window.stage.isVisible)
        for key in shot.first_keys:
            self._window._deeds[key]()
        end_ns = (shot.later_ms + shot.film_ms) * MS
        event = await self._wait_for(lambda: self._event(shot))
        await self._wait_for(lambda: self._session.clock.now_ns() > event.at_ns + end_ns + 300 * MS)
        self._window.showMaximized()
        for key in shot.keys:
            self._window._deeds[key]()
        await asyncio.sleep(0.8)  # the window manager takes its time
        at_ns = event.at_ns + shot.later_ms * MS
        if shot.film_ms:
            self._film(at_ns, shot, folder)
        else:
            self._look_at(at_ns)
            await asyncio.sleep(0.3)
            self._look_at(at_ns)
            await asyncio.sleep(0.2)
            window = "root" if shot.is_whole_screen else str(int(self._window.winId()))
            shell = await asyncio.create_subprocess_exec(
                "import", "-window", window, str(folder / f"{shot.name}.png")
            )
            await shell.wait()

    def _event(self, shot: Shot) -> Event | None:
        found = [event for event in self._session.history if type(event).__name__ == shot.event]
        place = shot.nth - 1 if shot.nth > 0 else shot.nth
        return found[place] if len(found) > max(0, place) else None

    async def _wait_for(self, look: Callable[[], Any]) -> Any:
        async with asyncio.timeout(TIME_LIMIT_S):
            while not (found := look()):
                await asyncio.sleep(0.02)
        return found

    def _look_at(self, at_ns: int) -> None:
        self._showing.playhead.seek(at_ns)
        self._window.display(self._showing.playhead, self._session)
        self._qt_app.processEvents()

    def _film(self, at_ns: int, shot: Shot, folder: Path) -> None:
        with tempfile.TemporaryDirectory() as frames:
            for number in range(shot.film_ms // FILM_FRAME_MS):
                self._look_at(at_ns + number * FILM_FRAME_MS * MS)
                self._window.grab(self._picture_area()).save(f"{frames}/{number:05}.png")
            delay = ["-delay", str(FILM_FRAME_MS // 10), "-loop", "0"]
            shrink = ["-resize", "900x", "-layers", "OptimizePlus", "-layers", "OptimizeTransparency"]
            pictures = sorted(str(path) for path in Path(frames).glob("*.png"))
            subprocess.run(
                ["convert", *delay, *pictures, *shrink, str(folder / f"{shot.name}.gif")], check=True
            )

    def _picture_area(self) -> QRect:
        """Return where stage and workers are: the rest of the window would only tell that it is held."""
        stage, workers = self._window.stage, self._window.worker_panel
        top_left = stage.mapTo(self._window, QPoint(0, 0))
        right = workers.mapTo(self._window, QPoint(workers.width(), 0)).x()
        return QRect(top_left, QSize(right - top_left.x(), stage.height()))


async def play(studio: Studio, shot: Shot, folder: Path) -> None:
    running = asyncio.create_task(studio.run())
    try:
        with contextlib.ExitStack() as others:
            await studio.start_others(shot, others)
            await studio.take(shot, folder)
    finally:
        studio._closes_anyway = True
        studio._window.close()
        await running


def main() -> None:
    folder, shot = Path(sys.argv[1]), Shot(**json.loads(sys.argv[2]))
    options = parse(["--scenario", shot.scenario, *shot.words])
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    prepare(app)
    with tempfile.TemporaryDirectory() as broker_dir, qasync.QEventLoop(app) as loop:
        loop.run_until_complete(play(Studio(options, app, Path(broker_dir)), shot, folder))
    print(shot.name, os.environ.get("DISPLAY", ""))  # noqa: T201


if __name__ == "__main__":
    main()
