"""Quorum queues: what they refuse, how they count deliveries, when they give up.

They answer when their log has it, so scenarios wait for what must come instead of settling.
"""

from typing import Any

from pamqp.commands import Basic, Queue

from tests.conformance.client import Channel, Client, eventually
from tests.conformance.scenario import expected_difference, slow
from tests.conformance.wire import Seen


def _quorum(channel: Channel, word: str = "q", **arguments: Any) -> str:
    arguments = {name.replace("_", "-"): value for name, value in arguments.items()}
    return channel.declare(word, durable=True, arguments={"x-queue-type": "quorum"} | arguments)


def _refused(
    client: Client, *, durable: bool = True, exclusive: bool = False, auto_delete: bool = False, **a: Any
) -> None:
    arguments = {"x-queue-type": "quorum"} | {name.replace("_", "-"): value for name, value in a.items()}
    client.channel().declare(
        durable=durable, exclusive=exclusive, auto_delete=auto_delete, arguments=arguments
    )


def _with_messages(client: Client, *bodies: bytes, **arguments: Any) -> tuple[Channel, str]:
    channel = client.channel()
    queue = _quorum(channel, **arguments)
    channel.publish_confirmed(queue, *bodies)
    channel.wait_for_count(queue, len(bodies))
    return channel, queue


def one_that_is_not_durable_is_refused(client: Client):
    _refused(client, durable=False)


def one_that_is_exclusive_is_refused(client: Client):
    _refused(client, exclusive=True)


def one_that_is_auto_delete_is_refused(client: Client):
    _refused(client, auto_delete=True)


def one_without_a_name_is_refused(client: Client):
    client.channel().call(Queue.Declare(durable=True, arguments={"x-queue-type": "quorum"}))


def max_priority_is_refused(client: Client):
    _refused(client, x_max_priority=5)


def queue_mode_lazy_is_refused_or_not(client: Client):
    _refused(client, x_queue_mode="lazy")


def queue_version_is_refused_or_not(client: Client):
    _refused(client, x_queue_version=2)


def reject_publish_dlx_is_refused(client: Client):
    _refused(client, x_overflow="reject-publish-dlx", x_max_length=5)


def a_delivery_limit_that_is_no_number_is_refused(client: Client):
    _refused(client, x_delivery_limit="3")


def its_usual_arguments_are_accepted(client: Client):
    channel = client.channel()
    _quorum(
        channel, x_delivery_limit=3, x_max_length=5, x_max_length_bytes=500, x_overflow="reject-publish",
        x_expires=60_000, x_message_ttl=60_000, x_dead_letter_exchange="", x_dead_letter_routing_key="k",
        x_single_active_consumer=True, x_max_in_memory_length=1, x_quorum_initial_group_size=1,
    )  # fmt: skip


def unknown_arguments_are_accepted(client: Client):
    channel = client.channel()
    _quorum(channel, x_made_up=1)


def declaring_again_is_fine(client: Client):
    channel = client.channel()
    _quorum(channel, x_delivery_limit=3)
    _quorum(channel, x_delivery_limit=3)


def another_delivery_limit_is_refused(client: Client):
    channel = client.channel()
    _quorum(channel, x_delivery_limit=3)
    _quorum(channel, x_delivery_limit=4)


def classic_afterwards_is_refused(client: Client):
    channel = client.channel()
    _quorum(channel)
    channel.declare(durable=True, arguments={"x-queue-type": "classic"})


def a_message_goes_through(client: Client):
    channel, queue = _with_messages(client, b"1")
    channel.ack(int(channel.get(queue).delivery_tag))
    channel.get(queue)


def get_tells_how_many_remain(client: Client):
    channel, queue = _with_messages(client, b"1", b"2", b"3")
    for _ in range(4):
        channel.get(queue)


def confirms_come(client: Client):
    channel = client.channel()
    queue = _quorum(channel)
    channel.confirm()
    channel.publish_each(queue, b"1", b"2", b"3")
    channel.expect_confirms(3)


def a_consumer_gets_in_order(client: Client):
    channel, queue = _with_messages(client, b"1", b"2", b"3")
    channel.qos(10)
    channel.consume(queue, "c")
    for _ in range(3):
        channel.expect()


def a_limit_holds_until_an_ack(client: Client):
    channel, queue = _with_messages(client, b"1", b"2", b"3")
    channel.qos(1)
    channel.consume(queue, "c")
    channel.expect()
    channel.wait_for_count(queue, 2)
    channel.ack(1)
    channel.expect()


def two_consumers_take_turns(client: Client):
    connection = client.connection()
    publisher, *consumers = connection.channel(), connection.channel(), connection.channel()
    queue = _quorum(publisher)
    for number, channel in enumerate(consumers):
        channel.qos(10)
        channel.consume(queue, f"c{number}")
    for body in (b"0", b"1", b"2", b"3"):
        publisher.publish_confirmed(queue, body)
    for channel in consumers:
        channel.expect()
        channel.expect()


def without_acks_messages_are_gone(client: Client):
    channel, queue = _with_messages(client, b"1", b"2")
    channel.consume(queue, "c", no_ack=True)
    channel.expect()
    channel.expect()
    channel.wait_for_count(queue, 0)


def a_rejected_message_counts_its_deliveries(client: Client):
    channel, queue = _with_messages(client, b"1")
    for _ in range(3):
        channel.reject(int(channel.get_when_there(queue).delivery_tag))
    channel.get_when_there(queue)


def a_cut_consumer_counts_as_a_delivery(client: Client):
    victim = client.connection()
    channel = client.connection().channel()
    queue = _quorum(channel)
    channel.publish_confirmed(queue, b"1")
    victim.channel().get_when_there(queue)
    victim.cut()
    channel.get_when_there(queue)


def a_polite_close_counts_as_a_delivery(client: Client):
    victim = client.connection()
    channel = client.connection().channel()
    queue = _quorum(channel)
    channel.publish_confirmed(queue, b"1")
    victim.channel().get_when_there(queue)
    victim.close()
    channel.get_when_there(queue)


def what_a_cut_consumer_held_comes_back_in_order(client: Client):
    victim = client.connection()
    channel = client.connection().channel()
    queue = _quorum(channel)
    channel.publish_confirmed(queue, b"0", b"1", b"2", b"3")
    channel.wait_for_count(queue, 4)
    consumer = victim.channel()
    consumer.qos(2)
    consumer.consume(queue, "c")
    consumer.expect()
    consumer.expect()
    victim.cut()
    channel.wait_for_count(queue, 4)
    channel.drain(queue)


def a_delivery_limit_drops(client: Client):
    channel, queue = _with_messages(client, b"1", x_delivery_limit=2)
    for _ in range(3):
        channel.reject(int(channel.get_when_there(queue).delivery_tag))
    channel.wait_for_count(queue, 0)
    channel.get(queue)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def a_delivery_limit_makes_dead_letters(client: Client):
    channel = client.channel()
    grave = channel.declare("grave")
    queue = _quorum(channel, x_delivery_limit=1, x_dead_letter_exchange="", x_dead_letter_routing_key=grave)
    channel.publish_confirmed(queue, b"1")
    for _ in range(2):
        channel.reject(int(channel.get_when_there(queue).delivery_tag))
    channel.get_when_there(grave)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def a_rejected_message_is_a_dead_letter(client: Client):
    channel = client.channel()
    grave = channel.declare("grave")
    queue = _quorum(channel, x_dead_letter_exchange="", x_dead_letter_routing_key=grave)
    channel.publish_confirmed(queue, b"1")
    channel.reject(int(channel.get_when_there(queue).delivery_tag), requeue=False)
    channel.get_when_there(grave)


def an_expired_message_is_a_dead_letter(client: Client):
    channel = client.channel()
    grave = channel.declare("grave")
    queue = _quorum(channel, x_message_ttl=50, x_dead_letter_exchange="", x_dead_letter_routing_key=grave)
    channel.publish_confirmed(queue, b"1")
    channel.get_when_there(grave)


def a_full_queue_drops_its_oldest(client: Client):
    channel = client.channel()
    queue = _quorum(channel, x_max_length=2)
    channel.publish_confirmed(queue, b"1", b"2", b"3")
    channel.wait_for_count(queue, 2)
    channel.drain(queue)


def a_nacked_message_comes_back(client: Client):
    channel, queue = _with_messages(client, b"1", b"2")
    seen = channel.get(queue)
    channel.nack(int(seen.delivery_tag))
    channel.wait_for_count(queue, 2)
    client.note(sorted(_bodies(channel, queue, 2)))


def _bodies(channel: Channel, queue: str, count: int) -> list[bytes | None]:
    """Get messages whose order or headers another scenario looks at."""
    bodies = []
    for _ in range(count):
        channel.send_quietly(Basic.Get(queue=queue, no_ack=True))
        bodies.append(channel.connection.take(channel.number).body)
    return bodies


@expected_difference("4.3 takes a global limit for one per consumer")
def a_global_prefetch_limit_is_refused_at_consume(client: Client):
    channel = client.channel()
    queue = _quorum(channel)
    channel.qos(2, is_global=True)
    channel.send(Basic.Consume(queue=queue, consumer_tag="c"))
    client.settle()


def purge_counts(client: Client):
    channel, queue = _with_messages(client, b"1", b"2")
    channel.call(Queue.Purge(queue=queue))
    channel.wait_for_count(queue, 0)


def delete_counts(client: Client):
    channel, queue = _with_messages(client, b"1", b"2")
    channel.call(Queue.Delete(queue=queue))


def delete_if_empty_is_not_for_quorum(client: Client):
    channel, queue = _with_messages(client, b"1")
    channel.send(Queue.Delete(queue=queue, if_empty=True))
    client.settle()


def delete_if_unused_is_not_for_quorum(client: Client):
    channel, queue = _with_messages(client, b"1")
    channel.send(Queue.Delete(queue=queue, if_unused=True))
    client.settle()


def a_consumer_is_told_that_the_queue_was_deleted(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = _quorum(first)
    first.consume(queue, "c")
    second.call(Queue.Delete(queue=queue))
    first.expect()


def an_exclusive_consumer_keeps_others_out(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = _quorum(first)
    first.consume(queue, "c", exclusive=True)
    second.consume(queue, "d")


def an_ack_of_an_unknown_tag_is_refused(client: Client):
    channel, queue = _with_messages(client, b"1")
    channel.get(queue)
    channel.ack(99)
    channel.expect()


def single_active_only_the_first_gets(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = _quorum(first, x_single_active_consumer=True)
    for number, channel in enumerate((first, second)):
        channel.qos(10)
        channel.consume(queue, f"c{number}")
    connection.channel().publish_confirmed(queue, b"1", b"2")
    first.expect()
    first.expect()
    first.call(Basic.Cancel(consumer_tag="c0"))
    connection.channel().publish_confirmed(queue, b"3")
    second.expect()


def cancel_keeps_the_unacked(client: Client):
    channel, queue = _with_messages(client, b"1", b"2")
    channel.qos(1)
    channel.consume(queue, "c")
    channel.expect()
    channel.call(Basic.Cancel(consumer_tag="c"))
    channel.ack(1)
    channel.wait_for_count(queue, 1)
    channel.get_when_there(queue)


# What follows is where RabbitMQ 4.3 differs from 3.10.8, and the built-in broker does as 4.3 does.


@expected_difference("4.x has no x-delivery-count before there is one, and adds x-acquired-count")
def a_first_delivery_has_no_count(client: Client):
    channel, queue = _with_messages(client, b"1")
    channel.reject(int(channel.get_when_there(queue).delivery_tag))
    channel.get_when_there(queue)


@expected_difference("since 4.3 a nack with requeue is no failed delivery")
@slow
def a_nack_does_not_count_towards_the_limit(client: Client):
    channel, queue = _with_messages(client, b"1", x_delivery_limit=1)
    for _ in range(4):
        seen = _get_or_none(channel, queue)
        if seen:
            channel.nack(int(seen.delivery_tag))


@expected_difference("4.x gives up after 20 returns by default, 3.10 never")
def the_default_delivery_limit_is_twenty(client: Client):
    channel, queue = _with_messages(client, b"1")
    count = 0
    while count < 25 and (seen := _get_or_none(channel, queue, is_told=False)):
        count += 1
        channel.send_quietly(Basic.Reject(delivery_tag=seen.delivery_tag, requeue=True))
    client.note("deliveries:", count)
    client.note("ready messages:", channel.ready_count(queue) if count < 25 else "still there")


@expected_difference("-1 means no limit since 4.0; 3.10 drops the message at its first return")
@slow
def a_negative_delivery_limit_is_none(client: Client):
    channel, queue = _with_messages(client, b"1", x_delivery_limit=-1)
    for _ in range(3):
        seen = _get_or_none(channel, queue, is_told=False)
        if seen:
            channel.send_quietly(Basic.Reject(delivery_tag=seen.delivery_tag, requeue=True))
        client.note("still there" if seen else "gone")


def _get_or_none(channel: Channel, queue: str, *, is_told: bool = True) -> Seen | None:
    """Get a message that may have been dropped; in that case its queue stays empty."""

    def ask() -> Seen | None:
        channel.send_quietly(Basic.Get(queue=queue))
        seen = channel.connection.take(channel.number)
        return seen if seen.is_a(Basic.GetOk) else None

    seen = eventually(ask, 0.5)
    if seen and is_told:
        channel.connection.write_down(channel.number, seen)
    return seen
