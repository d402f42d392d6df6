"""What the broker's menu offers for the nodes of a cluster."""

import pytest
from PySide6.QtWidgets import QMenu

from tests.core.story import make
from workq_gui.core.cluster_events import NodeStarted, NodeStarting, NodeStopped, QueueLeaderSeen
from workq_gui.core.projections.cluster import Cluster
from workq_gui.ui.cluster_menu import ClusterMenu

ALL = "node1,node2,node3"


def cluster_after(*events):
    cluster = Cluster()
    names = ALL.split(",")
    leads = make(QueueLeaderSeen, queue="tasks", node="node2", members=ALL, online=ALL)
    for event in (*(make(NodeStarted, node=name) for name in names), leads, *events):
        cluster.handlers[type(event)](event)
    return cluster


@pytest.fixture
def menu(qtbot):
    menu = QMenu()
    qtbot.addWidget(menu)
    return menu


@pytest.fixture
def part(menu):
    return ClusterMenu(menu)


def words(menu):
    return [action.text() for action in menu.actions() if action.isVisible() and action.text()]


def click(menu, text):
    next(action for action in menu.actions() if action.text() == text).trigger()


def test_where_there_is_no_cluster_a_window_with_one_is_offered(menu, part, qtbot):
    part.display(Cluster(), "tasks")
    assert words(menu) == ["A three-node cluster…"]
    with qtbot.waitSignal(part.cluster_requested):
        click(menu, "A three-node cluster…")


def test_without_rabbitmq_it_is_greyed_and_says_why(menu, part):
    part.offer("RabbitMQ is not installed on this computer.")
    (action,) = [action for action in menu.actions() if action.text()]
    assert not action.isEnabled()
    assert action.text() == "A three-node cluster… needs RabbitMQ"
    assert action.toolTip() == "RabbitMQ is not installed on this computer."


def test_each_node_can_be_killed_and_the_leader_is_named(menu, part, qtbot):
    part.display(cluster_after(), "tasks")
    assert words(menu) == [
        "Kill node1 (it follows)",
        "Kill the leader (node2) and see",
        "Kill node3 (it follows)",
    ]
    with qtbot.waitSignal(part.kill_requested) as killed:
        click(menu, "Kill the leader (node2) and see")
    assert killed.args == ["node2"]


def test_a_node_that_is_down_can_be_started_again(menu, part, qtbot):
    down = make(NodeStopped, node="node2", expected=True, killed=True)
    part.display(cluster_after(down), "tasks")
    with qtbot.waitSignal(part.start_requested) as started:
        click(menu, "Start node2 again (it is down)")
    assert started.args == ["node2"]
    part.display(cluster_after(down, make(NodeStarting, node="node2")), "tasks")
    (starting,) = [action for action in menu.actions() if action.text() == "node2 is starting…"]
    assert not starting.isEnabled()
