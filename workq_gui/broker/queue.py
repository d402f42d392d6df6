"""One queue: messages that wait, consumers that want them."""

from typing import Protocol

from .consumers import Consumer, ConsumersInTurn
from .content import Message, decode_properties, encode_header
from .queue_arguments import QUORUM, QueueSettings
from .ready import ByPriority, InOrder, ReadyMessages, ReturnedFirst
from .store import HeldRecord, MessageStore
from .tables import Table, long
from .timers import Timer, Timers


class Home(Protocol):
    """What a queue needs of the broker it lives in.

    Attributes:
        now: The driver's clock, in seconds.
        queued_bytes: The memory that all messages take, ready or unacked, about.
    """

    now: float
    queued_bytes: int

    @property
    def store(self) -> MessageStore:
        """Where durable messages are kept."""

    @property
    def timers(self) -> Timers:
        """Things to do later."""

    def next_offset(self) -> int:
        """Return a number greater than all before."""

    def dead_letter(self, queue: "MessageQueue", message: Message, reason: str) -> None:
        """Take a message that the queue gives up."""


class MessageQueue:
    """Messages on their way to consumers. Sans-IO; what it costs does not grow with its length.

    Attributes:
        queue_id: Its own for ever.
        owner: The connection it is exclusive to, else None.
        is_stored: It outlives the broker; an exclusive queue does not outlive its connection.
        arguments: As they were declared.
        had_consumer: Somebody has consumed from it; auto-delete waits for that.
        used_at: When it was last declared or read from; counts for x-expires.
        is_deleted: It is gone; what is still unacked will find nothing.
        unacked_count: How many messages are with consumers.
    """

    def __init__(
        self,
        home: Home,
        name: str,
        queue_id: int,
        settings: QueueSettings,
        *,
        durable: bool = False,
        auto_delete: bool = False,
        owner: object = None,
        arguments: Table | None = None,
    ) -> None:
        self.name = name
        self.queue_id = queue_id
        self.settings = settings
        self.durable = durable
        self.auto_delete = auto_delete
        self.owner = owner
        self.is_stored = durable and owner is None
        self.arguments = arguments or {}
        self.consumers = ConsumersInTurn(single_active=settings.single_active_consumer)
        self.had_consumer = False
        self.used_at = 0.0
        self.is_deleted = False
        self.unacked_count = 0
        self.is_quorum = settings.kind == QUORUM
        self.ready: ReadyMessages = self._make_ready()
        self._home = home
        self._ready_bytes = 0
        self._ttl_s = None if settings.message_ttl_ms is None else settings.message_ttl_ms / 1000
        self._is_limited = settings.max_length is not None or settings.max_length_bytes is not None
        self._has_expiring = False
        self._expiry_timer: Timer | None = None
        self._timer_at = 0.0

    def _make_ready(self) -> ReadyMessages:
        if self.is_quorum:
            return ReturnedFirst()
        if self.settings.max_priority:
            return ByPriority(self.settings.max_priority)
        return InOrder()

    def publish(self, message: Message, ttl_ms: int | None = None) -> bool:
        """Take a new message; tell whether it was taken.

        `message.stored` says whether it must outlive the broker.
        """
        if self._is_limited and self.settings.reject_publish and self._would_overflow(message):
            if self.settings.dead_letter_rejected_publish:
                self._home.queued_bytes += _weight(message)
                message.stored = False
                self._home.dead_letter(self, message, "maxlen")
            return False
        message.offset = self._home.next_offset()
        self._set_expiry(message, ttl_ms)
        if message.stored:
            self._home.store.add(self.queue_id, message)
        self._append(message)
        self.dispatch()
        if self._is_limited:
            self._drop_overflow()
        if message.expires_at is not None:
            self._drop_expired()  # a time to live of 0: now, or never
        return True

    def restore(self, message: Message) -> None:
        """Take a message that the store held."""
        self._append(message)

    def dispatch(self) -> None:
        """Deliver what is ready, as far as consumers have room."""
        ready = self.ready
        if not ready:
            return
        consumers = self.consumers
        while ready:
            if self._has_expiring:
                self._drop_expired(before=self._home.now)
                if not ready:
                    return
            consumer = consumers.next_with_room()
            if consumer is None:
                break
            self._hand_over(self._pop(), consumer)
        if self._has_expiring:
            self._watch_expiry()

    def get(self) -> Message | None:
        """Take the next message for basic.get; it is unacked from now on."""
        if self._has_expiring:
            self._drop_expired()
        if not self.ready:
            return None
        message = self._pop()
        if self._has_expiring:
            self._drop_expired()  # so that what is told to be left is left
        self._acquired(message)
        return message

    def settle(self, message: Message) -> None:
        """Forget an unacked message: it was acked."""
        self.unacked_count -= 1
        self.forget(message)

    def reject(self, message: Message, *, counts: bool) -> None:
        """Give up an unacked message: it was rejected for good.

        Args:
            message: The message.
            counts: It is blamed for it: the dead letter is flagged as redelivered (RabbitMQ 4).
        """
        self.unacked_count -= 1
        message.redelivered |= counts
        self._give_up(message, "rejected")

    def requeue(self, message: Message, *, counts: bool) -> None:
        """Take back an unacked message; the caller dispatches when all are back.

        Args:
            message: The message.
            counts: This return counts towards the delivery limit of a quorum queue.
        """
        self.unacked_count -= 1
        if self.is_deleted:
            self.forget(message)
            return
        message.redelivered = True
        if self.is_quorum:
            message.acquired_count += 1
            message.delivery_count += counts
            limit = self.settings.delivery_limit
            if limit is not None and message.delivery_count > limit:
                self._give_up(message, "delivery_limit")
                return
        if message.stored:
            self._note(message, held=False)
        self._ready_bytes += len(message.body)
        self.ready.give_back(message)
        if self._is_limited:
            self._drop_overflow()
        if self._has_expiring:
            self._watch_expiry()

    def purge(self) -> int:
        """Forget all ready messages; return how many."""
        count = len(self.ready)
        for message in self.ready:
            self.forget(message)
        self.ready.clear()
        self._ready_bytes = 0
        return count

    def delete(self) -> int:
        """End: forget all messages, tell all consumers; return how many were ready."""
        count = self.purge()
        self.is_deleted = True
        for consumer in self.consumers:
            self.consumers.remove(consumer)
            consumer.queue_gone()
        if self._expiry_timer is not None:
            self._expiry_timer.cancel()
        return count

    def outgoing_header(self, message: Message) -> bytes:
        """Return the content header to deliver with; a quorum queue adds its counts."""
        if not message.acquired_count:
            return message.header
        properties = decode_properties(message.header)
        headers: Table = dict(properties.get("headers") or {})
        if message.delivery_count:
            headers["x-delivery-count"] = long(message.delivery_count)
        headers["x-acquired-count"] = long(message.acquired_count)
        properties["headers"] = headers
        return encode_header(properties, len(message.body))

    def _append(self, message: Message) -> None:
        self._home.queued_bytes += _weight(message)
        self._ready_bytes += len(message.body)
        self.ready.append(message)
        if message.expires_at is not None:
            self._has_expiring = True
            self._watch_expiry()

    def _pop(self) -> Message:
        message = self.ready.pop()
        self._ready_bytes -= len(message.body)
        return message

    def _hand_over(self, message: Message, consumer: Consumer) -> None:
        if consumer.no_ack:
            consumer.deliver(message)
            self.forget(message)
            return
        self._acquired(message)
        consumer.deliver(message)

    def _acquired(self, message: Message) -> None:
        self.unacked_count += 1
        if self.is_quorum:
            self._note(message, held=True)

    def _note(self, message: Message, *, held: bool) -> None:
        record = HeldRecord(message.offset, held, message.delivery_count, message.acquired_count)
        self._home.store.note_held(record)

    def forget(self, message: Message) -> None:
        """Learn that a message has reached its end, here or in another queue."""
        self._home.queued_bytes -= _weight(message)
        if message.stored:
            self._home.store.remove(message.offset)

    def _give_up(self, message: Message, reason: str) -> None:
        if self.settings.dead_letter_exchange is None or self.is_deleted:
            self.forget(message)
        else:
            self._home.dead_letter(self, message, reason)

    # Limits and time.

    def _would_overflow(self, message: Message) -> bool:
        settings = self.settings
        return (settings.max_length is not None and len(self.ready) + 1 > settings.max_length) or (
            settings.max_length_bytes is not None
            and self._ready_bytes + len(message.body) > settings.max_length_bytes
        )

    def _drop_overflow(self) -> None:
        settings = self.settings
        while self.ready and (
            (settings.max_length is not None and len(self.ready) > settings.max_length)
            or (settings.max_length_bytes is not None and self._ready_bytes > settings.max_length_bytes)
        ):
            self._give_up(self._pop(), "maxlen")

    def _set_expiry(self, message: Message, ttl_ms: int | None) -> None:
        ttl_s = self._ttl_s
        if ttl_ms is not None:
            ttl_s = ttl_ms / 1000 if ttl_s is None else min(ttl_s, ttl_ms / 1000)
        if ttl_s is not None:
            message.expires_at = self._home.now + ttl_s

    def _drop_expired(self, before: float | None = None) -> None:
        """Give up what has expired at the head; what stands behind waits, as in RabbitMQ.

        Args:
            before: Spare what expires just then: it may still be delivered now.
        """
        limit = self._home.now if before is None else before
        while (first := self.ready.first()) is not None:
            at = first.expires_at
            if at is None or at > limit or (at == before):
                break
            self._give_up(self._pop(), "expired")

    def _watch_expiry(self) -> None:
        """Wake up when the first message expires; an earlier timer that still runs will look again."""
        first = self.ready.first()
        at = first.expires_at if first is not None else None
        if at is None or (self._expiry_timer is not None and self._timer_at <= at):
            return
        if self._expiry_timer is not None:
            self._expiry_timer.cancel()
        self._timer_at = at
        self._expiry_timer = self._home.timers.call_at(at, self._on_expiry)

    def _on_expiry(self) -> None:
        self._expiry_timer = None
        self._drop_expired()
        self._watch_expiry()


def _weight(message: Message) -> int:
    # What CPython takes for the object, its two bytes objects and its place in a deque.
    return 240 + len(message.header) + len(message.body)
