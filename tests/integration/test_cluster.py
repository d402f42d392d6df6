"""A real cluster of three nodes on loopback: its leader is killed at work, and nothing is lost."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import qasync

from tests.rabbitmq_fixture import is_alive, processes_of, wait_until
from tests.runtime.test_rabbitmq_node import listening_addresses
from workq_gui.core.clock import SessionClock
from workq_gui.core.cluster_events import NodeStarted, NodeStopped, QueueLeaderSeen
from workq_gui.core.events import TaskAcked, TaskConfirmed, TaskUnconfirmed
from workq_gui.core.projections.cluster import NodeState
from workq_gui.core.queue_settings import QUORUM, QueueSettings
from workq_gui.core.scenario import parse
from workq_gui.core.session import Session
from workq_gui.core.settings import from_url
from workq_gui.core.steps import Say, Wait
from workq_gui.core.tasks import make_task
from workq_gui.messaging.pace import Pace
from workq_gui.resource_files import resource_path
from workq_gui.runtime import rabbitmq_cluster
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.own_cluster import OwnCluster
from workq_gui.runtime.rabbitmq_cluster import NODE_NAMES, RabbitMqCluster
from workq_gui.runtime.scenario_player import ScenarioFailed, ScenarioPlayer

TASK_COUNT = 2_000
QUEUE = "task_queue"
LIMIT_S = 120.0
PROCESS_COUNT = 2 * (1 + len(NODE_NAMES))
"""epmd and the nodes, each with its leash."""

PROGRAM = """
import sys
from pathlib import Path
from workq_gui.runtime.rabbitmq_cluster import RabbitMqCluster

RabbitMqCluster(Path(sys.argv[1])).start()
"""


@pytest.fixture(scope="session")
def cluster(rabbitmq_is_installed, tmp_path_factory):
    """Give the running cluster; leave all its nodes running."""
    base_dir = tmp_path_factory.mktemp("cluster")
    cluster = RabbitMqCluster(base_dir)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.kill()
        cluster.stop()
    assert processes_of(base_dir) == []


class ClusterShow:
    """A demonstration on the cluster, on qasync's loop, with all that is told of it."""

    def __init__(self, cluster):
        self.session = Session(SessionClock(), QUEUE)
        self.hub = EventHub(self.session)
        self.broker = OwnCluster(cluster, self.session.clock, self.hub.post)
        quorum = QueueSettings(queue_type=QUORUM)
        self.verbs = Demonstration(
            from_url(cluster.url), self.session, self.hub, Pace(0.1), None, first=quorum
        )
        self._drained = asyncio.Event()
        self.hub.drained.connect(self._drained.set)

    async def until(self, predicate):
        async with asyncio.timeout(LIMIT_S):
            while not predicate():
                self._drained.clear()
                await self._drained.wait()

    @property
    def leader(self):
        return self.session.cluster.leader_of(QUEUE)

    def events(self, *kinds):
        return [event for event in self.session.history if isinstance(event, kinds)]

    def count_since(self, kind, moment):
        events = self.events(kind, type(moment))
        return len(events) - events.index(moment) - 1

    async def close(self):
        assert self.verbs.shutdown()
        self.broker._looking.cancel()
        self.hub.flush()


@pytest.fixture
def play(qapp, cluster):
    """Run a story with a show, on qasync's loop."""

    def run(story):
        async def told():
            show = ClusterShow(cluster)
            show.verbs.start()
            await show.broker.start()
            try:
                await story(show)
            finally:
                await show.close()

        with qasync.QEventLoop(qapp) as loop:
            loop.run_until_complete(told())
        asyncio.set_event_loop(None)

    return run


def test_the_leader_is_killed_in_the_middle_of_2000_confirmed_tasks_and_nothing_is_lost(play):
    async def story(show):
        board, nodes = show.session.board, show.session.cluster.nodes
        await show.until(lambda: show.leader)
        assert set(nodes.values()) == {NodeState.UP}
        for _ in range(3):
            show.verbs.add_worker()
        tasks = [make_task(f"Task {number}") for number in range(TASK_COUNT)]
        show.verbs.publish(tasks[:800])
        await show.until(lambda: board.confirmed_count > 400 and board.acked_count > 0)
        killed = show.leader
        show.verbs.publish(tasks[800:1800])
        await show.broker.kill_node(killed)
        show.verbs.publish(tasks[1800:])
        await show.until(lambda: show.leader not in ("", killed))
        await show.until(lambda: board.confirmed_count == TASK_COUNT)
        await show.until(lambda: not any(board.unsettled()))
        await show.until(lambda: show.session.queues.ready_count == 0)

        (end,) = show.events(NodeStopped)
        assert (end.node, end.expected, end.killed) == (killed, True, True)
        assert show.count_since(TaskConfirmed, end) > 0
        assert show.count_since(TaskAcked, end) > 0
        assert {task.task_id for task in tasks} == set(board.tasks)
        # At least once: some acks and some confirms died with the leader, and these tasks came twice.
        assert {event.task_id for event in show.events(TaskAcked)} == set(board.tasks)
        assert show.session.ledger.lost_count == 0
        assert nodes[killed] is NodeState.DOWN
        assert show.session.cluster.leaderships[QUEUE].missing == (killed,)

        await show.broker.start_node(killed)
        await show.until(lambda: show.session.cluster.leaderships[QUEUE].missing == ())
        await show.until(lambda: nodes[killed] is NodeState.UP)
        assert show.leader != killed
        assert [event.node for event in show.events(NodeStarted)] == [*NODE_NAMES, killed]
        leaders = [event.node for event in show.events(QueueLeaderSeen) if event.node]
        assert leaders[0] == killed
        assert leaders[-1] == show.leader

    play(story)


def test_without_a_majority_nothing_is_confirmed_and_with_one_all_is(play):
    async def story(show):
        board = show.session.board
        await show.until(lambda: show.leader)
        killed = [show.leader, next(name for name in NODE_NAMES if name != show.leader)]
        for name in killed:
            await show.broker.kill_node(name)
        show.verbs.publish([make_task("An order") for _ in range(100)])
        await show.until(lambda: len(board.tasks) == 100 and show.events(TaskUnconfirmed))
        assert board.confirmed_count == 0
        await show.broker.start()
        show.verbs.add_worker()
        await show.until(lambda: board.confirmed_count == 100)
        await show.until(lambda: not any(board.unsettled()))
        assert show.session.ledger.lost_count == 0

    play(story)


def test_the_scenario_shows_that_nothing_is_lost(play):
    text = (resource_path("scenarios") / "cluster-leader.toml").read_text(encoding="utf-8")
    scenario = parse(text, "cluster-leader.toml")
    steps = tuple(step for step in scenario.steps if not isinstance(step, Say | Wait))

    async def story(show):
        player = ScenarioPlayer(show.verbs, show.session, show.hub, show.broker)
        await player.play(replace(scenario, steps=steps))
        (end,) = show.events(NodeStopped)
        assert end.killed
        assert show.count_since(TaskConfirmed, end) > 0
        assert set(show.session.cluster.nodes.values()) == {NodeState.UP}
        assert show.session.board.confirmed_count == TASK_COUNT

    play(story)


def test_the_scenario_needs_a_cluster_and_says_so(begin, built_in):
    text = (resource_path("scenarios") / "cluster-leader.toml").read_text(encoding="utf-8")
    show = begin(built_in.url, "never used by it")
    player = ScenarioPlayer(show.verbs, show.session, show.hub, None)
    with pytest.raises(ScenarioFailed, match="Begin WorkQ with --broker cluster"):
        asyncio.run(player.play(parse(text, "cluster-leader.toml")))


def test_a_node_that_ends_by_itself_is_told(play, cluster):
    async def story(show):
        await show.until(lambda: show.leader)
        follower = next(name for name in NODE_NAMES if name != show.leader)
        cluster._nodes[follower].kill()
        await show.until(lambda: show.session.cluster.nodes[follower] is NodeState.DOWN)
        (end,) = show.events(NodeStopped)
        assert not end.expected
        await show.broker.start()
        assert follower in cluster.running_nodes()
        await show.until(lambda: show.session.cluster.nodes[follower] is NodeState.UP)

    play(story)


def test_all_nodes_listen_on_loopback_only(cluster):
    loopback = {"0100007F", "00000000000000000000000001000000"}
    addresses = listening_addresses(processes_of(cluster._base_dir))
    assert "0100007F" in addresses
    assert addresses <= loopback


def test_a_program_killed_while_the_cluster_starts_leaves_nothing(tmp_path, rabbitmq_is_installed):
    root = Path(rabbitmq_cluster.__file__).parents[2]
    folder = tmp_path / "cluster"
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)], cwd=root) as program:
        wait_until(lambda: len(processes_of(folder)) >= PROCESS_COUNT)
        left = processes_of(folder)
        program.kill()
    wait_until(lambda: processes_of(folder) == [])
    assert not any(map(is_alive, left))
