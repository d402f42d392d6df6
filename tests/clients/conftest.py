"""The built-in broker, as the process that users start."""

import contextlib
import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from workq_gui.runtime.broker_process import BrokerProcess

STANDARD_PORT = 5672


def missing(reason: str) -> None:
    """Skip the test; a CI that leaves it out by mistake fails."""
    (pytest.fail if "CI" in os.environ else pytest.skip)(reason)


@contextlib.contextmanager
def _running(folder: Path, port: int = 0) -> Iterator[BrokerProcess]:
    broker = BrokerProcess(folder)
    broker._port = port
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()
    assert (folder / "broker.log").read_text() == "", "the broker had something to complain about"


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerProcess]:
    """Give the broker that these tests share; use queues of your own, and leave it running."""
    with _running(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture
def standard_broker(tmp_path: Path) -> Iterator[BrokerProcess]:
    """Give a broker where clients look for one that are told nothing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", STANDARD_PORT))
        except OSError:
            missing(f"port {STANDARD_PORT} is taken, and the tutorial's programs know no other")
    with _running(tmp_path, STANDARD_PORT) as broker:
        yield broker


@pytest.fixture
def url(broker: BrokerProcess) -> str:
    return broker.url


@pytest.fixture
def queue() -> str:
    """Give a name that no other test uses."""
    return f"tasks-{uuid.uuid4().hex[:8]}"
