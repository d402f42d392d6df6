"""How long a dot takes."""

from workq_gui.core.events import PaceChanged
from workq_gui.core.projections.projection import Handlers, Projection

FIRST_DOT_S = 1.0
"""As in the tutorial."""


class PaceState(Projection):
    """The length of a dot. Feed it events; read it.

    Attributes:
        dot_s: Seconds of work for each dot of a task.
    """

    def __init__(self) -> None:
        self.dot_s = FIRST_DOT_S

    @property
    def handlers(self) -> Handlers:
        """What to do with each event."""
        return {PaceChanged: self._on_changed}

    def _on_changed(self, event: PaceChanged) -> None:
        self.dot_s = event.dot_s
