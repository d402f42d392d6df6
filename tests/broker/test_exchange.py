import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workq_gui.broker.exchange import (
    Binding,
    Destination,
    DirectExchange,
    FanoutExchange,
    headers_match,
    topic_matches,
)
from workq_gui.broker.tables import Field, boolean, long, text

Q1, Q2 = Destination("queue", "one"), Destination("queue", "two")


@pytest.mark.parametrize(
    ("pattern", "key", "fits"),
    [
        ("a.b", "a.b", True),
        ("a.*", "a.b", True),
        ("a.*", "a", False),
        ("a.*", "a.b.c", False),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("#", "", True),
        ("*", "", True),
        ("#.c", "a.b.c", True),
        ("a.#.c", "a.c", True),
        ("a.#.#.c", "a.b.c", True),
        ("a.*.#", "a", False),
    ],
)
def test_topic_patterns(pattern, key, fits):
    assert topic_matches(pattern.split("."), key.split(".")) is fits


@given(
    st.lists(st.sampled_from("ab*#"), max_size=6), st.lists(st.sampled_from("abc"), min_size=1, max_size=6)
)
def test_topic_patterns_mean_what_a_regular_expression_means(pattern, words):
    parts = {"*": r"\.[^.]+", "#": r"(?:\.[^.]+)*"}
    regex = "".join(parts.get(part, rf"\.{part}") for part in pattern)
    expected = re.fullmatch(regex, "".join(f".{word}" for word in words)) is not None
    assert topic_matches(pattern, words) is expected


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ({}, True),
        ({"x-match": text("any")}, False),
        ({"a": long(1)}, True),
        ({"a": Field("b", 1)}, True),
        ({"a": text("1")}, False),
        ({"a": Field("V", None)}, True),
        ({"a": long(1), "z": long(1)}, False),
        ({"x-match": text("any"), "a": long(1), "z": long(1)}, True),
        ({"x-match": text("all"), "x-b": boolean(False)}, True),
        ({"x-match": text("all-with-x"), "x-b": boolean(False)}, False),
        ({"x-match": text("any-with-x"), "x-b": boolean(True)}, True),
    ],
)
def test_headers_patterns(pattern, fits):
    assert headers_match(pattern, {"a": long(1), "x-b": boolean(True)}) is fits


def test_a_direct_exchange_looks_at_the_whole_key():
    exchange = DirectExchange("e")
    assert exchange.bind(Binding("e", Q1, "k", {}))
    assert not exchange.bind(Binding("e", Q1, "k", {})), "the same binding is one binding"
    exchange.bind(Binding("e", Q2, "k.k", {}))
    assert list(exchange.destinations("k", {})) == [Q1]
    assert exchange.unbind(Binding("e", Q1, "k", {}))
    assert not exchange.unbind(Binding("e", Q1, "k", {}))
    assert list(exchange.destinations("k", {})) == []


def test_bindings_differ_by_their_arguments_in_any_order():
    exchange = FanoutExchange("e")
    assert exchange.bind(Binding("e", Q1, "", {"a": long(1), "b": long(2)}))
    assert not exchange.bind(Binding("e", Q1, "", {"b": long(2), "a": long(1)}))
    assert exchange.bind(Binding("e", Q1, "", {"a": long(1)}))
