import pytest
from pamqp import commands

from tests.broker.far_end import FarEnd, later
from workq_gui.broker import Policy


def test_a_vanished_worker_gives_its_task_to_the_next(client, connect):
    first, second = connect(), connect()
    first.consume("tasks")
    client.publish("tasks", b"one")
    assert first.bodies() == [b"one"]
    second.consume("tasks")
    first.vanish()
    [(deliver, content)] = second.deliveries()
    assert deliver.redelivered
    assert content == b"one"


def test_prefetch_is_each_consumers_own(client):
    for number in range(8):
        client.publish("tasks", b"%d" % number)
    client.consume("tasks", "a", prefetch=2)
    client.consume("tasks", "b")
    assert client.bodies() == [b"0", b"1", b"2", b"3"]
    client.ack(1)
    assert client.bodies() == [b"4"]
    client.ack(4, multiple=True)
    assert client.bodies() == [b"5", b"6", b"7"]


def test_prefetch_for_the_channel_is_shared(client):
    for number in range(8):
        client.publish("tasks", b"%d" % number)
    client.call(commands.Basic.Qos(prefetch_count=2, global_=True))
    client.consume("tasks", "a")
    client.consume("tasks", "b")
    assert client.bodies() == [b"0", b"1"]
    client.ack(1)
    assert client.bodies() == [b"2"]
    client.call(commands.Basic.Qos(prefetch_count=0, global_=True))
    client.received()
    assert client.count("tasks") == 0


def test_a_prefetch_raised_later_does_not_touch_a_running_consumer(client):
    for _ in range(4):
        client.publish("tasks")
    client.consume("tasks", prefetch=1)
    assert len(client.bodies()) == 1
    client.send(1, commands.Basic.Qos(prefetch_count=4))
    assert client.bodies() == []


def test_prefetch_means_nothing_without_acks(client, store, broker):
    for _ in range(4):
        client.publish("tasks")
    client.consume("tasks", prefetch=1, no_ack=True)
    assert len(client.bodies()) == 4
    broker.commit()
    assert not store.durable


def test_workers_take_turns(client, connect):
    workers = [connect(), connect(), connect()]
    for worker in workers:
        worker.consume("tasks")
    for number in range(6):
        client.publish("tasks", b"%d" % number)
    assert [worker.bodies() for worker in workers] == [[b"0", b"3"], [b"1", b"4"], [b"2", b"5"]]


def test_what_is_nacked_takes_its_old_place(client):
    for number in range(4):
        client.publish("tasks", b"%d" % number)
    for _ in range(3):
        client.get("tasks", no_ack=False)
    client.send(1, commands.Basic.Nack(2, True, True))
    assert [client.get("tasks")[2] for _ in range(3)] == [b"0", b"1", b"3"]


def test_recover_gives_all_back(client):
    client.publish("tasks")
    client.get("tasks", no_ack=False)
    assert client.call(commands.Basic.Recover(requeue=True)).name == "Basic.RecoverOk"
    got, _, _ = client.get("tasks")
    assert got.redelivered


@pytest.mark.parametrize(
    "method",
    [
        commands.Basic.Ack(7),
        commands.Basic.Ack(7, True),
        commands.Basic.Ack(0),
        commands.Basic.Nack(7),
        commands.Basic.Reject(7),
    ],
)
def test_an_unknown_delivery_tag_closes_the_channel(client, method):
    client.publish("tasks")
    client.get("tasks", no_ack=False)
    close = client.call(method)
    assert close.reply_text == f"PRECONDITION_FAILED - unknown delivery tag {method.delivery_tag}"
    assert client.broker.topology.queues["tasks"].ready.first().redelivered


def test_to_ack_all_of_nothing_is_no_error(client):
    client.ack(0, multiple=True)
    assert client.received() == []


def test_a_cancelled_consumer_keeps_what_it_holds(client):
    client.publish("tasks")
    client.consume("tasks", "t", prefetch=1)
    client.bodies()
    client.publish("tasks")
    assert client.call(commands.Basic.Cancel("t")).name == "Basic.CancelOk"
    assert client.count("tasks") == 1
    client.ack(1)
    assert client.received() == []


def test_a_consumer_is_told_when_its_queue_goes(client, connect):
    worker = connect()
    worker.consume("tasks", "t")
    worker.received()
    client.call(commands.Queue.Delete(queue="tasks"))
    assert worker.received() == ["Basic.Cancel"]
    assert worker.frames[0].consumer_tag == "t"


def test_acks_for_a_queue_that_has_gone_are_no_error(client, broker, store):
    client.publish("tasks")
    broker.commit()
    client.get("tasks", no_ack=False)
    client.call(commands.Queue.Delete(queue="tasks"))
    client.ack(1)
    assert client.received() == []
    broker.commit()
    assert not store.durable


def test_the_same_tag_twice_closes_the_connection(client):
    client.consume("tasks", "t")
    client.consume("tasks", "t")
    assert client.received() == ["Basic.ConsumeOk", "Connection.Close"]
    assert client.frames[1].reply_text == "NOT_ALLOWED - attempt to reuse consumer tag 't'"


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True)])
def test_an_exclusive_consumer_is_alone(client, first, second):
    client.consume("tasks", "a", exclusive=first)
    client.consume("tasks", "b", exclusive=second)
    assert client.received() == ["Basic.ConsumeOk", "Channel.Close"]
    assert client.frames[1].reply_text == "ACCESS_REFUSED - queue 'tasks' in vhost '/' in exclusive use"


def test_a_higher_priority_is_served_first(client):
    client.consume("tasks", "low", prefetch=1)
    client.consume("tasks", "high", arguments={"x-priority": 5})
    for _ in range(3):
        client.publish("tasks")
    assert [deliver.consumer_tag for deliver, _ in client.deliveries()] == ["high", "low"]


def test_a_single_active_consumer_has_a_follower(client, connect):
    client.declare("one", arguments={"x-single-active-consumer": True})
    second = connect()
    client.consume("one", "a")
    second.consume("one", "b")
    client.publish("one", b"1")
    client.publish("one", b"2")
    assert client.bodies() == [b"1", b"2"]
    assert second.bodies() == []
    client.vanish()
    assert second.bodies() == [b"1", b"2"]


class TestQuorum:
    @pytest.fixture
    def quorum(self, client):
        client.declare("q", arguments={"x-queue-type": "quorum", "x-delivery-limit": 2})
        client.publish("q", b"poison", delivery_mode=1)
        return client

    def test_everything_is_stored(self, quorum, broker, store):
        broker.commit()
        assert len(store.durable) == 1

    def test_a_reject_counts_and_the_limit_drops(self, quorum, broker, store):
        seen = []
        while (got := quorum.get("q", no_ack=False)) is not None:
            seen.append((got[0].redelivered, got[1].headers))
            quorum.send(1, commands.Basic.Reject(got[0].delivery_tag, True))
        assert seen == [
            (False, None),
            (True, {"x-delivery-count": 1, "x-acquired-count": 1}),
            (True, {"x-delivery-count": 2, "x-acquired-count": 2}),
        ]
        broker.commit()
        assert not store.durable

    def test_a_nack_gives_back_without_blame(self, quorum):
        for number in range(1, 6):
            got, values, _ = quorum.get("q", no_ack=False)
            assert (values.headers or {}).get("x-acquired-count", 0) == number - 1
            quorum.send(1, commands.Basic.Nack(got.delivery_tag, False, True))

    def test_a_limit_for_the_channel_is_each_consumers(self, quorum):
        for _ in range(5):
            quorum.publish("q")
        quorum.call(commands.Basic.Qos(prefetch_count=2, global_=True))
        quorum.consume("q", "a")
        quorum.consume("q", "b")
        assert len(quorum.bodies()) == 4


class TestConsumerTimeout:
    @pytest.fixture
    def policy(self) -> Policy:
        return Policy(consumer_timeout_s=10.0)

    def test_a_consumer_of_a_quorum_queue_that_holds_too_long_is_cancelled(self, client, broker, connect):
        client.declare("q", arguments={"x-queue-type": "quorum"})
        slow, next_one = connect(), connect()
        slow.consume("q", "slow")
        client.publish("q")
        later(broker, 9.0)
        assert slow.bodies() == [b"x"]
        next_one.consume("q")
        later(broker, 1.0)
        assert slow.received() == ["Basic.Cancel"]
        assert next_one.bodies() == [b"x"]

    def test_who_acks_in_time_stays(self, client, broker):
        client.declare("q", arguments={"x-queue-type": "quorum"})
        client.consume("q", "t")
        for tag in range(1, 5):
            client.publish("q")
            later(broker, 6.0)
            assert len(client.bodies()) == 1
            client.ack(tag)

    def test_a_classic_queue_waits_for_ever(self, client, broker):
        client.consume("tasks")
        client.publish("tasks")
        client.received()
        later(broker, 100.0)
        assert client.received() == []


def test_direct_reply_to(client, connect):
    server = connect()
    client.consume("amq.rabbitmq.reply-to", "replies", no_ack=True)
    client.publish("tasks", b"question", reply_to="amq.rabbitmq.reply-to")
    _, values, _ = server.get("tasks")
    assert values.reply_to.startswith("amq.rabbitmq.reply-to.")
    server.publish(values.reply_to, b"answer")
    [(deliver, content)] = client.deliveries()
    assert (deliver.consumer_tag, content) == ("replies", b"answer")
    client.vanish()
    server.publish(values.reply_to, b"too late", mandatory=True)
    assert server.received() == ["Basic.Return"]


def test_a_late_ack_makes_a_timed_out_consumer_one_again(broker):
    client = FarEnd(broker)
    client.declare("q", arguments={"x-queue-type": "quorum", "x-consumer-timeout": 1000})
    client.consume("q", "t")
    client.publish("q")
    assert client.bodies() == [b"x"]
    later(broker, 1.0)
    assert client.received() == ["Basic.Cancel"]
    client.ack(1)
    [(deliver, _)] = client.deliveries()
    assert (deliver.delivery_tag, deliver.redelivered) == (2, True)


def test_basic_get_and_a_single_active_consumer_exclude_each_other_on_a_quorum_queue(client):
    client.declare("q", arguments={"x-queue-type": "quorum", "x-single-active-consumer": True})
    client.consume("q")
    client.received()
    close = client.call(commands.Basic.Get(queue="q"))
    assert close.reply_code == 405


def test_what_one_channel_gives_back_does_not_go_to_the_next_that_ends(client, connect):
    client.declare("q", arguments={"x-queue-type": "quorum"})
    dying = connect()
    dying.send(2, commands.Channel.Open())
    dying.consume("q", "a", channel=1)
    dying.consume("q", "b", channel=2)
    client.publish("q")
    dying.received()
    dying.vanish()
    _, values, _ = client.get("q")
    assert values.headers["x-acquired-count"] == 1
