"""What the settings of each queue mean for its tasks: when the broker stops, and when they come back."""

from workq_gui.core.causes import NOT_DURABLE, NOT_ON_DISK
from workq_gui.core.queue_events import QueueAdded, QueueDeclared
from workq_gui.core.queue_settings import QUORUM


class QueueRules:
    """The rules of all queues that we know."""

    def __init__(self) -> None:
        self._declared: dict[str, QueueDeclared] = {}
        self._dead_letter_to: dict[str, str] = {}

    def add(self, event: QueueAdded) -> None:
        """A queue is wanted."""
        if event.dead_letter_to:
            self._dead_letter_to[event.queue] = event.dead_letter_to

    def declare(self, event: QueueDeclared) -> None:
        """The broker has it so."""
        self._declared[event.queue] = event

    def dead_letter_to(self, queue: str) -> str:
        """Return where that goes which is rejected for good; "" for nowhere."""
        return self._dead_letter_to.get(queue, "")

    def is_beyond_limit(self, queue: str, delivery_count: int, cause: str) -> bool:
        """Whether a task that has come back so often is given up, now that it would again, for `cause`."""
        declared = self._declared.get(queue)
        if declared is None or not 0 <= declared.delivery_limit <= delivery_count:
            return False
        return declared.counts_nacks or cause != "nacked"

    def fate_at_stop(self, queue: str, *, is_transient: bool) -> str:
        """Return why a task does not outlive the broker; empty if it does."""
        declared = self._declared.get(queue)
        if declared is not None and not declared.durable:
            return NOT_DURABLE
        is_quorum = declared is not None and declared.queue_type == QUORUM
        return NOT_ON_DISK if is_transient and not is_quorum else ""
