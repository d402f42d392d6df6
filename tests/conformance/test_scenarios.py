"""A client sees the same with the built-in broker as with RabbitMQ."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.conformance.scenario import Endpoint, Scenario, all_scenarios, differences, module_names, run_on
from tests.conformance.transcript import Transcript

TESTED_ELSEWHERE = {"observation", "options", "restarts", "kills"}
SCENARIOS = all_scenarios(*(name for name in module_names() if name not in TESTED_ELSEWHERE))
SLOW_AT_A_TIME = 8

Early = dict[str, Future[list[Transcript]]]


@pytest.fixture(scope="module")
def early(request: pytest.FixtureRequest, reference: Endpoint, ours: Endpoint) -> Iterator[Early]:
    """Start the slow scenarios that are to be tested; they wait, and so do not disturb the others."""
    wanted = {
        item.callspec.params["scenario"].name for item in request.session.items if item.path == request.path
    }
    with ThreadPoolExecutor(SLOW_AT_A_TIME) as executor:
        yield {
            scenario.name: executor.submit(run_on, scenario, reference, ours)
            for scenario in SCENARIOS
            if scenario.is_slow and scenario.name in wanted
        }


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_client_sees_the_same(scenario: Scenario, reference: Endpoint, ours: Endpoint, early: Early):
    transcripts = early[scenario.name].result() if scenario.is_slow else run_on(scenario, reference, ours)
    skip_what_is_kept(scenario, reference, ours)
    judge(scenario, *transcripts, are_alike=are_alike(reference, ours))


def skip_what_is_kept(scenario: Scenario, reference: Endpoint, ours: Endpoint) -> None:
    """Skip what ours does as 3.10.8 where a later one has changed it, and say why."""
    if scenario.kept and reference != ours and not reference.version.startswith("3."):
        pytest.skip(scenario.kept)


def are_alike(reference: Endpoint, ours: Endpoint) -> bool:
    """Tell whether both are of versions that agree where 4.x changed something."""
    return reference == ours or not reference.version.startswith("3.")


def judge(
    scenario: Scenario, said: Transcript, heard: Transcript | None = None, *, are_alike: bool = False
) -> None:
    """Fail if what ours said differs from what RabbitMQ said.

    Args:
        heard: None when there is no built-in broker to compare with.
    """
    assert not any(line.startswith("!") for line in said.lines), "\n".join(said.lines)
    if heard is None:
        return
    if scenario.alone and said is not heard:
        assert heard.lines[-1] == scenario.alone
        return
    if difference := differences(scenario, said, heard, are_alike=are_alike):
        pytest.fail(difference, pytrace=False)
