"""Who worked on what, and when."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.bench.stream import NS_PER_S, Stream
from tests.core.foreign_story import ALL_SEEN, F1, F2, THEM, acked, given, gone, worker
from tests.core.story import MS, W1, W2, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.event_lines import from_line
from workq_gui.core.follower import Follower
from workq_gui.core.projections import timeline as timeline_module
from workq_gui.core.projections.timeline import Timeline
from workq_gui.core.projections.timeline_mark import MarkKind
from workq_gui.core.projections.timeline_span import Ending, Fate
from workq_gui.core.projections.timeline_words import duration_words, mark_words, span_words

RECORDINGS = sorted((Path(__file__).parents[2] / "recordings").glob("*.jsonl"))
ONLINE = [
    make(kind, worker_id=worker_id) for worker_id in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)
]
CRASHED = make(e.WorkerCrashed, 3 * S, worker_id=W1)


def timeline_of(*events) -> Timeline:
    return fold(session_of(*events))


def fold(session) -> Timeline:
    follower = Follower(session.history, Timeline)
    while follower.catch_up():
        pass
    return follower.projection


def story(*events) -> Timeline:
    return timeline_of(ONLINE, *events)


def given_to(task_id, worker_id, at_ns, work_s=2.0, **fields):
    return delivered(task_id, worker_id, at_ns, text="Task..", work_s=work_s, **fields)


def test_there_is_a_row_for_each_worker_in_the_order_of_first_sight():
    assert list(story().rows) == [W1, W2]


def test_a_task_that_is_done_is_one_span_from_its_delivery_to_its_ack():
    timeline = story(published(T), given_to(T, W1, S), done(T, W1, 3 * S))
    (span,) = timeline.spans(W1, 0, 10 * S)
    assert (span.start_ns, span.work_ns, span.finished_ns, span.end_ns) == (S, S, 3 * S, 3 * S)
    assert span.ending is Ending.ACKED
    assert not span.is_broken_off
    assert timeline.rows[W1].works == [span]


def test_what_is_delivered_ahead_waits_until_the_one_before_is_acked():
    timeline = story(published(T), published(U), given_to(T, W1, S), given_to(U, W1, S), done(T, W1, 3 * S))
    row = timeline.rows[W1]
    ahead = row.spans[1]
    assert row.working is ahead
    assert (ahead.start_ns, ahead.work_ns) == (S, 3 * S)
    assert list(row.ahead.within(0, 10 * S)) == [(S, 3 * S)]


def test_a_crash_tells_how_much_work_was_lost_and_that_the_task_is_kept():
    timeline = story(published(T), given_to(T, W1, 1200 * MS), CRASHED)
    (span,) = timeline.rows[W1].spans
    mark = timeline.rows[W1].marks[-1]
    assert (span.ending, span.fate, span.is_broken_off) == (Ending.CRASHED, Fate.KEPT, True)
    assert mark_words(mark) == "crashed: 1.8 s of work lost, task kept"


def test_with_auto_ack_a_crash_tells_that_the_tasks_are_lost():
    timeline = story(
        published(T),
        published(U),
        given_to(T, W1, S, auto_ack=True),
        given_to(U, W1, S, auto_ack=True),
        CRASHED,
    )
    assert mark_words(timeline.rows[W1].marks[-1]) == "crashed: 2.0 s of work lost, 2 tasks lost"
    assert [span.fate for span in timeline.rows[W1].spans] == [Fate.LOST, Fate.LOST]


def test_the_time_that_a_worker_was_frozen_is_no_work():
    timeline = story(
        published(T),
        given_to(T, W1, 0, work_s=9.0),
        make(e.WorkerFroze, S, worker_id=W1),
        make(e.WorkerThawed, 2500 * MS, worker_id=W1),
        CRASHED,
    )
    assert timeline.rows[W1].marks[-1].worked_ns == 1500 * MS


def test_a_crash_between_the_work_and_the_ack_is_told_as_that_and_links_the_two_runs():
    timeline = story(
        published(T),
        given_to(T, W1, S),
        make(e.TaskFinished, 2 * S, task_id=T, worker_id=W1),
        CRASHED,
        given_to(T, W2, 4 * S, redelivered=True),
        done(T, W2, 6 * S),
    )
    assert mark_words(timeline.rows[W1].marks[-1]) == "crashed: before the ack, task kept"
    (link,) = timeline.links
    assert (link.first.worker_id, link.second.worker_id) == (W1, W2)
    assert list(timeline.rows[W2].redelivered) == [4 * S]
    assert list(timeline.rows[W1].unacked.within(0, 9 * S)) == [(2 * S, 3 * S)]


def test_a_worker_that_never_acks_goes_on_with_the_next_task():
    timeline = timeline_of(
        make(e.WorkerStarted, worker_id=W1, ack="never"),
        published(T),
        published(U),
        given_to(T, W1, 0),
        given_to(U, W1, 0),
        make(e.TaskFinished, 2 * S, task_id=T, worker_id=W1),
    )
    row = timeline.rows[W1]
    assert row.working is row.spans[1]
    assert row.spans[0].end_ns is None
    assert list(row.unacked.within(0, 9 * S)) == [(2 * S, None)]


def test_an_ack_before_the_work_does_not_end_it():
    timeline = timeline_of(
        make(e.WorkerStarted, worker_id=W1, ack="before"),
        published(T),
        given_to(T, W1, 0),
        make(e.TaskAcked, 0, task_id=T, worker_id=W1),
        make(e.TaskFinished, 2 * S, task_id=T, worker_id=W1),
    )
    (span,) = timeline.rows[W1].spans
    assert (span.end_ns, span.ending) == (2 * S, Ending.FINISHED)


@pytest.mark.parametrize(
    ("requeue", "ending"), [(True, Ending.PUT_BACK), (False, Ending.REJECTED)], ids=["nack", "reject"]
)
def test_what_is_given_back_un_done_ends_so(requeue, ending):
    timeline = story(
        published(T),
        given_to(T, W1, 0),
        make(e.TaskRejected, S, task_id=T, worker_id=W1, requeue=requeue),
    )
    assert timeline.rows[W1].spans[0].ending is ending


def test_a_restarted_worker_goes_on_in_its_row():
    timeline = story(
        published(T),
        given_to(T, W1, S),
        CRASHED,
        make(e.WorkerAdded, 4 * S, worker_id=W1),
        make(e.WorkerStarted, 4 * S, worker_id=W1),
        given_to(T, W1, 5 * S, redelivered=True),
    )
    row = timeline.rows[W1]
    assert [mark.kind for mark in row.marks] == [MarkKind.STARTED, MarkKind.CRASHED, MarkKind.STARTED]
    assert timeline.runs(T) == tuple(row.spans)


def test_other_peoples_workers_have_rows_by_their_names():
    timeline = timeline_of(
        ALL_SEEN,
        worker(),
        given(F1, at_ns=S),
        acked(F1, at_ns=3 * S),
        given(F2, at_ns=3 * S),
        gone(at_ns=4 * S),
    )
    row = timeline.rows[THEM]
    assert row.name == "worker.py"
    assert [span.ending for span in row.spans] == [Ending.ACKED, Ending.CHANNEL_CLOSED]
    assert row.spans[1].fate is Fate.KEPT
    assert [mark_words(mark) for mark in row.marks if mark.is_end] == ["crashed: task kept"]


def test_what_happened_to_the_broker_is_for_all_rows():
    timeline = story(make(e.BrokerStopped, S), make(e.BrokerStarted, 2 * S))
    assert [(mark.words, mark.is_bad) for mark in timeline.broker_marks] == [
        ("broker stopped", True),
        ("broker started", False),
    ]


def test_the_spans_of_a_stretch_of_time_are_those_that_touch_it():
    timeline = timeline_of(_stream_events(4, 200, 3))
    for worker_id, row in timeline.rows.items():
        for from_ns, to_ns in ((0, S), (S, S), (1100 * MS, 1300 * MS), (2900 * MS, 9 * S)):
            wanted = [
                span
                for span in row.spans
                if span.start_ns <= to_ns and (span.end_ns is None or span.end_ns >= from_ns)
            ]
            assert timeline.spans(worker_id, from_ns, to_ns) == wanted


def test_density_is_the_share_of_time_that_was_worked():
    timeline = timeline_of(_stream_events(4, 200, 3))
    row = next(iter(timeline.rows.values()))
    step_ns = 100 * MS
    for number, share, kind in row.density(0, step_ns, 25):
        begin_ns, end_ns = number * step_ns, (number + 1) * step_ns
        busy_ns = sum(
            max(0, min(end, end_ns) - max(begin, begin_ns)) for begin, end, _ in row.bars(0, 10 * S)
        )
        kinds = [span.kind for begin, end, span in row.bars(begin_ns, end_ns - 1)]
        assert share == pytest.approx(busy_ns / step_ns, abs=0.01)
        assert kind in kinds


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_every_delivery_of_a_recording_has_a_span_that_is_not_negative(path):
    session = session_of([from_line(line) for line in path.read_text(encoding="utf-8").splitlines()])
    timeline = fold(session)
    delivered_count = sum(isinstance(event, e.TaskDelivered) for event in session.history)
    spans = [span for row in timeline.rows.values() for span in row.spans]
    assert len(spans) == delivered_count
    for span in spans:
        assert span.end_ns is None or span.end_ns >= span.start_ns
        assert span.work_ns is None or span.start_ns <= span.work_ns
        assert span_words(span, "worker", timeline.last_ns)
    for row in timeline.rows.values():
        bars = list(row.bars(0, timeline.last_ns))
        assert all(before[1] <= after[0] for before, after in pairwise(bars))


def test_memory_is_bounded_and_what_is_left_is_whole(monkeypatch):
    monkeypatch.setattr(timeline_module, "KEPT_SPANS", 500)
    timeline = timeline_of(_stream_events(4, 1000, 4))
    assert timeline.first_ns > 0
    count = sum(len(row.spans) for row in timeline.rows.values())
    assert 500 <= count <= 1000 + 4 * 64 * 2
    for row in timeline.rows.values():
        assert row.works_count > len(row.works)
        wanted = [span for span in row.spans if span.start_ns >= timeline.first_ns]
        assert wanted == [
            span
            for span in timeline.spans(row.worker_id, timeline.first_ns, 9 * S)
            if span.start_ns >= timeline.first_ns
        ]
        assert all(span in timeline.runs(span.task_id) for span in row.spans)


def test_a_copy_goes_its_own_way():
    timeline = story(published(T), given_to(T, W1, S))
    twin = timeline.copy()
    for event in done(T, W1, 2 * S):
        twin.handlers[type(event)](event)
    assert twin.rows[W1].working is None
    assert timeline.rows[W1].working is not None


def test_durations_are_said_as_people_say_them():
    said = [duration_words(ns) for ns in (230 * MS, 1800 * MS, 125 * S, 3900 * S)]
    assert said == ["230 ms", "1.8 s", "2 min 5 s", "1 h 5 min"]


def _stream_events(workers, rate, seconds):
    stream = Stream(workers, rate, waiting=0)
    return [*stream.beginning(), *stream.until(seconds * NS_PER_S)]
