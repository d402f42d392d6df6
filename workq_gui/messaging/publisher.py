"""Publishes tasks, with pipelined confirms."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Any

from pika import BasicProperties
from pika.channel import Channel
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
from workq_gui.messaging.errors import MessagingError
from workq_gui.messaging.link import Link
from workq_gui.messaging.queues import Queues
from workq_gui.messaging.topology import DEFAULT_EXCHANGE, QueueSpec

CONFIRM_WINDOW = 1_000
"""So many messages may be under way unconfirmed, and so there twice after a lost connection."""
TASKS_PER_TURN = 100


class TaskPublisher:
    """Publishes tasks to durable queues: mandatory, confirmed, and persistent if the task is.

    Every task that `submit` took is published until the broker answers for
    it, over as many connections as that takes: at least once. What the broker
    refuses by `basic.nack` is not published again.
    Belongs to the asyncio loop that runs `run`.

    Attributes:
        queues: All that are declared on its connection; tasks that name none go to the first.
    """

    def __init__(self, endpoint: Endpoint, queue: str, clock: Clock, emit: Callable[[Event], None]) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._emit = emit
        self.queues = Queues(endpoint, QueueSpec(queue), clock, emit)
        self._submitted: deque[TaskSpec] = deque()
        self._unsent: deque[TaskSpec] = deque()
        self._in_flight: dict[int, TaskSpec] = {}  # by publish_seq_no, in that order
        self._publish_seq_no = 0
        self._channel: Channel | None = None  # while it may be published on
        self._is_turn_due = False
        self._is_held = False

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
        link = await Link.open(self._endpoint, "WorkQ publisher")
        try:
            await link.call(
                link.channel, lambda done: link.channel.confirm_delivery(self._on_confirm, callback=done)
            )
            await self.queues.declare_on(link)
        except BaseException:
            await link.close()
            raise
        link.channel.add_on_return_callback(self._on_return)
        link.on_blocked(self._on_blocked, self._on_unblocked)
        return link

    async def _serve(self, link: Link) -> None:
        self._emit(ConnectionOpened(at_ns=self._clock.now_ns(), owner=PUBLISHER))
        self._channel, self._publish_seq_no = link.channel, 0
        observing = asyncio.create_task(self.queues.observe())
        try:
            self._want_turn()
            reason = await asyncio.shield(link.closed)
        finally:
            self._channel = None
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
            self._publish(self._channel, self._unsent.popleft())
        if self._unsent:
            self._want_turn()

    def _routing_key_of(self, task: TaskSpec) -> str:
        return task.queue or self.queues.first.name

    def _publish(self, channel: Channel, task: TaskSpec) -> None:
        properties, body = codec.encode(task)
        routing_key = self._routing_key_of(task)
        self._publish_seq_no += 1
        self._in_flight[self._publish_seq_no] = task
        self._emit(
            TaskPublished(
                at_ns=self._clock.now_ns(),
                task_id=task.task_id,
                routing_key=routing_key,
                publish_seq_no=self._publish_seq_no,
                body_size=len(body),
                persistent=task.persistent,
                mandatory=True,
            )
        )
        channel.basic_publish(DEFAULT_EXCHANGE, routing_key, body, properties, mandatory=True)

    def _take_back_unconfirmed(self) -> None:
        at_ns = self._clock.now_ns()
        for task in self._in_flight.values():
            self._emit(TaskUnconfirmed(at_ns=at_ns, task_id=task.task_id))
        self._unsent.extendleft(reversed(self._in_flight.values()))
        self._in_flight.clear()

    def _on_confirm(self, frame: Any) -> None:
        method: Basic.Ack | Basic.Nack = frame.method
        kind = TaskNacked if isinstance(method, Basic.Nack) else TaskConfirmed
        at_ns = self._clock.now_ns()
        for publish_seq_no in self._settled_seq_nos(method.delivery_tag, multiple=method.multiple):
            task = self._in_flight.pop(publish_seq_no)
            self._emit(kind(at_ns=at_ns, task_id=task.task_id))
        self._want_turn()

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
