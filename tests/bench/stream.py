"""A made-up stream of events, as many tasks a second as wanted, as the hub would bring them."""

from collections import deque
from collections.abc import Iterator
from itertools import count

from workq_gui.core import events as e
from workq_gui.core.queue_events import QueueAdded

QUEUE = "task_queue"
NS_PER_S = 1_000_000_000


class Stream:
    """Publishes `rate` tasks a second to `workers` workers that are busy nearly all the time.

    Args:
        waiting: So many tasks wait in the queue at the beginning.
    """

    def __init__(self, workers: int, rate: float, waiting: int) -> None:
        self._workers = [e.WorkerId(f"worker {number + 1}") for number in range(workers)]
        self._free = deque(self._workers)
        self._pause_ns = round(NS_PER_S / rate)
        self._work_ns = round(0.9 * workers * NS_PER_S / rate)
        self._waiting = waiting
        self._numbers = count(1)
        self._ready: deque[tuple[e.TaskId, str]] = deque()
        self._busy: deque[tuple[int, e.WorkerId, e.TaskId]] = deque()  # until when
        self._next_ns = 0

    def beginning(self) -> list[e.Event]:
        """Return what happens before the first task."""
        events: list[e.Event] = [e.ConnectionOpened(at_ns=0, owner=e.PUBLISHER)]
        events.append(QueueAdded(at_ns=0, queue=QUEUE, dead_letter_to=""))
        for worker_id in self._workers:
            events.append(e.WorkerAdded(at_ns=0, worker_id=worker_id))
            events.append(
                e.WorkerStarted(at_ns=0, worker_id=worker_id, queue=QUEUE, prefetch_count=1, auto_ack=False)
            )
        for _ in range(self._waiting):
            events.extend(self._publish(0))
        return events

    def until(self, at_ns: int) -> Iterator[e.Event]:
        """Yield what happens up to `at_ns`, after what was yielded before."""
        while self._next_ns <= at_ns:
            now_ns, self._next_ns = self._next_ns, self._next_ns + self._pause_ns
            while self._busy and self._busy[0][0] <= now_ns:
                yield from self._finish(*self._busy.popleft())
            yield from self._publish(now_ns)
            while self._ready and self._free:
                yield self._deliver(now_ns)

    def _publish(self, at_ns: int) -> list[e.Event]:
        number = next(self._numbers)
        task_id, text = e.TaskId(f"{number:x}"), "Task" + "." * (number * 7 % 5 + 1)
        self._ready.append((task_id, text))
        return [
            e.TaskAccepted(at_ns=at_ns, task_id=task_id, text=text, queue=QUEUE),
            e.TaskPublished(
                at_ns=at_ns,
                task_id=task_id,
                routing_key=QUEUE,
                publish_seq_no=number,
                body_size=len(text),
                persistent=True,
                mandatory=True,
            ),
            e.TaskConfirmed(at_ns=at_ns + 500_000, task_id=task_id),
        ]

    def _deliver(self, at_ns: int) -> e.Event:
        (task_id, text), worker_id = self._ready.popleft(), self._free.popleft()
        self._busy.append((at_ns + self._work_ns, worker_id, task_id))
        return e.TaskDelivered(
            at_ns=at_ns,
            task_id=task_id,
            worker_id=worker_id,
            queue=QUEUE,
            text=text,
            delivery_tag=1,
            redelivered=False,
            auto_ack=False,
            persistent=True,
            work_s=self._work_ns / NS_PER_S,
        )

    def _finish(self, at_ns: int, worker_id: e.WorkerId, task_id: e.TaskId) -> Iterator[e.Event]:
        self._free.append(worker_id)
        yield e.TaskFinished(at_ns=at_ns, task_id=task_id, worker_id=worker_id)
        yield e.TaskAcked(at_ns=at_ns, task_id=task_id, worker_id=worker_id, delivery_tag=1)
