import pytest
from pamqp import commands

from workq_gui.broker import Policy


@pytest.fixture
def observer(connect):
    def observe(exchange: str, key: str):
        observer = connect()
        observer.declare("seen", exclusive=True)
        observer.call(commands.Queue.Bind(queue="seen", exchange=exchange, routing_key=key))
        return observer

    return observe


def all_of(observer) -> list[tuple[str, dict]]:
    seen = []
    while (got := observer.get("seen")) is not None:
        seen.append((got[0].routing_key, got[1].headers))
    return seen


def test_the_firehose_tells_of_publishes_and_deliveries(client, observer):
    watcher = observer("amq.rabbitmq.trace", "#")
    client.publish("tasks", b"x", message_id="m")
    client.consume("tasks")
    client.received()
    (published, p), (delivered, d) = all_of(watcher)
    assert (published, delivered) == ("publish.", "deliver.tasks")
    assert p == {
        "exchange_name": "",
        "routing_keys": ["tasks"],
        "properties": {"message_id": "m", "delivery_mode": 2},
        "node": "workq@localhost",
        "vhost": "/",
        "connection": client.connection.name,
        "channel": 1,
        "user": "guest",
        "routed_queues": ["tasks"],
    }
    del p["routed_queues"]
    assert d == {**p, "redelivered": 0}


def test_the_firehose_names_the_key_even_if_there_is_no_queue(client, observer):
    watcher = observer("amq.rabbitmq.trace", "publish.#")
    client.publish("nope")
    assert all_of(watcher)[0][1]["routed_queues"] == ["nope"]


def test_who_asks_to_be_left_out_of_the_firehose_is(connect, client, observer):
    watcher = observer("amq.rabbitmq.trace", "#")
    shy = connect(untraced=True)
    shy.publish("tasks")
    shy.consume("tasks")
    client.publish("tasks", b"seen")
    shy.received()
    assert [(key, headers["connection"]) for key, headers in all_of(watcher)] == [
        ("publish.", client.connection.name)
    ]


def test_acks_are_not_told_of(client, observer):
    watcher = observer("amq.rabbitmq.trace", "#")
    client.publish("tasks")
    client.get("tasks", no_ack=False)
    client.ack(1)
    assert [key for key, _ in all_of(watcher)] == ["publish.", "deliver.tasks"]


class TestAcks:
    @pytest.fixture
    def policy(self) -> Policy:
        return Policy(traces_acks=True)

    @pytest.mark.parametrize(
        ("method", "key"),
        [
            (commands.Basic.Ack(1), "ack.tasks"),
            (commands.Basic.Reject(1, False), "reject.tasks"),
            (commands.Basic.Nack(1, False, True), "requeue.tasks"),
        ],
    )
    def test_settling_is_told_of_on_demand(self, client, observer, method, key):
        watcher = observer("amq.rabbitmq.trace", "#")
        client.publish("tasks")
        client.get("tasks", no_ack=False)
        client.send(1, method)
        routing_key, headers = all_of(watcher)[-1]
        assert (routing_key, headers["delivery_tag"]) == (key, 1)


def test_events_tell_who_comes_and_goes(connect, observer):
    watcher = observer("amq.rabbitmq.event", "#")
    client = connect()
    client.declare("q", arguments={"x-max-length": 5})
    client.consume("q", "t", prefetch=3)
    client.call(commands.Basic.Cancel("t"))
    client.call(commands.Queue.Delete(queue="q"))
    client.call(commands.Exchange.Declare(exchange="e", exchange_type="fanout"))
    client.call(commands.Exchange.Delete(exchange="e"))
    client.vanish()
    events = all_of(watcher)
    assert [key for key, _ in events] == [
        "binding.created",
        "user.authentication.success",
        "connection.created",
        "channel.created",
        "queue.created",
        "consumer.created",
        "consumer.deleted",
        "queue.deleted",
        "exchange.created",
        "exchange.deleted",
        "channel.closed",
        "connection.closed",
    ]
    told = dict(events)
    assert told["queue.created"]["arguments"] == ['{<<"x-max-length">>,byte,5}']
    assert told["consumer.created"]["prefetch_count"] == 3
    assert (
        told["consumer.created"]["channel"] == told["channel.created"]["pid"] == told["channel.closed"]["pid"]
    )
    assert told["channel.created"]["connection"] == told["connection.created"]["pid"]
    assert told["connection.created"]["timestamp_in_ms"] == 1_700_000_100_000


def test_a_consumer_of_a_broken_connection_is_not_told_of(connect, observer):
    client = connect()
    client.declare("q")
    client.consume("q", "t")
    watcher = observer("amq.rabbitmq.event", "#")
    client.vanish()
    assert [key for key, _ in all_of(watcher)][1:] == ["channel.closed", "connection.closed"]
