"""docs/coverage.md and docs/versions.md name nothing that is not there, and leave no scenario out."""

import ast
import functools
import re
from pathlib import Path

import pytest

from workq_gui.command_line import shipped_scenarios

ROOT = Path(__file__).resolve().parent.parent
COVERAGE = (ROOT / "docs/coverage.md").read_text(encoding="utf-8")
VERSIONS = (ROOT / "docs/versions.md").read_text(encoding="utf-8")
SCENARIOS = (ROOT / "docs/scenarios.md").read_text(encoding="utf-8")
TABLES = ("The tutorial's text", "The checklist of behaviours", "The confusions", "Beyond the tutorial")
FEWEST_OF_TEXT, FEWEST_OF_CONFUSIONS = 27, 22
PLAYED_ELSEWHERE = {"cluster-leader"}


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table of docs/coverage.md, without its head."""
    part = COVERAGE.split(f"\n## {table}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def named(text: str) -> list[str]:
    """Return what stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


@functools.cache
def names_of_tests(path: str) -> set[str]:
    """Return the names of the tests in a file, which need not be imported for that."""
    nodes = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_says_where_it_is_seen_what_plays_it_and_what_asserts_it(table):
    for row in rows(table):
        assert len(row) == 4, row
        assert all(row), row
        played = [name for name in named(row[2]) if name in shipped_scenarios()]
        assert played or row[2].startswith(("none: ", "any, ")), row
        assert "::test_" in row[3] or "lessons[" in row[3], row


def test_there_is_a_row_for_each_behaviour_and_each_confusion():
    assert [int(row[0].split(".")[0]) for row in rows("The checklist of behaviours")] == list(range(1, 21))
    assert len(rows("The tutorial's text")) >= FEWEST_OF_TEXT
    assert len(rows("The confusions")) >= FEWEST_OF_CONFUSIONS


@pytest.mark.parametrize("text", [COVERAGE, VERSIONS], ids=["coverage", "versions"])
def test_every_test_that_is_named_is_there(text):
    ids = [name.split("[")[0] for name in named(text) if "::" in name]
    assert ids
    missing = [name for name in ids if name.split("::")[-1] not in names_of_tests(name.split("::")[0])]
    assert not missing


def test_every_scenario_is_named_and_every_one_that_is_named_ships():
    tables = [row for table in TABLES for row in rows(table)]
    words = {name for row in tables for name in named(row[2]) if re.fullmatch(r"[a-z0-9-]+", name)}
    assert {word for word in words if not word.startswith("--")} == set(shipped_scenarios())
    lessons = {name for row in tables for name in re.findall(r"lessons\[([a-z0-9-]+)\]", row[3])}
    assert lessons == set(shipped_scenarios()) - PLAYED_ELSEWHERE


def test_every_scenario_stands_in_the_list_of_those_that_ship():
    listed = SCENARIOS.split("| name | what it shows |", 1)[1].split("## The file", 1)[0]
    first_cells = " ".join(line.split("|")[1] for line in listed.splitlines() if line.startswith("|"))
    assert {name for name in named(first_cells) if name != "---"} == set(shipped_scenarios())
