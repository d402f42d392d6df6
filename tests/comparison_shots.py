"""Makes the pictures of the comparisons, from the real window.

`python -m tests.comparison_shots` makes those of the documentation; with FOLDER SIZE NAME others.
A comparison is played to its end, and then looked at in the middle: so the table stands below the picture.
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from tests.end2end.conftest import virtual_screen
from tests.screenshots import IMAGES
from workq_gui.app import Application
from workq_gui.command_line import parse
from workq_gui.core.events import TaskDelivered
from workq_gui.ui.style import prepare

MS = 1_000_000
TIME_LIMIT_S = 60.0
SHOTS = [("1440x900", "prefetch")]
"""Those of the documentation: the size of the screen, and the comparison."""
LATER_MS = {"prefetch": 4_300, "auto-ack": 1_500, "persistence": 300, "queue-type": 300}
"""How long after the first delivery on side B each is looked at."""


class Studio(Application):
    """The program with a photographer in the place of its user."""

    async def take(self, name: str, files: dict[str, Path]) -> None:
        async with asyncio.timeout(TIME_LIMIT_S):
            while self._comparing is None or not self._comparing._playing:  # noqa: ASYNC110 (as in studio)
                await asyncio.sleep(0.02)
            await asyncio.sleep(1.0)  # the window manager takes its time
            await self._photograph(files["early"])
            await asyncio.wait(self._comparing._playing)
        run, pair = self._comparing._run, self._comparing._pair
        history = run.sides[1].session.history
        first = next(event for event in history if isinstance(event, TaskDelivered))
        await self._photograph(files["end"])
        pair.seek(first.at_ns + LATER_MS[name] * MS)
        self._comparing._show_frame()
        await asyncio.sleep(0.5)
        await self._photograph(files["held"])

    async def _photograph(self, file: Path) -> None:
        window = str(int(self._comparing._window.winId()))
        shell = await asyncio.create_subprocess_exec("import", "-window", window, str(file))
        await shell.wait()


async def play(studio: Studio, name: str, files: dict[str, Path]) -> None:
    running = asyncio.create_task(studio.run())
    try:
        await studio.take(name, files)
    finally:
        studio._closed.set()
        await running


def take(folder: Path, size: str, name: str, theme: str) -> None:
    """Take the pictures of one comparison, on the screen that there is."""
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    prepare(app)
    files = {when: folder / f"compare-{name}-{size}-{when}-{theme}.png" for when in ("early", "end", "held")}
    options = parse(["--compare", name, "--theme", theme])
    with tempfile.TemporaryDirectory() as broker_dir, qasync.QEventLoop(app) as loop:
        loop.run_until_complete(play(Studio(options, app, Path(broker_dir)), name, files))


def main() -> None:
    words = sys.argv[1:]
    if len(words) == 4:
        take(Path(words[0]), *words[1:])
        return
    folder, shots = (Path(words[0]), [(words[1], words[2])]) if words else (None, SHOTS)
    for size, name in shots:
        for theme in ("dark", "light"):
            with tempfile.TemporaryDirectory() as temporary, virtual_screen(f"{size}x24") as screen:
                place = folder or Path(temporary)
                command = [sys.executable, "-m", "tests.comparison_shots", str(place), size, name, theme]
                subprocess.run(command, env=screen.environment, check=True)
                if folder is None:
                    held = place / f"compare-{name}-{size}-held-{theme}.png"
                    (IMAGES / f"compare-{name}-{theme}.png").write_bytes(held.read_bytes())


if __name__ == "__main__":
    main()
