"""How long a dot takes."""

from workq_gui.core.projections.pace import FIRST_DOT_S

SHORTEST_DOT_S = 0.1
LONGEST_DOT_S = 2.0


class Pace:
    """The length of a dot, shared by all workers.

    Written by the GUI thread, read by worker threads: one float, so no lock.

    Attributes:
        dot_s: Seconds of work for each dot of a task; holds from the next dot on.
    """

    def __init__(self, dot_s: float = FIRST_DOT_S) -> None:
        self.dot_s = dot_s
