"""Errors that one broker at hand can be made to say, or that each is made to say in its own way."""

import pika

from tests.conformance.brokers import BuiltInBroker
from tests.integration.breakable_network import LIMIT_S
from tests.integration.provoking import QUORUM, assert_explained, rabbitmqctl, wait_for_the_end, words_from


def test_a_message_that_is_too_large_is_explained(built_in):
    connection = pika.BlockingConnection(pika.URLParameters(built_in.url))
    channel = connection.channel()
    publish = pika.frame.Method(channel.channel_number, pika.spec.Basic.Publish(routing_key="hello"))
    connection._impl._send_frame(publish)
    header = pika.frame.Header(channel.channel_number, 10**9, pika.BasicProperties())
    connection._impl._send_frame(header)  # it does not wait for the gigabyte itself
    words = words_from(lambda: channel.queue_declare("hello", passive=True))
    assert_explained(words, "message that is too large", "1000000000")
    connection.close()


def test_a_message_that_is_too_large_for_rabbitmq_is_explained(rabbitmq):
    rabbitmqctl(rabbitmq, "eval", "application:set_env(rabbit, max_message_size, 1000).")
    try:
        with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
            channel = connection.channel()
            channel.basic_publish("", "hello", bytes(2000))
            words = words_from(lambda: channel.queue_declare("hello", passive=True))
    finally:
        rabbitmqctl(rabbitmq, "eval", "application:set_env(rabbit, max_message_size, 134217728).")
    assert_explained(words, "message that is too large", "2000")


def test_a_queue_that_a_new_rabbitmq_denies_is_explained(tmp_path):
    broker = BuiltInBroker(tmp_path, "--deny", "transient_nonexcl_queues")
    broker.start()
    try:
        connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", broker.port))
        words = words_from(lambda: connection.channel().queue_declare("hello"))
    finally:
        broker.stop()
    assert_explained(words, "transient queue that is denied", "transient_nonexcl_queues = true")


def test_a_worker_that_a_new_rabbitmq_takes_for_stuck_is_explained(tmp_path):
    broker = BuiltInBroker(tmp_path, "--consumer-timeout", "0.2")
    broker.start()
    try:
        with pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", broker.port)) as connection:
            channel = connection.channel()
            channel.queue_declare("hello", durable=True, arguments=QUORUM)
            channel.basic_publish("", "hello", b"a task")
            cancels = []
            channel.add_on_cancel_callback(cancels.append)
            channel.basic_consume("hello", lambda *_: None)
            channel.start_consuming()
    finally:
        broker.stop()
    assert_explained(str(cancels[0].method), "cancelled by the broker", "consumer timeout")


def test_a_prefetch_for_a_whole_channel_is_explained(rabbitmq, queue_name):
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq.url))
    channel = connection.channel()
    channel.queue_declare(queue_name, durable=True, arguments=QUORUM)
    channel.basic_qos(prefetch_count=1, global_qos=True)
    words = words_from(lambda: channel.basic_consume(queue_name, lambda *_: None))
    assert_explained(words, "prefetch for a whole channel", queue_name)


def test_a_user_without_permissions_is_explained(rabbitmq, queue_name):
    rabbitmqctl(rabbitmq, "add_user", "pupil", "secret")
    try:
        parameters = pika.URLParameters(rabbitmq.url)
        parameters.credentials = pika.PlainCredentials("pupil", "secret")
        words = words_from(lambda: pika.BlockingConnection(parameters))
        assert_explained(words, "no such virtual host", "/")
        rabbitmqctl(rabbitmq, "set_permissions", "pupil", "^mine$", "", "")
        with pika.BlockingConnection(parameters) as connection:
            words = words_from(lambda: connection.channel().queue_declare(queue_name, durable=True))
            assert_explained(words, "no permission", "pupil", queue_name)
            words = words_from(lambda: connection.channel().basic_consume(queue_name, lambda *_: None))
            assert_explained(words, "no permission", "pupil", queue_name)
    finally:
        rabbitmqctl(rabbitmq, "delete_user", "pupil")


def test_a_connection_that_an_administrator_closed_is_explained(rabbitmq):
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq.url))
    rabbitmqctl(rabbitmq, "close_all_connections", "the lesson is over")
    words = words_from(lambda: wait_for_the_end(connection))
    assert_explained(words, "connection closed by an administrator", "the lesson is over")


def test_a_broker_that_is_low_on_memory_is_explained(rabbitmq, queue_name):
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq.url))
    reasons = []
    connection.add_on_connection_blocked_callback(lambda _, frame: reasons.append(frame.method.reason))
    rabbitmqctl(rabbitmq, "eval", "rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []}).")
    try:
        connection.channel().basic_publish("", queue_name, b"a task")  # who only listens is not blocked
        while not reasons:
            connection.process_data_events(LIMIT_S)
    finally:
        rabbitmqctl(rabbitmq, "eval", "rabbit_alarm:clear_alarm({resource_limit, memory, node()}).")
    assert_explained(reasons[0], "blocked by an alarm", "low on memory")
    connection.close()
