"""What a timeline marks at one moment of a worker's row."""

from enum import StrEnum


class MarkKind(StrEnum):
    """What a mark in a row is for."""

    STARTED = "started"
    STOPPED = "stopped"
    CRASHED = "crashed"
    CONNECTION_LOST = "connection lost"
    CHANNEL_CLOSED = "channel closed"
    FROZEN = "frozen"
    THAWED = "thawed"


ENDS = frozenset({MarkKind.STOPPED, MarkKind.CRASHED, MarkKind.CONNECTION_LOST, MarkKind.CHANNEL_CLOSED})


class Mark:
    """Something at one moment of a row.

    Attributes:
        at_ns: When.
        kind: What.
        reason: The broker's words, or the system's; may be empty.
        worked_ns: How much work was broken off by it.
        done_count: How many tasks were done by then and not acked.
        kept_count: How many tasks went back to their queue.
        lost_count: How many tasks nobody will do.
    """

    __slots__ = ("at_ns", "done_count", "kept_count", "kind", "lost_count", "reason", "worked_ns")

    def __init__(self, at_ns: int, kind: MarkKind, reason: str = "") -> None:
        self.at_ns = at_ns
        self.kind = kind
        self.reason = reason
        self.worked_ns = 0
        self.done_count = 0
        self.kept_count = 0
        self.lost_count = 0

    @property
    def is_end(self) -> bool:
        """Whether the worker's connection, or its channel, ended."""
        return self.kind in ENDS
