"""The keyboard alone, in a real window, by synthetic keys: nothing needs a mouse."""

import subprocess

from tests.end2end.conftest import Screen
from tests.rabbitmq_fixture import wait_until
from workq_gui.core import events as e

STAGE = "500x330+340+150"
"""A part of the screen that only the stage paints; the words below it tell how far behind the picture is."""


def seen(screen: Screen, area: str = STAGE) -> bytes:
    """Return what stands in an area of the screen."""
    command = ["import", "-window", "root", "-crop", area, "-depth", "8", "rgb:-"]
    return subprocess.run(command, env=screen.environment, capture_output=True, check=True).stdout


def stands_still(screen: Screen) -> bool:
    return len({seen(screen) for _ in range(4)}) == 1


def size(screen: Screen) -> list[str]:
    window = screen.run("xdotool", "search", "--onlyvisible", "--name", "^WorkQ$").split()[-1]
    return screen.run("xdotool", "getwindowgeometry", "--shell", window).split()[3:5]


def test_publish_add_crash_hold_step_scrub_present_and_quit(start, screen):
    program = start("--theme", "dark")
    program.until(lambda p: len(p.events(e.WorkerStarted)) == 2)
    screen.focus("^WorkQ$")

    screen.type("Long task.........")
    screen.keys("Return")
    program.until(lambda p: p.events(e.TaskDelivered))
    screen.keys("ctrl+n")
    program.until(lambda p: len(p.events(e.WorkerStarted)) == 3)

    holder = program.events(e.TaskDelivered)[0].worker_id
    screen.keys(f"ctrl+{holder.split()[-1]}", "Menu")
    screen.keys("Down", "Return")
    program.until(lambda p: p.events(e.WorkerCrashed))
    program.until(lambda p: any(event.redelivered for event in p.events(e.TaskDelivered)))

    screen.keys("ctrl+t", "space")
    wait_until(lambda: stands_still(screen), 20)
    held = seen(screen)
    screen.keys("Left")  # step back, before the latest event
    wait_until(lambda: seen(screen) != held and stands_still(screen), 20)
    before = seen(screen)
    screen.keys("Right")  # and forward again
    wait_until(lambda: seen(screen) != before and stands_still(screen), 20)
    screen.keys("Home")  # scrub to the beginning
    wait_until(lambda: seen(screen) != before and stands_still(screen), 20)
    beginning = seen(screen)
    screen.keys("End")  # and to now
    wait_until(lambda: seen(screen) != beginning, 20)

    small = size(screen)
    screen.keys("F11")
    wait_until(lambda: size(screen) == ["WIDTH=1440", "HEIGHT=900"], 20)
    screen.keys("Escape")
    wait_until(lambda: size(screen) == small, 20)

    screen.keys("ctrl+q")
    code, errors = program.end()
    assert (code, errors) == (0, "")
