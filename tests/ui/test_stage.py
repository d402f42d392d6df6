import pytest
from PySide6.QtGui import QFontMetricsF

from tests.core.story import QUEUE, W1, W2, S, T, U, delivered, make, published
from tests.ui.stage_story import (
    ANCHORS,
    CONFIRMED,
    CRASHED,
    LANDED,
    LAYOUT,
    TUBE,
    story,
)
from workq_gui.core import events as e
from workq_gui.core.causes import NOT_ON_DISK, PURGED
from workq_gui.core.projections.flight import MS
from workq_gui.core.queue_events import QueueAdded, QueueMissing, QueueObserved, QueuePurged
from workq_gui.core.state import DIFFERS_FOR_NS
from workq_gui.ui.stage import Stage
from workq_gui.ui.stage_layout import lay_out
from workq_gui.ui.stage_lines import LINE_LOOKS, MANY_LINES, LineLook, lines_of
from workq_gui.ui.stage_marks import CRASH_FADES_NS
from workq_gui.ui.stage_moment import COMES_BACK_NS
from workq_gui.ui.stage_text import broken
from workq_gui.ui.stage_words import StageWords
from workq_gui.ui.theme import LIGHT, load_fonts, text_font


@pytest.fixture
def stage(qtbot):
    load_fonts()
    widget = Stage()
    qtbot.addWidget(widget)
    widget.resize(740, 530)
    return widget


@pytest.fixture
def words(qapp):
    load_fonts()
    return StageWords()


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
        box = (int(TUBE.slot_x(0) - 17), int(TUBE.axis_y - 17), 34, 34)
        images = [image.copy(*box) for image in (hollow, solid, dashed)]
        assert images[0] != images[1] != images[2] != images[0]

    def test_the_same_moment_gives_the_same_picture(self, stage):
        session = story(published(T), published(U, at_ns=100 * MS))
        one = self.shot(stage, session, 200 * MS)
        between = self.shot(stage, session, 300 * MS)
        assert self.shot(stage, session, 200 * MS) == one != between

    @pytest.mark.parametrize("count", [1, 3, 6])
    @pytest.mark.parametrize("size", [(380, 360), (740, 530), (1400, 900)])
    def test_every_kind_of_trouble_can_be_painted(self, stage, size, count):
        session = story(
            *[published(e.TaskId(str(number)), "x" * 300 + "\n<b>.") for number in range(80)],
            make(e.TaskReturned, MS, task_id=e.TaskId("79"), reply_code=312, reply_text="NO_ROUTE"),
            delivered(e.TaskId("1"), W1, MS),
            make(e.WorkerCrashed, 2 * MS, worker_id=W1),
            make(e.WorkerStopped, 2 * MS, worker_id=W2),
            make(e.WorkerFroze, 3 * MS, worker_id=W2),
            make(e.WorkersHeld, 3 * MS),
            make(e.ProducerHeld, 3 * MS),
            *[make(QueueAdded, queue="a-very-long-name-" * nth) for nth in range(1, count)],
            make(QueuePurged, 3 * MS, queue=QUEUE, message_count=70),
            make(e.BrokerStopped, 3 * MS),
            make(e.ConnectionLost, 3 * MS, owner=e.PUBLISHER),
        )
        stage.set_theme(LIGHT)
        stage.resize(*size)
        for at_ms in (4, 500, 900):
            image = self.shot(stage, session, at_ms * MS)
        assert (image.width(), image.height()) == size

    def test_reduced_motion_shows_the_same_moment_without_a_flight(self, stage):
        session = story(published(T))
        travelling = self.shot(stage, session, 300 * MS)
        stage.set_reduced_motion(True)
        assert self.shot(stage, session, 300 * MS) != travelling
        assert self.shot(stage, session, S) == self.shot(stage, session, 2 * S)

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

    def test_it_moves_while_the_broker_brings_back_what_it_has_on_disk(self, stage):
        session = story(published(T, at_ns=MS), make(e.ConnectionLost, 2 * S, owner=e.PUBLISHER))
        session.extend([make(e.ConnectionOpened, 3 * S, owner=e.PUBLISHER)])
        moving = []
        for at_ns in (3 * S, 3 * S + COMES_BACK_NS):
            stage.display(session, at_ns, ANCHORS)
            moving.append(stage.is_moving)
        assert moving == [True, False]

    def test_a_remark_that_is_due_is_painted_although_nothing_happens(self, stage, updates):
        session = story(make(QueueObserved, ready_count=3))
        for at_ns in (S, DIFFERS_FOR_NS + 1):
            stage.display(session, at_ns, ANCHORS)
        assert len(updates) == 2


class TestLines:
    def looks(self, session):
        return [line.look for line in lines_of(session, LAYOUT, ANCHORS)]

    @pytest.mark.parametrize(
        ("event", "look"),
        [
            (make(e.WorkerCrashed, worker_id=W1), LineLook.SNAPPED),
            (make(e.WorkerStopped, worker_id=W1), LineLook.FAINT),
            (make(e.WorkerFroze, worker_id=W1), LineLook.FROZEN),
            (make(e.ConnectionLost, owner=W1), LineLook.RECONNECTING),
            (make(e.WorkersHeld), LineLook.HELD),
        ],
    )
    def test_a_line_tells_how_its_worker_is(self, event, look):
        assert self.looks(story())[0] is LineLook.OPEN
        assert self.looks(story(event))[0] is look

    def test_all_lines_drop_when_the_broker_is_down_but_a_snapped_one_stays_so(self):
        session = story(CRASHED, make(e.ConnectionLost, 3 * S, owner=e.PUBLISHER))
        assert self.looks(session) == [LineLook.SNAPPED, LineLook.FAINT]

    def test_a_worker_has_a_line_from_each_queue_that_it_takes_from(self):
        queues = (QUEUE, "emails", "reports")
        session = story(
            [make(QueueAdded, queue=queue) for queue in queues[1:]],
            make(e.WorkerStarted, worker_id=W2, queue="emails"),
        )
        lines = lines_of(session, lay_out(740, 530, queues), ANCHORS)
        assert [(line.queue, line.y) for line in lines] == [
            (QUEUE, ANCHORS[W1]),
            (QUEUE, ANCHORS[W2]),
            ("emails", ANCHORS[W2]),
        ]

    def test_a_worker_without_a_card_in_sight_has_none(self):
        assert len(lines_of(story(), LAYOUT, {W1: 60.0, e.WorkerId("worker 9"): 70.0})) == 1

    @pytest.mark.parametrize("count", [4, MANY_LINES + 6])
    def test_lines_that_change_one_by_one_look_like_lines_painted_at_once(self, stage, qtbot, count):
        workers = [e.WorkerId(f"w{number}") for number in range(count)]
        anchors = {worker_id: 20.0 + 15 * number for number, worker_id in enumerate(workers)}
        session = story([make(e.WorkerAdded, worker_id=worker_id) for worker_id in workers])
        for worker_id in workers:
            session.extend([make(e.WorkerStarted, worker_id=worker_id, queue=QUEUE)])
            stage.display(session, 9 * S, anchors)
            stage.grab()
        session.extend([make(e.WorkerCrashed, worker_id=workers[1])])
        stage.display(session, 9 * S, anchors)
        stage.grab()
        session.extend([make(kind, worker_id=workers[1]) for kind in (e.WorkerAdded, e.WorkerStarted)])
        stage.display(session, 9 * S, anchors)
        other = Stage()
        qtbot.addWidget(other)
        other.resize(stage.size())
        other.display(session, 9 * S, anchors)
        assert stage.grab().toImage() == other.grab().toImage()

    def test_each_status_that_is_not_simply_connected_has_a_look_of_its_own(self):
        assert LineLook.OPEN not in LINE_LOOKS.values()


class TestWords:
    def notes(self, words, session, *, at_ns, dissolving=""):
        return [note.text for note in words.notes(session, QUEUE, at_ns, dissolving)]

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
    def test_it_says_where_the_broker_and_we_differ(self, words, ready, consumers, notes):
        session = story(published(T), make(QueueObserved, S, ready_count=ready, consumer_count=consumers))
        assert self.notes(words, session, at_ns=S + DIFFERS_FOR_NS) == []
        assert self.notes(words, session, at_ns=S + DIFFERS_FOR_NS + 1) == notes

    def test_it_waits_for_the_broker_to_notice_that_a_worker_has_died(self, words):
        session = story(make(QueueObserved, consumer_count=2), make(e.WorkerCrashed, 9 * S, worker_id=W1))
        assert self.notes(words, session, at_ns=20 * S) == []
        session.extend([make(QueueObserved, 21 * S, consumer_count=2)])
        assert self.notes(words, session, at_ns=22 * S) == ["1 consumer is not ours"]

    def test_a_queue_that_is_gone_is_told_at_once(self, words):
        session = story(make(QueueMissing))
        assert self.notes(words, session, at_ns=0) == ["the broker does not know this queue"]

    @pytest.mark.parametrize(
        ("cause", "note"), [(NOT_ON_DISK, "transient: gone"), (PURGED, "purged"), ("", None)]
    )
    def test_it_says_why_tokens_dissolve(self, words, cause, note):
        assert self.notes(words, story(), at_ns=0, dissolving=cause) == ([note] if note else [])

    def test_the_figures_are_the_brokers_own_where_it_tells_them(self, words):
        session = story(published(T), published(U), delivered(T, W1))
        assert words.figures(session, QUEUE).text == "1 ready · 1 un-acked"
        session.extend([make(QueueObserved, ready_count=12_908)])
        assert words.figures(session, QUEUE).text == "12,908 ready · 1 un-acked"

    @pytest.mark.parametrize(
        ("fields", "text"),
        [
            ({}, None),
            ({"durable": False}, "not durable"),
            ({"queue_type": "quorum"}, "quorum"),
            (
                {"queue_type": "quorum", "delivery_limit": 3, "dead_letter_to": "failed"},
                "quorum · delivery limit 3 · dead letters to failed",
            ),
        ],
    )
    def test_what_is_unusual_about_a_queue_is_said_below_it(self, words, fields, text):
        session = story(make(QueueAdded, queue="mail", **fields))
        kind = words.kind(session, "mail", is_type_told=False)
        assert (kind.text if kind else None) == text

    def test_the_ledger_appears_with_the_first_loss_and_tells_the_latest_cause(self, words):
        assert words.ledger(story()) == []
        session = story(published(T), published(U), make(QueuePurged, queue=QUEUE))
        assert [line.text for line in words.ledger(session)] == ["LOST 2", PURGED]

    @pytest.mark.parametrize(
        ("events", "text"),
        [
            ([], "new_task.py"),
            ([make(e.ConnectionLost, owner=e.PUBLISHER)], "reconnecting…"),
            ([make(e.ConnectionBlocked, owner=e.PUBLISHER)], "blocked by the broker"),
            ([make(e.ProducerHeld)], "held"),
        ],
    )
    def test_the_producer_says_how_it_is(self, words, events, text):
        lines = words.producer(story(events), S, is_narrow=False)
        assert [line.text for line in lines] == ["Producer", text, "✓ 0 confirmed"]

    def test_the_producer_counts_what_it_could_not_send(self, words):
        last = words.producer(story(make(e.TaskAccepted, task_id=T)), S, is_narrow=False)[-1]
        assert (last.text, last.colour) == ("1 not sent yet", "warn")

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
