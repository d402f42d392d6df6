import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import decode

from workq_gui.broker.tables import Field, TableError, decode_table, encode_table, text, type_class

numbers = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(lambda n: Field("I", n)),
    st.integers(-(2**63), 2**63 - 1).map(lambda n: Field("l", n)),
    st.integers(-128, 127).map(lambda n: Field("b", n)),
    st.integers(0, 65535).map(lambda n: Field("u", n)),
    st.floats(allow_nan=False).map(lambda x: Field("d", x)),
    st.booleans().map(lambda b: Field("t", b)),
)
plain = st.one_of(
    numbers,
    st.text(st.characters(exclude_categories=["Cs"])).map(text),
    st.binary().map(lambda b: Field("x", b)),
    st.just(Field("V", None)),
    st.tuples(st.integers(0, 255), st.integers(0, 2**32 - 1)).map(lambda d: Field("D", d)),
)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
fields = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda fields: Field("A", fields)),
        st.dictionaries(names, inner, max_size=3).map(lambda table: Field("F", table)),
    ),
    max_leaves=8,
)
tables = st.dictionaries(names, fields, max_size=5)


@given(tables)
def test_a_table_comes_back_as_it_was_written(table):
    data = encode_table(table)
    assert decode_table(data) == (table, len(data))


@given(st.dictionaries(st.text("abc", min_size=1, max_size=5), numbers, max_size=5))
def test_pamqp_reads_what_we_write(table):
    _, theirs = decode.field_table(encode_table(table))
    assert theirs == {name: field.value for name, field in table.items()}


@given(st.binary(max_size=60))
def test_garbage_is_refused_and_nothing_worse(data):
    with contextlib.suppress(TableError):
        decode_table(data)


def test_text_that_is_no_utf8_goes_out_as_it_came():
    data = b"\0\0\0\x09\x01kS\0\0\0\x02\xff\xfe"
    table, _ = decode_table(data)
    assert encode_table(table) == data


def test_tables_that_are_nested_too_deep_are_refused():
    table = {"a": text("x")}
    for _ in range(40):
        table = {"a": Field("F", table)}
    with pytest.raises(TableError, match="nested too deep"):
        decode_table(encode_table(table))


@pytest.mark.parametrize(("kind", "expected"), [("I", "int"), ("l", "int"), ("d", "float"), ("S", "S")])
def test_numbers_of_all_sizes_are_of_one_class(kind, expected):
    assert type_class(kind) == expected
