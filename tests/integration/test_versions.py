"""What differs between RabbitMQ 3.10, RabbitMQ 4.3 and the built-in broker, and what is shown of it.

`make test` has 3.10.8 and the built-in broker, `make test-rabbitmq-4` has 4.3.6. See docs/versions.md.
"""

import pika
import pytest
from pika.exceptions import ConnectionClosedByBroker

from tests.integration.conftest import ready_count
from tests.rabbitmq_4_node import RabbitMq4Node, is_asked_for
from tests.rabbitmq_fixture import wait_until
from workq_gui.core.causes import DELIVERY_LIMIT
from workq_gui.core.events import (
    ConnectionFailed,
    ConnectionLost,
    TaskAcked,
    TaskDelivered,
    TaskRejected,
    TaskReturned,
    WorkerStopped,
)
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.queue_settings import CLASSIC, QUORUM, QueueSettings
from workq_gui.core.verdicts import TaskDeadLettered, TaskLost, TaskRequeued
from workq_gui.core.worker_settings import AckHabit
from workq_gui.messaging.cancels import QUEUE_IS_DELETED, TIMED_OUT
from workq_gui.messaging.errors import QueueDenied
from workq_gui.runtime.broker_process import BrokerProcess

ANSWER_S = 10
LONG = "Long" + "." * 600
LIMIT = 3
PERMIT = "deprecated_features.permit.transient_nonexcl_queues"
DENIAL = ("--deny", "transient_nonexcl_queues")
KEEPING_TIME = ["built-in", *(["RabbitMQ"] if is_asked_for() else [])]


def connected(show):
    show.until(lambda: show.session.broker.connected)
    return show


def is_old(show):
    """Tell whether it is the RabbitMQ of Debian 12."""
    product = connected(show).session.broker.product
    assert product.startswith(("RabbitMQ 3.10.", "RabbitMQ 4.3.", "WorkQ "))
    return product.startswith("RabbitMQ 3.10.")


@pytest.fixture(params=KEEPING_TIME)
def strict_broker(request, tmp_path):
    """Give a broker that denies transient queues, and on which no task may be kept for longer than 0.5 s."""
    if request.param == "RabbitMQ":
        broker = RabbitMq4Node("strict", f"{PERMIT} = false", "consumer_timeout = 500")
    else:
        broker = BrokerProcess(tmp_path, options=(*DENIAL, "--consumer-timeout", "0.5"))
    broker.start()
    yield broker
    broker.kill()
    broker.stop()


@pytest.fixture
def own_built_in(tmp_path):
    """Give a built-in broker that the test may start with other options."""
    broker = BrokerProcess(tmp_path)
    broker.start()
    yield broker
    broker.stop()


# --- delivery counts ------------------------------------------------------------------------


def nack_again_and_again(show, queue, times):
    worker_id = show.add_waiting_worker(queue)
    show.publish(LONG, queue=queue)
    for count in range(1, times + 1):
        show.until(lambda count=count: len(show.events(TaskDelivered)) == count)
        show.until(lambda: show.status(worker_id) is WorkerStatus.WORKING)
        show.verbs.nack_task(worker_id)
        show.until(lambda count=count: len(show.events(TaskRejected)) == count)


def test_nacks_count_towards_the_delivery_limit_before_4_3_only(show, more_queues):
    orders = more_queues[0]
    show.verbs.add_queue(orders, QueueSettings(queue_type=QUORUM, delivery_limit=LIMIT)).result(ANSWER_S)
    if is_old(show):
        nack_again_and_again(show, orders, LIMIT + 1)
        show.until(lambda: show.session.ledger.lost_count == 1)
        assert [event.cause for event in show.events(TaskLost)] == [DELIVERY_LIMIT]
        assert ready_count(show.url, orders) == 0
    else:
        nack_again_and_again(show, orders, 2 * LIMIT)
        show.until(lambda: len(show.events(TaskDelivered)) == 2 * LIMIT + 1)
        assert not show.events(TaskLost)
        assert {event.delivery_count for event in show.events(TaskDelivered)} == {0}


def test_with_a_dead_letter_queue_what_was_nacked_too_often_is_there(show, more_queues):
    failed, orders = more_queues
    how = QueueSettings(queue_type=QUORUM, delivery_limit=LIMIT, dead_letter_to=failed)
    show.verbs.add_queue(failed).result(ANSWER_S)
    show.verbs.add_queue(orders, how).result(ANSWER_S)
    if is_old(show):
        nack_again_and_again(show, orders, LIMIT + 1)
        show.until(lambda: show.session.queues.views[failed].ready_count == 1)
        assert [(e.queue, e.cause) for e in show.events(TaskDeadLettered)] == [(failed, "delivery limit")]
    else:
        nack_again_and_again(show, orders, 2 * LIMIT)
        show.until(lambda: len(show.events(TaskDelivered)) == 2 * LIMIT + 1)
        assert not show.events(TaskDeadLettered)
    assert not show.events(TaskLost)


# --- the consumer timeout -------------------------------------------------------------------


@pytest.mark.parametrize("broker", KEEPING_TIME, indirect=True)
def test_who_forgets_the_ack_is_taken_off_its_queue_and_the_task_goes_back(show, more_queues):
    orders = more_queues[0]
    show.verbs.add_queue(orders, QueueSettings(queue_type=QUORUM, consumer_timeout_s=0.5)).result(ANSWER_S)
    worker_id = show.add_waiting_worker(orders, ack=AckHabit.NEVER)
    (task,) = show.publish("Forgotten.", queue=orders)
    show.until(lambda: bool(show.events(WorkerStopped)))
    assert [event.reason for event in show.events(WorkerStopped)] == [TIMED_OUT]
    assert TIMED_OUT in show.session.workers.views[worker_id].note
    assert [(e.task_id, e.worker_id) for e in show.events(TaskRequeued)] == [(task.task_id, worker_id)]
    show.until(lambda: show.session.queues.views[orders].ready_count == 1)
    heir = show.add_waiting_worker(orders)
    show.until_all_done(1)
    assert [(e.worker_id, e.redelivered) for e in show.events(TaskDelivered)] == [
        (worker_id, False),
        (heir, True),
    ]
    assert not show.events(ConnectionLost)


@pytest.mark.parametrize("broker", KEEPING_TIME, indirect=True)
def test_who_works_for_too_long_is_taken_off_its_queue_in_the_middle(show, more_queues):
    orders = more_queues[0]
    show.verbs.add_queue(orders, QueueSettings(queue_type=QUORUM, consumer_timeout_s=0.5)).result(ANSWER_S)
    show.add_waiting_worker(orders)
    show.publish(LONG, queue=orders)
    show.until(lambda: [event.reason for event in show.events(WorkerStopped)] == [TIMED_OUT])
    show.until(lambda: show.session.queues.views[orders].ready_count == 1)
    assert not show.events(TaskAcked, TaskLost)


def test_a_deleted_queue_is_told_apart_from_a_consumer_timeout(show, more_queues):
    orders = more_queues[0]
    show.verbs.add_queue(orders, QueueSettings(queue_type=QUORUM, consumer_timeout_s=60)).result(ANSWER_S)
    show.add_waiting_worker(orders, ack=AckHabit.NEVER)
    with pika.BlockingConnection(pika.URLParameters(show.url)) as connection:
        connection.channel().queue_delete(orders)
    show.until(lambda: [event.reason for event in show.events(WorkerStopped)] == [QUEUE_IS_DELETED])


def test_a_broker_may_keep_time_for_all_its_quorum_queues(begin, strict_broker):
    show = begin(strict_broker.url, "tasks")
    for queue_type in (CLASSIC, QUORUM):
        show.verbs.add_queue(queue_type, QueueSettings(queue_type=queue_type)).result(ANSWER_S)
    patient = show.add_waiting_worker(CLASSIC, ack=AckHabit.NEVER)
    cancelled = show.add_waiting_worker(QUORUM, ack=AckHabit.NEVER)
    show.publish("On a classic queue.", queue=CLASSIC)
    show.until(lambda: show.status(patient) is WorkerStatus.FINISHED)
    show.publish("On a quorum queue.", queue=QUORUM)
    show.until(lambda: bool(show.events(WorkerStopped)))
    assert [(e.worker_id, e.reason) for e in show.events(WorkerStopped)] == [(cancelled, TIMED_OUT)]


# --- a prefetch for the whole channel -------------------------------------------------------


def held_by_two_consumers(url, queue, queue_type):
    """Return how many tasks two consumers of one channel hold with a global prefetch of 1."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": queue_type})
        channel.confirm_delivery()
        for _ in range(4):
            channel.basic_publish("", queue, b"task")
        channel.basic_qos(prefetch_count=1, global_qos=True)
        tags = []
        for _ in range(2):
            channel.basic_consume(queue, lambda _, method, *__: tags.append(method.delivery_tag))

        def is_quiet():
            """Two rounds with the broker bring nothing more."""
            before = len(tags)
            for _ in range(2):
                connection.process_data_events(0.2)
            return 0 < len(tags) == before

        wait_until(is_quiet)
        return len(tags)


def test_a_global_prefetch_is_shared_by_the_channel_before_4_3_only(show, broker, more_queues):
    """The built-in broker does so on classic queues: it is what the specification says."""
    is_shared = is_old(show) or broker.product == BrokerProcess.product
    assert held_by_two_consumers(broker.url, more_queues[0], CLASSIC) == (1 if is_shared else 2)
    if is_old(show):
        with pytest.raises(ConnectionClosedByBroker, match="540"):
            held_by_two_consumers(broker.url, more_queues[1], QUORUM)
    else:
        assert held_by_two_consumers(broker.url, more_queues[1], QUORUM) == 2


# --- queues that are denied -----------------------------------------------------------------


def test_a_transient_queue_is_accepted_by_every_broker_as_it_is_shipped(show, more_queues):
    """Upstream's notes say that 4.3 denies it; Debian's does not."""
    connected(show).verbs.add_queue(more_queues[0], QueueSettings(durable=False)).result(ANSWER_S)
    assert not show.events(ConnectionLost)


def test_a_transient_queue_that_is_denied_is_explained_and_all_else_goes_on(begin, strict_broker):
    show = connected(begin(strict_broker.url, "tasks"))
    show.verbs.add_queue("before").result(ANSWER_S)
    with pytest.raises(QueueDenied) as denied:
        show.verbs.add_queue("fleeting", QueueSettings(durable=False)).result(ANSWER_S)
    assert denied.value.problem.broker_words.startswith("541 INTERNAL_ERROR - Feature `transient_nonexcl")
    assert f"{PERMIT} = true" in denied.value.problem.way_out
    show.until(lambda: len(show.events(ConnectionLost)) == 1)
    connected(show).verbs.add_queue("after").result(ANSWER_S)
    show.add_waiting_worker(show.queue, "before", "after")
    show.publish("To the first queue.")
    show.publish("To one from before.", queue="before")
    show.publish("To one from after.", queue="after")
    show.until(lambda: len(show.events(TaskAcked)) == 3)
    assert len(show.events(ConnectionLost)) == 1  # it was not asked for again
    show.until(lambda: show.session.queues.views["fleeting"].is_missing)
    show.publish("To the one that was denied.", queue="fleeting")
    show.until(lambda: [event.reply_text for event in show.events(TaskReturned)] == ["NO_ROUTE"])


def test_a_queue_that_is_denied_on_a_new_connection_ends_only_that_one(begin, own_built_in):
    """It was there to be declared before there was a broker to deny it."""
    show = connected(begin(own_built_in.url, "tasks"))
    show.verbs.add_queue("fleeting", QueueSettings(durable=False)).result(ANSWER_S)
    show.verbs.add_queue("lasting").result(ANSWER_S)
    own_built_in.stop()
    show.until(lambda: not show.session.broker.connected)
    own_built_in._options = DENIAL
    own_built_in.start()
    show.until(lambda: show.session.queues.views["fleeting"].is_missing)
    show.add_waiting_worker("lasting")
    show.publish("Goes on.", queue="lasting")
    show.until(lambda: len(show.events(TaskAcked)) == 1)
    reasons = [event.reason for event in show.events(ConnectionFailed)]
    assert sum(reason.startswith("541 INTERNAL_ERROR") for reason in reasons) == 1
