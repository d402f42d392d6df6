"""Notices clients that came and left at once, having done nothing: a program that the broker refused.

A broker tells nobody what it answered to whom. No sockets.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workq_gui.core.clock import Clock
from workq_gui.core.foreign_events import ForeignLeftAtOnce
from workq_gui.messaging.own_clients import is_own

SHORT_NS = 1_000_000_000
LATE_S = 0.5
"""What a client did may be told after its end: RabbitMQ's two exchanges are not in order."""
MOST_EARLY = 64

Headers = Mapping[str, Any]


@dataclass(slots=True)
class _Visit:
    peer: str
    pid: str
    came_ns: int
    has_channel: bool = False
    is_busy: bool = False


class ShortVisits:
    """Follows every connection that is not ours, from its beginning. Belongs to the observer's loop."""

    def __init__(
        self,
        clock: Clock,
        emit: Callable[[ForeignLeftAtOnce], None],
        call_later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        """Tell by `emit` of each that opened a channel, and neither published nor consumed."""
        self._clock = clock
        self._emit = emit
        self._call_later = call_later
        self._visits: dict[str, _Visit] = {}  # by their connections' names
        self._by_pid: dict[str, _Visit] = {}  # by Erlang's process, of connections and of channels
        self._early: deque[str] = deque(maxlen=MOST_EARLY)  # names of who did something before they came

    def take(self, about: str, headers: Headers) -> None:
        """Take in one message of the two exchanges: its routing key and its headers."""
        match about:
            case "connection.created":
                self._on_connected(headers)
            case "connection.closed":
                self._on_disconnected(str(headers.get("name", "")))
            case "channel.created":
                visit = self._by_pid.get(str(headers.get("connection")))
                if visit is not None:
                    visit.has_channel = True
                    self._by_pid[str(headers.get("pid"))] = visit
            case "channel.closed":
                self._by_pid.pop(str(headers.get("pid")), None)
            case "consumer.created":
                visit = self._by_pid.get(str(headers.get("channel")))
                if visit is not None:
                    visit.is_busy = True
            case _ if "connection" in headers:
                self._on_traced(str(headers["connection"]))

    def leave(self) -> None:
        """The observer's connection has ended: nobody is seen any more."""
        self._visits.clear()
        self._by_pid.clear()
        self._early.clear()

    def _on_connected(self, headers: Headers) -> None:
        if is_own(headers.get("client_properties") or []):
            return
        name, pid = str(headers.get("name", "")), str(headers.get("pid"))
        visit = _Visit(name.partition(" -> ")[0], pid, self._clock.now_ns())
        visit.is_busy = name in self._early
        self._visits[name] = self._by_pid[pid] = visit

    def _on_traced(self, name: str) -> None:
        visit = self._visits.get(name)
        if visit is not None:
            visit.is_busy = True
        else:
            self._early.append(name)

    def _on_disconnected(self, name: str) -> None:
        visit = self._visits.get(name)
        if visit is None:
            return
        self._by_pid.pop(visit.pid, None)
        is_short = self._clock.now_ns() - visit.came_ns < SHORT_NS

        def conclude() -> None:
            if self._visits.get(name) is visit:
                del self._visits[name]
                if is_short and visit.has_channel and not visit.is_busy:
                    self._emit(ForeignLeftAtOnce(at_ns=self._clock.now_ns(), peer=visit.peer))

        self._call_later(LATE_S, conclude)
