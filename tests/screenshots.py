"""Makes the pictures of the documentation from the real window: `make screenshots`."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pika

from tests.end2end.conftest import Program, Screen, virtual_screen
from workq_gui.core.events import TaskAcked, WorkerCrashed, WorkerStarted
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"

CRASH = """\
title = "For the picture"

[[step]]
add_workers = 4

[[step]]
wait_until = "worker waiting"
worker = 4

[[step]]
publish = [
    "First message.",
    "Second message..",
    "Third message...",
    "Fourth message....",
    "Fifth message.....",
    "Resize holiday photos...",
    "Send the newsletter..",
    "Write the report....",
    "Resize a photo.",
]

[[step]]
wait_s = 1.9

[[step]]
crash_worker = 3

[[step]]
wait_s = 60
"""
CROWD = """\
title = "For the picture"

[[step]]
dot_seconds = 0.3

[[step]]
add_workers = 60

[[step]]
publish = ["a.", "b..", "c...", "d....", "e....."]
times = 400

[[step]]
wait_s = 60
"""


class Photographer:
    """Plays scenarios on a screen, and takes pictures of the window at chosen moments."""

    def __init__(self, screen: Screen, url: str, folder: Path) -> None:
        self._screen = screen
        self._url = url
        self._folder = folder
        self._count = 0

    def _window(self) -> str:
        return self._screen.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "^WorkQ$").split()[
            -1
        ]

    def take(
        self,
        name: str,
        scenario: str,
        words: list[str],
        moment: Callable[[Program], bool],
        later_s: float = 0.0,
    ) -> None:
        """Save the picture `name` of what the window shows `later_s` seconds after `moment`."""
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        path = folder / "scenario.toml"
        path.write_text(scenario, encoding="utf-8")
        broker = ["--broker", self._url, "--queue", "task_queue"]
        program = Program(self._screen, folder, [*broker, "--scenario", str(path), *words])
        try:
            program.until(lambda p: p.events(WorkerStarted))
            self._screen.run("xdotool", "windowsize", self._window(), "100%", "96%")
            program.until(moment)
            time.sleep(later_s)
            window = self._window()
            self._screen.run("import", "-window", window, str(IMAGES / f"{name}.png"))
        finally:
            program.process.terminate()
            program.end()
        print(f"docs/images/{name}.png")  # noqa: T201


def is_crashed(program: Program) -> bool:
    return bool(program.events(WorkerCrashed))


def is_crowded(program: Program) -> bool:
    return len(program.events(TaskAcked)) > 200


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        node = RabbitMqNode(Path(folder) / "node")
        node.start()
        try:
            for size, suffix in (("1440x930x24", ""), ("1024x730x24", "-small"), ("1920x1080x24", "-large")):
                with virtual_screen(size) as screen:
                    photographer = Photographer(screen, node.url, Path(tempfile.mkdtemp(dir=folder)))
                    for theme in ("dark", "light"):
                        name = f"main-window-{theme}{suffix}"
                        photographer.take(name, CRASH, ["--theme", theme], is_crashed, 0.6)
                        purge(node.url)
                    if not suffix:
                        photographer.take("many-workers", CROWD, ["--theme", "dark"], is_crowded, 1.0)
                        purge(node.url)
        finally:
            node.stop()


def purge(url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        connection.channel().queue_delete("task_queue")


if __name__ == "__main__":
    main()
