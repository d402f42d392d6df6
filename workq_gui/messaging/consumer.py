"""A worker: takes tasks one at a time, works on them, acks them."""

import asyncio
import uuid
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from pika import BasicProperties
from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker
from pika.spec import Basic

from workq_gui.core.clock import Clock
from workq_gui.core.events import (
    ConnectionFailed,
    ConnectionLost,
    ConnectionOpened,
    Event,
    TaskAcked,
    TaskDelivered,
    TaskFinished,
    TaskProgressed,
    WorkerCrashed,
    WorkerId,
    WorkerStarted,
    WorkerStopped,
)
from workq_gui.core.settings import Endpoint
from workq_gui.core.tasks import shown_text
from workq_gui.messaging import codec
from workq_gui.messaging.backoff import Backoff
from workq_gui.messaging.codec import ReceivedTask
from workq_gui.messaging.errors import MessagingError, queue_refused
from workq_gui.messaging.link import Link
from workq_gui.messaging.pace import Pace
from workq_gui.messaging.topology import PREFETCH_COUNT

CANCELLED_BY_BROKER = "the broker cancelled the consumer: its queue was deleted"
INTERNAL_ERROR = "internal error, see the log"


class _End(Enum):
    """How a worker's life ended, if somebody here wanted it to end."""

    NOT = auto()
    STOP = auto()
    CRASH = auto()


class TaskConsumer:
    """One worker's life, over as many connections as it takes, until `stop` or `crash`.

    Prefetch 1, and an ack after the work. A dot of work is a wait that leaves
    the loop free, so heartbeats are served meanwhile. Belongs to the asyncio
    loop that runs `run`; so do the other methods.
    """

    def __init__(
        self,
        worker_id: WorkerId,
        endpoint: Endpoint,
        queue: str,
        pace: Pace,
        clock: Clock,
        emit: Callable[[Event], None],
    ) -> None:
        self._worker_id = worker_id
        self._endpoint = endpoint
        self._queue = queue
        self._pace = pace
        self._clock = clock
        self._emit = emit
        self._link: Link | None = None
        self._deliveries: asyncio.Queue[tuple[int, ReceivedTask] | None] = asyncio.Queue()
        self._cancelled_by_broker: asyncio.Future[None]  # one for each link
        self._end = _End.NOT
        self._running: asyncio.Task[object] | None = None

    async def run(self) -> None:
        """Live. Ends with WorkerCrashed or WorkerStopped, whatever happens, and then returns."""
        self._running = asyncio.current_task()
        reason = INTERNAL_ERROR
        try:
            if self._end is _End.NOT:  # else it ended before it began
                reason = await self._live()
        except MessagingError as error:
            reason = str(error)
        except asyncio.CancelledError:
            reason = ""  # by `stop` or `crash`, or because the thread ends: then it is a stop, too
        finally:
            if self._end is _End.NOT:
                self._end = _End.STOP  # a wish that comes from now on is too late
            if self._link is not None:
                await self._link.close()
            if self._end is not _End.CRASH:
                self._emit(
                    WorkerStopped(at_ns=self._clock.now_ns(), worker_id=self._worker_id, reason=reason)
                )

    def stop(self) -> None:
        """Close the connection properly; an un-acked task goes back to the queue."""
        self._finish(_End.STOP)

    def crash(self) -> None:
        """Cut the connection as if the process were killed."""
        if self._end is not _End.NOT:
            return
        # Told before it is done: the broker redelivers within a millisecond,
        # and the other worker's thread may be quicker with its event than this one.
        self._emit(WorkerCrashed(at_ns=self._clock.now_ns(), worker_id=self._worker_id))
        if self._link is not None:
            self._link.sever()
        self._finish(_End.CRASH)

    def _finish(self, end: _End) -> None:
        if self._end is _End.NOT:
            self._end = end
            if self._running is not None:
                self._running.cancel()

    async def _live(self) -> str:
        """Connect and consume again and again; return the reason to give up."""
        backoff = Backoff()
        did_consume = False
        while True:
            try:
                link = await self._open_link()
            except MessagingError as error:
                # A broker that comes back refuses all sorts of things for a moment.
                if not (error.is_passing or did_consume):
                    raise
                pause_s = backoff.pause_after(0)
                self._emit(
                    ConnectionFailed(
                        at_ns=self._clock.now_ns(),
                        owner=self._worker_id,
                        reason=str(error),
                        retry_in_s=pause_s,
                    )
                )
            else:
                did_consume, began_ns = True, self._clock.now_ns()
                reason = await self._consume(link)
                if self._cancelled_by_broker.done():
                    return CANCELLED_BY_BROKER
                self._emit(ConnectionLost(at_ns=self._clock.now_ns(), owner=self._worker_id, reason=reason))
                pause_s = backoff.pause_after((self._clock.now_ns() - began_ns) / 1e9)
            await asyncio.sleep(pause_s)

    async def _open_link(self) -> Link:
        self._link = None
        link = await Link.open(self._endpoint, f"WorkQ {self._worker_id}")
        self._link, self._deliveries = link, asyncio.Queue()
        self._cancelled_by_broker = asyncio.get_running_loop().create_future()
        self._emit(ConnectionOpened(at_ns=self._clock.now_ns(), owner=self._worker_id))
        await link.declare_work_queue(self._queue)
        channel = link.channel
        channel.add_on_cancel_callback(self._on_cancel)
        deliveries = self._deliveries
        link.closed.add_done_callback(lambda _: deliveries.put_nowait(None))
        try:
            await link.call(
                channel, lambda done: channel.basic_qos(prefetch_count=PREFETCH_COUNT, callback=done)
            )
            await link.call(channel, lambda done: self._start_consuming(channel, done))
        except ChannelClosedByBroker as error:
            raise queue_refused(error, self._queue) from error
        return link

    def _start_consuming(self, channel: Channel, done: Callable[[object], None]) -> None:
        def started(frame: object) -> None:
            # Here and not after `call`: deliveries follow in the same read.
            self._emit(
                WorkerStarted(
                    at_ns=self._clock.now_ns(), worker_id=self._worker_id, prefetch_count=PREFETCH_COUNT
                )
            )
            done(frame)

        channel.basic_consume(self._queue, self._on_delivery, callback=started)

    async def _consume(self, link: Link) -> str:
        """Work on what is delivered until the link ends, or the queue does; return why the link did."""
        while (delivery := await self._deliveries.get()) is not None:
            delivery_tag, task = delivery
            if not await self._work(link, task):
                break
            self._emit(
                TaskFinished(at_ns=self._clock.now_ns(), task_id=task.task_id, worker_id=self._worker_id)
            )
            self._ack(link, delivery_tag, task)
        return "" if self._cancelled_by_broker.done() else await asyncio.shield(link.closed)

    async def _work(self, link: Link, task: ReceivedTask) -> bool:
        """Work; return whether anybody still wants to hear of it."""
        ends: set[asyncio.Future[Any]] = {link.closed, self._cancelled_by_broker}
        for done in range(1, task.dots + 1):
            await asyncio.wait(ends, timeout=self._pace.dot_s, return_when=asyncio.FIRST_COMPLETED)
            if not link.is_open or self._cancelled_by_broker.done():
                return False
            if done < task.dots:
                self._emit(
                    TaskProgressed(
                        at_ns=self._clock.now_ns(),
                        task_id=task.task_id,
                        worker_id=self._worker_id,
                        fraction=done / task.dots,
                    )
                )
        return link.is_open and not self._cancelled_by_broker.done()

    def _ack(self, link: Link, delivery_tag: int, task: ReceivedTask) -> None:
        link.channel.basic_ack(delivery_tag)
        self._emit(
            TaskAcked(
                at_ns=self._clock.now_ns(),
                task_id=task.task_id,
                worker_id=self._worker_id,
                delivery_tag=delivery_tag,
            )
        )

    def _on_delivery(
        self, _: Channel, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        if self._end is not _End.NOT:
            return  # it was in the socket's buffer when the line was cut
        task = codec.decode(properties, body, f"unnamed {uuid.uuid4().hex[:8]}")
        self._emit(
            TaskDelivered(
                at_ns=self._clock.now_ns(),
                task_id=task.task_id,
                worker_id=self._worker_id,
                text=shown_text(task.text),
                delivery_tag=method.delivery_tag,
                redelivered=bool(method.redelivered),
                persistent=task.persistent,
                work_s=round(task.dots * self._pace.dot_s, 3),
            )
        )
        self._deliveries.put_nowait((method.delivery_tag, task))

    def _on_cancel(self, _: object) -> None:
        if not self._cancelled_by_broker.done():
            self._cancelled_by_broker.set_result(None)
        self._deliveries.put_nowait(None)
