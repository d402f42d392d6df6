"""Messages that expire and queues that overflow."""

from pamqp.commands import Queue

from tests.conformance.client import Client


def a_message_expires_in_its_queue(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-message-ttl": 60})
    channel.publish_each(queue, b"1", b"2")
    client.settle()
    channel.wait_for_count(queue, 0)


def a_message_expires_by_itself(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish(queue, b"1", expiration="60")
    channel.publish(queue, b"2")
    client.settle()
    channel.wait_for_count(queue, 1)
    channel.drain(queue)


def the_shorter_of_both_times_counts(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-message-ttl": 60_000})
    channel.publish(queue, b"1", expiration="60")
    client.settle()
    channel.wait_for_count(queue, 0)
    other = channel.declare("other", arguments={"x-message-ttl": 60})
    channel.publish(other, b"1", expiration="60000")
    client.settle()
    channel.wait_for_count(other, 0)


def a_message_behind_a_lasting_one_does_not_expire(client: Client):
    channel = client.channel()
    queue, clock = channel.declare(), channel.declare("clock")
    channel.publish(queue, b"lasting")
    channel.publish(queue, b"short", expiration="30")
    channel.publish(clock, b"tick", expiration="100")
    client.settle()
    channel.wait_for_count(clock, 0)
    channel.count(queue)
    channel.drain(queue)


def a_ttl_of_zero_expires_at_once(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-message-ttl": 0})
    channel.publish(queue, b"1")
    client.settle()
    channel.count(queue)


def a_ttl_of_zero_still_reaches_a_waiting_consumer(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-message-ttl": 0})
    channel.consume(queue, "c")
    channel.publish(queue, b"1")
    channel.expect()


def an_expiration_of_zero_still_reaches_a_waiting_consumer(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c")
    channel.publish(queue, b"1", expiration="0")
    channel.expect()


def an_unacked_message_does_not_expire(client: Client):
    channel = client.channel()
    queue, clock = channel.declare(arguments={"x-message-ttl": 300}), channel.declare("clock")
    channel.publish(queue, b"1")
    client.settle()
    channel.get(queue)
    channel.publish(clock, b"tick", expiration="450")
    client.settle()
    channel.wait_for_count(clock, 0)
    channel.ack(1)
    client.settle()


def a_message_that_returns_too_late_expires(client: Client):
    channel = client.channel()
    queue, clock = channel.declare(arguments={"x-message-ttl": 300}), channel.declare("clock")
    channel.publish(queue, b"1")
    client.settle()
    channel.get(queue)
    channel.publish(clock, b"tick", expiration="450")
    client.settle()
    channel.wait_for_count(clock, 0)
    channel.nack(1)
    client.settle()
    channel.count(queue)


def a_full_queue_drops_its_oldest(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length": 3})
    channel.publish_each(queue, *[b"%d" % number for number in range(5)])
    client.settle()
    channel.drain(queue)


def unacked_messages_do_not_fill_a_queue(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length": 2})
    channel.publish_each(queue, b"1", b"2")
    client.settle()
    channel.get(queue)
    channel.publish_each(queue, b"3", b"4")
    client.settle()
    channel.nack(1)
    client.settle()
    channel.drain(queue)


def a_queue_full_of_bytes_drops_its_oldest(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length-bytes": 10})
    channel.publish_each(queue, b"aaaa", b"bbbb", b"cccc", b"dd")
    client.settle()
    channel.drain(queue)


def a_message_larger_than_the_queue_is_dropped(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length-bytes": 10})
    channel.publish_each(queue, b"x" * 11)
    client.settle()
    channel.drain(queue)


def the_first_limit_reached_counts(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length": 2, "x-max-length-bytes": 10})
    channel.publish_each(queue, b"a", b"b", b"c")
    channel.publish(queue, b"x" * 9)
    client.settle()
    channel.drain(queue)


def a_max_length_of_zero_keeps_nothing(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length": 0})
    channel.publish(queue, b"1")
    client.settle()
    channel.count(queue)
    channel.consume(queue, "c")
    channel.publish(queue, b"2")
    channel.expect()


def dropped_messages_are_confirmed(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length": 1})
    channel.confirm()
    channel.publish_each(queue, b"1", b"2", b"3")
    channel.expect_confirms(3)


def a_full_queue_may_refuse(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length": 2, "x-overflow": "reject-publish"})
    channel.confirm()
    for body in (b"1", b"2", b"3", b"4"):
        channel.publish(queue, body)
        channel.expect()
    channel.drain(queue)


def a_refused_message_is_lost_without_confirms(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    channel.publish_each(queue, b"1", b"2")
    client.settle()
    channel.drain(queue)


def a_queue_full_of_bytes_may_refuse(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length-bytes": 10, "x-overflow": "reject-publish"})
    channel.confirm()
    for body in (b"aaaa", b"bbbb", b"cccc", b"dd"):
        channel.publish(queue, body)
        channel.expect()
    channel.drain(queue)


def a_full_queue_takes_again_after_a_get(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    channel.confirm()
    channel.publish(queue, b"1")
    channel.expect()
    channel.get(queue, no_ack=True)
    channel.publish(queue, b"2")
    channel.expect()


def a_refusal_by_one_of_two_queues_is_a_nack(client: Client):
    channel = client.channel()
    exchange = channel.exchange(kind="fanout")
    full = channel.declare("full", arguments={"x-max-length": 0, "x-overflow": "reject-publish"})
    other = channel.declare("other")
    channel.bind(full, exchange)
    channel.bind(other, exchange)
    channel.confirm()
    channel.publish("", b"1", to=exchange)
    channel.expect()
    channel.settle_and_get(other)


def a_full_queue_with_a_waiting_consumer_takes_more(client: Client):
    connection = client.connection()
    publisher, consumer = connection.channel(), connection.channel()
    queue = publisher.declare(arguments={"x-max-length": 1})
    consumer.consume(queue, "c")
    publisher.publish_each(queue, b"1", b"2", b"3")
    client.settle()


def higher_priorities_go_first(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-priority": 5})
    for priority in (1, 5, 3, 5, 0):
        channel.publish(queue, b"%d" % priority, priority=priority)
    client.settle()
    channel.drain(queue)


def no_priority_is_the_lowest(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-priority": 5})
    channel.publish(queue, b"none")
    channel.publish(queue, b"zero", priority=0)
    channel.publish(queue, b"one", priority=1)
    client.settle()
    channel.drain(queue)


def a_priority_above_the_highest_is_the_highest(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-priority": 2})
    for priority in (2, 9, 2, 1):
        channel.publish(queue, b"%d" % priority, priority=priority)
    client.settle()
    channel.drain(queue)


def a_given_back_message_keeps_its_priority(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-priority": 5})
    for priority in (1, 5, 5):
        channel.publish(queue, b"%d" % priority, priority=priority)
    client.settle()
    channel.get(queue)
    channel.nack(1)
    client.settle()
    channel.drain(queue)


def a_full_priority_queue_drops_the_lowest(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-priority": 5, "x-max-length": 2})
    for priority in (5, 1, 3):
        channel.publish(queue, b"%d" % priority, priority=priority)
    client.settle()
    channel.drain(queue)


def purge_counts_all_priorities(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-priority": 5})
    for priority in (1, 5, 3):
        channel.publish(queue, b"x", priority=priority)
    client.settle()
    channel.count(queue)
    channel.call(Queue.Purge(queue=queue))


def without_max_priority_the_priority_does_not_matter(client: Client):
    channel = client.channel()
    queue = channel.declare()
    for priority in (1, 5, 3):
        channel.publish(queue, b"%d" % priority, priority=priority)
    client.settle()
    channel.drain(queue)
