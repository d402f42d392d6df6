"""The scenarios that ship, on both brokers: what they say is what happens. Without the pauses."""

import asyncio
import gc
import uuid
from dataclasses import replace

import pika
import pytest
import qasync

from tests.integration.conftest import Show
from tests.rabbitmq_4_node import is_asked_for
from workq_gui.command_line import shipped_scenarios
from workq_gui.core.causes import (
    ACK_LOST,
    ACKED_EARLY,
    AUTO_ACK,
    DELIVERY_LIMIT,
    NO_QUEUE,
    NOT_DURABLE,
    NOT_ON_DISK,
    PURGED,
    UNCONFIRMED,
)
from workq_gui.core.events import (
    TaskDelivered,
    TaskFinished,
    TaskRejected,
    WorkerChannelClosed,
    WorkerCrashed,
    WorkerFroze,
    WorkersHeld,
    WorkersReleased,
    WorkerStopped,
    WorkerThawed,
)
from workq_gui.core.scenario import parse
from workq_gui.core.steps import AddWorkers, Expect, Say, SetDotSeconds, Wait
from workq_gui.core.verdicts import TaskLost, TaskRanTwice
from workq_gui.messaging.cancels import TIMED_OUT
from workq_gui.messaging.consumer import CLOSED_BY_WORKER
from workq_gui.resource_files import resource_path
from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.scenario_player import ScenarioFailed, ScenarioPlayer

SEEN = {
    "ack-before-work": {"causes": {ACKED_EARLY}},
    "ack-on-another-channel": {"channel": (True, False, "406 PRECONDITION_FAILED - unknown delivery tag 1")},
    "ack-twice": {"channel": (True, True, "406 PRECONDITION_FAILED - unknown delivery tag 1")},
    "auto-ack-loss": {"causes": {AUTO_ACK}},
    "back-in-line": {"taken": {"worker 1": "First Second Third First Second Third Fourth"}},
    "close-channel": {"channel": (False, True, CLOSED_BY_WORKER)},
    "delivery-limit": {"causes": {DELIVERY_LIMIT}},
    "consumer-timeout": {"stopped": TIMED_OUT},
    "naive-sleep": {"twice": ("worker 1", "worker 2", ACK_LOST)},
    "purge-a-queue": {"causes": {PURGED}},
    "raise-in-callback": {"died": "ValueError"},
    "poison-message": {"died": "ValueError: cannot work on 'The poison..'"},
    "three-workers": {
        "taken": {
            "worker 1": "One. Four. Seven.",
            "worker 2": "Two. Five. Eight.",
            "worker 3": "Three. Six. Nine.",
        }
    },
    "transient-and-restart": {"causes": {NOT_ON_DISK}},
    "transient-queue": {"causes": {NOT_DURABLE, NOT_ON_DISK}},
    "unconfirmed": {"causes": {UNCONFIRMED}},
    "unfair-dispatch": {
        "taken": {"worker 1": "Heavy..... Heavy..... Heavy.....", "worker 2": "Light. Light. Light."}
    },
    "unroutable": {"causes": {NO_QUEUE}},
}
"""What must be seen of a scenario besides the counts that it expects by itself."""
FOR_4_3 = ("consumer-timeout",)
"""Refused on an older RabbitMQ."""
DENIAL = ("--deny", "transient_nonexcl_queues")
ON_A_CLUSTER = ("cluster-leader",)
"""Played in test_cluster.py."""


@pytest.fixture
def broker_of(request, tmp_path):
    """Give a running broker for a scenario; one of its own if the scenario ends it."""
    nodes = []

    def broker_of(kind, scenario):
        if kind != "RabbitMQ":
            nodes.append(BrokerProcess(tmp_path, options=DENIAL if kind == "denying" else ()))
            nodes[-1].start()
            return nodes[-1]
        return request.getfixturevalue("killable_node" if scenario.needs_own_broker else "rabbitmq")

    yield broker_of
    for node in nodes:
        node.stop()


@pytest.fixture
def play(qtbot, qapp, broker_of):
    """Play a text on a broker; return what came of it."""
    shows = []

    def play(text, kind="built-in"):
        scenario = parse(text, "lesson.toml")
        node = broker_of(kind, scenario)
        show = Show(qtbot, node.url, f"tasks-{uuid.uuid4().hex[:8]}")
        shows.append(show)
        try:
            with qasync.QEventLoop(qapp) as loop:
                loop.run_until_complete(perform(without_pauses(scenario, kind), show, node))
        finally:
            asyncio.set_event_loop(None)
            assert show.verbs.shutdown()
            if kind == "RabbitMQ" and not scenario.needs_own_broker:
                delete_queues(node.url, show.session.queues.views)
        return show

    yield play
    shows.clear()
    gc.collect()  # here, and not in a thread of the next test: there are timers of Qt in the cycles


def without_pauses(scenario, kind):
    """Leave out what is for those who watch; RabbitMQ needs the long ones before it may be killed."""

    def is_needed(step):
        match step:
            case Say():
                return False
            case Wait():
                return kind == "RabbitMQ" and scenario.needs_own_broker and step.seconds >= 3
            case SetDotSeconds():
                return is_timed
            case _:
                return True

    is_timed = any(isinstance(step, AddWorkers) and step.how.heartbeat_s == 1 for step in scenario.steps)
    return replace(scenario, steps=tuple(filter(is_needed, scenario.steps)))


def delete_queues(url, names):
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        for name in names:
            connection.channel().queue_delete(name)


async def perform(scenario, show, node):
    broker = OwnBroker(node, show.session.clock, show.hub.post) if scenario.needs_own_broker else None
    try:
        await ScenarioPlayer(show.verbs, show.session, show.hub, broker).play(scenario)
    finally:
        if broker is not None:
            await broker.close()


def shipped(name):
    return (resource_path("scenarios") / f"{name}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["built-in", "RabbitMQ"])
@pytest.mark.parametrize("name", [name for name in shipped_scenarios() if name not in ON_A_CLUSTER])
def test_what_a_scenario_says_is_what_happens(play, name, kind):
    """Its own `expect` steps check delivered, redelivered, acked, lost, done twice and ready."""
    if name in FOR_4_3 and kind == "RabbitMQ" and not is_asked_for():
        with pytest.raises(ScenarioFailed, match=r"this is RabbitMQ 3\.10\.8, which looks once a minute"):
            play(shipped(name), kind)
        return
    show = play(shipped(name), kind)
    seen = SEEN.get(name, {})
    if "causes" in seen:
        assert {event.cause for event in show.events(TaskLost)} == seen["causes"]
    if "channel" in seen:
        closed = show.events(WorkerChannelClosed)[0]
        assert (closed.by_broker, closed.is_consuming, closed.reason) == seen["channel"]
    if "twice" in seen:
        (twice,) = show.events(TaskRanTwice)
        assert (twice.first, twice.second, twice.cause) == seen["twice"]
    if "died" in seen:
        assert seen["died"] in show.events(WorkerCrashed)[0].reason
    if "stopped" in seen:
        assert [event.reason for event in show.events(WorkerStopped) if event.reason] == [seen["stopped"]]
    for worker_id, words in seen.get("taken", {}).items():
        assert " ".join(text.split()[0] for text in show.texts_of(worker_id)) == words


def test_every_scenario_says_what_it_expects():
    for name in shipped_scenarios():
        steps = parse(shipped(name), name).steps
        assert any(isinstance(step, Expect) for step in steps), name


def test_a_nacked_task_comes_again_and_a_rejected_one_is_dead_lettered(play):
    show = play(shipped("nack-and-reject"))
    assert [event.requeue for event in show.events(TaskRejected)] == [True, False]
    last = show.events(TaskDelivered)[-1]
    assert (last.worker_id, last.queue, last.text) == ("worker 3", "failed", "Cannot be done........")


def test_a_broker_that_denies_transient_queues_ends_the_scenario_with_a_way_out(play):
    with pytest.raises(ScenarioFailed, match="line 8: 541 INTERNAL_ERROR - Feature `transient_") as failed:
        play(shipped("transient-queue"), "denying")
    way_out = failed.value.__cause__.problem.way_out
    assert "deprecated_features.permit.transient_nonexcl_queues = true" in way_out


def test_each_worker_takes_from_its_own_queues(play):
    show = play(shipped("separate-queues"))
    taken = {(event.worker_id, event.queue) for event in show.events(TaskDelivered)}
    assert taken <= {
        ("worker 1", show.queue),
        ("worker 2", "mail"),
        ("worker 3", "mail"),
        ("worker 3", "pictures"),
    }
    assert {queue for _, queue in taken} == {show.queue, "mail", "pictures"}


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
        ("raise_in_worker = 1", "line 8: worker 1 cannot do that: it works on nothing"),
        (
            "expect = { acked = 1, lost = 0 }\nwithin_s = 0.2",
            "line 8: expected 1 acked, and not 0",
        ),
    ],
)
def test_what_cannot_be_ends_the_scenario_in_words(play, step, reason):
    with pytest.raises(ScenarioFailed, match=reason):
        play(BEGIN + f"[[step]]\n{step}\n")
