"""basic.consume, cancel, get, qos and recover: how messages are asked for."""

import base64
import secrets
from typing import Protocol

from pamqp import base, commands

from .broker import REPLY_TO, Broker
from .content import Message
from .deliveries import ChannelConsumer, Deliveries
from .errors import (
    AccessRefused,
    NotAllowed,
    NotFound,
    NotImplementedByBroker,
    PreconditionFailed,
    ResourceLocked,
)
from .methods import table_of
from .queue import MessageQueue
from .tables import INTEGER_KINDS, TYPE_NAMES, Table


class ConsumingChannel(Protocol):
    """What these methods need of their channel."""

    @property
    def pid(self) -> str:
        """The channel's name in events."""

    @property
    def connection(self) -> object:
        """The connection it is a channel of."""

    @property
    def user(self) -> str:
        """Who is logged in."""

    @property
    def last_queue_name(self) -> str:
        """The queue declared last on the channel: what an empty name means."""

    def send(self, method: type[base.Frame], *values: object) -> None:
        """Send a method."""


def random_name(prefix: str) -> str:
    """Return a name as RabbitMQ makes them."""
    return f"{prefix}-{base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b'=').decode()}"


class Consuming:
    """The methods by which one channel asks for messages."""

    def __init__(self, channel: ConsumingChannel, broker: Broker, deliveries: Deliveries) -> None:
        self._channel = channel
        self._broker = broker
        self._deliveries = deliveries
        self._reply_tag: str | None = None
        self._reply_key = ""

    def on_method(self, method: base.Frame) -> bool:
        """Take a method; tell whether it is one of these."""
        match method:
            case commands.Basic.Consume():
                self._on_consume(method)
            case commands.Basic.Cancel():
                self._on_cancel(method)
            case commands.Basic.Get():
                self._on_get(method)
            case commands.Basic.Qos():
                self._on_qos(method)
            case commands.Basic.Recover() | commands.Basic.RecoverAsync():
                self._on_recover(method)
            case _:
                return False
        return True

    def queue(self, name: str) -> MessageQueue:
        """Return the queue that a client means.

        Raises:
            NotFound: there is none, or no name and none declared before.
            ResourceLocked: it is another connection's.
        """
        if not name:
            name = self._channel.last_queue_name
            if not name:
                raise NotFound("no previously declared queue")
        queue = self._broker.topology.queues.get(name)
        if queue is None:
            raise NotFound(f"no queue '{name}' in vhost '/'")
        self._broker.check_access(queue, self._channel.connection)
        return queue

    def _on_consume(self, method: commands.Basic.Consume) -> None:
        tag = method.consumer_tag or ""
        if method.queue == REPLY_TO:
            self._consume_replies(method, tag)
            return
        if tag and (tag in self._deliveries.consumers or tag == self._reply_tag):
            raise NotAllowed(f"attempt to reuse consumer tag '{tag}'")
        queue = self.queue(method.queue or "")
        arguments = table_of(method.arguments)
        _check_priority(queue, arguments)
        exclusive = bool(method.exclusive)
        if not queue.is_quorum and _is_in_exclusive_use(queue, exclusive):
            raise AccessRefused(f"queue '{queue.name}' in vhost '/' in exclusive use")
        consumer = ChannelConsumer(
            self._deliveries,
            tag or random_name("amq.ctag"),
            queue,
            no_ack=bool(method.no_ack),
            exclusive=exclusive,
            prefetch_count=self._deliveries.prefetch_for(queue),
            arguments=arguments,
        )
        if not method.nowait:
            self._channel.send(commands.Basic.ConsumeOk, consumer.tag)
        self._deliveries.start(consumer)
        self._tell_created(consumer)

    def _tell_deleted(self, consumer: ChannelConsumer) -> None:
        self._broker.observation.happened(
            "consumer.deleted",
            consumer_tag=consumer.tag,
            channel=self._channel.pid,
            queue=consumer.queue.name,
            vhost="/",
            user_who_performed_action=self._channel.user,
        )

    def _tell_created(self, consumer: ChannelConsumer) -> None:
        self._broker.observation.happened(
            "consumer.created",
            consumer_tag=consumer.tag,
            exclusive=consumer.exclusive,
            ack_required=not consumer.no_ack,
            channel=self._channel.pid,
            queue=consumer.queue.name,
            prefetch_count=consumer.prefetch_count,
            arguments=consumer.arguments,
            vhost="/",
            user_who_performed_action=self._channel.user,
        )

    def _on_cancel(self, method: commands.Basic.Cancel) -> None:
        tag = method.consumer_tag or ""
        if tag and tag == self._reply_tag:
            self._forget_replies()
        if (consumer := self._deliveries.consumers.get(tag)) is not None:
            self._tell_deleted(consumer)
        # The answer goes first: cancelling may delete the queue and let others have messages.
        if not method.nowait:
            self._channel.send(commands.Basic.CancelOk, tag)
        self._deliveries.cancel(tag)

    def _on_get(self, method: commands.Basic.Get) -> None:
        queue = self.queue(method.queue or "")
        if queue.settings.single_active_consumer and queue.is_quorum and len(queue.consumers):
            raise ResourceLocked(
                f"cannot obtain access to locked queue '{queue.name}' in vhost '/'. basic.get operations "
                "are not supported by quorum queues with single active consumer"
            )
        queue.used_at = self._broker.now
        if not self._deliveries.get(queue, bool(method.no_ack)):
            self._channel.send(commands.Basic.GetEmpty)

    def _on_qos(self, method: commands.Basic.Qos) -> None:
        if method.prefetch_size:
            raise NotImplementedByBroker(f"prefetch_size!=0 ({method.prefetch_size})")
        if method.global_:
            self._deliveries.shared_prefetch_count = method.prefetch_count or 0
        else:
            self._deliveries.prefetch_count = method.prefetch_count or 0
        self._channel.send(commands.Basic.QosOk)
        if method.global_:
            self._deliveries.resume()

    def _on_recover(self, method: commands.Basic.Recover | commands.Basic.RecoverAsync) -> None:
        if not method.requeue:
            raise NotImplementedByBroker("requeue=false")
        if isinstance(method, commands.Basic.Recover):
            self._channel.send(commands.Basic.RecoverOk)
        self._deliveries.reject(self._deliveries.take(0, multiple=True), requeue=True)

    # Direct reply-to (https://www.rabbitmq.com/docs/direct-reply-to).

    def reply_address(self) -> str:
        """Return what stands in a request's reply_to in place of the pseudo-queue's name.

        Raises:
            PreconditionFailed: nobody consumes the replies.
        """
        if self._reply_tag is None:
            raise PreconditionFailed("fast reply consumer does not exist")
        return self._reply_key

    def deliver_reply(self, message: Message) -> None:
        """Hand a reply to the client."""
        if self._reply_tag is not None:
            self._deliveries.deliver_direct(self._reply_tag, message)

    def _consume_replies(self, method: commands.Basic.Consume, tag: str) -> None:
        if not method.no_ack:
            raise PreconditionFailed("reply consumer cannot acknowledge")
        if self._reply_tag is not None:
            raise PreconditionFailed("reply consumer already set")
        self._reply_tag = tag or random_name("amq.ctag")
        self._reply_key = random_name(f"{REPLY_TO}.g1h2AA")
        self._broker.reply_consumers[self._reply_key] = self
        if not method.nowait:
            self._channel.send(commands.Basic.ConsumeOk, self._reply_tag)

    def _forget_replies(self) -> None:
        self._broker.reply_consumers.pop(self._reply_key, None)
        self._reply_tag = None

    def close(self) -> None:
        """End: replies have nowhere to go any more."""
        self._forget_replies()


def _is_in_exclusive_use(queue: MessageQueue, exclusive: bool) -> bool:
    return queue.consumers.has_exclusive or (
        exclusive and (len(queue.consumers) > 0 or queue.settings.single_active_consumer)
    )


def _check_priority(queue: MessageQueue, arguments: Table) -> None:
    field = arguments.get("x-priority")
    if field is not None and field.kind not in INTEGER_KINDS:
        raise PreconditionFailed(
            f"invalid arg 'x-priority' for queue '{queue.name}' in vhost '/': "
            f'"expected integer, got {TYPE_NAMES[field.kind]}"'
        )
