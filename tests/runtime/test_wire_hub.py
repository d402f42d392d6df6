import threading

import pytest

from tests.core.story import MS
from tests.wire_story import body, confirmed
from workq_gui.core.clock import ManualClock
from workq_gui.core.wire import MOST_FRAMES, FrameType
from workq_gui.runtime.wire_hub import MOST_PER_FRAME, WireHub


@pytest.fixture
def clock():
    return ManualClock(5 * MS)


@pytest.fixture
def hub(qapp, clock):
    return WireHub(clock)


def names(hub) -> list[str]:
    return [hub.log.frame(number).name for number in range(hub.log.first, hub.log.count)]


def test_what_a_connection_says_arrives_in_the_thread_of_the_window(hub, qtbot):
    hub.watch(True)
    arrived_in = []
    hub.arrived.connect(lambda: arrived_in.append(threading.current_thread()))
    connection = threading.Thread(target=lambda: hub.tap.take_outgoing("publisher", [body(), body()]))
    connection.start()
    connection.join()
    qtbot.waitUntil(lambda: hub.log.count == 3)
    assert names(hub) == ["", "content body", "content body"]
    assert set(arrived_in) == {threading.main_thread()}


def test_nothing_arrives_of_what_is_said_while_nobody_watches(hub, qtbot):
    hub.tap.take_outgoing("publisher", [body()])
    hub.watch(True)
    hub.watch(False)
    hub.tap.take_outgoing("publisher", [body()])
    qtbot.waitUntil(lambda: hub.log.count == 1)
    assert hub.tap.sink is None
    assert hub.log.frame(0).frame_type is FrameType.NOTE


def test_where_watching_begins_is_in_the_log_each_time_and_once(hub, clock, qtbot):
    for wish in (True, True, False, False, True):
        hub.watch(wish)
        clock.advance(MS)
    qtbot.waitUntil(lambda: hub.log.count == 2)
    assert [hub.log.record(number).at_ns for number in range(2)] == [5 * MS, 9 * MS]


def test_more_than_the_log_keeps_is_dropped_and_counted(hub, qtbot):
    hub.watch(True)
    hub.tap.sink([confirmed(number) for number in range(MOST_FRAMES + 100)])
    qtbot.waitUntil(lambda: hub.log.count == MOST_FRAMES)
    assert hub.log.dropped_count == 101
    assert hub.log.record(hub.log.count - 1).at_ns == MOST_FRAMES + 99


def test_a_burst_is_taken_in_over_several_frames_of_the_window(hub, qtbot):
    hub.watch(True)
    counts = []
    hub.arrived.connect(lambda: counts.append(hub.log.count))
    hub.tap.sink([confirmed(number) for number in range(2 * MOST_PER_FRAME)])
    qtbot.waitUntil(lambda: hub.log.count == 2 * MOST_PER_FRAME + 1)
    assert counts[0] == MOST_PER_FRAME
