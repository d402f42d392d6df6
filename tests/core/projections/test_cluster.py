"""Which nodes are up, and which of them leads."""

import pytest

from tests.core.story import make, session_of
from workq_gui.core.cluster_events import NodeStarted, NodeStarting, NodeStopped, QueueLeaderSeen
from workq_gui.core.events import BrokerStopped
from workq_gui.core.projections.cluster import Leadership, NodeState

NAMES = ("node1", "node2", "node3")
STARTED = [make(NodeStarted, node=name) for name in NAMES]


def seen(leader, online=NAMES):
    return make(QueueLeaderSeen, queue="tasks", node=leader, members=",".join(NAMES), online=",".join(online))


def killed(name):
    return make(NodeStopped, node=name, expected=True, killed=True)


def cluster_of(*events):
    return session_of([*STARTED, seen("node2"), *events]).cluster


def test_one_leads_and_the_others_follow():
    cluster = cluster_of()
    assert cluster.leader_of("tasks") == "node2"
    assert cluster.leaderships["tasks"] == Leadership("node2", ("node1", "node3"), ())
    assert cluster.leader_of("another queue") == ""


def test_without_its_leader_a_queue_has_none_until_the_cluster_names_one():
    leadership = cluster_of(killed("node2")).leaderships["tasks"]
    assert leadership == Leadership("", ("node1", "node3"), ("node2",))
    leadership = cluster_of(killed("node2"), seen("node3", ("node1", "node3"))).leaderships["tasks"]
    assert leadership == Leadership("node3", ("node1",), ("node2",))


def test_a_follower_that_dies_leaves_the_leader():
    assert cluster_of(killed("node1")).leaderships["tasks"] == Leadership("node2", ("node3",), ("node1",))


def test_a_node_comes_back():
    cluster = cluster_of(killed("node1"), make(NodeStarting, node="node1"))
    assert cluster.nodes["node1"] is NodeState.STARTING
    cluster = cluster_of(killed("node1"), make(NodeStarting, node="node1"), STARTED[0])
    assert cluster.nodes == dict.fromkeys(NAMES, NodeState.UP)


def test_the_end_of_the_broker_is_that_of_all_nodes():
    cluster = cluster_of(make(BrokerStopped, expected=True, killed=True))
    assert cluster.nodes == dict.fromkeys(NAMES, NodeState.DOWN)
    assert cluster.leaderships == {}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (seen("node2"), "node2 leads tasks; node1 and node3 follow."),
        (seen("node3", ("node1", "node3")), "node3 leads tasks; node1 follows; node2 is down."),
        (seen("node3", ("node3",)), "node3 leads tasks; node1 and node2 are down."),
        (seen("", ("node1", "node3")), "tasks has no leader for now: the nodes that are left elect one."),
        (killed("node2"), "node2 was killed, as in a power cut; the other nodes go on."),
    ],
)
def test_what_happens_is_told(event, words):
    assert session_of([*STARTED, event]).sentence_at(0) == words


def test_the_past_shows_who_led_then():
    session = session_of([*STARTED, seen("node2")])
    before = session.snapshot()
    session.apply(killed("node2"))
    assert before.cluster.leader_of("tasks") == "node2"
    assert session.cluster.leader_of("tasks") == ""
