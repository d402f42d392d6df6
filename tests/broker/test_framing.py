import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands
from pamqp import frame as pamqp_frame

from workq_gui.broker import erlang
from workq_gui.broker.errors import FrameError
from workq_gui.broker.framing import METHOD, FrameReader, frame, method_frame

STREAM = b"".join(method_frame(1, commands.Basic.Ack, number) for number in (1, 2, 3))


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_frames_do_not_depend_on_how_the_network_cuts_them(cuts):
    reader, tags, edges = FrameReader(4096), [], [0, *sorted(cuts), len(STREAM)]
    for start, end in itertools.pairwise(edges):
        for _, _, payload in reader.feed(STREAM[start:end]):
            tags.append(int.from_bytes(payload[4:12]))
    assert tags == [1, 2, 3]


def test_pamqp_reads_our_frames():
    size, channel, ack = pamqp_frame.unmarshal(method_frame(7, commands.Basic.Ack, 5, True))
    assert (size, channel, ack.delivery_tag, ack.multiple) == (21, 7, 5, True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x01\0\x01\0\0\x20\0", "type 1, all octets = <<>>: {frame_too_large,8192,4088}"),
        (b"\x01\0\x01\0\0\0\x01a\0", 'type 1, all octets = <<"a">>: {invalid_frame_end_marker,0}'),
        (frame(9, 1, b"\0a"), "type 9, all octets = <<0,97>>: unknown_frame"),
        (frame(8, 0, b"a"), 'type 8, all octets = <<"a">>: unknown_frame'),
    ],
)
def test_what_is_no_frame_is_named_in_rabbitmqs_words(data, words):
    with pytest.raises(FrameError) as info:
        list(FrameReader(4096).feed(data))
    assert str(info.value) == words
    assert info.value.reply_text == f"FRAME_ERROR - {words}"


def test_the_largest_frame_passes_and_one_more_byte_does_not():
    assert len(list(FrameReader(4096).feed(frame(METHOD, 1, b"x" * 4088)))) == 1
    with pytest.raises(FrameError):
        list(FrameReader(4096).feed(frame(METHOD, 1, b"x" * 4089)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12", (12, "")), ("-1", (-1, "")), ("12x", (12, "x")), ("x", (None, "x")), ("", (None, ""))],
)
def test_integers_are_read_as_erlang_reads_them(text, expected):
    assert erlang.to_integer(text) == expected
