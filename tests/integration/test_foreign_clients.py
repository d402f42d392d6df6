"""The tutorial's own programs, unmodified, beside a demonstration: each is seen as what it is."""

import re

import pika
import pytest

from tests.clients.program import Program, python
from tests.integration.conftest import Show, ready_count
from workq_gui.core.foreign_events import (
    FOREIGN,
    ForeignAcked,
    ForeignDelivered,
    ForeignForgotten,
    ForeignGone,
    ForeignLeftAtOnce,
    ForeignPublished,
    ObservationChanged,
)
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.verdicts import TaskRequeued
from workq_gui.runtime import node_files
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

TASK_QUEUE = "task_queue"
AS_IN_THE_TUTORIAL = QueueSettings(queue_type="quorum")
IS_WAITING = " [*] Waiting for messages. To exit press CTRL+C"
PIKA = "Pika Python Client Library"


@pytest.fixture
def tutorial(begin, broker):
    """Give a demonstration on the tutorial's queue, with an observer that sees what it can."""
    delete_task_queue(broker.url)  # an earlier test may have declared it otherwise
    show = begin(broker.url, TASK_QUEUE, first=AS_IN_THE_TUTORIAL)
    show.port = broker.port
    show.until(lambda: show.session.clients.sees_tasks and show.session.broker.connected)
    yield show
    delete_task_queue(broker.url)


def delete_task_queue(url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        connection.channel().queue_delete(TASK_QUEUE)


@pytest.fixture
def acks_are_seen(tutorial) -> bool:
    return tutorial.session.clients.sees_acks


def worker(show: Show) -> Program:
    program = python("tutorial/worker.py", port=show.port)
    program.wait_for(IS_WAITING)
    return program


def send(show: Show, *texts: str) -> None:
    for text in texts:
        with python("tutorial/new_task.py", text, port=show.port) as program:
            assert program.ended() == [f" [x] Sent {text}"]


def others(show: Show) -> list[WorkerView]:
    return list(show.session.clients.workers.values())


def until_waiting(show: Show, count: int = 1) -> None:
    show.until(lambda: [view.status for view in others(show)] == [WorkerStatus.WAITING] * count)


def test_acks_are_seen_on_the_built_in_broker_only(tutorial, broker):
    clients = tutorial.session.clients
    assert clients.sees_acks == (not isinstance(broker, RabbitMqNode))
    assert ("ack is not seen" in clients.reason) == isinstance(broker, RabbitMqNode)


def test_a_worker_appears_with_what_is_known_of_it(tutorial):
    with worker(tutorial):
        until_waiting(tutorial)
        (view,) = others(tutorial)
        assert view.worker_id.startswith(FOREIGN)
        assert view.foreign.name == view.title == "worker.py"
        assert re.fullmatch(r"127\.0\.0\.1:\d+", view.foreign.peer)
        assert (view.queues, view.prefetch_count, view.auto_ack) == ((TASK_QUEUE,), 1, False)
        assert list(tutorial.session.worker_views.values()) == [view]


def test_our_own_clients_are_not_taken_for_others(tutorial):
    tutorial.add_waiting_worker()
    tutorial.publish("Ours.")
    with worker(tutorial):
        until_waiting(tutorial)
    assert not tutorial.session.clients.producers
    assert len(tutorial.session.worker_views) == 2


def test_its_tasks_and_acks_are_counted(tutorial, acks_are_seen):
    with worker(tutorial) as program:
        until_waiting(tutorial)
        tutorial.publish(*[f"Task {number}" for number in range(5)])
        program.wait_for(" [x] Received Task 4")
        tutorial.until(lambda: len(tutorial.events(ForeignDelivered)) == 5)
        # The last one is followed by none: where acks are not traced, nothing tells of it.
        done = 5 if acks_are_seen else 4
        tutorial.until(lambda: others(tutorial)[0].acked_count == done)
        tutorial.until(lambda: tutorial.session.queues.ready_count == 0)
        assert tutorial.board.ready_count == 0
        assert tutorial.board.acked_count == done
        assert all(event.is_inferred != acks_are_seen for event in tutorial.events(ForeignAcked))


def test_a_producer_appears_and_its_tasks_are_counted_as_waiting(tutorial):
    send(tutorial, "First.", "Second..")
    tutorial.until(lambda: len(tutorial.events(ForeignPublished)) == 2)
    # It lives for some milliseconds only: when it is asked for, it may be gone.
    assert {view.name for view in tutorial.session.clients.producers.values()} <= {"new_task.py", PIKA}
    assert [task.text for task in tutorial.board.ready(5, TASK_QUEUE)] == ["First.", "Second.."]
    tutorial.until(lambda: tutorial.session.queues.ready_count == 2)
    assert tutorial.board.ready_count == 2


def test_a_strangers_task_is_one_task_when_our_worker_gets_it(tutorial):
    worker_id = tutorial.add_waiting_worker()
    send(tutorial, "Hello World!", "Hello World!")
    tutorial.until(lambda: tutorial.session.workers.views[worker_id].acked_count == 2)
    tutorial.until(lambda: len(tutorial.events(ForeignPublished)) == 2)
    assert tutorial.board.ready_count == 0
    assert tutorial.board.kept_count == 2


def test_a_strangers_task_goes_from_stranger_to_stranger(tutorial):
    with worker(tutorial) as program:
        until_waiting(tutorial)
        send(tutorial, "Hello World!")
        program.wait_for(" [x] Done")
        tutorial.until(lambda: len(tutorial.events(ForeignDelivered)) == 1)
    assert tutorial.board.kept_count == 1
    assert tutorial.board.ready_count == 0


def test_a_script_that_is_refused_its_queue_is_told_of_and_one_that_publishes_is_not(begin, broker):
    delete_task_queue(broker.url)
    show = begin(broker.url, TASK_QUEUE)
    show.until(lambda: show.session.clients.sees_tasks and show.session.broker.connected)
    with python("tutorial/new_task.py", "Refused.", port=broker.port) as program:
        show.until(lambda: any("406, " in line for line in program.lines))
    show.until(lambda: len(show.events(ForeignLeftAtOnce)) == 1)
    assert "406 PRECONDITION_FAILED" in show.session.sentence_at(show.session.clock.now_ns())
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        connection.channel().basic_publish("", TASK_QUEUE, b"Taken.")
    show.until(lambda: len(show.events(ForeignGone)) == 2)
    show.until(lambda: len(show.events(ForeignForgotten)) == 2)
    assert len(show.events(ForeignLeftAtOnce)) == 1
    delete_task_queue(broker.url)


def test_a_killed_worker_vanishes_and_its_task_comes_back_redelivered(tutorial):
    with worker(tutorial) as victim:
        until_waiting(tutorial)
        send(tutorial, "A very hard task" + 60 * ".")
        victim.wait_for(" [x] Received A very hard task" + 60 * ".")
        tutorial.until(lambda: tutorial.board.unacked_count == 1)
        victim.kill()
    tutorial.until(lambda: others(tutorial)[0].status is WorkerStatus.CRASHED)
    tutorial.until(lambda: len(tutorial.events(TaskRequeued)) == 1)
    assert tutorial.board.ready_count == 1
    assert others(tutorial)[0].requeued_count == 1
    with worker(tutorial):
        tutorial.until(lambda: any(event.redelivered for event in tutorial.events(ForeignDelivered)))
        tutorial.until(lambda: len(others(tutorial)) == 1, 10.0)  # the first one is off the stage
    assert tutorial.board.kept_count == 1
    assert tutorial.board.ready_count == 0


def test_what_a_killed_worker_held_is_done_by_ours(tutorial):
    with worker(tutorial) as victim:
        until_waiting(tutorial)
        (task,) = tutorial.publish("Ours" + 9 * ".")
        victim.wait_for(f" [x] Received {task.text}")
        tutorial.until(lambda: tutorial.board.unacked_count == 1)
        worker_id = tutorial.add_waiting_worker()
    tutorial.until(lambda: tutorial.session.workers.views[worker_id].acked_count == 1)
    attempts = tutorial.board.tasks[task.task_id].attempts
    assert attempts[0].startswith(FOREIGN)
    assert attempts[1] == worker_id


def test_a_killed_worker_that_had_acked_all_leaves_nothing_behind(tutorial):
    with worker(tutorial) as program:
        until_waiting(tutorial)
        tutorial.publish("Done at once")
        program.wait_for(" [x] Done")
        tutorial.until(lambda: len(tutorial.events(ForeignDelivered)) == 1)
        tutorial.until(lambda: tutorial.session.queues.ready_count == 0)
    tutorial.until(lambda: not others(tutorial), 10.0)
    assert not list(tutorial.board.unsettled())
    assert tutorial.board.ready_count == 0


class TestABrokerOfSomebodyElse:
    @pytest.fixture
    def plain_node(self, rabbitmq_is_installed, tmp_path, monkeypatch):
        """Give a RabbitMQ as it is installed: nothing is switched on."""
        write = node_files.write

        def write_plainly(base_dir, *more):
            write(base_dir, *more)
            (base_dir / "enabled_plugins").write_text("[].\n")
            (base_dir / "advanced.config").write_text("[].\n")

        monkeypatch.setattr(node_files, "write", write_plainly)
        node = RabbitMqNode(tmp_path / "node")
        node.start()
        yield node
        node.kill()
        node.stop()

    def test_it_is_said_what_cannot_be_seen_and_nothing_is_switched_on(self, begin, plain_node):
        show = begin(plain_node.url, TASK_QUEUE, first=AS_IN_THE_TUTORIAL)
        show.port = plain_node.port
        show.until(lambda: bool(show.events(ObservationChanged)))
        assert "rabbitmq-plugins enable rabbitmq_event_exchange" in show.session.clients.reason
        show.until(lambda: show.session.broker.connected)
        with worker(show):
            send(show, "Hello World!")
            show.until(lambda: show.session.queues.views[TASK_QUEUE].consumer_count == 1)
        assert others(show) == []
        assert ready_count(plain_node.url, TASK_QUEUE) == 0
        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match=r"amq\.rabbitmq\.event"):
            exchange_of(plain_node.url)


def exchange_of(url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        connection.channel().exchange_declare("amq.rabbitmq.event", "topic", passive=True)
