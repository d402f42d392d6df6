"""How long a dot takes."""

SHORTEST_DOT_S = 0.1
LONGEST_DOT_S = 2.0


class Pace:
    """The length of a dot, shared by all workers.

    Written by the GUI thread, read by worker threads: one float, so no lock.

    Attributes:
        dot_s: Seconds of work for each dot of a task; holds from the next dot on.
    """

    def __init__(self, dot_s: float = 1.0) -> None:
        self.dot_s = dot_s
