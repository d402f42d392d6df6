"""A short fuzz run, always the same one; `python -m tests.bench.broker_fuzz` is the long one."""

from tests.bench.broker_fuzz import MOST_GROWTH_MB, fuzz


def test_nothing_but_the_protocols_own_errors():
    outcome = fuzz(20_000, seed=1)
    assert not outcome.failure, outcome.failure
    assert outcome.growth_mb < MOST_GROWTH_MB
    assert {404, 406, 501, 503, 504, 540} <= set(outcome.codes)
