import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands

from workq_gui.broker.errors import FrameError, HardError, WordlessEnd
from workq_gui.broker.methods import decode_method, encode_method, table_of
from workq_gui.broker.tables import text

EXAMPLES = {"shortstr": "x", "bit": True, "octet": 7, "short": 0, "long": 7, "longlong": 7}
WITHOUT_TABLES = [
    method
    for method in commands.INDEX_MAPPING.values()
    if not any(method.amqp_type(name) in ("table", "longstr") for name in method.attributes())
]


@pytest.mark.parametrize("method", WITHOUT_TABLES, ids=lambda method: method.name)
def test_each_method_is_written_and_read_as_pamqp_does(method, monkeypatch):
    example = method.__new__(method)  # some warn that they are old
    for name in method.attributes():
        setattr(example, name, EXAMPLES[method.amqp_type(name)])
    monkeypatch.setattr(method, "validate", lambda self: None)
    payload = method.index.to_bytes(4) + example.marshal()
    assert encode_method(method, *(value for _, value in example)) == payload
    assert dict(decode_method(payload)) == dict(example)


def test_names_that_pamqp_refuses_go_through():
    payload = encode_method(commands.Queue.Declare, 0, "a name, with € and blanks", False, True)
    declare = decode_method(payload)
    assert (declare.queue, declare.passive, declare.durable) == ("a name, with € and blanks", False, True)


def test_tables_keep_their_types():
    payload = encode_method(commands.Queue.Declare, 0, "q", 0, 0, 0, 0, 0, {"x": text("y")})
    assert table_of(decode_method(payload).arguments) == {"x": text("y")}


@pytest.mark.parametrize(
    ("payload", "error", "words"),
    [
        (b"\0", FrameError, "type 1, all octets = <<0>>: unknown_frame"),
        (b"\0\x32\0\x0a\0\0\x05ab", FrameError, "cannot decode <<0,0,5,97,98>>"),
        (b"\0\x3c\0\x63", WordlessEnd, "unknown method"),
    ],
)
def test_what_is_no_method_is_named(payload, error, words):
    with pytest.raises(error, match=words.replace("(", r"\(")):
        decode_method(payload)


@given(st.sampled_from(sorted(commands.INDEX_MAPPING)), st.binary(max_size=40))
def test_garbage_raises_nothing_but_the_protocols_errors(index, data):
    with contextlib.suppress(HardError):
        decode_method(index.to_bytes(4) + data)
