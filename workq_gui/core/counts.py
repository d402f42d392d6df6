"""What a scenario can count in a session."""

from collections.abc import Callable

from workq_gui.core.events import TaskDelivered, TaskReturned
from workq_gui.core.session import Session
from workq_gui.core.steps import Count


class Counts:
    """Counts in a session. Belongs to the GUI thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ways: dict[Count, Callable[[], int | None]] = {
            Count.DELIVERED: lambda: self._deliveries(redelivered=False),
            Count.REDELIVERED: lambda: self._deliveries(redelivered=True),
            Count.ACKED: lambda: session.board.acked_count,
            Count.LOST: lambda: session.ledger.lost_count,
            Count.DONE_TWICE: lambda: session.ledger.twice_count,
            Count.RETURNED: self._returned,
            Count.READY: lambda: session.queues.ready_count,
        }

    def of(self, count: Count) -> int | None:
        """Return how many there are; None if that is not known."""
        return self._ways[count]()

    def _deliveries(self, *, redelivered: bool) -> int:
        """Return how many deliveries there were, or only those with the broker's redelivered flag."""
        return sum(
            isinstance(event, TaskDelivered) and (event.redelivered or not redelivered)
            for event in self._session.history
        )

    def _returned(self) -> int:
        return sum(isinstance(event, TaskReturned) for event in self._session.history)
