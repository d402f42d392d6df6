"""Events from any thread reach the session in the GUI thread."""

import threading

from PySide6.QtCore import QThread

from tests.core.story import T, make
from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.session import Session
from workq_gui.runtime.event_hub import SLICE_EVENTS, EventHub


def numbered(count, thread=0):
    return [make(e.TaskConfirmed, number, task_id=f"{thread}-{number}") for number in range(count)]


def test_events_are_recorded_in_the_gui_thread(qtbot):
    session = Session(ManualClock(), "q")
    hub = EventHub(session)
    threads = []
    hub.recorded.connect(lambda batch: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(hub.drained):
        poster = threading.Thread(target=hub.post, args=(make(e.TaskConfirmed, task_id=T),))
        poster.start()
        poster.join()
    assert threads == [QThread.currentThread()]


def test_nothing_is_lost_and_each_threads_order_is_kept(qtbot):
    session = Session(ManualClock(), "q")
    hub = EventHub(session)
    posters = [
        threading.Thread(target=lambda n=n: [hub.post(event) for event in numbered(2_000, n)])
        for n in range(4)
    ]
    for poster in posters:
        poster.start()
    qtbot.waitUntil(lambda: session.history.count == 8_000)
    for poster in posters:
        poster.join()
    for n in range(4):
        own = [event.at_ns for event in session.history if event.task_id.startswith(f"{n}-")]
        assert own == list(range(2_000))


def test_views_look_once_for_many_events(qtbot):
    hub = EventHub(Session(ManualClock(), "q"))
    looks, batches = [], []
    hub.drained.connect(lambda: looks.append(1))
    hub.recorded.connect(batches.append)
    for event in numbered(SLICE_EVENTS + 1):
        hub.post(event)
    qtbot.waitUntil(lambda: sum(map(len, batches)) == SLICE_EVENTS + 1)
    assert len(looks) <= 2 < SLICE_EVENTS


def test_a_flush_leaves_nothing_behind(qtbot):
    session = Session(ManualClock(), "q")
    hub = EventHub(session)
    for event in numbered(3 * SLICE_EVENTS):
        hub.post(event)
    hub.flush()
    assert session.history.count == 3 * SLICE_EVENTS
