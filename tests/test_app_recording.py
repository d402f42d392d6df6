"""The program in one piece: where its session is recorded, and what happens where that cannot be."""

import subprocess
import sys
from pathlib import Path

from tests.rabbitmq_fixture import wait_until
from workq_gui.runtime.recording_loader import RecordingLoader
from workq_gui.runtime.recordings import Recordings


def run(data: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "workq_gui", "--data", str(data)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


SMALL = """
import sys
from workq_gui import app
from workq_gui.__main__ import main
app.MOST_SPOOL_BYTES = 900
sys.argv = ["workq", "--data", sys.argv[1]]
sys.exit(main())
"""


def recorded_bytes(recordings: Recordings) -> bytes:
    return b"".join(each.path.read_bytes() for each in recordings.recent())


def test_a_program_that_is_killed_leaves_a_recording_that_opens(tmp_path):
    recordings = Recordings(tmp_path / "recordings")
    process = run(tmp_path)
    try:
        wait_until(lambda: recorded_bytes(recordings).count(b'"WorkerStarted"') == 2, 60.0)
    finally:
        process.kill()
        process.communicate()
    loader = RecordingLoader(recordings.recent()[0].path)
    loader.load_all()
    assert len(loader.session.workers.views) == 2
    assert loader.header.made_by.startswith("WorkQ ")


def test_where_nothing_can_be_recorded_that_is_said_and_the_show_goes_on(tmp_path):
    (tmp_path / "recordings").touch()
    process = run(tmp_path)
    try:
        assert "cannot record to" in process.stderr.readline()
        wait_until(lambda: (tmp_path / "broker").is_dir(), 60.0)
    finally:
        process.terminate()
        process.communicate()
    assert process.returncode == 0


def test_a_recording_that_is_full_is_told_and_is_no_failure(tmp_path):
    command = [sys.executable, "-c", SMALL, str(tmp_path)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert "ends here: what follows is not recorded" in process.stderr.readline()
    finally:
        process.terminate()
        said = process.communicate()[1]
    assert process.returncode == 0, said
    assert "ends here" not in said
