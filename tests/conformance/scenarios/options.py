"""What an administrator of RabbitMQ 4.3 can configure: transient queues denied, a consumer timeout of 1 s.

3.10.8 knows neither, so these scenarios are compared with what 4.3.6 said; see `record.py`.
"""

from typing import Any

from pamqp.commands import Basic, Queue

from tests.conformance.client import Channel, Client


def _quorum(channel: Channel, **arguments: Any) -> str:
    return channel.declare(durable=True, arguments={"x-queue-type": "quorum"} | arguments)


def a_transient_queue_is_denied(client: Client):
    channel = client.channel()
    channel.send(Queue.Declare(queue=client.name("denied")))
    channel.connection.expect_end()


def a_transient_queue_without_a_name_is_denied(client: Client):
    channel = client.channel()
    channel.send(Queue.Declare())
    channel.connection.expect_end()


def a_transient_auto_delete_queue_is_denied(client: Client):
    channel = client.channel()
    channel.send(Queue.Declare(queue=client.name("denied"), auto_delete=True))
    channel.connection.expect_end()


def a_denied_queue_is_not_there(client: Client):
    channel, other = client.channel(), client.connection().channel()
    name = client.name("denied")
    channel.send(Queue.Declare(queue=name))
    channel.connection.expect_end()
    other.count(name)


def a_transient_exclusive_queue_is_allowed(client: Client):
    client.channel().declare(exclusive=True)


def a_durable_queue_is_allowed(client: Client):
    client.channel().declare(durable=True)


def a_passive_declare_of_a_missing_queue_is_as_ever(client: Client):
    client.channel().count(client.name("missing"))


def a_transient_declare_of_a_durable_queue(client: Client):
    channel = client.channel()
    channel.declare(durable=True)
    channel.send(Queue.Declare(queue=client.name("q")))
    client.settle()


def a_consumer_that_holds_a_message_too_long_is_cancelled(client: Client):
    channel = client.channel()
    queue = _quorum(channel)
    channel.publish_confirmed(queue, b"1")
    channel.consume(queue, "c")
    channel.expect()
    channel.expect()
    channel.get_when_there(queue)


def a_consumer_that_acks_in_time_stays(client: Client):
    channel = client.channel()
    queue = _quorum(channel)
    channel.publish_confirmed(queue, b"1")
    channel.consume(queue, "c")
    channel.ack(int(channel.expect().delivery_tag))
    clock = channel.declare("clock", durable=True, arguments={"x-message-ttl": 1500})
    channel.publish_confirmed(clock, b"tick")
    channel.wait_for_count(clock, 0)
    channel.publish_confirmed(queue, b"2")
    channel.expect()


def a_late_ack_of_a_cancelled_consumer(client: Client):
    channel = client.channel()
    queue = _quorum(channel)
    channel.publish_confirmed(queue, b"1")
    channel.consume(queue, "c")
    channel.expect()
    channel.expect(Basic.Cancel)
    channel.ack(1)
    channel.expect()  # the late ack makes it a consumer again, and the message has come back


def the_next_consumer_gets_it(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = _quorum(first)
    first.publish_confirmed(queue, b"1")
    first.consume(queue, "c0")
    first.expect()
    second.consume(queue, "c1")
    first.expect()
    second.expect()


def a_consumer_of_a_classic_queue_is_not_cancelled(client: Client):
    channel = client.channel()
    queue, clock = (
        channel.declare(durable=True),
        channel.declare("clock", durable=True, arguments={"x-message-ttl": 2500}),
    )
    channel.publish_confirmed(queue, b"1")
    channel.consume(queue, "c")
    channel.expect()
    channel.publish_confirmed(clock, b"tick")
    channel.wait_for_count(clock, 0)
    channel.ack(1)
    client.settle()
