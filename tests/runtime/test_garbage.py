"""When to look for reference cycles."""

import gc
import weakref

import pytest

from workq_gui.runtime.garbage import NEW_OBJECTS, GarbageCollector


class Knot:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(qapp):
    gc.collect()
    collector = GarbageCollector()
    yield collector
    collector.close()


def test_garbage_is_found_when_there_is_enough_of_it_and_not_before(collector):
    knot = weakref.ref(Knot())
    collector.look()
    assert knot() is not None
    ballast = [[] for _ in range(NEW_OBJECTS + 1)]
    assert knot() is not None, "nobody looks but when asked to"
    collector.look()
    assert knot() is None
    assert ballast


def test_it_gives_python_its_own_way_back(collector):
    assert not gc.isenabled()
    collector.close()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
