"""How three nodes are started and given up; what they do at work is in integration/test_cluster.py."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.rabbitmq_fixture import processes_of, wait_until
from workq_gui.core.settings import from_url
from workq_gui.runtime import rabbitmq_node
from workq_gui.runtime.rabbitmq_cluster import NODE_NAMES, RabbitMqCluster
from workq_gui.runtime.rabbitmq_node import NodeError


def test_its_address_has_all_hosts(tmp_path):
    cluster = RabbitMqCluster(tmp_path)
    endpoint = from_url(cluster.url)
    ports = [cluster.port_of(name) for name in NODE_NAMES]
    assert [endpoint.port, *(port for _, port in endpoint.others)] == ports
    assert len(set(ports)) == len(NODE_NAMES)


def test_a_missing_rabbitmq_can_be_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(rabbitmq_node, "SCRIPTS_DIR", tmp_path)
    with pytest.raises(NodeError, match="sudo apt install rabbitmq-server"):
        RabbitMqCluster(tmp_path).start()


def test_a_folder_that_cannot_be_made_is_named(tmp_path, rabbitmq_is_installed):
    (tmp_path / "cluster").write_text("a file is in the way")
    with pytest.raises(NodeError, match="cannot use the folder"):
        RabbitMqCluster(tmp_path / "cluster").start()


def test_a_node_that_cannot_start_ends_all(tmp_path, rabbitmq_is_installed):
    cluster = RabbitMqCluster(tmp_path)
    port = cluster.port_of("node2")
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(NodeError, match=f"Another program uses port {port}"),
    ):
        cluster.start()
    assert not cluster.is_running()
    # An Erlang VM that ends while it boots has helpers that end a moment after it.
    wait_until(lambda: processes_of(tmp_path) == [], 5)


def test_a_start_can_be_given_up(tmp_path, rabbitmq_is_installed):
    cluster = RabbitMqCluster(tmp_path)
    with ThreadPoolExecutor() as pool:
        starting = pool.submit(cluster.start)
        wait_until(lambda: cluster.running_nodes() == list(NODE_NAMES))
        cluster.stop()
        with pytest.raises(NodeError, match="was stopped before it was ready"):
            starting.result()
    # An Erlang VM that ends while it boots has helpers that end a moment after it.
    wait_until(lambda: processes_of(tmp_path) == [], 5)
