"""Takes the pictures of a recording that is looked at: `python -m tests.recording_pictures`.

With `--inside THEME` it is the program on the virtual screen.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from tests.end2end.conftest import virtual_screen
from workq_gui.command_line import parse
from workq_gui.core.events import TaskDelivered, WorkerCrashed
from workq_gui.replaying import Replay
from workq_gui.runtime.recording_loader import RecordingLoader
from workq_gui.ui.style import prepare

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
RECORDING = Path(__file__).resolve().parent / "recordings" / "lesson.workq"
LATER_NS = 350_000_000
THEMES = ("dark", "light")


async def take(theme: str, app: QApplication) -> None:
    """Take the window at the crash, and the life of the task that came back."""
    replay = Replay(RecordingLoader(RECORDING), parse([str(RECORDING), "--theme", theme]), app)
    running = asyncio.create_task(replay.run())
    while replay._loader.is_loading:
        await asyncio.sleep(0.05)
    session, window = replay._loader.session, replay._window
    crash = next(event for event in session.history if isinstance(event, WorkerCrashed))
    window.showMaximized()
    window.playhead_bar.seek_requested.emit(crash.at_ns + LATER_NS)
    await _photograph(window, IMAGES / f"recording-{theme}.png")
    window.playhead_bar.now_requested.emit()
    twice = next(e.task_id for e in session.history if isinstance(e, TaskDelivered) and e.redelivered)
    window.show_task_life(twice)
    await _photograph(window._life, IMAGES / f"task-life-{theme}.png")
    replay._closed.set()
    await running


async def _photograph(window, target: Path) -> None:
    await asyncio.sleep(1.0)  # the window manager takes its time
    shell = await asyncio.create_subprocess_exec("import", "-window", str(int(window.winId())), str(target))
    await shell.wait()


def main() -> None:
    """Take them on a screen of their own."""
    if "--inside" in sys.argv:
        app = QApplication(sys.argv[:1])
        app.setQuitOnLastWindowClosed(False)
        prepare(app)
        with qasync.QEventLoop(app) as loop:
            loop.run_until_complete(take(sys.argv[-1], app))
        return
    for theme in THEMES:
        with virtual_screen("1440x900x24") as screen:
            command = [sys.executable, "-m", "tests.recording_pictures", "--inside", theme]
            subprocess.run(command, env=screen.environment, check=True)


if __name__ == "__main__":
    main()
