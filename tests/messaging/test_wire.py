import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pika import spec
from pika.frame import Heartbeat, ProtocolHeader

from tests.wire_story import body, header, method, record
from workq_gui.core.clock import ManualClock
from workq_gui.core.wire import FrameType, WireRecord
from workq_gui.messaging.wire import FRAME_END, FRAME_HEADER, KEPT_BYTES, MASK, WireTap, masked, split
from workq_gui.messaging.wire_decoding import RAW_BYTES, decode

FRAMES = st.lists(
    st.one_of(
        st.binary(max_size=300).map(
            lambda payload: FRAME_HEADER.pack(3, 1, len(payload)) + payload + FRAME_END
        ),
        st.sampled_from(
            [Heartbeat().marshal(), ProtocolHeader().marshal(), method(spec.Basic.Ack(7)), header(), body()]
        ),
    ),
    max_size=12,
)


def login(user: str, password: str) -> bytes:
    response = f"\0{user}\0{password}"
    return method(spec.Connection.StartOk({"product": "WorkQ"}, "PLAIN", response, "en_US"), channel=0)


@given(FRAMES, st.data())
def test_frames_come_out_whole_however_the_stream_is_cut(frames, data):
    stream = b"".join(frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    found, rest = [], b""
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        whole, rest = split(rest + stream[begin:end])
        found += whole
    assert found == frames
    assert rest == b""


@given(st.binary(max_size=400))
def test_no_byte_is_lost_of_what_is_not_amqp(stream):
    frames, rest = split(stream)
    assert b"".join(frames) + rest == stream


@given(st.text(min_size=1, max_size=40), st.text(alphabet="0123456789abcxyzäß", min_size=4, max_size=60))
def test_a_password_is_neither_in_the_bytes_nor_in_the_text_nor_is_its_length(user, password):
    frame = login(user, password)
    shown = masked(frame)
    assert password.encode() not in shown
    assert shown == masked(login(user, password + "and more"))
    frame = decode(record(shown))
    assert ("response", f"'{MASK.decode()}'") in frame.arguments
    assert frame.name == "Connection.StartOk"
    assert ("mechanism", "'PLAIN'") in frame.arguments
    assert not frame.problem


@given(st.binary(max_size=80))
def test_a_login_that_is_damaged_shows_nothing_that_could_be_a_password(payload):
    frame = FRAME_HEADER.pack(1, 0, len(payload) + 4) + b"\0\x0a\0\x0b" + payload + FRAME_END
    shown = masked(frame)
    assert MASK in shown or len(shown) == FRAME_HEADER.size + 4 + 1


@pytest.mark.parametrize(
    "frame", [method(spec.Basic.Ack(7)), header(), body(b"\0\x0a\0\x0b"), b"AMQP\0\0\t\1"]
)
def test_nothing_else_is_masked(frame):
    assert masked(frame) is frame


def test_a_tap_records_only_while_somebody_listens():
    tap, clock, seen = WireTap(ManualClock(5)), ManualClock(5), []
    tap.take_outgoing("publisher", [body()])
    tap.sink = seen.extend
    tap.take_outgoing("publisher", [body(), login("guest", "secret word")])
    tap.take_incoming("worker 1", body() + header()[:9])
    assert [(one.owner, one.is_outgoing, one.at_ns) for one in seen] == [
        ("publisher", True, clock.now_ns()),
        ("publisher", True, 5),
        ("worker 1", False, 5),
    ]
    assert not any(b"secret word" in one.raw for one in seen)


def test_of_a_long_frame_the_beginning_is_kept_and_its_length():
    tap, seen = WireTap(ManualClock()), []
    tap.sink = seen.extend
    tap.take_outgoing("publisher", [body(b"x" * 100_000)])
    (kept,) = seen
    assert (kept.size_bytes, len(kept.raw)) == (100_008, KEPT_BYTES)
    frame = decode(kept)
    assert (frame.body_bytes, frame.body[:3], frame.body[-1]) == (100_000, "xxx", "…")
    assert len(frame.raw) == RAW_BYTES


def test_a_method_reads_as_its_arguments_in_the_order_of_the_wire():
    frame = decode(record(method(spec.Basic.Deliver("tag", 8, True, "", "task_queue"), channel=3)))
    assert (frame.name, frame.channel, frame.frame_type) == ("Basic.Deliver", 3, FrameType.METHOD)
    assert frame.arguments == (
        ("consumer_tag", "'tag'"),
        ("delivery_tag", "8"),
        ("redelivered", "True"),
        ("exchange", "''"),
        ("routing_key", "'task_queue'"),
    )


def test_a_header_reads_as_the_properties_that_are_set():
    frame = decode(record(header(b"12345", delivery_mode=2, message_id="t-1", headers={"x": 1})))
    assert dict(frame.arguments)["body_size"] == "5"
    assert dict(frame.properties) == {"headers": "{'x': 1}", "delivery_mode": "2", "message_id": "'t-1'"}


def test_what_cannot_be_seen_in_a_body_is_made_visible():
    assert (
        decode(record(body("a\0\x1b[2J\u202eb\nü".encode() + b"\xff"))).body
        == "a\\x00\\x1b[2J\\u202eb\nü\\xff"
    )


def test_a_long_value_is_cut():
    frame = decode(record(method(spec.Connection.Close(320, "x" * 200, 0, 0), 0)))
    assert dict(frame.arguments)["reply_code"] == "320"
    table = decode(record(method(spec.Queue.Declare(queue="q", arguments={"x": "y" * 3_000}))))
    assert len(dict(table.arguments)["arguments"]) < 500


def test_other_frames_have_names_of_their_own():
    assert decode(record(Heartbeat().marshal())).name == "heartbeat"
    greeting = decode(record(ProtocolHeader().marshal()))
    assert (greeting.name, greeting.arguments) == ("protocol header", (("version", "0-9-1"),))
    assert decode(WireRecord(0, "", False, 0, b"")).frame_type is FrameType.NOTE


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"HTTP/1.1 400 Bad Request", "not AMQP"),
        (b"\x01", "not AMQP"),
        (FRAME_HEADER.pack(1, 1, 4) + struct.pack(">HH", 99, 1) + FRAME_END, "method 99.1"),
        (FRAME_HEADER.pack(1, 1, 5) + struct.pack(">HH", 60, 60) + b"\xff" + FRAME_END, "Basic.Deliver"),
        (FRAME_HEADER.pack(2, 1, 3) + b"abc" + FRAME_END, "content header"),
    ],
)
def test_a_frame_that_cannot_be_taken_apart_says_so(raw, name):
    frame = decode(record(raw))
    assert frame.name == name
    assert frame.problem
    assert frame.raw == raw


@given(st.binary(max_size=200), st.sampled_from(list(FrameType)), st.integers(0, 100_000))
def test_nothing_that_comes_over_the_wire_raises_an_error(payload, frame_type, size):
    first = bytes([max(0, frame_type)])
    for raw in (payload, first + payload, FRAME_HEADER.pack(first[0], 1, len(payload)) + payload + FRAME_END):
        for size_bytes in (len(raw), len(raw) + size):
            frame = decode(WireRecord(0, "publisher", True, size_bytes, raw))
            assert (frame.owner, frame.size_bytes) == ("publisher", size_bytes)


@given(st.sampled_from(sorted(spec.methods)), st.binary(max_size=60))
def test_no_method_with_whatever_arguments_raises_an_error(number, payload):
    content = struct.pack(">I", number) + payload
    frame = decode(record(FRAME_HEADER.pack(1, 1, len(content)) + content + FRAME_END))
    assert "." in frame.name


def test_a_strangers_tables_within_tables_are_shown_as_bytes():
    table = struct.pack(">I", 0)
    for _ in range(1_000):
        inner = b"\x01aF" + table
        table = struct.pack(">I", len(inner)) + inner
    payload = struct.pack(">HHQH", spec.Basic.INDEX, 0, 5, 1 << 13) + table
    raw = struct.pack(">BHI", 2, 1, len(payload)) + payload + b"\xce"
    frame = decode(WireRecord(0, "worker 1", False, len(raw), raw))
    assert frame.problem
    assert frame.raw
