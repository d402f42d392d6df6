"""What is made of what brokers publish about themselves: headers as recorded, no sockets."""

from collections.abc import Callable

import pytest

from workq_gui.core.clock import ManualClock
from workq_gui.core.events import Event
from workq_gui.core.foreign_events import (
    FOREIGN_TASK,
    ForeignAcked,
    ForeignChannelClosed,
    ForeignConnected,
    ForeignConsumerGone,
    ForeignConsumerSeen,
    ForeignDelivered,
    ForeignForgotten,
    ForeignGone,
    ForeignPublished,
    ForeignRejected,
)
from workq_gui.messaging.foreign_clients import MOST_HELD, ForeignClients, said_of
from workq_gui.messaging.own_clients import OBSERVER, is_own, own_properties

QUEUE = "task_queue"
THEIRS = "127.0.0.1:43790 -> 127.0.0.1:21439"
OURS = "127.0.0.1:43802 -> 127.0.0.1:21439"
PRODUCT = '{<<"product">>,longstr,<<"Pika Python Client Library">>}'
PID, CHANNEL_PID = "<workq@localhost.1795530615.716.0>", "<workq@localhost.1795530615.725.0>"


class Told:
    """Takes what is told, and keeps the facts; what is to be done later is done by the test."""

    def __init__(self) -> None:
        self.facts: list[Event] = []
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.program = ""
        self.clients = ForeignClients(
            ManualClock(), self.facts.append, lambda s, do: self.later.append((s, do)), lambda _: self.program
        )
        self.clients.watch(QUEUE)

    def connect(self, name: str = THEIRS, said: tuple[str, ...] = (PRODUCT,), pid: str = PID) -> None:
        headers = {"name": name, "pid": pid, "client_properties": list(said), "peer_port": 43790}
        self.clients.take("connection.created", headers, b"")

    def open_channel(self, pid: str = CHANNEL_PID, number: int = 1) -> None:
        self.clients.take("channel.created", {"pid": pid, "connection": PID, "number": number}, b"")

    def consume(self, queue: str = QUEUE, prefetch: int = 1, ack_required: bool = True) -> None:
        self.clients.take(
            "consumer.created",
            {
                "channel": CHANNEL_PID,
                "consumer_tag": "ctag1.1",
                "queue": queue,
                "prefetch_count": prefetch,
                "ack_required": ack_required,
            },
            b"",
        )

    def worker(self, **how: object) -> None:
        self.connect()
        self.open_channel()
        self.consume(**how)

    def trace(self, about: str, body: bytes = b"", connection: str = THEIRS, **headers: object) -> None:
        usual = {"connection": connection, "channel": 1, "properties": {"delivery_mode": 2}}
        self.clients.take(about, {**usual, **headers}, body)

    def publish(self, body: bytes, connection: str = THEIRS, queue: str = QUEUE, **headers: object) -> None:
        self.trace("publish.", body, connection, routed_queues=[queue], **headers)

    def of(self, *kinds: type[Event]) -> list[Event]:
        return [fact for fact in self.facts if isinstance(fact, kinds)]


@pytest.fixture
def told() -> Told:
    return Told()


class TestWhoItIs:
    def test_a_client_is_named_by_itself(self, told):
        told.program = "worker.py"
        told.connect(said=(PRODUCT, r'{<<"connection_name">>,longstr,<<"my \"name\" \\ x">>}'))
        (connected,) = told.of(ForeignConnected)
        assert (connected.name, connected.peer) == (r'my "name" \ x', "127.0.0.1:43790")

    def test_one_that_says_nothing_is_named_by_its_program(self, told):
        told.program = "worker.py"
        told.connect()
        assert told.of(ForeignConnected)[0].name == "worker.py"

    def test_one_that_is_elsewhere_is_named_by_its_library(self, told):
        told.connect()
        assert told.of(ForeignConnected)[0].name == "Pika Python Client Library"

    def test_one_of_which_nothing_is_known_has_no_name(self, told):
        told.connect(said=())
        assert told.of(ForeignConnected)[0].name == ""

    def test_each_gets_a_number_of_its_own(self, told):
        told.connect()
        told.connect(OURS, pid="<other>")
        assert [fact.client for fact in told.of(ForeignConnected)] == ["FOREIGN 1", "FOREIGN 2"]

    def test_an_endless_name_is_cut(self):
        assert len(said_of(['{<<"product">>,longstr,<<"' + 999 * "x" + '">>}'], "product")) == 80

    def test_the_program_is_looked_for_when_it_logs_in(self, told):
        told.program = "new_task.py"
        told.clients.take("user.authentication.success", {"connection_name": THEIRS}, b"")
        assert told.clients.may_be_somebody_else
        for _, do in told.later:
            do()
        told.program = ""  # it has ended
        told.connect()
        assert told.of(ForeignConnected)[0].name == "new_task.py"


class TestOurs:
    TERMS = tuple(
        f'{{<<"{name}">>,longstr,<<"{value}">>}}'
        for name, value in own_properties("WorkQ publisher").items()
        if isinstance(value, str)
    )

    def test_our_own_connections_are_left_out(self, told):
        told.connect(OURS, self.TERMS)
        told.publish(b"ours", OURS)
        told.trace(f"deliver.{QUEUE}", b"ours", OURS)
        assert told.facts == []
        assert not told.clients.may_be_somebody_else

    def test_another_workq_is_somebody_else(self, told):
        told.connect(said=('{<<"connection_name">>,longstr,<<"WorkQ publisher">>}',))
        assert told.of(ForeignConnected)[0].name == "WorkQ publisher"

    def test_what_a_connection_of_ours_says_is_recognised(self):
        assert is_own(self.TERMS)

    def test_only_the_observer_is_traced(self):
        assert own_properties("worker 1")["untraced"]
        assert not own_properties(OBSERVER)["untraced"]


class TestConsumers:
    def test_a_consumer_is_told_of(self, told):
        told.worker(prefetch=5)
        (seen,) = told.of(ForeignConsumerSeen)
        assert (seen.queue, seen.prefetch_count, seen.auto_ack) == (QUEUE, 5, False)

    def test_auto_ack_is_told_of(self, told):
        told.worker(ack_required=False)
        assert told.of(ForeignConsumerSeen)[0].auto_ack

    def test_other_queues_are_told_of_when_they_come_onto_the_stage(self, told):
        told.worker(queue="other")
        assert not told.of(ForeignConsumerSeen)
        told.clients.watch("other")
        assert told.of(ForeignConsumerSeen)[0].queue == "other"

    def test_a_client_that_cancels_first_is_not_cut(self, told):
        told.worker()
        told.clients.take("consumer.deleted", {"channel": CHANNEL_PID, "consumer_tag": "ctag1.1"}, b"")
        told.clients.take("channel.closed", {"pid": CHANNEL_PID}, b"")
        told.clients.take("connection.closed", {"name": THEIRS, "pid": PID}, b"")
        assert told.of(ForeignConsumerGone)
        assert not told.of(ForeignChannelClosed)
        assert not told.of(ForeignGone)[0].is_cut

    def test_a_cut_one_is_even_though_nothing_tells_of_its_consumer(self, told):
        """The built-in broker closes the channel first."""
        told.worker()
        told.clients.take("channel.closed", {"pid": CHANNEL_PID}, b"")
        told.clients.take("connection.closed", {"name": THEIRS, "pid": PID}, b"")
        assert [type(fact) for fact in told.facts[-2:]] == [ForeignChannelClosed, ForeignGone]
        assert told.facts[-1].is_cut

    def test_a_cut_one_is_when_the_connection_is_told_of_first(self, told):
        """As RabbitMQ does."""
        told.worker()
        told.clients.take("connection.closed", {"name": THEIRS, "pid": PID}, b"")
        told.clients.take("consumer.deleted", {"channel": CHANNEL_PID, "consumer_tag": "ctag1.1"}, b"")
        told.clients.take("channel.closed", {"pid": CHANNEL_PID}, b"")
        assert told.facts[-1].is_cut

    def test_who_is_gone_is_forgotten_later(self, told):
        told.connect()
        told.clients.take("connection.closed", {"name": THEIRS, "pid": PID}, b"")
        assert not told.of(ForeignForgotten)
        told.later[-1][1]()
        assert told.of(ForeignForgotten)[0].client == "FOREIGN 1"

    def test_all_are_gone_when_nobody_looks_any_more(self, told):
        told.worker()
        told.clients.leave()
        assert told.of(ForeignGone)
        assert not told.clients.may_be_somebody_else


class TestTasks:
    def test_a_publish_is_told_of(self, told):
        told.connect()
        told.publish(b"Third message...")
        (fact,) = told.of(ForeignPublished)
        assert (fact.queue, fact.text, fact.persistent) == (QUEUE, "Third message...", True)
        assert fact.task_id.startswith(FOREIGN_TASK)

    def test_a_name_of_its_own_is_kept(self, told):
        told.connect()
        told.publish(b"x", properties={"message_id": "mine"})
        (fact,) = told.of(ForeignPublished)
        assert (fact.task_id, fact.persistent) == ("mine", False)

    def test_a_publish_to_a_queue_that_is_not_on_the_stage_is_not(self, told):
        told.connect()
        told.publish(b"x", queue="hello")
        assert not told.of(ForeignPublished)

    def test_what_was_published_before_it_was_known_by_whom_is_told_of_then(self, told):
        told.publish(b"x")
        assert not told.facts
        told.connect()
        assert [type(fact) for fact in told.facts] == [ForeignConnected, ForeignPublished]

    def test_a_delivery_is_told_of(self, told):
        told.worker()
        told.trace(f"deliver.{QUEUE}", "für…".encode(), redelivered=1)
        (fact,) = told.of(ForeignDelivered)
        assert (fact.client, fact.text, fact.redelivered, fact.auto_ack) == ("FOREIGN 1", "für…", True, False)

    def test_bytes_that_are_no_text_do_no_harm(self, told):
        told.worker()
        told.trace(f"deliver.{QUEUE}", b"\xff" * 500)
        assert len(told.of(ForeignDelivered)[0].text) == 200

    def test_headers_that_are_not_there_do_no_harm(self, told):
        for about in ("connection.created", "connection.closed", "channel.created", "channel.closed"):
            told.clients.take(about, {}, b"")
        for about in ("consumer.created", "consumer.deleted", "user.authentication.success", "queue.created"):
            told.clients.take(about, {}, b"")
        assert told.facts == []


class TestAcks:
    @pytest.fixture
    def traced(self, told) -> Told:
        told.clients.sees_acks = True
        told.worker(prefetch=10)
        for body in (b"1", b"2", b"3"):
            told.trace(f"deliver.{QUEUE}", body)
        return told

    @pytest.mark.parametrize("tag", [1, 2, 3])
    def test_an_ack_is_of_the_task_with_that_delivery_tag(self, traced, tag):
        traced.trace(f"ack.{QUEUE}", delivery_tag=tag)
        (fact,) = traced.of(ForeignAcked)
        assert fact.task_id == traced.of(ForeignDelivered)[tag - 1].task_id
        assert not fact.is_inferred

    def test_tags_count_deliveries_from_all_queues(self, traced):
        traced.trace("deliver.other", b"x")
        traced.trace(f"deliver.{QUEUE}", b"5")
        traced.trace(f"ack.{QUEUE}", delivery_tag=5)
        assert traced.of(ForeignAcked)[0].task_id == traced.of(ForeignDelivered)[-1].task_id

    @pytest.mark.parametrize(("verb", "requeue"), [("requeue", True), ("nack", False), ("reject", False)])
    def test_a_task_that_is_given_back_is_told_of(self, traced, verb, requeue):
        traced.trace(f"{verb}.{QUEUE}", delivery_tag=1)
        assert [fact.requeue for fact in traced.of(ForeignRejected)] == [requeue]

    def test_an_unknown_tag_is_nobodys(self, traced):
        traced.trace(f"ack.{QUEUE}", delivery_tag=99)
        assert not traced.of(ForeignAcked)

    def test_acks_that_are_not_traced_are_concluded_from_the_prefetch(self, told):
        told.worker(prefetch=2)
        for body in (b"1", b"2", b"3"):
            told.trace(f"deliver.{QUEUE}", body)
        (fact,) = told.of(ForeignAcked)
        assert fact.is_inferred
        assert fact.task_id == told.of(ForeignDelivered)[0].task_id

    def test_nothing_is_concluded_without_a_prefetch(self, told):
        told.worker(prefetch=0)
        for body in (b"1", b"2", b"3"):
            told.trace(f"deliver.{QUEUE}", body)
        assert not told.of(ForeignAcked)

    def test_and_yet_memory_is_bounded(self, told):
        told.worker(prefetch=0)
        for _ in range(MOST_HELD + 5):
            told.trace(f"deliver.{QUEUE}", b"x")
        assert len(told.of(ForeignAcked)) == 5
