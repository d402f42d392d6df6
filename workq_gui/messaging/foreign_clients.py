"""What other people's clients do, made out of what a broker publishes about itself. No sockets.

`amq.rabbitmq.event` tells who connects and consumes, `amq.rabbitmq.trace` (the firehose) what is published
and delivered; brokers of our own kind tell of acks there too.
"""

import itertools
import re
import uuid
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pika import DeliveryMode

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event, TaskId, WorkerId
from workq_gui.core.foreign_events import (
    FOREIGN,
    FOREIGN_TASK,
    ForeignAcked,
    ForeignChannelClosed,
    ForeignConnected,
    ForeignConsumerGone,
    ForeignConsumerSeen,
    ForeignDelivered,
    ForeignForgotten,
    ForeignGone,
    ForeignPublished,
    ForeignRejected,
)
from workq_gui.core.tasks import shown_text
from workq_gui.messaging.codec import MAX_TASK_ID_LENGTH
from workq_gui.messaging.local_programs import program_at
from workq_gui.messaging.own_clients import is_own

SHOWN_WHEN_GONE_S = 4.0
MOST_HELD = 2_000
"""So many un-acked tasks of a channel are kept: without prefetch and traced acks nothing ends them."""
MOST_KEPT = 32
"""So much is kept of a connection that was not announced yet: RabbitMQ's two exchanges are not in order."""
MOST_UNKNOWN = 64
MAX_NAME_LENGTH = 80

Headers = Mapping[str, Any]


@dataclass(slots=True)
class _Consumer:
    queue: str
    prefetch_count: int
    auto_ack: bool


@dataclass(slots=True)
class _Channel:
    """Attributes: held: the un-acked tasks by their delivery tags, which count the channel's deliveries."""

    client: "_Client"
    delivered_count: int = 0
    consumers: dict[str, _Consumer] = field(default_factory=dict)
    held: dict[int, TaskId] = field(default_factory=dict)


@dataclass(slots=True)
class _Client:
    client_id: WorkerId
    channels: dict[int, _Channel] = field(default_factory=dict)
    is_cut: bool = False


class ForeignClients:
    """Knows who is there, and turns what the broker tells into facts. Belongs to the observer's loop.

    A client that was connected before anybody looked is not known, and nothing is told of it.

    Attributes:
        sees_acks: Whether the broker traces them. Else one is concluded when a channel that holds as much as
            it may is given more: it must have settled the oldest.
    """

    def __init__(
        self,
        clock: Clock,
        emit: Callable[[Event], None],
        call_later: Callable[[float, Callable[[], None]], object],
        program_at: Callable[[str], str] = program_at,
    ) -> None:
        """Tell by `emit`; ask `program_at` for the program behind a connection that has no name."""
        self._program_at = program_at
        self.sees_acks = False
        self._clock = clock
        self._emit = emit
        self._call_later = call_later
        self._numbers = itertools.count(1)
        self._queues: set[str] = set()
        self._clients: dict[str, _Client] = {}  # by their connections' names
        self._programs: dict[str, str | None] = {}  # of who logs in just now, by the connection's name
        self._was_anybody_there = False
        self._own: set[str] = set()
        self._unknown: dict[str, deque[tuple[str, Headers, bytes]]] = {}
        self._connections: dict[str, str] = {}  # names by Erlang's process
        self._channels: dict[str, _Channel] = {}  # by Erlang's process
        self._handlers: dict[str, Callable[[Headers], None]] = {
            "user.authentication.success": self._on_login,
            "connection.created": self._on_connected,
            "connection.closed": self._on_disconnected,
            "channel.created": self._on_channel,
            "channel.closed": self._on_channel_closed,
            "consumer.created": self._on_consumer,
            "consumer.deleted": self._on_consumer_deleted,
        }

    @property
    def queues(self) -> Collection[str]:
        """The queues on the stage: of others nothing is told."""
        return self._queues

    @property
    def may_be_somebody_else(self) -> bool:
        """Whether a client that is not ours was there, or one logs in just now that may not be ours."""
        return self._was_anybody_there or bool(self._programs)

    def watch(self, queue: str) -> None:
        """Tell of `queue` from now on, and of those who take from it already."""
        if queue in self._queues:
            return
        self._queues.add(queue)
        for client in self._clients.values():
            for channel in client.channels.values():
                for tag, consumer in channel.consumers.items():
                    if consumer.queue == queue:
                        self._tell_of_consumer(client, tag, consumer)

    def take(self, about: str, headers: Headers, body: bytes) -> None:
        """Take in one message of the two exchanges: its routing key, headers and body."""
        verb, _, queue = about.partition(".")
        if (handle := self._handlers.get(about)) is not None:
            handle(headers)
        elif "connection" in headers:
            name = str(headers["connection"])
            if name in self._own:
                return  # whoever of us did it tells of it
            if (client := self._clients.get(name)) is not None:
                self._on_traced(client, verb, queue, headers, body)
            else:
                self._keep(name, (about, headers, body))

    def leave(self) -> None:
        """The observer's connection has ended: nobody is seen any more."""
        for name in list(self._clients):
            self._end(self._clients.pop(name), is_cut=False)
        self._was_anybody_there = False
        self._own.clear()
        self._unknown.clear()
        self._programs.clear()
        self._connections.clear()
        self._channels.clear()

    # --- who is there ---------------------------------------------------------------------------

    def _on_login(self, headers: Headers) -> None:
        """Look which program it is, at once: the tutorial's new_task.py is gone some milliseconds later."""
        name = str(headers.get("connection_name", ""))
        self._programs[name] = None
        if len(self._programs) > MOST_UNKNOWN:
            del self._programs[next(iter(self._programs))]

        def look() -> None:
            if name in self._programs:
                self._programs[name] = self._program_at(name)

        # Not in this turn of the loop: what the observer asks the broker for now, is asked at its end.
        self._call_later(0.0, look)

    def _on_connected(self, headers: Headers) -> None:
        name = str(headers.get("name", ""))
        if not name:
            return  # nothing that comes later could be said to be its
        self._connections[str(headers.get("pid"))] = name
        said = headers.get("client_properties") or []
        if is_own(said):
            self._own.add(name)
            self._programs.pop(name, None)
            self._unknown.pop(name, None)
            return
        client = self._clients[name] = _Client(WorkerId(f"{FOREIGN}{next(self._numbers)}"))
        at_ns, peer = self._clock.now_ns(), name.partition(" -> ")[0]
        program = self._programs.pop(name, None)
        if program is None:
            program = self._program_at(name)
        told = said_of(said, "connection_name") or program or said_of(said, "product")
        self._was_anybody_there = True
        self._emit(ForeignConnected(at_ns=at_ns, client=client.client_id, name=told, peer=peer))
        for about, kept, body in self._unknown.pop(name, ()):
            self.take(about, kept, body)

    def _on_disconnected(self, headers: Headers) -> None:
        name = str(headers.get("name", ""))
        self._connections.pop(str(headers.get("pid")), None)
        self._own.discard(name)
        self._unknown.pop(name, None)
        if (client := self._clients.pop(name, None)) is not None:
            self._end(client, is_cut=client.is_cut or any(c.consumers for c in client.channels.values()))

    def _end(self, client: _Client, *, is_cut: bool) -> None:
        self._channels = {pid: c for pid, c in self._channels.items() if c.client is not client}
        for channel in client.channels.values():
            self._tell_closed(channel)
        self._emit(ForeignGone(at_ns=self._clock.now_ns(), client=client.client_id, is_cut=is_cut))

        def forget() -> None:
            self._emit(ForeignForgotten(at_ns=self._clock.now_ns(), client=client.client_id))

        self._call_later(SHOWN_WHEN_GONE_S, forget)

    def _on_channel(self, headers: Headers) -> None:
        client = self._clients.get(self._connections.get(str(headers.get("connection")), ""))
        if client is not None:
            client.is_cut = False
            number = int(headers.get("number", 1))
            channel = client.channels.setdefault(number, _Channel(client))
            self._channels[str(headers.get("pid"))] = channel

    def _on_channel_closed(self, headers: Headers) -> None:
        channel = self._channels.pop(str(headers.get("pid")), None)
        if channel is None:
            return
        client = channel.client
        client.channels = {number: c for number, c in client.channels.items() if c is not channel}
        client.is_cut = client.is_cut or bool(channel.consumers)
        self._tell_closed(channel)

    def _tell_closed(self, channel: _Channel) -> None:
        if channel.consumers or channel.held:
            self._emit(ForeignChannelClosed(at_ns=self._clock.now_ns(), client=channel.client.client_id))

    def _on_consumer(self, headers: Headers) -> None:
        channel = self._channels.get(str(headers.get("channel")))
        if channel is None:
            return
        tag = str(headers.get("consumer_tag", ""))
        consumer = channel.consumers[tag] = _Consumer(
            str(headers.get("queue", "")),
            int(headers.get("prefetch_count") or 0),
            not headers.get("ack_required", True),
        )
        if consumer.queue in self._queues:
            self._tell_of_consumer(channel.client, tag, consumer)

    def _on_consumer_deleted(self, headers: Headers) -> None:
        channel = self._channels.get(str(headers.get("channel")))
        tag = str(headers.get("consumer_tag", ""))
        consumer = channel.consumers.pop(tag, None) if channel is not None else None
        if channel is not None and consumer is not None and consumer.queue in self._queues:
            self._emit(
                ForeignConsumerGone(
                    at_ns=self._clock.now_ns(),
                    client=channel.client.client_id,
                    consumer_tag=tag,
                    queue=consumer.queue,
                )
            )

    def _tell_of_consumer(self, client: _Client, tag: str, consumer: _Consumer) -> None:
        self._emit(
            ForeignConsumerSeen(
                at_ns=self._clock.now_ns(),
                client=client.client_id,
                consumer_tag=tag,
                queue=consumer.queue,
                prefetch_count=consumer.prefetch_count,
                auto_ack=consumer.auto_ack,
            )
        )

    # --- what they do ---------------------------------------------------------------------------

    def _keep(self, name: str, told: tuple[str, Headers, bytes]) -> None:
        if name not in self._unknown and len(self._unknown) >= MOST_UNKNOWN:
            del self._unknown[next(iter(self._unknown))]
        kept = self._unknown.setdefault(name, deque(maxlen=MOST_KEPT))
        kept.append(told)

    def _on_traced(self, client: _Client, verb: str, queue: str, headers: Headers, body: bytes) -> None:
        match verb:
            case "publish":
                for routed in self._queues.intersection(map(str, headers.get("routed_queues") or ())):
                    self._on_published(client, routed, headers, body)
            case "deliver":
                self._on_delivered(client, queue, headers, body)
            case "ack" | "nack" | "reject" | "requeue":
                self._on_settled(client, verb, headers)

    def _on_published(self, client: _Client, queue: str, headers: Headers, body: bytes) -> None:
        properties = _properties(headers)
        self._emit(
            ForeignPublished(
                at_ns=self._clock.now_ns(),
                task_id=_task_id(properties),
                client=client.client_id,
                queue=queue,
                text=_text(body),
                persistent=_is_persistent(properties),
            )
        )

    def _on_delivered(self, client: _Client, queue: str, headers: Headers, body: bytes) -> None:
        channel = client.channels.setdefault(int(headers.get("channel", 1)), _Channel(client))
        channel.delivered_count += 1  # delivery tags are consecutive, whatever queue a message came from
        if queue not in self._queues:
            return
        properties, redelivered = _properties(headers), bool(headers.get("redelivered"))
        consumers = [consumer for consumer in channel.consumers.values() if consumer.queue == queue]
        auto_ack = bool(consumers) and all(consumer.auto_ack for consumer in consumers)
        task_id = _task_id(properties)
        if not auto_ack:
            self._make_room(channel)
            channel.held[channel.delivered_count] = task_id
        self._emit(
            ForeignDelivered(
                at_ns=self._clock.now_ns(),
                task_id=task_id,
                client=client.client_id,
                queue=queue,
                text=_text(body),
                redelivered=redelivered,
                auto_ack=auto_ack,
                persistent=_is_persistent(properties),
            )
        )

    def _make_room(self, channel: _Channel) -> None:
        """Conclude that the oldest is settled, if the channel would not have got one more without that."""
        prefetch_counts = [c.prefetch_count for c in channel.consumers.values() if not c.auto_ack]
        is_limited = bool(prefetch_counts) and all(prefetch_counts) and not self.sees_acks
        limit = sum(prefetch_counts) if is_limited else MOST_HELD
        while len(channel.held) >= limit:
            task_id = channel.held.pop(next(iter(channel.held)))
            self._tell_acked(channel.client, task_id, is_inferred=True)

    def _on_settled(self, client: _Client, verb: str, headers: Headers) -> None:
        channel = client.channels.get(int(headers.get("channel", 1)))
        task_id = channel.held.pop(int(headers.get("delivery_tag", 0)), None) if channel else None
        if task_id is None:
            return
        if verb == "ack":
            self._tell_acked(client, task_id, is_inferred=False)
            return
        self._emit(
            ForeignRejected(
                at_ns=self._clock.now_ns(),
                task_id=task_id,
                client=client.client_id,
                requeue=verb == "requeue",
            )
        )

    def _tell_acked(self, client: _Client, task_id: TaskId, *, is_inferred: bool) -> None:
        self._emit(
            ForeignAcked(
                at_ns=self._clock.now_ns(), task_id=task_id, client=client.client_id, is_inferred=is_inferred
            )
        )


def said_of(client_properties: Collection[object], wanted: str) -> str:
    """Return what a client says of itself, as `connection.created` writes it; empty if it does not."""
    for term in client_properties:
        said = re.fullmatch(rf'{{<<"{wanted}">>,longstr,<<"(.*)">>}}', str(term), re.DOTALL)
        if said:
            # Erlang writes quotes and backslashes with a backslash before them.
            return re.sub(r'\\(["\\])', r"\1", said[1])[:MAX_NAME_LENGTH]
    return ""


def _properties(headers: Headers) -> Mapping[str, Any]:
    properties = headers.get("properties")
    return properties if isinstance(properties, Mapping) else {}


def _task_id(properties: Mapping[str, Any]) -> TaskId:
    """Return the message's own id; without one an id that is new each time, see `core.strangers`."""
    message_id = properties.get("message_id")
    return TaskId(
        str(message_id)[:MAX_TASK_ID_LENGTH] if message_id else f"{FOREIGN_TASK}{uuid.uuid4().hex[:8]}"
    )


def _is_persistent(properties: Mapping[str, Any]) -> bool:
    return bool(properties.get("delivery_mode") == DeliveryMode.Persistent.value)


def _text(body: bytes) -> str:
    return shown_text(body.decode(errors="replace"))
