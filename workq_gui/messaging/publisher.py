"""Publishes tasks, with pipelined confirms."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Any

from pika import BasicProperties
from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker
from pika.spec import Basic

from workq_gui.core.clock import Clock
from workq_gui.core.events import (
    PUBLISHER,
    ConnectionBlocked,
    ConnectionFailed,
    ConnectionLost,
    ConnectionOpened,
    ConnectionUnblocked,
    Event,
    TaskAccepted,
    TaskConfirmed,
    TaskId,
    TaskNacked,
    TaskPublished,
    TaskReturned,
    TaskUnconfirmed,
)
from workq_gui.core.settings import Endpoint
from workq_gui.core.tasks import TaskSpec, shown_text
from workq_gui.messaging import codec
from workq_gui.messaging.backoff import Backoff
from workq_gui.messaging.errors import MessagingError, words_of
from workq_gui.messaging.link import Link
from workq_gui.messaging.queues import Queues
from workq_gui.messaging.refusals import NO_LEADER, Refusals
from workq_gui.messaging.topology import DEFAULT_EXCHANGE, QueueSpec
from workq_gui.messaging.wire import WireTap

CONFIRM_WINDOW = 1_000
"""So many messages may be under way unconfirmed, and so there twice after a lost connection."""
TASKS_PER_TURN = 100


class TaskPublisher:
    """Publishes tasks, each as it asks for: persistent, mandatory, confirmed, or not.

    Every task that `submit` took and that is to be confirmed is published until the broker answers for
    it, over as many connections as that takes: at least once. What the broker
    refuses by `basic.nack` is not published again, but by a cluster; see `Refusals`.
    Belongs to the asyncio loop that runs `run`.

    Attributes:
        queues: All that are declared on its connection; tasks that name none go to the first.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        first: QueueSpec,
        clock: Clock,
        emit: Callable[[Event], None],
        tap: WireTap | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._tap = tap
        self._clock = clock
        self._emit = emit
        self.queues = Queues(endpoint, first, clock, emit)
        self._submitted: deque[TaskSpec] = deque()
        self._unsent: deque[TaskSpec] = deque()
        self._in_flight: dict[int, TaskSpec] = {}  # by publish_seq_no, in that order
        self._publish_seq_no = 0
        self._channel: Channel | None = None  # while it may be published on
        self._plain_channel: Channel | None = None  # the one without confirms
        self._looking: asyncio.Task[None] | None = None
        self._is_turn_due = False
        self._is_held = False
        self._refusals = Refusals(clock, is_cluster=bool(endpoint.others))
        self._useless: asyncio.Future[str] | None = None  # says why the connection is of no use any more

    def submit(self, tasks: Iterable[TaskSpec]) -> None:
        """Take `tasks` in; they leave in this order, as soon as they can."""
        self._submitted.extend(tasks)
        self._want_turn()

    def hold(self) -> None:
        """Publish nothing until `release`; what is submitted is accepted."""
        self._is_held = True

    def release(self) -> None:
        """Publish again."""
        self._is_held = False
        self._want_turn()

    async def add_queue(self, spec: QueueSpec) -> None:
        """Declare one more queue. What is submitted after this is published after it.

        Raises:
            MessagingError: the broker refuses, or the connection ended.
        """
        try:
            await self.queues.add(spec)
        finally:
            self._want_turn()

    async def declare_again(self, queue: str) -> None:
        """Declare a queue that somebody may have deleted.

        Raises:
            MessagingError: the broker refuses, or there is no connection.
        """
        try:
            await self.queues.declare_again(queue)
        finally:
            self._want_turn()

    async def run(self) -> None:
        """Keep a connection, and publish; until cancelled.

        Never gives up, whatever the broker says: tasks were accepted.
        """
        backoff = Backoff()
        while True:
            try:
                link = await self._open_link()
            except MessagingError as error:
                pause_s = backoff.pause_after(0)
                self._emit(
                    ConnectionFailed(
                        at_ns=self._clock.now_ns(), owner=PUBLISHER, reason=str(error), retry_in_s=pause_s
                    )
                )
            else:
                began_ns = self._clock.now_ns()
                await self._serve(link)
                pause_s = backoff.pause_after((self._clock.now_ns() - began_ns) / 1e9)
            await asyncio.sleep(pause_s)

    async def _open_link(self) -> Link:
        link = await Link.open(self._endpoint, "WorkQ publisher", tap=self._tap)
        self._endpoint = link.next_endpoint
        try:
            await link.call(
                link.channel, lambda done: link.channel.confirm_delivery(self._on_confirm, callback=done)
            )
            self._plain_channel = await link.open_channel()
            await self.queues.declare_on(link)
        except BaseException:
            await link.close()
            raise
        for channel in (link.channel, self._plain_channel):
            channel.add_on_return_callback(self._on_return)
        self._plain_channel.add_on_close_callback(self._on_plain_channel_closed)
        link.on_blocked(self._on_blocked, self._on_unblocked)
        return link

    async def _serve(self, link: Link) -> None:
        self._emit(ConnectionOpened(at_ns=self._clock.now_ns(), owner=PUBLISHER, product=link.product))
        self._channel, self._publish_seq_no = link.channel, 0
        observing = asyncio.create_task(self.queues.observe())
        self._useless = asyncio.get_running_loop().create_future()
        ends = {link.closed, self._useless}
        try:
            self._want_turn()
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            reason = link.closed.result() if link.closed.done() else self._useless.result()
        finally:
            self._channel = self._plain_channel = None
            if self._looking is not None:
                self._looking.cancel()
            self.queues.leave()
            observing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await observing
            await link.close()
        self._emit(ConnectionLost(at_ns=self._clock.now_ns(), owner=PUBLISHER, reason=reason))
        self._take_back_unconfirmed()

    def _want_turn(self) -> None:
        if not self._is_turn_due:
            self._is_turn_due = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        """Accept and publish a few; the rest in turns to come, so that the broker begins meanwhile."""
        self._is_turn_due = False
        at_ns = self._clock.now_ns()
        for _ in range(min(TASKS_PER_TURN, len(self._submitted))):
            task = self._submitted.popleft()
            self._emit(
                TaskAccepted(
                    at_ns=at_ns,
                    task_id=task.task_id,
                    text=shown_text(task.text),
                    queue=self._routing_key_of(task),
                )
            )
            self._unsent.append(task)
        self._publish_some()
        if self._submitted:
            self._want_turn()

    def _publish_some(self) -> None:
        if self._is_held or not self._unsent or not self.queues.is_settled:
            return
        self.queues.stir()
        for _ in range(min(TASKS_PER_TURN, len(self._unsent))):
            # A channel that is not open is about to be taken away, and then all this is published again.
            if self._channel is None or not self._channel.is_open or len(self._in_flight) >= CONFIRM_WINDOW:
                return
            if not self.queues.knows(self._routing_key_of(self._unsent[0])):
                self._look_first(self._routing_key_of(self._unsent[0]))
                return
            self._publish(self._channel, self._unsent.popleft())
        if self._unsent:
            self._want_turn()

    def _look_first(self, routing_key: str) -> None:
        """Ask for a queue that is not on the stage, so that it is known whether the task can arrive."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self.queues.look_at(routing_key))
            self._looking.add_done_callback(lambda _: self._want_turn())

    def _routing_key_of(self, task: TaskSpec) -> str:
        return task.queue or self.queues.first.name

    def _publish(self, channel: Channel, task: TaskSpec) -> None:
        properties, body = codec.encode(task)
        routing_key = self._routing_key_of(task)
        publish_seq_no = 0
        if task.how.confirms:
            self._publish_seq_no += 1
            publish_seq_no = self._publish_seq_no
            self._in_flight[publish_seq_no] = task
        elif self._plain_channel is not None:
            channel = self._plain_channel
        self._emit(
            TaskPublished(
                at_ns=self._clock.now_ns(),
                task_id=task.task_id,
                routing_key=routing_key,
                publish_seq_no=publish_seq_no,
                body_size=len(body),
                persistent=task.how.persistent,
                mandatory=task.how.mandatory,
                confirms=task.how.confirms,
            )
        )
        channel.basic_publish(DEFAULT_EXCHANGE, routing_key, body, properties, mandatory=task.how.mandatory)

    def _take_back_unconfirmed(self) -> None:
        at_ns = self._clock.now_ns()
        for task in self._in_flight.values():
            self._emit(TaskUnconfirmed(at_ns=at_ns, task_id=task.task_id))
        self._unsent.extendleft(reversed(self._in_flight.values()))
        self._in_flight.clear()

    def _on_confirm(self, frame: Any) -> None:
        method: Basic.Ack | Basic.Nack = frame.method
        kind: type[TaskConfirmed | TaskNacked] = TaskConfirmed
        if isinstance(method, Basic.Ack):
            self._refusals.forget()
        elif self._refusals.may_pass():
            self._give_up_connection(NO_LEADER)
            return
        else:
            kind = TaskNacked
        at_ns = self._clock.now_ns()
        for publish_seq_no in self._settled_seq_nos(method.delivery_tag, multiple=method.multiple):
            task = self._in_flight.pop(publish_seq_no)
            self._emit(kind(at_ns=at_ns, task_id=task.task_id))
        self._want_turn()

    def _on_plain_channel_closed(self, _: Channel, reason: BaseException) -> None:
        if isinstance(reason, ChannelClosedByBroker):
            self._give_up_connection(words_of(reason))

    def _give_up_connection(self, reason: str) -> None:
        """Publish nothing more on this one; what is not confirmed is published on the next."""
        self._channel = None
        if self._useless is not None and not self._useless.done():
            self._useless.set_result(reason)

    def _settled_seq_nos(self, publish_seq_no: int, *, multiple: bool) -> list[int]:
        if multiple:
            return list(takewhile(lambda seq_no: seq_no <= publish_seq_no, self._in_flight))
        return [publish_seq_no] if publish_seq_no in self._in_flight else []

    def _on_return(self, _: Channel, method: Basic.Return, properties: BasicProperties, __: bytes) -> None:
        self._emit(
            TaskReturned(
                at_ns=self._clock.now_ns(),
                task_id=TaskId(str(properties.message_id)),
                reply_code=method.reply_code,
                reply_text=str(method.reply_text),
            )
        )

    def _on_blocked(self, reason: str) -> None:
        self._emit(ConnectionBlocked(at_ns=self._clock.now_ns(), owner=PUBLISHER, reason=reason))

    def _on_unblocked(self) -> None:
        self._emit(ConnectionUnblocked(at_ns=self._clock.now_ns(), owner=PUBLISHER))
