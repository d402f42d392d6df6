"""What is said of a thing on the stage that somebody points at."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from workq_gui.core.events import TaskDelivered, TaskId, WorkerId
from workq_gui.core.projections.foreign_lines import called
from workq_gui.core.projections.queues import NO_LIMIT, QueueView
from workq_gui.core.projections.task_state import TaskState, TaskStatus, WorkState
from workq_gui.core.queue_settings import QUORUM
from workq_gui.core.state import State
from workq_gui.core.tasks import shown_text
from workq_gui.ui.stage_targets import Target, TargetKind
from workq_gui.ui.worker_card_words import status_word

NS_PER_S = 1_000_000_000
SHOWN_LOSSES = 8


class StageDetails(QObject):
    """Finds the words for a target. Plain text, a line for each fact."""

    def __init__(self, stage: QWidget) -> None:
        super().__init__(stage)
        self._stage = stage

    def words(self, target: Target, state: State, at_ns: int) -> str:
        """Return all that is known of `target`; empty if it is there no more."""
        match target.kind:
            case TargetKind.TOKEN:
                task = state.board.tasks.get(TaskId(target.name))
                return "\n".join(self._token(task, state, at_ns)) if task else ""
            case TargetKind.WORKER:
                return "\n".join(self._worker(state, WorkerId(target.name)))
            case TargetKind.QUEUE:
                return "\n".join(self._queue(state, target.name))
            case TargetKind.LEDGER:
                return "\n".join(self._ledger(state))
            case TargetKind.PRODUCER:
                return "\n".join(self._producer(state))
            case TargetKind.EXCHANGE:
                return "\n".join(self._exchange())

    def _token(self, task: TaskState, state: State, at_ns: int) -> list[str]:
        since_s = max(0, at_ns - task.since_ns) / NS_PER_S
        lines = [
            shown_text(task.text) or self.tr("(text not known)"),
            self.tr("message_id {} · in {}").format(task.task_id, task.queue or self.tr("no queue")),
            self.tr("{} for {:.1f} s").format(self._status(task), since_s),
        ]
        if task.attempts:
            first = max(1, task.deliveries - len(task.attempts) + 1)
            tries = (self.tr("try {}: {}").format(*pair) for pair in enumerate(task.attempts, first))
            lines.append(" → ".join(tries))
        twice = self.tr("was done twice") if task.ran_twice else ""
        held = holding(task, state)
        tag = self.tr("delivery tag {}").format(held.delivery_tag) if held else ""
        facts = (self._properties(task), tag, task.returned_text, task.lost_cause, twice)
        return [*lines, *filter(None, facts)]

    def _properties(self, task: TaskState) -> str:
        mode = self.tr("persistent") if task.persistent else self.tr("transient")
        flag = self.tr(" · redelivered") if task.redelivered else ""
        return f"delivery_mode {2 if task.persistent else 1} ({mode}){flag}"

    def _status(self, task: TaskState) -> str:
        if task.status is TaskStatus.WITH_WORKER:
            holder = called(str(task.worker_id))
            if task.work is WorkState.TRUSTED:
                return self.tr("with {}, forgotten by the broker (auto-ack)").format(holder)
            return self.tr("un-acked, with {}").format(holder)
        return {
            TaskStatus.ACCEPTED: self.tr("not sent yet"),
            TaskStatus.SENT: self.tr("sent, not confirmed"),
            TaskStatus.CONFIRMED: self.tr("ready, confirmed"),
            TaskStatus.FINISHED: self.tr("finished, not acked"),
            TaskStatus.REQUEUED: self.tr("ready again"),
            TaskStatus.DONE: self.tr("acked"),
            TaskStatus.RETURNED: self.tr("returned"),
        }.get(task.status, self.tr("lost"))

    def _worker(self, state: State, worker_id: WorkerId) -> list[str]:
        view = state.worker_views.get(worker_id)
        if view is None:
            return []
        acks = self.tr("auto-ack") if view.auto_ack else self.tr("manual ack")
        lines = [f"{view.title} · {status_word(self._stage, view)}"]
        if view.foreign is not None:
            lines.append(self.tr("a program of somebody else, at {}").format(view.foreign.peer))
        if view.queues:
            lines.append(self.tr("takes from {}").format(", ".join(view.queues)))
        unlimited = self.tr("unlimited") if view.queues else "–"
        lines.append(self.tr("prefetch {} · {}").format(view.prefetch_count or unlimited, acks))
        if view.in_hand:
            lines.append(self.tr("in hand: {} (tag {})").format(shown_text(view.text), view.delivery_tag))
        if view.in_hand_count > 1:
            lines.append(self.tr("+{:,} in hand").format(view.in_hand_count - 1))
        lines.append(self.tr("{:,} done").format(view.acked_count))
        return [*lines, view.note] if view.note else lines

    def _queue(self, state: State, name: str) -> list[str]:
        view, board = state.queues.views.get(name), state.board
        lines = [name or self.tr("queue")]
        if view is not None and view.is_missing:
            lines.append(self.tr("the broker does not know this queue"))
        elif view is not None and view.ready_count is not None:
            is_one = view.consumer_count == 1
            consumers = self.tr("{:,} consumer") if is_one else self.tr("{:,} consumers")
            ready = self.tr("the broker: {:,} ready").format(view.ready_count)
            lines.append(f"{ready}, {consumers.format(view.consumer_count or 0)}")
        ours = self.tr("seen by us: {:,} ready, {:,} un-acked")
        lines.append(ours.format(board.ready_count_in(name), board.unacked_count_in(name)))
        if state.clients.reason:
            lines.append(state.clients.reason)
        return [*lines, *(self._kind(view) if view is not None else [])]

    def _kind(self, view: QueueView) -> list[str]:
        """Return how a queue was declared."""
        lines = [self.tr("durable: it survives a restart of the broker")]
        if not view.durable:
            lines = [self.tr("not durable: it goes with the broker, and all that is in it")]
        if view.queue_type == QUORUM:
            lines.append(self.tr("quorum: a log on disk stores every message, transient ones too"))
        if view.delivery_limit != NO_LIMIT:
            words = self.tr("delivery limit {}: what comes back more often is given up")
            lines.append(words.format(view.delivery_limit))
        if view.dead_letter_to:
            lines.append(self.tr("what is rejected goes to {}").format(view.dead_letter_to))
        return lines

    def _ledger(self, state: State) -> list[str]:
        losses = list(state.ledger.entries.values())[-SHOWN_LOSSES:]
        head = self.tr("LOST {:,}: nobody will do these (click, or L, for all of it)")
        lines = [head.format(state.ledger.lost_count)]
        for loss in reversed(losses):
            task = state.board.tasks.get(loss.task_id)
            lines.append(f"{shown_text(task.text) if task else loss.task_id}: {loss.cause}")
        return lines

    def _producer(self, state: State) -> list[str]:
        counts = self.tr("{:,} accepted, {:,} confirmed by the broker")
        lines = [self.tr("Producer"), counts.format(state.board.own_count, state.board.confirmed_count)]
        return [*lines, self.tr("held")] if state.broker.is_producer_held else lines

    def _exchange(self) -> list[str]:
        return [
            self.tr("Exchange: the default one, without a name"),
            self.tr("The routing key of a message is the name of its queue."),
            self.tr("What fits no queue comes back if it is mandatory, and is dropped if not."),
        ]


def holding(task: TaskState, state: State) -> TaskDelivered | None:
    """Return the delivery by which a running worker has `task` in hand, if one has."""
    view = state.worker_views.get(task.worker_id) if task.worker_id else None
    if view is None or not view.is_running:
        return None
    return next((held for held in view.in_hand if held.task_id == task.task_id), None)
