"""The folder in which every session is recorded."""

import subprocess
import sys

import pytest

from workq_gui.core.recording import Header
from workq_gui.runtime.recorder import Recorder
from workq_gui.runtime.recordings import Recordings

OLD = ["2026-11-01T10-00-00.workq", "2026-11-02T10-00-00.workq", "2026-11-03T10-00-00.workq"]
HOLDER = """
import sys
from pathlib import Path
from workq_gui.runtime.recordings import Recordings
recordings = Recordings(Path(sys.argv[1]))
print(recordings.new_path().name, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def old(tmp_path):
    """A folder with three recordings of 100 bytes."""
    for name in OLD:
        (tmp_path / name).write_bytes(b"x" * 100)
    return tmp_path


@pytest.fixture
def other_program(tmp_path):
    """Another program that has begun a recording in `tmp_path`; its name, and the process."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().strip(), process
    process.kill()
    process.communicate()


def names(recordings: Recordings) -> list[str]:
    return [each.path.name for each in recordings.recent()]


def test_a_new_recording_is_in_a_folder_that_is_made(tmp_path):
    recordings = Recordings(tmp_path / "new" / "recordings")
    path = recordings.new_path()
    assert path.exists()
    assert names(recordings) == [path.name]
    recordings.close()
    assert sorted(each.name for each in path.parent.iterdir()) == [path.name]


def test_sessions_that_begin_in_the_same_second_have_files_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("time.strftime", lambda _: "2026-11-24T19-03-28")
    several = [Recordings(tmp_path) for _ in range(12)]
    paths = [recordings.new_path() for recordings in several]
    assert len(set(paths)) == 12
    assert names(several[0]) == [path.name for path in reversed(paths)]


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Not a directory"):
        Recordings(tmp_path / "file" / "recordings").new_path()


def test_the_oldest_are_removed_until_the_rest_is_small_enough(old):
    recordings = Recordings(old)
    recordings.prune(250)
    assert names(recordings) == [OLD[2], OLD[1]]
    recordings.prune(250)
    assert names(recordings) == [OLD[2], OLD[1]]


def test_what_has_another_name_is_never_removed(old):
    (old / "my lesson.workq").write_bytes(b"x" * 900)
    (old / "2026-10-01T10-00-00.txt").write_bytes(b"x" * 900)
    (old / "2026-10-01T10-00-00.workq").mkdir()
    elsewhere = old / "elsewhere"
    elsewhere.write_bytes(b"x" * 900)
    (old / "2026-10-02T10-00-00.workq").symlink_to(elsewhere)
    Recordings(old).prune(0)
    assert {each.name for each in old.iterdir()} == {
        "my lesson.workq",
        "2026-10-01T10-00-00.txt",
        "2026-10-01T10-00-00.workq",
        "elsewhere",
        "2026-10-02T10-00-00.workq",
    }


def test_what_is_being_written_is_never_removed(old):
    recordings = Recordings(old)
    path = recordings.new_path()
    recordings.prune(0)
    assert names(recordings) == [path.name]
    recordings.close()
    recordings.prune(-1)
    assert names(recordings) == []


def test_what_another_program_writes_is_left_until_it_ends_or_is_killed(old, other_program):
    name, process = other_program
    recordings = Recordings(old)
    recordings.prune(0)
    assert names(recordings) == [name]
    assert recordings.new_path().name != name
    recordings.close()
    process.kill()
    process.wait()
    recordings.prune(-1)
    assert names(recordings) == []


def test_a_folder_that_is_not_there_has_no_recordings(tmp_path):
    assert Recordings(tmp_path / "missing").recent() == []


def test_a_recorder_writes_into_the_file_that_was_made(tmp_path):
    recordings = Recordings(tmp_path)
    recorder = Recorder(recordings.new_path(), Header(queue="orders"))
    recorder.record([])
    recorder.close()
    assert '"queue": "orders"' in recordings.recent()[0].path.read_text(encoding="utf-8")
