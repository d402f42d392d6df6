"""Facts about what the user breaks on purpose; see `core.events` for what a fact is."""

from dataclasses import dataclass

from workq_gui.core.events import Event, WorkerEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerFroze(Event):
    """A broker of our own was stopped in its tracks (SIGSTOP): its sockets are open, and it does nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerThawed(Event):
    """It goes on where it froze (SIGCONT)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkChanged(WorkerEvent):
    """The user did something to the network between a worker and the broker.

    Attributes:
        state: "well", "delayed", "stalled" (nothing gets through, and nobody is told) or "cut".
        delay_s: Seconds that each byte takes longer, either way.
    """

    state: str
    delay_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosStarted(Event):
    """The user let something break at random every few seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosStopped(Event):
    """Nothing breaks by itself any more."""
