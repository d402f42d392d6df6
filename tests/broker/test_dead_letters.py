import pytest
from pamqp import commands

from tests.broker.far_end import later


@pytest.fixture
def letters(client):
    client.declare("dead")
    client.declare(
        "q",
        arguments={
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": "dead",
            "x-message-ttl": 1000,
            "x-max-length": 2,
        },
    )
    return client


def test_a_rejected_message_says_where_it_died(letters):
    letters.publish("q", b"x", message_id="m", headers={"own": 1})
    letters.get("q", no_ack=False)
    letters.send(1, commands.Basic.Reject(1, False))
    got, values, content = letters.get("dead")
    assert (content, values.message_id, got.redelivered, got.routing_key) == (b"x", "m", True, "dead")
    [death] = values.headers.pop("x-death")
    assert death.pop("time").timestamp() == pytest.approx(1_700_000_100)
    assert death == {"count": 1, "reason": "rejected", "queue": "q", "exchange": "", "routing-keys": ["q"]}
    assert values.headers == {
        "own": 1,
        "x-first-death-exchange": "",
        "x-first-death-queue": "q",
        "x-first-death-reason": "rejected",
        "x-last-death-exchange": "",
        "x-last-death-queue": "q",
        "x-last-death-reason": "rejected",
    }


def test_expired_and_dropped_messages_die_too(letters, broker):
    letters.publish("q", b"1", expiration="500")
    letters.publish("q", b"2")
    letters.publish("q", b"3")
    later(broker, 0)
    _, dropped, content = letters.get("dead")
    assert (content, dropped.headers["x-death"][0]["reason"]) == (b"1", "maxlen")
    assert dropped.headers["x-death"][0]["original-expiration"] == "500"
    assert dropped.expiration is None
    later(broker, 1.0)
    for expected in (b"2", b"3"):
        _, expired, content = letters.get("dead")
        assert (content, expired.headers["x-death"][0]["reason"]) == (expected, "expired")


def test_deaths_that_a_client_wrote_are_not_counted_on(letters):
    letters.publish("q", b"x")
    for _ in range(3):
        got, _, _ = letters.get("q", no_ack=False)
        letters.send(1, commands.Basic.Reject(got.delivery_tag, False))
        _, values, content = letters.get("dead")
        # pamqp writes small numbers in a byte, and a count that is no long was not written by a broker
        assert values.headers["x-death"][0]["count"] == 1
        letters.publish("q", content, headers=values.headers)


def test_a_message_that_goes_round_counts_its_rounds(client, broker):
    client.declare("work", arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "wait"})
    client.declare(
        "wait",
        arguments={
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": "work",
            "x-message-ttl": 100,
        },
    )
    client.publish("work")
    for round_number in range(1, 4):
        got, values, _ = client.get("work", no_ack=False)
        counts = [death["count"] for death in (values.headers or {}).get("x-death", [])]
        assert counts == [round_number - 1] * 2 if round_number > 1 else counts == []
        client.send(1, commands.Basic.Reject(got.delivery_tag, False))
        later(broker, 0.2)


def test_without_a_key_of_its_own_a_dead_letter_keeps_its_key(client):
    client.call(commands.Exchange.Declare(exchange="dlx", exchange_type="direct"))
    client.declare("q", arguments={"x-dead-letter-exchange": "dlx"})
    client.call(commands.Queue.Bind(queue="tasks", exchange="dlx", routing_key="q"))
    client.publish("q")
    client.get("q", no_ack=False)
    client.send(1, commands.Basic.Nack(1, False, False))
    got, _, _ = client.get("tasks")
    assert (got.exchange, got.routing_key) == ("dlx", "q")


def test_a_circle_without_a_rejection_ends(client, broker):
    client.declare(
        "q", arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "q", "x-message-ttl": 100}
    )
    client.publish("q")
    later(broker, 0.2)
    assert client.count("q") == 0


def test_a_circle_with_a_rejection_goes_on(client):
    client.declare("q", arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "q"})
    client.publish("q")
    for tag in (1, 2, 3):
        client.get("q", no_ack=False)
        client.send(1, commands.Basic.Reject(tag, False))
    assert client.count("q") == 1


def test_the_delivery_limit_is_a_way_to_die(client):
    client.declare(
        "q",
        arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": 0,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": "tasks",
        },
    )
    client.publish("q")
    client.get("q", no_ack=False)
    client.send(1, commands.Basic.Reject(1, True))
    _, values, _ = client.get("tasks")
    assert values.headers["x-death"][0]["reason"] == "delivery_limit"


def test_a_dead_letter_is_stored_before_its_original_is_forgotten(letters, broker, store):
    letters.publish("q")
    broker.commit()
    letters.get("q", no_ack=False)
    letters.send(1, commands.Basic.Reject(1, False))
    broker.commit()
    [(_, message)] = store.durable.values()
    assert message.routing_key == "dead"


def test_a_dead_letter_exchange_that_is_not_there_loses_the_letter(client, broker, store):
    client.declare("q", arguments={"x-dead-letter-exchange": "nope"})
    client.publish("q")
    client.get("q", no_ack=False)
    client.send(1, commands.Basic.Reject(1, False))
    broker.commit()
    assert client.received() == []
    assert not store.durable
