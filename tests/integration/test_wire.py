"""The wire of our own connections, watched, on both brokers."""

from tests.integration.conftest import Show
from workq_gui.core.events import PUBLISHER, TaskConfirmed, WorkerId
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.wire import FrameType, WireFrame

QUIET = ("Queue.Declare", "Queue.DeclareOk", "heartbeat", "")
"""What the probe says now and then, beside what is asked about."""


def watched(show: Show, owner: str) -> list[WireFrame]:
    log = show.verbs.wire.log
    frames = [log.frame(number) for number in range(log.first, log.count)]
    return [frame for frame in frames if frame.owner == owner and frame.name not in QUIET]


def said(show: Show, owner: str) -> list[str]:
    return [f"{'>' if frame.is_outgoing else '<'} {frame.name}" for frame in watched(show, owner)]


def do_one_task(show: Show, worker_id: WorkerId, text: str = "Hello World!") -> str:
    (task,) = show.publish(text)
    show.until(lambda: show.board.tasks.get(task.task_id) is not None and not any(show.board.unsettled()))
    show.until(lambda: show.status(worker_id) is WorkerStatus.WAITING and bool(show.events(TaskConfirmed)))
    return task.task_id


def test_one_task_is_seen_from_its_publish_to_its_ack(show):
    worker_id = show.add_waiting_worker()
    show.verbs.watch_wire(True)
    task_id = do_one_task(show, worker_id)
    content = ["content header", "content body"]
    published = [f"> {name}" for name in ("Basic.Publish", *content)]
    delivered = [f"< {name}" for name in ("Basic.Deliver", *content)]
    show.until(lambda: len(said(show, PUBLISHER)) >= 4 and len(said(show, worker_id)) >= 4)
    assert said(show, PUBLISHER) == [*published, "< Basic.Ack"]
    assert said(show, worker_id) == [*delivered, "> Basic.Ack"]
    publish, header, body, confirm = watched(show, PUBLISHER)
    deliver, its_header, its_body, ack = watched(show, worker_id)
    assert dict(publish.arguments)["exchange"] == "''"
    assert dict(publish.arguments)["routing_key"] == f"'{show.queue}'"
    assert dict(publish.arguments)["mandatory"] == "True"
    for frame in (header, its_header):
        assert dict(frame.properties)["message_id"] == f"'{task_id}'"
        assert dict(frame.properties)["delivery_mode"] == "2"
    assert body.body == its_body.body == "Hello World!"
    assert dict(confirm.arguments) == {"delivery_tag": "1", "multiple": "False"}
    assert dict(deliver.arguments)["delivery_tag"] == dict(ack.arguments)["delivery_tag"] == "1"
    assert dict(deliver.arguments)["redelivered"] == "False"
    assert publish.at_ns <= confirm.at_ns
    assert deliver.at_ns <= ack.at_ns


def test_nothing_is_kept_while_nobody_watches(show):
    worker_id = show.add_waiting_worker()
    do_one_task(show, worker_id)
    assert show.verbs.wire.log.count == 0
    show.verbs.watch_wire(True)
    show.verbs.watch_wire(False)
    do_one_task(show, worker_id)
    show.until(lambda: show.verbs.wire.log.count >= 1)
    assert not watched(show, worker_id)
    assert not [frame for frame in watched(show, PUBLISHER) if frame.name == "Basic.Publish"]


def test_a_connection_is_seen_from_its_beginning_without_its_password(show):
    show.until(lambda: show.session.broker.connected)
    show.verbs.watch_wire(True)
    worker_id = show.add_waiting_worker()
    show.until(lambda: "< Basic.ConsumeOk" in said(show, worker_id))
    beginning = said(show, worker_id)
    assert beginning[:6] == [
        "> protocol header",
        "< Connection.Start",
        "> Connection.StartOk",
        "< Connection.Tune",
        "> Connection.TuneOk",
        "> Connection.Open",
    ]
    login = watched(show, worker_id)[2]
    assert dict(login.arguments)["response"] == "'•••'"
    assert b"\0guest\0guest" not in login.raw
    assert "> Basic.Qos" in beginning


def test_opened_in_the_middle_of_traffic_it_shows_whole_frames_only(show):
    show.verbs.set_dot_seconds(0.01)
    workers = [show.add_waiting_worker(prefetch_count=50) for _ in range(3)]
    show.publish(*(f"{'long text ' * 300}{number}" for number in range(600)))
    for _ in range(20):
        wanted = min(show.board.confirmed_count + 1, 600)
        show.verbs.watch_wire(True)
        show.until(lambda wanted=wanted: show.board.confirmed_count >= wanted)
        show.verbs.watch_wire(False)
    show.verbs.watch_wire(True)
    show.until_all_done(600)
    log = show.verbs.wire.log
    frames = [log.frame(number) for number in range(log.first, log.count)]
    assert len(frames) > 600
    assert not [frame for frame in frames if frame.problem or frame.frame_type is FrameType.UNKNOWN]
    assert {frame.owner for frame in frames} >= {PUBLISHER, *workers}


def test_a_crash_of_a_worker_and_the_next_delivery_are_seen(show):
    show.verbs.set_dot_seconds(10.0)
    first = show.add_waiting_worker()
    show.verbs.watch_wire(True)
    show.publish("Slow.")
    show.until(lambda: show.status(first) is WorkerStatus.WORKING)
    show.verbs.crash_worker(first)
    second = show.verbs.add_worker()
    show.until(lambda: "< Basic.Deliver" in said(show, second))
    (deliver,) = [frame for frame in watched(show, second) if frame.name == "Basic.Deliver"]
    assert dict(deliver.arguments)["redelivered"] == "True"
