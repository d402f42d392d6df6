"""The two brokers that are compared.

By the environment:
    WORKQ_CONFORMANCE=rabbitmq    compare RabbitMQ with itself: what differs then is chance in a scenario
    WORKQ_TEST_AMQP_URL=amqp://…  compare with the RabbitMQ that runs there
    WORKQ_TEST_RABBITMQ_4=1       compare with a 4.3 in a folder: see tests/rabbitmq_4_node.py
"""

import os
from collections.abc import Iterator

import pytest

from tests.conformance.brokers import (
    BuiltInBroker,
    RabbitMqObservation,
    endpoint_of,
    only_rabbitmq,
)
from tests.conformance.scenario import Endpoint
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

FOREIGN_URL = os.environ.get("WORKQ_TEST_AMQP_URL")


@pytest.fixture(scope="session")
def reference(request: pytest.FixtureRequest) -> Endpoint:
    """Give the RabbitMQ that says what is right."""
    return endpoint_of(FOREIGN_URL or request.getfixturevalue("rabbitmq").url)


@pytest.fixture(scope="session")
def ours(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """Give the built-in broker, or RabbitMQ once more."""
    if only_rabbitmq():
        yield request.getfixturevalue("reference")
        return
    broker = BuiltInBroker(tmp_path_factory.mktemp("built-in"))
    broker.start()
    yield Endpoint("127.0.0.1", broker.port)
    broker.stop()


@pytest.fixture(scope="module")
def observed(request: pytest.FixtureRequest) -> None:
    """See to it that RabbitMQ tells what its clients do."""
    if FOREIGN_URL:
        pytest.skip("the administration of a foreign RabbitMQ is not ours")
    RabbitMqObservation(request.getfixturevalue("rabbitmq")).on()


@pytest.fixture(scope="session")
def restartable(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[RabbitMqNode | BuiltInBroker]]:
    """Give the two brokers for what is restarted: RabbitMQ and ours."""
    if FOREIGN_URL:
        pytest.skip("a foreign RabbitMQ is not ours to restart")
    node = request.getfixturevalue("_node_to_kill")
    node.start()
    if only_rabbitmq():
        yield [node]
        return
    broker = BuiltInBroker(tmp_path_factory.mktemp("built-in to kill"))
    broker.start()
    yield [node, broker]
    broker.stop()
