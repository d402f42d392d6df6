"""All tasks, and the queues that follow from them."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from workq_gui.core.events import (
    TaskAccepted,
    TaskAcked,
    TaskConfirmed,
    TaskDelivered,
    TaskEvent,
    TaskFinished,
    TaskId,
    TaskNacked,
    TaskPublished,
    TaskReturned,
    TaskUnconfirmed,
)
from workq_gui.core.foreign_as_ours import fold_as_ours
from workq_gui.core.foreign_events import ForeignAcked, ForeignDelivered, ForeignPublished
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.projections.task_state import (
    PUBLISH_TRANSITIONS,
    SHOWN_ATTEMPTS,
    WORK_TRANSITIONS,
    PublishState,
    TaskState,
    WorkState,
)
from workq_gui.core.projections.task_table import TaskTable
from workq_gui.core.projections.waiting_line import WaitingLine
from workq_gui.core.queue_events import QueuePurged
from workq_gui.core.tasks import count_dots
from workq_gui.core.verdicts import (
    TaskDeadLettered,
    TaskLost,
    TaskPresumedDone,
    TaskRanTwice,
    TaskRequeued,
    TaskWasDone,
)


class TaskBoard(Projection):
    """The state of all tasks. Feed it events; read it.

    Attributes:
        tasks: Every task by its id, oldest first; of settled ones only the latest.
        own_count: How many tasks we accepted.
        confirmed_count: How many of these the broker confirmed, and did not return.
        blind_count: How many of these were sent without confirms: none will come.
        acked_count: How many tasks are done.
        requeued_count: How often a task went back to the queue.
    """

    def __init__(self) -> None:
        self.tasks: TaskTable[TaskState] = TaskTable()
        self.own_count = 0
        self.confirmed_count = 0
        self.blind_count = 0
        self.acked_count = 0
        self.requeued_count = 0
        self._lines: dict[str, WaitingLine] = {}
        self._unacked_counts: Counter[str] = Counter()
        self._unacked: dict[TaskId, str] = {}  # with the queue that keeps the copy, longest held first
        self._unsettled: dict[TaskId, None] = {}

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            TaskAccepted: self._on_accepted,
            TaskPublished: self._on_published,
            TaskConfirmed: self._advance,
            TaskDelivered: self._on_delivered,
            TaskFinished: self._on_finished,
            TaskAcked: self._on_acked,
            TaskRequeued: self._on_requeued,
            TaskDeadLettered: self._on_dead_lettered,
            TaskNacked: self._leave_queue,
            TaskReturned: self._on_returned,
            TaskUnconfirmed: self._leave_queue,
            TaskLost: self._on_lost,
            TaskRanTwice: self._on_ran_twice,
            TaskWasDone: self._on_was_done,
            QueuePurged: self._on_purged,
            ForeignPublished: self._on_foreign_published,
            **dict.fromkeys((ForeignDelivered, ForeignAcked, TaskPresumedDone), self._on_foreign_worked),
        }

    def copy(self) -> "TaskBoard":
        """Return a board that stands where this one does, and goes its own way."""
        twin = super().copy()
        twin._lines = {name: line.copy() for name, line in self._lines.items()}  # noqa: SLF001 (of its own kind)
        return twin

    @property
    def known_count(self) -> int:
        """How many tasks ever became known."""
        return self.tasks.known_count

    @property
    def kept_count(self) -> int:
        """How many tasks can be listed."""
        return len(self.tasks)

    @property
    def ready_count(self) -> int:
        """How many tasks wait in all queues, as far as we saw."""
        return sum(map(len, self._lines.values()))

    @property
    def unacked_count(self) -> int:
        """How many tasks are delivered and not acked: the broker keeps each until its ack."""
        return len(self._unacked)

    @property
    def unsettled_count(self) -> int:
        """How many tasks are not settled."""
        return len(self._unsettled)

    def ready_count_in(self, queue: str) -> int:
        """How many tasks wait in one queue, as far as we saw."""
        return len(self._line(queue))

    def unacked_count_in(self, queue: str) -> int:
        """How many un-acked tasks one queue keeps."""
        return self._unacked_counts[queue]

    def ready_changed_ns(self, queue: str) -> int:
        """When our count of what waits in `queue` changed last."""
        return self._line(queue).changed_ns

    def kinds_in(self, queue: str) -> dict[int, int]:
        """How many tasks of each number of dots wait in `queue`."""
        return self._line(queue).kind_counts

    def ready(self, limit: int, queue: str) -> list[TaskState]:
        """Return the first `limit` tasks that wait in `queue`, head first."""
        return [self.tasks[task_id] for task_id in self._line(queue).first(limit)]

    def unacked(self, limit: int, queue: str) -> list[TaskState]:
        """Return the first `limit` un-acked tasks of which `queue` keeps a copy, longest held first."""
        held = (task_id for task_id, name in self._unacked.items() if name == queue)
        return [self.tasks[task_id] for task_id in islice(held, limit)]

    def newest(self, limit: int) -> list[TaskState]:
        """Return the last `limit` tasks that became known, newest first."""
        return list(islice(self.tasks.newest(), limit))

    def unsettled(self) -> Iterator[TaskState]:
        """Yield every task to which something will still happen, as far as we would see."""
        tasks = (self.tasks[task_id] for task_id in self._unsettled)
        return (task for task in tasks if not task.is_settled)

    def not_done(self) -> Iterator[TaskState]:
        """Yield every task that is neither acked nor lost; those that came back to us, too."""
        return (self.tasks[task_id] for task_id in self._unsettled)

    def unconfirmed(self) -> Iterator[TaskState]:
        """Yield every task that we accepted and the broker has not taken responsibility for."""
        waiting = (PublishState.ACCEPTED, PublishState.IN_FLIGHT)
        return (task for task in self.unsettled() if task.publish in waiting)

    # --- one handler for each event that has one ------------------------------------------

    def _on_accepted(self, event: TaskAccepted) -> None:
        task = self._advance(event)
        task.text, task.queue = event.text, event.queue

    def _on_published(self, event: TaskPublished) -> None:
        task = self._advance(event)
        task.persistent, task.queue = event.persistent, event.routing_key
        if not event.confirms and task.publish is not PublishState.BLIND:
            task.publish = PublishState.BLIND
            self.blind_count += 1
        self._find(task)
        if task.work is WorkState.WAITING:
            self._enter_queue(task, event.at_ns)

    def _on_delivered(self, event: TaskDelivered) -> None:
        task = self._state(event.task_id)
        if event.at_ns < task.delivered_ns:
            return  # it has gone on since: threads keep no order
        # Done again: a second copy, or the ack never arrived. Each task is counted once.
        self.acked_count -= task.work is WorkState.ACKED
        self._move_on(task, event)
        task.text = task.text or event.text
        self._line(task.queue).remove(task.task_id, event.at_ns)
        task.queue = event.queue or task.queue
        task.worker_id, task.redelivered = event.worker_id, event.redelivered
        task.persistent = event.persistent
        task.deliveries += 1
        task.delivered_ns = event.at_ns
        task.attempts = (*task.attempts, event.worker_id)[-SHOWN_ATTEMPTS:]
        self._find(task)
        if event.auto_ack:
            task.work = WorkState.TRUSTED
            self._let_go(task.task_id)
        else:
            self._hold(task)

    def _on_finished(self, event: TaskFinished) -> None:
        task = self._state(event.task_id)
        if task.worker_id != event.worker_id:
            return  # the broker had given it to another by then
        self._move_on(task, event)
        if task.work is WorkState.ACKED:  # no ack follows
            self._settle(task)

    def _on_acked(self, event: TaskAcked) -> None:
        task = self._state(event.task_id)
        if task.worker_id != event.worker_id:
            return  # its ack came too late
        was_done = task.work is WorkState.ACKED
        self._move_on(task, event)
        self._let_go(event.task_id)
        if task.work is WorkState.ACKED and not was_done:
            self._settle(task)

    def _on_requeued(self, event: TaskRequeued) -> None:
        task = self._state(event.task_id)
        if task.worker_id != event.worker_id or event.task_id not in self._unacked:
            return  # another worker has it by now
        self._advance(event)
        self._let_go(task.task_id)
        self._enter_queue(task, event.at_ns)
        self.requeued_count += 1

    def _on_dead_lettered(self, event: TaskDeadLettered) -> None:
        task = self._advance(event)
        self._let_go(task.task_id)
        task.queue = event.queue
        self._enter_queue(task, event.at_ns)

    def _on_returned(self, event: TaskReturned) -> None:
        self._leave_queue(event).returned_text = f"{event.reply_code} {event.reply_text}"

    def _on_lost(self, event: TaskLost) -> None:
        task = self._leave_queue(event)
        task.lost_cause = event.cause
        self._let_go(event.task_id)
        self._unsettled.pop(event.task_id, None)

    def _on_was_done(self, event: TaskWasDone) -> None:
        task = self._leave_queue(event)
        self._let_go(event.task_id)
        if task.work is not WorkState.ACKED:
            task.work = WorkState.ACKED
            self._settle(task)

    def _on_ran_twice(self, event: TaskRanTwice) -> None:
        self._state(event.task_id).ran_twice = True

    def _on_purged(self, event: QueuePurged) -> None:
        """Forget strangers' tasks; of ours the judge says that each is lost."""
        self._line(event.queue).changed_ns = event.at_ns

    def _on_foreign_published(self, event: ForeignPublished) -> None:
        task = self._advance(event)
        if task.publish is PublishState.UNKNOWN:
            task.publish = PublishState.SEEN
        task.text, task.persistent = task.text or event.text, event.persistent
        if not task.deliveries:  # a worker of ours may be quicker than who tells of it
            task.queue = event.queue
            self._find(task)
            self._enter_queue(task, event.at_ns)

    def _on_foreign_worked(self, event: ForeignDelivered | ForeignAcked | TaskPresumedDone) -> None:
        ours: Handlers = {
            TaskDelivered: self._on_delivered,
            TaskFinished: self._on_finished,
            TaskAcked: self._on_acked,
        }
        fold_as_ours(ours, event)

    def _hold(self, task: TaskState) -> None:
        """Its queue keeps a copy of it from now on."""
        self._let_go(task.task_id)
        self._unacked[task.task_id] = task.queue
        self._unacked_counts[task.queue] += 1

    def _let_go(self, task_id: TaskId) -> None:
        """No queue keeps a copy of it any more."""
        queue = self._unacked.pop(task_id, None)
        if queue is not None:
            self._unacked_counts[queue] -= 1

    def _settle(self, task: TaskState) -> None:
        self.acked_count += 1
        self._unsettled.pop(task.task_id, None)

    def _find(self, task: TaskState) -> None:
        """It is there: again, or after all."""
        task.lost_cause = ""
        self._unsettled[task.task_id] = None

    def _leave_queue(self, event: TaskEvent) -> TaskState:
        task = self._advance(event)
        self._line(task.queue).remove(event.task_id, event.at_ns)
        return task

    def _enter_queue(self, task: TaskState, at_ns: int) -> None:
        if task.publish is PublishState.UNKNOWN:
            return  # a stranger's; see TaskState.is_settled
        self._line(task.queue).add(task.task_id, task.number, count_dots(task.text), at_ns)

    def _line(self, queue: str) -> WaitingLine:
        line = self._lines.get(queue)
        if line is None:
            line = self._lines[queue] = WaitingLine()
        return line

    def _advance(self, event: TaskEvent) -> TaskState:
        task = self._state(event.task_id)
        self._move_on(task, event)
        return task

    def _move_on(self, task: TaskState, event: TaskEvent) -> None:
        publish = PUBLISH_TRANSITIONS.get((task.publish, type(event)), task.publish)
        if publish is not task.publish:
            self.own_count += task.publish is PublishState.UNKNOWN
            self.confirmed_count += publish is PublishState.CONFIRMED
            task.publish = publish
        work = WORK_TRANSITIONS.get((task.work, type(event)))
        if work is not None or task.since_ns == 0:
            task.since_ns = event.at_ns
            task.work = work or task.work

    def _state(self, task_id: TaskId) -> TaskState:
        """Return a task to be changed."""
        task = self.tasks.writable(task_id)
        if task is None:
            task = TaskState(task_id, "", self.tasks.known_count + 1)
            self.tasks.add(task)
            self._unsettled[task_id] = None
        return task
