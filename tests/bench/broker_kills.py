"""Kill -9 at random moments: `python -m tests.bench.broker_kills [KILLS] [SEED]`. Exit code 1 on a loss.

A publisher with confirms and two workers with acks run while the broker is killed again and again, also
while it starts. What is promised, as a client can see it:

- A confirmed persistent message on a durable queue is never missing: whatever was confirmed has been given
  to a worker that acked it, or is still in the queue and comes in the end.
- What was acked before the last commit never comes back. An ack has no answer, so the workers ask for one:
  after some acks they publish a persistent receipt on the same connection. A broker takes a connection's
  frames in order and confirms the receipt after its commit, which holds the acks before it too.
"""

import asyncio
import itertools
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pika
from pika.adapters.asyncio_connection import AsyncioConnection

from tests.bench.broker_client import PERSISTENT, connect
from tests.bench.broker_nodes import BuiltInNode, built_in

KILLS = 200
TASKS, RECEIPTS = "tasks", "receipts"
WINDOW = 200
PREFETCH = 20
ACKS_PER_RECEIPT = 5
LONGEST_LIFE_S = 0.6
LONGEST_START_S = 0.2
SHARE_KILLED_WHILE_STARTING = 0.15
IDLE_S = 2.0
DRAIN_LIMIT_S = 120.0
BACKLOG_LIMIT = 5_000


@dataclass
class Ledger:
    """What the clients know for certain, over all lives of the broker.

    Attributes:
        missing: Confirmed, and not acked by any worker: once the queue is empty there must be none.
        acked: Messages whose ack was sent; whether it arrived is not known.
        settled: Messages whose ack was committed.
        returned: Messages of `settled` that were delivered once more: there must be none.
    """

    published: int = 0
    deliveries: int = 0
    redeliveries: int = 0
    confirmed: int = 0
    missing: set[int] = field(default_factory=set)
    acked: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)
    returned: set[int] = field(default_factory=set)

    def confirm(self, number: int) -> None:
        self.confirmed += 1
        if number not in self.acked:  # a worker may be quicker than the confirm
            self.missing.add(number)

    def ack(self, number: int) -> None:
        self.acked.add(number)
        self.missing.discard(number)

    def delivered(self, number: int, *, redelivered: bool) -> None:
        self.deliveries += 1
        self.redeliveries += redelivered
        if number in self.settled:
            self.returned.add(number)


class Client:
    """A connection with one channel in confirm mode, for one life of the broker."""

    def __init__(self, url: str, ledger: Ledger, loop: asyncio.AbstractEventLoop) -> None:
        self.ledger = ledger
        self.closed = loop.create_future()
        self.waiting: dict[int, Callable[[], None]] = {}
        self._publish_seq_no = itertools.count(1)
        self._connection = AsyncioConnection(
            pika.URLParameters(url),
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
            on_open_error_callback=lambda *_: self._on_closed(),
            on_close_callback=lambda *_: self._on_closed(),
            custom_ioloop=loop,
        )

    def close(self) -> None:
        if self._connection.is_open:
            self._connection.close()

    def publish(self, queue: str, body: bytes, confirmed: Callable[[], None]) -> None:
        """Publish a persistent message; `confirmed` is called when the broker has it."""
        self.waiting[next(self._publish_seq_no)] = confirmed
        self.channel.basic_publish("", queue, body, PERSISTENT)

    def begin(self) -> None:
        """Go to work. For subclasses."""

    def progressed(self) -> None:
        """Learn that something was confirmed. For subclasses."""

    def _on_channel(self, channel) -> None:
        self.channel = channel
        channel.confirm_delivery(self._on_confirm, callback=lambda _: self.begin())

    def _on_confirm(self, frame) -> None:
        assert frame.method.NAME == "Basic.Ack", frame
        tag = frame.method.delivery_tag
        tags = [number for number in self.waiting if number <= tag] if frame.method.multiple else [tag]
        for number in tags:
            self.waiting.pop(number)()
        self.progressed()

    def _on_closed(self) -> None:
        if not self.closed.done():
            self.closed.set_result(None)


class Publisher(Client):
    """Publishes numbered messages with at most WINDOW unconfirmed, as long as the workers keep up."""

    def begin(self) -> None:
        self._is_pausing = False
        self.progressed()

    def progressed(self) -> None:
        ledger = self.ledger
        while len(self.waiting) < WINDOW and len(ledger.missing) < BACKLOG_LIMIT:
            ledger.published += 1
            number = ledger.published
            self.publish(TASKS, b"%d" % number, lambda number=number: ledger.confirm(number))
        if not self.waiting and not self._is_pausing:
            self._is_pausing = True
            self._connection.ioloop.call_later(0.01, self._go_on)

    def _go_on(self) -> None:
        self._is_pausing = False
        if self._connection.is_open:
            self.progressed()


class Worker(Client):
    """Acks what it gets, and asks for a receipt after each few acks."""

    def begin(self) -> None:
        self.last_s = time.monotonic()
        self._uncovered: list[int] = []
        self.channel.basic_qos(prefetch_count=PREFETCH)
        self.channel.basic_consume(TASKS, self._on_delivery)

    def _on_delivery(self, channel, method, _properties, body: bytes) -> None:
        self.last_s = time.monotonic()
        self.ledger.delivered(int(body), redelivered=method.redelivered)
        channel.basic_ack(method.delivery_tag)
        self.ledger.ack(int(body))
        self._uncovered.append(int(body))
        if len(self._uncovered) >= ACKS_PER_RECEIPT:
            covered, self._uncovered = self._uncovered, []
            self.publish(RECEIPTS, b"", lambda: self.ledger.settled.update(covered))


class Torment:
    """Kills the broker again and again under its clients, and keeps the ledger."""

    def __init__(self, node: BuiltInNode, seed: int) -> None:
        self.ledger = Ledger()
        self.kills_while_starting = 0
        self._node = node
        self._chance = random.Random(seed)
        self._loop = asyncio.get_running_loop()

    async def run(self, kills: int) -> None:
        await self._start()
        self._declare()
        for number in range(kills):
            await self._live(self._chance.uniform(0.0, LONGEST_LIFE_S))
            if self._chance.random() < SHARE_KILLED_WHILE_STARTING:
                self.kills_while_starting += 1
                self._node.kill_while_it_starts(self._chance.uniform(0.0, LONGEST_START_S))
            await self._start()
            if (number + 1) % 20 == 0:
                self._tell(number + 1)
        await self._drain()

    async def _start(self) -> None:
        await self._loop.run_in_executor(None, self._node.start)

    def _declare(self) -> None:
        with connect(self._node.url) as connection:
            channel = connection.channel()
            channel.queue_declare(TASKS, durable=True)
            channel.queue_declare(RECEIPTS, durable=True, arguments={"x-max-length": 10})

    def _client(self, kind: type[Client]) -> Client:
        return kind(self._node.url, self.ledger, self._loop)

    async def _live(self, life_s: float) -> None:
        """Let all clients work for so long, then kill the broker under them."""
        clients = [self._client(kind) for kind in (Publisher, Worker, Worker)]
        await asyncio.sleep(life_s)
        self._node.kill()
        await asyncio.wait([client.closed for client in clients])

    async def _drain(self) -> None:
        """Take all that is left: until nothing is missing, or nothing has come for a while."""
        worker = self._client(Worker)
        worker.last_s = time.monotonic()
        deadline = time.monotonic() + DRAIN_LIMIT_S
        while self._is_missing_some(worker) and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        worker.close()
        await worker.closed

    def _is_missing_some(self, worker: Worker) -> bool:
        return bool(self.ledger.missing) and time.monotonic() < worker.last_s + IDLE_S

    def _tell(self, kills: int) -> None:
        ledger = self.ledger
        print(
            f"{kills} kills: {ledger.confirmed:,} confirmed, {len(ledger.acked):,} acked, "
            f"{len(ledger.settled):,} of them surely committed, {len(ledger.returned)} of these came back",
            flush=True,
        )


def report(torment: Torment, kills: int, seed: int, took_s: float) -> None:
    ledger = torment.ledger
    print(
        f"seed {seed}, {kills} kills (and {torment.kills_while_starting} more while it started) "
        f"in {took_s:.0f} s, load {os.getloadavg()[0]:.1f}\n"
        f"published {ledger.published:,}, confirmed {ledger.confirmed:,}, "
        f"delivered {ledger.deliveries:,} ({ledger.redeliveries:,} flagged as redelivered)\n"
        f"confirmed and missing at the end: {len(ledger.missing)}\n"
        f"surely committed acks {len(ledger.settled):,}, delivered again: {len(ledger.returned)}"
    )


async def torment(kills: int, seed: int) -> int:
    begin_s = time.monotonic()
    with built_in() as node:
        torment = Torment(node, seed)
        await torment.run(kills)
    report(torment, kills, seed, time.monotonic() - begin_s)
    return 1 if torment.ledger.missing or torment.ledger.returned else 0


def main() -> int:
    kills = int(sys.argv[1]) if sys.argv[1:] else KILLS
    seed = int(sys.argv[2]) if sys.argv[2:] else random.SystemRandom().randrange(1 << 32)
    return asyncio.run(torment(kills, seed))


if __name__ == "__main__":
    sys.exit(main())
