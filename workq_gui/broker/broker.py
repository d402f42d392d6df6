"""All state that connections share."""

import itertools
from collections import deque
from typing import Protocol

from .confirms import Confirms, Publisher
from .content import Facts, FactsReader, Message, headers_of, read_facts, split_address, without_bcc
from .dead_letters import dead_letter_of, is_cycle
from .errors import ResourceLocked
from .exchange import Exchange
from .policy import Policy
from .queue import MessageQueue
from .queue_arguments import settings_from
from .store import MessageStore, QueueRecord
from .timers import Timers
from .topology import Topology
from .trace import Observation, Source

UNROUTED, ROUTED, DURABLE, REFUSED = 0, 1, 2, 4
"""What became of a publish, as bits: plain ints, for there is one per message."""

INTERNAL_USER = "rmq-internal"
REPLY_TO = "amq.rabbitmq.reply-to"


class HasOutput(Protocol):
    """A connection that may have bytes to send."""

    def data_to_send(self) -> bytes:
        """Return the bytes to send now."""


class ReplyConsumer(Protocol):
    """Who asked for answers by direct reply-to."""

    def deliver_reply(self, message: Message) -> None:
        """Take an answer."""


class Broker:
    """All state that connections share. Sans-IO: it never reads, writes or waits.

    The driver sets `now` and hands bytes to connections. Once per turn of its
    loop it calls `finish_turn`, makes a commit if one is wanted, and writes
    what the connections in `with_output` have to say. Confirms for messages
    that must be durable are held back until their commit has ended, which
    makes "no confirm before the commit" a property of this class and not of a
    timing.

    Attributes:
        now: The driver's clock, in seconds; it never goes back.
        epoch: Seconds since 1970 when that clock showed 0.
        queued_bytes: The memory that all messages take, ready or unacked, about.
        with_output: Connections that have bytes to send.
        alarm: Why publishers are blocked, in words; empty if they are not.
        must_sync: Something was answered that must be durable before the answer leaves.
    """

    def __init__(
        self, store: MessageStore, policy: Policy | None = None, *, now: float = 0.0, epoch: float = 0.0
    ) -> None:
        self.now = now
        self.epoch = epoch
        self.policy = policy or Policy()
        self.store = store
        self.timers = Timers()
        self.topology = Topology(store)
        self.observation = Observation(self)
        self.confirms = Confirms()
        self.queued_bytes = 0
        self.with_output: set[HasOutput] = set()
        self.alarm = ""
        self.must_sync = False
        self.reply_consumers: dict[str, ReplyConsumer] = {}
        self.facts = FactsReader()
        self._offsets = itertools.count(1)
        self._dead_letters: deque[tuple[MessageQueue, Message, str]] = deque()
        self._recover()

    # Publishing.

    def next_offset(self) -> int:
        """Return a number greater than all before."""
        return next(self._offsets)

    def publish(self, source: Source, address: bytes, header: bytes, body: bytes, facts: Facts) -> int:
        """Take a client's message to its queues; return what became of it.

        Raises:
            NotFound: there is no such exchange.
            AccessRefused: clients may not publish to it.
        """
        queues = self.topology.known_route(address)
        if queues is None:
            queues = self.topology.route_for_client(address, headers_of(header))
        if facts.copies:
            queues = self._with_copies(queues, address, header, facts)
        if facts.has_bcc:
            header = without_bcc(header)
        if self.observation.traces:
            self.observation.published(source, address, header, body, [queue.name for queue in queues])
        if not queues:
            return self._reply(address, header, body)
        outcome = ROUTED
        for queue in queues:
            outcome |= self.enqueue(queue, Message(address, header, body, facts.priority), facts)
        return outcome

    def enqueue(self, queue: MessageQueue, message: Message, facts: Facts) -> int:
        """Put a message into a queue; return what became of it."""
        message.stored = queue.is_stored and (facts.persistent or queue.is_quorum)
        if not queue.publish(message, facts.ttl_ms):
            return REFUSED
        return DURABLE if message.stored else ROUTED

    def publish_own(
        self, exchange: str, routing_key: str, header: bytes, body: bytes, address: bytes
    ) -> None:
        """Publish a message of the broker's own making."""
        facts = read_facts(header)
        for queue in self.topology.route(exchange, routing_key, headers_of(header)):
            self.enqueue(queue, Message(address, header, body, facts.priority), facts)

    def dead_letter(self, queue: MessageQueue, message: Message, reason: str) -> None:
        """Take a message that a queue gives up; it is published again when the client's bytes are read."""
        self._dead_letters.append((queue, message, reason))

    def _with_copies(
        self, queues: tuple[MessageQueue, ...], address: bytes, header: bytes, facts: Facts
    ) -> tuple[MessageQueue, ...]:
        exchange, _ = split_address(address)
        found = {queue.name: queue for queue in queues}
        for key in facts.copies:
            for queue in self.topology.route(exchange, key, headers_of(header)):
                found[queue.name] = queue
        return tuple(found.values())

    def _reply(self, address: bytes, header: bytes, body: bytes) -> int:
        """Take an answer to who asked by direct reply-to, if that is where it goes."""
        exchange, key = split_address(address)
        consumer = self.reply_consumers.get(key) if exchange == "" else None
        if consumer is None:
            return UNROUTED
        consumer.deliver_reply(Message(address, header, body))
        return ROUTED

    def _publish_dead_letter(self, queue: MessageQueue, message: Message, reason: str) -> None:
        settings = queue.settings
        if settings.dead_letter_exchange is not None:
            letter = dead_letter_of(
                message,
                queue.name,
                reason,
                settings.dead_letter_exchange,
                settings.dead_letter_routing_key,
                int(self.epoch + self.now),
            )
            facts = read_facts(letter.header)
            # With a key of the queue's own, the keys of the message route no more, CC among them.
            keys = [letter.routing_key]
            if settings.dead_letter_routing_key is None:
                keys += facts.copies
            targets = {
                target.name: target
                for key in keys
                for target in self.topology.route(
                    settings.dead_letter_exchange, key, headers_of(letter.header)
                )
            }
            for target in targets.values():
                if not is_cycle(letter, target.name, reason):
                    copy = Message(letter.address, letter.header, letter.body, letter.priority)
                    copy.redelivered = message.redelivered
                    self.enqueue(target, copy, facts)
        queue.forget(message)

    # The end of a turn.

    def finish_turn(self) -> None:
        """Do what the turn left to do, and send the confirms that need no commit."""
        self.publish_dead_letters()
        self.confirms.send_due()

    def publish_dead_letters(self) -> None:
        """Publish what queues have given up; not at once, for that could go round within itself."""
        while self._dead_letters:
            self._publish_dead_letter(*self._dead_letters.popleft())

    @property
    def wants_commit(self) -> bool:
        """A publisher waits for a commit."""
        return self.confirms.is_waiting

    @property
    def needs_sync(self) -> bool:
        """A commit must end before any output leaves: something that was answered says "it is kept"."""
        return self.must_sync or self.store.has_definitions

    def begin_commit(self) -> bool:
        """Take all that is to be durable into a commit; tell whether there is anything to finish."""
        self.must_sync = False
        self.confirms.commit_begins()
        if self.store.begin_commit():
            return True
        self.confirms.commit_ended()
        return False

    def end_commit(self) -> None:
        """Learn that the store has finished the commit: release its confirms."""
        self.confirms.commit_ended()

    def commit(self) -> None:
        """Make all durable that is to be, then release the confirms."""
        self.finish_turn()
        if self.begin_commit():
            self.store.finish_commit()
            self.end_commit()

    def confirm(self, publisher: Publisher, publish_seq_no: int, outcome: int) -> None:
        """Note that `publisher` is to learn of a publish when it is as safe as it should be."""
        self.confirms.add(publisher, publish_seq_no, durable=bool(outcome & DURABLE))

    # Queues and exchanges that come and go.

    def check_access(self, queue: MessageQueue, connection: object) -> None:
        """Refuse to let a connection touch another one's exclusive queue.

        Raises:
            ResourceLocked: it is another's.
        """
        if queue.owner is not None and queue.owner is not connection:
            raise locked(queue)

    def delete_queue(self, queue: MessageQueue, user: str = INTERNAL_USER) -> None:
        """Delete a queue, on behalf of `user`."""
        unused = self.topology.remove_queue(queue)
        queue.delete()
        self.observation.happened("queue.deleted", name=queue.name, vhost="/", user_who_performed_action=user)
        for exchange in unused:
            self.delete_exchange(exchange, user)

    def delete_exchange(self, exchange: Exchange, user: str = INTERNAL_USER) -> None:
        """Delete an exchange, and those that were only there for it, on behalf of `user`."""
        if exchange.name not in self.topology.exchanges:
            return
        for unused in self.topology.delete_exchange(exchange):
            self.delete_exchange(unused, user)
        self.observation.happened(
            "exchange.deleted", name=exchange.name, vhost="/", user_who_performed_action=user
        )

    def consumer_left(self, queue: MessageQueue) -> None:
        """Look after a queue that has lost a consumer."""
        queue.used_at = self.now
        if queue.auto_delete and queue.had_consumer and not len(queue.consumers) and not queue.is_deleted:
            self.delete_queue(queue)
        else:
            queue.dispatch()

    def watch_expiry(self, queue: MessageQueue) -> None:
        """Delete a queue with x-expires when it has not been used for so long."""
        if queue.settings.expires_ms is None:
            return
        queue.used_at = self.now
        expires_s = queue.settings.expires_ms / 1000

        def look() -> None:
            if queue.is_deleted:
                return
            if len(queue.consumers):
                queue.used_at = self.now
            if queue.used_at + expires_s <= self.now:
                self.delete_queue(queue)
            else:
                self.timers.call_at(queue.used_at + expires_s, look)

        self.timers.call_at(self.now + expires_s, look)

    # Recovery.

    def _recover(self) -> None:
        recovered = self.store.recover(self.epoch)
        queues = {record.queue_id: self._restored_queue(record) for record in recovered.queues}
        self.topology.restore(queues.values(), recovered.exchanges, recovered.bindings)
        highest = 0
        for queue_id, message in recovered.messages:
            highest = message.offset
            queue = queues.get(queue_id)
            if queue is None:  # its deletion was committed, the removal of its messages was not
                self.store.remove(message.offset)
                continue
            message.stored = True
            message.redelivered |= not recovered.clean and not queue.is_quorum
            if (held := recovered.held.get(message.offset)) is not None:
                message.redelivered = True
                message.delivery_count = held.delivery_count + held.held
                message.acquired_count = held.acquired_count + held.held
            queue.restore(message)
        self._offsets = itertools.count(highest + 1)
        for queue in queues.values():
            self.watch_expiry(queue)

    def _restored_queue(self, record: QueueRecord) -> MessageQueue:
        return MessageQueue(
            self,
            record.name,
            record.queue_id,
            settings_from(f"queue '{record.name}' in vhost '/'", record.arguments),
            durable=True,
            auto_delete=record.auto_delete,
            arguments=record.arguments,
        )


def locked(queue: MessageQueue) -> ResourceLocked:
    """Return the error for a queue that is exclusive to somebody else, or not exclusive at all."""
    return ResourceLocked(
        f"cannot obtain exclusive access to locked queue '{queue.name}' in vhost '/'. It could be "
        "originally declared on another connection or the exclusive property value does not match "
        "that of the original declaration."
    )
