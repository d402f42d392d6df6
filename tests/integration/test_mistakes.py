"""Every error that a learner can cause, caused with real pika on real brokers, and explained."""

import contextlib
from collections.abc import Iterator

import pika
import pytest
from pika.exceptions import ChannelWrongStateError, StreamLostError

from tests.integration.breakable_network import LIMIT_S, BreakableNetwork
from tests.integration.provoking import QUORUM, assert_explained, wait_for_the_end, words_from
from workq_gui.core.mistakes import explain_mistake
from workq_gui.messaging.cancels import QUEUE_IS_DELETED
from workq_gui.messaging.errors import root_cause, words_of

# --- what costs a channel -----------------------------------------------------------------


def ack_twice(connection, queue):
    channel = connection.channel()
    channel.queue_declare(queue, durable=True)
    channel.basic_publish("", queue, b"a task")
    method, _, _ = next(channel.consume(queue))
    channel.basic_ack(method.delivery_tag)
    channel.basic_ack(method.delivery_tag)
    channel.queue_declare(queue, passive=True)  # pika tells it at the next call


def ack_with_auto_ack(connection, queue):
    channel = connection.channel()
    channel.queue_declare(queue, durable=True)
    channel.basic_publish("", queue, b"a task")
    method, _, _ = next(channel.consume(queue, auto_ack=True))
    channel.basic_ack(method.delivery_tag)
    channel.queue_declare(queue, passive=True)


def ack_on_another_channel(connection, queue):
    channel, other = connection.channel(), connection.channel()
    channel.queue_declare(queue, durable=True)
    channel.basic_publish("", queue, b"a task")
    method, _, _ = next(channel.consume(queue))
    other.basic_ack(method.delivery_tag)
    other.queue_declare(queue, passive=True)


def declare_twice(first: dict, second: dict):
    def declare(connection, queue):
        channel = connection.channel()
        channel.queue_declare(queue, **first)
        channel.queue_declare(queue, **second)

    return declare


def declare(**how):
    return lambda connection, queue: connection.channel().queue_declare(queue, **how)


def declare_an_exchange_twice(connection, queue):
    channel = connection.channel()
    with contextlib.ExitStack() as stack:
        channel.exchange_declare(queue, "fanout", auto_delete=True)
        stack.callback(lambda: connection.channel().exchange_delete(queue))
        channel.exchange_declare(queue, "direct", auto_delete=True)


def delete(**condition):
    def provoke(connection, queue):
        channel = connection.channel()
        channel.queue_declare(queue, durable=True)
        channel.basic_publish("", queue, b"a task")
        channel.queue_declare(queue, passive=True)  # it has arrived
        if "if_unused" in condition:
            channel.basic_consume(queue, lambda *_: None)
        channel.queue_delete(queue, **condition)

    return provoke


def take_an_exclusive_queue(connection, queue):
    connection.channel().queue_declare(queue, exclusive=True)
    parameters = connection._impl.params
    with pika.BlockingConnection(parameters) as other:
        other.channel().queue_declare(queue, passive=True)


def consume_beside_an_exclusive_consumer(connection, queue):
    connection.channel().queue_declare(queue, durable=True)
    connection.channel().basic_consume(queue, lambda *_: None, exclusive=True)
    connection.channel().basic_consume(queue, lambda *_: None)


def publish_to_no_exchange(connection, queue):
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish("no-such-exchange", queue, b"a task")


def publish_to_no_queue(connection, queue):
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish("", f"{queue}-misspelt", b"a task", mandatory=True)


def publish_to_a_full_queue(connection, queue):
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_declare(queue, durable=True, arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    for _ in range(9):  # RabbitMQ takes one or two more
        channel.basic_publish("", queue, b"a task")


def confirm_and_transact(connection, _):
    channel = connection.channel()
    channel.confirm_delivery()
    channel.tx_select()


def use_a_channel_that_was_closed(connection, queue):
    channel = connection.channel()
    channel.basic_ack(99)
    with contextlib.suppress(ChannelWrongStateError):
        while True:
            connection.process_data_events(LIMIT_S)
            channel.basic_ack(99)
    channel.basic_publish("", queue, b"a task")


CHANNEL_CASES = {
    "double ack": (ack_twice, "unknown delivery tag", "1"),
    "ack with auto-ack": (ack_with_auto_ack, "unknown delivery tag", "1"),
    "ack on another channel": (ack_on_another_channel, "unknown delivery tag", "1"),
    "durable": (
        declare_twice({"durable": True}, {"durable": False}),
        "inequivalent property of a queue",
        "Wanted: false. It is: true",
    ),
    "quorum is classic": (
        declare_twice({"durable": True}, {"durable": True, "arguments": QUORUM}),
        "inequivalent argument of a queue",
        "Wanted: quorum",
    ),
    "classic is quorum": (
        declare_twice({"durable": True, "arguments": QUORUM}, {"durable": True}),
        "inequivalent argument of a queue",
        "It is: quorum",
    ),
    "ttl": (
        declare_twice({"durable": True}, {"durable": True, "arguments": {"x-message-ttl": 5}}),
        "inequivalent argument of a queue",
        "Wanted: 5. It is: none",
    ),
    "exchange": (declare_an_exchange_twice, "inequivalent argument of an exchange", "direct", "fanout"),
    "transient quorum": (declare(arguments=QUORUM), "quorum queue that is not durable"),
    "exclusive quorum": (
        declare(durable=True, exclusive=True, arguments=QUORUM),
        "quorum queue that is exclusive",
    ),
    "limit of a classic queue": (
        declare(durable=True, arguments={"x-delivery-limit": 3}),
        "argument that this type of queue does not have",
        "x-delivery-limit",
    ),
    "negative time to live": (
        declare(durable=True, arguments={"x-message-ttl": -3}),
        "argument with a value that makes no sense",
        "x-message-ttl",
    ),
    "unknown type": (
        declare(durable=True, arguments={"x-queue-type": "bogus"}),
        "argument with a value that makes no sense",
        "bogus",
    ),
    "delete what is not empty": (delete(if_empty=True), "queue that is not empty or in use", "not empty"),
    "delete what is in use": (delete(if_unused=True), "queue that is not empty or in use", "in use"),
    "reserved name": (
        lambda connection, _: connection.channel().queue_declare("amq.mine"),
        "queue name that is reserved",
        "amq.mine",
    ),
    "confirms and transactions": (confirm_and_transact, "switch between confirms and transactions"),
    "no queue": (
        lambda connection, _: connection.channel().basic_consume("nowhere", lambda *_: None),
        "no such queue",
        "nowhere",
    ),
    "no exchange": (publish_to_no_exchange, "no such exchange", "no-such-exchange"),
    "another's queue": (take_an_exclusive_queue, "queue that belongs to another connection"),
    "exclusive consumer": (consume_beside_an_exclusive_consumer, "queue with an exclusive consumer"),
    "default exchange": (
        lambda connection, _: connection.channel().exchange_delete(""),
        "default exchange",
    ),
    "no route": (publish_to_no_queue, "message that no queue wanted"),
    "full queue": (publish_to_a_full_queue, "message that the broker did not take"),
    "closed channel": (use_a_channel_that_was_closed, "channel that is closed"),
}


@pytest.fixture
def connection(broker, queue_name) -> Iterator[pika.BlockingConnection]:
    """Give a connection for one test, and delete the queue of its name afterwards."""
    connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    yield connection
    if connection.is_open:
        connection.close()
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as cleaner:
        cleaner.channel().queue_delete(queue_name)


@pytest.mark.parametrize("case", CHANNEL_CASES)
def test_what_costs_a_channel_is_explained(connection, queue_name, case):
    provoke, name, *named = CHANNEL_CASES[case]
    assert_explained(words_from(lambda: provoke(connection, queue_name)), name, *named)


def test_a_worker_whose_queue_is_deleted_is_explained(connection, queue_name):
    channel = connection.channel()
    channel.queue_declare(queue_name, durable=True)
    cancels = []
    channel.add_on_cancel_callback(cancels.append)
    channel.basic_consume(queue_name, lambda *_: None)
    connection.channel().queue_delete(queue_name)
    channel.start_consuming()  # returns, as nothing is left to consume
    assert_explained(str(cancels[0].method), "cancelled by the broker")
    assert_explained(QUEUE_IS_DELETED, "cancelled by the broker")


def test_a_message_that_comes_back_is_explained(connection):
    channel = connection.channel()
    returned = []
    channel.add_on_return_callback(lambda _, method, *__: returned.append(method))
    channel.basic_publish("", "nowhere", b"a task", mandatory=True)
    while not returned:
        connection.process_data_events(LIMIT_S)
    assert_explained(f"{returned[0].reply_code} {returned[0].reply_text}", "message that no queue wanted")


# --- what costs a connection --------------------------------------------------------------


def send_method(channel, method, content=None):
    channel._impl._send_method(method, content)


def prefetch_bytes(connection, _):
    connection.channel().basic_qos(prefetch_size=1)


def publish_immediately(connection, queue):
    method = pika.spec.Basic.Publish(routing_key=queue, immediate=True)
    send_method(connection.channel(), method, (pika.BasicProperties(), b"a task"))
    wait_for_the_end(connection)


def consume_twice_with_one_tag(connection, queue):
    channel = connection.channel()
    channel.queue_declare(queue, durable=True)
    channel.basic_consume(queue, lambda *_: None, consumer_tag="me")
    # As basic_consume does, had pika not noticed.
    send_method(channel, pika.spec.Basic.Consume(queue=queue, consumer_tag="me"))
    wait_for_the_end(connection)


def send_garbage(connection, _):
    connection._impl._output_marshaled_frames([b"\x01\x00\x01\x00\x00\x00\x04abcdX"])
    wait_for_the_end(connection)


def mix_two_publishes(connection, queue):
    channel = connection.channel()
    first = pika.frame.Method(channel.channel_number, pika.spec.Basic.Publish(routing_key=queue))
    connection._impl._send_frame(first)
    channel.basic_publish("", queue, b"a task")
    wait_for_the_end(connection)


def use_a_channel_that_is_not_open(connection, _):
    connection._impl._send_frame(pika.frame.Method(99, pika.spec.Basic.Ack(1)))
    wait_for_the_end(connection)


CONNECTION_CASES = {
    "prefetch in bytes": (prefetch_bytes, "prefetch in bytes"),
    "immediate": (publish_immediately, "immediate publish"),
    "one tag twice": (consume_twice_with_one_tag, "consumer tag used twice", "me"),
    "garbage": (send_garbage, "frame that cannot be read"),
    "two threads": (mix_two_publishes, "frame out of turn"),
    "no channel": (use_a_channel_that_is_not_open, "channel that was not opened"),
}


@pytest.mark.parametrize("case", CONNECTION_CASES)
def test_what_costs_a_connection_is_explained(connection, queue_name, case):
    provoke, name, *named = CONNECTION_CASES[case]
    assert_explained(words_from(lambda: provoke(connection, queue_name)), name, *named)


def test_a_wrong_password_and_a_wrong_virtual_host_are_explained(broker):
    def connect(**how):
        parameters = pika.URLParameters(broker.url)
        for name, value in how.items():
            setattr(parameters, name, value)
        pika.BlockingConnection(parameters)

    wrong = pika.PlainCredentials("guest", "wrong")
    assert_explained(words_from(lambda: connect(credentials=wrong)), "login refused")
    assert_explained(words_from(lambda: connect(virtual_host="school")), "no such virtual host", "school")
    assert_explained(words_from(lambda: connect(port=1)), "nobody listens")
    assert_explained(words_from(lambda: connect(host="no-such-host.invalid")), "no such host")


def test_a_worker_that_sends_no_heartbeats_is_explained(broker, connection, queue_name):
    channel = connection.channel()
    channel.queue_declare(queue_name, durable=True)
    channel.basic_publish("", queue_name, b"a task")
    parameters = pika.URLParameters(broker.url)
    parameters.heartbeat = 1
    busy = pika.BlockingConnection(parameters)
    busy_channel = busy.channel()
    method, _, _ = next(busy_channel.consume(queue_name))
    # It works, and pika cannot send a heartbeat, until the broker has given its task to somebody else.
    again, _, _ = next(channel.consume(queue_name, inactivity_timeout=LIMIT_S))
    assert again is not None
    assert again.redelivered

    def ack():
        busy_channel.basic_ack(method.delivery_tag)
        wait_for_the_end(busy)

    words = words_from(ack)
    told = explain_mistake(words)
    assert told is not None, words
    assert told.name in ("connection closed without a word", "connection reset")
    assert "heartbeats" in told.meaning


def test_a_silent_network_is_explained(built_in):
    network = BreakableNetwork(built_in)  # which broker makes no difference: pika gives up by itself
    try:
        connection = network.connect(heartbeat=1)
        network.do(network.relay.stall)
        words = words_from(lambda: wait_for_the_end(connection))  # pika takes 12 s for a heartbeat of 1
    finally:
        network.end()
    assert_explained(words, "missed heartbeats")


def test_a_broker_that_is_stopped_and_one_that_is_killed_are_explained(killable_broker):
    connection = pika.BlockingConnection(pika.URLParameters(killable_broker.url))
    killable_broker.stop()
    assert_explained(words_from(lambda: wait_for_the_end(connection)), "broker shut down")
    killable_broker.start()
    connection = pika.BlockingConnection(pika.URLParameters(killable_broker.url))
    killable_broker.kill()
    with pytest.raises(StreamLostError) as lost:
        wait_for_the_end(connection)
    told = explain_mistake(words_of(root_cause(lost.value)))
    assert told is not None
    assert told.name in ("connection closed without a word", "connection reset")
