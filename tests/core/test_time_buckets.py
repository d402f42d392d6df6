"""Figures by time, in bounded memory."""

from tests.core.story import MS, S
from workq_gui.core.time_buckets import MOST_BUCKETS, MOST_CHECKPOINTS, NO_NEWS, Checkpoints, TimeBuckets

HOUR = 3_600 * S


def test_a_long_session_has_coarser_time_and_loses_no_amount():
    buckets = TimeBuckets(1)
    for second in range(0, 3_600, 7):
        buckets.add(0, second * S)
    assert len(buckets) <= MOST_BUCKETS
    assert sum(buckets.sums[0]) == len(range(0, 3_600, 7))
    assert buckets.width_ns == 2 * S


def test_what_is_told_late_counts_where_it_happened():
    buckets = TimeBuckets(1)
    buckets.add(0, 900 * MS)
    buckets.add(0, 100 * MS)
    assert list(buckets.sums[0]) == [1, 0, 0, 1]


def test_of_two_buckets_that_become_one_the_later_value_stays():
    buckets = TimeBuckets(0)
    buckets.set_latest(100 * MS, 5)
    buckets.set_latest(300 * MS, 7)
    buckets.set_latest(600 * MS, 9)
    buckets.reach(MOST_BUCKETS * 250 * MS)
    assert list(buckets.latest[:3]) == [7, 9, NO_NEWS]


def test_the_past_is_known_from_checkpoints_that_do_not_grow_in_number():
    checkpoints: Checkpoints[int] = Checkpoints()
    for second in range(7_200):
        checkpoints.keep_until(second * S, lambda at_ns: at_ns)
    kept = [checkpoints.at(minute * 60 * S) for minute in range(2, 119)]
    assert all(moment is not None and moment <= minute * 60 * S for minute, moment in enumerate(kept, 2))
    coarse = max(minute * 60 * S - (moment or 0) for minute, moment in enumerate(kept, 2))
    assert coarse <= 2 * HOUR / (MOST_CHECKPOINTS / 2)
    assert checkpoints.at(0) is None


def test_hours_without_an_event_are_no_work():
    checkpoints: Checkpoints[int] = Checkpoints()
    taken = []
    checkpoints.keep_until(1_000 * HOUR, lambda at_ns: taken.append(at_ns) or at_ns)
    assert len(taken) < 5_000
