"""The same is left of queues and messages after a restart and after kill -9.

All scenarios share one restart of each broker: RabbitMQ takes seconds for it.
"""

import threading
import time
from collections.abc import Callable

import pytest

from tests.conformance.brokers import BuiltInBroker
from tests.conformance.scenario import Endpoint, Run, Scenario, all_scenarios
from tests.conformance.test_scenarios import judge
from tests.conformance.transcript import Transcript
from tests.rabbitmq_4_node import is_asked_for
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

Broker = RabbitMqNode | BuiltInBroker
Transcripts = dict[str, list[Transcript]]

# RabbitMQ forgets a quorum queue that it declared less than a second before kill -9.
SETTLE_S = 3.0


@pytest.fixture(scope="module")
def restarted(restartable: list[Broker]) -> Transcripts:
    return _run_all(all_scenarios("restarts"), restartable, lambda broker: broker.stop())


@pytest.fixture(scope="module")
def killed(restartable: list[Broker]) -> Transcripts:
    def kill(broker: Broker) -> None:
        if isinstance(broker, RabbitMqNode):
            time.sleep(SETTLE_S)
        broker.kill()

    return _run_all(all_scenarios("kills"), restartable, kill)


def _run_all(scenarios: list[Scenario], brokers: list[Broker], end: Callable[[Broker], None]) -> Transcripts:
    """Run all scenarios up to their restart, restart, and run the rest, on all brokers at once."""
    runs = {scenario.name: [Run(scenario) for _ in brokers] for scenario in scenarios}

    def work(number: int, broker: Broker) -> None:
        for turn in range(2):
            for of_one in runs.values():
                of_one[number].advance(Endpoint("127.0.0.1", broker.port))
            if turn == 0:
                end(broker)
                broker.start()

    threads = [threading.Thread(target=work, args=item) for item in enumerate(brokers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {name: [run.transcript for run in of_one] for name, of_one in runs.items()}


@pytest.mark.parametrize("scenario", all_scenarios("restarts"), ids=lambda scenario: scenario.name)
def test_a_restart_leaves_the_same(scenario: Scenario, restarted: Transcripts):
    if scenario.kept and is_asked_for():
        pytest.skip(scenario.kept)
    judge(scenario, *restarted[scenario.name])


@pytest.mark.parametrize("scenario", all_scenarios("kills"), ids=lambda scenario: scenario.name)
def test_a_kill_leaves_the_same(scenario: Scenario, killed: Transcripts):
    judge(scenario, *killed[scenario.name])
