"""Tasks of which nobody can say whether they are still in their queue, until the broker's figures tell.

Sent without confirms when the broker died; sent by the broker to a worker that ended before it read them,
and forgotten by the broker, since that worker needed no acks; or back in a queue that was just purged.
"""

from collections.abc import Iterable, Sequence

from workq_gui.core.causes import UNCONFIRMED
from workq_gui.core.events import TaskId


class Doubts:
    """Remembers what is in doubt, and why; the broker's count shows how many of these are gone."""

    def __init__(self) -> None:
        self._unconfirmed: dict[TaskId, None] = {}
        self._doubtful: dict[TaskId, str] = {}
        self._given_up: dict[TaskId, str] = {}

    @property
    def is_any_open(self) -> bool:
        """Whether a count of ready messages would tell something."""
        return bool(self._doubtful)

    def add_unconfirmed(self, task_id: TaskId) -> None:
        """It was sent, and nobody will confirm it."""
        self._unconfirmed[task_id] = None

    def discard(self, task_id: TaskId) -> None:
        """It is known what became of it."""
        self._unconfirmed.pop(task_id, None)
        self._doubtful.pop(task_id, None)
        self._given_up.pop(task_id, None)

    def find(self, task_id: TaskId) -> None:
        """A worker was given it. That it is on disk, too, is not said by that."""
        self._doubtful.pop(task_id, None)

    def give_up(self, task_ids: Iterable[TaskId], cause: str) -> None:
        """These were taken for lost; what shows up again may have been under way by then."""
        self._given_up.update(dict.fromkeys(task_ids, cause))

    def doubt_again(self, task_id: TaskId) -> None:
        """It is said to be back in its queue: in doubt if it was taken for lost before."""
        if cause := self._given_up.get(task_id):
            self.doubt([task_id], cause)

    def doubt(self, task_ids: Iterable[TaskId], cause: str) -> None:
        """These may be gone, and then for `cause`."""
        for task_id in task_ids:
            self._doubtful.setdefault(task_id, cause)

    def doubt_unconfirmed(self) -> list[TaskId]:
        """The connection ended: all that was sent and not done since is in doubt; return these."""
        unconfirmed = list(self._unconfirmed)
        self.doubt(unconfirmed, UNCONFIRMED)
        self._unconfirmed.clear()
        return unconfirmed

    def settle(self, waiting: Sequence[TaskId], ready_count: int) -> list[tuple[TaskId, str]]:
        """Return which of those that should be `waiting` are gone, and why, if the broker counts so many.

        Which they are cannot be seen. A broker that dies loses what came last; what it sent to somebody
        was at the head of the queue. One that shows up after all is found again by its delivery.
        """
        doubtful = [task_id for task_id in waiting if task_id in self._doubtful]
        gone_count = len(waiting) - ready_count
        if gone_count <= 0:
            for task_id in doubtful:
                del self._doubtful[task_id]
            return []
        is_sent = [task_id for task_id in doubtful if self._doubtful[task_id] != UNCONFIRMED]
        is_unconfirmed = [task_id for task_id in doubtful if self._doubtful[task_id] == UNCONFIRMED]
        gone = [*is_sent, *reversed(is_unconfirmed)][:gone_count]
        return [(task_id, self._doubtful.pop(task_id)) for task_id in gone]
