"""What becomes of unacked messages when their consumer goes, and in which order they return."""

from collections.abc import Callable

from tests.conformance.client import Channel, Client, Connection


def _after(client: Client, end: Callable[[Connection], object], *, count: int = 5, prefetch: int = 3) -> None:
    """Let a consumer hold some messages, end its connection, and read all of them."""
    victim, other = client.connection(), client.connection()
    consumer, channel = victim.channel(), other.channel()
    queue = channel.declare()
    channel.publish_each(queue, *[b"%d" % number for number in range(count)])
    client.settle()
    consumer.qos(prefetch)
    consumer.consume(queue, "c")
    client.settle()
    end(victim)
    channel.wait_for_count(queue, count)
    channel.drain(queue)


def after_a_cut(client: Client):
    _after(client, Connection.cut)


def after_a_polite_close(client: Client):
    _after(client, Connection.close)


def after_a_cut_of_one_that_held_all(client: Client):
    _after(client, Connection.cut, prefetch=0)


def after_a_connection_error(client: Client):
    def end(connection: Connection) -> None:
        connection.send_raw(b"\x09\x00\x01\x00\x00\x00\x00\xce", "a frame of type 9")
        connection.expect_end()

    _after(client, end)


def after_a_cut_of_one_that_got(client: Client):
    victim, other = client.connection(), client.connection()
    channel = other.channel()
    queue = channel.declare()
    channel.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    getter = victim.channel()
    getter.get(queue)
    getter.get(queue)
    victim.cut()
    channel.wait_for_count(queue, 3)
    channel.drain(queue)


def after_a_cut_some_acked(client: Client):
    victim, channel, queue, consumer = _victim(client, 4)
    consumer.ack(2)
    client.settle()
    victim.cut()
    channel.wait_for_count(queue, 3)
    channel.drain(queue)


def after_a_cut_some_nacked(client: Client):
    victim, channel, queue, consumer = _victim(client, 4, prefetch=2)
    consumer.nack(2, requeue=False)
    client.settle()
    victim.cut()
    channel.wait_for_count(queue, 3)
    channel.drain(queue)


def a_waiting_consumer_gets_what_the_cut_one_held(client: Client):
    victim, channel, queue, _ = _victim(client, 3)
    channel.consume(queue, "next")
    client.settle()
    victim.cut()
    for _ in range(3):
        channel.expect()


def two_cut_consumers_give_back_in_the_old_order(client: Client):
    first, channel, queue, _ = _victim(client, 6, prefetch=3)
    second = client.connection()
    consumer = second.channel()
    consumer.qos(3)
    consumer.consume(queue, "c1")
    client.settle()
    second.cut()
    channel.wait_for_count(queue, 3)
    first.cut()
    channel.wait_for_count(queue, 6)
    channel.drain(queue)


def given_back_messages_stand_before_newer_ones(client: Client):
    victim, channel, queue, _ = _victim(client, 2)
    channel.publish_each(queue, b"newer", b"newest")
    client.settle()
    victim.cut()
    channel.wait_for_count(queue, 4)
    channel.drain(queue)


def redelivered_is_per_message(client: Client):
    victim, channel, queue, _ = _victim(client, 3, prefetch=1)
    victim.cut()
    channel.wait_for_count(queue, 3)
    channel.consume(queue, "next")
    client.settle()


def what_was_delivered_without_ack_is_lost_with_a_cut(client: Client):
    victim, other = client.connection(), client.connection()
    consumer, channel = victim.channel(), other.channel()
    queue = channel.declare()
    consumer.consume(queue, "c", no_ack=True)
    channel.publish_each(queue, b"1", b"2")
    client.settle()
    victim.cut()
    channel.wait_for_consumers(queue, 0)
    channel.drain(queue)


def a_message_that_goes_from_hand_to_hand(client: Client):
    other = client.connection()
    channel = other.channel()
    queue = channel.declare()
    channel.publish(queue, b"hot")
    client.settle()
    for _ in range(3):
        victim = client.connection()
        victim.channel().get(queue)
        victim.cut()
        channel.wait_for_count(queue, 1)
    channel.drain(queue)


def a_publisher_that_is_cut_leaves_its_messages(client: Client):
    victim, other = client.connection(), client.connection()
    publisher, channel = victim.channel(), other.channel()
    queue = channel.declare()
    publisher.publish_each(queue, b"1", b"2")
    client.settle()
    victim.cut()
    channel.drain(queue)


def half_a_message_is_no_message(client: Client):
    victim, other = client.connection(), client.connection()
    publisher, channel = victim.channel(), other.channel()
    queue = channel.declare()
    publisher.publish(queue, b"whole")
    client.settle()
    method = bytes([0, 60, 0, 40, 0, 0, 0, len(queue)]) + queue.encode() + b"\0"
    victim.send_raw(
        b"\x01\x00\x01" + len(method).to_bytes(4, "big") + method + b"\xce", "a publish without content"
    )
    victim.cut()
    client.settle()
    channel.drain(queue)


def _victim(client: Client, count: int, prefetch: int = 0) -> tuple[Connection, Channel, str, Channel]:
    """Return a connection whose consumer holds messages, and what else is needed."""
    victim, other = client.connection(), client.connection()
    consumer, channel = victim.channel(), other.channel()
    queue = channel.declare()
    channel.publish_each(queue, *[b"%d" % number for number in range(count)])
    client.settle()
    consumer.qos(prefetch)
    consumer.consume(queue, "c0")
    client.settle()
    return victim, channel, queue, consumer
