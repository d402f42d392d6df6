"""The table of tasks, read back as a spreadsheet would, whatever somebody wrote into a message."""

import csv
import io

import pytest

from tests.core.projections.test_task_rows import rows, workers
from tests.core.story import W1, S, T, delivered, done, published
from workq_gui.core.task_csv import COLUMNS, LONGEST_CELL, ROWS_AT_ONCE, csv_bytes


def table(text: str, task_id: str = T) -> list[dict[str, str]]:
    found = rows(
        workers(W1),
        published(task_id, text, at_ns=S),
        delivered(task_id, W1, 2 * S),
        done(task_id, W1, 3 * S),
    )
    return read(b"".join(csv_bytes(found.values())))


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_row_tells_the_whole_life_of_a_task():
    (row,) = table("Hello...")
    assert tuple(row) == COLUMNS
    assert (row["message_id"], row["text"], row["kind"], row["queue"]) == (T, "Hello...", "3", "task_queue")
    assert (row["published_at_s"], row["first_delivered_at_s"], row["acked_at_s"]) == (
        "1.000000",
        "2.000000",
        "3.000000",
    )
    assert (row["workers"], row["times_delivered"], row["redelivered"]) == (W1, "1", "0")
    assert (row["outcome"], row["lost_because"], row["confirmed_at_s"]) == ("acked", "", "")
    assert (row["waiting_s"], row["working_s"]) == ("1.000000", "1.000000")


@pytest.mark.parametrize("text", ["two\nlines", 'a "quote", a comma', "é 漢 🐇", "<script>alert(1)</script>"])
def test_a_text_comes_back_as_it_was(text):
    assert table(text)[0]["text"] == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0"])
def test_a_spreadsheet_is_given_no_formula(text):
    assert table(text)[0]["text"] == "'" + text
    assert table("well", task_id=text)[0]["message_id"] == "'" + text


def test_a_text_of_a_megabyte_fits_into_a_cell():
    (row,) = table("x" * 1_000_000)
    assert row["text"].startswith("x" * LONGEST_CELL)
    assert row["text"].endswith("… (1,000,000 characters)")


def test_a_nul_ends_no_table():
    assert table("a\0b")[0]["text"] == "ab"


def test_a_long_table_comes_in_parts_of_which_only_the_first_has_the_mark_and_the_headings():
    count = 2 * ROWS_AT_ONCE + 1
    found = rows(*(published(f"t-{number}", "é", at_ns=number) for number in range(count)))
    parts = list(csv_bytes(found.values()))
    assert len(parts) == 3
    mark = b"\xef\xbb\xbf"
    assert [part.startswith(mark) for part in parts] == [True, False, False]
    assert [row["message_id"] for row in read(b"".join(parts))] == [f"t-{n}" for n in range(count)]


def test_an_empty_table_has_headings():
    assert b"".join(csv_bytes([])) == b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n"


def test_half_a_character_pair_is_replaced():
    assert table("a\ud83db")[0]["text"] == "a?b"
