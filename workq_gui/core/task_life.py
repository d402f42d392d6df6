"""A task's whole life: what happened to it, step by step, and how long each thing took.

As everywhere a task has two lifelines, its publisher's and its consumers', and the broker orders neither
against the other: so the steps are in two rows, and a duration is one between two steps of the same row.
"""

from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto

from workq_gui.core import events as e
from workq_gui.core import foreign_events as f
from workq_gui.core import verdicts as v
from workq_gui.core.event_kinds import kind_words, whose
from workq_gui.core.events import Event, TaskEvent, TaskId, WorkerId
from workq_gui.core.projections.log_lines import sentence
from workq_gui.core.projections.projection import Handlers, Projection
from workq_gui.core.projections.task_board import TaskBoard

BEGUN = "begun"


class Phase(Enum):
    """What a task goes through between two steps."""

    NONE = auto()  # nothing that could be measured
    SENDING = auto()
    CONFIRMING = auto()
    READY = auto()
    HELD = auto()  # by a worker that is busy with another
    WORK = auto()
    UNACKED = auto()  # finished, and its ack is not sent
    FOREIGN = auto()  # with somebody else's worker: nobody tells what it does
    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a task.

    Attributes:
        at_ns: When.
        name: What, in a word or two.
        who: Whose step it is; see `event_kinds.whose`.
        event: Which event it was; None if it is concluded: that a worker begins, nobody says.
        phase: What it went through since the step before in the same row.
        passed_ns: How long that took; 0 for the first.
        with_worker: Who had it meanwhile; empty if nobody.
    """

    at_ns: int
    name: str
    who: str
    event: Event | None
    phase: Phase = Phase.NONE
    passed_ns: int = 0
    with_worker: str = ""


def step_sentence(step: Step, board: TaskBoard) -> str:
    """Return what happened in this step, in plain words."""
    if step.event is None:
        return f"{step.who} begins: what it was given before is done."
    return sentence(step.event, board)


class TaskLife(Projection):
    """The life of one task. Feed it every event; read it.

    Attributes:
        publishing: What its publisher did and was told, in order.
        working: What became of it then, in order; verdicts among it.
        published: How it was sent last; None if nobody saw that.
        text: The task as its author wrote it, as far as it is known.
        queue: Where it is, or was last.
        deliveries: How often it was delivered.
        lost_work_ns: So much of the work was for nothing: it was not acked.
    """

    def __init__(self, task_id: TaskId = TaskId("")) -> None:  # noqa: B008 (a str)
        self.task_id = task_id
        self.publishing: list[Step] = []
        self.working: list[Step] = []
        self.published: e.TaskPublished | None = None
        self.text = ""
        self.queue = ""
        self.is_persistent: bool | None = None
        self.deliveries = 0
        self.lost_work_ns = 0
        self._spent: Counter[Phase] = Counter()
        self._phase = Phase.NONE
        self._since_ns = 0  # since when it is in that phase
        self._step_ns = 0  # when the latest step of the second row was
        self._worker = WorkerId("")
        self._attempt_ns = 0  # work on it in the latest attempt
        self._given_up_ns = 0  # work on it in the attempt before, which seemed to be for nothing
        self._is_trusted = False  # the broker has forgotten it, and a worker has it
        self._in_hand: dict[WorkerId, dict[TaskId, None]] = {}

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {
            **dict.fromkeys((e.TaskAccepted, e.TaskPublished, e.TaskConfirmed), self._on_publishing),
            **dict.fromkeys((e.TaskNacked, e.TaskReturned, e.TaskUnconfirmed), self._on_publishing),
            f.ForeignPublished: self._on_foreign_published,
            e.TaskDelivered: self._on_delivered,
            f.ForeignDelivered: self._on_foreign_delivered,
            e.TaskFinished: self._on_finished,
            e.TaskAcked: self._on_acked,
            e.TaskRejected: self._on_rejected,
            **dict.fromkeys((f.ForeignAcked, f.ForeignRejected), self._on_end),
            **dict.fromkeys((v.TaskLost, v.TaskWasDone, v.TaskPresumedDone), self._on_end),
            **dict.fromkeys((v.TaskRequeued, v.TaskDeadLettered), self._on_back),
            **dict.fromkeys((e.TaskProgressed, v.TaskRanTwice), self._on_told),
            **dict.fromkeys((e.WorkerCrashed, e.WorkerStopped), self._on_worker_ended),
            e.WorkerChannelClosed: self._on_channel_closed,
            e.ConnectionLost: lambda event: self._in_hand.pop(event.owner, None),
        }

    @property
    def is_known(self) -> bool:
        """Whether anything was told of it."""
        return bool(self.publishing or self.working)

    @property
    def phase(self) -> Phase:
        """What it goes through after the latest step."""
        return self._phase

    @property
    def since_ns(self) -> int:
        """Since when it goes through that."""
        return self._since_ns

    @property
    def worker(self) -> WorkerId:
        """Who has it, or had it last; empty if nobody ever had."""
        return self._worker

    def spent_ns(self, phase: Phase, at_ns: int) -> int:
        """Return how long it was in `phase` up to `at_ns`, which is not before the latest step."""
        still = max(0, at_ns - self._since_ns) if phase is self._phase is not Phase.NONE else 0
        return self._spent[phase] + still

    # --- the publisher's row ------------------------------------------------------------------

    def _on_publishing(self, event: TaskEvent) -> None:
        if event.task_id != self.task_id:
            return
        last = self.publishing[-1].event if self.publishing else None
        phase = {e.TaskAccepted: Phase.SENDING, e.TaskPublished: Phase.CONFIRMING}.get(type(last), Phase.NONE)
        passed_ns = max(0, event.at_ns - last.at_ns) if last is not None else 0
        self.publishing.append(
            Step(event.at_ns, kind_words(type(event)), whose(event), event, phase, passed_ns)
        )
        match event:
            case e.TaskAccepted():
                self.text, self.queue = event.text, event.queue
            case e.TaskPublished():
                self.published, self.queue, self.is_persistent = event, event.routing_key, event.persistent
                if self._phase is Phase.NONE:
                    self._enter(Phase.READY, event.at_ns)
            case e.TaskConfirmed():
                pass
            case _:  # no queue has it
                if self._phase is Phase.READY:
                    self._phase = Phase.NONE

    def _on_foreign_published(self, event: f.ForeignPublished) -> None:
        if event.task_id != self.task_id:
            return
        self.text, self.queue, self.is_persistent = event.text, event.queue, event.persistent
        self.publishing.append(Step(event.at_ns, kind_words(type(event)), whose(event), event))
        if self._phase is Phase.NONE:
            self._enter(Phase.READY, event.at_ns)

    # --- the consumers' row -------------------------------------------------------------------

    def _on_delivered(self, event: e.TaskDelivered) -> None:
        in_hand = self._in_hand.setdefault(event.worker_id, {})
        in_hand[event.task_id] = None
        if event.task_id != self.task_id:
            return
        is_first = next(iter(in_hand)) == self.task_id
        self._take_delivery(event, event.worker_id, Phase.WORK if is_first else Phase.HELD)

    def _on_foreign_delivered(self, event: f.ForeignDelivered) -> None:
        if event.task_id == self.task_id:
            self._take_delivery(event, event.client, Phase.FOREIGN)

    def _take_delivery(
        self, event: e.TaskDelivered | f.ForeignDelivered, worker_id: WorkerId, phase: Phase
    ) -> None:
        self._add(event)
        self.deliveries += 1
        self.text, self.queue, self.is_persistent = event.text or self.text, event.queue, event.persistent
        self._worker, self._attempt_ns = worker_id, 0
        self._is_trusted = event.auto_ack
        self._enter(phase, event.at_ns)

    def _on_finished(self, event: e.TaskFinished) -> None:
        if event.task_id == self.task_id:
            self._add(event)
            self._enter(Phase.NONE if self._is_trusted else Phase.UNACKED, event.at_ns)
            self._attempt_ns = 0 if self._is_trusted else self._attempt_ns
        self._put_away(event.worker_id, event.task_id, event.at_ns)

    def _on_acked(self, event: e.TaskAcked) -> None:
        if event.task_id != self.task_id:
            return
        self._add(event)
        if self._phase in (Phase.WORK, Phase.HELD):  # acked before the work, and the worker goes on
            self._is_trusted = True
            return
        self._enter(Phase.NONE, event.at_ns)
        self._attempt_ns = 0

    def _on_rejected(self, event: e.TaskRejected) -> None:
        if event.task_id == self.task_id:
            self._add(event)
            self._end_attempt(event.at_ns)
        self._put_away(event.worker_id, event.task_id, event.at_ns)

    def _on_end(self, event: TaskEvent) -> None:
        if event.task_id != self.task_id:
            return
        self._add(event)
        self._end_attempt(event.at_ns)
        if isinstance(event, v.TaskWasDone):  # so the work was not for nothing
            self.lost_work_ns, self._given_up_ns = self.lost_work_ns - self._given_up_ns, 0

    def _on_back(self, event: v.TaskRequeued | v.TaskDeadLettered) -> None:
        if event.task_id == self.task_id:
            self._add(event)
            self._end_attempt(event.at_ns)
            self.queue = event.queue if isinstance(event, v.TaskDeadLettered) else self.queue
            self._enter(Phase.READY, event.at_ns)

    def _on_told(self, event: TaskEvent) -> None:
        if event.task_id == self.task_id:
            self._add(event)

    def _on_worker_ended(self, event: e.WorkerCrashed | e.WorkerStopped) -> None:
        self._in_hand.pop(event.worker_id, None)  # its tasks have a verdict each

    def _on_channel_closed(self, event: e.WorkerChannelClosed) -> None:
        if event.is_consuming:
            self._in_hand.pop(event.worker_id, None)

    def _put_away(self, worker_id: WorkerId, task_id: TaskId, at_ns: int) -> None:
        """A worker is done with a task; it begins with the next one that it has."""
        in_hand = self._in_hand.get(worker_id, {})
        in_hand.pop(task_id, None)
        if (
            self._phase is Phase.HELD
            and worker_id == self._worker
            and next(iter(in_hand), "") == self.task_id
        ):
            self._add_step(at_ns, BEGUN, str(worker_id), None)
            self._enter(Phase.WORK, at_ns)

    def _end_attempt(self, at_ns: int) -> None:
        self._enter(Phase.NONE, at_ns)
        if self._attempt_ns:
            self.lost_work_ns += self._attempt_ns
            self._given_up_ns, self._attempt_ns = self._attempt_ns, 0

    def _enter(self, phase: Phase, at_ns: int) -> None:
        if self._phase is not Phase.NONE:
            spent_ns = max(0, at_ns - self._since_ns)
            self._spent[self._phase] += spent_ns
            if self._phase is Phase.WORK:
                self._attempt_ns += spent_ns
        self._phase, self._since_ns = phase, at_ns
        if not self.working:
            self._step_ns = at_ns

    def _add(self, event: TaskEvent) -> None:
        name, who = kind_words(type(event)), whose(event)
        self._add_step(event.at_ns, name, who, event)

    def _add_step(self, at_ns: int, name: str, who: str, event: Event | None) -> None:
        passed_ns = 0 if self._phase is Phase.NONE else max(0, at_ns - max(self._step_ns, self._since_ns))
        worker = "" if self._phase in (Phase.READY, Phase.NONE) else str(self._worker)
        self.working.append(Step(at_ns, name, who, event, self._phase, passed_ns, worker))
        self._step_ns = at_ns
