"""Watches what other people's clients do on the broker, by its own means, and changes nothing there.

RabbitMQ publishes what happens in it to two exchanges: `amq.rabbitmq.event`, if its plugin
rabbitmq_event_exchange is on, and `amq.rabbitmq.trace`, if its firehose is. Both are looked for; neither is
switched on.
"""

import asyncio
import contextlib
from collections.abc import Callable

from pika import BasicProperties
from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker
from pika.exchange_type import ExchangeType
from pika.spec import Basic

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event
from workq_gui.core.foreign_events import ForeignLeftAtOnce, ObservationChanged
from workq_gui.core.settings import Endpoint
from workq_gui.messaging.backoff import Backoff
from workq_gui.messaging.errors import MessagingError, words_of
from workq_gui.messaging.foreign_clients import ForeignClients
from workq_gui.messaging.link import Link
from workq_gui.messaging.own_clients import OBSERVER
from workq_gui.messaging.short_visits import ShortVisits
from workq_gui.messaging.topology import DEFAULT_EXCHANGE
from workq_gui.messaging.wire import WireTap

EVENT_EXCHANGE = "amq.rabbitmq.event"
TRACE_EXCHANGE = "amq.rabbitmq.trace"
EVENT_KEYS = ("user.authentication.success", "connection.*", "channel.*", "consumer.*")
ACK_KEYS = ("ack.#", "nack.#", "reject.#", "requeue.#")
# Not "#": an observer would be told of what itself is told.
PUBLISH_KEY = "publish.#"
ANSWER_LIMIT_S = 1.0
MOST_WAITING = 50_000
"""More than so much is not kept for an observer that does not keep up."""

NO_CONNECTION = "The observer has no connection to the broker: other people's clients are not seen."
NO_EVENTS = (
    "Other people's clients are not seen: this broker does not publish its events ({}). An administrator can "
    "switch that on with “rabbitmq-plugins enable rabbitmq_event_exchange”; WorkQ does not do it unasked."
)
NO_TRACE = (
    "Other people's clients are seen, and what they publish and take is not: this broker's firehose is off. "
    "An administrator can switch it on with “rabbitmqctl trace_on”; WorkQ does not do it unasked."
)
NO_ACKS = (
    "What other people's workers ack is not seen, since this broker tells nobody. It is concluded from what "
    "they are given next, and shown as “probably”."
)


class Observer:
    """Emits facts about other people's clients. Belongs to the asyncio loop that runs `run`."""

    def __init__(
        self,
        endpoint: Endpoint,
        clock: Clock,
        emit: Callable[[Event], None],
        tap: WireTap | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._tap = tap
        self._clock = clock
        self._emit = emit
        self._clients = ForeignClients(clock, emit, _call_later)
        self._visits = ShortVisits(clock, self._tell_visit, _call_later)
        self._link: Link | None = None
        self._queue = self._probe = ""  # of the observer's own
        self._sees_clients = self._sees_tasks = False
        self._has_deliveries = False
        self._trace_answer = asyncio.Event()
        self._ack_answer = asyncio.Event()
        self._told: tuple[object, ...] = ()

    def watch(self, queue: str) -> None:
        """Tell of what other people's clients do with `queue` from now on."""
        self._clients.watch(queue)
        if self._link is not None and self._link.is_open and self._has_deliveries:
            self._link.channel.queue_bind(self._queue, TRACE_EXCHANGE, f"deliver.{queue}")

    async def run(self) -> None:
        """Keep a connection, and observe; until cancelled."""
        backoff = Backoff()
        while True:
            began_s = asyncio.get_running_loop().time()
            with contextlib.suppress(MessagingError):  # the publisher tells why there is no connection
                await self._observe()
            self._sees_clients = self._sees_tasks = self._clients.sees_acks = False
            self._tell(NO_CONNECTION)
            await asyncio.sleep(backoff.pause_after(asyncio.get_running_loop().time() - began_s))

    async def _observe(self) -> None:
        link = await Link.open(self._endpoint, OBSERVER, tap=self._tap)
        self._endpoint = link.next_endpoint
        try:
            refused = await self._look_for_events(link)
            if refused:
                self._tell(NO_EVENTS.format(refused))
            else:
                await self._consume(link)
                await self._find_out(link)
                self._link = link
                self._follow()
            await asyncio.shield(link.closed)
        finally:
            self._link = None
            self._clients.leave()
            self._visits.leave()
            await link.close()

    async def _look_for_events(self, link: Link) -> str:
        """Return why there are no events to be had; empty if there are."""

        def look(channel: Channel, done: Callable[[object], None]) -> None:
            channel.exchange_declare(EVENT_EXCHANGE, ExchangeType.topic, passive=True, callback=done)

        try:
            await link.call_aside(look)
        except ChannelClosedByBroker as error:
            return words_of(error)
        self._sees_clients = True
        return ""

    async def _consume(self, link: Link) -> None:
        channel = link.channel
        limit = {"x-max-length": MOST_WAITING}
        frame = await link.call(
            channel,
            lambda done: channel.queue_declare(
                "", exclusive=True, auto_delete=True, arguments=limit, callback=done
            ),
        )
        self._queue = frame.method.queue
        for key in EVENT_KEYS:
            await self._bind(link, EVENT_EXCHANGE, key)
        self._has_deliveries = False
        for key in (PUBLISH_KEY, *ACK_KEYS):
            await self._bind(link, TRACE_EXCHANGE, key)
        await link.call(
            channel,
            lambda done: channel.basic_consume(self._queue, self._on_message, auto_ack=True, callback=done),
        )

    async def _bind(self, link: Link, exchange: str, key: str) -> None:
        """Have what is published to `exchange` with `key` from now on.

        Raises:
            MessagingError: the connection ended.
        """
        with contextlib.suppress(ChannelClosedByBroker):  # this user may not; then nothing comes
            await link.call_aside(
                lambda channel, done: channel.queue_bind(self._queue, exchange, key, callback=done)
            )

    async def _find_out(self, link: Link) -> None:
        """Find out whether the firehose is on, and tells of acks: by a message to a queue of our own."""
        self._trace_answer.clear()
        self._ack_answer.clear()
        channel = await link.open_channel()
        frame = await link.call(
            channel,
            lambda done: channel.queue_declare("", exclusive=True, auto_delete=True, callback=done),
        )
        self._probe = frame.method.queue
        await link.call(
            channel,
            lambda done: channel.basic_consume(self._probe, _ack, callback=done),
        )
        channel.basic_publish(DEFAULT_EXCHANGE, self._probe, b"is the firehose on?", BasicProperties())
        self._sees_tasks = await _comes(self._trace_answer)
        self._clients.sees_acks = self._sees_tasks and await _comes(self._ack_answer)
        if channel.is_open:
            channel.close()
        self._tell_what_is_seen()

    def _on_message(
        self, _: Channel, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        about, headers = str(method.routing_key), properties.headers or {}
        if method.exchange == TRACE_EXCHANGE and not self._clients.sees_acks:
            self._note_answer(about)
        self._clients.take(about, headers, body)
        self._visits.take(about, headers)
        if not self._clients.sees_acks and about.startswith(("user.", "connection.")):
            self._follow()

    def _follow(self) -> None:
        """Have deliveries traced as soon as a client logs in that may not be ours: then it has none yet.

        RabbitMQ traces ours as well, and that costs a third of the rate at which our workers do tasks
        (tests/bench/observe.py). A broker that leaves us out tells of acks too: there it costs nothing.
        What is published is always traced: a client may do that a millisecond after it logs in.
        """
        wanted = self._clients.sees_acks or self._clients.may_be_somebody_else
        if self._link is None or not self._link.is_open or wanted == self._has_deliveries:
            return
        self._has_deliveries = wanted
        channel = self._link.channel
        change = channel.queue_bind if wanted else channel.queue_unbind
        for queue in self._clients.queues:
            # Nobody waits for the answer: there is no time for that.
            change(self._queue, TRACE_EXCHANGE, f"deliver.{queue}")

    def _tell_visit(self, visit: ForeignLeftAtOnce) -> None:
        if self._sees_tasks:  # else who published looks just like who was refused
            self._emit(visit)

    def _note_answer(self, about: str) -> None:
        if about.startswith("publish."):
            self._trace_answer.set()
            if self._link is not None and not self._sees_tasks:
                self._sees_tasks = True  # somebody has switched it on
                self._tell_what_is_seen()
        elif about.startswith("ack."):
            self._ack_answer.set()

    def _tell_what_is_seen(self) -> None:
        if not self._sees_tasks:
            self._tell(NO_TRACE)
        else:
            self._tell("" if self._clients.sees_acks else NO_ACKS)

    def _tell(self, reason: str) -> None:
        told = (self._sees_clients, self._sees_tasks, self._clients.sees_acks, reason)
        if told != self._told:
            self._told = told
            self._emit(
                ObservationChanged(
                    at_ns=self._clock.now_ns(),
                    sees_clients=self._sees_clients,
                    sees_tasks=self._sees_tasks,
                    sees_acks=self._clients.sees_acks,
                    reason=reason,
                )
            )


async def _comes(answer: asyncio.Event) -> bool:
    """Wait for an answer that may never come."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_LIMIT_S):
            await answer.wait()
    return answer.is_set()


def _ack(channel: Channel, method: Basic.Deliver, _: BasicProperties, __: bytes) -> None:
    channel.basic_ack(method.delivery_tag)


def _call_later(seconds: float, do: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(seconds, do)
