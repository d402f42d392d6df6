"""A real screen without a monitor, a window manager, and the program as a process of its own."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rabbitmq_fixture import wait_until
from workq_gui.core.events import Event
from workq_gui.core.recording import RecordingReader

SCREEN = "1440x900x24"
TIME_LIMIT_S = 120


@dataclass(frozen=True)
class Screen:
    """A virtual screen; `keys` and `click` are what a person would do."""

    display: str

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def run(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=True, timeout=20
        ).stdout

    def has_window(self, title: str) -> bool:
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", title],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return bool(found.stdout.strip())

    def focus(self, title: str) -> None:
        self.run("xdotool", "search", "--sync", "--onlyvisible", "--name", title, "windowactivate", "--sync")

    def type(self, text: str) -> None:
        self.run("xdotool", "type", "--delay", "20", text)

    def keys(self, *names: str) -> None:
        self.run("xdotool", "key", "--delay", "20", *names)


@contextlib.contextmanager
def virtual_screen(size: str) -> Iterator[Screen]:
    """Start a screen of `size` and a window manager on it, and end both afterwards."""
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        number = pipe.readline().strip()
    assert number, "Xvfb did not start"
    screen = Screen(f":{number}")
    manager = subprocess.Popen(
        ["openbox"], env=screen.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield screen
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()


@pytest.fixture(scope="session")
def screen() -> Iterator[Screen]:
    with virtual_screen(SCREEN) as screen:
        yield screen


class Program:
    """The running program, seen through its recording, its exit code and what it prints."""

    def __init__(self, screen: Screen, folder: Path, words: list[str]) -> None:
        self.recording = folder / "session.jsonl"
        command = [
            sys.executable,
            "-m",
            "workq_gui",
            "--data",
            str(folder / "data"),
            "--record",
            str(self.recording),
        ]
        self.process = subprocess.Popen(
            [*command, *words], env=screen.environment, stderr=subprocess.PIPE, text=True
        )

    def events(self, *kinds: type[Event]) -> list[Event]:
        """Return what is recorded so far; the last line may be under way."""
        data = self.recording.read_bytes() if self.recording.exists() else b""
        found = RecordingReader().feed(data)
        return [event for event in found if isinstance(event, kinds)] if kinds else found

    def until(self, predicate: Callable[["Program"], bool], timeout_s: float = 60.0) -> None:
        wait_until(lambda: predicate(self), timeout_s)

    def end(self) -> tuple[int, str]:
        """Wait for the end; return the exit code and what was printed on the way."""
        _, errors = self.process.communicate(timeout=TIME_LIMIT_S)
        return self.process.returncode, errors


@pytest.fixture
def start(screen, tmp_path) -> Iterator[Callable[..., Program]]:
    started: list[Program] = []

    def start_one(*words: str) -> Program:
        started.append(Program(screen, tmp_path, list(words)))
        return started[-1]

    yield start_one
    for program in started:
        if program.process.poll() is None:
            program.process.send_signal(signal.SIGKILL)
            program.process.communicate()
