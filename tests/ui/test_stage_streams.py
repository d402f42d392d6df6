from itertools import pairwise

import pytest

from tests.core.story import QUEUE, W1, W2, S, T, delivered, make, published
from tests.ui.stage_story import ANCHORS, LAYOUT, TUBE, story, tokens
from workq_gui.core import events as e
from workq_gui.core.projections.flight import MS
from workq_gui.ui.stage import Stage
from workq_gui.ui.stage_moment import Density, Moment
from workq_gui.ui.stage_streams import (
    BUNDLES,
    MOST_DOTS,
    SINGLE_UP_TO,
    STREAMS_FROM,
    StreamFinder,
    bundles,
    most_frequent,
    segments,
    settles_ns,
    stream_dots,
    streaming_at,
)
from workq_gui.ui.stage_words import StageWords
from workq_gui.ui.theme import DARK, LIGHT, load_fonts
from workq_gui.ui.tokens import Form

FRAME_NS = 16 * MS


def steady(rate, lasts_s=2.0, *, waits=False, text="Task.", worker=lambda number: (W1, W2)[number % 2]):
    """Publish so many tasks a second, and let each be delivered as it lands."""
    events = []
    for number in range(int(rate * lasts_s)):
        task_id, at_ns = e.TaskId(f"s-{number}"), round(number * S / rate)
        events += published(task_id, text if isinstance(text, str) else text(number), at_ns=at_ns)
        if not waits:
            events.append(delivered(task_id, worker(number), at_ns, text=events[-2].text))
    return story(sorted(events, key=lambda event: event.at_ns))


def moment_of(session, at_ns, is_reduced=False):
    return Moment(session, at_ns, LAYOUT, ANCHORS, Density(), is_reduced)


def streams(session, at_ns, anchors=ANCHORS, *, is_reduced=False):
    moment = moment_of(session, at_ns, is_reduced)
    return StreamFinder().find(session, at_ns, anchors, moment.streaming, moment.filled, is_reduced)


class TestAmount:
    def test_few_tokens_fly_one_by_one(self):
        session = steady(300)
        found = streams(session, S)
        assert (found.amount, found.bands, found.dots) == (0.0, [], [])

    def test_a_crowd_is_all_streams(self):
        session = steady(1000)
        assert streams(session, S).amount == 1.0
        assert tokens(session, S).flying == []

    def test_it_changes_over_some_300_ms_without_a_leap(self):
        session = steady(5000, lasts_s=1.0)
        amounts = [streaming_at(session.scene, at_ns) for at_ns in range(0, 3 * S, FRAME_NS)]
        assert (amounts[0], max(amounts), amounts[-1]) == (0.0, 1.0, 0.0)
        steps = [abs(after - before) for before, after in pairwise(amounts)]
        assert max(steps) <= 1.1 * FRAME_NS / (300 * MS)

    def test_around_the_threshold_it_does_not_flicker(self):
        ids = [e.TaskId(f"w-{number}") for number in range(1600)]
        # Bursts let the number in the air swing about the threshold.
        bursts = [(task_id, (number // 40) * 50 * MS) for number, task_id in enumerate(ids)]
        session = story([published(task_id, at_ns=at_ns) for task_id, at_ns in bursts])
        amounts = [streaming_at(session.scene, at_ns) for at_ns in range(800 * MS, 1900 * MS, FRAME_NS)]
        assert max(amounts) - min(amounts) < 0.1

    def test_the_same_moment_gives_the_same_streams(self):
        session, finder = steady(1000), StreamFinder()
        moment = moment_of(session, 900 * MS)
        seen = [
            finder.find(session, at_ns, ANCHORS, moment.streaming, moment.filled)
            for at_ns in (900 * MS, 1700 * MS, 900 * MS)
        ]
        assert seen[0] == seen[2] != seen[1]

    def test_single_tokens_fade_as_streams_come(self):
        session = steady(5000, lasts_s=1.0)
        at_ns = next(t for t in range(0, S, FRAME_NS) if 0.3 < streaming_at(session.scene, t) < 0.7)
        amount = streaming_at(session.scene, at_ns)
        assert {token.opacity for token in tokens(session, at_ns).flying} == {1.0 - amount}

    def test_the_picture_moves_until_the_streams_are_gone(self):
        session = steady(1000, lasts_s=1.0)
        end_ns = settles_ns(session.scene)
        assert end_ns > session.scene.last_landing_ns
        assert streaming_at(session.scene, end_ns) == 0.0

    def test_single_tokens_end_before_streams_are_all(self):
        assert SINGLE_UP_TO < 400 < STREAMS_FROM


class TestBands:
    def test_each_worker_has_a_band_at_its_line(self):
        found = streams(steady(1000), S)
        assert [(band.queue, band.y) for band in found.bands] == [(QUEUE, 60.0), (QUEUE, 400.0)]
        assert [band.rate for band in found.bands] == pytest.approx([500, 500], rel=0.02)

    def test_who_gets_more_has_a_broader_one(self):
        session = steady(1000, worker=lambda number: W1 if number % 4 else W2)
        first, second = streams(session, S).bands
        assert first.rate == pytest.approx(3 * second.rate, rel=0.05)
        assert first.width > second.width

    def test_its_colour_is_the_most_frequent_kind(self):
        kinds = {W1: "Task..", W2: "Task...."}
        session = steady(1000, text=lambda number: kinds[(W1, W2)[number % 2]])
        assert [band.kind for band in streams(session, S).bands] == [2, 4]

    def test_of_kinds_about_as_frequent_each_band_has_its_own(self):
        counts = {1: 30, 2: 28, 3: 33, 4: 5}
        assert [most_frequent(counts, nth) for nth in range(4)] == [1, 2, 3, 1]
        assert most_frequent({}, 0) == 0

    def test_many_lines_are_bundled_with_their_neighbours(self):
        anchors = {e.WorkerId(f"worker {number}"): 20.0 * (number // 10) for number in range(200)}
        ends = bundles(anchors)
        assert len(set(ends.values())) == BUNDLES
        assert list(ends.values()) == sorted(ends.values())
        assert set(ends.values()) <= set(anchors.values())

    def test_few_rows_keep_their_ends(self):
        anchors = {e.WorkerId(f"worker {number}"): 20.0 * (number // 10) for number in range(100)}
        assert bundles(anchors) == anchors

    def test_a_worker_out_of_sight_has_none(self):
        found = streams(steady(1000), S, {W1: 60.0})
        assert [band.y for band in found.bands] == [60.0]


class TestDots:
    def test_more_are_there_where_more_is_published(self):
        counts = [len(stream_dots(steady(rate), S)) for rate in (600, 2000, 6000)]
        assert counts == sorted(counts)
        assert 0 < counts[0] < counts[2] <= MOST_DOTS

    def test_each_travels_towards_the_queue(self):
        session = steady(6000)
        one, later = (
            {(dot.aside, dot.queue): dot.fraction for dot in stream_dots(session, S + ms * MS)}
            for ms in (0, 20)
        )
        moved = [later[key] - one[key] for key in one.keys() & later.keys()]
        assert sum(step == pytest.approx(20 / 450) for step in moved) > 0.8 * len(moved)

    def test_with_reduced_motion_they_stand_still(self):
        session = steady(2000)
        assert stream_dots(session, 1010 * MS, True) == stream_dots(session, 1490 * MS, True)

    def test_when_the_producer_pauses_a_gap_travels(self):
        session = steady(2000, lasts_s=1.0)
        assert min(dot.fraction for dot in stream_dots(session, S + 200 * MS)) > 0.4


class TestFill:
    def test_segments_are_as_long_as_there_are_tasks_of_the_kind(self):
        (one, *at), (two, *then) = segments({1: 3000, 3: 1000, 5: 0})
        assert (one, two, at[0], at[1]) == (1, 3, 0.0, then[0])
        assert at[1] - at[0] == pytest.approx(3 * (then[1] - then[0]))

    def test_a_longer_queue_fills_more_and_never_too_much(self):
        ends = [segments({1: 10**power})[-1][2] for power in (1, 2, 4, 5, 7)]
        assert ends == sorted(ends)
        assert ends[-1] == 1.0 > ends[2]
        assert segments({}) == ()

    def test_kinds_of_one_colour_are_one_segment(self):
        assert [kind for kind, _, _ in segments({1: 5, 8: 5})] == [1]

    def test_a_long_queue_is_a_filled_tube_without_tokens(self):
        session = steady(2000, waits=True)
        found, placed = streams(session, 1900 * MS), tokens(session, 1900 * MS)
        assert found.fills[QUEUE].amount == 1.0
        assert (placed.standing, placed.more) == ([], {})

    def test_a_short_queue_keeps_its_tokens(self):
        session = story(*[published(e.TaskId(str(number))) for number in range(100)])
        assert streams(session, 2 * S).fills == {}
        assert 0 < len(tokens(session, 2 * S).standing) <= TUBE.slot_count


class TestRare:
    def test_a_crash_and_a_redelivery_are_drawn_one_by_one(self):
        session = steady(1000)
        session.extend([delivered(T, W1, 1100 * MS, text="Task...", redelivered=True)])
        (token,) = tokens(session, 1200 * MS).flying
        assert (token.look.form, token.look.label, token.opacity) == (Form.SOLID, "3 s", 1.0)
        assert streams(session, 1200 * MS).amount == 1.0


class TestWords:
    @pytest.fixture
    def words(self, qapp):
        load_fonts()
        return StageWords()

    def test_rates_are_rounded_to_three_digits(self):
        found = streams(steady(4321), S)
        assert (found.publish_rate, found.delivery_rate) == (4320, 4320)

    def test_the_producer_says_how_many_a_second(self, words):
        lines = words.producer(steady(1000), S, False, 4180)
        assert [line.text for line in lines][:2] == ["Producer", "4,180 /s"]

    def test_what_the_picture_shows_is_said(self, words):
        said = words.streams(4120).text
        assert said == "streams: 4,120 tasks a second; crashes, redeliveries and losses one by one"

    @pytest.mark.parametrize("theme", [DARK, LIGHT])
    def test_it_is_painted_in_each_theme(self, qtbot, theme):
        load_fonts()
        stage = Stage()
        qtbot.addWidget(stage)
        stage.resize(740, 530)
        stage.set_theme(theme)
        session = steady(2000)
        stage.display(session, S, ANCHORS)
        one = stage.grab().toImage()
        stage.display(session, S + 20 * MS, ANCHORS)
        assert stage.grab().toImage() != one
        assert stage.streams_now().is_told
        stage.display(make_far(session), 9 * S, ANCHORS)
        assert stage.streams_now().amount == 0.0


def make_far(session):
    session.extend([make(e.ConnectionOpened, 9 * S, owner=e.PUBLISHER)])
    return session
