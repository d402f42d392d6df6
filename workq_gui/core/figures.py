"""The figures of a session in few words."""

from collections.abc import Sequence

from workq_gui.core.projections.busy_shares import BusyShare, jain_index
from workq_gui.core.state import State

EQUAL, NEARLY, UNEQUAL = 0.95, 0.8, 0.5


def fairness(shares: Sequence[BusyShare]) -> float | None:
    """Return Jain's index of the seconds that the workers were busy; None before any of them was.

    1.0: all equally. With n workers, 1/n: one did everything.
    """
    return jain_index(share.busy_s for share in shares)


def fairness_meaning(shares: Sequence[BusyShare]) -> str:
    """Return what the index means, as "the workers were equally busy"."""
    index = fairness(shares)
    if index is None:
        return "no worker was busy yet"
    if len(shares) == 1:
        return "there was one worker only"
    if index >= EQUAL:
        return "the workers were equally busy"
    if index >= NEARLY:
        return "nearly equally busy"
    return "some were much busier" if index >= UNEQUAL else "few did most of the work"


def fairness_words(shares: Sequence[BusyShare]) -> str:
    """Return the index with what it means, as "0.97: the workers were equally busy"."""
    index = fairness(shares)
    return fairness_meaning(shares) if index is None else f"{index:.2f}: {fairness_meaning(shares)}"


def summary(state: State, shares: Sequence[BusyShare]) -> str:
    """Return the figures of `state` in one line, as "23 tasks · 0 lost · 1 redelivered · fairness 0.97".

    `shares` is how busy the workers were by the same moment, see `BusyShares`: with one worker, or before
    any work, no fairness is told.
    """
    tasks = state.board.known_count
    parts = [
        f"{tasks:,} {'task' if tasks == 1 else 'tasks'}",
        f"{state.ledger.lost_count:,} lost",
        f"{state.board.requeued_count:,} redelivered",
    ]
    index = fairness(shares) if len(shares) > 1 else None
    return " · ".join(parts if index is None else [*parts, f"fairness {index:.2f}"])
