"""How a worker acks: at the right moment, or with one of the mistakes that learners make."""

from collections.abc import Callable
from dataclasses import dataclass

from pika.exceptions import ChannelClosedByBroker

from workq_gui.core.events import TaskAcked, WorkerChannelClosed
from workq_gui.core.worker_settings import AckHabit, WorkerSettings
from workq_gui.messaging.codec import ReceivedTask
from workq_gui.messaging.errors import MessagingError, words_of
from workq_gui.messaging.link import Link


@dataclass(frozen=True, slots=True)
class Delivery:
    """A task as it was delivered, with what its ack needs."""

    delivery_tag: int
    task: ReceivedTask


class Acks:
    """Sends the acks of one worker, as its code says. Belongs to the worker's asyncio loop."""

    def __init__(self, how: WorkerSettings, tell: Callable[..., None]) -> None:
        """Ack as `how` says; `tell` is given the type of an event, and its fields."""
        self._how = how
        self._tell = tell

    @property
    def has_none_to_give(self) -> bool:
        """Whether a task in hand is not the broker's any more."""
        return self._how.auto_ack or self._how.ack is AckHabit.BEFORE

    def before_work(self, link: Link, delivery: Delivery) -> None:
        """A task was taken up; the link may have ended, or lost its channel, in the read that brought it."""
        is_early = self._how.ack is AckHabit.BEFORE and not self._how.auto_ack
        if is_early and link.is_open and link.channel.is_open:
            self._ack(link, delivery)

    async def after_work(self, link: Link, delivery: Delivery) -> None:
        """A task is done, and the link is open."""
        if self._how.auto_ack:
            return
        match self._how.ack:
            case AckHabit.AFTER:
                self._ack(link, delivery)
            case AckHabit.TWICE:
                self._ack(link, delivery)
                link.channel.basic_ack(delivery.delivery_tag)
            case AckHabit.OTHER_CHANNEL:
                await self._ack_on_another_channel(link, delivery)
            case AckHabit.BEFORE | AckHabit.NEVER:
                pass

    def _ack(self, link: Link, delivery: Delivery) -> None:
        link.channel.basic_ack(delivery.delivery_tag)
        self._tell(TaskAcked, task_id=delivery.task.task_id, delivery_tag=delivery.delivery_tag)

    async def _ack_on_another_channel(self, link: Link, delivery: Delivery) -> None:
        """Ack where the task did not come by: the broker knows no such delivery tag there."""
        try:
            channel = await link.open_channel()
        except MessagingError:
            return  # the link has ended, as the worker will find
        channel.add_on_close_callback(self._on_other_channel_closed)
        channel.basic_ack(delivery.delivery_tag)

    def _on_other_channel_closed(self, _: object, reason: BaseException) -> None:
        if isinstance(reason, ChannelClosedByBroker):
            self._tell(WorkerChannelClosed, reason=words_of(reason), by_broker=True, is_consuming=False)
