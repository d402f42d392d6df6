import pytest
from hypothesis import given
from hypothesis import strategies as st

from workq_gui.broker.content import Message
from workq_gui.broker.ready import ByPriority, InOrder, ReturnedFirst


def message(offset: int, priority: int = 0) -> Message:
    made = Message(b"", b"", b"", priority)
    made.offset = offset
    return made


def drained(ready) -> list[int]:
    return [ready.pop().offset for _ in range(len(ready))]


@given(st.lists(st.booleans(), max_size=30))
def test_whatever_is_taken_and_given_back_the_order_of_arrival_holds(gives_back):
    ready, taken = InOrder(), []
    for offset in range(20):
        ready.append(message(offset))
    for gives in gives_back:
        if gives and taken:
            ready.give_back(taken.pop(0))
        elif len(ready):
            assert ready.first() is not None
            taken.append(ready.pop())
    rest = sorted(set(range(20)) - {m.offset for m in taken})
    assert [m.offset for m in ready] == rest
    assert drained(ready) == rest


def test_a_quorum_queue_serves_first_what_came_back_first():
    ready = ReturnedFirst()
    for offset in range(4):
        ready.append(message(offset))
    taken = [ready.pop() for _ in range(3)]
    ready.give_back(taken[2])
    ready.give_back(taken[0])
    assert [m.offset for m in ready] == [2, 0, 3]
    assert drained(ready) == [2, 0, 3]


def test_higher_priorities_leave_first_and_too_high_is_the_highest():
    ready = ByPriority(5)
    for offset, priority in enumerate([0, 9, 3, 5, 0]):
        ready.append(message(offset, priority))
    first = ready.pop()
    ready.give_back(first)
    assert [m.offset for m in ready] == [1, 3, 2, 0, 4]
    assert drained(ready) == [1, 3, 2, 0, 4]
    assert ready.first() is None


@pytest.mark.parametrize("ready", [InOrder(), ReturnedFirst(), ByPriority(2)])
def test_all_can_be_forgotten(ready):
    ready.append(message(1))
    ready.append(message(2))
    ready.give_back(ready.pop())
    ready.clear()
    assert len(ready) == 0
    assert ready.first() is None
