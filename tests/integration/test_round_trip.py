"""A live run, its recording, and the recording opened: the same at every event."""

import pytest

from tests.core.alike import value_of
from workq_gui.core.events import ConnectionFailed, ConnectionOpened
from workq_gui.core.playhead import Playhead
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.recording import Header
from workq_gui.core.verdicts import TaskLost, TaskRequeued
from workq_gui.runtime.recorder import Recorder
from workq_gui.runtime.recording_loader import RecordingLoader

PASSWORD = "s3cret-and-long"


@pytest.fixture
def recorded(show, tmp_path):
    """Give a show that is recorded, and the file."""
    path = tmp_path / "run.workq"
    recorder = Recorder(path, Header(made_by="WorkQ (test)", queue=show.queue))
    show.hub.recorded.connect(recorder.record)
    yield show, path
    show.hub.recorded.disconnect(recorder.record)
    recorder.close()


def work(show) -> None:
    """Let tasks be done, come back, be done twice and be lost; let workers come, crash and go."""
    first, second = show.add_waiting_worker(), show.add_waiting_worker(prefetch_count=3)
    show.publish(*(f"Short {number}." for number in range(12)))
    show.until(lambda: show.board.acked_count >= 4)
    show.verbs.crash_worker(first)
    show.until(lambda: show.board.acked_count == 12)
    show.verbs.restart_worker(first)
    show.until(lambda: show.status(first) is WorkerStatus.WAITING)
    show.publish("Refused.........", "Returned.........")
    show.until(lambda: show.status(first) is WorkerStatus.WORKING)
    show.verbs.reject_task(first)
    show.until(lambda: bool(show.events(TaskLost)))
    show.until(lambda: show.status(second) is WorkerStatus.WORKING)
    show.verbs.nack_task(second)
    show.until(lambda: bool(show.events(TaskRequeued)))
    show.verbs.hold_workers()
    show.publish("Later.")
    show.verbs.set_dot_seconds(0.01)
    show.verbs.release_workers()
    show.verbs.remove_worker(second)
    show.until_all_done(15)


def test_a_recording_tells_the_same_as_the_live_run_at_every_event(recorded):
    live, path = recorded
    work(live)
    live.hub.flush()
    loader = RecordingLoader(path)
    notes = loader.load_all()
    ours, theirs = live.session.history, loader.session.history

    assert notes.sentences == ()
    assert list(theirs) == list(ours), "the same events, and the verdicts at the same places among them"
    assert {TaskRequeued, TaskLost} <= {type(event) for event in theirs}
    assert notes.event_count < theirs.count, "verdicts are not in the file"
    assert ours.count > 100
    for index in range(ours.count + 1):
        assert value_of(theirs.state_at(index)) == value_of(ours.state_at(index)), index
    assert value_of(loader.session) == value_of(live.session)


def test_a_recording_that_is_played_comes_to_the_same_as_the_live_run(recorded):
    live, path = recorded
    live.verbs.set_dot_seconds(0.02)
    live.add_waiting_worker()
    live.publish("One.", "Two..", "Three...")
    live.until_all_done(3)
    live.hub.flush()
    loader = RecordingLoader(path)
    loader.load_all()
    playhead = Playhead(loader.session, ticks=live.session.clock)
    playhead.seek(playhead.first_ns)
    assert playhead.state.board.known_count == 0
    playhead.set_speed(4.0)
    playhead.play()
    while playhead.is_moving:
        past = playhead.state
        playhead.tick()
    assert playhead.is_live
    assert value_of(past) == value_of(live.session) == value_of(playhead.state)


def test_a_password_is_in_no_recording(begin, built_in, queue_name, tmp_path):
    path = tmp_path / "run.workq"
    url = built_in.url.replace("guest:guest@", f"guest:{PASSWORD}@").replace(
        "//127", f"//guest:{PASSWORD}@127"
    )
    assert PASSWORD in url
    show = begin(url, queue_name)
    recorder = Recorder(path, Header(made_by="WorkQ (test)", queue=show.queue))
    show.hub.recorded.connect(recorder.record)
    show.verbs.add_worker()
    show.until(lambda: len(show.events(ConnectionOpened, ConnectionFailed)) >= 2)
    show.hub.flush()
    show.hub.recorded.disconnect(recorder.record)
    recorder.close()
    text = path.read_text(encoding="utf-8")
    assert "Connection" in text
    assert PASSWORD not in text
