"""The network of a worker that can be broken, where it cannot even be made."""

import asyncio
import contextlib
import os
import resource

import pytest

from workq_gui.core.clock import ManualClock
from workq_gui.core.events import WorkerId
from workq_gui.core.settings import Endpoint
from workq_gui.messaging.errors import NoRelay
from workq_gui.messaging.network import Network


@contextlib.contextmanager
def no_more_files():
    """Let this process open nothing more, as when two hundred workers have all there is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_network_without_a_socket_is_told_in_words_and_made_when_there_is_one_again():
    facts = []

    async def scene():
        network = Network(WorkerId("WORKER 1"), Endpoint(port=5673), ManualClock(), facts.append)
        with no_more_files(), pytest.raises(NoRelay, match="Too many open files") as refused:
            await network.enter()
        assert "ulimit" in refused.value.problem.way_out
        assert refused.value.is_passing
        endpoint = await network.enter()
        assert endpoint.host == "127.0.0.1"
        assert endpoint.port != 5673
        await network.close()

    asyncio.run(scene())
    assert facts == []
