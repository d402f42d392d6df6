"""An observer sees the same with the built-in broker as with RabbitMQ."""

import pytest

from tests.conformance.scenario import Endpoint, Scenario, all_scenarios, run_on
from tests.conformance.test_scenarios import are_alike, judge, skip_what_is_kept

SCENARIOS = all_scenarios("observation")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_an_observer_sees_the_same(scenario: Scenario, reference: Endpoint, ours: Endpoint, observed: None):
    skip_what_is_kept(scenario, reference, ours)
    judge(scenario, *run_on(scenario, reference, ours), are_alike=are_alike(reference, ours))
