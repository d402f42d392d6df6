"""Which workers there are, and in which threads they live."""

import asyncio
import threading

import pytest

from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.worker_settings import WorkerSettings
from workq_gui.messaging.topology import ConsumerSpec, QueueSpec
from workq_gui.runtime.worker_pool import MAX_OWN_THREADS, WorkerPool

SPEC = ConsumerSpec((QueueSpec("tasks"),))


class FakeConsumer:
    """Lives until told otherwise, and remembers where and what it was told."""

    def __init__(self, worker_id):
        self.worker_id = worker_id
        self.started = threading.Event()
        self.ended = threading.Event()
        self.told = []
        self.thread = None

    async def run(self):
        self.thread = threading.get_ident()
        self._end = asyncio.Event()
        self.started.set()
        try:
            await self._end.wait()
        finally:
            self.ended.set()

    def stop(self):
        self.told.append("stop")
        self._end.set()

    def crash(self):
        self.told.append("crash")
        self._end.set()

    def __getattr__(self, verb):
        if verb not in ("nack", "hold", "release"):
            raise AttributeError(verb)
        return lambda: self.told.append(verb)


@pytest.fixture
def consumers():
    return {}


@pytest.fixture
def events():
    return []


@pytest.fixture
def pool(qtbot, consumers, events):
    def make(worker_id, spec):
        consumers.setdefault(worker_id, []).append(FakeConsumer(worker_id))
        return consumers[worker_id][-1]

    pool = WorkerPool(make, ManualClock(), events.append)
    yield pool
    assert pool.shutdown(2.0)


def started(consumer):
    assert consumer.started.wait(2)
    return consumer


def test_workers_are_numbered_from_one_and_told_of(pool, events):
    assert [pool.add(SPEC), pool.add(SPEC)] == ["worker 1", "worker 2"]
    assert [(type(event), event.worker_id) for event in events] == [
        (e.WorkerAdded, "worker 1"),
        (e.WorkerAdded, "worker 2"),
    ]


def test_few_workers_have_a_thread_each(pool, consumers):
    for _ in range(MAX_OWN_THREADS):
        pool.add(SPEC)
    threads = {started(lives[0]).thread for lives in consumers.values()}
    assert len(threads) == MAX_OWN_THREADS
    assert threading.get_ident() not in threads


def test_many_workers_share_one(pool, consumers):
    for _ in range(MAX_OWN_THREADS + 20):
        pool.add(SPEC)
    threads = {started(lives[0]).thread for lives in consumers.values()}
    assert len(threads) == MAX_OWN_THREADS + 1


@pytest.mark.parametrize("verb", ["stop", "crash"])
def test_a_wish_reaches_the_worker_that_is_meant(pool, consumers, verb):
    first, second = pool.add(SPEC), pool.add(SPEC)
    started(consumers[first][0])
    started(consumers[second][0])
    getattr(pool, verb)(second)
    assert consumers[second][0].ended.wait(2)
    assert consumers[second][0].told == [verb]
    assert not consumers[first][0].told


def test_a_wish_that_ends_nothing_reaches_the_worker_that_is_meant(pool, consumers):
    first, second = pool.add(SPEC), pool.add(SPEC)
    started(consumers[second][0])
    pool.tell(second, lambda consumer: consumer.nack)
    pool.stop(second)
    assert consumers[second][0].ended.wait(2)
    assert consumers[second][0].told == ["nack", "stop"]
    assert not consumers[first][0].told


def test_all_workers_are_held_and_those_that_are_started_meanwhile_begin_so(pool, consumers):
    first = pool.add(SPEC)
    started(consumers[first][0])
    pool.hold()
    second = pool.add(SPEC)
    assert started(consumers[second][0]).told == ["hold"]
    pool.release()
    third = pool.add(SPEC)
    assert started(consumers[third][0]).told == []
    for worker_id in (first, second):
        pool.stop(worker_id)
        assert consumers[worker_id][0].ended.wait(2)
        assert consumers[worker_id][0].told == ["hold", "release", "stop"]


def test_each_life_takes_tasks_as_it_was_said_at_first(qtbot):
    specs, other = [], ConsumerSpec((QueueSpec("mail"),), WorkerSettings(auto_ack=True))
    lives = []

    def make(worker_id, spec):
        specs.append(spec)
        lives.append(FakeConsumer(worker_id))
        return lives[-1]

    pool = WorkerPool(make, ManualClock(), lambda event: None)
    pool.add(SPEC)
    worker_id = pool.add(other)
    started(lives[1])
    pool.crash(worker_id)
    pool.start(worker_id)
    assert specs == [SPEC, other, other]
    assert pool.shutdown(2.0)


def test_a_restarted_worker_is_a_new_life_in_the_same_thread(pool, consumers):
    worker_id = pool.add(SPEC)
    started(consumers[worker_id][0])
    pool.crash(worker_id)
    assert consumers[worker_id][0].ended.wait(2)
    pool.start(worker_id)
    assert started(consumers[worker_id][1]).thread == consumers[worker_id][0].thread


def test_a_removed_worker_ends_and_its_name_is_not_given_again(pool, consumers, events):
    worker_id = pool.add(SPEC)
    started(consumers[worker_id][0])
    pool.remove(worker_id)
    assert consumers[worker_id][0].ended.wait(2)
    assert type(events[-1]) is e.WorkerRemoved
    assert pool.add(SPEC) == "worker 2"


def test_a_second_click_on_restart_makes_no_second_life(pool, consumers, events):
    worker_id = pool.add(SPEC)
    started(consumers[worker_id][0])
    pool.start(worker_id)
    assert len(consumers[worker_id]) == 1
    assert len(events) == 1


def test_a_restart_waits_for_the_end_of_the_life_before(pool, consumers):
    worker_id = pool.add(SPEC)
    first = started(consumers[worker_id][0])
    pool.crash(worker_id)
    pool.start(worker_id)
    second = started(consumers[worker_id][1])
    assert first.ended.is_set()
    pool.stop(worker_id)
    assert second.ended.wait(2)


def test_wishes_for_workers_that_are_gone_do_nothing(pool, consumers):
    worker_id = pool.add(SPEC)
    started(consumers[worker_id][0])
    for verb in (pool.remove, pool.remove, pool.stop, pool.crash):
        verb(worker_id)
    assert consumers[worker_id][0].ended.wait(2)


def test_the_shared_thread_ends_also_when_its_last_worker_was_removed(qtbot, consumers):
    pool = WorkerPool(
        lambda worker_id, spec: consumers.setdefault(worker_id, FakeConsumer(worker_id)),
        ManualClock(),
        lambda event: None,
    )
    for _ in range(MAX_OWN_THREADS):
        started(consumers[pool.add(SPEC)])
    last = pool.add(SPEC)
    started(consumers[last])
    pool.remove(last)
    assert pool.shutdown(2.0)  # and the fixture for threads sees that none is left


def test_shutdown_ends_all_of_them(qtbot, consumers):
    pool = WorkerPool(
        lambda worker_id, spec: consumers.setdefault(worker_id, FakeConsumer(worker_id)),
        ManualClock(),
        lambda event: None,
    )
    for _ in range(MAX_OWN_THREADS + 3):
        started(consumers[pool.add(SPEC)])
    assert pool.shutdown(2.0)
    assert all(consumer.ended.is_set() for consumer in consumers.values())
