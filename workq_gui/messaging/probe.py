"""Asks the broker for its own figures of its queues, on every broker alike."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable

from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event
from workq_gui.core.queue_events import QueueMissing, QueueObserved
from workq_gui.messaging.attention import SHORTEST_PAUSE_S, Attention
from workq_gui.messaging.errors import MessagingError
from workq_gui.messaging.link import Link
from workq_gui.messaging.topology import NOT_FOUND, look_at_queue

MISSING_INTERVAL_NS = 2_000_000_000
"""Each look for a missing queue costs a channel, and a line in the broker's log."""

REPEATED_AFTER_NS = 1_500_000_000
REPEATED_EVERY_NS = 5_000_000_000
"""What stays as it was is told again so long after it came, and then so often: to who saw something
else that is news."""


class Probe:
    """Emits the figures of queues when they changed, and now and then if they did not.

    Belongs to the asyncio loop of its link.

    On a channel of its own: a passive declare costs 0.3 ms and is exact at
    once, where the management API lags 5 s; if the queue is missing, it costs the channel.
    """

    def __init__(self, clock: Clock, emit: Callable[[Event], None]) -> None:
        self._clock = clock
        self._emit = emit
        self._attention = Attention(clock.now_ns())
        self._stirred = asyncio.Event()
        self._seen: dict[str, tuple[int, int] | None] = {}  # None: it is missing
        self._not_before_ns: dict[str, int] = {}
        self._refused: set[str] = set()
        self._repeat_ns: dict[str, int] = {}

    def stir(self) -> None:
        """Look closely for some seconds: somebody did something."""
        now_ns = self._clock.now_ns()
        self._attention.stir(now_ns)
        for queue, at_ns in self._repeat_ns.items():
            self._repeat_ns[queue] = min(at_ns, now_ns + REPEATED_AFTER_NS)
        self._stirred.set()

    def look_again(self, queue: str) -> None:
        """Look soon for a queue that was missing, and tell what is seen, changed or not."""
        self._seen.pop(queue, None)
        self._not_before_ns.pop(queue, None)
        self.stir()

    async def observe(self, link: Link, queues: Callable[[], Iterable[str]]) -> None:
        """Observe what `queues` returns, until `link` ends or this is cancelled."""
        self._seen.clear()
        self._repeat_ns.clear()
        self._not_before_ns.clear()
        self._refused.clear()
        self._attention.stir(self._clock.now_ns())
        try:
            channel = await link.open_channel()
            while True:
                seen_before = dict(self._seen)
                self._stirred.clear()
                for queue in list(queues()):
                    if not channel.is_open:
                        channel = await link.open_channel()
                    await self._look(link, channel, queue)
                await self._rest(has_changed=self._seen != seen_before)
        except MessagingError:
            return  # the link's owner hears of its end, and tells

    async def _look(self, link: Link, channel: Channel, queue: str) -> None:
        now_ns = self._clock.now_ns()
        if queue in self._refused or now_ns < self._not_before_ns.get(queue, 0):
            return
        try:
            frame = await link.call(channel, lambda done: look_at_queue(channel, queue, done))
        except ChannelClosedByBroker as error:
            if error.reply_code == NOT_FOUND:
                self._not_before_ns[queue] = now_ns + MISSING_INTERVAL_NS
                self._note(queue, None)
            else:
                self._refused.add(queue)  # this user may not look; the publisher and the workers hear why
        else:
            self._note(queue, (frame.method.message_count, frame.method.consumer_count))

    def _note(self, queue: str, figures: tuple[int, int] | None) -> None:
        at_ns = self._clock.now_ns()
        if queue in self._seen and self._seen[queue] == figures:
            if figures is None or at_ns < self._repeat_ns.get(queue, 0):
                return
            self._repeat_ns[queue] = at_ns + REPEATED_EVERY_NS
        else:
            self._repeat_ns[queue] = at_ns + REPEATED_AFTER_NS
        self._seen[queue] = figures
        if figures is None:
            self._emit(QueueMissing(at_ns=at_ns, queue=queue))
        else:
            ready_count, consumer_count = figures
            self._emit(
                QueueObserved(
                    at_ns=at_ns, queue=queue, ready_count=ready_count, consumer_count=consumer_count
                )
            )

    async def _rest(self, *, has_changed: bool) -> None:
        pause_s = self._attention.pause_after(self._clock.now_ns(), has_changed=has_changed)
        if pause_s <= SHORTEST_PAUSE_S:
            await asyncio.sleep(pause_s)  # a thousand stirs a second must not mean a thousand looks
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._stirred.wait()
