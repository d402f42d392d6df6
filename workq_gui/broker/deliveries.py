"""What a channel has been given and has not settled: consumers, prefetch, the ledger of unacked messages."""

import struct
from typing import NamedTuple, Protocol

from pamqp import base, commands

from .broker import Broker
from .content import Message
from .errors import PreconditionFailed
from .framing import BODY, FRAME_END, FRAME_START, HEADER, METHOD, OVERHEAD
from .queue import MessageQueue
from .tables import Table, encode_short_string

_DELIVER = b"\x00\x3c\x00\x3c"
_GET_OK = b"\x00\x3c\x00\x47"
_TAG = struct.Struct(">QB")
_COUNT = struct.Struct(">I")


class ChannelOutput(Protocol):
    """What deliveries need of their channel."""

    @property
    def number(self) -> int:
        """The channel's number."""

    @property
    def connection_name(self) -> str:
        """Both ends of the connection."""

    @property
    def user(self) -> str:
        """Who is logged in."""

    @property
    def is_untraced(self) -> bool:
        """The client asked to be left out of the firehose."""

    @property
    def can_deliver(self) -> bool:
        """The client reads what it is sent."""

    @property
    def frame_max(self) -> int:
        """The largest frame that the client takes."""

    @property
    def knows_cancel(self) -> bool:
        """The client understands a basic.cancel from the broker."""

    def write(self, data: bytes) -> None:
        """Send bytes."""

    def send(self, method: type[base.Frame], *values: object) -> None:
        """Send a method."""


class Unacked(NamedTuple):
    """One delivery that waits for its ack.

    Attributes:
        consumer: None for basic.get.
        at: When it was delivered.
    """

    queue: MessageQueue
    message: Message
    consumer: "ChannelConsumer | None"
    at: float


class ChannelConsumer:
    """One basic.consume.

    Attributes:
        unacked_count: Deliveries that wait for an ack; only counted if there is a limit.
    """

    def __init__(
        self,
        deliveries: "Deliveries",
        tag: str,
        queue: MessageQueue,
        *,
        no_ack: bool,
        exclusive: bool,
        prefetch_count: int,
        arguments: Table,
    ) -> None:
        self.tag = tag
        self.queue = queue
        self.no_ack = no_ack
        self.exclusive = exclusive
        self.prefetch_count = 0 if no_ack else prefetch_count
        self.arguments = arguments
        self.priority = int(arguments["x-priority"].value) if "x-priority" in arguments else 0
        self.unacked_count = 0
        self._deliveries = deliveries
        self.deliver_start = _DELIVER + encode_short_string(tag)
        self.is_timed = False

    def has_room(self) -> bool:
        """Tell whether it can take one more delivery."""
        if self.prefetch_count and self.unacked_count >= self.prefetch_count:
            return False
        return self._deliveries.has_room(self)

    def deliver(self, message: Message) -> None:
        """Send a message to the client."""
        self._deliveries.deliver(self, message)

    def queue_gone(self) -> None:
        """Tell the client that nothing more will come."""
        self._deliveries.cancelled_by_broker(self)


class Deliveries:
    """Consumers, prefetch and the ledger of one channel.

    Attributes:
        consumers: By tag.
        unacked: By delivery tag, oldest first.
        prefetch_count: For consumers that start from now on.
        shared_prefetch_count: For all consumers of the channel together; 0 is no limit.
    """

    def __init__(self, channel: ChannelOutput, broker: Broker) -> None:
        self.consumers: dict[str, ChannelConsumer] = {}
        self.unacked: dict[int, Unacked] = {}
        self.prefetch_count = 0
        self.shared_prefetch_count = 0
        self._shared_count = 0
        self._channel = channel
        self._broker = broker
        self._last_tag = 0
        # What a timeout took from its consumer; a late ack of these is no mistake.
        self._taken_away: dict[int, ChannelConsumer] = {}

    # Out.

    def has_room(self, consumer: ChannelConsumer) -> bool:
        """Tell whether the channel as a whole can take one more."""
        if not self._channel.can_deliver:
            return False
        return not (
            self.shared_prefetch_count
            and not consumer.no_ack
            and not consumer.queue.is_quorum
            and self._shared_count >= self.shared_prefetch_count
        )

    def deliver(self, consumer: ChannelConsumer, message: Message) -> None:
        """Send a message to a consumer, and remember it until its ack."""
        self._last_tag = tag = self._last_tag + 1
        queue = consumer.queue
        if not consumer.no_ack:
            self.unacked[tag] = Unacked(queue, message, consumer, self._broker.now)
            consumer.unacked_count += 1
            self._shared_count += 1
            if queue.is_quorum and not consumer.is_timed:
                self._watch_timeout(consumer)
        header = queue.outgoing_header(message) if message.acquired_count else message.header
        start = consumer.deliver_start + _TAG.pack(tag, message.redelivered)
        self._write(start + message.address, header, message.body)
        if self._broker.observation.traces:
            self._trace(message, queue)

    def get(self, queue: MessageQueue, no_ack: bool) -> bool:
        """Answer basic.get with a message; tell whether there was one."""
        message = queue.get()
        if message is None:
            return False
        self._last_tag = tag = self._last_tag + 1
        header = queue.outgoing_header(message)
        start = _GET_OK + _TAG.pack(tag, message.redelivered) + message.address
        self._write(start + _COUNT.pack(len(queue.ready)), header, message.body)
        if self._broker.observation.traces:
            self._trace(message, queue)
        if no_ack:
            queue.settle(message)
        else:
            self.unacked[tag] = Unacked(queue, message, None, self._broker.now)
            self._shared_count += 1
        return True

    def deliver_direct(self, consumer_tag: str, message: Message) -> None:
        """Send a message that was in no queue."""
        self._last_tag = tag = self._last_tag + 1
        start = _DELIVER + encode_short_string(consumer_tag) + _TAG.pack(tag, 0)
        self._write(start + message.address, message.header, message.body)

    def _write(self, method: bytes, header: bytes, body: bytes) -> None:
        number = self._channel.number
        size = len(body)
        parts = [
            FRAME_START.pack(METHOD, number, len(method)),
            method,
            FRAME_END,
            FRAME_START.pack(HEADER, number, len(header)),
            header,
            FRAME_END,
        ]
        limit = self._channel.frame_max - OVERHEAD
        if size <= limit:
            if size:
                parts += (FRAME_START.pack(BODY, number, size), body, FRAME_END)
        else:
            for at in range(0, size, limit):
                part = body[at : at + limit]
                parts += (FRAME_START.pack(BODY, number, len(part)), part, FRAME_END)
        self._channel.write(b"".join(parts))

    def _trace(self, message: Message, queue: MessageQueue) -> None:
        self._broker.observation.delivered(
            self._channel,
            queue.name,
            message.address,
            message.header,
            message.body,
            redelivered=message.redelivered,
        )

    # Back.

    def take(self, tag: int, *, multiple: bool) -> list[tuple[int, Unacked]]:
        """Take deliveries out of the ledger, oldest first.

        Raises:
            PreconditionFailed: there is no such delivery.
        """
        if (late := self._taken_away.pop(tag, None)) is not None:
            if late not in self._taken_away.values() and not late.queue.is_deleted:
                self.start(late)  # RabbitMQ 4.3: the late ack shows that it lives, and it is a consumer again
            return []
        if not multiple:
            entry = self.unacked.pop(tag, None)
            if entry is None:
                raise PreconditionFailed(f"unknown delivery tag {tag}")
            return [(tag, entry)]
        if tag == 0:
            taken = list(self.unacked.items())
            self.unacked.clear()
            return taken
        if tag not in self.unacked:
            raise PreconditionFailed(f"unknown delivery tag {tag}")
        numbers = []
        for number in self.unacked:
            if number > tag:
                break
            numbers.append(number)
        return [(number, self.unacked.pop(number)) for number in numbers]

    def put_back(self, entries: list[tuple[int, Unacked]]) -> None:
        """Put into the ledger again what was taken out (tx.rollback)."""
        self.unacked = dict(sorted([*self.unacked.items(), *entries]))

    def ack(self, entries: list[tuple[int, Unacked]]) -> None:
        """Settle deliveries that were taken out."""
        for _, entry in entries:
            entry.queue.settle(entry.message)
        self._released(entries)

    def reject(self, entries: list[tuple[int, Unacked]], *, requeue: bool, counts: bool = True) -> None:
        """Give deliveries that were taken out back to their queues, or give them up.

        Args:
            entries: What was taken out of the ledger.
            requeue: Back, instead of up.
            counts: The message is blamed: it counts towards a quorum queue's delivery limit.
        """
        for _, entry in entries:
            if requeue:
                entry.queue.requeue(entry.message, counts=counts)
            else:
                entry.queue.reject(entry.message, counts=counts)
        self._released(entries)

    def _released(self, entries: list[tuple[int, Unacked]]) -> None:
        """Let the consumers have room again, then let all queues concerned deliver."""
        if len(entries) == 1:
            entry = entries[0][1]
            queues = {entry.queue: None}
        else:
            queues = dict.fromkeys(entry.queue for _, entry in entries)
        was_full = bool(self.shared_prefetch_count) and self._shared_count >= self.shared_prefetch_count
        for _, entry in entries:
            consumer = entry.consumer
            self._shared_count -= 1
            if consumer is not None:
                consumer.unacked_count -= 1
                consumer.queue.consumers.has_room_again(consumer)
        for queue in queues:
            queue.dispatch()
        if was_full:
            self.resume()

    def resume(self) -> None:
        """Let all consumers of the channel have what they can take."""
        consumers = list(self.consumers.values())
        for consumer in consumers:
            consumer.queue.consumers.has_room_again(consumer)
        for consumer in consumers:
            consumer.queue.dispatch()

    # Consumers.

    def prefetch_for(self, queue: MessageQueue) -> int:
        """Return the limit of a consumer that starts now."""
        if queue.is_quorum and self.shared_prefetch_count:
            return self.shared_prefetch_count  # RabbitMQ 4.3: a quorum queue takes it as each consumer's own
        return self.prefetch_count

    def start(self, consumer: ChannelConsumer) -> None:
        """Let a consumer have messages; its consume-ok has been sent."""
        self.consumers[consumer.tag] = consumer
        consumer.queue.had_consumer = True
        consumer.queue.consumers.add(consumer)
        consumer.queue.dispatch()

    def cancel(self, tag: str) -> ChannelConsumer | None:
        """End a consumer; what it holds stays unacked."""
        consumer = self.consumers.pop(tag, None)
        if consumer is not None:
            consumer.queue.consumers.remove(consumer)
            self._broker.consumer_left(consumer.queue)
        return consumer

    def cancelled_by_broker(self, consumer: ChannelConsumer) -> None:
        """Tell the client that a consumer has ended."""
        self.consumers.pop(consumer.tag, None)
        if self._channel.knows_cancel:
            self._channel.send(commands.Basic.Cancel, consumer.tag, True)

    def close(self) -> None:
        """End all consumers, give back all that is unacked."""
        consumers, self.consumers = list(self.consumers.values()), {}
        for consumer in consumers:
            consumer.queue.consumers.remove(consumer)
        entries, self.unacked = list(self.unacked.items()), {}
        self.reject(entries, requeue=True)
        for consumer in consumers:
            self._broker.consumer_left(consumer.queue)

    # Consumers that take too long (RabbitMQ 4.3, quorum queues).

    def _watch_timeout(self, consumer: ChannelConsumer) -> None:
        timeout_s = self._timeout_s(consumer)
        if timeout_s is None:
            return
        consumer.is_timed = True

        def look() -> None:
            consumer.is_timed = False
            held = [(tag, entry) for tag, entry in self.unacked.items() if entry.consumer is consumer]
            if not held:
                return
            if held[0][1].at + timeout_s > self._broker.now:
                consumer.is_timed = True
                self._broker.timers.call_at(held[0][1].at + timeout_s, look)
            else:
                self._timed_out(consumer, held)

        self._broker.timers.call_at(self._broker.now + timeout_s, look)

    def _timeout_s(self, consumer: ChannelConsumer) -> float | None:
        own_ms = consumer.queue.settings.consumer_timeout_ms
        return self._broker.policy.consumer_timeout_s if own_ms is None else own_ms / 1000

    def _timed_out(self, consumer: ChannelConsumer, held: list[tuple[int, Unacked]]) -> None:
        consumer.queue.consumers.remove(consumer)
        self.cancelled_by_broker(consumer)
        for tag, _ in held:
            del self.unacked[tag]
            self._taken_away[tag] = consumer
        self.reject(held, requeue=True, counts=False)
        self._broker.consumer_left(consumer.queue)
