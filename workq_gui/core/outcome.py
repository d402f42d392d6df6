"""What one run of a task list came to, in figures: measured from its events, when it has ended."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from workq_gui.core.events import (
    BrokerStopped,
    ConnectionLost,
    Event,
    TaskAccepted,
    TaskDelivered,
    TaskFinished,
    TaskId,
    TaskPublished,
    TaskRejected,
    WorkerAdded,
    WorkerCrashed,
    WorkerId,
    WorkerStarted,
    WorkerStopped,
)
from workq_gui.core.session import Session
from workq_gui.core.verdicts import TaskRanTwice

NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of one run.

    Attributes:
        task_count: How many tasks there were.
        done_count: How many of them were finished at least once.
        lost_count: How many nobody will do.
        redelivered_count: How many deliveries carried the broker's redelivered flag.
        ran_twice_count: How often a task was finished that had been finished before.
        finishing_s: Seconds from the first publish to the last finished task; 0.0 if there was none.
        idle_s: Seconds that workers waited for a task between the first delivery and the last finished
            task, all workers together; one that has ended does not wait.
        done_by_worker: How many tasks each worker finished, in the order in which workers were added.
        at_risk_count: How many tasks were un-done when the broker stopped; 0 if it did not.
        survived_count: How many of these were delivered afterwards.
    """

    task_count: int
    done_count: int
    lost_count: int
    redelivered_count: int
    ran_twice_count: int
    finishing_s: float
    idle_s: float
    done_by_worker: tuple[int, ...]
    at_risk_count: int
    survived_count: int


def measure(session: Session) -> Outcome:
    """Return what `session`, all of which its history still keeps, came to."""
    events = list(session.history)
    accepted = _ids(events, TaskAccepted)
    done_by: Counter[WorkerId] = Counter(e.worker_id for e in events if isinstance(e, TaskFinished))
    workers = dict.fromkeys(event.worker_id for event in events if isinstance(event, WorkerAdded))
    at_risk, survived = _restart(events, accepted)
    return Outcome(
        task_count=len(accepted),
        done_count=len(_ids(events, TaskFinished)),
        lost_count=session.ledger.lost_count,
        redelivered_count=sum(isinstance(event, TaskDelivered) and event.redelivered for event in events),
        ran_twice_count=sum(isinstance(event, TaskRanTwice) for event in events),
        finishing_s=_between_s(events, TaskPublished, TaskFinished),
        idle_s=_idle_ns(events) / NS_PER_S,
        done_by_worker=tuple(done_by[worker_id] for worker_id in workers),
        at_risk_count=len(at_risk),
        survived_count=len(survived),
    )


def _ids(events: Iterable[Event], kind: type[TaskAccepted | TaskFinished | TaskDelivered]) -> set[TaskId]:
    return {event.task_id for event in events if isinstance(event, kind)}


def _between_s(events: list[Event], first: type[Event], last: type[Event]) -> float:
    begun = [event.at_ns for event in events if isinstance(event, first)]
    ended = [event.at_ns for event in events if isinstance(event, last)]
    return (max(ended) - min(begun)) / NS_PER_S if begun and ended else 0.0


def _restart(events: list[Event], accepted: set[TaskId]) -> tuple[set[TaskId], set[TaskId]]:
    """Return which tasks were un-done when the broker stopped, and which of them came back."""
    stop = next((place for place, event in enumerate(events) if isinstance(event, BrokerStopped)), None)
    if stop is None:
        return set(), set()
    at_risk = accepted - _ids(events[:stop], TaskFinished)
    return at_risk, at_risk & _ids(events[stop:], TaskDelivered)


def _idle_ns(events: list[Event]) -> int:
    begun = [event.at_ns for event in events if isinstance(event, TaskDelivered)]
    ended = [event.at_ns for event in events if isinstance(event, TaskFinished)]
    if not ended:
        return 0
    first_ns, last_ns = min(begun), max(ended)
    idle_ns, hands = 0, _Hands()
    for event in events:
        since_ns = hands.waits_since_ns(event)
        hands.take(event)
        if since_ns is not None:
            idle_ns += max(0, min(event.at_ns, last_ns) - max(since_ns, first_ns))
    return idle_ns + sum(max(0, last_ns - max(since_ns, first_ns)) for since_ns in hands.waiting.values())


class _Hands:
    """Who holds what, and since when who holds nothing.

    Attributes:
        waiting: The workers that are connected and hold no task that is un-done, with since when.
    """

    def __init__(self) -> None:
        self.waiting: dict[WorkerId, int] = {}
        self._held: dict[WorkerId, set[TaskId]] = {}

    def waits_since_ns(self, event: Event) -> int | None:
        """Return since when the worker has waited whose waiting is over with `event`."""
        if isinstance(event, ConnectionLost):
            return self.waiting.get(WorkerId(event.owner))
        if isinstance(event, TaskDelivered | WorkerCrashed | WorkerStopped):
            return self.waiting.get(event.worker_id)
        return None

    def take(self, event: Event) -> None:
        """Note what `event` changes."""
        match event:
            case WorkerStarted():
                if not self._held.get(event.worker_id):
                    self.waiting.setdefault(event.worker_id, event.at_ns)
            case TaskDelivered():
                self._held.setdefault(event.worker_id, set()).add(event.task_id)
                self.waiting.pop(event.worker_id, None)
            case TaskFinished() | TaskRejected():
                held = self._held.get(event.worker_id, set())
                held.discard(event.task_id)
                if not held:
                    self.waiting.setdefault(event.worker_id, event.at_ns)
            case WorkerCrashed() | WorkerStopped():
                self._forget(event.worker_id)
            case ConnectionLost():
                self._forget(WorkerId(event.owner))

    def _forget(self, worker_id: WorkerId) -> None:
        self._held.pop(worker_id, None)
        self.waiting.pop(worker_id, None)
