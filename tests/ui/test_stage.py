import pytest
from PySide6.QtGui import QFontMetricsF

from tests.core.story import W1, W2, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.projections.scene import DURATION_NS, MS, FlightKind
from workq_gui.core.session import Session
from workq_gui.ui.stage import CRASH_FADES_NS, DIFFERS_FOR_NS, Stage, broken
from workq_gui.ui.stage_layout import CROSS_AT, lay_out
from workq_gui.ui.stage_tokens import MOST_TOKENS, Density, StageTokens, TokenPlacer
from workq_gui.ui.theme import LIGHT, load_fonts, text_font
from workq_gui.ui.tokens import Form

ANCHORS = {W1: 60.0, W2: 400.0}
LAYOUT = lay_out(740, 530)
AXIS_Y = LAYOUT.axis_y
ONLINE = [
    make(e.ConnectionOpened, owner=e.PUBLISHER),
    *[make(kind, worker_id=worker_id) for worker_id in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)],
]
CONFIRMED = make(e.TaskConfirmed, task_id=T)
CRASHED = make(e.WorkerCrashed, 2 * S, worker_id=W1)
LANDED = S


@pytest.fixture
def stage(qtbot):
    load_fonts()
    widget = Stage()
    qtbot.addWidget(widget)
    widget.resize(740, 530)
    return widget


def story(*events) -> Session:
    return session_of(ONLINE, *events)


def tokens(session: Session, at_ns: int, layout=LAYOUT) -> StageTokens:
    return TokenPlacer(session, at_ns, layout, layout.curves(ANCHORS), Density()).place()


def forms(placed) -> list[Form]:
    return [token.look.form for token in placed]


class TestInTheTube:
    def test_a_published_task_is_hollow_until_the_broker_confirms_it(self):
        session = story(published(T))
        assert forms(tokens(session, LANDED).standing) == [Form.HOLLOW]
        session.extend([CONFIRMED])
        assert forms(tokens(session, LANDED).standing) == [Form.SOLID]

    def test_a_task_of_somebody_else_is_kept_until_its_ack_and_not_after_it_went_back(self):
        """Without a message_id nobody could tell that it is the same one when it is delivered again."""
        session = story(delivered(T, W1))
        assert forms(tokens(session, 3 * S).standing) == [Form.DASHED]
        session.extend([make(e.WorkerCrashed, 3 * S, worker_id=W1)])
        assert forms(tokens(session, 9 * S).standing) == []

    def test_the_oldest_task_is_at_the_head(self):
        session = story(published(T, "One."), published(U, "Two.."))
        first, second = tokens(session, LANDED).standing
        assert (first.x, first.look.dots) == (LAYOUT.slot_x(0), 1)
        assert (second.x, second.look.dots) == (LAYOUT.slot_x(1), 2)

    def test_a_delivered_task_leaves_a_dashed_copy_until_its_ack_has_arrived(self):
        session = story(published(T), CONFIRMED, delivered(T, W1, S))
        assert forms(tokens(session, S).standing) == [Form.DASHED]
        assert forms(tokens(session, 2 * S).standing) == [Form.DASHED]
        session.extend(done(T, W1, 2 * S))
        assert forms(tokens(session, 2 * S).standing) == [Form.DASHED]
        assert tokens(session, 3 * S).standing == []

    def test_the_dashed_copy_fades_and_the_next_task_moves_up_as_the_tick_arrives(self):
        session = story(published(T), published(U), delivered(T, W1, S), done(T, W1, 2 * S))
        copy, following = tokens(session, 2 * S + DURATION_NS[FlightKind.ACK] * 3 // 4).standing
        assert 0 < copy.opacity < 1
        assert LAYOUT.slot_x(1) < following.x < LAYOUT.slot_x(0)

    def test_a_requeued_task_is_solid_again_in_its_old_place_and_marked(self):
        session = story(published(T), published(U), CONFIRMED, delivered(T, W1, S), CRASHED)
        first, second = tokens(session, 3 * S).standing
        assert (first.x, first.look.form, first.look.is_redelivered) == (LAYOUT.slot_x(0), Form.SOLID, True)
        assert second.look.is_redelivered is False

    def test_its_place_is_kept_free_while_it_flies_back(self):
        session = story(published(T), published(U), delivered(T, W1, S), CRASHED)
        (second,) = tokens(session, 2 * S + MS).standing
        assert second.x == LAYOUT.slot_x(1)

    def test_a_full_tube_says_how_many_more_there_are(self):
        session = story(*[published(e.TaskId(str(number))) for number in range(20)])
        placed = tokens(session, LANDED)
        assert len(placed.standing) + placed.more_count == 20
        assert placed.more_right_x - LAYOUT.tube.left() > LAYOUT.pitch

    def test_a_full_tube_shows_both_what_waits_and_what_is_unacked(self):
        ids = [e.TaskId(str(number)) for number in range(20)]
        session = story(*[published(i) for i in ids], *[delivered(i, W1, S) for i in ids[5:15]])
        assert set(forms(tokens(session, 3 * S).standing)) == {Form.DASHED, Form.HOLLOW}

    def test_what_is_still_on_its_way_to_a_full_tube_is_not_counted_in_it(self):
        session = story(*[published(e.TaskId(str(number))) for number in range(20)])
        assert tokens(session, MS).more_count == 0

    def test_tokens_pale_while_the_broker_is_down(self):
        session = story(published(T), make(e.ConnectionLost, S, owner=e.PUBLISHER))
        assert tokens(session, 2 * S).standing[0].opacity < 1


class TestInTheAir:
    def test_a_published_task_flies_from_the_producer_to_its_place_and_is_nowhere_else(self):
        session = story(published(T), published(U), CONFIRMED)
        session.extend(published(e.TaskId("t-3"), at_ns=S))
        xs = [tokens(session, S + ms * MS).flying[0].x for ms in (0, 100, 225, 350, 449)]
        assert xs == sorted(xs)
        assert LAYOUT.producer.right() <= xs[0] < LAYOUT.exchange.left()
        assert xs[-1] == pytest.approx(LAYOUT.slot_x(2), abs=2)
        assert len(tokens(session, S + 225 * MS).standing) == 2

    def test_it_flies_hollow(self):
        session = story(published(T), CONFIRMED)
        assert forms(tokens(session, MS).flying) == [Form.HOLLOW]

    def test_a_delivered_task_flies_along_its_workers_line(self):
        session = story(published(T), delivered(T, W1, S))
        (start,) = tokens(session, S).flying
        (end,) = tokens(session, S + DURATION_NS[FlightKind.DELIVER] - 1).flying
        assert (start.x, start.y) == (LAYOUT.slot_x(0), AXIS_Y)
        assert (end.x, end.y) == pytest.approx((740, ANCHORS[W1]))

    def test_an_ack_is_a_tick_that_flies_back(self):
        session = story(published(T), delivered(T, W1, S), done(T, W1, 2 * S))
        (start,) = tokens(session, 2 * S).flying
        assert start.look.form is Form.TICK
        assert (start.x, start.y) == pytest.approx((740, ANCHORS[W1]))

    def test_a_requeued_task_flies_back_from_the_cut(self):
        session = story(published(T), delivered(T, W1, S), CRASHED)
        (start,) = tokens(session, 2 * S).flying
        cut = LAYOUT.curve_to(ANCHORS[W1]).point_at(CROSS_AT)
        assert (start.x, start.y) == pytest.approx(cut)
        assert start.look.is_redelivered

    def test_a_returned_task_turns_round_at_the_exchange_with_the_brokers_words(self):
        returned = make(e.TaskReturned, MS, task_id=T, reply_code=312, reply_text="NO_ROUTE")
        session = story(published(T), returned)
        landing_ns = DURATION_NS[FlightKind.PUBLISH]
        assert tokens(session, landing_ns).flying[0].x == LAYOUT.exchange.center().x()
        (end,) = tokens(session, session.scene.last_landing_ns - 1).flying
        assert (end.x, end.y) == pytest.approx((LAYOUT.producer.right(), AXIS_Y))
        assert end.words == "312 NO_ROUTE"
        assert tokens(session, 2 * S).standing == []

    def test_a_task_that_was_done_in_no_time_is_still_seen_on_each_of_its_ways(self):
        session = story(published(T), delivered(T, W1, MS), done(T, W1, 2 * MS))
        seen = [
            (forms(tokens(session, ms * MS).flying), forms(tokens(session, ms * MS).standing))
            for ms in (9, 500)
        ]
        assert seen == [([Form.HOLLOW], []), ([Form.SOLID], [Form.DASHED])]

    def test_a_worker_without_a_card_in_sight_gets_its_task_all_the_same(self):
        session = story(published(T), delivered(T, e.WorkerId("worker 99"), S))
        assert len(tokens(session, S + 100 * MS).flying) == 1


class TestLabels:
    def test_a_token_says_how_long_its_task_takes(self):
        session = story(published(T, "Task..."), published(U, "no dots"))
        assert [token.look.label for token in tokens(session, LANDED).standing] == ["3 s", ""]

    def test_it_follows_the_length_of_a_dot(self):
        session = story(published(T, "Task.."), published(U, "Task..."), make(e.PaceChanged, dot_s=0.25))
        assert [token.look.label for token in tokens(session, LANDED).standing] == ["0.5 s", "0.8 s"]


class TestCrowds:
    @pytest.fixture
    def crowd(self):
        ids = [e.TaskId(str(number)) for number in range(3 * MOST_TOKENS)]
        return story(*[published(task_id) for task_id in ids])

    def test_of_many_flights_every_kth_is_drawn(self, crowd):
        placed = tokens(crowd, MS)
        assert placed.density.stride == 4
        assert len(placed.flying) == 3 * MOST_TOKENS // 4

    def test_what_is_rare_is_always_drawn_and_labelled(self, crowd):
        crowd.extend([delivered(T, W1, MS, text="Task.", redelivered=True)])
        (rare,) = [token for token in tokens(crowd, 2 * MS).flying if not token.look.is_small]
        assert (rare.look.label, rare.look.is_redelivered) == ("1 s", True)

    @pytest.mark.parametrize(
        ("before", "count", "after"),
        [(1, 400, 1), (1, 401, 2), (2, 400, 2), (2, 281, 2), (2, 279, 1), (8, 100, 1), (1, 6400, 16)],
    )
    def test_the_density_does_not_flicker(self, before, count, after):
        assert Density(before).after(count).stride == after

    def test_labels_go_above_sixty_and_come_back_well_below(self):
        assert Density().after(60).is_crowded is False
        assert Density().after(61).is_crowded is True
        assert Density(is_crowded=True).after(50).is_crowded is True
        assert Density(is_crowded=True).after(40).is_crowded is False


class TestPicture:
    def shot(self, stage, session, at_ns):
        stage.display(session, at_ns, ANCHORS)
        return stage.grab().toImage()

    def test_hollow_solid_and_dashed_look_different(self, stage):
        session = story(published(T))
        hollow = self.shot(stage, session, LANDED)
        session.extend([CONFIRMED])
        solid = self.shot(stage, session, LANDED)
        session.extend([delivered(T, W1, S)])
        dashed = self.shot(stage, session, 2 * S)
        token = lay_out(740, 530)
        box = (int(token.slot_x(0) - 17), int(AXIS_Y - 17), 34, 34)
        images = [image.copy(*box) for image in (hollow, solid, dashed)]
        assert images[0] != images[1] != images[2] != images[0]

    def test_the_same_moment_gives_the_same_picture(self, stage):
        session = story(published(T), published(U, at_ns=100 * MS))
        one = self.shot(stage, session, 200 * MS)
        between = self.shot(stage, session, 300 * MS)
        assert self.shot(stage, session, 200 * MS) == one != between

    @pytest.mark.parametrize("size", [(380, 360), (740, 530), (1400, 900)])
    def test_every_kind_of_trouble_can_be_painted(self, stage, size):
        session = story(
            *[published(e.TaskId(str(number)), "x" * 300 + "\n<b>.") for number in range(80)],
            make(e.TaskReturned, MS, task_id=e.TaskId("79"), reply_code=312, reply_text="NO_ROUTE"),
            delivered(e.TaskId("1"), W1, MS),
            make(e.WorkerCrashed, 2 * MS, worker_id=W1),
            make(e.WorkerStopped, 2 * MS, worker_id=W2),
            make(e.ConnectionLost, 3 * MS, owner=e.PUBLISHER),
        )
        session.queue = "a-very-long-name-" * 15
        stage.set_theme(LIGHT)
        stage.resize(*size)
        for at_ms in (4, 500, 900):
            image = self.shot(stage, session, at_ms * MS)
        assert (image.width(), image.height()) == size

    def test_it_can_be_painted_before_there_is_a_session(self, stage):
        assert not stage.grab().isNull()
        assert stage.is_moving is False


class TestRepaint:
    @pytest.fixture
    def updates(self, stage, monkeypatch):
        asked = []
        monkeypatch.setattr(stage, "update", lambda: asked.append(True))
        return asked

    def test_nothing_is_painted_again_while_nothing_happens(self, stage, updates):
        session = story()
        for at_ns in (S, 2 * S, 3 * S):
            stage.display(session, at_ns, ANCHORS)
        assert len(updates) == 1

    def test_each_frame_of_a_flight_is_painted_and_the_one_after_it(self, stage, updates):
        session = story(published(T))
        for at_ms in (0, 100, 200, 450, 500, 600):
            stage.display(session, at_ms * MS, ANCHORS)
        assert len(updates) == 4

    def test_a_held_moment_is_painted_once(self, stage, updates):
        session = story(published(T))
        for _ in range(3):
            stage.display(session, 100 * MS, ANCHORS)
        assert len(updates) == 1

    def test_moved_anchors_are_painted(self, stage, updates):
        session = story()
        stage.display(session, S, ANCHORS)
        stage.display(session, S, {W1: 61.0})
        assert len(updates) == 2

    def test_it_moves_while_a_flight_is_in_the_air_and_while_a_crash_fades(self, stage):
        session = story(published(T))
        moving = {}
        for at_ns in (0, S):
            stage.display(session, at_ns, ANCHORS)
            moving[at_ns] = stage.is_moving
        session.extend([CRASHED])
        for at_ns in (2 * S, 2 * S + CRASH_FADES_NS):
            stage.display(session, at_ns, ANCHORS)
            moving[at_ns] = stage.is_moving
        assert list(moving.values()) == [True, False, True, False]


class TestWords:
    def notes(self, stage, session, *, for_ns):
        stage.display(session, S, ANCHORS)
        stage.display(session, S + for_ns, ANCHORS)
        return [words for words, _ in stage._notes]

    @pytest.mark.parametrize(
        ("ready", "consumers", "notes"),
        [
            (1, 2, []),
            (3, 2, ["broker says 3, we saw 1"]),
            (1, 3, ["1 consumer is not ours"]),
            (1, 7, ["5 consumers are not ours"]),
            (0, 3, ["broker says 0, we saw 1", "1 consumer is not ours"]),
        ],
    )
    def test_it_says_where_the_broker_and_we_differ(self, stage, ready, consumers, notes):
        session = story(published(T), make(e.QueueObserved, ready_count=ready, consumer_count=consumers))
        assert self.notes(stage, session, for_ns=DIFFERS_FOR_NS) == []
        assert self.notes(stage, session, for_ns=DIFFERS_FOR_NS + 1) == notes

    def test_a_queue_that_is_gone_is_told_at_once(self, stage):
        session = story(make(e.QueueMissing, queue="task_queue"))
        assert self.notes(stage, session, for_ns=0) == ["the broker does not know this queue"]

    @pytest.mark.parametrize(
        ("events", "words"),
        [
            ([], "new_task.py"),
            ([make(e.ConnectionLost, owner=e.PUBLISHER)], "reconnecting…"),
            ([make(e.ConnectionBlocked, owner=e.PUBLISHER)], "blocked by the broker"),
        ],
    )
    def test_the_producer_says_how_it_is(self, stage, events, words):
        session = story(events)
        stage.display(session, S, ANCHORS)
        assert [text for text, _, _ in stage._producer_texts(session, LAYOUT)] == [
            "Producer",
            words,
            "✓ 0 confirmed",
        ]

    def test_the_producer_counts_what_it_could_not_send(self, stage):
        session = story(make(e.TaskAccepted, task_id=T))
        stage.display(session, S, ANCHORS)
        assert stage._producer_texts(session, LAYOUT)[-1][:2] == ("1 not sent yet", "warn")

    def test_screen_readers_hear_the_sentence_but_not_every_one_of_many(self, stage):
        session = story(published(T, "Task.", S))
        stage.display(session, S, ANCHORS)
        assert stage.accessibleName() == "Stage"
        first = stage.accessibleDescription()
        assert "Task." in first
        session.extend([make(e.TaskConfirmed, S, task_id=T)])
        stage.display(session, S + 100 * MS, ANCHORS)
        assert stage.accessibleDescription() == first
        stage.display(session, S + 400 * MS, ANCHORS)
        assert "confirmed" in stage.accessibleDescription()

    def test_a_long_sentence_takes_two_lines_and_ends_with_dots(self, stage):
        metrics = QFontMetricsF(text_font(14))
        assert broken("short", metrics, 200, 2) == ["short"]
        first, second = broken("one two three four five six seven eight nine ten", metrics, 120, 2)
        assert second.endswith("…")
        assert all(metrics.horizontalAdvance(line) <= 120 for line in (first, second))
        assert broken("x" * 300, metrics, 120, 2)[0].endswith("…")
