"""Publishing: properties, mandatory, returns, confirms, what is refused."""

import datetime
from typing import Any

from pamqp.commands import Basic, Confirm

from tests.conformance.client import Client
from tests.conformance.scenario import expected_difference

LONG_AGO = 1_234_567_890


def _comes_back(client: Client, body: bytes = b"x", **properties: Any) -> None:
    """Publish, and see what arrives."""
    channel = client.channel()
    queue = channel.declare()
    channel.publish(queue, body, **properties)
    channel.settle_and_get(queue)


def _time_of(seconds: int) -> Any:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def a_message_without_properties(client: Client):
    _comes_back(client)


def an_empty_body(client: Client):
    _comes_back(client, b"")


def a_large_body(client: Client):
    _comes_back(client, bytes(range(256)) * 4000)


def a_body_of_exactly_one_frame(client: Client):
    _comes_back(client, b"x" * (131_072 - 8))


def a_body_one_byte_longer_than_a_frame(client: Client):
    _comes_back(client, b"x" * (131_072 - 7))


def all_properties_come_back(client: Client):
    _comes_back(
        client,
        content_type="text/plain", content_encoding="utf-8", delivery_mode=2, priority=4,
        correlation_id="c-1", reply_to="r", expiration="60000", message_id="m-1",
        timestamp=_time_of(LONG_AGO), message_type="t", app_id="a", headers={"h": 1},
    )  # fmt: skip


def headers_of_each_type_come_back(client: Client):
    _comes_back(
        client,
        headers={
            "text": "ü", "true": True, "false": False, "tiny": -5, "small": 300, "unsigned": 40_000,
            "int": 70_000, "unsigned int": 3_000_000_000, "long": 2**40, "float": 1.5, "nothing": None,
            "time": _time_of(LONG_AGO), "bytes": bytearray(b"\x00\xff"),
            "table": {"a": {"b": [1, "2", {"c": True}]}}, "list": [], "empty": {}, "": "no name",
        },
    )  # fmt: skip


def an_empty_header_table_comes_back(client: Client):
    _comes_back(client, headers={})


def delivery_mode_one_comes_back(client: Client):
    _comes_back(client, delivery_mode=1)


@expected_difference("4.x takes any number")
def a_delivery_mode_that_does_not_exist(client: Client):
    channel = client.channel()
    queue = channel.declare()
    properties = Basic.Properties()
    properties.delivery_mode = 7  # pamqp refuses it in the constructor
    channel.send(Basic.Publish(routing_key=queue), properties, b"x")
    client.settle()
    channel.connection.channel().get(queue)


def the_user_id_of_the_login_is_accepted(client: Client):
    _comes_back(client, user_id="guest")


def another_user_id_is_refused(client: Client):
    channel = client.channel()
    channel.publish(channel.declare(), b"x", user_id="somebody")
    channel.expect()


def the_exchange_and_key_are_told(client: Client):
    channel = client.channel()
    exchange, queue = channel.exchange(kind="topic"), channel.declare()
    channel.bind(queue, exchange, "#")
    channel.publish("some.key", b"x", to=exchange)
    channel.settle_and_get(queue)


def a_missing_exchange_closes_the_channel(client: Client):
    channel = client.channel()
    channel.publish("k", b"x", to=client.name("missing"))
    channel.expect()


def a_missing_exchange_with_confirms_is_not_confirmed(client: Client):
    channel = client.channel()
    channel.confirm()
    channel.publish("k", b"x", to=client.name("missing"))
    channel.expect()


def what_was_published_before_the_error_arrives(client: Client):
    connection = client.connection()
    channel, other = connection.channel(), connection.channel()
    queue = channel.declare()
    channel.publish(queue, b"before")
    channel.publish("k", b"error", to=client.name("missing"))
    channel.publish(queue, b"after")
    channel.expect()
    client.settle()
    other.drain(queue)


def unroutable_is_dropped(client: Client):
    channel = client.channel()
    channel.publish(client.name("nowhere"), b"x")
    client.settle()


def unroutable_and_mandatory_is_returned(client: Client):
    channel = client.channel()
    channel.publish(client.name("nowhere"), b"x", mandatory=True, message_id="m", headers={"a": 1})
    channel.expect()


def routable_and_mandatory_is_not_returned(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish(queue, b"x", mandatory=True)
    channel.settle_and_get(queue)


def returns_come_in_order(client: Client):
    channel = client.channel()
    channel.publish_each(client.name("nowhere"), b"1", b"2", b"3", mandatory=True)
    client.settle()


def an_empty_body_is_returned(client: Client):
    channel = client.channel()
    channel.publish(client.name("nowhere"), b"", mandatory=True)
    channel.expect()


def a_return_comes_before_its_confirm(client: Client):
    channel = client.channel()
    channel.confirm()
    channel.publish(client.name("nowhere"), b"x", mandatory=True)
    channel.expect()
    channel.expect()


def unroutable_is_confirmed(client: Client):
    channel = client.channel()
    channel.confirm()
    channel.publish(client.name("nowhere"), b"x")
    channel.expect()


def unroutable_at_an_exchange_is_returned(client: Client):
    channel = client.channel()
    exchange = channel.exchange(kind="topic")
    channel.bind(channel.declare(), exchange, "a.*")
    channel.publish("b.c", b"x", to=exchange, mandatory=True)
    channel.expect()


def immediate_is_not_implemented(client: Client):
    channel = client.channel()
    channel.send(Basic.Publish(routing_key=channel.declare(), immediate=True), None, b"x")
    channel.connection.expect_end()


def confirms_count_from_one(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.confirm()
    for body in (b"1", b"2", b"3"):
        channel.publish(queue, body)
        channel.expect()


def confirms_of_persistent_messages(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.confirm()
    for body in (b"1", b"2"):
        channel.publish(queue, body, delivery_mode=2)
        channel.expect()


def many_confirms(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.confirm()
    channel.publish_each(queue, *[b"%d" % number for number in range(50)])
    channel.expect_confirms(50)


def many_confirms_of_persistent_messages(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.confirm()
    channel.publish_each(queue, *[b"%d" % number for number in range(50)], delivery_mode=2)
    channel.expect_confirms(50)


def a_confirm_for_a_message_to_two_queues_comes_once(client: Client):
    channel = client.channel()
    exchange = channel.exchange(kind="fanout")
    for word in ("a", "b"):
        channel.bind(channel.declare(word), exchange)
    channel.confirm()
    channel.publish("", b"x", to=exchange)
    channel.expect()
    client.settle()


def confirms_count_only_from_select_on(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish_each(queue, b"1", b"2")
    channel.confirm()
    channel.publish(queue, b"3")
    channel.expect()


def confirm_select_twice_is_fine(client: Client):
    channel = client.channel()
    channel.confirm()
    channel.publish(channel.declare(), b"1")
    channel.expect(Basic.Ack)
    channel.confirm()
    channel.publish(client.name("q"), b"2")
    channel.expect(Basic.Ack)


def confirm_select_without_wait(client: Client):
    channel = client.channel()
    channel.send(Confirm.Select(nowait=True))
    channel.publish(client.name("nowhere"), b"x")
    channel.expect()


def confirms_are_per_channel(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    first.confirm()
    second.publish(client.name("nowhere"), b"x")
    first.publish(client.name("nowhere"), b"x")
    first.expect()


def a_confirm_while_a_consumer_takes_the_message(client: Client):
    connection = client.connection()
    publisher, consumer = connection.channel(), connection.channel()
    queue = publisher.declare()
    consumer.consume(queue, "c", no_ack=True)
    publisher.confirm()
    publisher.publish_each(queue, b"1", b"2")
    publisher.expect_confirms(2)
    consumer.expect()
    consumer.expect()


def a_persistent_confirm_while_a_consumer_holds_the_message(client: Client):
    connection = client.connection()
    publisher, consumer = connection.channel(), connection.channel()
    queue = publisher.declare(durable=True)
    consumer.consume(queue, "c")
    publisher.confirm()
    publisher.publish(queue, b"1", delivery_mode=2)
    publisher.expect_confirms(1)
    consumer.expect()


def an_expiration_that_is_no_number_is_refused(client: Client):
    channel = client.channel()
    channel.publish(channel.declare(), b"x", expiration="soon")
    channel.expect()


def a_negative_expiration_is_refused(client: Client):
    channel = client.channel()
    channel.publish(channel.declare(), b"x", expiration="-1")
    channel.expect()


def an_expiration_with_a_tail_is_refused(client: Client):
    channel = client.channel()
    channel.publish(channel.declare(), b"x", expiration="100ms")
    channel.expect()


def the_empty_key(client: Client):
    channel = client.channel()
    channel.publish("", b"x", mandatory=True)
    channel.expect()


def a_consumer_on_its_own_channel_gets_its_own_publishes(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c", no_ack=True)
    channel.publish_each(queue, b"1", b"2", b"3")
    for _ in range(3):
        channel.expect()
