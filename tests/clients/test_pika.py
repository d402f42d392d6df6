"""Pika beyond the tutorial: confirms, returns, an error of ours, and a broker that is killed."""

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, ConnectionClosed, StreamLostError, UnroutableError

from workq_gui.runtime.broker_process import BrokerProcess

PERSISTENT = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent, headers={"try": 1})


def connect(url: str) -> pika.BlockingConnection:
    return pika.BlockingConnection(pika.URLParameters(url))


def test_a_confirmed_task_is_done_once(url, queue):
    with connect(url) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare(queue, durable=True)
        channel.basic_publish("", queue, b"work", PERSISTENT, mandatory=True)
        for method, properties, body in channel.consume(queue, inactivity_timeout=20):
            assert (body, properties.headers, method.redelivered) == (b"work", {"try": 1}, False)
            channel.basic_ack(method.delivery_tag)
            break
        channel.cancel()
        assert channel.queue_delete(queue).method.message_count == 0


def test_a_task_without_a_queue_comes_back(url):
    with connect(url) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        with pytest.raises(UnroutableError) as refused:
            channel.basic_publish("", "no such queue", b"work", mandatory=True)
        assert refused.value.messages[0].method.reply_text == "NO_ROUTE"


def test_a_queue_is_not_declared_twice_in_different_ways(url, queue):
    with connect(url) as connection:
        connection.channel().queue_declare(queue, durable=True)
        with pytest.raises(ChannelClosedByBroker) as refused:
            connection.channel().queue_declare(queue, durable=False)
        assert refused.value.reply_code == 406
        assert "inequivalent arg 'durable'" in refused.value.reply_text
        connection.channel().queue_delete(queue)


def test_confirmed_tasks_outlive_a_killed_broker(tmp_path):
    broker = BrokerProcess(tmp_path)
    broker.start()
    try:
        connection = connect(broker.url)
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("tasks", durable=True)
        for number in range(20):
            channel.basic_publish("", "tasks", b"%d" % number, PERSISTENT)
        broker.kill()
        with pytest.raises((ConnectionClosed, StreamLostError)):
            connection.process_data_events(20)
        broker.start()
        with connect(broker.url) as connection:
            channel = connection.channel()
            bodies = [channel.basic_get("tasks", auto_ack=True)[2] for _ in range(21)]
        assert bodies == [*(b"%d" % number for number in range(20)), None]
    finally:
        broker.stop()
