"""What the stage says at a queue that a cluster keeps."""

import pytest

from tests.core.story import make, session_of
from workq_gui.core.cluster_events import NodeStarted, NodeStopped, QueueLeaderSeen
from workq_gui.core.queue_events import QueueAdded
from workq_gui.ui.stage_words import StageWords

NAMES = ("node1", "node2", "node3")
BEGIN = [
    make(QueueAdded, queue="tasks", dead_letter_to="", queue_type="quorum"),
    *(make(NodeStarted, node=name) for name in NAMES),
]


def seen(leader, *online):
    return make(QueueLeaderSeen, queue="tasks", node=leader, members=",".join(NAMES), online=",".join(online))


def killed(name):
    return make(NodeStopped, node=name, expected=True, killed=True)


@pytest.mark.parametrize(
    ("events", "text", "short", "colour"),
    [
        ([seen("node2", *NAMES)], "node2 leads · node1, node3 follow", "node2 leads", "mute"),
        (
            [seen("node2", *NAMES), killed("node2")],
            "no leader · node2 is down",
            "no leader · node2 is down",
            "warn",
        ),
        (
            [seen("node3", "node1", "node3")],
            "node3 leads · node1 follows · node2 is down",
            "node3 leads · node2 is down",
            "warn",
        ),
        (
            [seen("", "node3")],
            "no leader · node1, node2 are down",
            "no leader · node1, node2 are down",
            "warn",
        ),
    ],
)
def test_it_says_which_node_leads(qapp, events, text, short, colour):
    session = session_of([*BEGIN, *events])
    (note,) = StageWords().notes(session, "tasks", 0)
    assert (note.text, note.short, note.colour) == (text, short, colour)


def test_on_a_broker_that_is_no_cluster_it_says_nothing(qapp):
    assert StageWords().notes(session_of(BEGIN), "tasks", 0) == []
