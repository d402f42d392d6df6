import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands, frame, header

from workq_gui.broker.content import (
    FactsReader,
    Message,
    decode_properties,
    encode_header,
    make_address,
    read_facts,
    without_bcc,
)
from workq_gui.broker.tables import Field, TableError, long, text

short = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
properties = st.fixed_dictionaries(
    {},
    optional={
        "content_type": short,
        "headers": st.dictionaries(short, short.map(text), max_size=3),
        "delivery_mode": st.integers(0, 255),
        "priority": st.integers(0, 255),
        "correlation_id": short,
        "expiration": st.integers(0, 10**6).map(str),
        "message_id": short,
        "timestamp": st.integers(0, 2**32),
        "app_id": short,
    },
)


@given(properties)
def test_properties_come_back_as_they_were_written(values):
    assert decode_properties(encode_header(values, 7)) == values


@given(properties)
def test_what_is_read_quickly_is_what_is_read_slowly(values):
    data = encode_header(values, 0)
    assert FactsReader().read(data) == read_facts(data)


@given(properties, st.integers(1, 20))
def test_cut_properties_are_refused(values, missing):
    data = encode_header(values, 0)
    if missing > len(data) - 14:
        return
    with pytest.raises(TableError):
        FactsReader().read(data[:-missing])


def test_pamqp_reads_our_header():
    data = encode_header({"content_type": "text/plain", "delivery_mode": 2, "headers": {"n": long(3)}}, 7)
    raw = b"\x02\0\x01" + len(data).to_bytes(4) + data + b"\xce"
    _, _, content = frame.unmarshal(raw)
    assert isinstance(content, header.ContentHeader)
    assert content.body_size == 7
    assert content.properties.headers == {"n": 3}
    assert isinstance(content.properties, commands.Basic.Properties)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"expiration": "abc"}, "invalid expiration 'abc': no_integer"),
        ({"expiration": "-1"}, "invalid expiration '-1': {value_negative,-1}"),
        ({"expiration": "1.5"}, "invalid expiration '1.5': {leftover_string,\".5\"}"),
        (
            {"headers": {"CC": text("a")}},
            'invalid message: {unacceptable_type_in_header,"CC",longstr}',
        ),
        ({"expiration": "99999999999"}, None),
    ],
)
def test_what_rabbitmq_refuses_is_told_in_its_words(values, problem):
    facts = read_facts(encode_header(values, 0))
    assert facts.problem == problem
    assert facts.needs_care == (problem is not None)


def test_copies_are_routing_keys_and_bcc_is_seen_by_nobody():
    headers = {"CC": Field("A", [text("a")]), "BCC": Field("A", [text("b")])}
    data = encode_header({"headers": headers}, 3)
    assert read_facts(data).copies == ("a", "b")
    assert list(decode_properties(without_bcc(data))["headers"]) == ["CC"]


def test_a_message_knows_where_it_was_published():
    message = Message(make_address("logs", "a.b"), b"", b"")
    assert (message.exchange, message.routing_key) == ("logs", "a.b")
