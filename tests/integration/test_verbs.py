"""What can be done to queues, workers and the producer besides the main job, on both brokers."""

import pika
import pytest

from tests.integration.conftest import ready_count
from tests.rabbitmq_fixture import wait_until_declared_on_disk
from workq_gui.core.events import (
    ConnectionLost,
    TaskAccepted,
    TaskAcked,
    TaskDelivered,
    TaskFinished,
    TaskProgressed,
    TaskPublished,
    TaskRejected,
    TaskReturned,
    WorkerFroze,
    WorkersHeld,
    WorkerStarted,
    WorkerThawed,
)
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.queue_events import QueueAdded, QueuePurged
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.settings import MAX_QUEUES, SettingError
from workq_gui.core.worker_settings import AckHabit
from workq_gui.messaging.errors import MessagingError, QueueRefused
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

ANSWER_S = 10
LONG = "Long" + "." * 600


def foreign_channel(url):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    return connection, connection.channel()


def connected(show):
    show.until(lambda: show.session.broker.connected)
    return show


# --- giving back ----------------------------------------------------------------------------


def test_a_nacked_task_comes_back_redelivered_and_its_worker_goes_on(show):
    first, second = show.add_waiting_worker(), show.add_waiting_worker()
    (task,) = show.publish("Third message...")
    show.until(lambda: show.status(first) is WorkerStatus.WORKING)
    show.verbs.nack_task(first)
    show.until_all_done(1)
    (rejected,) = show.events(TaskRejected)
    assert (rejected.task_id, rejected.worker_id, rejected.requeue) == (task.task_id, first, True)
    before, after = show.events(TaskDelivered)
    assert (before.worker_id, before.redelivered, after.redelivered) == (first, False, True)
    assert [event.worker_id for event in show.events(TaskAcked)] == [after.worker_id]
    show.publish("Next.", "Next.")
    show.until_all_done(3)
    assert {first, second} <= {event.worker_id for event in show.events(TaskAcked)}


def test_a_lone_worker_gets_its_nacked_task_again(show):
    worker_id = show.add_waiting_worker()
    show.publish("Again....")
    show.until(lambda: show.status(worker_id) is WorkerStatus.WORKING)
    show.verbs.nack_task(worker_id)
    show.until_all_done(1)
    assert [event.redelivered for event in show.events(TaskDelivered)] == [False, True]


def test_a_task_that_is_rejected_for_good_is_gone(show):
    worker_id = show.add_waiting_worker()
    show.publish(LONG)
    show.until(lambda: show.status(worker_id) is WorkerStatus.WORKING)
    show.verbs.reject_task(worker_id)
    show.until(lambda: show.status(worker_id) is WorkerStatus.WAITING)
    assert not show.events(TaskRejected)[0].requeue
    assert not show.events(TaskFinished)
    show.verbs.stop_worker(worker_id)
    show.until(lambda: show.status(worker_id) is WorkerStatus.STOPPED)
    assert ready_count(show.url, show.queue) == 0


def test_a_rejected_task_lands_in_the_dead_letter_queue(show, more_queues):
    failed, orders = more_queues
    show.verbs.add_queue(failed)
    show.verbs.add_queue(orders, QueueSettings(dead_letter_to=failed))
    worker_id = show.add_waiting_worker(orders)
    show.publish(LONG, queue=orders)
    show.until(lambda: show.status(worker_id) is WorkerStatus.WORKING)
    show.verbs.reject_task(worker_id)
    show.until(lambda: show.session.queues.views[failed].ready_count == 1)
    assert ready_count(show.url, orders) == 0


def test_giving_back_with_empty_hands_does_nothing(show):
    worker_id = show.add_waiting_worker()
    show.verbs.nack_task(worker_id)
    show.verbs.reject_task(worker_id)
    show.publish("Still here.")
    show.until_all_done(1)
    assert not show.events(TaskRejected)


# --- how a worker takes ---------------------------------------------------------------------


def test_what_an_auto_ack_worker_holds_is_gone_with_it(show):
    worker_id = show.add_waiting_worker(auto_ack=True)
    show.publish(*[LONG] * 4)
    show.until(lambda: len(show.events(TaskDelivered)) == 4)
    assert all(event.auto_ack for event in show.events(TaskDelivered, WorkerStarted))
    show.verbs.nack_task(worker_id)
    show.verbs.crash_worker(worker_id)
    show.until(lambda: show.status(worker_id) is WorkerStatus.CRASHED)
    show.until(lambda: show.session.queues.views[show.queue].consumer_count == 0)
    assert ready_count(show.url, show.queue) == 0
    assert not show.events(TaskAcked, TaskRejected)


def test_an_auto_ack_worker_does_its_tasks_and_acks_none(show):
    show.add_waiting_worker(auto_ack=True)
    show.publish("One.", "Two.")
    show.until(lambda: len(show.events(TaskFinished)) == 2)
    assert not show.events(TaskAcked)


def test_a_worker_holds_as_many_tasks_as_its_prefetch_count_says(show):
    show.add_waiting_worker(prefetch_count=3)
    show.publish(*[LONG] * 5)
    show.until(lambda: len(show.events(TaskDelivered)) == 3)
    show.until(lambda: show.session.queues.ready_count == 2)


def test_a_worker_takes_from_two_queues_and_another_from_one(show, more_queues):
    mail, pictures = more_queues
    show.verbs.add_queue(mail)
    show.verbs.add_queue(pictures)
    both, one = show.add_waiting_worker(mail, pictures), show.add_waiting_worker(pictures)
    show.publish("Letter.", queue=mail)
    show.publish("Picture.", "Picture.", queue=pictures)
    show.publish("Nobody is here for me.")
    show.until(lambda: len(show.events(TaskAcked)) == 3)
    assert {(event.worker_id, event.queue) for event in show.events(WorkerStarted)} == {
        (both, mail),
        (both, pictures),
        (one, pictures),
    }
    assert {(event.text, event.queue) for event in show.events(TaskDelivered)} == {
        ("Letter.", mail),
        ("Picture.", pictures),
    }
    show.until(lambda: show.session.queues.views[show.queue].ready_count == 1)
    assert [event.queue for event in show.events(QueueAdded)] == [show.queue, mail, pictures]
    assert [event.queue for event in show.events(TaskAccepted)] == [mail, pictures, pictures, show.queue]


# --- queues ---------------------------------------------------------------------------------


def test_a_queue_that_cannot_be_added_is_refused_in_words(show, more_queues):
    second, third = more_queues
    connected(show).verbs.add_queue(second)
    for name, dead_letter_to, words in [
        ("", "", "needs a name"),
        ("amq.mine", "", "belong to the broker"),
        (show.queue, "", "already"),
        (second, "", "already"),
        (third, "nowhere", "no queue nowhere"),
    ]:
        with pytest.raises(SettingError, match=words):
            show.verbs.add_queue(name, QueueSettings(dead_letter_to=dead_letter_to))
    with pytest.raises(SettingError, match="no queue nowhere"):
        show.verbs.add_worker(["nowhere"])
    show.hub.flush()
    assert [event.queue for event in show.events(QueueAdded)] == [show.queue, second]
    assert not show.session.workers.views


def test_there_are_no_more_queues_than_the_stage_holds(begin, built_in, queue_name):
    show = connected(begin(built_in.url, queue_name))
    for number in range(1, MAX_QUEUES):
        show.verbs.add_queue(f"{queue_name}-{number}")
    with pytest.raises(SettingError, match="queues already"):
        show.verbs.add_queue(f"{queue_name}-more")


def test_a_queue_that_is_there_with_other_arguments_is_refused_and_harms_nothing_else(show, more_queues):
    connected(show)
    name = more_queues[0]
    connection, channel = foreign_channel(show.url)
    channel.queue_declare(name, durable=False)
    with pytest.raises(QueueRefused, match="406"):
        show.verbs.add_queue(name).result(ANSWER_S)
    show.publish("Unharmed.")
    show.until(lambda: show.board.confirmed_count == 1)
    assert not show.events(ConnectionLost)
    channel.queue_delete(name)
    connection.close()


def test_a_purged_queue_is_empty_and_the_broker_says_how_many_there_were(show):
    show.publish(*["Not wanted."] * 3)
    show.until(lambda: show.session.queues.ready_count == 3)
    show.verbs.purge_queue(show.queue)
    show.until(lambda: show.session.queues.ready_count == 0)
    assert [(e.queue, e.message_count) for e in show.events(QueuePurged)] == [(show.queue, 3)]
    assert ready_count(show.url, show.queue) == 0


def test_a_queue_that_a_stranger_deleted_can_be_declared_again(show):
    connected(show)
    connection, channel = foreign_channel(show.url)
    channel.queue_delete(show.queue)
    connection.close()
    show.until(lambda: show.is_queue_missing)
    with pytest.raises(MessagingError, match="404"):
        show.verbs.purge_queue(show.queue).result(ANSWER_S)
    show.verbs.redeclare_queue(show.queue)
    show.until(lambda: not show.is_queue_missing)
    show.publish("Welcome.")
    show.until(lambda: show.session.queues.ready_count == 1)
    assert not show.events(TaskReturned)


def test_only_persistent_tasks_survive_the_broker(begin, killable_broker, request):
    show = begin(killable_broker.url, request.node.originalname)
    connected(show)
    if isinstance(killable_broker, RabbitMqNode):
        wait_until_declared_on_disk(killable_broker, show.queue)
    show.publish("Transient.", "Transient.", persistent=False)
    show.publish("Persistent.")
    # Not on disk before it is confirmed: RabbitMQ gathers what it writes for some 200 ms.
    show.until(lambda: show.board.confirmed_count == 3)
    assert [event.persistent for event in show.events(TaskPublished)] == [False, False, True]
    killable_broker.kill()
    show.until(lambda: not show.session.broker.connected)
    killable_broker.start()
    show.until(lambda: show.session.queues.ready_count == 1, timeout_s=60)
    show.add_waiting_worker()
    show.until(lambda: bool(show.events(TaskAcked)))
    assert [event.text for event in show.events(TaskDelivered)] == ["Persistent."]


# --- standing still -------------------------------------------------------------------------


def test_a_held_producer_publishes_in_order_when_it_is_released(show):
    connected(show)
    show.verbs.hold_producer()
    tasks = show.publish("One.", "Two.") + show.publish("Three.")
    show.until(lambda: len(show.events(TaskAccepted)) == 3)
    show.verbs.redeclare_queue(show.queue).result(ANSWER_S)  # a whole round on its connection
    show.hub.flush()
    assert not show.events(TaskPublished)
    show.verbs.release_producer()
    show.until(lambda: show.session.queues.ready_count == 3)
    assert [event.task_id for event in show.events(TaskPublished)] == [task.task_id for task in tasks]


def test_held_workers_keep_their_tasks_and_a_frozen_one_is_given_up(begin, broker, queue_name):
    """Both at once, since the broker needs three heartbeats to tell them apart."""
    show = begin(broker.url, queue_name, dot_s=0.3)
    frozen, held, heir = (show.add_waiting_worker(heartbeat_s=1) for _ in range(3))
    first, second = show.publish("First message...", "Second message...")
    show.until(lambda: show.status(held) is WorkerStatus.WORKING)
    show.verbs.hold_workers()
    show.verbs.freeze_worker(frozen)
    show.until(lambda: show.texts_of(heir) == ["First message..."])
    (froze,) = show.events(WorkerFroze)
    redelivered = show.events(TaskDelivered)[-1]
    assert redelivered.redelivered
    assert 1.0 < (redelivered.at_ns - froze.at_ns) / 1e9 < 5.0
    assert not show.events(ConnectionLost, TaskFinished)
    (hold,) = show.events(WorkersHeld)
    late = [event.worker_id for event in show.events(TaskProgressed) if event.at_ns > hold.at_ns]
    assert len(late) <= 2  # the dots that they were in
    show.verbs.release_workers()
    show.until_all_done(2)
    acked = {event.task_id: event.worker_id for event in show.events(TaskAcked)}
    assert acked == {first.task_id: heir, second.task_id: held}
    assert frozen not in [e.worker_id for e in show.events(TaskProgressed) if e.at_ns > froze.at_ns]
    show.verbs.thaw_worker(frozen)
    show.until(lambda: show.status(frozen) is WorkerStatus.WAITING and bool(show.events(ConnectionLost)))
    show.until(lambda: show.session.queues.views[queue_name].consumer_count == 3)
    assert [event.owner for event in show.events(ConnectionLost)] == [frozen]


def test_a_worker_that_thaws_in_time_goes_on_where_it_froze(show):
    worker_id = show.add_waiting_worker()
    show.publish("Long...")
    show.until(lambda: show.status(worker_id) is WorkerStatus.WORKING)
    show.verbs.freeze_worker(worker_id)
    show.until(lambda: bool(show.events(WorkerFroze)))
    show.verbs.nack_task(worker_id)  # it does not hear
    show.verbs.thaw_worker(worker_id)
    show.until_all_done(1)
    kinds = [type(event) for event in show.events(WorkerFroze, WorkerThawed, TaskFinished)]
    assert kinds == [WorkerFroze, WorkerThawed, TaskFinished]
    assert len(show.events(TaskDelivered)) == 1


@pytest.mark.parametrize("end", ["crash_worker", "stop_worker"])
def test_a_frozen_worker_can_be_ended(show, end):
    worker_id = show.add_waiting_worker()
    show.publish(LONG)
    show.until(lambda: show.status(worker_id) is WorkerStatus.WORKING)
    show.verbs.freeze_worker(worker_id)
    show.until(lambda: show.status(worker_id) is WorkerStatus.FROZEN)
    getattr(show.verbs, end)(worker_id)
    show.until(lambda: show.session.queues.ready_count == 1)
    assert show.status(worker_id) in (WorkerStatus.CRASHED, WorkerStatus.STOPPED)


def test_a_worker_that_acks_early_outlives_the_sleep_in_which_its_next_task_and_the_end_came(show):
    worker_id = show.add_waiting_worker(ack=AckHabit.BEFORE, naive_sleep=True, heartbeat_s=1)
    show.publish("Long" + "." * 60, "Next.")
    show.until(lambda: bool(show.events(ConnectionLost)))
    show.until_all_done(2)
    assert show.status(worker_id) is not WorkerStatus.STOPPED
