"""A fold that is brought up to date only while somebody looks at it."""

from collections.abc import Callable
from itertools import islice
from typing import Generic, TypeVar

from workq_gui.core.history import History
from workq_gui.core.projections.projection import Projection

SLICE_EVENTS = 2_000
"""So many events are taken in at once: some milliseconds of a frame."""

P = TypeVar("P", bound=Projection)


class Follower(Generic[P]):
    """Feeds one projection with the events of a history, a slice at a time. Belongs to the GUI thread.

    A view that is closed costs nothing; opened, it catches up with what the history still has.

    Attributes:
        projection: What the events so far came to; another one after a gap.
    """

    def __init__(self, history: History, make: Callable[[], P]) -> None:
        """Follow `history` with what `make` returns."""
        self._make = make
        self._history = history
        self._taken = 0
        self._begin()

    @property
    def is_up_to_date(self) -> bool:
        """Whether there is nothing to take in."""
        return self._taken >= self._history.count

    def catch_up(self, most_events: int = SLICE_EVENTS) -> bool:
        """Take in up to `most_events` more events; return whether there were any.

        What the history has forgotten cannot be taken in. If that leaves a gap, it begins anew after it: a
        task that was being worked on before would be for ever.
        """
        if 0 < self._taken < self._history.first:
            self._begin()
        start = max(self._taken, self._history.first)
        handlers, count = self._handlers, 0
        for event in islice(self._history.since(start), most_events):
            count += 1
            handle = handlers.get(type(event))
            if handle is not None:
                handle(event)
        self._taken = start + count
        return count > 0

    def _begin(self) -> None:
        self.projection: P = self._make()
        self._handlers = self.projection.handlers
        self._taken = 0
