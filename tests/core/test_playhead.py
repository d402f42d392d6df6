"""Which moment the picture shows."""

from itertools import pairwise

import pytest

from tests.core.story import MS, QUEUE, W1, S, T, U, delivered, done, make, published
from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.playhead import MOST_EVENTS_PER_TICK, Playhead
from workq_gui.core.projections.flight import LONGEST_NS
from workq_gui.core.session import Session

STORY = [
    *published(T, at_ns=1 * S),
    make(e.TaskConfirmed, 2 * S, task_id=T),
    delivered(T, W1, 3 * S),
    make(e.TaskProgressed, 4 * S, task_id=T, worker_id=W1, fraction=0.5),
    *done(T, W1, 5 * S),
]


class Show:
    """A session whose clock is moved by hand, and its picture."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.session = Session(self.clock, QUEUE)
        self.playhead = Playhead(self.session)

    def happen(self, *events: e.Event) -> None:
        for event in events:
            self.clock.advance(max(0, event.at_ns - self.clock.now_ns()))
            self.session.extend([event])

    def pass_time(self, ns: int) -> None:
        self.clock.advance(ns)
        self.playhead.tick()

    @property
    def status(self):
        task = self.playhead.state.board.tasks.get(T)
        return task.status.name if task else "unknown"


@pytest.fixture
def show():
    return Show()


def test_it_shows_the_present(show):
    show.happen(*STORY)
    assert show.playhead.is_live
    assert show.playhead.state is show.session
    assert show.playhead.at_ns == 5 * S


def test_a_held_picture_stands_still_and_what_happens_is_kept(show):
    show.happen(*STORY[:3])
    show.playhead.hold()
    show.happen(*STORY[3:])
    show.pass_time(2 * S)
    assert (show.status, show.playhead.at_ns) == ("CONFIRMED", 2 * S)
    assert (show.playhead.behind_ns, show.playhead.behind_count) == (5 * S, 4)
    assert show.session.board.acked_count == 1, "the work goes on"


def test_a_picture_that_goes_on_shows_all_of_it_at_its_time(show):
    show.happen(*STORY[:3])
    show.playhead.hold()
    show.happen(*STORY[3:])
    show.playhead.play()
    seen = []
    for _ in range(40):
        show.pass_time(S // 10)
        seen.append(show.status)
    assert [status for i, status in enumerate(seen) if status != seen[i - 1]] == [
        "CONFIRMED",
        "WITH_WORKER",
        "DONE",
    ]
    assert show.playhead.behind_ns == 3 * S, "as far behind as before"


def test_at_a_higher_speed_it_reaches_now(show):
    show.happen(*STORY[:3])
    show.playhead.hold()
    show.happen(*STORY[3:])
    show.playhead.set_speed(4.0)
    show.playhead.play()
    for _ in range(20):
        show.pass_time(S // 10)
    assert show.playhead.is_live
    assert show.playhead.behind_count == 0


def test_at_a_lower_speed_it_falls_behind(show):
    show.playhead.set_speed(0.25)
    show.happen(*STORY)
    show.pass_time(S)
    assert not show.playhead.is_live
    assert show.playhead.at_ns == 1.5 * S
    assert show.status == "SENT"


def test_now_is_reached_at_once_when_that_is_wanted(show):
    show.playhead.set_speed(0.25)
    show.happen(*STORY)
    show.playhead.go_to_now()
    assert (show.playhead.is_live, show.playhead.is_held, show.playhead.speed) == (True, False, 1.0)


def test_a_moment_of_the_past_is_shown_and_held(show):
    show.happen(*STORY)
    show.playhead.seek(3 * S + 1)
    assert (show.status, show.playhead.at_ns, show.playhead.is_held) == ("WITH_WORKER", 3 * S + 1, True)
    show.playhead.seek(-5)
    assert show.playhead.at_ns == show.playhead.first_ns == 0
    show.playhead.seek(99 * S)
    assert show.playhead.at_ns == show.playhead.now_ns


def test_steps_show_every_told_event_once_and_come_to_now(show):
    show.happen(*STORY)
    show.playhead.seek(0)
    seen = [show.status]
    for _ in range(9):
        show.playhead.step()
        seen.append(show.status)
    # Published (a TaskAccepted is no step), confirmed, delivered, finished, acked; then nothing more.
    assert seen[:6] == ["unknown", "SENT", "CONFIRMED", "WITH_WORKER", "FINISHED", "DONE"]
    assert set(seen[6:]) == {"DONE"}
    assert show.playhead.behind_count == 0


def test_a_step_lets_the_token_fly_and_stops(show):
    show.happen(*STORY)
    show.playhead.seek(2 * S + S // 2)
    show.playhead.step()
    assert (show.playhead.at_ns, show.playhead.is_moving) == (3 * S, True)
    show.pass_time(100 * MS)
    assert show.playhead.at_ns == 3 * S + 100 * MS
    show.pass_time(10 * S)
    assert (show.playhead.at_ns, show.playhead.is_moving) == (3 * S + LONGEST_NS, False)


def test_steps_back_go_the_same_way(show):
    show.happen(*STORY)
    show.playhead.hold()
    seen = []
    for _ in range(6):
        show.playhead.step_back()
        seen.append(show.status)
    assert seen == ["FINISHED", "WITH_WORKER", "CONFIRMED", "SENT", "ACCEPTED", "ACCEPTED"]


def test_a_step_before_anything_happened_does_nothing(show):
    show.playhead.step()
    show.playhead.step_back()
    assert show.playhead.behind_count == 0


def test_events_out_of_order_are_shown_once(show):
    late = [delivered(U, W1, 3 * S), make(e.TaskConfirmed, 3 * S - 5, task_id=U)]
    show.happen(*published(U, at_ns=S), *late)
    show.playhead.seek(0)
    show.playhead.play()
    for _ in range(50):
        show.pass_time(S // 10)
    task = show.playhead.state.board.tasks[U]
    assert (task.deliveries, task.publish.name) == (1, "CONFIRMED")


def test_a_crowd_of_events_is_caught_up_with_frame_by_frame(show):
    show.happen(make(e.Narrated, 1))
    show.playhead.hold()
    show.session.extend([make(e.Narrated, S) for _ in range(3 * MOST_EVENTS_PER_TICK)])
    show.clock.advance(2 * S)
    show.playhead.set_speed(4.0)
    show.playhead.play()
    counts = []
    for _ in range(60):
        show.pass_time(S // 10)
        counts.append(show.playhead.behind_count)
    assert max(before - after for before, after in pairwise(counts)) <= MOST_EVENTS_PER_TICK
    assert show.playhead.is_live


class Replayed:
    """A recording, whose clock stands at its end, and its picture; time passes by another clock."""

    def __init__(self) -> None:
        self.session = Session(ManualClock(10 * S), QUEUE)
        self.session.extend(STORY)
        self._ticks = ManualClock(77 * S)
        self.playhead = Playhead(self.session, ticks=self._ticks)

    def pass_time(self, ns: int) -> None:
        self._ticks.advance(ns)
        self.playhead.tick()


@pytest.fixture
def replayed():
    return Replayed()


def test_a_recording_is_told_from_its_beginning_to_its_end_and_stands_there(replayed):
    playhead = replayed.playhead
    playhead.seek(0)
    playhead.play()
    replayed.pass_time(3 * S)
    assert (playhead.at_ns, playhead.state.applied_count) == (3 * S, 4)
    replayed.pass_time(6 * S)
    assert playhead.is_moving
    replayed.pass_time(6 * S)
    assert playhead.is_live
    assert (playhead.at_ns, playhead.is_moving) == (10 * S, False)
    replayed.pass_time(6 * S)
    assert playhead.at_ns == 10 * S


def test_a_recording_is_told_slowly_to_its_end_and_stays_slow(replayed):
    playhead = replayed.playhead
    playhead.set_speed(0.5)
    assert playhead.is_live
    playhead.seek(8 * S)
    playhead.play()
    replayed.pass_time(2 * S)
    assert playhead.at_ns == 9 * S
    replayed.pass_time(2 * S)
    assert playhead.is_live
    assert playhead.speed == 0.5


def test_a_held_recording_stands_still_and_the_time_of_the_hold_is_not_made_up_for(replayed):
    playhead = replayed.playhead
    playhead.seek(2 * S)
    replayed.pass_time(60 * S)
    assert playhead.at_ns == 2 * S
    playhead.play()
    replayed.pass_time(1 * S)
    assert playhead.at_ns == 3 * S


def test_the_last_step_of_a_recording_comes_to_rest(replayed):
    playhead = replayed.playhead
    replayed.session.clock.advance(-5 * S + MS)  # it ends in the middle of a flight
    playhead.seek(4 * S)
    for _ in range(2):
        playhead.step()
        replayed.pass_time(LONGEST_NS)
    assert not playhead.is_moving
    assert playhead.at_ns == 5 * S + MS
