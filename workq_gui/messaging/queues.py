"""The durable queues on the stage, as the broker has them."""

import contextlib
from collections.abc import Callable

from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event, QueuePurged
from workq_gui.core.settings import Endpoint
from workq_gui.messaging.errors import explain, queue_refused
from workq_gui.messaging.link import Link
from workq_gui.messaging.probe import Probe
from workq_gui.messaging.topology import QueueSpec, declare_queue, purge_queue


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
        # By number, since `add` may add one meanwhile.
        number = 1
        while number < len(self._specs):
            # One that is there with other arguments can be published to; who takes from it is refused.
            with contextlib.suppress(ChannelClosedByBroker):
                await self._declare(link, self._specs[number])
            number += 1
        self._link = link

    async def observe(self) -> None:
        """Emit figures until the link ends or this is cancelled."""
        assert self._link is not None, "declare_on comes first"
        await self._probe.observe(self._link, lambda: [spec.name for spec in self._specs])

    def leave(self) -> None:
        """The link has ended."""
        self._link = None

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
        await link.call_aside(lambda channel, done: declare_queue(channel, spec, done))

    def _usable_link(self) -> Link:
        if self._link is None:
            raise explain(ConnectionResetError(0, "there is no connection now"), self._endpoint)
        return self._link
