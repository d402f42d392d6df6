"""A recording, opened as a file manager opens it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rabbitmq_fixture import wait_until

MOMENTS = Path(__file__).resolve().parent.parent / "recordings" / "moments.jsonl"


@pytest.fixture
def show(screen, tmp_path):
    """Return the running program that shows a file, with preferences of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(path: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "workq_gui", str(path), "--data", str(tmp_path / "data")]
        started.append(subprocess.Popen(command, env=screen.environment, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def test_a_recording_is_shown_with_all_its_views_and_closed_by_the_keyboard(show, screen, tmp_path):
    path = tmp_path / "a lesson für alle.workq"
    shutil.copy(MOMENTS, path)
    process = show(path)
    wait_until(lambda: screen.has_window("für alle.workq .recording."), 60)
    screen.focus("recording")
    screen.keys("End", "alt+2", "alt+3", "alt+4", "alt+3", "ctrl+e")
    wait_until(lambda: screen.has_window("Share"), 20)
    screen.keys("Escape", "alt+F4")
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")


def test_what_is_no_recording_is_refused_in_a_window(show, screen, tmp_path):
    path = tmp_path / "holiday.workq"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    process = show(path)
    wait_until(lambda: screen.has_window("^WorkQ$"), 60)
    screen.focus("^WorkQ$")
    screen.keys("Escape")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "holiday.workq" in errors
