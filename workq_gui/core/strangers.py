"""One name for each task of strangers, whoever tells of it.

The tutorial's `new_task.py` gives its messages no `message_id`. Who watches the broker names such a task
when it is published and again when it is delivered, and a worker of ours when it gets it. That these are the
same task is concluded: same queue, same text, first in, first out. Of two tasks of the same text nobody could
see which is which.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

from workq_gui.core.events import (
    ConnectionLost,
    Event,
    TaskAcked,
    TaskDelivered,
    TaskEvent,
    TaskFinished,
    TaskId,
    TaskProgressed,
    TaskRejected,
    WorkerCrashed,
    WorkerStopped,
)
from workq_gui.core.foreign_events import (
    FOREIGN_TASK,
    ForeignAcked,
    ForeignChannelClosed,
    ForeignDelivered,
    ForeignGone,
    ForeignPublished,
    ForeignRejected,
    ObservationChanged,
)
from workq_gui.core.queue_events import QueueMissing, QueuePurged

UNNAMED = "unnamed "
"""What a worker of ours calls a task begins so, if its author gave it no `message_id`."""
EARLY_NS = 2_000_000_000
"""So much later, at most, who watches the broker tells of what a worker got already."""
MOST_EARLY = 1_000
MOST_NAMES = 10_000

_Key = tuple[str, str]
"""A queue, and a text."""


class Strangers:
    """Renames strangers' tasks in events. Feed it every event that it has a handler for, once, in order.

    Attributes:
        handlers: By the type of an event, what returns it with the one name of its task. Grows when the
            first task without a name is seen: before that there is nothing to rename.
    """

    def __init__(self) -> None:
        self._ready: dict[_Key, deque[TaskId]] = {}
        self._held: dict[TaskId, tuple[_Key, str]] = {}  # with who holds it, longest held first
        self._back: dict[TaskId, _Key] = {}  # held by one who gave it back or is gone, longest ago first
        self._early: deque[tuple[int, _Key, TaskId]] = deque(maxlen=MOST_EARLY)
        self._names: dict[TaskId, TaskId] = {}
        self.handlers: dict[type[Event], Callable[[Any], Event]] = {
            ObservationChanged: self._on_observation,
            ForeignPublished: self._on_published,
            ForeignDelivered: self._on_foreign_delivered,
            TaskDelivered: self._on_delivered,
            ForeignGone: lambda e: self._on_end(e, e.client),
            ForeignChannelClosed: lambda e: self._on_end(e, e.client),
            WorkerCrashed: lambda e: self._on_end(e, e.worker_id),
            WorkerStopped: lambda e: self._on_end(e, e.worker_id),
            ConnectionLost: lambda e: self._on_end(e, e.owner),
            QueuePurged: self._on_emptied,
            QueueMissing: self._on_emptied,
        }

        self._handlers_of_unnamed: dict[type[Event], Callable[[Any], Event]] = {
            TaskProgressed: lambda e: _named(e, self._names),
            TaskFinished: lambda e: _named(e, self._names),
            TaskAcked: self._on_settled,
            ForeignAcked: self._on_settled,
            TaskRejected: self._on_rejected,
            ForeignRejected: self._on_rejected,
        }

    def _on_observation(self, event: ObservationChanged) -> Event:
        if not event.sees_tasks:
            self._ready.clear()
            self._held.clear()
            self._back.clear()
            self._early.clear()
        return event

    def _on_published(self, event: ForeignPublished) -> Event:
        if not event.task_id.startswith(FOREIGN_TASK):
            return event
        key = (event.queue, event.text)
        while self._early and event.at_ns - self._early[0][0] > EARLY_NS:
            self._early.popleft()
        for place, (_, other, task_id) in enumerate(self._early):
            if other == key:
                del self._early[place]
                self._remember(event.task_id, task_id)
                return replace(event, task_id=task_id)
        self._ready.setdefault(key, deque()).append(event.task_id)
        return event

    def _on_delivered(self, event: TaskDelivered) -> Event:
        if not event.task_id.startswith(UNNAMED):
            return event
        key = (event.queue, event.text)
        task_id = self._first_of(key, event)
        if task_id is not None:
            self._remember(event.task_id, task_id)
            event = replace(event, task_id=task_id)
        elif not event.redelivered:
            self._early.append((event.at_ns, key, event.task_id))
        return self._hold(event, event.worker_id)

    def _on_foreign_delivered(self, event: ForeignDelivered) -> Event:
        if event.task_id.startswith(FOREIGN_TASK):
            task_id = self._first_of((event.queue, event.text), event)
            if task_id is not None:
                self._remember(event.task_id, task_id)
                event = replace(event, task_id=task_id)
        return self._hold(event, event.client)

    def _first_of(self, key: _Key, event: TaskDelivered | ForeignDelivered) -> TaskId | None:
        if event.redelivered:
            if back := next((task_id for task_id, other in self._back.items() if other == key), None):
                return back
            # Who held it is gone by now, and we hear of that a little later.
            if held := next((task_id for task_id, (other, _) in self._held.items() if other == key), None):
                return held
        ready = self._ready.get(key)
        return ready[0] if ready else None

    def _hold(self, event: Any, holder: str) -> Event:
        if event.task_id.startswith((FOREIGN_TASK, UNNAMED)):
            key = (event.queue, event.text)
            self.handlers.update(self._handlers_of_unnamed)
            self._leave(key, event.task_id)
            self._held.pop(event.task_id, None)
            self._back.pop(event.task_id, None)
            if not event.auto_ack:
                self._held[event.task_id] = (key, holder)
        return event  # type: ignore[no-any-return]

    def _on_settled(self, event: TaskAcked | ForeignAcked) -> Event:
        named: TaskEvent = _named(event, self._names)
        self._held.pop(named.task_id, None)
        return named

    def _on_rejected(self, event: TaskRejected | ForeignRejected) -> Event:
        named: TaskEvent = _named(event, self._names)
        held = self._held.pop(named.task_id, None)
        if held is not None and event.requeue:
            self._give_back(named.task_id, held[0])
        return named

    def _on_end(self, event: Event, holder: str) -> Event:
        """What it held and had not acked is in the queue again."""
        for task_id in [task_id for task_id, (_, who) in self._held.items() if who == holder]:
            self._give_back(task_id, self._held.pop(task_id)[0])
        return event

    def _on_emptied(self, event: QueuePurged | QueueMissing) -> Event:
        for key in [key for key in self._ready if key[0] == event.queue]:
            del self._ready[key]
        self._back = {task_id: key for task_id, key in self._back.items() if key[0] != event.queue}
        return event

    def _give_back(self, task_id: TaskId, key: _Key) -> None:
        self._back[task_id] = key
        if len(self._back) > MOST_NAMES:
            del self._back[next(iter(self._back))]

    def _leave(self, key: _Key, task_id: TaskId) -> None:
        ready = self._ready.get(key)
        if ready is not None and task_id in ready:
            ready.remove(task_id)
            if not ready:
                del self._ready[key]

    def _remember(self, other: TaskId, task_id: TaskId) -> None:
        self._names[other] = task_id
        if len(self._names) > MOST_NAMES:
            for old in list(islice(self._names, MOST_NAMES // 2)):
                del self._names[old]


def _named(event: TaskEvent, names: dict[TaskId, TaskId]) -> Any:
    name = names.get(event.task_id)
    return event if name is None else replace(event, task_id=name)
