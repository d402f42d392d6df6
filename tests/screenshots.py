"""Makes the pictures and the film of the documentation, from the real window: `make screenshots`."""

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.end2end.conftest import virtual_screen
from tests.studio import Shot

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SCENARIOS = Path(__file__).resolve().parent / "scenes"
MEDIUM, SMALL, LARGE, SCALE = "1440x900", "1024x700", "1920x1080", "1600x900"
THEMES = ("dark", "light")
OTHERS_ELSEWHERE = {
    "help_pictures": ("doctor", "room", "conflict"),
    "recording_pictures": ("recording", "task-life"),
    "comparison_shots": ("compare-prefetch",),
}
"""The modules that take more pictures, and how these are called."""

MOMENTS = [
    ("1-publish", "publish.toml", "TaskPublished", 3, 170),
    ("2-deliver", "moments.toml", "TaskDelivered", 1, 640),
    ("3-ack", "moments.toml", "TaskAcked", 1, 130),
    ("4-crash", "moments.toml", "WorkerCrashed", 1, 400),
    ("5-auto-ack-crash", "auto-ack.toml", "WorkerCrashed", 1, 330),
    ("6-broker-restart", "restart.toml", "BrokerStopped", 1, 500),
]
"""The storyboard: its name, the scene, the event, which of these, and how many milliseconds later."""


WORKER = (["worker.py"], " [*] Waiting for messages. To exit press CTRL+C")
OTHERS = [
    WORKER,
    WORKER,
    *(
        (["new_task.py", f"{text} message" + dots * "."], f" [x] Sent {text} message" + dots * ".")
        for dots, text in enumerate(("First", "Second", "Third", "Fourth", "Fifth", "Sixth"), 1)
    ),
]
"""The tutorial's programs, unmodified, and what each prints when it is there."""


def shots() -> list[tuple[str, Shot]]:
    """Return every picture, with the size of the screen that it is taken on."""
    found = []
    for theme in THEMES:
        words = ["--theme", theme]
        for name, scene, event, nth, later_ms in MOMENTS:
            found.append((MEDIUM, _shot(f"moment-{name}-{theme}", scene, event, nth, later_ms, words)))
        for size, suffix in ((MEDIUM, ""), (SMALL, "-small"), (LARGE, "-large")):
            found.append(
                (size, _shot(f"main-window-{theme}{suffix}", "tour.toml", "WorkerCrashed", 1, 350, words))
            )
        found.append((SCALE, _shot(f"scale-{theme}", "crowd.toml", "WorkerCrashed", 1, 380, words)))
        found.append((MEDIUM, _shot(f"queues-{theme}", "queues.toml", "TaskAcked", 3, 100, words)))
        cluster = [*words, "--broker", "cluster"]
        found.append((MEDIUM, _shot(f"cluster-{theme}", "cluster.toml", "NodeStopped", 1, 1_800, cluster)))
        kitchen = [*words, "--kitchen"]
        found.append((MEDIUM, _shot(f"kitchen-{theme}", "tour.toml", "WorkerCrashed", 1, 350, kitchen)))
        for number, name in enumerate(("timeline", "events", "charts", "wire")):
            view = _shot(f"{name}-{theme}", "tour.toml", "TaskAcked", 6, 200, words)
            found.append((MEDIUM, Shot(**{**asdict(view), "first_keys": [f"tab_{number}"]})))
        present = _shot(f"present-{theme}", "tour.toml", "WorkerCrashed", 1, 350, words)
        found.append((LARGE, Shot(**{**asdict(present), "keys": ["present"]})))
        for suffix, broker in (("", []), ("-rabbitmq", ["--broker", "rabbitmq"])):
            foreign = _shot(
                f"foreign-clients{suffix}-{theme}",
                "foreign.toml",
                "ForeignDelivered",
                2,
                250,
                [*words, *broker],
            )
            found.append((MEDIUM, Shot(**{**asdict(foreign), "others": OTHERS})))
        for name, key in (("ledger", "ledger"), ("worker-settings", "add_worker_with")):
            dialog = _shot(f"{name}-{theme}", "ledger.toml", "NetworkChanged", 1, 9_000, words)
            found.append((MEDIUM, Shot(**{**asdict(dialog), "keys": [key], "is_whole_screen": True})))
    contrast = ["--theme", "contrast"]
    found.append((MEDIUM, _shot("main-window-contrast", "tour.toml", "WorkerCrashed", 1, 350, contrast)))
    film = _shot("crash-and-redelivery", "film.toml", "TaskPublished", 1, 0, ["--theme", "dark"])
    found.append((MEDIUM, Shot(**{**asdict(film), "film_ms": 8_800})))
    return found


def _shot(name: str, scene: str, event: str, nth: int, later_ms: int, words: list[str]) -> Shot:
    return Shot(name, str(SCENARIOS / scene), event, nth, later_ms, words)


def main() -> None:
    """Take all pictures, or those whose names begin with a word of the command line."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    wanted = tuple(sys.argv[1:])
    for size, shot in shots():
        if wanted and not shot.name.startswith(wanted):
            continue
        with tempfile.TemporaryDirectory(), virtual_screen(f"{size}x24") as screen:
            command = [sys.executable, "-m", "tests.studio", str(IMAGES), json.dumps(asdict(shot))]
            subprocess.run(command, env=screen.environment, check=True)
    for module, names in OTHERS_ELSEWHERE.items():
        if not wanted or any(name.startswith(wanted) for name in names):
            subprocess.run([sys.executable, "-m", f"tests.{module}"], check=True)


if __name__ == "__main__":
    main()
