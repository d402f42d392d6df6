"""The table of tasks as CSV, for a spreadsheet."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from workq_gui.core.projections.task_rows import TaskRow

COLUMNS = (
    "message_id",
    "text",
    "kind",
    "queue",
    "published_at_s",
    "confirmed_at_s",
    "first_delivered_at_s",
    "acked_at_s",
    "workers",
    "times_delivered",
    "redelivered",
    "outcome",
    "lost_because",
    "waiting_s",
    "working_s",
)
LONGEST_CELL = 32_000
"""A spreadsheet's cell takes 32,767 characters; the rest would be cut without a word."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins so for a formula, and may run it."""

ROWS_AT_ONCE = 2_000
"""So many take some 15 ms."""


def csv_bytes(rows: Iterable[TaskRow]) -> Iterator[bytes]:
    """Yield a table of `rows` as a file, ROWS_AT_ONCE at a time: a line of headings first, as in RFC 4180.

    Seconds are those of the session. Texts come from messages, so anybody may have written them: what a
    spreadsheet would take for a formula gets an apostrophe in front, and NUL, which it cannot read, goes.
    """
    remaining = iter(rows)
    # A spreadsheet takes a file without this mark for one in the computer's old code page.
    start, lines = codecs.BOM_UTF8, [COLUMNS, *_cells_of(remaining)]
    while lines:
        out = io.StringIO()
        csv.writer(out).writerows(lines)
        yield start + out.getvalue().encode(errors="replace")
        start, lines = b"", _cells_of(remaining)


def _cells_of(remaining: Iterator[TaskRow]) -> list[Sequence[str | int]]:
    return [_cells(row) for row in islice(remaining, ROWS_AT_ONCE)]


def _cells(row: TaskRow) -> list[str | int]:
    task = row.task
    return [
        safe_cell(task.task_id),
        safe_cell(task.text),
        task.text.count("."),
        safe_cell(task.queue),
        _seconds(row.published_ns),
        _seconds(row.confirmed_ns),
        _seconds(row.delivered_ns),
        _seconds(row.acked_ns),
        safe_cell(", ".join(row.workers)),
        task.deliveries,
        row.redelivered_count,
        row.outcome,
        safe_cell(task.lost_cause or task.returned_text),
        _seconds(row.waiting_ns),
        _seconds(row.working_ns),
    ]


def safe_cell(text: str) -> str:
    """Return `text` as a spreadsheet may be given it: never a formula, and not longer than a cell."""
    text = text.replace("\0", "")
    if len(text) > LONGEST_CELL:
        text = f"{text[:LONGEST_CELL]}… ({len(text):,} characters)"
    # A space before a formula does not stop every spreadsheet.
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _seconds(ns: int | None) -> str:
    return "" if ns is None else f"{ns / 1e9:.6f}"
