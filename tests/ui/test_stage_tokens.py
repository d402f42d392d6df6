import pytest

from tests.core.story import QUEUE, W1, W2, S, T, U, delivered, done, make, published
from tests.ui.stage_story import (
    ANCHORS,
    AXIS_Y,
    CONFIRMED,
    CRASHED,
    LANDED,
    LAYOUT,
    TUBE,
    forms,
    story,
    tokens,
)
from workq_gui.core import events as e
from workq_gui.core.causes import NOT_ON_DISK, PURGED
from workq_gui.core.projections.flight import DURATION_NS, MS, FlightKind
from workq_gui.core.projections.scene import LAST_DISSOLVE_NS
from workq_gui.core.queue_events import QueueAdded, QueueMissing, QueuePurged
from workq_gui.ui.stage_layout import CROSS_AT, lay_out
from workq_gui.ui.stage_moment import COMES_BACK_NS, MOST_RARE, MOST_TOKENS, Density
from workq_gui.ui.tokens import Form

REJECTED = make(e.TaskRejected, 2 * S, task_id=T, worker_id=W1, requeue=False)
NACKED = make(e.TaskRejected, 2 * S, task_id=T, worker_id=W1, requeue=True)


def confirmed(task_id: e.TaskId) -> e.Event:
    return make(e.TaskConfirmed, MS, task_id=task_id)


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
        assert (first.x, first.look.dots) == (TUBE.slot_x(0), 1)
        assert (second.x, second.look.dots) == (TUBE.slot_x(1), 2)

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
        assert TUBE.slot_x(1) < following.x < TUBE.slot_x(0)

    def test_a_requeued_task_is_solid_again_in_its_old_place_and_marked(self):
        session = story(published(T), published(U), CONFIRMED, delivered(T, W1, S), CRASHED)
        first, second = tokens(session, 3 * S).standing
        assert (first.x, first.look.form, first.look.is_redelivered) == (TUBE.slot_x(0), Form.SOLID, True)
        assert second.look.is_redelivered is False

    def test_its_dashed_copy_keeps_its_place_until_it_is_there(self):
        session = story(published(T), published(U), delivered(T, W1, S), CRASHED)
        copy, second = tokens(session, 2 * S + MS).standing
        assert (copy.x, copy.look.form) == (TUBE.slot_x(0), Form.DASHED)
        assert second.x == TUBE.slot_x(1)

    def test_with_auto_ack_no_copy_is_ever_there_and_the_place_closes(self):
        session = story(published(T), published(U), CONFIRMED, delivered(T, W1, S, auto_ack=True))
        xs = []
        for ms in (0, 175, 349, 400):
            (other,) = tokens(session, S + ms * MS).standing
            assert other.task_id == U
            xs.append(other.x)
        assert xs == sorted(xs)
        assert xs[0] == TUBE.slot_x(1)
        assert xs[-1] == TUBE.slot_x(0)

    def test_with_auto_ack_nothing_is_left_behind_by_a_task_that_was_done_in_no_time(self):
        session = story(make(e.WorkerStarted, worker_id=W1, auto_ack=True), published(T))
        session.extend([delivered(T, W1, S, auto_ack=True), make(e.TaskFinished, S, task_id=T, worker_id=W1)])
        assert tokens(session, S + 100 * MS).standing == []

    def test_what_is_rejected_leaves_no_copy(self):
        session = story(published(T), published(U), delivered(T, W1, S), REJECTED)
        copy, _ = tokens(session, 2 * S + 200 * MS).standing
        assert (copy.look.form, 0 < copy.opacity < 1) == (Form.DASHED, True)
        assert len(tokens(session, 3 * S).standing) == 1

    def test_a_full_tube_says_how_many_more_there_are(self):
        session = story(*[published(e.TaskId(str(number))) for number in range(20)])
        placed = tokens(session, LANDED)
        assert len(placed.standing) + placed.more[QUEUE].count == 20
        assert placed.more[QUEUE].right_x - TUBE.box.left() > TUBE.pitch

    def test_a_full_tube_shows_both_what_waits_and_what_is_unacked(self):
        ids = [e.TaskId(str(number)) for number in range(20)]
        session = story(*[published(i) for i in ids], *[delivered(i, W1, S) for i in ids[5:15]])
        assert set(forms(tokens(session, 3 * S).standing)) == {Form.DASHED, Form.HOLLOW}

    def test_what_is_still_on_its_way_to_a_full_tube_is_not_counted_in_it(self):
        session = story(*[published(e.TaskId(str(number))) for number in range(20)])
        assert tokens(session, MS).more == {}

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
        assert xs[-1] == pytest.approx(TUBE.slot_x(2), abs=2)
        assert len(tokens(session, S + 225 * MS).standing) == 2

    def test_it_flies_hollow(self):
        session = story(published(T), CONFIRMED)
        assert forms(tokens(session, MS).flying) == [Form.HOLLOW]

    def test_a_delivered_task_flies_along_its_workers_line(self):
        session = story(published(T), delivered(T, W1, S))
        (start,) = tokens(session, S).flying
        (end,) = tokens(session, S + DURATION_NS[FlightKind.DELIVER] - 1).flying
        assert (start.x, start.y) == (TUBE.slot_x(0), AXIS_Y)
        assert (end.x, end.y) == pytest.approx((740, ANCHORS[W1]))

    def test_an_ack_is_a_tick_that_flies_back(self):
        session = story(published(T), delivered(T, W1, S), done(T, W1, 2 * S))
        (start,) = tokens(session, 2 * S).flying
        assert start.look.form is Form.TICK
        assert (start.x, start.y) == pytest.approx((740, ANCHORS[W1]))

    def test_a_requeued_task_flies_back_from_the_cut(self):
        session = story(published(T), delivered(T, W1, S), CRASHED)
        (start,) = tokens(session, 2 * S).flying
        cut = LAYOUT.curve(QUEUE, ANCHORS[W1]).point_at(CROSS_AT)
        assert (start.x, start.y) == pytest.approx(cut)
        assert start.look.is_redelivered

    def test_a_returned_task_turns_round_at_the_exchange_with_the_brokers_words(self):
        returned = make(e.TaskReturned, MS, task_id=T, reply_code=312, reply_text="NO_ROUTE")
        session = story(published(T), returned)
        landing_ns = DURATION_NS[FlightKind.PUBLISH]
        assert forms(tokens(session, landing_ns // 2).flying) == [Form.HOLLOW]
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


class TestConfirm:
    def test_a_confirmed_token_fills_under_a_stamp(self):
        session = story(published(T), make(e.TaskConfirmed, S, task_id=T))
        placed = tokens(session, S + 75 * MS)
        assert forms(placed.standing) == [Form.HOLLOW]
        (stamp,) = placed.stamps
        assert (stamp.x, stamp.y, stamp.progress) == (TUBE.slot_x(0), AXIS_Y, 0.5)
        assert (stamp.filling.look.form, 0 < stamp.filling.opacity < 1) == (Form.SOLID, True)
        after = tokens(session, S + 151 * MS)
        assert (forms(after.standing), after.stamps) == ([Form.SOLID], [])

    def test_it_flies_hollow_to_its_end_and_is_stamped_when_it_has_landed(self):
        session = story(published(T), make(e.TaskConfirmed, 2 * MS, task_id=T))
        flying = tokens(session, 449 * MS)
        assert (forms(flying.flying), flying.stamps) == ([Form.HOLLOW], [])
        landed = tokens(session, 500 * MS)
        assert (landed.flying, len(landed.stamps)) == ([], 1)
        assert forms(tokens(session, 601 * MS).standing) == [Form.SOLID]

    def test_a_task_that_is_delivered_before_its_confirm_flies_on_as_it_is(self):
        session = story(published(T), delivered(T, W1, MS), make(e.TaskConfirmed, 2 * MS, task_id=T))
        placed = tokens(session, 600 * MS)
        assert (forms(placed.flying), placed.stamps) == ([Form.SOLID], [])

    def test_the_producers_counter_flashes_as_long(self):
        session = story(published(T), make(e.TaskConfirmed, S, task_id=T))
        flashes = [tokens(session, S + ms * MS).confirm_flash for ms in (0, 75, 150)]
        assert flashes == [1.0, 0.5, 0.0]


class TestLosses:
    def test_what_no_queue_took_falls_off_the_exchange_into_the_ledger(self):
        session = story(make(QueueMissing, queue="nowhere"), published(T, queue="nowhere"))
        session.extend([make(e.TaskPublished, task_id=U, routing_key="nowhere"), confirmed(U)])
        lands_ns = DURATION_NS[FlightKind.PUBLISH]
        falls = [tokens(session, lands_ns + ms * MS).flying[-1] for ms in (0, 599)]
        assert (falls[0].x, falls[0].y) == pytest.approx((LAYOUT.exchange.center().x(), AXIS_Y))
        ledger = LAYOUT.ledger.center()
        assert (falls[1].x, falls[1].y) == pytest.approx((ledger.x(), ledger.y()), abs=2)
        assert tokens(session, lands_ns).losing

    def test_what_is_rejected_for_good_goes_from_the_worker_to_the_ledger(self):
        session = story(published(T), delivered(T, W1, S), REJECTED)
        (start,), (end,) = (tokens(session, 2 * S + ms * MS).flying for ms in (0, 599))
        assert (start.x, start.y) == pytest.approx((740, ANCHORS[W1]))
        ledger = LAYOUT.ledger.center()
        assert (end.x, end.y) == pytest.approx((ledger.x(), ledger.y()), abs=2)

    def test_with_auto_ack_each_task_in_hand_breaks_into_pieces_after_the_other(self):
        given = [delivered(task_id, W1, S, auto_ack=True) for task_id in (T, U)]
        session = story(published(T), published(U), *given, CRASHED)
        whole, half, late, end = (tokens(session, 2 * S + ms * MS) for ms in (20, 140, 600, 700))
        assert (len(whole.flying), whole.pieces) == (2, [])
        assert (forms(half.flying), len(half.pieces) > 3) == ([Form.SOLID], True)
        assert late.flying == []
        assert max(piece.opacity for piece in late.pieces) < 0.5
        assert (end.flying, end.pieces, end.standing) == ([], [], [])

    def test_what_is_not_on_disk_dissolves_one_by_one_in_the_dark_tube(self):
        ids = [e.TaskId(str(number)) for number in range(4)]
        transient = [make(e.TaskPublished, task_id=i, routing_key=QUEUE) for i in ids]
        session = story(published(T), transient, make(e.BrokerStopped, 2 * S))
        seen = [tokens(session, 2 * S + ms * MS) for ms in (0, 200, 400, 600, 900)]
        assert [len(placed.standing) for placed in seen] == [5, 5, 4, 2, 1]
        faded = [token.opacity for token in seen[1].standing]
        assert faded[1:] == sorted(faded[1:])
        assert faded[1] < faded[4] == faded[0] == 1.0
        assert seen[1].dissolving == {QUEUE: NOT_ON_DISK}
        assert seen[-1].dissolving == {}

    def test_of_a_large_queue_that_is_purged_only_what_is_in_sight_dissolves(self):
        ids = [e.TaskId(str(number)) for number in range(5000)]
        purged = make(QueuePurged, 2 * S, queue=QUEUE, message_count=5000)
        session = story([make(e.TaskPublished, task_id=i, routing_key=QUEUE) for i in ids], purged)
        placed = tokens(session, 2 * S + MS)
        assert len(placed.standing) <= TUBE.slot_count
        assert placed.dissolving == {QUEUE: PURGED}
        assert placed.density == Density()
        assert tokens(session, 2 * S + LAST_DISSOLVE_NS + 500 * MS).standing == []

    def test_of_many_that_go_back_at_once_some_are_drawn(self):
        ids = [e.TaskId(str(number)) for number in range(3 * MOST_RARE)]
        session = story(*[published(i) for i in ids], *[delivered(i, W1, S) for i in ids], CRASHED)
        assert len(tokens(session, 2 * S + 100 * MS).flying) == MOST_RARE


class TestNack:
    def test_a_nacked_task_travels_back_along_the_whole_line(self):
        session = story(published(T), delivered(T, W1, S), NACKED)
        (start,), (end,) = (tokens(session, 2 * S + ms * MS).flying for ms in (0, 449))
        assert (start.x, start.y) == pytest.approx((740, ANCHORS[W1]))
        assert (end.x, end.y) == pytest.approx((TUBE.slot_x(0), AXIS_Y), abs=2)
        assert start.look.is_redelivered


class TestBrokerBack:
    def test_what_was_on_disk_comes_back_first_to_last(self):
        ids = [e.TaskId(str(number)) for number in range(4)]
        session = story(*[published(i, at_ns=MS) for i in ids], [confirmed(i) for i in ids])
        session.extend([make(e.ConnectionLost, 2 * S, owner=e.PUBLISHER)])
        session.extend([make(e.ConnectionOpened, 3 * S, owner=e.PUBLISHER)])
        light = [token.opacity for token in tokens(session, 3 * S + 350 * MS).standing]
        assert light == sorted(light, reverse=True)
        assert light[0] == 1.0 > light[-1]
        lit = [token.opacity for token in tokens(session, 3 * S + COMES_BACK_NS).standing]
        assert lit == [1.0] * 4

    def test_what_is_published_when_it_is_back_was_never_gone(self):
        session = story(make(e.ConnectionOpened, 3 * S, owner=e.PUBLISHER), published(T, at_ns=3 * S))
        assert tokens(session, 3 * S + 500 * MS).standing[0].opacity == 1.0


class TestSeveralQueues:
    QUEUES = (QUEUE, "emails", "dead")
    LAYOUT = lay_out(740, 530, QUEUES)

    @pytest.fixture
    def three(self):
        added = [make(QueueAdded, queue=queue) for queue in self.QUEUES[1:]]
        return story(make(QueueAdded, dead_letter_to="dead"), added)

    def test_each_task_stands_in_the_tube_of_its_queue(self, three):
        three.extend([*published(T), *published(U, queue="emails")])
        placed = {token.task_id: token for token in tokens(three, LANDED, self.LAYOUT).standing}
        for task_id, queue in ((T, QUEUE), (U, "emails")):
            tube = self.LAYOUT.tubes[queue]
            assert (placed[task_id].x, placed[task_id].y) == (tube.slot_x(0), tube.axis_y)

    def test_it_flies_from_the_exchange_to_that_queue_and_on_to_the_worker(self, three):
        three.extend([*published(T, queue="emails"), delivered(T, W2, S, queue="emails")])
        tube = self.LAYOUT.tubes["emails"]
        (end,) = tokens(three, 449 * MS, self.LAYOUT).flying
        assert (end.x, end.y) == pytest.approx((tube.slot_x(0), tube.axis_y), abs=3)
        (start,), (end,) = (tokens(three, S + ms * MS, self.LAYOUT).flying for ms in (0, 349))
        assert (start.x, start.y) == pytest.approx((tube.slot_x(0), tube.axis_y))
        assert (end.x, end.y) == pytest.approx((740, ANCHORS[W2]), abs=2)

    def test_a_dead_letter_travels_to_its_queue_and_is_no_redelivery(self, three):
        three.extend([*published(T), *published(U), delivered(T, W1, S), REJECTED])
        tube, source = self.LAYOUT.tubes["dead"], self.LAYOUT.first_tube
        start, end = (tokens(three, 2 * S + ms * MS, self.LAYOUT) for ms in (0, 599))
        assert (start.flying[0].x, start.flying[0].y) == pytest.approx((740, ANCHORS[W1]))
        assert (end.flying[0].x, end.flying[0].y) == pytest.approx((tube.slot_x(0), tube.axis_y), abs=2)
        assert start.flying[0].look.is_redelivered is False
        assert [(token.task_id, token.look.form) for token in start.standing if token.y == source.axis_y] == [
            (T, Form.DASHED),
            (U, Form.HOLLOW),
        ]
        (there,) = [t for t in tokens(three, 3 * S, self.LAYOUT).standing if t.task_id == T]
        assert (there.x, there.y, there.look.is_redelivered) == (tube.slot_x(0), tube.axis_y, False)

    def test_a_queue_that_the_broker_does_not_know_gets_nothing(self, three):
        three.extend([make(QueueMissing, queue="emails"), *published(T, queue="emails", at_ns=S)])
        (end,) = tokens(three, S + 449 * MS, self.LAYOUT).flying
        assert (end.x, end.y) == pytest.approx((self.LAYOUT.exchange.center().x(), self.LAYOUT.axis_y), abs=2)


class TestReducedMotion:
    def test_a_token_fades_where_it_leaves_and_where_it_arrives(self):
        session = story(published(T), delivered(T, W1, S))
        half = DURATION_NS[FlightKind.DELIVER] / 2
        seen = [
            tokens(session, S + round(part * half), is_reduced=True).flying[0] for part in (0, 0.5, 1.5, 1.99)
        ]
        assert [(token.x, token.y) for token in seen[:2]] == [(TUBE.slot_x(0), AXIS_Y)] * 2
        assert (seen[2].x, seen[3].x) == pytest.approx((740, 740))
        assert [token.opacity for token in seen] == pytest.approx([1.0, 0.5, 0.5, 0.99], abs=0.01)

    def test_nothing_flies_apart(self):
        session = story(published(T), delivered(T, W1, S, auto_ack=True), CRASHED)
        placed = tokens(session, 2 * S + 350 * MS, is_reduced=True)
        assert placed.pieces == []
        assert placed.flying[0].opacity == pytest.approx(0.5)
