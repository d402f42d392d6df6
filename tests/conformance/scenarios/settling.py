"""Get, ack, nack, reject, recover: what is settled, what comes back, and where to."""

from pamqp.commands import Basic

from tests.conformance.client import Channel, Client
from tests.conformance.wire import raw_method


def _holding(client: Client, count: int = 5, held: int = 3) -> tuple[Channel, str]:
    """Publish `count` messages to a queue and get the first few of them."""
    channel = client.channel()
    queue = channel.declare()
    channel.publish_each(queue, *[b"%d" % number for number in range(count)])
    client.settle()
    for _ in range(held):
        channel.get(queue)
    return channel, queue


def _and_then(client: Client, channel: Channel, queue: str) -> None:
    """See what the queue has now."""
    client.settle()
    if not channel.is_closed:
        channel.drain(queue)


def get_from_an_empty_queue(client: Client):
    channel = client.channel()
    channel.get(channel.declare())


def get_from_a_missing_queue(client: Client):
    client.channel().get(client.name("missing"))


def get_tells_how_many_remain(client: Client):
    _holding(client, 3, 3)


def get_without_ack(client: Client):
    channel, queue = _holding(client, 2, 0)
    channel.get(queue, no_ack=True)
    channel.ack(1)
    channel.expect()


def get_does_not_heed_prefetch(client: Client):
    channel, queue = _holding(client, 3, 0)
    channel.qos(1)
    channel.get(queue)
    channel.get(queue)


def ack_one(client: Client):
    channel, queue = _holding(client)
    channel.ack(2)
    channel.close()
    _and_then(client, channel.connection.channel(), queue)


def ack_several(client: Client):
    channel, queue = _holding(client)
    channel.ack(2, multiple=True)
    channel.close()
    _and_then(client, channel.connection.channel(), queue)


def ack_all_by_zero(client: Client):
    channel, queue = _holding(client)
    channel.ack(0, multiple=True)
    channel.close()
    _and_then(client, channel.connection.channel(), queue)


def ack_all_by_zero_when_there_is_nothing(client: Client):
    channel, queue = _holding(client, held=0)
    channel.ack(0, multiple=True)
    _and_then(client, channel, queue)


def ack_zero_alone_is_refused(client: Client):
    channel, queue = _holding(client)
    channel.ack(0)
    _and_then(client, channel, queue)


def ack_twice_is_refused(client: Client):
    channel, _queue = _holding(client)
    channel.ack(2)
    channel.ack(2)
    channel.expect()


def ack_of_an_unknown_tag_is_refused(client: Client):
    channel, _ = _holding(client)
    channel.ack(99)
    channel.expect()


def ack_several_up_to_an_unknown_tag_is_refused(client: Client):
    channel, _ = _holding(client)
    channel.ack(99, multiple=True)
    channel.expect()


def ack_several_up_to_one_that_was_acked(client: Client):
    channel, queue = _holding(client)
    channel.ack(2)
    channel.ack(2, multiple=True)
    _and_then(client, channel, queue)


def ack_on_another_channel_is_refused(client: Client):
    channel, _ = _holding(client)
    other = channel.connection.channel()
    other.ack(1)
    other.expect()


def ack_out_of_order(client: Client):
    channel, queue = _holding(client)
    for tag in (3, 1, 2):
        channel.ack(tag)
    _and_then(client, channel, queue)


def nack_gives_back(client: Client):
    channel, queue = _holding(client)
    channel.nack(2)
    _and_then(client, channel, queue)


def nack_several_gives_back_in_order(client: Client):
    channel, queue = _holding(client)
    channel.nack(3, multiple=True)
    _and_then(client, channel, queue)


def nack_all_by_zero(client: Client):
    channel, queue = _holding(client)
    channel.nack(0, multiple=True)
    _and_then(client, channel, queue)


def nack_without_requeue_drops(client: Client):
    channel, queue = _holding(client)
    channel.nack(2, multiple=True, requeue=False)
    channel.nack(3)
    _and_then(client, channel, queue)


def nack_of_an_unknown_tag_is_refused(client: Client):
    channel, _ = _holding(client)
    channel.nack(99)
    channel.expect()


def nack_twice_is_refused(client: Client):
    channel, _ = _holding(client)
    channel.nack(1)
    channel.nack(1)
    channel.expect()


def reject_gives_back(client: Client):
    channel, queue = _holding(client)
    channel.reject(3)
    channel.reject(1)
    _and_then(client, channel, queue)


def reject_without_requeue_drops(client: Client):
    channel, queue = _holding(client)
    channel.reject(1, requeue=False)
    _and_then(client, channel, queue)


def reject_of_an_unknown_tag_is_refused(client: Client):
    channel, _ = _holding(client)
    channel.reject(99)
    channel.expect()


def reject_of_tag_zero_is_refused(client: Client):
    channel, _ = _holding(client)
    channel.reject(0)
    channel.expect()


def given_back_in_any_order_the_old_order_returns(client: Client):
    channel, queue = _holding(client, 6, 5)
    for tag in (4, 1, 5, 2, 3):
        channel.nack(tag)
    _and_then(client, channel, queue)


def a_message_that_came_back_keeps_its_place_among_those_held(client: Client):
    channel, queue = _holding(client, 5, 4)
    channel.nack(3)
    channel.get(queue)
    channel.nack(1)
    _and_then(client, channel, queue)


def redelivered_stays_true(client: Client):
    channel, queue = _holding(client, 1, 1)
    for tag in (1, 2):
        channel.nack(tag)
        client.settle()
        channel.get(queue)


def a_nacked_message_comes_back_to_the_only_consumer(client: Client):
    channel, queue = _holding(client, 3, 0)
    channel.qos(1)
    channel.consume(queue, "c")
    channel.expect()
    channel.nack(1)
    channel.expect()


def a_nacked_message_goes_to_another_consumer(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    for number, channel in enumerate((first, second)):
        channel.qos(1)
        channel.consume(queue, f"c{number}")
    first.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    second.nack(1)
    client.settle()


def recover_gives_back_to_the_queue(client: Client):
    channel, queue = _holding(client)
    channel.call(Basic.Recover(requeue=True))
    _and_then(client, channel, queue)


def recover_without_requeue_is_not_implemented(client: Client):
    channel, _ = _holding(client)
    channel.send(Basic.Recover(requeue=False))
    channel.connection.expect_end()


def recover_async_gives_back_without_an_answer(client: Client):
    channel, queue = _holding(client)
    channel.connection.send_raw(raw_method(1, 60, 100, b"\x01"), "Basic.RecoverAsync(requeue=True)")
    _and_then(client, channel, queue)


def recover_with_nothing_to_recover(client: Client):
    client.channel().call(Basic.Recover(requeue=True))


def recover_delivers_again_to_a_consumer(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c")
    channel.publish_each(queue, b"1", b"2")
    channel.expect()
    channel.expect()
    channel.call(Basic.Recover(requeue=True))
    channel.expect()
    channel.expect()


def after_recover_the_old_tags_are_unknown(client: Client):
    channel, _ = _holding(client)
    channel.call(Basic.Recover(requeue=True))
    channel.ack(1)
    channel.expect()


def an_ack_settles_messages_of_several_queues(client: Client):
    channel = client.channel()
    queues = [channel.declare(word) for word in "abc"]
    for queue in queues:
        channel.publish_each(queue, b"1", b"2")
    client.settle()
    for queue in queues:
        channel.get(queue)
    channel.ack(2, multiple=True)
    channel.close()
    other = channel.connection.channel()
    for queue in queues:
        _and_then(client, other, queue)
