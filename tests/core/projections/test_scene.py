import pytest

from tests.core.story import W1, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core import verdicts as v
from workq_gui.core.projections.flight import DURATION_NS, MS, FlightKind
from workq_gui.core.projections.scene import UNSENT_AFTER_NS, Scene

PUBLISH_NS = DURATION_NS[FlightKind.PUBLISH]
DELIVER_NS = DURATION_NS[FlightKind.DELIVER]


def apply(scene: Scene, event: e.Event) -> None:
    if handler := scene.handlers.get(type(event)):
        handler(event)


def kinds_at(scene: Scene, at_ns: int) -> list[FlightKind]:
    return [flight.kind for flight in scene.flights_at(at_ns)]


@pytest.mark.parametrize(
    ("event", "kind", "is_rare"),
    [
        (make(e.TaskPublished, task_id=T), FlightKind.PUBLISH, False),
        (delivered(T, W1), FlightKind.DELIVER, False),
        (delivered(T, W1, redelivered=True), FlightKind.DELIVER, True),
        (make(e.TaskAcked, task_id=T, worker_id=W1), FlightKind.ACK, False),
        (make(v.TaskRequeued, task_id=T, worker_id=W1), FlightKind.REQUEUE, True),
        (make(e.TaskReturned, task_id=T), FlightKind.RETURN, True),
    ],
)
def test_each_handoff_is_a_flight(event, kind, is_rare):
    scene = Scene()
    apply(scene, event)
    (flight,) = scene.flights_at(0)
    assert (flight.kind, flight.is_rare) == (kind, is_rare)
    assert scene.flights_at(flight.ends_ns) == []
    assert scene.last_landing_ns == flight.ends_ns


def test_a_flight_goes_from_its_source_to_its_target():
    scene = Scene()
    apply(scene, make(e.TaskPublished, 100, task_id=T))
    (flight,) = scene.flights_at(100)
    assert [flight.progress_at(100 + part * PUBLISH_NS // 2) for part in (-1, 0, 1, 2, 3)] == [
        0,
        0,
        0.5,
        1,
        1,
    ]


def test_a_task_flies_one_way_after_the_other_however_fast_it_was():
    scene = session_of(published(T), delivered(T, W1, MS), done(T, W1, 2 * MS)).scene
    assert kinds_at(scene, 2 * MS) == [FlightKind.PUBLISH]
    assert kinds_at(scene, PUBLISH_NS) == [FlightKind.DELIVER]
    assert kinds_at(scene, PUBLISH_NS + DELIVER_NS) == [FlightKind.ACK]
    assert kinds_at(scene, scene.last_landing_ns) == []


def test_two_tasks_fly_at_the_same_time():
    scene = session_of(published(T), published(U, at_ns=MS)).scene
    assert [flight.task_id for flight in scene.flights_at(2 * MS)] == [T, U]


def test_a_moment_that_was_seen_can_be_seen_again():
    scene = session_of(published(T), delivered(T, W1, PUBLISH_NS)).scene
    early = scene.flights_at(MS)
    scene.flights_at(PUBLISH_NS + MS)
    assert scene.flights_at(MS) == early


def test_flights_of_long_ago_are_forgotten():
    scene = Scene()
    for number in range(1000):
        apply(scene, make(e.TaskPublished, number * 100 * MS, task_id=e.TaskId(str(number))))
    assert len(scene._flights) < 50
    assert len(scene._lands_ns) == len(scene._flights)


class TestAtTheProducer:
    def test_a_task_that_waits_is_counted_after_a_moment(self):
        scene = session_of(make(e.TaskAccepted, task_id=T, text="Task.")).scene
        assert scene.unsent_count_at(UNSENT_AFTER_NS - 1) == 0
        assert scene.unsent_count_at(UNSENT_AFTER_NS) == 1

    def test_a_task_that_was_published_does_not_wait_any_more(self):
        scene = session_of(published(T)).scene
        assert scene.unsent_count_at(UNSENT_AFTER_NS) == 0

    def test_a_task_that_must_be_published_again_waits_again(self):
        scene = session_of(published(T), make(e.TaskUnconfirmed, task_id=T)).scene
        assert scene.unsent_count_at(UNSENT_AFTER_NS) == 1

    def test_a_task_that_is_lost_waits_for_nothing(self):
        scene = Scene()
        apply(scene, make(e.TaskAccepted, task_id=T))
        apply(scene, make(v.TaskLost, task_id=T))
        assert scene.unsent_count_at(UNSENT_AFTER_NS) == 0
