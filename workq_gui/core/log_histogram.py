"""A distribution of durations in little memory, whatever their number."""

from array import array
from math import ceil, exp, log
from typing import NamedTuple

LEAST_S = 1e-4
"""What is shorter counts as this long: the times of events are not better."""
MOST_S = 1e6
RATIO_LOG = log(1.02)
BIN_COUNT = int(log(MOST_S / LEAST_S) / RATIO_LOG) + 1


class Bar(NamedTuple):
    """So many durations that are nearly equally long, from `low_s` to `high_s` seconds."""

    low_s: float
    high_s: float
    amount: int


class LogHistogram:
    """Counts durations in bins of 2 %. A percentile is the mean of its bin: exact where values are few.

    Attributes:
        count: How many durations there are.
    """

    def __init__(self) -> None:
        self.count = 0
        self._counts = array("I", bytes(4 * BIN_COUNT))
        self._sums_s = array("d", bytes(8 * BIN_COUNT))

    def add(self, seconds: float) -> None:
        """Take in one duration."""
        seconds = min(max(seconds, LEAST_S), MOST_S)
        at = int(log(seconds / LEAST_S) / RATIO_LOG)
        self.count += 1
        self._counts[at] += 1
        self._sums_s[at] += seconds

    def copy(self) -> "LogHistogram":
        """Return one that stands where this one does."""
        twin = LogHistogram()
        twin.count, twin._counts, twin._sums_s = self.count, self._counts[:], self._sums_s[:]
        return twin

    def percentile(self, share: float) -> float | None:
        """Return how many seconds `share` of them (0.0 to 1.0) are not longer than; None if there is none."""
        rank = max(1, ceil(share * self.count))
        seen = 0
        for at, count in enumerate(self._counts):
            seen += count
            if count and seen >= rank:
                return self._sums_s[at] / count
        return None

    def bars(self, most: int) -> list[Bar]:
        """Return the distribution in at most `most` bars of equal ratios, the first and last not empty."""
        filled = [at for at, count in enumerate(self._counts) if count]
        if not filled:
            return []
        first, last = filled[0], filled[-1]
        step = max(MIN_STEP, -(-(last - first + 1) // most))
        starts = range(first, last + 1, step)
        return [Bar(_edge_s(at), _edge_s(at + step), sum(self._counts[at : at + step])) for at in starts]


MIN_STEP = 5
"""A bar is at least so many bins wide, some 10 %: thinner ones say nothing more."""


def _edge_s(at: int) -> float:
    return LEAST_S * exp(at * RATIO_LOG)
