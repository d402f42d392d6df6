import pytest
from pamqp import body, commands, header

from workq_gui.broker import Policy


def properties(client):
    return next(frame.properties for frame in client.frames if isinstance(frame, header.ContentHeader))


def test_no_confirm_before_the_commit(broker, store, client):
    client.call(commands.Confirm.Select())
    client.publish("tasks")
    client.publish("tasks")
    assert client.received() == []
    broker.commit()
    assert len(store.durable) == 2
    assert client.received() == ["Basic.Ack"]
    assert client.frames[0].delivery_tag == 2
    assert client.frames[0].multiple


def test_a_transient_message_is_confirmed_without_a_commit(store, client):
    client.call(commands.Confirm.Select())
    client.publish("tasks", delivery_mode=1)
    assert client.received() == ["Basic.Ack"]
    assert not store.durable


def test_confirms_of_a_channel_leave_in_order(broker, client):
    client.call(commands.Confirm.Select())
    client.publish("tasks", delivery_mode=2)
    client.publish("tasks", delivery_mode=1)
    assert client.received() == []
    assert broker.begin_commit()
    client.publish("tasks", delivery_mode=1)
    assert client.received() == [], "a commit that has begun has not ended"
    broker.store.finish_commit()
    broker.end_commit()
    assert client.received() == ["Basic.Ack"]
    assert client.frames[0].delivery_tag == 2
    broker.commit()
    client.received()
    assert client.frames[0].delivery_tag == 3


def test_what_a_queue_refuses_is_nacked_and_its_neighbours_acked(broker, client):
    client.declare("small", arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    client.call(commands.Confirm.Select())
    for queue in ("tasks", "small", "small", "tasks"):
        client.publish(queue)
    broker.commit()
    assert client.received() == ["Basic.Ack", "Basic.Nack", "Basic.Ack"]
    first, refused, last = client.frames
    assert (first.delivery_tag, first.multiple) == (2, True)
    assert refused.delivery_tag == 3
    assert (last.delivery_tag, last.multiple) == (4, False)


def test_what_has_no_way_comes_back_before_its_confirm(client):
    client.call(commands.Confirm.Select())
    client.publish("nowhere", b"lost", mandatory=True, message_id="m")
    assert client.received() == ["Basic.Return", "Basic.Ack"]
    returned = client.frames[0]
    assert (returned.reply_code, returned.reply_text, returned.routing_key) == (312, "NO_ROUTE", "nowhere")
    assert properties(client).message_id == "m"
    assert client.frames[2].value == b"lost"


def test_publishing_to_an_exchange_that_is_not_there(client):
    client.publish("k", exchange="nope")
    assert client.received() == ["Channel.Close"]
    close = client.frames[0]
    assert close.reply_text == "NOT_FOUND - no exchange 'nope' in vhost '/'"
    assert (close.class_id, close.method_id) == (60, 40)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"user_id": "bob"}, "user_id property set to 'bob' but authenticated user was 'guest'"),
        ({"expiration": "x"}, "invalid expiration 'x': no_integer"),
        ({"reply_to": "amq.rabbitmq.reply-to"}, "fast reply consumer does not exist"),
    ],
)
def test_properties_that_are_refused(client, values, words):
    client.publish("tasks", **values)
    assert client.received() == ["Channel.Close"]
    assert client.frames[0].reply_text == f"PRECONDITION_FAILED - {words}"


class TestLargeBodies:
    @pytest.fixture
    def policy(self) -> Policy:
        return Policy(max_message_bytes=20_000)

    def test_a_body_in_many_frames_comes_out_in_frames_that_the_reader_takes(self, connect):
        writer, reader = connect(), connect(frame_max=4096)
        writer.declare("tasks")
        content = bytes(range(250)) * 40
        writer.send(1, commands.Basic.Publish(exchange="", routing_key="tasks"))
        writer.send(1, header.ContentHeader(0, len(content), commands.Basic.Properties()))
        for at in range(0, len(content), 1000):
            writer.send(1, body.ContentBody(content[at : at + 1000]))
        reader.consume("tasks")
        reader.received()
        parts = [frame.value for frame in reader.frames if isinstance(frame, body.ContentBody)]
        assert b"".join(parts) == content
        assert max(map(len, parts)) == 4088

    def test_a_body_that_is_too_large_is_refused_by_its_header(self, client):
        client.send(1, commands.Basic.Publish(exchange="", routing_key="tasks"))
        client.send(1, header.ContentHeader(0, 20_001, commands.Basic.Properties()))
        client.send(1, body.ContentBody(b"x" * 20_001))
        assert client.received() == ["Channel.Close"]
        assert client.frames[0].reply_text == (
            "PRECONDITION_FAILED - message size 20001 is larger than configured max size 20000"
        )
        assert (client.frames[0].class_id, client.frames[0].method_id) == (60, 40)


def test_an_empty_body_needs_no_body_frame(client):
    client.publish("tasks", b"")
    client.consume("tasks")
    assert client.bodies() == [b""]
    assert not any(isinstance(frame, body.ContentBody) for frame in client.frames)


def test_method_inside_a_publish(client):
    client.send(1, commands.Basic.Publish(exchange="", routing_key="tasks"))
    client.send(1, commands.Basic.Qos())
    assert client.received() == ["Connection.Close"]
    close = client.frames[0]
    assert (close.reply_code, close.class_id, close.method_id) == (505, 60, 40)


def test_copies_go_to_more_queues_and_bcc_is_hidden(client):
    client.declare("other")
    client.publish("tasks", headers={"CC": ["other"], "BCC": ["nowhere"]})
    _, seen, _ = client.get("other")
    assert seen.headers == {"CC": ["other"]}
    assert client.get("tasks") is not None


class TestTransactions:
    def test_nothing_happens_before_the_commit(self, client, broker):
        client.call(commands.Tx.Select())
        client.publish("tasks")
        assert client.count("tasks") == 0
        assert client.call(commands.Tx.Commit()).name == "Tx.CommitOk"
        assert broker.must_sync, "commit-ok may not leave before the disk has it"
        assert client.count("tasks") == 1

    def test_a_rollback_forgets_publishes_and_acks(self, client):
        client.publish("tasks", b"kept")
        delivery, _, _ = client.get("tasks", no_ack=False)
        client.call(commands.Tx.Select())
        client.publish("tasks", b"forgotten")
        client.ack(delivery.delivery_tag)
        client.call(commands.Tx.Rollback())
        client.ack(delivery.delivery_tag)
        client.call(commands.Tx.Commit())
        assert client.received() == []
        assert client.count("tasks") == 0

    def test_an_ack_that_was_not_committed_counts_for_nothing(self, client, connect):
        client.publish("tasks")
        delivery, _, _ = client.get("tasks", no_ack=False)
        client.call(commands.Tx.Select())
        client.ack(delivery.delivery_tag)
        client.vanish()
        assert connect().count("tasks") == 1

    @pytest.mark.parametrize(
        ("methods", "words"),
        [
            ([commands.Tx.Commit()], "channel is not transactional"),
            ([commands.Tx.Select(), commands.Confirm.Select()], "cannot switch from tx to confirm mode"),
            ([commands.Confirm.Select(), commands.Tx.Select()], "cannot switch from confirm to tx mode"),
        ],
    )
    def test_modes_do_not_mix(self, client, methods, words):
        for method in methods:
            client.call(method)
        assert client.frames[0].reply_text == f"PRECONDITION_FAILED - {words}"
