"""What the stage says: the producer's lines, each queue's figures and notes, the ledger. No painting."""

from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QFont

from workq_gui.core.causes import NOT_ON_DISK, PURGED
from workq_gui.core.projections.broker import BrokerState
from workq_gui.core.projections.cluster import Leadership
from workq_gui.core.projections.queues import NO_LIMIT, QueueView
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.queue_settings import QUORUM
from workq_gui.core.state import DIFFERS_FOR_NS, State

NOT_CONNECTED = (
    WorkerStatus.CONNECTING,
    WorkerStatus.RECONNECTING,
    WorkerStatus.CRASHED,
    WorkerStatus.STOPPED,
)


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text.

    Attributes:
        colour: Its name in the theme.
        size: In pixels of the design.
        short: What is said instead where there is no room; may be empty.
        is_held: The sign of a pause stands before it.
    """

    text: str
    colour: str = "mute"
    size: float = 12.0
    weight: QFont.Weight = QFont.Weight.Normal
    is_mono: bool = False
    short: str = ""
    is_held: bool = False


class StageWords(QObject):
    """Finds the words for a state at a moment.

    Attributes:
        is_past_only: Whether it is a recording's: nobody can do anything in it.
    """

    is_past_only = False

    def producer(self, state: State, at_ns: int, is_narrow: bool, rate: int | None = None) -> list[Words]:
        """Return the lines in the producer's box; of `rate`, tasks a second, only if it is to be told."""
        strong = QFont.Weight.DemiBold
        lines = [Words(self.tr("Producer"), "ink", 14, strong)]
        if state.broker.is_producer_held:
            lines.append(Words(self.tr("held"), "warn", 12, strong, is_held=True))
        elif trouble := self._publisher_trouble(state.broker):
            lines.append(Words(trouble, "warn", 11.5))
        elif rate is not None:
            lines.append(Words(self.tr("{:,} /s").format(rate), "info", 14, strong))
        elif not is_narrow:
            lines.append(Words("new_task.py", "mute", 11.5, is_mono=True))
        count = state.board.confirmed_count
        confirmed = self.tr("✓ {:,} confirmed").format(count)
        lines.append(Words(confirmed, "ok", 11.5, strong, short=f"✓ {count:,}"))
        if unsent_count := state.scene.unsent_count_at(at_ns):
            lines.append(Words(self.tr("{:,} not sent yet").format(unsent_count), "warn", 11.5))
        return lines

    def _publisher_trouble(self, broker: BrokerState) -> str:
        if not broker.connected:
            return self.tr("reconnecting…") if broker.was_connected else self.tr("connecting…")
        return self.tr("blocked by the broker") if broker.blocked else ""

    def figures(self, state: State, queue: str) -> Words:
        """Return a queue's figures: the broker's own, as far as it tells them."""
        view = state.queues.views.get(queue)
        ready_count = view.ready_count if view else None
        if ready_count is None:
            ready_count = state.board.ready_count_in(queue)
        unacked_count = state.board.unacked_count_in(queue)
        return Words(
            self.tr("{:,} ready · {:,} un-acked").format(ready_count, unacked_count),
            size=13,
            short=self.tr("{:,} ready").format(ready_count),
        )

    def notes(self, state: State, queue: str, at_ns: int, dissolving: str = "") -> list[Words]:
        """Return what else is to be said of a queue, most important first."""
        view = state.queues.views.get(queue)
        notes = [Words(self._gone(dissolving), "bad", weight=QFont.Weight.DemiBold)] if dissolving else []
        if view is None:
            return notes
        if view.is_missing:
            return [*notes, Words(self.tr("the broker does not know this queue"), "bad")]
        if difference := state.ready_difference_at(queue, at_ns):
            notes.append(Words(self.tr("broker says {:,}, we saw {:,}").format(*difference), "warn"))
        if leadership := state.cluster.leaderships.get(queue):
            notes.append(self._leadership(leadership))
        if foreign_count := self._foreign_count(state, view, at_ns):
            words = (
                self.tr("{:,} consumers are not ours")
                if foreign_count > 1
                else self.tr("1 consumer is not ours")
            )
            notes.append(Words(words.format(foreign_count)))
        return notes

    def kind(self, state: State, queue: str, *, is_type_told: bool) -> Words | None:
        """Return what is unusual about a queue, besides its type if that stands there already; or None."""
        view = state.queues.views.get(queue)
        if view is None:
            return None
        words = [] if view.durable or is_type_told else [self.tr("not durable")]
        if view.queue_type == QUORUM and not is_type_told:
            words.append(self.tr("quorum"))
        short = list(words)
        if view.delivery_limit != NO_LIMIT:
            words.append(self.tr("delivery limit {}").format(view.delivery_limit))
            short.append(self.tr("limit {}").format(view.delivery_limit))
        if view.dead_letter_to:
            words.append(self.tr("dead letters to {}").format(view.dead_letter_to))
        return Words(" · ".join(words), short=" · ".join(short)) if words else None

    def _leadership(self, leadership: Leadership) -> Words:
        """Return which node leads a queue, and how the others are."""
        followers, missing = ", ".join(leadership.followers), ", ".join(leadership.missing)
        follow = self.tr("{} follow") if len(leadership.followers) > 1 else self.tr("{} follows")
        are_down = self.tr("{} are down") if len(leadership.missing) > 1 else self.tr("{} is down")
        down = [are_down.format(missing)] if missing else []
        leads = self.tr("{} leads").format(leadership.leader) if leadership.leader else self.tr("no leader")
        led = [follow.format(followers)] if leadership.leader and followers else []
        return Words(
            " · ".join([leads, *led, *down]),
            "mute" if leadership.leader and not missing else "warn",
            short=" · ".join([leads, *down]),
        )

    def _gone(self, cause: str) -> str:
        if cause == NOT_ON_DISK:
            return self.tr("transient: gone")
        return self.tr("purged") if cause == PURGED else self.tr("the queue is gone")

    def _foreign_count(self, state: State, view: QueueView, at_ns: int) -> int:
        """Return how many consumers are unknown, once what we know and what the broker says has settled."""
        ours = [worker for worker in state.worker_views.values() if view.name in worker.queues]
        gone = [worker for worker in ours if worker.status in NOT_CONNECTED]
        if any(worker.since_ns > view.seen_ns for worker in gone):
            return 0  # the broker was not asked since
        since_ns = max((view.observed_ns, *(worker.since_ns for worker in gone)))
        count = (view.consumer_count or 0) - len(ours) + len(gone)
        return max(0, count) if at_ns - since_ns > DIFFERS_FOR_NS else 0

    def ledger(self, state: State) -> list[Words]:
        """Return how many tasks are lost, and why the latest one is; nothing if none is."""
        newest, count = state.ledger.newest, state.ledger.lost_count
        if not count:
            return []
        head = Words(self.tr("LOST {:,}").format(count), "bad", 15, QFont.Weight.Bold)
        return [head, Words(newest.cause, "mute", 12)] if newest else [head]

    def hint(self) -> str:
        """Return what is said before there is any task."""
        return self.tr("No task yet") if self.is_past_only else self.tr("Publish a task to see it travel")

    def density(self, stride: int) -> str:
        """Return what a thinned-out crowd stands for."""
        return self.tr("one token = {:,} tasks").format(stride)

    def streams(self, rate: int) -> Words:
        """Return how a crowd is drawn; `rate` is in tasks a second."""
        return Words(
            self.tr("streams: {:,} tasks a second; crashes, redeliveries and losses one by one").format(rate),
            size=12.5,
            short=self.tr("streams: {:,} tasks a second").format(rate),
        )
