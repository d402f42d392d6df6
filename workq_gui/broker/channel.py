"""One channel of one client."""

from typing import Protocol

from pamqp import base, commands

from . import erlang
from .broker import REFUSED, REPLY_TO, UNROUTED, Broker
from .consuming import Consuming
from .content import CONTENT_START, Facts, decode_properties, encode_header, split_address
from .declaring import Declaring
from .deliveries import Deliveries, Unacked
from .errors import (
    CommandInvalid,
    Crash,
    FrameError,
    NotImplementedByBroker,
    PreconditionFailed,
    UnexpectedFrame,
)
from .framing import BODY, FRAME_END, FRAME_START, HEADER, METHOD, OVERHEAD, frame, frame_fault, method_frame
from .methods import decode_method
from .settling import VERB_NAMES, Transaction, Verb, ack, nack, nack_requeue, reject, requeue
from .tables import TableError

_PUBLISH = b"\x00\x3c\x00\x28"
_ACK = b"\x00\x3c\x00\x50"
# Of AMQP 0-8; gone from the specification and from pamqp, but RabbitMQ still answers.
_ACCESS_REQUEST, _ACCESS_REQUEST_OK = b"\x00\x1e\x00\x0a", b"\x00\x1e\x00\x0b\x00\x01"
_MANDATORY, _IMMEDIATE = 1, 2
_SINGLE = False


class ChannelConnection(Protocol):
    """What a channel needs of its connection."""

    @property
    def name(self) -> str:
        """Both ends, as RabbitMQ names connections."""

    @property
    def user(self) -> str:
        """Who is logged in."""

    @property
    def is_untraced(self) -> bool:
        """The client asked to be left out of the firehose."""

    @property
    def frame_max(self) -> int:
        """The largest frame that the client takes."""

    @property
    def can_deliver(self) -> bool:
        """The client reads what it is sent."""

    @property
    def knows_cancel(self) -> bool:
        """The client understands a basic.cancel from the broker."""

    def write(self, data: bytes) -> None:
        """Send bytes."""

    def publishes(self) -> None:
        """Learn that a client publishes."""


class IncomingMessage:
    """A publish of which not all frames have come."""

    __slots__ = ("address", "bits", "header", "missing", "parts")

    def __init__(self, address: bytes, bits: int) -> None:
        self.address = address
        self.bits = bits
        self.header = b""
        self.missing = 0
        self.parts: list[bytes] = []


class Channel:
    """One channel: takes frames, gives frames to its connection.

    A client's mistake leaves as `SoftError` or `HardError`; the connection
    knows what to do with either.

    Attributes:
        number: Its number in the connection.
        pid: Its name in events.
        is_closing: The broker has closed it and waits for the client's word.
        is_untraced: The client asked to be left out of the firehose.
    """

    def __init__(self, connection: ChannelConnection, broker: Broker, number: int) -> None:
        self.number = number
        self.pid = broker.observation.new_pid()
        self.is_closing = False
        self.is_untraced = connection.is_untraced
        self.deliveries = Deliveries(self, broker)
        self.connection = connection
        self._broker = broker
        self._consuming = Consuming(self, broker, self.deliveries)
        self._declaring = Declaring(self, broker)
        self._incoming: IncomingMessage | None = None
        self._publish_seq_no = 0  # of the newest publish; 0 while confirms are off
        self._confirms = False
        self._confirmed_up_to = 0
        self._refused: list[int] = []
        self._transaction: Transaction | None = None

    @property
    def awaits_content(self) -> bool:
        """A publish has begun and not ended."""
        return self._incoming is not None

    # For those who work for the channel.

    @property
    def connection_name(self) -> str:
        """Both ends of the connection."""
        return self.connection.name

    @property
    def user(self) -> str:
        """Who is logged in."""
        return self.connection.user

    @property
    def frame_max(self) -> int:
        """The largest frame that the client takes."""
        return self.connection.frame_max

    @property
    def can_deliver(self) -> bool:
        """The client reads what it is sent."""
        return self.connection.can_deliver and not self.is_closing

    @property
    def knows_cancel(self) -> bool:
        """The client understands a basic.cancel from the broker."""
        return self.connection.knows_cancel

    @property
    def last_queue_name(self) -> str:
        """The queue declared last on the channel: what an empty name means."""
        return self._declaring.last_queue_name

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self.connection.write(data)

    def send(self, method: type[base.Frame], *values: object) -> None:
        """Send a method."""
        self.connection.write(method_frame(self.number, method, *values))

    # Frames in.

    def on_frame(self, kind: int, payload: bytes) -> None:
        """Take a frame.

        Raises:
            SoftError: the channel must be closed.
            HardError: the connection must be closed.
        """
        incoming = self._incoming
        if incoming is None:
            if kind != METHOD:
                raise UnexpectedFrame("expected method frame, got non method frame instead")
            if payload[:4] == _PUBLISH:
                self._on_publish(payload)
            elif payload[:4] == _ACK and len(payload) == 13:
                self._settle(int.from_bytes(payload[4:12]), bool(payload[12] & 1), ack)
            elif payload[:4] == _ACCESS_REQUEST:
                self.write(frame(METHOD, self.number, _ACCESS_REQUEST_OK))
            else:
                self._on_method(decode_method(payload))
        elif kind == HEADER and not incoming.header:
            self._on_header(incoming, payload)
        elif kind == BODY and incoming.header:
            self._on_body(incoming, payload)
        else:
            raise _unexpected_content(incoming, kind)

    def _on_publish(self, payload: bytes) -> None:
        # The two names are handed on as they are: a delivery brings them in the same form.
        try:
            end = 7 + payload[6]
            end += 1 + payload[end]
            bits = payload[end]
        except IndexError:
            raise FrameError(f"cannot decode {erlang.binary(payload[4:])}") from None
        self._incoming = IncomingMessage(payload[6:end], bits)

    def _on_header(self, incoming: IncomingMessage, payload: bytes) -> None:
        if len(payload) < CONTENT_START.size + 2:
            raise frame_fault(HEADER, payload, "unknown_frame")
        class_id, weight, size = CONTENT_START.unpack_from(payload)
        if class_id != 60:
            raise UnexpectedFrame(
                f"expected content header for class 60, got one for class {class_id} instead"
            )
        if weight:
            raise _unexpected_content(incoming, METHOD)
        limit = self._broker.policy.max_message_bytes
        if size > limit:
            raise PreconditionFailed(f"message size {size} is larger than configured max size {limit}")
        incoming.header = payload
        incoming.missing = size
        if not size:
            self._on_message(incoming, b"")

    def _on_body(self, incoming: IncomingMessage, payload: bytes) -> None:
        incoming.missing -= len(payload)
        if incoming.missing > 0:
            incoming.parts.append(payload)
        elif incoming.missing < 0:
            raise FrameError("content body frame exceeds remaining content size")
        elif incoming.parts:
            self._on_message(incoming, b"".join((*incoming.parts, payload)))
        else:
            self._on_message(incoming, payload)

    def _on_message(self, incoming: IncomingMessage, body: bytes) -> None:
        self.connection.publishes()
        if incoming.bits & _IMMEDIATE:
            raise NotImplementedByBroker("immediate=true")
        if self._transaction is not None:
            self._check_exchange(incoming.address)
            self._transaction.publishes.append((incoming.address, incoming.bits, incoming.header, body))
        else:
            self._publish(incoming.address, incoming.bits, incoming.header, body)
        self._incoming = None  # only now: an error until here is an error of this publish

    def _publish(self, address: bytes, bits: int, header: bytes, body: bytes) -> None:
        try:
            facts = self._broker.facts.read(header)
            if facts.needs_care:
                header = self._look_closer(facts, header, len(body))
            outcome = self._broker.publish(self, address, header, body, facts)
        except TableError as error:
            raise Crash(str(error)) from error
        if outcome == UNROUTED and bits & _MANDATORY:
            self._return(address, header, body)
        if self._confirms:
            self._publish_seq_no += 1
            if outcome & REFUSED:
                self._refused.append(self._publish_seq_no)
            self._broker.confirm(self, self._publish_seq_no, outcome)

    def _look_closer(self, facts: Facts, header: bytes, size: int) -> bytes:
        """Check the properties that few messages have; return the header to go on with."""
        if facts.problem is not None:
            raise PreconditionFailed(facts.problem)
        if facts.user_id is not None and facts.user_id != self.user:
            raise PreconditionFailed(
                f"user_id property set to '{facts.user_id}' but authenticated user was '{self.user}'"
            )
        if facts.reply_to != REPLY_TO:
            return header
        return encode_header({**decode_properties(header), "reply_to": self._consuming.reply_address()}, size)

    def _check_exchange(self, address: bytes) -> None:
        self._broker.topology.exchange(split_address(address)[0])

    def _return(self, address: bytes, header: bytes, body: bytes) -> None:
        exchange, routing_key = split_address(address)
        self.send(commands.Basic.Return, 312, "NO_ROUTE", exchange, routing_key)
        self.send_content(header, body)

    def send_content(self, header: bytes, body: bytes) -> None:
        """Send a content header and a body."""
        self.write(FRAME_START.pack(HEADER, self.number, len(header)) + header + FRAME_END)
        limit = self.frame_max - OVERHEAD
        for at in range(0, len(body), limit):
            part = body[at : at + limit]
            self.write(FRAME_START.pack(BODY, self.number, len(part)) + part + FRAME_END)

    # Methods in.

    def _on_method(self, method: base.Frame) -> None:
        match method:
            case commands.Basic.Nack():
                verb = nack_requeue if method.requeue else nack
                self._settle(method.delivery_tag or 0, bool(method.multiple), verb)
            case commands.Basic.Reject():
                verb = requeue if method.requeue else reject
                self._settle(method.delivery_tag or 0, _SINGLE, verb)
            case commands.Confirm.Select():
                self._on_confirm_select(method)
            case commands.Tx.Select() | commands.Tx.Commit() | commands.Tx.Rollback():
                self._on_tx(method)
            case commands.Channel.Flow():
                if not method.active:
                    raise NotImplementedByBroker("active=false")
                self.send(commands.Channel.FlowOk, True)
            case _ if self._consuming.on_method(method) or self._declaring.on_method(method):
                pass
            case _:
                raise CommandInvalid("unimplemented method")

    # Confirms.

    def _on_confirm_select(self, method: commands.Confirm.Select) -> None:
        if self._transaction is not None:
            raise PreconditionFailed("cannot switch from tx to confirm mode")
        self._confirms = True
        if not method.nowait:
            self.send(commands.Confirm.SelectOk)

    def send_confirms(self, publish_seq_no: int) -> None:
        """Confirm all publishes up to this one; those that a queue refused with basic.nack."""
        if self.is_closing:
            return
        refused, self._refused = self._refused, []
        for number in refused:
            if number > publish_seq_no:
                self._refused.append(number)
                continue
            self._send_acks(number - 1)
            # All before it is settled by now, so `multiple` means this one; RabbitMQ says it like that.
            self.send(commands.Basic.Nack, number, True, True)
            self._confirmed_up_to = number
        self._send_acks(publish_seq_no)

    def _send_acks(self, up_to: int) -> None:
        count = up_to - self._confirmed_up_to
        if count > 0:
            self._confirmed_up_to = up_to
            payload = _ACK + up_to.to_bytes(8) + (b"\1" if count > 1 else b"\0")
            self.write(FRAME_START.pack(METHOD, self.number, len(payload)) + payload + FRAME_END)

    # Settling.

    def _settle(self, tag: int, multiple: bool, verb: Verb) -> None:
        entries = self.deliveries.take(tag, multiple=multiple)
        if self._transaction is not None:
            self._transaction.settled.append((entries, lambda: verb(self.deliveries, entries)))
            return
        if self._broker.policy.traces_acks and self._broker.observation.traces:
            self._trace_settled(entries, verb)
        verb(self.deliveries, entries)

    def _trace_settled(self, entries: list[tuple[int, Unacked]], verb: Verb) -> None:
        for tag, (queue, message, _, _) in entries:
            name = VERB_NAMES[verb]
            self._broker.observation.settled(self, name, queue.name, message.address, message.header, tag)

    # Transactions (specification, section 1.9).

    def _on_tx(self, method: base.Frame) -> None:
        if isinstance(method, commands.Tx.Select):
            if self._confirms:
                raise PreconditionFailed("cannot switch from confirm to tx mode")
            self._transaction = self._transaction or Transaction()
            self.send(commands.Tx.SelectOk)
            return
        if self._transaction is None:
            raise PreconditionFailed("channel is not transactional")
        transaction, self._transaction = self._transaction, None
        if isinstance(method, commands.Tx.Rollback):
            for entries, _ in transaction.settled:
                self.deliveries.put_back(entries)
            self.send(commands.Tx.RollbackOk)
        else:
            for publish in transaction.publishes:
                self._publish(*publish)
            self._broker.must_sync = True  # commit-ok says that it is kept
            self.send(commands.Tx.CommitOk)
            for _, settle in transaction.settled:
                settle()
        self._transaction = Transaction()

    # The end.

    def close(self) -> None:
        """End: consumers go, what is unacked goes back to its queues."""
        self._incoming = None
        if self._transaction is not None:
            for entries, _ in self._transaction.settled:
                self.deliveries.put_back(entries)
            self._transaction = None
        self._consuming.close()
        self.deliveries.close()


def _unexpected_content(incoming: IncomingMessage, kind: int) -> UnexpectedFrame:
    if incoming.header:
        return UnexpectedFrame("expected content body, got non content body frame instead")
    if kind in (METHOD, BODY):
        return UnexpectedFrame("expected content header for class 60, got non content header frame instead")
    return UnexpectedFrame("expected content header for class 60, got another one instead")
