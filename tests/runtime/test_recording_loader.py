"""A recording, from its file into a session."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from tests.core.story import W1, S, T, delivered, done, published
from tests.damaged_recordings import HEADER, LINES, NEWER, OPENED, RECORDINGS, REFUSED, WHOLE
from workq_gui.core.event_lines import to_line
from workq_gui.core.playhead import Playhead
from workq_gui.core.recording import RecordingError, RecordingNotes
from workq_gui.core.settings import DEFAULT_QUEUE
from workq_gui.runtime.recording_loader import RecordingLoader


@pytest.fixture
def file(tmp_path):
    def write(data: bytes):
        path = tmp_path / "session.workq"
        path.write_bytes(data)
        return path

    return write


def many(count: int) -> bytes:
    """A recording of `count` tasks, each done in a second."""
    events = [
        event
        for number in range(count)
        for event in (
            *published(f"t-{number}", at_ns=number * S),
            delivered(f"t-{number}", W1, number * S),
            *done(f"t-{number}", W1, number * S + S),
        )
    ]
    return HEADER + "".join(f"{to_line(event)}\n" for event in events).encode()


def test_a_recording_is_loaded_in_slices_and_can_be_looked_at_meanwhile(file, qtbot):
    loader = RecordingLoader(file(many(3_000)))
    assert loader.header.began == "2026-11-24T19:03:28Z"
    assert loader.is_loading
    seen: list[tuple[float, int]] = []
    loader.progressed.connect(lambda fraction: seen.append((fraction, loader.session.history.count)))
    with qtbot.waitSignals([loader.first_shown, loader.finished]):
        loader.start()
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert 0 < seen[0][1] < 15_000
    assert seen[-1] == (1.0, 15_000)
    assert not loader.is_loading
    assert loader.session.board.acked_count == 3_000


def test_the_words_about_it_come_with_its_end(file, qtbot):
    loader = RecordingLoader(file(OPENED["with newer events"].data))
    with qtbot.waitSignal(loader.finished) as blocker:
        loader.start()
    assert blocker.args == [loader.notes]
    assert loader.notes.sentences[0].startswith("Made by a newer WorkQ (WorkQ 9.0): 2 events of")


def test_the_clock_stands_at_the_end_when_the_last_token_has_landed(file):
    loader = RecordingLoader(file(many(5)))
    loader.load_all()
    assert 5 * S < loader.clock.now_ns() == loader.session.scene.last_landing_ns
    playhead = Playhead(loader.session, ticks=loader.clock)
    assert playhead.is_live
    playhead.seek(0)
    assert (playhead.at_ns, playhead.state.applied_count) == (0, 3)


def test_a_load_that_is_not_wanted_any_more_ends_and_what_is_loaded_stays(file, qtbot):
    loader = RecordingLoader(file(many(20_000)))
    with qtbot.assertNotEmitted(loader.finished):
        with qtbot.waitSignal(loader.first_shown):
            loader.start()
        loader.cancel()
        turns: list[int] = []
        timer = QTimer()
        timer.timeout.connect(lambda: turns.append(1))
        timer.start(0)
        # The loader's own timer would come as often, and have loaded all.
        qtbot.waitUntil(lambda: len(turns) > 500)
    assert not loader.is_loading
    assert 0 < loader.session.history.count < 100_000


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.jsonl")), ids=lambda path: path.name)
def test_recordings_of_before_are_opened(path):
    loader = RecordingLoader(path)
    assert loader.load_all().sentences == ()
    assert loader.session.queue == DEFAULT_QUEUE
    assert loader.session.history.count >= loader.notes.event_count > 0


def test_the_first_queue_is_the_first_that_was_added_or_else_the_one_in_the_header(file):
    other = b'{"event":"QueueAdded","at_ns":0,"queue":"orders","dead_letter_to":""}\n'
    header = NEWER.replace(b"task_queue", b"wished")
    for data, queue in ((header + other + WHOLE, "orders"), (header, "wished"), (WHOLE, DEFAULT_QUEUE)):
        loader = RecordingLoader(file(data))
        assert loader.session.queue == queue
        loader.cancel()


@pytest.mark.parametrize("name", OPENED)
def test_a_damaged_recording_is_opened_as_far_as_it_can_be(file, name):
    loader = RecordingLoader(file(OPENED[name].data))
    notes = loader.load_all()
    assert OPENED[name].said in "\n".join(notes.sentences)
    assert loader.session.history.count >= notes.event_count == len(LINES) - OPENED[name].lost
    assert loader.fraction == 1.0


@pytest.mark.parametrize("name", REFUSED)
def test_another_kind_of_file_is_refused_in_words(file, name):
    with pytest.raises(RecordingError, match=REFUSED[name].said):
        RecordingLoader(file(REFUSED[name].data))


def test_what_is_no_file_is_refused_in_words(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, words in {
        tmp_path: "is a folder, not a recording",
        tmp_path / "missing.workq": "cannot be opened: No such file or directory",
        tmp_path / "pipe": "is not a file, but a device or a pipe",
        tmp_path / "no\0name": "cannot be opened",
        Path("/proc/self/mem"): "mem cannot be read: Input/output error",
    }.items():
        with pytest.raises(RecordingError, match=words):
            RecordingLoader(path)


def test_a_file_that_fails_while_it_is_read_is_shown_as_far_as_it_came(file, monkeypatch):
    loader = RecordingLoader(file(many(3_000)))
    monkeypatch.setattr(loader, "_file", Unreadable(loader._file))
    notes = loader.load_all()
    assert notes.sentences == (
        "The file could not be read to its end: Input/output error. All before that is shown.",
    )
    assert 0 < notes.event_count < 15_000


class Unreadable:
    """A file on a disk that fails."""

    closed = False

    def __init__(self, file) -> None:
        self._file = file

    def read(self, _: int) -> bytes:
        raise OSError(5, "Input/output error")

    def close(self) -> None:
        self.closed = True
        self._file.close()


def test_a_recording_that_is_still_written_is_shown_as_far_as_it_is_written(file):
    loader = RecordingLoader(file(HEADER + b"".join(LINES[:9]) + LINES[9][:30]))
    assert loader.load_all() == RecordingNotes(
        (
            "The recording ends in the middle of a line: the program ended there, or the file was not copied "
            "to its end. All before that is shown.",
        ),
        9,
    )


def test_a_task_of_the_recording_is_found_at_any_moment(file):
    loader = RecordingLoader(file(HEADER + b"".join(f"{to_line(x)}\n".encode() for x in published(T))))
    loader.load_all()
    assert T in loader.session.history.state_at(2).board.tasks
