"""Takes the pictures of the doctor, the room and a conflict: `python -m tests.help_pictures`.

Each window is filled by the real thing: a report of a broker that denies transient queues, a room that is
open, and a queue that was declared otherwise. With `--inside` it is the program on the virtual screen.
"""

import asyncio
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from tests.end2end.conftest import virtual_screen
from workq_gui.core.queue_conflict import Difference, QueueConflict
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.room import OpenRoom
from workq_gui.core.settings import from_url
from workq_gui.messaging.examination import examine
from workq_gui.ui.conflict_table import ConflictDialog
from workq_gui.ui.doctor_window import DoctorWindow
from workq_gui.ui.room_window import RoomWindow
from workq_gui.ui.style import apply_theme, prepare
from workq_gui.ui.theme import DARK, LIGHT

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
MAPPED_AFTER_S = 0.6
ROOM = OpenRoom(("192.168.178.23",), 5672, "class", "bado-kemu-zigi-rose")
CONFLICT = QueueConflict(
    "task_queue",
    (
        Difference("durable", "true", "false"),
        Difference("x-max-length", "not given", "100"),
        Difference("x-queue-type", "not given", "classic"),
    ),
    1204,
    2,
    QueueSettings(durable=False, is_passive=True),
    "406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'task_queue' in vhost '/': "
    "received 'true' but current is 'false'",
)


@contextmanager
def denying_broker():
    """Run a broker that denies transient queues, and yield its URL."""
    command = [sys.executable, "-m", "workq_gui", "--serve-broker", "--until-stdin-closes"]
    command += ["--deny", "transient_nonexcl_queues"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield f"amqp://localhost:{json.loads(process.stdout.readline())['port']}"
        process.stdin.close()


def windows(url: str, parent: QWidget) -> dict[str, QWidget]:
    """Return the windows by the names of their pictures."""
    doctor, room = DoctorWindow(), RoomWindow()
    doctor.display(asyncio.run(examine(from_url(url), "task_queue")))
    room.display(ROOM)
    return {"doctor": doctor, "room": room, "conflict": ConflictDialog(CONFLICT, parent)}


def take(folder: Path) -> None:
    """Take every picture into `folder`."""
    app = QApplication(sys.argv[:1])
    prepare(app)
    parent = QMainWindow()
    with denying_broker() as url:
        for theme in (DARK, LIGHT):
            apply_theme(app, theme)
            for name, window in windows(url, parent).items():
                window.show()
                until_s = time.monotonic() + MAPPED_AFTER_S
                while time.monotonic() < until_s:
                    app.processEvents()
                target = folder / f"{name}-{theme.name}.png"
                subprocess.run(["import", "-window", str(int(window.winId())), str(target)], check=True)
                window.close()


def main() -> None:
    """Take them on a screen of their own."""
    if "--inside" in sys.argv:
        take(IMAGES)
        return
    with virtual_screen("1440x900x24") as screen:
        command = [sys.executable, "-m", "tests.help_pictures", "--inside"]
        subprocess.run(command, env=screen.environment, check=True)


if __name__ == "__main__":
    main()
