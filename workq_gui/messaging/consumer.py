"""A worker: takes tasks, works on one at a time, acks it."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import asdict
from enum import Enum, auto

from pika import BasicProperties
from pika.exceptions import ChannelClosedByBroker
from pika.frame import Method
from pika.spec import Basic

from workq_gui.core.clock import Clock
from workq_gui.core.events import (
    ConnectionFailed,
    ConnectionLost,
    ConnectionOpened,
    Event,
    TaskDelivered,
    TaskFinished,
    TaskProgressed,
    TaskRejected,
    WorkerChannelClosed,
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
from workq_gui.messaging.acks import Acks, Delivery
from workq_gui.messaging.backoff import Backoff
from workq_gui.messaging.cancels import why_cancelled
from workq_gui.messaging.errors import MessagingError, queue_refused
from workq_gui.messaging.labour import SUPERVISOR_PAUSE_S, Labour, Poisoned, WorkError
from workq_gui.messaging.link import Link
from workq_gui.messaging.network import Network
from workq_gui.messaging.pace import Pace
from workq_gui.messaging.topology import ConsumerSpec
from workq_gui.messaging.wire import WireTap

CALLBACK_RAISED = "ValueError: raised in the callback"
CLOSED_BY_WORKER = "channel.close, by the worker itself"
INTERNAL_ERROR = "internal error, see the log"


class _End(Enum):
    """How a worker's life ended, if somebody here wanted it to end."""

    NOT = auto()
    STOP = auto()
    CRASH = auto()


class TaskConsumer:
    """One worker's life, over as many connections as it takes, until `stop` or `crash`.

    An ack follows the work, unless the broker was told not to wait for one. A
    dot of work is a wait that leaves the loop free, so heartbeats are served
    meanwhile. Belongs to the asyncio loop that runs `run`; so do the other methods.

    Attributes:
        network: The network between it and the broker, if that can be broken.
    """

    def __init__(
        self,
        worker_id: WorkerId,
        endpoint: Endpoint,
        spec: ConsumerSpec,
        pace: Pace,
        clock: Clock,
        emit: Callable[[Event], None],
        tap: WireTap | None = None,
    ) -> None:
        self._worker_id = worker_id
        self._endpoint = endpoint
        self._spec, self._how = spec, spec.how
        self._clock, self._emit = clock, emit
        self._tap = tap
        self._labour = Labour(pace, clock, spec.how)
        self._acks = Acks(spec.how, self._tell)
        self.network = Network(worker_id, endpoint, clock, emit) if spec.how.behind_relay else None
        self._link: Link | None = None
        self._deliveries: asyncio.Queue[Delivery | None] = asyncio.Queue()
        self._in_hand: Delivery | None = None
        self._is_given_back = self._is_channel_left = False
        self._cancelled_from = ""  # the queue that the broker took it off
        self._queue_of_tag: dict[str, str] = {}
        self._is_asleep = False  # in a time.sleep: nothing is read, and no heartbeat sent
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
        except WorkError as error:
            self._die(str(error))
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
                    self._tell(WorkerStopped, reason=reason)
                if self.network is not None:
                    await self.network.close()

    def stop(self) -> None:
        """Close the connection properly; an un-acked task goes back to the queue."""
        self._finish(_End.STOP)

    def crash(self) -> None:
        """Cut the connection as if the process were killed."""
        if self._end is _End.NOT:
            self._die("")

    def _die(self, reason: str) -> None:
        # Told before it is done: the broker redelivers within a millisecond,
        # and the other worker's thread may be quicker with its event than this one.
        self._tell(WorkerCrashed, reason=reason)
        if self._link is not None:
            self._link.sever()
        self._finish(_End.CRASH)

    def raise_error(self) -> None:
        """Let the code that works on the task in hand raise an error, which nobody catches."""
        if self._in_hand is not None and self._end is _End.NOT:
            self._labour.fail(CALLBACK_RAISED)

    def close_channel(self) -> None:
        """Close the channel, and keep the connection: what is un-acked goes back, and nothing comes."""
        if not self._is_usable or self._link is None:
            return
        self._tell(WorkerChannelClosed, reason=CLOSED_BY_WORKER, by_broker=False, is_consuming=True)
        self._link.channel.close()
        self._leave_channel()

    def hold(self) -> None:
        """Stop before the next dot, and keep the connection and the task, until `release`."""
        self._labour.is_held = True
        self._labour.interrupt()

    def release(self) -> None:
        """Go on with the work."""
        self._labour.is_held = False
        self._labour.interrupt()

    def freeze(self) -> None:
        """Do nothing any more, heartbeats included, until `thaw`."""
        if self._labour.is_frozen or self._end is not _End.NOT:
            return
        self._labour.is_frozen = True
        if self._link is not None:
            self._link.freeze()
        self._tell(WorkerFroze)
        self._labour.interrupt()

    def thaw(self) -> None:
        """Go on where it froze."""
        if not self._labour.is_frozen or self._end is not _End.NOT:
            return
        self._labour.is_frozen = False
        self._tell(WorkerThawed)
        if self._link is not None and not self._is_asleep:
            self._link.thaw()
        self._labour.interrupt()

    def nack(self) -> None:
        """Let the broker put the task in hand back into its queue (`basic.nack`)."""
        if (delivery := self._returnable()) is not None:
            self._give_back(delivery, requeue=True)

    def reject(self) -> None:
        """Give the task in hand back for good (`basic.reject`): it is dead-lettered, or gone."""
        if (delivery := self._returnable()) is not None:
            self._give_back(delivery, requeue=False)

    def _returnable(self) -> Delivery | None:
        """The task in hand, if it can be given back."""
        if self._acks.has_none_to_give or self._is_given_back or not self._is_usable:
            return None
        return self._in_hand

    @property
    def _is_usable(self) -> bool:
        """Whether it can say something to the broker on the channel that tasks come by."""
        stands_still = self._labour.is_frozen or self._is_asleep
        is_gone = self._end is not _End.NOT or self._is_channel_left
        return self._link is not None and self._link.is_open and not (stands_still or is_gone)

    def _give_back(self, delivery: Delivery, *, requeue: bool) -> None:
        assert self._link is not None
        # Told before it is done, like a crash: the next worker's thread may be quicker with its event.
        self._tell(
            TaskRejected, task_id=delivery.task.task_id, delivery_tag=delivery.delivery_tag, requeue=requeue
        )
        if requeue:
            self._link.channel.basic_nack(delivery.delivery_tag, requeue=True)
        else:
            self._link.channel.basic_reject(delivery.delivery_tag, requeue=False)
        self._is_given_back = True
        self._labour.interrupt()

    def _tell(self, kind: Callable[..., Event], **fields: object) -> None:
        self._emit(kind(at_ns=self._clock.now_ns(), worker_id=self._worker_id, **fields))

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
            await self._labour.until_thawed()
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
                try:
                    reason = await self._consume(link)
                except Poisoned as error:
                    await self._come_back_from(error)
                    continue
                if self._cancelled_from:
                    return await why_cancelled(link, self._cancelled_from)
                self._emit(ConnectionLost(at_ns=self._clock.now_ns(), owner=self._worker_id, reason=reason))
                pause_s = backoff.pause_after((self._clock.now_ns() - began_ns) / 1e9)
            await asyncio.sleep(pause_s)

    async def _come_back_from(self, error: WorkError) -> None:
        """Die of a task, and be started again, as by the supervisor that a service has."""
        assert self._link is not None
        self._tell(WorkerCrashed, reason=str(error))
        self._link.sever()
        await self._link.close()
        await asyncio.sleep(SUPERVISOR_PAUSE_S)

    async def _open_link(self) -> Link:
        self._link = None
        endpoint = await self.network.enter() if self.network else self._endpoint
        link = await Link.open(endpoint, f"WorkQ {self._worker_id}", self._how.heartbeat_s, self._tap)
        if self.network is None:
            self._endpoint = link.next_endpoint
        self._link, self._deliveries = link, asyncio.Queue()
        self._is_channel_left = self._is_asleep = False
        self._emit(ConnectionOpened(at_ns=self._clock.now_ns(), owner=self._worker_id))
        for queue in self._spec.queues:
            await link.declare_queue(queue)
        channel = link.channel
        channel.add_on_cancel_callback(self._on_cancel)
        link.closed.add_done_callback(lambda _: self._on_link_ended(link))
        if not self._how.auto_ack:
            await link.call(
                channel,
                lambda done: channel.basic_qos(prefetch_count=self._how.prefetch_count, callback=done),
            )
        for queue in self._spec.queues:
            await self._start_consuming(link, queue.name)
        link.on_channel_closed(self._on_channel_closed)
        if self._labour.is_frozen:
            link.freeze()
        return link

    async def _start_consuming(self, link: Link, queue: str) -> None:
        channel = link.channel

        def start(done: Callable[[object], None]) -> None:
            def started(frame: object) -> None:
                # Here and not after `call`: deliveries follow in the same read.
                if self._end is _End.NOT:  # else it came after the line was cut
                    self._tell(WorkerStarted, queue=queue, **asdict(self._how))
                done(frame)

            tag = channel.basic_consume(
                queue,
                lambda _, *delivered: self._on_delivery(queue, *delivered),
                auto_ack=self._how.auto_ack,
                callback=started,
            )
            self._queue_of_tag[tag] = queue

        try:
            await link.call(channel, start)
        except ChannelClosedByBroker as error:
            raise queue_refused(error, queue) from error

    async def _consume(self, link: Link) -> str:
        """Work on what is delivered until the link ends, or a queue does; return why the link did."""
        while (delivery := await self._deliveries.get()) is not None:
            self._in_hand, self._is_given_back = delivery, False
            is_done = await self._work(link, delivery)
            self._in_hand = None
            if is_done:
                await self._complete(link, delivery)
            elif not self._is_given_back:
                break
        return "" if self._cancelled_from else await asyncio.shield(link.closed)

    async def _work(self, link: Link, delivery: Delivery) -> bool:
        """Work; return whether it is done, and anybody still wants to hear of it."""
        task = delivery.task
        self._acks.before_work(link, delivery)
        await self._labour.stand_still(lambda: self._is_over(link))
        if self._how.naive_sleep:
            self._is_asleep = True
            link.freeze()
        return await self._labour.work_on(
            task,
            lambda: self._is_over(link),
            lambda fraction: self._tell(TaskProgressed, task_id=task.task_id, fraction=fraction),
        )

    def _is_over(self, link: Link) -> bool:
        """Whether the work in hand has lost its sense."""
        return not link.is_open or self._is_channel_left or self._is_given_back

    async def _complete(self, link: Link, delivery: Delivery) -> None:
        """Say that the work is done; ack it, as this worker is used to."""
        task_id = delivery.task.task_id
        self._tell(TaskFinished, task_id=task_id)
        await self._wake(link)
        if not self._is_over(link):
            await self._acks.after_work(link, delivery)

    async def _wake(self, link: Link) -> None:
        """After a `time.sleep`: read all that came meanwhile, be it the end of the connection."""
        if self._is_asleep:
            self._is_asleep = False
            link.thaw()
            await link.catch_up()

    def _on_channel_closed(self, words: str) -> None:
        self._tell(WorkerChannelClosed, reason=words, by_broker=True, is_consuming=True)
        self._leave_channel()

    def _leave_channel(self) -> None:
        self._is_channel_left = True
        self._deliveries.put_nowait(None)
        self._labour.interrupt()

    def _on_delivery(
        self, queue: str, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        if self._end is not _End.NOT or self._is_channel_left:
            return  # it was in the socket's buffer when the line was cut
        task = codec.decode(properties, body, f"unnamed {uuid.uuid4().hex[:8]}")
        self._tell(
            TaskDelivered,
            task_id=task.task_id,
            queue=queue,
            text=shown_text(task.text),
            delivery_tag=method.delivery_tag,
            redelivered=bool(method.redelivered),
            auto_ack=self._how.auto_ack,
            persistent=task.persistent,
            work_s=round(task.dots * self._labour.dot_s, 3),
            delivery_count=task.delivery_count,
        )
        self._deliveries.put_nowait(Delivery(method.delivery_tag, task))

    def _on_cancel(self, frame: Method[Basic.Cancel]) -> None:
        self._cancelled_from = self._queue_of_tag[frame.method.consumer_tag]
        self._leave_channel()

    def _on_link_ended(self, link: Link) -> None:
        if link is self._link:
            self._deliveries.put_nowait(None)
            self._labour.interrupt()
