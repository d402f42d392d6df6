"""The main job on both brokers: publish, work, ack, crash, redeliver."""

import os
import signal
import time
from collections import Counter

import pika
import pytest

from tests.integration.conftest import Show, ready_count
from tests.rabbitmq_fixture import rabbitmqctl, wait_until, wait_until_declared_on_disk
from workq_gui.core.events import (
    ConnectionLost,
    TaskAcked,
    TaskConfirmed,
    TaskDelivered,
    TaskPublished,
    WorkerCrashed,
    WorkerStopped,
)
from workq_gui.core.projections.task_state import TaskStatus
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.tasks import TUTORIAL_BATCH
from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.rabbitmq_node import RabbitMqNode


def test_two_workers_share_the_tutorials_five_messages_in_turn(show):
    first, second = show.add_waiting_worker(), show.add_waiting_worker()
    show.publish(*TUTORIAL_BATCH.splitlines())
    show.until_all_done(5)
    assert show.texts_of(first) == ["First message.", "Third message...", "Fifth message....."]
    assert show.texts_of(second) == ["Second message..", "Fourth message...."]


def test_a_crashed_workers_task_is_redelivered_acked_once_and_leaves_an_empty_queue(show):
    victim, heir = show.add_waiting_worker(), show.add_waiting_worker()
    (task,) = show.publish("Third message...")
    show.until(lambda: show.status(victim) is WorkerStatus.WORKING)
    show.verbs.crash_worker(victim)
    show.until_all_done(1)
    deliveries = show.events(TaskDelivered)
    assert [(event.task_id, event.worker_id, event.redelivered) for event in deliveries] == [
        (task.task_id, victim, False),
        (task.task_id, heir, True),
    ]
    assert [event.worker_id for event in show.events(TaskAcked)] == [heir]
    assert show.verbs.shutdown()
    assert ready_count(show.url, show.queue) == 0


def test_a_crash_is_no_goodbye(show):
    worker_id = show.add_waiting_worker()
    show.verbs.crash_worker(worker_id)
    show.until(lambda: show.status(worker_id) is WorkerStatus.CRASHED)
    assert not show.events(WorkerStopped)
    show.verbs.restart_worker(worker_id)
    show.until(lambda: show.status(worker_id) is WorkerStatus.WAITING)


def test_a_stopped_worker_gives_its_task_back(show):
    worker_id = show.add_waiting_worker()
    show.publish("Long..................")
    show.until(lambda: show.status(worker_id) is WorkerStatus.WORKING)
    show.verbs.stop_worker(worker_id)
    show.until(lambda: show.status(worker_id) is WorkerStatus.STOPPED)
    show.until(lambda: show.session.queues.ready_count == 1)
    assert show.board.newest(1)[0].status is TaskStatus.REQUEUED
    assert not show.events(WorkerCrashed)


def test_a_stopped_workers_task_goes_to_the_other_and_is_seen_to_go_back_first(show):
    victim, heir = show.add_waiting_worker(), show.add_waiting_worker()
    (task,) = show.publish("Long..")
    show.until(lambda: show.status(victim) is WorkerStatus.WORKING)
    show.verbs.stop_worker(victim)
    show.until_all_done(1)
    assert show.texts_of(heir) == ["Long.."]
    assert show.board.requeued_count == 1
    assert show.board.tasks[task.task_id].deliveries == 2


def test_a_removed_worker_is_gone_from_the_broker(show):
    worker_id = show.add_waiting_worker()
    show.until(lambda: show.session.queues.views[show.queue].consumer_count == 1)
    show.verbs.remove_worker(worker_id)
    show.until(lambda: show.session.queues.views[show.queue].consumer_count == 0)
    assert not show.session.workers.views


def test_tasks_are_persistent_mandatory_messages_with_an_id(show):
    (task,) = show.publish("Look at me...")
    show.until(lambda: show.board.confirmed_count == 1)
    connection = pika.BlockingConnection(pika.URLParameters(show.url))
    _, properties, body = connection.channel().basic_get(show.queue)
    connection.close()
    assert (properties.message_id, properties.delivery_mode, body) == (task.task_id, 2, b"Look at me...")


def test_a_task_that_no_queue_takes_comes_back_with_the_brokers_words(show):
    show.until(lambda: show.session.broker.connected)
    connection = pika.BlockingConnection(pika.URLParameters(show.url))
    connection.channel().queue_delete(show.queue)
    connection.close()
    show.until(lambda: show.is_queue_missing)
    show.publish("Nobody wants me.")
    show.until(lambda: len(show.events(TaskConfirmed)) == 1)
    (task,) = show.board.newest(1)
    assert (task.status, task.returned_text) == (TaskStatus.RETURNED, "312 NO_ROUTE")


def test_a_worker_whose_queue_is_deleted_says_so(show):
    worker_id = show.add_waiting_worker()
    connection = pika.BlockingConnection(pika.URLParameters(show.url))
    connection.channel().queue_delete(show.queue)
    connection.close()
    show.until(lambda: show.status(worker_id) is WorkerStatus.STOPPED)
    assert "its queue was deleted" in show.session.workers.views[worker_id].note


def test_a_queue_that_is_deleted_takes_its_tasks_along(show):
    worker_id = show.add_waiting_worker()
    show.publish("Long....................", "Waiting.")
    show.until(lambda: show.status(worker_id) is WorkerStatus.WORKING)
    show.until(lambda: show.session.queues.ready_count == 1)
    connection = pika.BlockingConnection(pika.URLParameters(show.url))
    connection.channel().queue_delete(show.queue)
    connection.close()
    show.until(lambda: show.status(worker_id) is WorkerStatus.STOPPED, timeout_s=1.5)  # not after 20 dots
    show.until(lambda: show.is_queue_missing)
    assert [task.status for task in show.board.tasks.values()] == [TaskStatus.LOST] * 2
    assert not show.events(TaskAcked)


def test_strangers_messages_are_told_apart_over_a_crash(show):
    worker_id = show.add_waiting_worker()
    with pika.BlockingConnection(pika.URLParameters(show.url)) as connection:
        channel = connection.channel()
        for body in (b"first foreign..", b"second foreign"):
            channel.basic_publish("", show.queue, body)
    show.until(lambda: show.status(worker_id) is WorkerStatus.WORKING)
    show.verbs.crash_worker(worker_id)
    show.until(lambda: show.status(worker_id) is WorkerStatus.CRASHED)
    show.verbs.restart_worker(worker_id)
    show.until(lambda: len(show.events(TaskAcked)) == 2)
    assert show.texts_of(worker_id) == ["first foreign..", "first foreign..", "second foreign"]
    assert not any(task.ran_twice for task in show.board.tasks.values())
    show.until(lambda: show.session.queues.ready_count == 0)
    assert not list(show.board.unsettled())


def test_a_strangers_message_is_worked_on_too(show):
    worker_id = show.add_waiting_worker()
    connection = pika.BlockingConnection(pika.URLParameters(show.url))
    connection.channel().basic_publish("", show.queue, b"Hello World!")
    connection.close()
    show.until(lambda: len(show.events(TaskAcked)) == 1)
    assert show.texts_of(worker_id) == ["Hello World!"]


def test_two_thousand_tasks_and_ten_crashes_lose_nothing(show):
    workers = [show.verbs.add_worker() for _ in range(20)]
    show.until(lambda: all(show.status(worker) is WorkerStatus.WAITING for worker in workers))
    tasks = show.publish(*["Quick"] * 2_000)
    for number in range(10):
        show.until(lambda n=number: show.board.acked_count > 150 * (n + 1))
        show.verbs.crash_worker(workers[number])
        show.until(lambda n=number: show.status(workers[n]) is WorkerStatus.CRASHED)
        show.verbs.restart_worker(workers[number])
    show.until_all_done(2_000)
    confirmed = {event.task_id for event in show.events(TaskConfirmed)}
    acked = Counter(event.task_id for event in show.events(TaskAcked))
    assert confirmed == {task.task_id for task in tasks} == set(acked)
    assert len(show.events(WorkerCrashed)) == 10
    assert show.verbs.shutdown()
    assert ready_count(show.url, show.queue) == 0


def test_ending_with_workers_at_work_is_quick_and_gives_the_tasks_back(qtbot, broker, queue_name):
    show = Show(qtbot, broker.url, queue_name, dot_s=2.0)
    workers = [show.add_waiting_worker() for _ in range(3)]
    show.publish(*["Endless......."] * 4)
    show.until(lambda: all(show.status(worker) is WorkerStatus.WORKING for worker in workers))
    began = time.monotonic()
    assert show.verbs.shutdown()
    assert time.monotonic() - began < 2.0
    wait_until(lambda: ready_count(broker.url, queue_name) == 4)


def test_ending_is_quick_although_the_broker_hangs(qtbot, tmp_path, queue_name):
    broker = BrokerProcess(tmp_path)
    broker.start()
    try:
        show = Show(qtbot, broker.url, queue_name)
        workers = [show.add_waiting_worker() for _ in range(3)]
        os.kill(broker._process.pid, signal.SIGSTOP)
        began = time.monotonic()
        show.verbs.shutdown()
        assert time.monotonic() - began < 2.0
        assert {event.worker_id for event in show.events(WorkerStopped)} == set(workers)
    finally:
        broker.kill()


def test_a_publisher_that_may_not_write_says_so_and_does_not_rave(qtbot, rabbitmq, queue_name):
    """The node's own tool makes a user who may declare and read, and not write."""
    user = f"reader-{queue_name}"
    rabbitmqctl(rabbitmq, "add_user", user, "secret")
    rabbitmqctl(rabbitmq, "set_permissions", user, ".*", "^$", ".*")
    show = Show(qtbot, f"amqp://{user}:secret@127.0.0.1:{rabbitmq.port}", queue_name)
    try:
        show.until(lambda: show.session.broker.connected)
        show.publish("Not allowed.")
        show.until(lambda: len(show.events(ConnectionLost)) == 3)
        losses = show.events(ConnectionLost)
        assert "403 ACCESS_REFUSED" in losses[0].reason
        assert losses[2].at_ns - losses[1].at_ns > 150_000_000  # growing pauses, also after a connection
        assert not show.is_queue_missing
        assert show.board.newest(1)[0].status in (TaskStatus.ACCEPTED, TaskStatus.SENT)
    finally:
        assert show.verbs.shutdown()


def test_a_publisher_that_wants_no_confirms_and_may_not_write_says_so_each_time(qtbot, rabbitmq, queue_name):
    user = f"blind-{queue_name}"
    rabbitmqctl(rabbitmq, "add_user", user, "secret")
    rabbitmqctl(rabbitmq, "set_permissions", user, ".*", "^$", ".*")
    show = Show(qtbot, f"amqp://{user}:secret@127.0.0.1:{rabbitmq.port}", queue_name)
    try:
        for count in (1, 2):
            show.until(lambda: show.session.broker.connected)
            show.publish("Not allowed.", confirms=False)
            show.until(lambda count=count: len(show.events(ConnectionLost)) == count)
        assert all("403 ACCESS_REFUSED" in event.reason for event in show.events(ConnectionLost))
    finally:
        assert show.verbs.shutdown()


@pytest.fixture
def show_to_kill(qtbot, killable_broker, request):
    show = Show(qtbot, killable_broker.url, request.node.originalname)
    show.until(lambda: show.session.broker.connected)
    if isinstance(killable_broker, RabbitMqNode):
        wait_until_declared_on_disk(killable_broker, show.queue)
    yield show
    assert show.verbs.shutdown()


def test_a_broker_that_is_killed_and_comes_back_loses_nothing_that_was_confirmed(
    show_to_kill, killable_broker
):
    show = show_to_kill
    workers = [show.add_waiting_worker() for _ in range(3)]
    show.publish(*["One."] * 60)
    show.until(lambda: show.board.acked_count >= 10)
    show.publish(*["Burst"] * 500)
    killable_broker.kill()
    show.until(lambda: not show.session.broker.connected)
    show.until(lambda: all(show.status(worker) is WorkerStatus.RECONNECTING for worker in workers))
    confirmed_before = {event.task_id for event in show.events(TaskConfirmed)}
    offline = show.publish("While it was away.")
    killable_broker.start()
    show.until_all_done(561, timeout_s=90)
    acked = {event.task_id for event in show.events(TaskAcked)}
    assert confirmed_before <= acked
    assert acked == set(show.board.tasks)
    assert offline[0].task_id in acked
    assert show.events(ConnectionLost)


def test_what_was_not_confirmed_is_published_again(show_to_kill, killable_broker):
    show = show_to_kill
    show.until(lambda: show.session.broker.connected)
    killable_broker.kill()
    tasks = show.publish(*["Late"] * 5)
    show.until(lambda: not show.session.broker.connected)
    killable_broker.start()
    show.until(lambda: show.board.confirmed_count >= 5, timeout_s=60)
    published = Counter(event.task_id for event in show.events(TaskPublished))
    assert set(published) == {task.task_id for task in tasks}
    show.until(lambda: show.session.queues.ready_count is not None and show.session.queues.ready_count >= 5)
