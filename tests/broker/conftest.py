"""A broker without sockets, and clients for it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.broker.far_end import FarEnd
from workq_gui.broker import Broker, MemoryStore, Policy


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def policy() -> Policy:
    return Policy()


@pytest.fixture
def broker(store: MemoryStore, policy: Policy) -> Broker:
    return Broker(store, policy, now=100.0, epoch=1_700_000_000.0)


@pytest.fixture
def connect(broker: Broker) -> Callable[..., FarEnd]:
    def connect(**options: Any) -> FarEnd:
        return FarEnd(broker, **options)

    return connect


@pytest.fixture
def client(connect: Callable[..., FarEnd]) -> FarEnd:
    """A client with channel 1 open, and the durable queue "tasks" declared."""
    client = connect()
    client.declare("tasks")
    return client
