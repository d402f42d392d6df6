"""Frames for the tests of the wire, as pika writes them."""

from pika import BasicProperties, spec
from pika.frame import Body, Header, Heartbeat, Method

from tests.core.story import MS
from workq_gui.core.wire import WireLog, WireRecord
from workq_gui.messaging.wire_decoding import decode

TASK = b"Hello World!"


def method(kind, channel: int = 1) -> bytes:
    return Method(channel, kind).marshal()


def header(body: bytes = TASK, channel: int = 1, **properties) -> bytes:
    return Header(channel, len(body), BasicProperties(**properties)).marshal()


def body(text: bytes = TASK, channel: int = 1) -> bytes:
    return Body(channel, text).marshal()


def record(frame: bytes, at_ns: int = 0, owner: str = "publisher", *, is_outgoing: bool = True) -> WireRecord:
    return WireRecord(at_ns, owner, is_outgoing, len(frame), frame)


def note(at_ns: int = 0) -> WireRecord:
    return WireRecord(at_ns, "", False, 0, b"")


def published(at_ns: int = 0, text: bytes = TASK, key: str = "task_queue") -> list[WireRecord]:
    frames = (
        method(spec.Basic.Publish(exchange="", routing_key=key, mandatory=True)),
        header(text, delivery_mode=2, message_id="t-1"),
        body(text),
    )
    return [record(frame, at_ns) for frame in frames]


def confirmed(at_ns: int = 0, tag: int = 1) -> WireRecord:
    return record(method(spec.Basic.Ack(delivery_tag=tag)), at_ns, is_outgoing=False)


def delivered(at_ns: int = 0, tag: int = 8, text: bytes = TASK, owner: str = "worker 1") -> list[WireRecord]:
    frames = (
        method(spec.Basic.Deliver("ctag1.1", tag, redelivered=True, exchange="", routing_key="task_queue")),
        header(text, delivery_mode=2, message_id="t-1"),
        body(text),
    )
    return [record(frame, at_ns, owner, is_outgoing=False) for frame in frames]


def acked(at_ns: int = 0, tag: int = 8, owner: str = "worker 1") -> WireRecord:
    return record(method(spec.Basic.Ack(delivery_tag=tag)), at_ns, owner)


def heartbeat(at_ns: int = 0, owner: str = "worker 1") -> WireRecord:
    return record(Heartbeat().marshal(), at_ns, owner)


def story() -> list[WireRecord]:
    """One task, from its publish to its ack, with a heartbeat after it."""
    return [
        note(),
        *published(1 * MS),
        confirmed(2 * MS),
        *delivered(3 * MS),
        acked(1_003 * MS),
        heartbeat(2_000 * MS),
    ]


def log_of(*records: WireRecord, **limits: int) -> WireLog:
    log = WireLog(decode, **limits)
    log.extend(records)
    return log
