"""What outlives kill -9 of the broker. Each yield is one."""

from pamqp.commands import Tx

from tests.conformance.client import Client


def confirmed_messages_are_there(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.publish_confirmed(queue, *[b"%d" % number for number in range(20)], delivery_mode=2)
    client = yield
    client.note([int(body) for body in client.channel().drain(queue)])


def all_messages_are_flagged_redelivered(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.publish_confirmed(queue, b"1", b"2", b"3", delivery_mode=2)
    channel.get(queue)
    client = yield
    client.channel().drain(queue)


def transient_messages_and_queues_are_gone(client: Client):
    channel = client.channel()
    durable, transient = channel.declare("durable", durable=True), channel.declare("transient")
    channel.publish_confirmed(durable, b"1")
    channel.publish_confirmed(transient, b"1", delivery_mode=2)
    client.queues.remove(transient)
    client = yield
    client.channel().drain(durable)
    client.channel().count(transient)


def bindings_are_there(client: Client):
    channel = client.channel()
    exchange, queue = channel.exchange(kind="topic", durable=True), channel.declare(durable=True)
    channel.bind(queue, exchange, "a.#")
    client = yield
    channel = client.channel()
    channel.publish("a.b", b"1", to=exchange)
    channel.settle_and_get(queue)


def committed_messages_are_there(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.call(Tx.Select())
    channel.publish_each(queue, b"1", b"2", delivery_mode=2)
    channel.commit()
    client = yield
    client.channel().drain(queue)


def dead_letters_are_there(client: Client):
    channel = client.channel()
    grave = channel.declare("grave", durable=True)
    queue = channel.declare(
        durable=True,
        arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": grave, "x-max-length": 1},
    )
    channel.publish_confirmed(queue, b"1", b"2", delivery_mode=2)
    channel.get_when_there(grave)
    client = yield
    client.channel().drain(queue)


def priorities_are_there(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True, arguments={"x-max-priority": 5})
    channel.publish_confirmed(queue, b"low", delivery_mode=2, priority=1)
    channel.publish_confirmed(queue, b"high", delivery_mode=2, priority=4)
    client = yield
    client.channel().drain(queue)


def confirmed_messages_of_a_quorum_queue_are_there(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True, arguments={"x-queue-type": "quorum"})
    channel.publish_confirmed(queue, b"1", b"2", b"3", delivery_mode=1)
    client = yield
    channel = client.channel()
    channel.wait_for_count(queue, 3)
    client.note(channel.drain(queue))
