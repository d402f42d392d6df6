import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pamqp import commands

from tests.broker.far_end import FarEnd, later
from workq_gui.broker import Broker, MemoryStore


def test_messages_expire_at_the_head(client, broker):
    client.declare("q", arguments={"x-message-ttl": 1000})
    client.publish("q", b"1")
    later(broker, 0.5)
    client.publish("q", b"2")
    later(broker, 0.5)
    assert client.count("q") == 1
    assert client.get("q")[2] == b"2"


def test_a_message_with_its_own_time_waits_behind_one_that_has_none(client, broker):
    client.publish("tasks", b"keeps")
    client.publish("tasks", b"short", expiration="100")
    later(broker, 5)
    assert client.count("tasks") == 2
    assert client.get("tasks")[2] == b"keeps"
    assert client.get("tasks") is None


def test_a_time_to_live_of_nothing_is_enough_for_a_waiting_consumer(client):
    client.publish("tasks", b"gone", expiration="0")
    assert client.count("tasks") == 0
    client.consume("tasks")
    client.publish("tasks", b"caught", expiration="0")
    assert client.bodies() == [b"caught"]


def test_the_oldest_goes_at_the_limit(client, broker, store):
    client.declare("q", arguments={"x-max-length": 2})
    for content in (b"1", b"2", b"3"):
        client.publish("q", content)
    assert [client.get("q")[2] for _ in range(2)] == [b"2", b"3"]
    broker.commit()
    assert not store.durable


def test_a_limit_in_bytes(client):
    client.declare("q", arguments={"x-max-length-bytes": 10})
    for content in (b"1" * 6, b"2" * 4, b"3" * 4):
        client.publish("q", content)
    assert client.count("q") == 2


def test_unacked_messages_do_not_count_against_the_limit(client):
    client.declare("q", arguments={"x-max-length": 1})
    client.consume("q", prefetch=2)
    for content in (b"1", b"2", b"3", b"4"):
        client.publish("q", content)
    assert client.bodies() == [b"1", b"2"]
    client.ack(2, multiple=True)
    assert client.bodies() == [b"4"]


def test_priorities(client):
    client.declare("q", arguments={"x-max-priority": 5})
    for content, priority in ((b"a", 0), (b"b", 3), (b"c", 9), (b"d", 3)):
        client.publish("q", content, priority=priority)
    assert [client.get("q")[2] for _ in range(4)] == [b"c", b"b", b"d", b"a"]


def test_what_it_costs_is_counted_and_comes_back(client, broker):
    before = broker.queued_bytes
    client.publish("tasks", b"x" * 1000)
    assert broker.queued_bytes > before + 1000
    client.get("tasks", no_ack=False)
    assert broker.queued_bytes > before + 1000, "what is unacked takes memory too"
    client.send(1, commands.Basic.Nack(1, False, True))
    client.received()
    client.call(commands.Queue.Purge(queue="tasks"))
    assert broker.queued_bytes == before


class OneQueue(RuleBasedStateMachine):
    """Publishers, workers that ack, nack, reject, crash; and the two laws of conservation."""

    kind = "classic"

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.broker = Broker(self.store)
        self.publisher = FarEnd(self.broker)
        arguments = {"x-queue-type": self.kind}
        if self.kind == "quorum":
            arguments["x-delivery-limit"] = -1
        self.publisher.declare("q", arguments=arguments)
        self.queue = self.broker.topology.queues["q"]
        self.workers: list[tuple[FarEnd, dict[int, bytes]]] = []
        self.published = 0
        self.settled = 0
        self.seen: set[bytes] = set()

    @rule(count=st.integers(1, 5))
    def publish(self, count):
        for _ in range(count):
            self.publisher.publish("q", b"%d" % self.published)
            self.published += 1

    @rule(prefetch=st.integers(0, 3))
    def start_worker(self, prefetch):
        worker = FarEnd(self.broker)
        worker.consume("q", prefetch=prefetch)
        self.workers.append((worker, {}))

    @rule(which=st.integers(0, 9), how=st.integers(0, 4), multiple=st.booleans())
    def settle(self, which, how, multiple):
        self.look()
        held = [entry for entry in self.workers if entry[1]]
        if not held:
            return
        worker, tags = held[which % len(held)]
        tag = sorted(tags)[which % len(tags)]
        gone = [t for t in tags if t <= tag] if multiple and how < 3 else [tag]
        if how == 0:
            worker.ack(tag, multiple=multiple)
        elif how in (1, 2):
            worker.send(1, commands.Basic.Nack(tag, multiple, how == 1))
        else:
            worker.send(1, commands.Basic.Reject(tag, how == 3))
        if how in (0, 2, 4):
            self.settled += len(gone)
        for number in gone:
            del tags[number]

    @rule(which=st.integers(0, 9))
    def crash_worker(self, which):
        if self.workers:
            self.workers.pop(which % len(self.workers))[0].vanish()

    @rule(which=st.integers(0, 9))
    def clog_worker(self, which):
        if self.workers:
            self.workers[which % len(self.workers)][0].connection.output_stuck()

    @rule(which=st.integers(0, 9))
    def free_worker(self, which):
        if self.workers:
            self.workers[which % len(self.workers)][0].connection.output_taken()

    def look(self):
        for worker, tags in self.workers:
            for deliver, content in worker.deliveries():
                assert deliver.redelivered == (content in self.seen)
                self.seen.add(content)
                tags[deliver.delivery_tag] = content

    @invariant()
    def every_message_is_somewhere(self):
        self.look()
        held = sum(len(tags) for _, tags in self.workers)
        assert self.published == len(self.queue.ready) + held + self.settled
        assert self.queue.unacked_count == held

    @invariant()
    def what_waits_is_in_order(self):
        if self.kind == "classic":
            offsets = [message.offset for message in self.queue.ready]
            assert offsets == sorted(offsets)

    @invariant()
    def what_is_durable_is_what_is_not_settled(self):
        self.broker.commit()
        assert len(self.store.durable) == self.published - self.settled

    @invariant()
    def memory_is_counted(self):
        assert (self.broker.queued_bytes > 0) == (self.published > self.settled)


class OneQuorumQueue(OneQueue):
    kind = "quorum"


OneQueue.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
OneQuorumQueue.TestCase.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestConservation = OneQueue.TestCase
TestConservationInAQuorumQueue = OneQuorumQueue.TestCase


@pytest.mark.parametrize("length", [10, 20_000])
def test_what_a_delivery_costs_does_not_depend_on_the_length(length):
    """Count what is done instead of the time it takes."""
    import sys

    broker = Broker(MemoryStore())
    client = FarEnd(broker)
    client.declare("q")
    for _ in range(length):
        client.publish("q")
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        client.get("q")
        client.publish("q")
    finally:
        sys.setprofile(None)
    assert calls < 450


def test_a_refused_message_may_be_a_dead_letter(client, broker, store):
    arguments = {
        "x-max-length": 1,
        "x-overflow": "reject-publish-dlx",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "tasks",
    }
    client.declare("q", arguments=arguments)
    client.call(commands.Confirm.Select())
    client.publish("q", b"1")
    client.publish("q", b"2")
    broker.commit()
    assert client.received() == ["Basic.Ack", "Basic.Nack"]
    assert client.get("tasks")[2] == b"2"
