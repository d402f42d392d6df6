"""The durable queues on the stage, as the broker has them."""

import contextlib
from collections.abc import Callable

from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event
from workq_gui.core.queue_events import QueueDeclared, QueuePurged, RoutingKeyUnknown
from workq_gui.core.settings import Endpoint
from workq_gui.messaging.errors import MessagingError, explain, queue_denied, queue_refused
from workq_gui.messaging.link import Link
from workq_gui.messaging.probe import Probe
from workq_gui.messaging.queue_conflict import check_queue
from workq_gui.messaging.topology import (
    NOT_FOUND,
    QueueSpec,
    declare_queue,
    delete_queue,
    delivery_rules,
    look_at_queue,
    purge_queue,
)


class Queues:
    """Declares them on every connection of the publisher, purges and observes them.

    Belongs to the asyncio loop of the links.

    Attributes:
        first: The queue that a task goes to if its author named none.
    """

    def __init__(
        self, endpoint: Endpoint, first: QueueSpec, clock: Clock, emit: Callable[[Event], None]
    ) -> None:
        self.first = first
        self._endpoint = endpoint
        self._clock = clock
        self._emit = emit
        self._specs = [first]
        self._probe = Probe(clock, emit)
        self._link: Link | None = None  # while it has all queues
        self._declaring_count = 0
        self._denied: set[str] = set()  # declared again on the next connection, they would end that, too
        self._looked_at: set[str] = set()  # routing keys that are none of our queues

    @property
    def is_settled(self) -> bool:
        """Whether all were declared: what is published now finds its queue."""
        return self._declaring_count == 0

    def stir(self) -> None:
        """Look closely for some seconds: somebody did something."""
        self._probe.stir()

    async def declare_on(self, link: Link) -> None:
        """Declare all of them; from now on `link` is the one to use.

        Raises:
            MessagingError: the broker refuses the first, or the link ended.
        """
        await link.declare_queue(self.first)
        self._tell_of(link, self.first)
        # By number, since `add` may add one meanwhile.
        number = 1
        while number < len(self._specs):
            spec = self._specs[number]
            # One that is there with other arguments can be published to; who takes from it is refused.
            with contextlib.suppress(ChannelClosedByBroker):
                if spec.name not in self._denied:
                    await self._declare(link, spec)
            number += 1
        self._link = link

    def knows(self, routing_key: str) -> bool:
        """Whether it is one of ours, or was looked at."""
        return routing_key in self._looked_at or any(spec.name == routing_key for spec in self._specs)

    async def look_at(self, routing_key: str) -> None:
        """Learn whether there is a queue of that name, none of ours; emit RoutingKeyUnknown if not."""
        link = self._usable_link()
        try:
            await link.call_aside(lambda channel, done: look_at_queue(channel, routing_key, done))
        except ChannelClosedByBroker as error:
            if error.reply_code == NOT_FOUND:
                self._emit(RoutingKeyUnknown(at_ns=self._clock.now_ns(), routing_key=routing_key))
        except MessagingError:
            return  # the link has ended, and it is looked at upon the next
        self._looked_at.add(routing_key)

    async def observe(self) -> None:
        """Emit figures until the link ends or this is cancelled."""
        assert self._link is not None, "declare_on comes first"
        await self._probe.observe(self._link, lambda: [spec.name for spec in self._specs])

    def leave(self) -> None:
        """The link has ended."""
        self._link = None
        self._looked_at.clear()

    async def check(self, spec: QueueSpec) -> None:
        """Do nothing if `spec` can be added, as far as can be said now.

        Raises:
            QueueMismatched: there is such a queue, and it was declared otherwise.
            MessagingError: it cannot be used for another reason, or the link ended.
        """
        if self._link is not None:
            await check_queue(self._link, spec)

    async def add(self, spec: QueueSpec) -> None:
        """Declare one more: now if there is a link, and upon every connect.

        Raises:
            MessagingError: the broker refuses, or the link ended.
        """
        try:
            if self._link is not None:
                await self._declare_now(self._link, spec)
        finally:
            self._specs.append(spec)  # not before, or the probe would miss it

    async def declare_again(self, name: str) -> None:
        """Declare the queue of that name, which somebody may have deleted.

        Raises:
            MessagingError: the broker refuses, or there is no link.
        """
        spec = next(spec for spec in self._specs if spec.name == name)
        await self._declare_now(self._usable_link(), spec)

    async def purge(self, name: str) -> None:
        """Let the broker throw away what is ready in the queue of that name; emit QueuePurged.

        Raises:
            MessagingError: the broker refuses, or there is no link.
        """

        def start(channel: Channel, done: Callable[[object], None]) -> None:
            purge_queue(channel, name, done)

        try:
            frame = await self._usable_link().call_aside(start)
        except ChannelClosedByBroker as error:
            raise queue_refused(error, name) from error
        self._emit(
            QueuePurged(at_ns=self._clock.now_ns(), queue=name, message_count=frame.method.message_count)
        )
        self._probe.stir()

    async def delete(self, name: str) -> None:
        """Delete the queue of that name with all that is in it, and look at it no more.

        Raises:
            MessagingError: the broker refuses, or there is no link.
        """
        self._specs = [spec for spec in self._specs if spec.name != name]
        try:
            await self._usable_link().call_aside(lambda channel, done: delete_queue(channel, name, done))
        except ChannelClosedByBroker as error:
            raise queue_refused(error, name) from error

    async def _declare_now(self, link: Link, spec: QueueSpec) -> None:
        self._declaring_count += 1
        try:
            await self._declare(link, spec)
        except ChannelClosedByBroker as error:
            raise queue_refused(error, spec.name) from error
        finally:
            self._declaring_count -= 1
            self._probe.look_again(spec.name)

    async def _declare(self, link: Link, spec: QueueSpec) -> None:
        try:
            await link.call_aside(lambda channel, done: declare_queue(channel, spec, done))
        except MessagingError as error:
            words = link.closed.result() if link.closed.done() else ""
            if (denied := queue_denied(words, spec.name)) is None:
                raise
            self._denied.add(spec.name)
            raise denied from error
        self._denied.discard(spec.name)
        self._tell_of(link, spec)

    def _tell_of(self, link: Link, spec: QueueSpec) -> None:
        delivery_limit, counts_nacks = delivery_rules(link.product, spec)
        self._emit(
            QueueDeclared(
                at_ns=self._clock.now_ns(),
                queue=spec.name,
                durable=spec.how.durable,
                queue_type=spec.how.queue_type,
                delivery_limit=delivery_limit,
                counts_nacks=counts_nacks,
            )
        )

    def _usable_link(self) -> Link:
        if self._link is None:
            raise explain(ConnectionResetError(0, "there is no connection now"), self._endpoint)
        return self._link
