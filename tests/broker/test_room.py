"""The second door: who may come in by it, and what happens to them when it is closed. Over real sockets."""

import contextlib
import json
import socket

import pika
import pytest

from tests.broker.test_server import ServedBroker, connect, wait_until
from workq_gui.broker import Policy
from workq_gui.broker.commands import Commands
from workq_gui.broker.room import Room

PASSWORD = "bado-kemu-zigi"
AUTH_REFUSED = pika.exceptions.ProbableAuthenticationError


class OpenableBroker(ServedBroker):
    """A served broker with a room."""

    def __init__(self) -> None:
        self.policy = Policy()
        super().__init__(self.policy)
        self.room = Room(self.server, self.policy)
        self.commands = Commands(self.room)

    def open(self, **how) -> int:
        """Open the room; return its port."""
        values = {"address": "127.0.0.1", "port": 0, "user": "class", "password": PASSWORD, **how}
        return self.run(self.room.open(**values))[1]

    def close(self) -> None:
        async def close() -> None:
            self.room.close()

        self.run(close())

    def say(self, command) -> dict:
        line = command if isinstance(command, bytes) else json.dumps(command).encode()
        return json.loads(self.run(self.commands.obey(line)))


@pytest.fixture
def served():
    broker = OpenableBroker()
    yield broker
    broker.close()
    broker.stop()


@pytest.fixture
def enter():
    """Connect to a port with a user; what is open at the end is closed."""
    entered = []

    def enter(port: int, user: str = "class", password: str = PASSWORD) -> pika.BlockingConnection:
        entered.append(connect(port, credentials=pika.PlainCredentials(user, password)))
        return entered[-1]

    yield enter
    for connection in entered:
        with contextlib.suppress(pika.exceptions.AMQPError):  # the broker was faster
            connection.close()


def test_whoever_has_the_password_works_on_the_same_queues(served, enter):
    port = served.open()
    with served.connect() as teacher, enter(port) as student:
        teacher.channel().queue_declare("task_queue", durable=True)
        channel = student.channel()
        channel.confirm_delivery()
        channel.basic_publish("", "task_queue", b"from the room")
        assert teacher.channel().basic_get("task_queue", auto_ack=True)[2] == b"from the room"


@pytest.mark.parametrize(
    ("user", "password"), [("class", "wrong"), ("class", ""), ("nobody", PASSWORD), ("guest", "guest")]
)
def test_nobody_else_comes_in_and_guest_does_not_even_from_this_machine(served, enter, user, password):
    port = served.open()
    with pytest.raises(AUTH_REFUSED):
        enter(port, user, password)


def test_guest_is_still_welcome_at_the_first_door(served, enter):
    served.open()
    assert enter(served.server.port, "guest", "guest").is_open


def test_closing_ends_who_came_in_gives_back_what_they_held_and_forgets_the_user(served, enter):
    port = served.open()
    teacher = enter(served.server.port, "guest", "guest")
    channel = teacher.channel()
    channel.queue_declare("task_queue")
    channel.basic_publish("", "task_queue", b"held")
    student = enter(port)
    assert student.channel().basic_get("task_queue")[2] == b"held"
    by_the_first_door = enter(served.server.port)
    served.close()
    for connection in (student, by_the_first_door):
        with pytest.raises(pika.exceptions.ConnectionClosedByBroker, match=r"320.*the room was closed"):
            connection.process_data_events(5)
    assert channel.basic_get("task_queue", auto_ack=True)[2] == b"held"
    assert served.policy.users == {"guest": "guest"}
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        enter(port)
    with pytest.raises(AUTH_REFUSED):
        enter(served.server.port)


def test_a_connection_that_has_not_logged_in_yet_is_ended_too(served):
    port = served.open()
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(b"AMQP\0\0\x09\1")
        assert stranger.recv(4096)
        served.close()
        stranger.settimeout(5)
        while stranger.recv(4096):
            pass


def test_it_can_be_opened_again_with_another_password(served, enter):
    served.open()
    port = served.open(password="other-word")
    with pytest.raises(AUTH_REFUSED):
        enter(port)
    assert enter(port, password="other-word").is_open


def test_a_taken_port_a_taken_name_and_nothing_at_all_are_refused_in_words(served):
    with pytest.raises(OSError, match="in use"):
        served.open(port=served.server.port)
    with pytest.raises(ValueError, match="there is a user 'guest' already"):
        served.open(user="guest")
    with pytest.raises(ValueError, match="a password"):
        served.open(password="")
    assert served.policy.users == {"guest": "guest"}


def test_a_broker_that_ends_with_an_open_room_ends_as_any_other(enter):
    broker = OpenableBroker()
    student = enter(broker.open())
    broker.close()
    broker.stop()
    with pytest.raises(pika.exceptions.AMQPError):
        student.process_data_events(5)


def test_commands_open_and_close_it(served, enter):
    how = {"address": "127.0.0.1", "port": 0, "user": "class", "password": PASSWORD}
    answer = served.say({"id": 7, "open": how})
    assert (answer["id"], answer["room"]["host"]) == (7, "127.0.0.1")
    assert enter(answer["room"]["port"]).is_open
    assert served.say({"close_room": True}) == {"room": None}
    assert served.say({"close_room": True}) == {"room": None}


@pytest.mark.parametrize(
    "command",
    [b"", b"{", b"[]", b"null", b"\xff", {}, {"open": {}}, {"open": {"port": "x"}}, {"close_room": 1.5}],
)
def test_what_is_no_command_is_answered_in_words(served, command):
    assert served.say(command)["error"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"port": 70_000}, "port"),
        ({"address": "192.0.2.77"}, "assign"),
        ({"user": "guest"}, "already"),
    ],
)
def test_a_room_that_cannot_be_opened_is_answered_in_words_without_the_password(served, change, words):
    how = {"address": "127.0.0.1", "port": 0, "user": "class", "password": PASSWORD, **change}
    answer = served.say({"open": how})
    assert words in answer["error"]
    assert PASSWORD not in answer["error"]
    wait_until(lambda: "class" not in served.policy.users)
