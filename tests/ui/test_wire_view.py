import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.core.story import MS, W1, W2, make, session_of
from tests.wire_story import acked, confirmed, delivered, log_of, note, published, record, story
from workq_gui.core import events as e
from workq_gui.core.playhead import Playhead
from workq_gui.ui.theme import LIGHT, set_zoom
from workq_gui.ui.wire_view import WireView

CLOSED = "Only what goes over the wire while this is open is shown: a closed view costs nothing."
STORY_ROWS = [
    ("0.0000", CLOSED),
    (
        "0.0010",
        "publisher",
        "→ broker",
        "1",
        "Basic.Publish",
        "exchange='' routing_key='task_queue' mandatory=True · “Hello World!” (12 bytes)",
    ),
    ("0.0020", "publisher", "← broker", "1", "Basic.Ack", "delivery_tag=1 multiple=False"),
    (
        "0.0030",
        "worker 1",
        "← broker",
        "1",
        "Basic.Deliver",
        "delivery_tag=8 redelivered=True exchange='' routing_key='task_queue' · “Hello World!” (12 bytes)",
    ),
    ("1.0030", "worker 1", "→ broker", "1", "Basic.Ack", "delivery_tag=8 multiple=False"),
]


class Seen:
    """The view with a session, shown frame by frame."""

    def __init__(self, qtbot: QtBot, *records) -> None:
        self.session = session_of([make(e.WorkerAdded, worker_id=worker) for worker in (W1, W2)])
        self.session.clock.advance(10_000 * MS)
        self.playhead = Playhead(self.session)
        self.view = WireView()
        qtbot.addWidget(self.view)
        self.view.resize(1050, 260)
        self.log = log_of(*records)
        self.view.set_log(self.log)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.frame()

    @property
    def rows(self):
        return self.view._rows

    @property
    def words(self) -> list[tuple[str, ...]]:
        return [self.rows.words_of(row) for row in range(self.rows.row_count)]

    @property
    def names(self) -> list[str]:
        return [words[4] for words in self.words if len(words) > 4]

    @property
    def details(self):
        return self.view._details

    @property
    def status(self) -> str:
        return self.view.findChild(QLabel, "wire_status").text()

    def frame(self) -> None:
        self.view.display(self.playhead, self.session)
        while self.view.catching_up:
            self.view.display(self.playhead, self.session)

    def toggle(self, name: str) -> None:
        self.view.findChild(QPushButton, name).click()
        self.frame()

    def search(self, words: str) -> None:
        self.view._filter.search.setText(words)
        self.frame()

    def place(self, row: int) -> QPoint:
        first, top = self.rows._first_painted()
        height = self.rows._painter.row_height
        return QPoint(200, top + (row - first) * height + height // 2)


@pytest.fixture
def seen(qtbot):
    return Seen(qtbot, *story())


def test_one_task_reads_from_its_publish_to_its_ack(seen):
    assert seen.words == STORY_ROWS
    assert seen.status == "5 rows of 10 frames"


def test_before_anything_came_it_says_what_will_be_shown(qtbot):
    seen = Seen(qtbot)
    assert seen.words == []
    assert seen.rows._about == CLOSED


def test_frames_and_heartbeats_can_be_seen_one_by_one(seen):
    seen.toggle("each_frame")
    assert seen.names.count("content body") == 2
    seen.toggle("with_heartbeats")
    assert seen.names[-1] == "heartbeat"


def test_words_are_searched_in_arguments_and_bodies(seen):
    seen.search("redelivered=true")
    assert seen.names == ["Basic.Deliver"]
    seen.search("hello world")
    assert seen.names == ["Basic.Publish", "Basic.Deliver"]
    seen.search("nothing like it")
    assert seen.names == []


def test_the_observer_is_seen_when_it_is_wanted(qtbot):
    seen = Seen(qtbot, *delivered(owner="observer"), confirmed(1 * MS))
    assert seen.names == ["Basic.Ack"]
    seen.toggle("with_observing")
    assert seen.names == ["Basic.Deliver", "Basic.Ack"]


def test_one_connection_can_be_chosen(seen):
    menu = seen.view.findChild(QPushButton, "wire_owner").findChild(QMenu)
    menu.aboutToShow.emit()
    actions = {action.text(): action for action in menu.actions()}
    assert list(actions) == ["All connections", "publisher", "worker 1", "worker 2", "observer"]
    actions["publisher"].trigger()
    seen.frame()
    assert seen.names == ["Basic.Publish", "Basic.Ack"]


def test_a_click_shows_the_moment_and_the_whole_of_the_frame(seen, qtbot):
    with qtbot.waitSignal(seen.view.seek_requested) as sought:
        qtbot.mouseClick(seen.rows.viewport(), Qt.MouseButton.LeftButton, pos=seen.place(3))
    assert sought.args == [3 * MS]
    text = seen.details.text
    assert seen.details.isVisible()
    assert "delivery_tag=8  number of the delivery on this channel; the ack names it" in text
    assert "redelivered=True  it was given to somebody before, and not acked" in text
    assert "delivery_mode=2  2 is persistent" in text
    assert "message_id='t-1'" in text
    assert "\nHello World!\n" in text
    for part in ("type    01 method", "channel 00 01 1", "end     ce", "48 65 6c 6c 6f 20 57 6f 72 6c 64 21"):
        assert part in text


def test_arrows_show_frames_without_moving_the_picture_and_return_moves_it(seen, qtbot):
    asked = []
    seen.view.seek_requested.connect(asked.append)
    seen.rows.setFocus()
    qtbot.keyClick(seen.rows, Qt.Key.Key_Home)
    assert not seen.details.isVisible(), "where watching began there is no frame"
    qtbot.keyClick(seen.rows, Qt.Key.Key_Down)
    assert seen.details.findChild(QLabel, "wire_title").text() == "Basic.Publish"
    assert not asked
    qtbot.keyClick(seen.rows, Qt.Key.Key_Return)
    assert asked == [1 * MS]
    qtbot.keyClick(seen.rows, Qt.Key.Key_Escape)
    assert not seen.details.isVisible()


def test_what_is_in_a_message_is_no_markup(qtbot):
    seen = Seen(qtbot, *published(text=b"<b>bold</b><img src=x>\x1b[2J\0"))
    seen.rows._move_to(0)
    seen.frame()
    assert "<b>bold</b><img src=x>\\x1b[2J\\x00" in seen.details.text
    assert "<b>bold</b>" in seen.words[0][5]


def test_frames_that_cannot_be_taken_apart_say_so(qtbot):
    seen = Seen(qtbot, record(b"HTTP/1.1 400 Bad Request"))
    assert seen.words[0][5].startswith("These bytes are no frame of AMQP 0-9-1. 48 54 54 50")
    seen.rows._move_to(0)
    seen.frame()
    assert "HTTP/1.1 400 Bad" in seen.details.text


def test_the_picture_of_the_past_is_marked_and_what_comes_after_it_is_pale(seen):
    seen.playhead.seek(3 * MS)
    seen.frame()
    assert seen.rows._mark_row() == 3
    seen.playhead.seek(0)
    seen.frame()
    assert seen.rows._mark_row() == 0


def test_it_follows_the_newest_until_the_reader_scrolls_up(qtbot):
    seen = Seen(qtbot, *(confirmed(number * MS, number) for number in range(1, 101)))
    bar = seen.rows.verticalScrollBar()
    assert bar.value() == bar.maximum()
    seen.log.extend([confirmed(500 * MS, 500)])
    seen.frame()
    assert bar.value() == bar.maximum() == 101 - seen.rows._page
    bar.setValue(10)
    seen.log.extend([confirmed(600 * MS, 600)])
    seen.frame()
    assert bar.value() == 10


def test_what_is_read_stays_in_place_while_older_frames_are_dropped(qtbot):
    seen = Seen(qtbot)
    seen.log = log_of(*(confirmed(number, number) for number in range(100)), most_frames=100)
    seen.view.set_log(seen.log)
    seen.frame()
    bar = seen.rows.verticalScrollBar()
    bar.setValue(50)
    top = seen.words[50]
    seen.log.extend([confirmed(200 + number, number) for number in range(20)])
    seen.frame()
    assert bar.value() == 30
    assert seen.words[30] == top
    assert seen.status == "100 rows of 100 frames, 20 earlier ones dropped"


def test_rows_whose_frames_are_dropped_before_they_are_painted_stay_empty(qtbot):
    seen = Seen(qtbot)
    log = log_of(*(confirmed(number, number) for number in range(30)), most_frames=30)
    seen.view.set_log(log)
    seen.frame()
    log.extend([confirmed(100 + number, number) for number in range(200)])
    qtbot.mouseClick(seen.rows.viewport(), Qt.MouseButton.LeftButton, pos=seen.place(seen.rows._value))
    assert not seen.view.grab().isNull()
    assert not seen.details.isVisible()
    seen.frame()
    assert seen.words[-1][5] == "delivery_tag=199 multiple=False"


def test_a_gap_in_the_watching_is_told(qtbot):
    seen = Seen(qtbot, note(), *published(1 * MS), note(9 * MS), acked(10 * MS))
    assert seen.words[2] == ("0.0090", "Not watched until here: a closed view costs nothing.")


def test_it_asks_for_the_wire_only_while_it_is_seen(qtbot):
    view = WireView()
    qtbot.addWidget(view)
    wishes = []
    view.watch_requested.connect(wishes.append)
    view.show()
    qtbot.waitExposed(view)
    assert wishes == [True]
    view.set_log(log_of())
    assert wishes == [True, True], "another log is filled by somebody else"
    view.hide()
    assert wishes == [True, True, False]
    view.set_log(log_of())
    assert wishes == [True, True, False]


def test_a_recording_says_that_it_holds_no_wire_and_nothing_is_asked_for(qtbot):
    view = WireView()
    qtbot.addWidget(view)
    wishes = []
    view.watch_requested.connect(wishes.append)
    view.show()
    view.set_available(False, "A recording holds no wire.")
    assert wishes == [True, False]
    label = view.findChild(QLabel, "no_wire")
    assert (label.text(), label.isVisible()) == ("A recording holds no wire.", True)
    assert not view._filter.isVisible()
    view.set_available(True)
    assert wishes == [True, False, True]


@pytest.mark.parametrize(("width", "height", "zoom"), [(700, 120, 1.0), (1900, 300, 1.0), (1050, 220, 2.0)])
def test_it_can_be_used_at_every_size_and_zoom(qtbot, width, height, zoom):
    set_zoom(zoom)
    seen = Seen(qtbot, *story(), *delivered(2_000 * MS, text=b"long " * 2_000))
    seen.view.set_theme(LIGHT)
    seen.view.resize(width, height)
    seen.rows._move_to(2)
    seen.frame()
    assert seen.view.width() == width
    assert seen.rows.width() >= 300
    assert seen.rows._page >= 1
    assert not seen.view.grab().isNull()
