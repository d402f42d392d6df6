"""What is not AMQP, or AMQP in the wrong place. It ends one connection and touches nobody else."""

import struct

from pamqp import commands, frame
from pamqp.commands import Basic

from tests.conformance.client import Client
from tests.conformance.scenario import expected_difference, slow
from tests.conformance.wire import BODY, HEADER, HEARTBEAT, METHOD, raw_frame, raw_method, short_string


def _send(client: Client, data: bytes, what: str) -> None:
    """Send it after a sound start; then look whether another connection still works."""
    channel = client.channel()
    other = client.connection().channel()
    channel.connection.send_raw(data, what)
    channel.connection.expect_end()
    other.declare("other", exclusive=True)


def _publish(key: str = "k") -> bytes:
    return frame.marshal(Basic.Publish(routing_key=key), 1)


def _header(body_size: int, class_id: int = 60, weight: int = 0, flags: int = 0, rest: bytes = b"") -> bytes:
    return raw_frame(HEADER, 1, struct.pack(">HHQH", class_id, weight, body_size, flags) + rest)


@slow
def a_wrong_frame_end(client: Client):
    _send(client, raw_frame(METHOD, 1, b"\0\x55\0\x0a\0", end=0x00), "a frame that ends in 00")


def an_unknown_frame_type(client: Client):
    _send(client, raw_frame(9, 1, b"abc"), "a frame of type 9")


def frame_type_zero(client: Client):
    _send(client, raw_frame(0, 1, b"abc"), "a frame of type 0")


@slow
def a_frame_above_the_agreed_size(client: Client):
    connection = client.connection(frame_max=8192)
    connection.send_raw(raw_frame(BODY, 1, b"x" * 9000), "a body frame of 9000 bytes")
    connection.expect_end()


def an_unknown_class(client: Client):
    _send(client, raw_method(1, 99, 10), "class 99")


def an_unknown_method(client: Client):
    _send(client, raw_method(1, 60, 99), "method 60, 99")


def the_access_class_is_answered_as_of_old(client: Client):
    channel = client.channel()
    channel.connection.send_raw(raw_method(1, 30, 10, short_string("/data") + b"\0"), "Access.Request")
    channel.expect()


def a_method_frame_too_short_for_its_arguments(client: Client):
    _send(client, raw_method(1, 50, 10, b"\0\0\x20abc"), "a Queue.Declare that breaks off")


def a_method_frame_with_a_broken_table(client: Client):
    arguments = b"\0\0\0\x05\x03abcZ"
    _send(
        client,
        raw_method(1, 50, 10, b"\0\0" + short_string("q") + b"\0" + arguments),
        "a Queue.Declare whose table has a value of type Z",
    )


def a_method_frame_without_a_method(client: Client):
    _send(client, raw_frame(METHOD, 1, b"\0"), "a method frame of one byte")


def an_empty_method_frame(client: Client):
    _send(client, raw_frame(METHOD, 1, b""), "an empty method frame")


def a_body_without_a_method(client: Client):
    _send(client, raw_frame(BODY, 1, b"abc"), "a body frame out of nowhere")


def a_header_without_a_method(client: Client):
    _send(client, _header(3), "a content header out of nowhere")


def a_method_where_a_header_must_come(client: Client):
    _send(client, _publish() + raw_method(1, 85, 10, b"\0"), "Publish, then Confirm.Select")


def a_body_where_a_header_must_come(client: Client):
    _send(client, _publish() + raw_frame(BODY, 1, b"abc"), "Publish, then a body")


def a_header_where_a_body_must_come(client: Client):
    _send(client, _publish() + _header(3) + _header(3), "Publish, then two headers")


def a_method_where_a_body_must_come(client: Client):
    _send(client, _publish() + _header(3) + raw_method(1, 85, 10, b"\0"), "Publish, header, Confirm.Select")


def a_header_of_another_class(client: Client):
    _send(client, _publish() + _header(3, class_id=50), "Publish, then a header of class 50")


def a_header_with_weight(client: Client):
    _send(client, _publish() + _header(0, weight=1), "Publish, then a header of weight 1")


def a_header_whose_properties_break_off(client: Client):
    _send(client, _publish() + _header(0, flags=0x8000, rest=b"\x20ab"), "a content type that breaks off")


@expected_difference("4.x says so at once, 3.10 at the next frame")
def more_body_than_announced(client: Client):
    channel = client.channel()
    data = _publish() + _header(3) + raw_frame(BODY, 1, b"abcdef")
    channel.connection.send_raw(data, "6 bytes of body where 3 were due")
    client.settle()  # sends a method, which is what comes at the wrong time


@expected_difference("4.x takes messages of up to 16 MiB, 3.10 of up to 128 MiB")
def a_message_above_the_limit(client: Client):
    channel = client.channel()
    channel.publish("nowhere", b"x" * 17_000_000)
    client.settle()


def an_empty_body_frame_is_skipped(client: Client):
    channel = client.channel()
    queue = channel.declare(exclusive=True)
    channel.connection.send_raw(
        _publish(queue) + _header(3) + raw_frame(BODY, 1, b"") + raw_frame(BODY, 1, b"abc"),
        "an empty body frame",
    )
    channel.settle_and_get(queue)


def a_body_in_many_frames_is_one_message(client: Client):
    channel = client.channel()
    queue = channel.declare(exclusive=True)
    pieces = [raw_frame(BODY, 1, bytes([letter])) for letter in b"abcdef"]
    channel.connection.send_raw(_publish(queue) + _header(6) + b"".join(pieces), "a body of six frames")
    channel.settle_and_get(queue)


def frames_may_arrive_byte_by_byte(client: Client):
    channel = client.channel()
    queue = channel.declare(exclusive=True)
    data = _publish(queue) + _header(3) + raw_frame(BODY, 1, b"abc")
    client.transcript.add("1.1 > a publish, byte by byte")
    for byte in data:
        channel.connection.send_bytes(bytes([byte]))
    channel.settle_and_get(queue)


def a_method_of_the_connection_on_a_channel(client: Client):
    close = frame.marshal(commands.Connection.Close(200, "bye", 0, 0), 1)
    _send(client, close, "Connection.Close on channel 1")


def a_method_of_channels_on_channel_zero(client: Client):
    _send(client, raw_method(0, 60, 70, b"\0\0\0\0"), "Basic.Get on channel 0")


def a_method_that_only_a_broker_sends(client: Client):
    _send(client, frame.marshal(commands.Queue.DeclareOk("q", 0, 0), 1), "Queue.DeclareOk")


def a_delivery_sent_by_a_client(client: Client):
    _send(client, frame.marshal(Basic.Deliver("c", 1, False, "", "k"), 1) + _header(0), "Basic.Deliver")


def a_heartbeat_on_channel_zero_is_fine(client: Client):
    channel = client.channel()
    channel.connection.send_raw(raw_frame(HEARTBEAT, 0, b""), "a heartbeat")
    channel.declare(exclusive=True)


def a_heartbeat_on_another_channel(client: Client):
    channel = client.channel()
    channel.connection.send_raw(raw_frame(HEARTBEAT, 1, b""), "a heartbeat on channel 1")
    client.settle()


def a_heartbeat_with_a_payload(client: Client):
    channel = client.channel()
    channel.connection.send_raw(raw_frame(HEARTBEAT, 0, b"abc"), "a heartbeat of three bytes")
    client.settle()


@slow
def a_protocol_header_in_the_middle(client: Client):
    _send(client, b"AMQP\x00\x00\x09\x01", "a protocol header")
