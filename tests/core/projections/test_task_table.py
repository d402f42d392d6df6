"""All tasks by number and by id."""

from dataclasses import dataclass

from workq_gui.core.events import TaskId
from workq_gui.core.projections import task_table
from workq_gui.core.projections.task_table import BLOCK, TaskTable


@dataclass
class Entry:
    task_id: TaskId
    number: int
    is_settled: bool = True


def filled(count: int) -> TaskTable[Entry]:
    table: TaskTable[Entry] = TaskTable()
    grow(table, count)
    return table


def grow(table: TaskTable[Entry], count: int) -> None:
    for number in range(table.known_count + 1, table.known_count + count + 1):
        table.add(Entry(TaskId(str(number)), number))


def test_a_task_is_found_by_its_id():
    table = filled(2 * BLOCK + 3)
    for number in (1, BLOCK, BLOCK + 1, 2 * BLOCK + 3):
        assert table[TaskId(str(number))].number == number
    assert table.get(TaskId("none")) is None
    assert len(table) == table.known_count == 2 * BLOCK + 3


def test_they_come_in_order_from_either_end():
    table = filled(BLOCK + 2)
    assert [entry.number for entry in table.values()] == list(range(1, BLOCK + 3))
    assert next(table.newest()).number == BLOCK + 2


def test_a_copy_sees_no_later_change_and_no_later_task():
    table = filled(3)
    twin = table.__copy__()
    table.writable(TaskId("2")).is_settled = False
    grow(table, 1)
    assert twin[TaskId("2")].is_settled
    assert twin.get(TaskId("4")) is None
    twin.writable(TaskId("3")).is_settled = False
    assert table[TaskId("3")].is_settled


def test_of_old_tasks_those_are_kept_that_are_not_settled(monkeypatch):
    monkeypatch.setattr(task_table, "KEPT_TASKS", 2 * BLOCK)
    table = filled(1)
    table.writable(TaskId("1")).is_settled = False
    grow(table, 9 * BLOCK)
    assert table[TaskId("1")].number == 1
    assert table.get(TaskId(str(BLOCK + 1))) is None
    assert len(table) <= 4 * BLOCK


def test_a_copy_of_the_past_still_finds_what_was_dropped_since(monkeypatch):
    monkeypatch.setattr(task_table, "KEPT_TASKS", 4 * BLOCK)
    table = filled(BLOCK)
    twin = table.__copy__()
    grow(table, 6 * BLOCK)
    assert table.get(TaskId("1")) is None
    assert twin[TaskId("1")].number == 1
