import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSlider

from tests.core.story import QUEUE, make
from tests.core.story import session_of as story_of
from workq_gui.core import events as e
from workq_gui.core.fault_events import BrokerFroze, BrokerThawed
from workq_gui.core.queue_events import QueueAdded, QueueMissing
from workq_gui.core.room_events import RoomClosed, RoomOpened
from workq_gui.ui.banner import two_lines
from workq_gui.ui.theme import LIGHT
from workq_gui.ui.top_bar import TopBar

OPENED = make(e.ConnectionOpened, owner=e.PUBLISHER)
FROZE, THAWED = make(BrokerFroze), make(BrokerThawed)
LOST = make(e.ConnectionLost, owner=e.PUBLISHER, reason="Connection refused")
FAILED = make(e.ConnectionFailed, owner=e.PUBLISHER, reason="no route")
ROOM = make(RoomOpened, host="0.0.0.0", port=5672, user="class")
BLOCKED = make(e.ConnectionBlocked, owner=e.PUBLISHER, reason="low on disk")


def session_of(*events):
    return story_of(make(QueueAdded, queue=QUEUE), *events)


@pytest.fixture
def bar(qtbot):
    widget = TopBar()
    qtbot.addWidget(widget)
    widget.set_broker("RabbitMQ 3.10.8", "amqp://127.0.0.1:49731")
    widget.offer_comparisons({"time": ("One against two", "")})
    widget.resize(1024, 56)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def spoken(bar) -> list[str]:
    return [w.accessibleName() for w in bar.findChildren(object) if getattr(w, "accessibleName", str)()]


def banner(bar) -> str:
    label = bar.findChild(QLabel, "banner")
    return label.text() if label.isVisible() else ""


def menu_action(bar, button: str, text: str):
    menu = bar.findChild(QPushButton, button).menu()
    return next(action for action in menu.actions() if action.text() == text)


@pytest.mark.parametrize(
    ("events", "word", "trouble"),
    [
        ([], "connecting…", ""),
        ([FAILED], "connecting…", "connecting…: no route"),
        ([OPENED], "connected", ""),
        ([OPENED, LOST], "reconnecting…", "reconnecting…: Connection refused"),
        ([OPENED, LOST, OPENED], "connected", ""),
        (
            [OPENED, FROZE],
            "frozen",
            "The broker is frozen: its sockets are open, and it answers nobody.",
        ),
        ([OPENED, FROZE, THAWED], "connected", ""),
        ([OPENED, BLOCKED], "blocked", "The broker takes no more messages for now: low on disk"),
        ([OPENED, BLOCKED, make(e.ConnectionUnblocked, owner=e.PUBLISHER)], "connected", ""),
        (
            [OPENED, make(QueueMissing, queue="task_queue")],
            "connected",
            "The broker does not know the queue task_queue any more.",
        ),
    ],
)
def test_it_says_how_the_broker_is(bar, events, word, trouble):
    bar.display(session_of(*events))
    assert f"RabbitMQ 3.10.8, {word}, amqp://127.0.0.1:49731 · task_queue" in spoken(bar)
    assert banner(bar) == trouble


def test_connected_and_not_connected_differ_in_more_than_colour(bar):
    bar.display(session_of(OPENED))
    connected = bar.grab().toImage().convertToFormat(bar.grab().toImage().Format.Format_Grayscale8)
    bar.display(session_of(OPENED, BLOCKED))
    assert bar.grab().toImage().convertToFormat(connected.format()) != connected


def test_the_address_can_be_copied(bar, qtbot):
    qtbot.mouseClick(bar.findChild(QPushButton, "copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "amqp://127.0.0.1:49731"


@pytest.mark.parametrize(("tenths", "words"), [(1, "1 dot = 0.1 s"), (20, "1 dot = 2.0 s")])
def test_the_length_of_a_dot_can_be_chosen(bar, qtbot, tenths, words):
    with qtbot.waitSignal(bar.dot_seconds_requested) as blocker:
        bar.findChild(QSlider).setValue(tenths)
    assert blocker.args == [pytest.approx(tenths / 10)]
    assert bar.findChild(QLabel, "dot_seconds").text() == words


def test_the_length_of_a_dot_goes_from_a_tenth_to_two_seconds(bar):
    slider = bar.findChild(QSlider)
    assert (slider.minimum(), slider.maximum()) == (1, 20)


def test_a_length_that_is_shown_is_not_a_wish(bar, qtbot):
    with qtbot.assertNotEmitted(bar.dot_seconds_requested):
        bar.set_dot_seconds(0.3)
    assert bar.findChild(QLabel, "dot_seconds").text() == "1 dot = 0.3 s"


def test_only_a_broker_of_our_own_can_be_killed(bar):
    assert not bar.findChild(QPushButton, "broker").isVisible()
    bar.set_own_broker(True)
    assert bar.findChild(QPushButton, "broker").isVisible()


@pytest.mark.parametrize(
    ("text", "wish", "events"),
    [
        ("Restart", "broker_restart_requested", [OPENED]),
        ("Stop", "broker_stop_requested", [OPENED]),
        ("Kill (as in a power cut)", "broker_kill_requested", [OPENED]),
        ("Freeze", "broker_freeze_requested", [OPENED]),
        ("Thaw", "broker_thaw_requested", [OPENED, FROZE]),
        ("Start", "broker_start_requested", [OPENED, LOST]),
    ],
)
def test_the_broker_menu_utters_wishes(bar, qtbot, text, wish, events):
    bar.display(session_of(*events))
    with qtbot.waitSignal(getattr(bar, wish)):
        menu_action(bar, "broker", text).trigger()


@pytest.mark.parametrize(
    ("events", "possible"),
    [
        ([OPENED], {"Restart", "Stop", "Kill (as in a power cut)", "Freeze"}),
        ([OPENED, LOST], {"Restart", "Start"}),
        ([OPENED, FROZE], {"Restart", "Stop", "Kill (as in a power cut)", "Thaw"}),
        ([OPENED, FROZE, LOST], {"Restart", "Stop", "Kill (as in a power cut)", "Thaw"}),
        ([OPENED, FROZE, THAWED], {"Restart", "Stop", "Kill (as in a power cut)", "Freeze"}),
    ],
)
def test_the_broker_menu_offers_what_makes_sense(bar, events, possible):
    bar.display(session_of(*events))
    verbs = ("Restart", "Stop", "Kill (as in a power cut)", "Freeze", "Thaw", "Start")
    assert {text for text in verbs if menu_action(bar, "broker", text).isEnabled()} == possible


@pytest.mark.parametrize(
    ("text", "choice"),
    [("System", "system"), ("Dark", "dark"), ("Light", "light"), ("High contrast", "contrast")],
)
def test_a_theme_can_be_chosen(bar, qtbot, text, choice):
    with qtbot.waitSignal(bar.theme_requested) as blocker:
        menu_action(bar, "view", text).trigger()
    assert blocker.args == [choice]


def test_the_chosen_theme_is_ticked(bar, qtbot):
    with qtbot.assertNotEmitted(bar.theme_requested):
        bar.set_theme_choice("light")
    assert menu_action(bar, "view", "Light").isChecked()
    assert not menu_action(bar, "view", "System").isChecked()


@pytest.mark.parametrize(
    ("text", "wish", "choose"),
    [
        ("Reduce motion", "reduced_motion_requested", "set_reduced_motion_choice"),
        ("Kitchen", "kitchen_requested", "set_kitchen_choice"),
    ],
)
def test_other_views_can_be_chosen_and_are_ticked(bar, qtbot, text, wish, choose):
    with qtbot.assertNotEmitted(getattr(bar, wish)):
        getattr(bar, choose)(True)
    assert menu_action(bar, "view", text).isChecked()
    with qtbot.waitSignal(getattr(bar, wish)) as blocker:
        menu_action(bar, "view", text).trigger()
    assert blocker.args == [False]


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("Present\tF11", "present"),
        ("Larger\tCtrl++", "zoom_in"),
        ("Smaller\tCtrl+-", "zoom_out"),
        ("As designed\tCtrl+0", "zoom_reset"),
        ("Keys\tF1", "help"),
    ],
)
def test_what_has_a_key_is_in_the_menu_with_it(bar, qtbot, text, deed):
    with qtbot.waitSignal(bar.deed_requested) as blocker:
        menu_action(bar, "view", text).trigger()
    assert blocker.args == [deed]


def test_every_control_is_named(bar):
    controls = [*bar.findChildren(QPushButton), *bar.findChildren(QSlider)]
    assert all(control.accessibleName() for control in controls)


MISSING = make(QueueMissing, queue="task_queue")
LONG = make(e.ConnectionLost, owner=e.PUBLISHER, reason="the <b>reason</b> " * 30)
TROUBLES = [[FAILED], [OPENED, LOST], [OPENED, LONG], [OPENED, BLOCKED], [OPENED, MISSING]]


def geometries(bar) -> list[QRect]:
    """Return where everything is that can be aimed at."""
    QApplication.processEvents()
    controls = [*bar.findChildren(QPushButton), bar.findChild(QSlider), bar.findChild(QLabel, "dot_seconds")]
    shown = [control for control in controls if control.isVisible()]
    return [QRect(control.mapTo(bar, QPoint(0, 0)), control.size()) for control in shown]


@pytest.mark.parametrize("width", [1024, 1440])
@pytest.mark.parametrize("events", TROUBLES)
def test_nothing_moves_when_trouble_comes_or_goes(bar, events, width):
    bar.set_own_broker(True)
    bar.resize(width, bar.height())
    bar.display(session_of(OPENED))
    places, height = geometries(bar), bar.sizeHint().height()
    bar.display(session_of(*events))
    assert geometries(bar) == places
    assert bar.sizeHint().height() == height
    bar.display(session_of(OPENED))
    assert geometries(bar) == places


@pytest.mark.parametrize(
    "address", ["amqp://127.0.0.1:49731", "amqp://a.very.long.name.of.a.host:5672/school"]
)
@pytest.mark.parametrize("room", [[], [ROOM]])
@pytest.mark.parametrize("events", TROUBLES)
def test_trouble_has_room_in_the_bar_and_covers_nothing(bar, events, address, room):
    bar.set_own_broker(True)
    bar.set_broker("RabbitMQ 3.10.8", address)
    bar.display(session_of(*events, *room))
    places = geometries(bar)
    label = bar.findChild(QLabel, "banner")
    box = QRect(label.mapTo(bar, QPoint(0, 0)), label.size())
    assert bar.rect().contains(box)
    assert box.width() >= 150
    assert not any(box.intersects(place) for place in places)
    assert bar.width() == 1024


def test_trouble_is_told_in_full_to_who_asks_and_is_not_taken_for_markup(bar):
    bar.display(session_of(OPENED, LONG))
    label = bar.findChild(QLabel, "banner")
    assert label.accessibleDescription() == label.text() == "reconnecting…: " + "the <b>reason</b> " * 30
    assert label.toolTip().count("&lt;b&gt;reason&lt;/b&gt;") == 30


def test_trouble_is_painted_in_the_colours_of_the_theme(bar):
    bar.display(session_of(OPENED, LOST))
    label = bar.findChild(QLabel, "banner")
    dark = label.grab().toImage()
    bar.set_theme(LIGHT)
    assert label.grab().toImage() != dark


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("short", 500, ["short"]),
        ("one two", 45, ["one", "two"]),
        ("", 100, [""]),
        ("one\ntwo", 500, ["one two"]),
    ],
)
def test_a_text_is_broken_between_words(bar, text, width, lines):
    assert two_lines(text, bar.font(), width) == lines


@pytest.mark.parametrize("text", ["word " * 100, "w" * 500])
@pytest.mark.parametrize("width", [40, 200])
def test_a_text_that_is_longer_than_two_lines_ends_in_dots(bar, text, width):
    lines = two_lines(text, bar.font(), width)
    metrics = QFontMetrics(bar.font())
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(metrics.horizontalAdvance(line) <= width for line in lines)


def test_a_room_that_is_open_is_told_in_the_bar_and_a_click_leads_to_its_window(bar, qtbot):
    bar.display(session_of(OPENED))
    badge = bar.findChild(QPushButton, "room_badge")
    assert not badge.isVisible()
    bar.display(session_of(OPENED, ROOM))
    assert badge.isVisible()
    assert badge.text() == "◉ open to the network"
    assert "port 5672" in badge.toolTip()
    with qtbot.waitSignal(bar.room_requested):
        badge.click()


@pytest.mark.parametrize("end", [RoomClosed, e.BrokerStopped])
def test_a_room_that_is_closed_is_told_of_no_more(bar, end):
    bar.display(session_of(OPENED, ROOM))
    bar.display(session_of(OPENED, ROOM, make(end)))
    assert not bar.findChild(QPushButton, "room_badge").isVisible()
