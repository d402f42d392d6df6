import sqlite3
from pathlib import Path

import pytest
from pamqp import commands

from tests.broker.far_end import FarEnd
from workq_gui.broker import Broker, SqliteStore, StoreError
from workq_gui.broker.sqlite_store import FILE_NAME


class House:
    """A broker on a folder, which can be stopped, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        self.store = SqliteStore(self.folder)
        self.broker = Broker(self.store, now=100.0, epoch=1_700_000_000.0)

    def connect(self) -> FarEnd:
        return FarEnd(self.broker)

    def stop_and_start(self, *clients: FarEnd) -> FarEnd:
        for client in clients:
            client.vanish()
        self.broker.finish_turn()
        self.store.close()
        self.start()
        return self.connect()

    def kill_and_start(self) -> FarEnd:
        """End as a killed process would: nothing is said, what was not committed is gone."""
        self.store._database.close()
        self.store._adds.clear()
        import os

        os.close(self.store._lock)
        self.start()
        return self.connect()


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "data")
    yield house
    house.store.close()


def test_what_was_durable_is_there_again_and_nothing_else(house):
    client = house.connect()
    client.declare("durable")
    client.declare("transient", durable=False)
    client.publish("durable", b"kept", message_id="m", headers={"a": 1})
    client.publish("durable", b"lost", delivery_mode=1)
    client = house.stop_and_start(client)
    got, values, content = client.get("durable")
    assert (content, values.message_id, values.headers) == (b"kept", "m", {"a": 1})
    assert not got.redelivered
    assert client.get("durable") is None
    assert client.call(commands.Queue.Declare(queue="transient", passive=True)).reply_code == 404


def test_a_quorum_queue_keeps_everything(house):
    client = house.connect()
    client.declare("q", arguments={"x-queue-type": "quorum"})
    client.publish("q", delivery_mode=1)
    assert house.stop_and_start(client).count("q") == 1


def test_the_topology_is_there_again(house):
    client = house.connect()
    client.declare("q", arguments={"x-max-length": 5})
    client.call(commands.Exchange.Declare(exchange="e", exchange_type="topic", durable=True))
    client.call(commands.Exchange.Declare(exchange="f", exchange_type="fanout", durable=True))
    client.call(commands.Exchange.Declare(exchange="gone", exchange_type="fanout"))
    client.call(commands.Exchange.Bind(destination="f", source="e", routing_key="a.#"))
    client.call(commands.Queue.Bind(queue="q", exchange="f", arguments={"n": 1}))
    client.call(commands.Queue.Bind(queue="q", exchange="amq.direct", routing_key="k"))
    client.call(commands.Queue.Bind(queue="q", exchange="amq.direct", routing_key="unbound"))
    client.call(commands.Queue.Unbind(queue="q", exchange="amq.direct", routing_key="unbound"))
    client = house.stop_and_start(client)
    client.publish("a.b", exchange="e")
    client.publish("k", exchange="amq.direct")
    client.publish("unbound", exchange="amq.direct")
    assert client.count("q") == 2
    assert client.declare("q", arguments={"x-max-length": 5}).message_count == 2
    assert "gone" not in house.broker.topology.exchanges


def test_what_was_deleted_stays_deleted(house):
    client = house.connect()
    client.declare("q")
    client.call(commands.Exchange.Declare(exchange="e", exchange_type="topic", durable=True))
    client.call(commands.Queue.Bind(queue="q", exchange="e", routing_key="k"))
    client.publish("q")
    client = house.stop_and_start(client)
    client.call(commands.Queue.Delete(queue="q"))
    client.call(commands.Exchange.Delete(exchange="e"))
    client.declare("q")
    client = house.stop_and_start(client)
    assert client.count("q") == 0
    assert not list(house.broker.topology.exchanges["amq.direct"].bindings)


def test_acked_messages_do_not_come_back(house):
    client = house.connect()
    client.declare("q")
    for number in range(4):
        client.publish("q", b"%d" % number)
    house.broker.commit()
    for _ in range(3):
        client.get("q", no_ack=False)
    client.ack(2, multiple=True)
    client = house.stop_and_start(client)
    assert [(client.get("q")[2]) for _ in range(2)] == [b"2", b"3"]


def test_after_a_good_end_only_what_was_held_is_redelivered(house):
    client = house.connect()
    client.declare("q")
    for _ in range(3):
        client.publish("q")
    client.get("q", no_ack=False)
    client = house.stop_and_start(client)
    assert [client.get("q")[0].redelivered for _ in range(3)] == [True, False, False]


def test_after_a_kill_a_classic_queue_suspects_every_message(house):
    client = house.connect()
    client.declare("q")
    for _ in range(3):
        client.publish("q")
    house.broker.commit()
    client = house.kill_and_start()
    assert [client.get("q")[0].redelivered for _ in range(3)] == [True, True, True]


def test_after_a_kill_a_quorum_queue_knows_what_was_held(house):
    client = house.connect()
    client.declare("q", arguments={"x-queue-type": "quorum"})
    for _ in range(3):
        client.publish("q")
    client.get("q", no_ack=False)
    house.broker.commit()
    client = house.kill_and_start()
    got, values, _ = client.get("q")
    assert got.redelivered
    assert values.headers["x-delivery-count"] == 1
    assert not client.get("q")[0].redelivered


def test_what_was_not_committed_is_not_there_after_a_kill(house):
    client = house.connect()
    client.declare("q")
    house.broker.commit()
    client.publish("q", b"committed")
    house.broker.commit()
    client.publish("q", b"not yet")
    client = house.kill_and_start()
    assert client.count("q") == 1


def test_expiry_goes_on_across_a_restart(house):
    client = house.connect()
    client.declare("q", arguments={"x-message-ttl": 60_000})
    client.publish("q")
    client = house.stop_and_start(client)
    assert house.broker.topology.queues["q"].ready.first().expires_at == 160.0


def test_new_messages_come_after_old_ones(house):
    client = house.connect()
    client.declare("q")
    client.publish("q", b"old")
    client = house.stop_and_start(client)
    client.publish("q", b"new")
    client = house.stop_and_start(client)
    assert [client.get("q")[2] for _ in range(2)] == [b"old", b"new"]


def test_what_is_added_and_removed_between_commits_never_reaches_the_disk(house):
    client = house.connect()
    client.declare("q")
    house.broker.commit()
    client.publish("q")
    client.get("q")
    assert not house.store.has_pending


def test_a_folder_has_one_owner(house):
    with pytest.raises(StoreError, match="Another broker is using the data folder"):
        SqliteStore(house.folder)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b"garbage" * 100), "is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:50]), "is damaged"),
    ],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(house, tmp_path, spoil, words):
    client = house.connect()
    client.declare("q")
    client.vanish()
    house.store.close()
    path = house.folder / FILE_NAME
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=words):
        Broker(SqliteStore(house.folder))
    assert path.read_bytes() == before
    path.unlink()
    house.start()


def test_damage_inside_the_file_is_found(house):
    client = house.connect()
    client.declare("q")
    for _ in range(200):
        client.publish("q", b"x" * 500)
    client.vanish()
    house.broker.commit()
    house.store.close()
    path = house.folder / FILE_NAME
    data = bytearray(path.read_bytes())
    data[8192 : len(data)] = b"\xa5" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        Broker(SqliteStore(house.folder))
    assert path.read_bytes() == bytes(data)
    path.unlink()
    house.start()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("PRAGMA user_version = 99", "was written by a newer version"),
        ("PRAGMA application_id = 5", "is not a broker's file"),
    ],
)
def test_a_file_that_is_not_ours_to_touch_is_left_as_it_is(house, statement, words):
    house.store.close()
    path = house.folder / FILE_NAME
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = DELETE")
    database.execute(statement)
    database.commit()
    database.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=words):
        SqliteStore(house.folder)
    assert path.read_bytes() == before
    path.unlink()
    house.start()


def test_a_disk_that_refuses_is_an_error_in_words(house):
    client = house.connect()
    client.declare("q")
    house.store._database.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreError, match="cannot be written"):
        house.broker.commit()
    house.store._database.execute("PRAGMA query_only = 0")
    house.store._database.execute("ROLLBACK")
