"""A worker: takes tasks, works on one at a time, acks it."""

import asyncio
import contextlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from pika import BasicProperties
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
    TaskRejected,
    WorkerCrashed,
    WorkerFroze,
    WorkerId,
    WorkerStarted,
    WorkerStopped,
    WorkerThawed,
)
from workq_gui.core.settings import Endpoint
from workq_gui.core.tasks import shown_text
from workq_gui.messaging import codec
from workq_gui.messaging.backoff import Backoff
from workq_gui.messaging.codec import ReceivedTask
from workq_gui.messaging.errors import MessagingError, queue_refused
from workq_gui.messaging.link import HEARTBEAT_S, Link
from workq_gui.messaging.pace import Pace
from workq_gui.messaging.topology import ConsumerSpec

CANCELLED_BY_BROKER = "the broker cancelled the consumer: its queue was deleted"
INTERNAL_ERROR = "internal error, see the log"


class _End(Enum):
    """How a worker's life ended, if somebody here wanted it to end."""

    NOT = auto()
    STOP = auto()
    CRASH = auto()


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A task as it was delivered, with what its ack needs."""

    delivery_tag: int
    task: ReceivedTask


class TaskConsumer:
    """One worker's life, over as many connections as it takes, until `stop` or `crash`.

    An ack follows the work, unless the broker was told not to wait for one. A
    dot of work is a wait that leaves the loop free, so heartbeats are served
    meanwhile. Belongs to the asyncio loop that runs `run`; so do the other methods.
    """

    def __init__(
        self,
        worker_id: WorkerId,
        endpoint: Endpoint,
        spec: ConsumerSpec,
        pace: Pace,
        clock: Clock,
        emit: Callable[[Event], None],
        heartbeat_s: int = HEARTBEAT_S,
    ) -> None:
        self._worker_id = worker_id
        self._endpoint = endpoint
        self._spec = spec
        self._pace = pace
        self._clock = clock
        self._emit = emit
        self._heartbeat_s = heartbeat_s
        self._link: Link | None = None
        self._deliveries: asyncio.Queue[_Delivery | None] = asyncio.Queue()
        self._in_hand: _Delivery | None = None
        self._is_given_back = False
        self._cancelled_by_broker = False
        self._is_held = False
        self._is_frozen = False
        self._news = asyncio.Event()  # set by all that a worker at work must look up for
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
            try:
                if self._link is not None:
                    await self._link.close()
            finally:
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

    def hold(self) -> None:
        """Stop before the next dot, and keep the connection and the task, until `release`."""
        self._is_held = True
        self._news.set()

    def release(self) -> None:
        """Go on with the work."""
        self._is_held = False
        self._news.set()

    def freeze(self) -> None:
        """Do nothing any more, heartbeats included, until `thaw`."""
        if self._is_frozen or self._end is not _End.NOT:
            return
        self._is_frozen = True
        if self._link is not None:
            self._link.freeze()
        self._emit(WorkerFroze(at_ns=self._clock.now_ns(), worker_id=self._worker_id))
        self._news.set()

    def thaw(self) -> None:
        """Go on where it froze."""
        if not self._is_frozen or self._end is not _End.NOT:
            return
        self._is_frozen = False
        self._emit(WorkerThawed(at_ns=self._clock.now_ns(), worker_id=self._worker_id))
        if self._link is not None:
            self._link.thaw()
        self._news.set()

    def nack(self) -> None:
        """Let the broker put the task in hand back into its queue (`basic.nack`)."""
        if (delivery := self._returnable()) is not None:
            self._give_back(delivery, requeue=True)

    def reject(self) -> None:
        """Give the task in hand back for good (`basic.reject`): it is dead-lettered, or gone."""
        if (delivery := self._returnable()) is not None:
            self._give_back(delivery, requeue=False)

    def _returnable(self) -> _Delivery | None:
        """The task in hand, if it can be given back."""
        is_usable = self._link is not None and self._link.is_open and not self._cancelled_by_broker
        if self._spec.auto_ack or self._is_frozen or self._is_given_back or not is_usable:
            return None
        return self._in_hand if self._end is _End.NOT else None

    def _give_back(self, delivery: _Delivery, *, requeue: bool) -> None:
        assert self._link is not None
        # Told before it is done, like a crash: the next worker's thread may be quicker with its event.
        self._emit(
            TaskRejected(
                at_ns=self._clock.now_ns(),
                task_id=delivery.task.task_id,
                worker_id=self._worker_id,
                delivery_tag=delivery.delivery_tag,
                requeue=requeue,
            )
        )
        if requeue:
            self._link.channel.basic_nack(delivery.delivery_tag, requeue=True)
        else:
            self._link.channel.basic_reject(delivery.delivery_tag, requeue=False)
        self._is_given_back = True
        self._news.set()

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
            await self._until_thawed()
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
                if self._cancelled_by_broker:
                    return CANCELLED_BY_BROKER
                self._emit(ConnectionLost(at_ns=self._clock.now_ns(), owner=self._worker_id, reason=reason))
                pause_s = backoff.pause_after((self._clock.now_ns() - began_ns) / 1e9)
            await asyncio.sleep(pause_s)

    async def _open_link(self) -> Link:
        self._link = None
        link = await Link.open(self._endpoint, f"WorkQ {self._worker_id}", self._heartbeat_s)
        self._link, self._deliveries = link, asyncio.Queue()
        self._emit(ConnectionOpened(at_ns=self._clock.now_ns(), owner=self._worker_id))
        for queue in self._spec.queues:
            await link.declare_queue(queue)
        channel = link.channel
        channel.add_on_cancel_callback(self._on_cancel)
        link.closed.add_done_callback(lambda _: self._on_link_ended(link))
        if not self._spec.auto_ack:
            await link.call(
                channel,
                lambda done: channel.basic_qos(prefetch_count=self._spec.prefetch_count, callback=done),
            )
        for queue in self._spec.queues:
            await self._start_consuming(link, queue.name)
        if self._is_frozen:
            link.freeze()
        return link

    async def _start_consuming(self, link: Link, queue: str) -> None:
        channel = link.channel

        def start(done: Callable[[object], None]) -> None:
            def started(frame: object) -> None:
                # Here and not after `call`: deliveries follow in the same read.
                self._emit(
                    WorkerStarted(
                        at_ns=self._clock.now_ns(),
                        worker_id=self._worker_id,
                        queue=queue,
                        prefetch_count=self._spec.prefetch_count,
                        auto_ack=self._spec.auto_ack,
                    )
                )
                done(frame)

            channel.basic_consume(
                queue,
                lambda _, *delivered: self._on_delivery(queue, *delivered),
                auto_ack=self._spec.auto_ack,
                callback=started,
            )

        try:
            await link.call(channel, start)
        except ChannelClosedByBroker as error:
            raise queue_refused(error, queue) from error

    async def _consume(self, link: Link) -> str:
        """Work on what is delivered until the link ends, or a queue does; return why the link did."""
        while (delivery := await self._deliveries.get()) is not None:
            self._in_hand, self._is_given_back = delivery, False
            is_done = await self._work(link, delivery.task)
            self._in_hand = None
            if is_done:
                self._complete(link, delivery)
            elif not self._is_given_back:
                break
        return "" if self._cancelled_by_broker else await asyncio.shield(link.closed)

    async def _work(self, link: Link, task: ReceivedTask) -> bool:
        """Work; return whether it is done, and anybody still wants to hear of it."""
        await self._stand_still(link)
        for done in range(1, task.dots + 1):
            await self._work_for(link, self._pace.dot_s)
            if self._is_over(link):
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
                await self._stand_still(link)
        return not self._is_over(link)

    async def _work_for(self, link: Link, seconds: float) -> None:
        """Let `seconds` of work pass; the time that it is frozen does not count."""
        left_s = seconds
        while (left_s > 0 or self._is_frozen) and not self._is_over(link):
            if self._is_frozen:
                await self._next_news(None)
            else:
                began_ns = self._clock.now_ns()
                await self._next_news(left_s)
                left_s -= (self._clock.now_ns() - began_ns) / 1e9

    async def _stand_still(self, link: Link) -> None:
        """Wait while it is held or frozen."""
        while (self._is_held or self._is_frozen) and not self._is_over(link):
            await self._next_news(None)

    async def _until_thawed(self) -> None:
        while self._is_frozen:
            await self._next_news(None)

    async def _next_news(self, limit_s: float | None) -> None:
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._news.wait()

    def _is_over(self, link: Link) -> bool:
        """Whether the work in hand has lost its sense."""
        return not link.is_open or self._cancelled_by_broker or self._is_given_back

    def _complete(self, link: Link, delivery: _Delivery) -> None:
        task_id = delivery.task.task_id
        self._emit(TaskFinished(at_ns=self._clock.now_ns(), task_id=task_id, worker_id=self._worker_id))
        if self._spec.auto_ack:
            return
        link.channel.basic_ack(delivery.delivery_tag)
        self._emit(
            TaskAcked(
                at_ns=self._clock.now_ns(),
                task_id=task_id,
                worker_id=self._worker_id,
                delivery_tag=delivery.delivery_tag,
            )
        )

    def _on_delivery(
        self, queue: str, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        if self._end is not _End.NOT:
            return  # it was in the socket's buffer when the line was cut
        task = codec.decode(properties, body, f"unnamed {uuid.uuid4().hex[:8]}")
        self._emit(
            TaskDelivered(
                at_ns=self._clock.now_ns(),
                task_id=task.task_id,
                worker_id=self._worker_id,
                queue=queue,
                text=shown_text(task.text),
                delivery_tag=method.delivery_tag,
                redelivered=bool(method.redelivered),
                auto_ack=self._spec.auto_ack,
                persistent=task.persistent,
                work_s=round(task.dots * self._pace.dot_s, 3),
            )
        )
        self._deliveries.put_nowait(_Delivery(method.delivery_tag, task))

    def _on_cancel(self, _: object) -> None:
        self._cancelled_by_broker = True
        self._deliveries.put_nowait(None)
        self._news.set()

    def _on_link_ended(self, link: Link) -> None:
        if link is self._link:
            self._deliveries.put_nowait(None)
            self._news.set()
