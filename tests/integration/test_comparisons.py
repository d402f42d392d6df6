"""The comparisons that ship, played on real brokers: the figures show what they are to show."""

import asyncio
from collections.abc import Callable

import pika
import pytest
import qasync
from PySide6.QtWidgets import QApplication

from workq_gui.command_line import load_comparison
from workq_gui.core.clock import SessionClock
from workq_gui.core.comparison import Comparison, parse
from workq_gui.core.comparison_result import ComparisonResult
from workq_gui.core.outcome import Outcome, measure
from workq_gui.core.session import Session
from workq_gui.core.settings import from_url
from workq_gui.runtime.comparison_run import ComparisonRun
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.scenario_player import ScenarioFailed

Played = tuple[ComparisonResult, Outcome, Outcome, list[str]]


@pytest.fixture
def play(qapp: QApplication) -> Callable[..., Played]:
    """Play a comparison; return what came of it, both outcomes, and the names of its queues."""

    async def run(comparison: Comparison, url: str, node) -> Played:
        session = Session(SessionClock(), "unused")
        hub = EventHub(session)
        own_broker = OwnBroker(node, session.clock, hub.post) if node is not None else None
        run = ComparisonRun(comparison, from_url(url), own_broker, session, hub)
        try:
            result = await run.play()
            a, b = (measure(side.session) for side in run.sides)
        finally:
            await run.close()
        return result, a, b, [side.session.queue for side in run.sides]

    def play(comparison: Comparison, url: str, node=None) -> Played:
        with qasync.QEventLoop(qapp) as loop:
            played = loop.run_until_complete(run(comparison, url, node))
        asyncio.set_event_loop(None)
        return played

    return play


def is_there(url: str, queue: str) -> bool:
    """Ask the broker itself."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        connection.channel().queue_declare(queue, passive=True)
    except pika.exceptions.ChannelClosedByBroker:
        return False
    finally:
        connection.close()
    return True


def test_with_prefetch_1_heavy_tasks_are_done_earlier_and_nobody_sits_idle(play, broker):
    result, a, b, queues = play(load_comparison("prefetch"), broker.url)
    assert result.is_as_expected, result
    assert (a.done_count, b.done_count) == (8, 8)
    assert a.done_by_worker == (4, 4)
    assert b.finishing_s < 0.8 * a.finishing_s
    assert b.idle_s < 0.5 * a.idle_s
    assert [is_there(broker.url, queue) for queue in queues] == [False, False]


def test_with_auto_ack_a_crash_loses_tasks_and_with_manual_acks_they_come_back(play, broker):
    result, a, b, queues = play(load_comparison("auto-ack"), broker.url)
    assert result.is_as_expected, result
    assert (a.lost_count, a.redelivered_count, a.done_count) == (3, 0, 3)
    assert (b.lost_count, b.redelivered_count, b.done_count) == (0, 1, 6)
    assert [is_there(broker.url, queue) for queue in queues] == [False, False]


def test_after_a_restart_the_persistent_tasks_are_there(play, killable_broker):
    result, a, b, queues = play(load_comparison("persistence"), killable_broker.url, killable_broker)
    assert result.is_as_expected, result
    assert (a.survived_count, a.at_risk_count, a.lost_count, a.done_count) == (0, 5, 5, 0)
    assert (b.survived_count, b.at_risk_count, b.lost_count, b.done_count) == (5, 5, 0, 5)
    assert [is_there(killable_broker.url, queue) for queue in queues] == [False, False]


def test_after_a_restart_a_quorum_queue_has_transient_tasks_too(play, killable_broker):
    result, a, b, _ = play(load_comparison("queue-type"), killable_broker.url, killable_broker)
    assert result.is_as_expected, result
    assert (a.survived_count, a.lost_count, a.done_count) == (0, 5, 0)
    assert (b.survived_count, b.lost_count, b.done_count) == (5, 0, 5)


IN_VAIN = """
title = "In vain"
measure = "time"
because = "Nothing."
[a]
title = "waits in vain"
[b]
title = "does not"
[[step]]
publish = "Task."
[[step]]
wait_until = "all done"
within_s = 0.5
only = "a"
[[step]]
wait_s = 60
only = "b"
"""


def test_a_wait_that_is_not_met_ends_both_sides_and_says_which_it_was(play, broker):
    with pytest.raises(ScenarioFailed, match=r"side A, line 12: waited 0\.5 s for “all done” in vain"):
        play(parse(IN_VAIN, "vain.toml"), broker.url)
