"""What outlives a polite restart of the broker. Each yield is one."""

from pamqp.commands import Exchange, Queue, Tx

from tests.conformance.client import Client
from tests.conformance.scenario import kept_from_3_10


def a_persistent_message_in_a_durable_queue_stays(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.publish_confirmed(queue, b"1", b"2", delivery_mode=2, message_id="m", headers={"a": 1})
    client = yield
    client.channel().drain(queue)


def a_transient_message_goes(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.publish_confirmed(queue, b"1", delivery_mode=1)
    channel.publish_confirmed(queue, b"2", delivery_mode=2)
    channel.publish_confirmed(queue, b"3")
    client = yield
    client.channel().drain(queue)


def a_transient_queue_goes(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=False)
    channel.publish_confirmed(queue, b"1", delivery_mode=2)
    client.queues.clear()
    client = yield
    client.channel().count(queue)


def an_exclusive_queue_goes_though_durable(client: Client):
    queue = client.channel().declare(durable=True, exclusive=True)
    client = yield
    client.channel().count(queue)


def an_auto_delete_queue_stays_if_durable(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True, auto_delete=True)
    channel.publish_confirmed(queue, b"1", delivery_mode=2)
    client = yield
    client.channel().drain(queue)


def arguments_stay(client: Client):
    queue = client.channel().declare(durable=True, arguments={"x-max-length": 2, "x-made-up": "1"})
    client = yield
    channel = client.channel()
    channel.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    channel.drain(queue)


def a_durable_exchange_stays_with_its_bindings(client: Client):
    channel = client.channel()
    exchange = channel.exchange(kind="topic", durable=True)
    channel.bind(channel.declare(durable=True), exchange, "a.*")
    client = yield
    channel = client.channel()
    channel.publish("a.b", b"1", to=exchange, mandatory=True)
    channel.publish("b.a", b"2", to=exchange, mandatory=True)
    channel.expect()


@kept_from_3_10("4.3 keeps it over the restart of a single node, against its name")
def a_transient_exchange_goes(client: Client):
    exchange = client.channel().exchange(durable=False)
    client.exchanges.clear()
    client = yield
    client.channel().call(Exchange.Declare(exchange=exchange, passive=True))


def a_durable_exchange_loses_its_transient_queue(client: Client):
    channel = client.channel()
    exchange = channel.exchange(kind="fanout", durable=True)
    channel.bind(channel.declare(durable=False), exchange)
    client.queues.clear()
    client = yield
    channel = client.channel()
    channel.publish("", b"1", to=exchange, mandatory=True)
    channel.expect()


def exchange_bindings_stay(client: Client):
    channel = client.channel()
    source, target = (
        channel.exchange("source", "fanout", durable=True),
        channel.exchange("target", "fanout", durable=True),
    )
    queue = channel.declare(durable=True)
    channel.call(Exchange.Bind(destination=target, source=source))
    channel.bind(queue, target)
    client = yield
    channel = client.channel()
    channel.publish("", b"1", to=source)
    channel.settle_and_get(queue)


def an_unacked_message_comes_back_redelivered(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.publish_confirmed(queue, b"1", b"2", delivery_mode=2)
    channel.get(queue)
    client = yield
    client.channel().drain(queue)


def an_acked_message_does_not_come_back(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.publish_confirmed(queue, b"1", b"2", b"3", delivery_mode=2)
    for _ in range(2):
        channel.get(queue)
    channel.ack(2)
    client.settle()
    client = yield
    client.channel().drain(queue)


def a_deleted_queue_does_not_come_back(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.publish_confirmed(queue, b"1", delivery_mode=2)
    channel.call(Queue.Delete(queue=queue))
    client = yield
    client.channel().count(queue)


def a_purged_queue_stays_empty(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.publish_confirmed(queue, b"1", delivery_mode=2)
    channel.call(Queue.Purge(queue=queue))
    client = yield
    client.channel().count(queue)


def priorities_stay(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True, arguments={"x-max-priority": 5})
    for priority in (1, 5, 3):
        channel.publish_confirmed(queue, b"%d" % priority, priority=priority, delivery_mode=2)
    client = yield
    client.channel().drain(queue)


def committed_messages_stay_and_others_do_not(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.call(Tx.Select())
    channel.publish(queue, b"committed", delivery_mode=2)
    channel.commit()
    channel.publish(queue, b"not", delivery_mode=2)
    client = yield
    client.channel().drain(queue)


def a_message_that_expired_meanwhile_is_gone(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.publish_confirmed(queue, b"1", delivery_mode=2, expiration="100")
    channel.publish_confirmed(queue, b"2", delivery_mode=2, expiration="600000")
    client = yield
    channel = client.channel()
    channel.wait_for_count(queue, 1)
    channel.drain(queue)


def a_quorum_queue_keeps_transient_messages_too(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True, arguments={"x-queue-type": "quorum"})
    channel.publish_confirmed(queue, b"1", delivery_mode=1)
    channel.publish_confirmed(queue, b"2", delivery_mode=2)
    client = yield
    channel = client.channel()
    channel.wait_for_count(queue, 2)  # a quorum queue is back only some time after the port
    channel.drain(queue)


def a_large_message_stays(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.publish_confirmed(queue, b"x" * 300_000, delivery_mode=2)
    client = yield
    client.channel().drain(queue)
