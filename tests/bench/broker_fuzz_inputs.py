"""What a client may say to a broker: valid pieces of AMQP, and the same with something wrong in them."""

import random
import struct

from pamqp import body, commands, frame, header

PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"
RECOVER_ASYNC = b"\x01\x00\x01\x00\x00\x00\x05\x00\x3c\x00\x64\x01\xce"  # pamqp warns of it: it is deprecated
BORDERS = (
    b"\x00",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xce",
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
)
TABLE = {
    "a": 1,
    "b": True,
    "c": None,
    "d": -1.5,
    "e": bytearray(b"\x00\xff"),
    "f": [1, "x", {"g": [None]}],
    "h": "text",
    "i": {"j": {"k": 1 << 40}},
}
PROPERTIES = commands.Basic.Properties(
    content_type="text/plain", headers=TABLE, delivery_mode=2, priority=3, correlation_id="c",
    reply_to="amq.rabbitmq.reply-to", expiration="5", message_id="m", user_id="guest", app_id="a",
)  # fmt: skip


def handshake() -> bytes:
    """Return what a client says until its channels 1 and 2 are open."""
    methods = [
        (
            0,
            commands.Connection.StartOk(
                {"capabilities": {"consumer_cancel_notify": True}}, "PLAIN", "\0guest\0guest"
            ),
        ),
        (0, commands.Connection.TuneOk(2047, 131072, 60)),
        (0, commands.Connection.Open("/")),
        (1, commands.Channel.Open()),
        (2, commands.Channel.Open()),
    ]
    return PROTOCOL_HEADER + b"".join(frame.marshal(method, channel) for channel, method in methods)


def reopening(channel: int) -> bytes:
    """Return what a client says to go on after the broker has closed a channel."""
    return b"".join(
        frame.marshal(method(), channel) for method in (commands.Channel.CloseOk, commands.Channel.Open)
    )


def _declarations() -> list[object]:
    arguments = [
        {"x-max-length": 3, "x-max-priority": 4, "x-overflow": "reject-publish"},
        {
            "x-message-ttl": 10,
            "x-expires": 1000,
            "x-dead-letter-exchange": "e",
            "x-dead-letter-routing-key": "q",
        },
        {"x-queue-type": "quorum", "x-delivery-limit": 2, "x-dead-letter-exchange": ""},
        {"x-single-active-consumer": True, "x-max-length-bytes": 100},
    ]
    queues = [
        commands.Queue.Declare(queue=f"q{number}", durable=True, arguments=table)
        for number, table in enumerate(arguments)
    ]
    exchanges = [
        commands.Exchange.Declare(exchange=kind, exchange_type=kind, arguments={"alternate-exchange": "e"})
        for kind in ("direct", "fanout", "topic", "headers")
    ]
    return [
        *queues,
        *exchanges,
        commands.Queue.Declare(queue="", exclusive=True),
        commands.Queue.Declare(queue="q0", passive=True),
        commands.Queue.Declare(queue="t", auto_delete=True),
        commands.Queue.Bind(queue="q0", exchange="topic", routing_key="a.*.#"),
        commands.Queue.Bind(queue="q1", exchange="headers", arguments={"x-match": "any-with-x", **TABLE}),
        commands.Queue.Bind(queue="q2", exchange="fanout"),
        commands.Queue.Bind(queue="q3", exchange="amq.rabbitmq.trace", routing_key="#"),
        commands.Queue.Bind(queue="q3", exchange="amq.rabbitmq.event", routing_key="#"),
        commands.Exchange.Bind(destination="fanout", source="topic", routing_key="#"),
        commands.Exchange.Unbind(destination="fanout", source="topic", routing_key="#"),
        commands.Queue.Unbind(queue="q0", exchange="topic", routing_key="a.*.#"),
        commands.Queue.Purge(queue="q0"),
        commands.Queue.Delete(queue="q1", if_empty=True),
        commands.Exchange.Delete(exchange="topic", if_unused=True),
    ]


def _basics() -> list[object]:
    return [
        commands.Basic.Qos(prefetch_count=2),
        commands.Basic.Qos(prefetch_count=3, global_=True),
        commands.Basic.Consume(queue="q0", consumer_tag="t"),
        commands.Basic.Consume(queue="q1", no_ack=True, arguments={"x-priority": 5}),
        commands.Basic.Consume(queue="q2", exclusive=True),
        commands.Basic.Consume(queue="amq.rabbitmq.reply-to", no_ack=True),
        commands.Basic.Cancel("t"),
        commands.Basic.Get(queue="q0"),
        commands.Basic.Get(queue="q2", no_ack=True),
        commands.Basic.Ack(1),
        commands.Basic.Ack(0, True),
        commands.Basic.Nack(1, True, True),
        commands.Basic.Nack(2, False, False),
        commands.Basic.Reject(1, True),
        commands.Basic.Recover(requeue=True),
        commands.Confirm.Select(),
        commands.Tx.Select(),
        commands.Tx.Commit(),
        commands.Tx.Rollback(),
        commands.Channel.Flow(False),
        commands.Channel.Flow(True),
        commands.Channel.Open(),
        commands.Channel.Close(200, "", 0, 0),
        commands.Channel.CloseOk(),
    ]


def content(publish: commands.Basic.Publish, properties: commands.Basic.Properties, *parts: bytes) -> bytes:
    head = header.ContentHeader(0, sum(map(len, parts)), properties)
    values = [publish, head, *map(body.ContentBody, parts)]
    return b"".join(frame.marshal(value, 1) for value in values)


def corpus() -> list[bytes]:
    """Return valid pieces of a conversation."""
    methods = [*_declarations(), *_basics()]
    pieces = [frame.marshal(method, channel) for method in methods for channel in (1, 1, 2)]
    to_queues = [commands.Basic.Publish(exchange="", routing_key=f"q{number}") for number in range(4)]
    publishes = [
        *to_queues,
        commands.Basic.Publish(exchange="topic", routing_key="a.b.c", mandatory=True),
        commands.Basic.Publish(exchange="headers", routing_key="", immediate=False),
        commands.Basic.Publish(exchange="nowhere", routing_key="x"),
    ]
    for publish in publishes:
        pieces.append(content(publish, PROPERTIES, b"abc", b"def"))
        pieces.append(content(publish, commands.Basic.Properties()))
    on_0 = [
        commands.Connection.Close(200, "", 0, 0),
        commands.Connection.CloseOk(),
        commands.Connection.UpdateSecret("s", "r"),
        commands.Connection.Open("/"),
        commands.Connection.TuneOk(1, 4096, 1),
    ]
    return [*pieces, *(frame.marshal(method, 0) for method in on_0), RECOVER_ASYNC, HEARTBEAT]


class Mutator:
    """Makes inputs, always the same ones from the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._corpus = corpus()
        self._handshake = handshake()
        self._declared = b"".join(frame.marshal(method, 2) for method in _declarations()[:-2])

    def greeting(self) -> bytes:
        """Return the first words of a client; mostly, but not always, as they should be."""
        if self._chance.random() < 0.05:
            return self._mutated(self._handshake)
        return self._handshake + self._chance.choice((b"", self._declared))

    def input(self) -> bytes:
        """Return what the client sends next."""
        chance, draw = self._chance, self._chance.random()
        if draw < 0.50:
            return self._piece()
        if draw < 0.85:
            return self._with_wrong_payload(self._piece())
        if draw < 0.93:
            return self._mutated(self._piece())
        if draw < 0.97:
            return self._piece() + self._mutated(self._piece()) + self._piece()
        return chance.randbytes(chance.randrange(40))

    def _piece(self) -> bytes:
        return self._chance.choice(self._corpus)

    def _mutated(self, data: bytes) -> bytes:
        """Change, cut, double or insert some bytes anywhere, the frame's own among them."""
        chance, changed = self._chance, bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            at = chance.randrange(len(changed) + 1)
            match chance.randrange(5):
                case 0:
                    changed[at : at + 1] = chance.randbytes(1)
                case 1:
                    border = chance.choice(BORDERS)
                    changed[at : at + len(border)] = border
                case 2:
                    del changed[at : at + chance.randrange(8)]
                case 3:
                    changed[at:at] = changed[at : at + chance.randrange(30)]
                case _:
                    changed[at:at] = chance.randbytes(chance.randrange(8))
        return bytes(changed)

    def _with_wrong_payload(self, data: bytes) -> bytes:
        """Change the first frame's payload only, with its size put right: it reaches the methods' fields."""
        kind, channel, size = struct.unpack_from(">BHI", data)
        payload = self._mutated(data[7 : 7 + size])
        return struct.pack(">BHI", kind, channel, len(payload)) + payload + b"\xce" + data[8 + size :]
