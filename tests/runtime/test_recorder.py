"""A recording holds what happened, as it happens."""

import json
from pathlib import Path

import pytest

from tests.core.story import T, make, published
from workq_gui.core import events as e
from workq_gui.core.event_lines import from_line
from workq_gui.core.recording import Header
from workq_gui.runtime.recorder import Recorder

HEADER = Header(made_by="WorkQ 0.1", queue="task_queue", began="2026-11-24T19:03:28Z")


def test_every_event_is_in_the_file_at_once_after_a_line_that_says_what_it_is(tmp_path):
    path = tmp_path / "session.workq"
    recorder = Recorder(path, HEADER)
    events = [*published(T, "Grüße.\n"), make(e.TaskConfirmed, task_id=T)]
    recorder.record(events[:2])
    recorder.record(events[2:])
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(first) == {
        "workq_recording": 1,
        "made_by": "WorkQ 0.1",
        "queue": "task_queue",
        "began": "2026-11-24T19:03:28Z",
    }
    assert [from_line(line) for line in lines] == events
    recorder.close()


def test_half_a_character_pair_does_not_end_the_recording_and_comes_back(tmp_path):
    path = tmp_path / "session.workq"
    recorder = Recorder(path, HEADER)
    events = published(T, "half \ud83d of a pair\\")
    recorder.record(events)
    recorder.close()
    assert [from_line(line) for line in path.read_text(encoding="utf-8").splitlines()[1:]] == events


def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path):
    with pytest.raises(OSError, match="No such file or directory"):
        Recorder(tmp_path / "missing" / "session.workq", HEADER)


def test_a_full_disk_is_told_once_and_does_not_disturb_the_show(qtbot):
    recorder = Recorder(Path("/dev/full"), HEADER)
    with qtbot.waitSignal(recorder.failed) as blocker:
        recorder.record(published(T))
    assert blocker.args == ["No space left on device"]
    with qtbot.assertNotEmitted(recorder.failed):
        recorder.record(published(T))
    recorder.close()


def test_a_file_that_nobody_asked_for_ends_when_it_is_long_and_is_whole_and_that_is_told_once(
    tmp_path, qtbot
):
    path = tmp_path / "session.workq"
    recorder = Recorder(path, HEADER, most_bytes=1_000)
    told: list[bool] = []
    recorder.filled.connect(lambda: told.append(True))
    with qtbot.assertNotEmitted(recorder.failed):
        for _ in range(100):
            recorder.record(published(T))
    assert told == [True]
    recorder.close()
    _, *lines = path.read_text(encoding="utf-8").splitlines()
    assert 1_000 <= path.stat().st_size < 2_000
    assert all(from_line(line).at_ns == 0 for line in lines)
