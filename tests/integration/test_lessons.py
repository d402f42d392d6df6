"""The scenarios that ship, on the built-in broker: what they say is what happens. Without the pauses."""

import asyncio
import gc
from dataclasses import replace

import pytest
import qasync

from tests.integration.conftest import Show
from workq_gui.core.events import (
    Narrated,
    TaskAcked,
    TaskDelivered,
    TaskFinished,
    TaskRejected,
    WorkerFroze,
    WorkersHeld,
    WorkersReleased,
    WorkerThawed,
)
from workq_gui.core.scenario import parse
from workq_gui.core.steps import SetDotSeconds, Wait
from workq_gui.resource_files import resource_path
from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.scenario_player import ScenarioFailed, ScenarioPlayer


@pytest.fixture
def play(qtbot, qapp, tmp_path):
    """Play a text on a broker of its own; return what came of it."""
    shows = []

    def play(text):
        scenario = parse(text, "lesson.toml")
        steps = tuple(step for step in scenario.steps if not isinstance(step, Wait | SetDotSeconds))
        node = BrokerProcess(tmp_path)
        node.start()
        show = Show(qtbot, node.url, "task_queue")
        shows.append(show)
        try:
            with qasync.QEventLoop(qapp) as loop:
                loop.run_until_complete(perform(replace(scenario, steps=steps), show, node))
        finally:
            asyncio.set_event_loop(None)
            assert show.verbs.shutdown()
            node.stop()
        return show

    yield play
    shows.clear()
    gc.collect()  # here, and not in a thread of the next test: there are timers of Qt in the cycles


async def perform(scenario, show, node):
    broker = OwnBroker(node, show.session.clock, show.hub.post)
    try:
        await ScenarioPlayer(show.verbs, show.session, show.hub, broker).play(scenario)
    finally:
        await broker.close()


def shipped(name):
    return (resource_path("scenarios") / f"{name}.toml").read_text(encoding="utf-8")


def test_auto_ack_loses_what_the_worker_holds(play):
    show = play(shipped("auto-ack-loss"))
    assert len(show.events(TaskDelivered)) == 4
    assert not show.events(TaskFinished, TaskAcked)
    assert show.events(Narrated)


def test_only_what_is_persistent_survives_a_restart(play):
    show = play(shipped("transient-and-restart"))
    assert [event.text for event in show.events(TaskDelivered)] == ["Persistent one.", "Persistent two."]
    assert len(show.events(TaskAcked)) == 2


def test_a_nacked_task_comes_again_and_a_rejected_one_is_dead_lettered(play):
    show = play(shipped("nack-and-reject"))
    assert [event.requeue for event in show.events(TaskRejected)] == [True, False]
    last = show.events(TaskDelivered)[-1]
    assert (last.worker_id, last.queue, last.text) == ("worker 3", "failed", "Cannot be done........")


def test_each_worker_takes_from_its_own_queues(play):
    show = play(shipped("separate-queues"))
    taken = {(event.worker_id, event.queue) for event in show.events(TaskDelivered)}
    assert taken <= {
        ("worker 1", "task_queue"),
        ("worker 2", "mail"),
        ("worker 3", "mail"),
        ("worker 3", "pictures"),
    }
    assert {queue for _, queue in taken} == {"task_queue", "mail", "pictures"}


BEGIN = 'title = "T"\n[[step]]\nadd_workers = 1\n[[step]]\nwait_until = "worker waiting"\nworker = 1\n'


def test_what_stands_still_goes_on(play):
    show = play(
        BEGIN
        + '[[step]]\nhold = "workers"\n[[step]]\nhold = "producer"\n[[step]]\npublish = "a.."\n'
        + '[[step]]\nrelease = "producer"\n[[step]]\nwait_until = "worker working"\nworker = 1\n'
        + "[[step]]\nfreeze_worker = 1\n[[step]]\nthaw_worker = 1\n"
        + '[[step]]\nrelease = "workers"\n[[step]]\nwait_until = "all done"\n'
        + '[[step]]\npurge = ""\n'
    )
    kinds = (WorkersHeld, WorkerFroze, WorkerThawed, WorkersReleased, TaskFinished)
    assert [type(event) for event in show.events(*kinds)] == list(kinds)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("nack_task = 1", "line 8: worker 1 cannot give a task back: it has none in its hands"),
        ("thaw_worker = 1", "line 8: worker 1 cannot thaw: it is not frozen"),
        ("restart_worker = 1", "line 8: worker 1 cannot be restarted: it has not ended"),
    ],
)
def test_what_a_worker_cannot_do_ends_the_scenario_in_words(play, step, reason):
    with pytest.raises(ScenarioFailed, match=reason):
        play(BEGIN + f"[[step]]\n{step}\n")
