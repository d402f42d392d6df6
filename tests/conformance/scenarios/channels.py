"""Channels: opening, closing, flow, and what an error on one leaves of the others."""

from pamqp.commands import Basic, Channel, Queue

from tests.conformance.client import Client
from tests.conformance.wire import raw_method, short_string


def a_channel_opens(client: Client):
    connection = client.connection()
    connection.send_raw(raw_method(1, 20, 10, short_string("")), "Channel.Open")
    connection.channels[1] = channel = type(connection.zero)(connection, 1)
    channel.expect()


def a_channel_that_is_open_cannot_be_opened(client: Client):
    channel = client.channel()
    channel.send(Channel.Open())
    channel.expect()
    channel.connection.expect_end()


def a_method_on_a_channel_that_was_never_opened(client: Client):
    connection = client.connection()
    connection.send_raw(raw_method(7, 85, 10, b"\0"), "Confirm.Select on channel 7")
    connection.zero.expect()
    connection.expect_end()


def a_channel_closes_politely(client: Client):
    client.channel().close()


def a_closed_number_can_be_opened_again(client: Client):
    connection = client.connection()
    connection.channel(5).close()
    connection.channel(5).declare(exclusive=True)


def the_highest_number_can_be_opened(client: Client):
    connection = client.connection()
    connection.channel(2047).declare(exclusive=True)


def an_error_closes_one_channel_only(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    first.count("no-such-queue")
    second.declare(exclusive=True)


def after_an_error_the_number_can_be_opened_again(client: Client):
    connection = client.connection()
    connection.channel(1).count("no-such-queue")
    connection.channel(1).declare(exclusive=True)


def what_follows_an_error_is_not_executed(client: Client):
    connection = client.connection()
    channel, other = connection.channel(), connection.channel()
    queue = client.name("late")
    channel.send(Queue.Declare(queue="no-such-queue", passive=True))
    channel.send(Queue.Declare(queue=queue, exclusive=True))
    channel.expect()
    other.count(queue)


def delivery_tags_count_per_channel(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    first.get(queue)
    second.get(queue)
    first.get(queue)


def closing_a_channel_gives_back_its_unacked(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    first.get(queue)
    first.get(queue)
    first.close()
    second.drain(queue)


def an_error_gives_back_the_unacked(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.publish_each(queue, b"1", b"2")
    client.settle()
    first.get(queue)
    first.count("no-such-queue")
    second.wait_for_count(queue, 2)
    second.drain(queue)


def closing_a_channel_ends_its_consumers(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare()
    first.consume(queue, "c")
    first.close()
    second.count(queue)


def flow_on_is_confirmed(client: Client):
    client.channel().call(Channel.Flow(True))


def flow_off_is_refused(client: Client):
    channel = client.channel()
    channel.call(Channel.Flow(False))
    channel.connection.expect_end()


def flow_ok_that_nobody_asked_for(client: Client):
    channel = client.channel()
    channel.send(Channel.FlowOk(True))
    client.settle()


def an_ack_on_a_closing_channel_does_no_harm(client: Client):
    connection = client.connection()
    channel, other = connection.channel(), connection.channel()
    channel.send(Queue.Declare(queue="no-such-queue", passive=True))
    channel.send(Basic.Ack(delivery_tag=99))
    channel.expect()
    other.declare(exclusive=True)


def a_close_ok_that_nobody_asked_for(client: Client):
    channel = client.channel()
    channel.send(Channel.CloseOk())
    client.settle()
