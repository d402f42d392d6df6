"""Distributions of durations."""

import pytest

from workq_gui.core.log_histogram import LogHistogram


def histogram_of(*seconds: float) -> LogHistogram:
    histogram = LogHistogram()
    for duration in seconds:
        histogram.add(duration)
    return histogram


def test_few_durations_have_exact_percentiles():
    histogram = histogram_of(1.0, 2.0, 3.0, 4.0)
    assert histogram.percentile(0.5) == pytest.approx(2.0)
    assert histogram.percentile(0.99) == pytest.approx(4.0)


def test_many_durations_have_percentiles_within_two_percent():
    durations = [0.001 * 1.001**index for index in range(10_000)]
    histogram = histogram_of(*durations)
    for share in (0.01, 0.5, 0.9, 0.99):
        exact = sorted(durations)[int(share * len(durations)) - 1]
        assert histogram.percentile(share) == pytest.approx(exact, rel=0.02)


def test_of_nothing_there_is_no_percentile_and_no_bar():
    assert LogHistogram().percentile(0.5) is None
    assert LogHistogram().bars(20) == []


def test_the_bars_hold_everything_and_are_no_more_than_wanted():
    bars = histogram_of(0.0, -1.0, 0.5, 2.0, 2.0, 1e9).bars(20)
    assert len(bars) <= 20
    assert sum(bar.amount for bar in bars) == 6
    assert all(bar.amount for bar in (bars[0], bars[-1]))


def test_a_copy_goes_its_own_way():
    histogram = histogram_of(1.0)
    twin = histogram.copy()
    histogram.add(2.0)
    assert (twin.count, histogram.count) == (1, 2)
