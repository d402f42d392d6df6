"""basic.qos: how many unacked messages a consumer or a channel may hold."""

from pamqp.commands import Basic

from tests.conformance.client import Channel, Client
from tests.conformance.scenario import kept_from_3_10


def _backlog(client: Client, count: int = 10, **flags: bool) -> tuple[Channel, str]:
    channel = client.channel()
    queue = channel.declare(**flags)
    channel.publish_each(queue, *[b"%d" % number for number in range(count)])
    client.settle()
    return channel, queue


def no_limit_by_default(client: Client):
    channel, queue = _backlog(client)
    channel.consume(queue, "c")
    client.settle()


def zero_is_no_limit(client: Client):
    channel, queue = _backlog(client)
    channel.qos(0)
    channel.consume(queue, "c")
    client.settle()


def a_limit_holds(client: Client):
    channel, queue = _backlog(client)
    channel.qos(3)
    channel.consume(queue, "c")
    client.settle()
    channel.count(queue)


def an_ack_lets_one_more_come(client: Client):
    channel, queue = _backlog(client)
    channel.qos(2)
    channel.consume(queue, "c")
    client.settle()
    channel.ack(1)
    client.settle()


def an_ack_of_several_lets_several_come(client: Client):
    channel, queue = _backlog(client)
    channel.qos(3)
    channel.consume(queue, "c")
    client.settle()
    channel.ack(3, multiple=True)
    client.settle()


def a_reject_lets_one_more_come(client: Client):
    channel, queue = _backlog(client)
    channel.qos(1)
    channel.consume(queue, "c")
    client.settle()
    channel.reject(1, requeue=False)
    client.settle()


def without_acks_there_is_no_limit(client: Client):
    channel, queue = _backlog(client)
    channel.qos(1)
    channel.consume(queue, "c", no_ack=True)
    client.settle()


def a_change_does_not_touch_a_running_consumer(client: Client):
    channel, queue = _backlog(client)
    channel.qos(1)
    channel.consume(queue, "c")
    client.settle()
    channel.qos(5)
    client.settle()


def a_change_counts_for_the_next_consumer(client: Client):
    channel, queue = _backlog(client)
    channel.qos(1)
    channel.consume(queue, "c0")
    client.settle()
    channel.qos(3)
    channel.consume(queue, "c1")
    client.settle()


def each_consumer_of_a_channel_has_its_own_limit(client: Client):
    channel, queue = _backlog(client)
    channel.qos(2)
    channel.consume(queue, "c0")
    channel.consume(queue, "c1")
    client.settle()


def what_was_got_does_not_count_for_consumers(client: Client):
    channel, queue = _backlog(client)
    channel.get(queue)
    channel.qos(2)
    channel.consume(queue, "c")
    client.settle()


@kept_from_3_10("4.3 has no limit per channel any more")
def a_global_limit_is_shared(client: Client):
    channel, queue = _backlog(client)
    channel.qos(3, is_global=True)
    channel.consume(queue, "c0")
    channel.consume(queue, "c1")
    client.settle()
    channel.count(queue)


@kept_from_3_10("4.3 has no limit per channel any more")
def a_global_limit_counts_over_queues(client: Client):
    channel, queue = _backlog(client, 2)
    other = channel.declare("other")
    channel.publish_each(other, b"a", b"b")
    client.settle()
    channel.qos(3, is_global=True)
    channel.consume(queue, "c0")
    client.settle()
    channel.consume(other, "c1")
    client.settle()
    channel.ack(1)
    client.settle()


@kept_from_3_10("4.3 has no limit per channel any more")
def a_global_limit_can_be_raised(client: Client):
    channel, queue = _backlog(client)
    channel.qos(1, is_global=True)
    channel.consume(queue, "c")
    client.settle()
    channel.qos(4, is_global=True)
    client.settle()


@kept_from_3_10("4.3 has no limit per channel any more")
def a_global_limit_can_be_lowered(client: Client):
    channel, queue = _backlog(client)
    channel.qos(4, is_global=True)
    channel.consume(queue, "c")
    client.settle()
    channel.qos(2, is_global=True)
    channel.ack(2, multiple=True)
    client.settle()
    channel.ack(3)
    client.settle()


@kept_from_3_10("4.3 has no limit per channel any more")
def a_global_limit_can_be_lifted(client: Client):
    channel, queue = _backlog(client, 5)
    channel.qos(1, is_global=True)
    channel.consume(queue, "c")
    client.settle()
    channel.qos(0, is_global=True)
    client.settle()


@kept_from_3_10("4.3 has no limit per channel any more")
def the_smaller_of_both_limits_holds(client: Client):
    channel, queue = _backlog(client)
    channel.qos(2)
    channel.qos(3, is_global=True)
    channel.consume(queue, "c0")
    channel.consume(queue, "c1")
    client.settle()


@kept_from_3_10("4.3 has no limit per channel any more")
def what_was_got_counts_for_a_global_limit(client: Client):
    channel, queue = _backlog(client)
    channel.get(queue)
    channel.qos(2, is_global=True)
    channel.consume(queue, "c")
    client.settle()


def a_global_limit_does_not_touch_other_channels(client: Client):
    channel, queue = _backlog(client)
    channel.qos(1, is_global=True)
    other = channel.connection.channel()
    channel.consume(queue, "c0")
    client.settle()
    other.consume(queue, "c1")
    client.settle()


def a_limit_in_bytes_is_not_implemented(client: Client):
    channel = client.channel()
    channel.send(Basic.Qos(prefetch_size=100))
    channel.connection.expect_end()


def the_highest_limit(client: Client):
    client.channel().qos(65_535)
