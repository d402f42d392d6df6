"""The built-in broker with options answers as RabbitMQ 4.3.6 that is configured so."""

from collections.abc import Iterator

import pytest

from tests.conformance.brokers import BuiltInBroker, only_rabbitmq
from tests.conformance.scenario import Endpoint, Scenario, all_scenarios, diff, recorded, run_on

OPTIONS = ("--deny", "transient_nonexcl_queues", "--consumer-timeout", "1")


@pytest.fixture(scope="module")
def ours_with_options(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    if only_rabbitmq():
        pytest.skip("3.10.8 has no such options")
    broker = BuiltInBroker(tmp_path_factory.mktemp("built-in with options"), *OPTIONS)
    broker.start()
    yield Endpoint("127.0.0.1", broker.port)
    broker.stop()


@pytest.mark.parametrize("scenario", all_scenarios("options"), ids=lambda scenario: scenario.name)
def test_an_option_works_as_in_4_3(scenario: Scenario, ours_with_options: Endpoint):
    (transcript,) = run_on(scenario, ours_with_options)
    if difference := diff(recorded()[scenario.name], transcript.lines):
        pytest.fail(difference, pytrace=False)
