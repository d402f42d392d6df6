"""The past, run through once from one moment to later ones: what a film is made of."""

from workq_gui.core.history import History
from workq_gui.core.state import State


class Reel:
    """A state of its own that goes forward through a history. Belongs to the GUI thread.

    A seek for each frame would fold thousands of events again; this folds each once.
    """

    def __init__(self, history: History, at_ns: int) -> None:
        self._history = history
        self._index = max(history.index_at(at_ns), history.first)
        self.state: State = history.state_at(self._index)

    def forward_to(self, at_ns: int) -> State:
        """Take in what happened up to `at_ns`, and return what it came to; never goes back."""
        if self._index < self._history.first:  # forgotten while the film was made: go on with what is kept
            self._index = self._history.first
            self.state = self._history.state_at(self._index)
        for event in self._history.since(self._index):
            if event.at_ns > at_ns:
                break
            self.state.apply(event)
            self._index += 1
        return self.state
