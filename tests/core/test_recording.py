"""What is read of a recording, whole or damaged, and what is said about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.story import QUEUE
from tests.damaged_recordings import CONFIRMED, HEADER, OPENED, RECORDINGS, REFUSED, WHOLE, Damaged
from workq_gui.core import recording
from workq_gui.core.clock import ManualClock
from workq_gui.core.event_lines import from_line
from workq_gui.core.events import Event
from workq_gui.core.recording import Header, RecordingReader
from workq_gui.core.session import Session

ALL_LINES = [line for path in sorted(RECORDINGS.glob("*.jsonl")) for line in path.read_bytes().splitlines()]
EVENTS = [from_line(line) for line in WHOLE.decode().splitlines()]


def read(data: bytes, part_bytes: int = 65_536) -> tuple[RecordingReader, list[Event]]:
    reader, events = RecordingReader(), []
    for start in range(0, len(data), part_bytes):
        events += reader.feed(data[start : start + part_bytes])
    return reader, events + reader.end()


def test_a_header_comes_back():
    header = Header(made_by="WorkQ 0.1", queue="Aufträge", began="2026-11-24T19:03:28Z")
    reader, events = read(header.to_line().encode() + b"\n")
    assert (reader.header, events) == (header, [])


def test_a_recording_without_a_header_is_read():
    reader, events = read(WHOLE)
    assert events == EVENTS
    assert reader.header == Header()
    assert not reader.notes.sentences


@given(st.integers(1, 300))
def test_it_does_not_matter_in_which_parts_it_is_read(part_bytes):
    reader, events = read(HEADER + WHOLE, part_bytes)
    assert events == EVENTS
    assert reader.header.queue == "task_queue"
    assert not reader.notes.sentences


@pytest.mark.parametrize("part_bytes", [1_000, 10_000_000])
@pytest.mark.parametrize("damaged", OPENED.values(), ids=OPENED)
def test_what_can_be_read_is_read_and_the_rest_is_said(damaged: Damaged, part_bytes):
    reader, events = read(damaged.data, part_bytes)
    said = "\n".join(reader.notes.sentences)
    assert reader.is_recording
    assert len(events) == reader.notes.event_count == len(EVENTS) - damaged.lost
    assert damaged.said in said
    assert bool(said) == bool(damaged.said)


@pytest.mark.parametrize("damaged", REFUSED.values(), ids=REFUSED)
def test_what_is_no_recording_is_known_as_such(damaged: Damaged):
    reader, events = read(damaged.data)
    assert not reader.is_recording
    assert events == []


def test_times_that_run_back_a_little_stay_and_others_wait_for_what_was_before():
    lines = b"".join(
        b'{"event":"TaskConfirmed","at_ns":%d000000000,"task_id":"t"}\n' % at_s for at_s in (100, 99, 3, 101)
    )
    assert [event.at_ns // 10**9 for event in read(lines)[1]] == [100, 99, 100, 101]


@pytest.mark.parametrize("part_bytes", [1, 70, 10_000])
@pytest.mark.parametrize(
    ("times_s", "shown_s", "ahead_count"),
    [
        ([1, 900_000, 2, 3], [1, 1, 2, 3], 1),  # damaged
        ([900_000, 2, 3], [0, 2, 3], 1),
        ([1, 2, 900_000], [1, 2, 2], 1),
        ([1, 900_000, 800_000, 2], [1, 1, 1, 2], 2),
        ([1, 9_000, 9_000, 9_001], [1, 9_000, 9_000, 9_001], 0),  # nothing happened for hours
        ([1, 9_000, 8_999, 9_001], [1, 9_000, 8_999, 9_001], 0),  # likewise, told by two threads
        ([1, 9_000, 9_001, 20_000, 20_001], [1, 9_000, 9_001, 20_000, 20_001], 0),
        ([1, 9_000, 20_000, 20_001], [1, 1, 20_000, 20_001], 1),
        ([9_000, 9_001], [9_000, 9_001], 0),  # its beginning is missing
        ([1, 3_601, 5], [1, 3_601, 3_601], 0),  # an hour, and then a time that runs back
    ],
)
def test_a_time_that_is_far_ahead_is_believed_if_the_next_event_confirms_it(
    times_s, shown_s, ahead_count, part_bytes
):
    lines = b"".join(
        b'{"event":"TaskConfirmed","at_ns":%d000000000,"task_id":"t-%d"}\n' % (at_s, number)
        for number, at_s in enumerate(times_s)
    )
    reader, events = read(lines, part_bytes)
    assert [event.at_ns // 10**9 for event in events] == shown_s
    assert [event.task_id for event in events] == [f"t-{number}" for number in range(len(times_s))]
    assert reader.notes.event_count == len(times_s)
    said = "\n".join(reader.notes.sentences)
    assert ("more than an hour after" in said) == bool(ahead_count)
    assert said.startswith(f"{ahead_count} event") or not ahead_count


def test_what_follows_a_first_event_that_is_far_ahead_is_a_second_recording():
    reader, events = read(CONFIRMED % b"9000000000000000" + HEADER + WHOLE)
    assert [event.at_ns for event in events] == [0]
    assert "A second recording follows" in "\n".join(reader.notes.sentences)


def test_strings_that_are_in_many_events_are_kept_once():
    line = b'{"event":"TaskConfirmed","at_ns":1,"task_id":"%s"}\n' % (b"t" * 32)
    first, second = read(line + line)[1]
    assert first.task_id is second.task_id


def test_a_name_in_a_header_is_no_longer_than_a_name_can_be():
    reader, _ = read(b'{"workq_recording":9,"made_by":"%s"}\n' % (b"x" * 9_000))
    assert len(reader.header.made_by) == recording.MOST_CHARACTERS


@given(st.data())
def test_a_session_bears_a_recording_of_which_any_lines_are_missing_or_in_disorder(data):
    lines = data.draw(st.lists(st.sampled_from(ALL_LINES), max_size=60))
    reader, events = read(b"\n".join(lines))
    session = Session(ManualClock(), QUEUE)
    session.extend(events)
    assert session.history.count >= reader.notes.event_count
    assert session.history.state_at(session.history.count // 2).applied_count == session.history.count // 2


@given(st.binary(max_size=200), st.integers(0, len(WHOLE)))
def test_any_bytes_in_any_place_are_borne(garbage, place):
    reader, events = read(HEADER + WHOLE[:place] + garbage + WHOLE[place:], part_bytes=100)
    assert reader.is_recording
    Session(ManualClock(), QUEUE).extend(events)
