"""Where all tasks are: a sum that can be checked."""

from dataclasses import dataclass

from workq_gui.core.projections.task_state import TaskState, TaskStatus, WorkState
from workq_gui.core.state import State

READY = (TaskStatus.SENT, TaskStatus.CONFIRMED, TaskStatus.REQUEUED)


@dataclass(frozen=True, slots=True)
class Balance:
    """How many tasks there are, and how many are where: each is counted in one place.

    Attributes:
        total: All that ever became known.
        acked: Done, with their last ack given.
        lost: Nobody will do them.
        returned: No queue took them, and they came back to the producer.
        ready: In a queue, or on the way there.
        unacked: With a worker; the broker keeps a copy.
        trusted: With a worker; the broker has forgotten them.
        unsent: Accepted, and not published yet.
    """

    total: int
    acked: int
    lost: int
    returned: int
    ready: int
    unacked: int
    trusted: int
    unsent: int

    @property
    def still_there(self) -> int:
        """How many may still be done."""
        return self.ready + self.unacked + self.trusted + self.unsent

    @property
    def missing(self) -> int:
        """How many are nowhere: 0, if what is shown is true."""
        return self.total - self.acked - self.lost - self.returned - self.still_there


def balance_of(state: State) -> Balance:
    """Return where the tasks of `state` are. Costs something that grows with the tasks that are not done."""
    counts = dict.fromkeys(("returned", "ready", "unacked", "trusted", "unsent"), 0)
    for task in state.board.not_done():
        counts[_place(task)] += 1
    return Balance(
        total=state.board.known_count, acked=state.board.acked_count, lost=state.ledger.lost_count, **counts
    )


def _place(task: TaskState) -> str:
    if task.work is WorkState.TRUSTED:
        return "trusted"
    if task.status in READY:
        return "ready"
    return {TaskStatus.RETURNED: "returned", TaskStatus.ACCEPTED: "unsent"}.get(task.status, "unacked")
