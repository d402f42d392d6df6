"""Hold, step and scrub on real events from a real broker: nothing lost, nothing shown twice, now reached."""

import pytest

from workq_gui.core.playhead import Playhead
from workq_gui.core.projections.headline import Headline
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.state import State

TEXTS = ("One.........", "Two.........", "Three.", "Four.")


@pytest.fixture
def played(show):
    """Give a show in which tasks were done, and one of them twice delivered, while the picture was held."""
    playhead = Playhead(show.session)
    first = show.add_waiting_worker()
    second = show.add_waiting_worker()
    playhead.hold()
    held_at = playhead.at_ns
    show.publish(*TEXTS)
    show.until(lambda: show.status(first) is WorkerStatus.WORKING)
    # The broker has counted what came of it: nothing is on the wire that the cut could hit.
    show.until(lambda: show.session.queues.ready_count == len(TEXTS) - 2)
    show.verbs.crash_worker(first)
    show.until_all_done(len(TEXTS))
    show.until(lambda: show.status(second) is WorkerStatus.WAITING)
    assert playhead.at_ns == held_at
    return show, playhead


def summary(state: State):
    """Return what a picture would tell at the end of all this."""
    board = state.board
    return (
        [(task.text, task.status, task.attempts, task.redelivered) for task in board.tasks.values()],
        (board.own_count, board.confirmed_count, board.acked_count, board.requeued_count),
        {worker_id: (view.status, view.acked_count) for worker_id, view in state.workers.views.items()},
    )


def test_a_held_picture_lacks_nothing_of_what_happened_meanwhile(played):
    show, playhead = played
    assert playhead.state.board.known_count == 0
    assert playhead.behind_count > 5 * len(TEXTS)
    steps = 0
    while playhead.behind_count and steps < 1_000:
        before = playhead.behind_count
        playhead.step()
        steps += 1
        if playhead.behind_count == before:
            break  # what is left is not worth a sentence
    told = [event for event in show.session.history if Headline.tells(event)]
    unseen = list(show.session.history.since(show.session.history.count - playhead.behind_count))
    assert not any(Headline.tells(event) for event in unseen)
    assert steps <= len(told) + 1, "no step shows anything twice"
    assert summary(playhead.state) == summary(show.session)
    playhead.go_to_now()
    assert playhead.state is show.session


def test_each_step_is_one_event_and_steps_back_are_the_same_way(played):
    _, playhead = played
    playhead.seek(0)
    seen = []
    for _ in range(12):
        playhead.step()
        seen.append((playhead.state.applied_count, playhead.state.sentence_at(playhead.at_ns)))
    counts = [count for count, _ in seen]
    assert counts == sorted(set(counts))
    for count, _ in reversed(seen[:-1]):
        playhead.step_back()
        assert playhead.state.applied_count >= count
        assert playhead.state.applied_count < count + 12


def test_the_moment_of_the_crash_can_be_looked_at_again_and_now_is_reached(played):
    show, playhead = played
    (requeued,) = [e for e in show.session.history if type(e).__name__ == "TaskRequeued"]
    playhead.seek(requeued.at_ns)
    task = playhead.state.board.tasks[requeued.task_id]
    assert (task.deliveries >= 1, show.session.board.tasks[requeued.task_id].deliveries) == (True, 2)
    again = playhead.state
    playhead.seek(requeued.at_ns)
    assert summary(playhead.state) == summary(again), "the same moment, the same picture"
    playhead.set_speed(4.0)
    playhead.play()

    def is_live() -> bool:
        playhead.tick()
        return playhead.is_live

    show.until(is_live)
    assert summary(playhead.state) == summary(show.session)
