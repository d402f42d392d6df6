"""Consuming: who gets what, tags, exclusive consumers, priorities, cancelling, being cancelled."""

from typing import Any

from pamqp.commands import Basic, Queue

from tests.conformance.client import Channel, Client
from tests.conformance.scenario import expected_difference, kept_from_3_10


def _numbers(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


def _deal_out(
    client: Client, *consumers: dict[str, Any], count: int = 6, prefetch: int = 0, **flags: Any
) -> None:
    """Publish to consumers with a channel each, and see who gets what."""
    connection = client.connection()
    publisher = connection.channel()
    queue = publisher.declare(**flags)
    for number, options in enumerate(consumers):
        channel = connection.channel()
        channel.qos(prefetch)
        channel.consume(queue, f"c{number}", **options)
    publisher.publish_each(queue, *_numbers(count))
    client.settle()
    publisher.count(queue)


def a_consumer_gets_what_is_there(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    channel.consume(queue, "c")
    client.settle()


def a_consumer_gets_what_comes(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c")
    channel.publish_each(queue, b"1", b"2")
    client.settle()


def consume_ok_comes_before_the_first_delivery(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish_each(queue, *_numbers(20))
    client.settle()
    channel.consume(queue, "c", no_ack=True)
    client.settle()


def two_consumers_take_turns(client: Client):
    _deal_out(client, {}, {})


def three_consumers_take_turns_without_acks(client: Client):
    _deal_out(client, {"no_ack": True}, {"no_ack": True}, {"no_ack": True}, count=7)


def a_backlog_goes_to_the_first_consumer(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.publish_each(queue, *_numbers(6))
    client.settle()
    first.consume(queue, "c0")
    second.consume(queue, "c1")
    client.settle()


def a_backlog_is_shared_by_prefetch(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.publish_each(queue, *_numbers(6))
    client.settle()
    for number, channel in enumerate((first, second)):
        channel.qos(2)
        channel.consume(queue, f"c{number}")
    client.settle()
    first.ack(1)
    client.settle()
    second.ack(2)
    client.settle()


def a_full_consumer_is_passed_over(client: Client):
    _deal_out(client, {}, {}, count=5, prefetch=1)


def the_turn_goes_on_after_a_pause(client: Client):
    connection = client.connection()
    publisher, first, second = connection.channel(), connection.channel(), connection.channel()
    queue = publisher.declare()
    first.consume(queue, "c0")
    second.consume(queue, "c1")
    for body in _numbers(3):
        publisher.publish(queue, body)
        client.settle()


def two_consumers_on_one_channel_take_turns(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c0")
    channel.consume(queue, "c1")
    channel.publish_each(queue, *_numbers(4))
    client.settle()


def a_higher_priority_gets_all(client: Client):
    _deal_out(client, {}, {"arguments": {"x-priority": 10}})


def a_lower_priority_gets_what_is_left(client: Client):
    _deal_out(client, {"arguments": {"x-priority": -1}}, {}, {"arguments": {"x-priority": 5}}, prefetch=2)


def equal_priorities_take_turns(client: Client):
    _deal_out(client, {"arguments": {"x-priority": 5}}, {"arguments": {"x-priority": 5}}, {}, count=4)


def a_priority_that_is_no_number_is_refused(client: Client):
    channel = client.channel()
    channel.consume(channel.declare(), "c", arguments={"x-priority": "high"})


def unknown_arguments_are_accepted(client: Client):
    channel = client.channel()
    channel.consume(channel.declare(), "c", arguments={"x-made-up": 1})


def no_local_is_ignored(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c", no_local=True, no_ack=True)
    channel.publish(queue, b"1")
    channel.expect()


def the_server_chooses_a_tag(client: Client):
    channel = client.channel()
    queue = channel.declare()
    first, second = channel.consume(queue).consumer_tag, channel.consume(queue).consumer_tag
    client.note(first != second, first[:9], len(first))


def the_same_tag_twice_on_a_channel(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c")
    channel.consume(queue, "c")
    channel.connection.expect_end()


def the_same_tag_on_two_channels(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.consume(queue, "c")
    second.consume(queue, "c")


def a_tag_is_free_after_cancel(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c")
    channel.call(Basic.Cancel(consumer_tag="c"))
    channel.consume(queue, "c")


def consume_from_a_missing_queue(client: Client):
    client.channel().consume(client.name("missing"), "c")


def consume_without_wait(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish(queue, b"1")
    client.settle()
    channel.send(Basic.Consume(queue=queue, consumer_tag="c", nowait=True))
    channel.expect()


def no_ack_forgets_what_it_sent(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.publish_each(queue, b"1", b"2")
    client.settle()
    first.consume(queue, "c", no_ack=True)
    client.settle()
    first.close()
    second.drain(queue)


def an_ack_of_what_needs_none(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c", no_ack=True)
    channel.publish(queue, b"1")
    channel.expect()
    channel.ack(1)
    channel.expect()


def an_exclusive_consumer_keeps_others_out(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.consume(queue, "c", exclusive=True)
    second.consume(queue, "d")


def an_exclusive_consumer_is_refused_where_there_are_others(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.consume(queue, "c")
    second.consume(queue, "d", exclusive=True)


def after_an_exclusive_consumer_others_may_come(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.consume(queue, "c", exclusive=True)
    first.call(Basic.Cancel(consumer_tag="c"))
    second.consume(queue, "d")


def an_exclusive_consumer_leaves_get_to_others(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.qos(1)
    first.publish_each(queue, b"1", b"2")
    client.settle()
    first.consume(queue, "c", exclusive=True)
    first.expect()
    second.get(queue)


def cancel_is_confirmed(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c")
    channel.call(Basic.Cancel(consumer_tag="c"))
    channel.publish(queue, b"1")
    channel.settle_and_get(queue)


def cancel_of_an_unknown_tag_is_confirmed_too(client: Client):
    client.channel().call(Basic.Cancel(consumer_tag="nobody"))


def cancel_without_wait(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c")
    channel.send(Basic.Cancel(consumer_tag="c", nowait=True))
    channel.count(queue)


def cancel_keeps_the_unacked(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.qos(1)
    channel.consume(queue, "c")
    channel.publish_each(queue, b"1", b"2")
    channel.expect()
    channel.call(Basic.Cancel(consumer_tag="c"))
    channel.count(queue)
    channel.nack(1)
    client.settle()
    channel.drain(queue)


def cancel_lets_the_others_go_on(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.consume(queue, "c0")
    second.consume(queue, "c1")
    first.call(Basic.Cancel(consumer_tag="c0"))
    first.publish_each(queue, b"1", b"2")
    client.settle()


def a_consumer_is_told_that_its_queue_was_deleted(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.consume(queue, "c0")
    second.call(Queue.Delete(queue=queue))
    first.expect()


def each_consumer_is_told_that_the_queue_was_deleted(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.consume(queue, "c0")
    second.consume(queue, "c1")
    connection.channel().call(Queue.Delete(queue=queue))
    first.expect()
    second.expect()


def a_consumer_that_cannot_be_told_is_not_told(client: Client):
    connection = client.connection(capabilities={})
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.consume(queue, "c0")
    second.call(Queue.Delete(queue=queue))
    client.settle()


def the_unacked_of_a_deleted_queue_may_be_acked(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c0")
    channel.publish(queue, b"1")
    channel.expect()
    channel.call(Queue.Delete(queue=queue))
    channel.ack(1)
    client.settle()


def a_cut_consumer_is_no_longer_counted(client: Client):
    lost, other = client.connection(), client.connection()
    channel = other.channel()
    queue = channel.declare()
    lost.channel().consume(queue, "c")
    channel.count(queue)
    lost.cut()
    channel.wait_for_consumers(queue, 0)


def a_consumer_with_nothing_to_do_counts(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c0")
    channel.consume(queue, "c1", no_ack=True)
    channel.count(queue)


@kept_from_3_10("4.3 falls over it: 541")
def cancel_ok_from_a_client_is_taken(client: Client):
    channel = client.channel()
    channel.send(Basic.CancelOk(consumer_tag="c"))
    client.settle()


def single_active_only_the_first_gets(client: Client):
    _deal_out(client, {}, {}, arguments={"x-single-active-consumer": True})


@expected_difference("3.10 lets the next one wait for the next message or ack")
def single_active_the_next_takes_over_after_cancel(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = _single_active(first)
    for number, channel in enumerate((first, second)):
        channel.qos(1)
        channel.consume(queue, f"c{number}")
    first.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    first.call(Basic.Cancel(consumer_tag="c0"))
    client.settle()


def single_active_the_next_takes_over_after_a_cut(client: Client):
    lost, other = client.connection(), client.connection()
    first, second = lost.channel(), other.channel()
    queue = _single_active(second)
    first.consume(queue, "c0")
    second.consume(queue, "c1")
    second.publish_each(queue, b"1", b"2")
    client.settle()
    lost.cut()
    second.expect()
    second.expect()


def single_active_a_full_one_is_not_passed_over(client: Client):
    _deal_out(client, {}, {}, prefetch=1, arguments={"x-single-active-consumer": True})


def single_active_refuses_exclusive_consumers(client: Client):
    channel = client.channel()
    channel.consume(_single_active(channel), "c", exclusive=True)


def single_active_does_not_heed_priority_once_chosen(client: Client):
    _deal_out(client, {}, {"arguments": {"x-priority": 9}}, arguments={"x-single-active-consumer": True})


def _single_active(channel: Channel) -> str:
    return channel.declare(arguments={"x-single-active-consumer": True})
