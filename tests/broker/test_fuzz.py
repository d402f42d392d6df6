"""Whatever comes over the wire, nothing but the protocol's own errors goes back."""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pamqp import body, commands, frame, header

from tests.broker.far_end import FarEnd
from workq_gui.broker import Broker, MemoryStore, State

EXAMPLES = int(os.environ.get("WORKQ_FUZZ_EXAMPLES", "400"))

_SEEDS = [
    frame.marshal(value, channel)
    for channel, value in [
        (1, commands.Queue.Declare(queue="q", arguments={"x-max-length": 3, "x-max-priority": 4})),
        (1, commands.Queue.Declare(queue="r", arguments={"x-queue-type": "quorum"}, durable=True)),
        (1, commands.Queue.Declare(queue="", exclusive=True)),
        (1, commands.Exchange.Declare(exchange="e", exchange_type="topic")),
        (1, commands.Exchange.Declare(exchange="h", exchange_type="headers")),
        (1, commands.Queue.Bind(queue="q", exchange="e", routing_key="a.#")),
        (1, commands.Queue.Bind(queue="q", exchange="h", arguments={"x-match": "any", "a": 1})),
        (1, commands.Exchange.Bind(destination="e", source="amq.fanout")),
        (1, commands.Queue.Unbind(queue="q", exchange="e", routing_key="a.#")),
        (1, commands.Queue.Purge(queue="q")),
        (1, commands.Queue.Delete(queue="q")),
        (1, commands.Exchange.Delete(exchange="e")),
        (1, commands.Basic.Publish(exchange="", routing_key="q", mandatory=True)),
        (1, commands.Basic.Publish(exchange="e", routing_key="a.b")),
        (1, header.ContentHeader(0, 3, commands.Basic.Properties(delivery_mode=2, headers={"a": 1}))),
        (1, header.ContentHeader(0, 0, commands.Basic.Properties(expiration="5", priority=3))),
        (1, body.ContentBody(b"abc")),
        (1, commands.Basic.Qos(prefetch_count=2)),
        (1, commands.Basic.Consume(queue="q", consumer_tag="t")),
        (1, commands.Basic.Consume(queue="r")),
        (1, commands.Basic.Cancel("t")),
        (1, commands.Basic.Get(queue="q")),
        (1, commands.Basic.Ack(1)),
        (1, commands.Basic.Ack(0, True)),
        (1, commands.Basic.Nack(1)),
        (1, commands.Basic.Reject(2)),
        (1, commands.Basic.Recover(requeue=True)),
        (1, commands.Confirm.Select()),
        (1, commands.Tx.Select()),
        (1, commands.Tx.Commit()),
        (1, commands.Tx.Rollback()),
        (1, commands.Channel.Flow(True)),
        (1, commands.Channel.CloseOk()),
        (1, commands.Channel.Close(200, "", 0, 0)),
        (1, commands.Channel.Open()),
        (2, commands.Channel.Open()),
    ]
]


@st.composite
def mutated(draw):
    data = bytearray(draw(st.sampled_from(_SEEDS)))
    for _ in range(draw(st.integers(0, 2))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


chunks = st.one_of(st.sampled_from(_SEEDS), st.sampled_from(_SEEDS), mutated(), st.binary(max_size=30))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(chunks, max_size=25))
def test_an_open_connection_survives_anything(stream):
    broker = Broker(MemoryStore())
    attacker, other = FarEnd(broker), FarEnd(broker)
    other.declare("other")
    for data in stream:
        attacker.connection.receive_data(data)
        broker.finish_turn()
    attacker.connection.data_to_send()
    attacker.vanish()
    broker.commit()
    other.publish("other", b"fine")
    assert other.get("other")[2] == b"fine"
    for queue in broker.topology.queues.values():
        assert queue.unacked_count == 0
    for name in list(broker.topology.queues):
        broker.delete_queue(broker.topology.queues[name])
    broker.commit()
    assert broker.queued_bytes == 0
    assert not broker.store.durable


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=5), st.booleans())
def test_a_handshake_survives_anything(stream, has_header):
    broker = Broker(MemoryStore())
    connection = FarEnd(broker, is_open=False).connection
    if has_header:
        connection.receive_data(b"AMQP\x00\x00\x09\x01")
    for data in stream:
        connection.receive_data(data)
    assert connection.state is not State.OPEN
