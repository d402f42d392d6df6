"""Which publishers wait for which commit."""

from typing import Protocol


class Publisher(Protocol):
    """A channel in confirm mode."""

    def send_confirms(self, publish_seq_no: int) -> None:
        """Confirm all publishes up to this one."""


class Confirms:
    """Holds confirms back until what they promise is true.

    Of each publisher only the newest number is kept: confirms are cumulative.
    A transient message needs no commit, but if its channel waits for one
    already it waits too, so that confirms of a channel leave in order.
    """

    def __init__(self) -> None:
        self._due: dict[Publisher, int] = {}
        self._awaiting: dict[Publisher, int] = {}
        self._in_commit: dict[Publisher, int] = {}

    def add(self, publisher: Publisher, publish_seq_no: int, *, durable: bool) -> None:
        """Note that a publish was taken."""
        if durable or publisher in self._awaiting or publisher in self._in_commit:
            self._awaiting[publisher] = publish_seq_no
        else:
            self._due[publisher] = publish_seq_no

    @property
    def is_waiting(self) -> bool:
        """Somebody waits for a commit that has not begun."""
        return bool(self._awaiting)

    def commit_begins(self) -> None:
        """Learn that a commit takes all that was published so far."""
        self._in_commit, self._awaiting = self._awaiting, {}

    def commit_ended(self) -> None:
        """Learn that this commit is durable."""
        taken, self._in_commit = self._in_commit, {}
        for publisher, publish_seq_no in taken.items():
            publisher.send_confirms(publish_seq_no)

    def send_due(self) -> None:
        """Send what waits for no commit."""
        due, self._due = self._due, {}
        for publisher, publish_seq_no in due.items():
            publisher.send_confirms(publish_seq_no)
