import pytest
from pamqp import commands

from tests.broker.far_end import CAPABILITIES, FarEnd, later
from workq_gui.broker import Policy, State
from workq_gui.broker.framing import frame, method_frame


def log_in(client: FarEnd, mechanism: str = "PLAIN", response: str = "\0guest\0guest") -> list[str]:
    client.connection.receive_data(b"AMQP\x00\x00\x09\x01")
    properties = {"capabilities": CAPABILITIES}
    client.send(0, commands.Connection.StartOk(properties, mechanism, response, "en_US"))
    return client.received()


def test_the_handshake_offers_what_rabbitmq_offers(connect):
    client = connect(is_open=False)
    client.connection.receive_data(b"AMQP")
    assert client.received() == []
    client.connection.receive_data(b"\x00\x00\x09\x01")
    assert client.received() == ["Connection.Start"]
    start = client.frames[0]
    assert start.mechanisms == "PLAIN AMQPLAIN"
    assert start.server_properties["capabilities"]["publisher_confirms"]
    assert start.server_properties["product"] == "WorkQ"


def test_another_protocol_is_answered_with_ours(connect):
    client = connect(is_open=False)
    client.connection.receive_data(b"GET / HTTP/1.1\r\n")
    assert client.connection.data_to_send() == b"AMQP\x00\x00\x09\x01"
    assert client.connection.state is State.CLOSED


@pytest.mark.parametrize(
    ("mechanism", "response"),
    [
        ("PLAIN", "\0guest\0guest"),
        ("AMQPLAIN", "\5LOGINS\0\0\0\5guest\x08PASSWORDS\0\0\0\5guest"),
    ],
)
def test_both_mechanisms_let_one_in(connect, mechanism, response):
    assert log_in(connect(is_open=False), mechanism, response) == ["Connection.Start", "Connection.Tune"]


def test_a_wrong_password_is_refused_in_rabbitmqs_words(connect, broker):
    client = connect(is_open=False)
    assert log_in(client, response="\0guest\0wrong") == ["Connection.Start", "Connection.Close"]
    close = client.frames[-1]
    assert close.reply_code == 403
    assert close.reply_text == (
        "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. "
        "For details see the broker logfile."
    )
    later(broker, 3.0)
    assert client.connection.state is State.CLOSED


def test_guest_may_come_from_this_machine_only(broker):
    client = FarEnd(broker, is_open=False)
    client.connection._is_local = False
    assert "Connection.Tune" not in log_in(client)


@pytest.mark.parametrize(("mechanism", "response"), [("XX", ""), ("PLAIN", "foo"), ("AMQPLAIN", "foo")])
def test_who_does_not_get_in_hears_nothing_and_is_cut_off(connect, broker, mechanism, response):
    client = connect(is_open=False)
    assert log_in(client, mechanism, response) == ["Connection.Start"]
    assert client.connection.state is not State.CLOSED
    later(broker, 3.0)
    assert client.connection.state is State.CLOSED


@pytest.mark.parametrize(
    "tune", [{"frame_max": 100}, {"frame_max": 131073}, {"frame_max": 0}, {"channel_max": 0}]
)
def test_a_tune_beyond_the_offer_is_a_silent_end(connect, broker, tune):
    client = connect(is_open=False)
    client.log_in(**tune)
    assert client.received() == ["Connection.Start", "Connection.Tune"]
    later(broker, 3.0)
    assert client.connection.state is State.CLOSED


def test_a_client_that_never_logs_in_is_cut_off(connect, broker):
    client = connect(is_open=False)
    later(broker, 9.9)
    assert client.connection.state is State.AWAITING_HEADER
    later(broker, 0.1)
    assert client.connection.state is State.CLOSED


def test_an_unknown_vhost(connect):
    client = connect(is_open=False)
    log_in(client)
    client.send(0, commands.Connection.TuneOk(2047, 131072, 0))
    client.send(0, commands.Connection.Open("nope"))
    assert client.received() == ["Connection.Close"]
    assert client.frames[0].reply_text == "NOT_ALLOWED - vhost nope not found"


CHANNEL_ERRORS = [
    (1, commands.Channel.Open(), 504, "CHANNEL_ERROR - second 'channel.open' seen"),
    (2, commands.Basic.Qos(), 504, "CHANNEL_ERROR - expected 'channel.open'"),
    (
        0,
        commands.Queue.Declare(queue="q"),
        504,
        "CHANNEL_ERROR - unexpected method in connection state running",
    ),
    (1, commands.Basic.Qos(prefetch_size=5), 540, "NOT_IMPLEMENTED - prefetch_size!=0 (5)"),
    (1, commands.Channel.Flow(False), 540, "NOT_IMPLEMENTED - active=false"),
    (1, commands.Basic.Recover(requeue=False), 540, "NOT_IMPLEMENTED - requeue=false"),
    (1, commands.Queue.DeclareOk("q", 0, 0), 503, "COMMAND_INVALID - unimplemented method"),
]


@pytest.mark.parametrize(("channel", "method", "code", "words"), CHANNEL_ERRORS)
def test_hard_errors_close_the_connection(connect, channel, method, code, words):
    client = connect()
    client.send(channel, method)
    assert client.received() == ["Connection.Close"]
    close = client.frames[0]
    assert (close.reply_code, close.reply_text) == (code, words)
    assert (close.class_id, close.method_id) == (method.index >> 16, method.index & 0xFFFF)
    client.send(0, commands.Connection.CloseOk())
    assert client.connection.state is State.CLOSED


def test_a_stream_that_makes_no_sense_ends_without_a_word(connect):
    client = connect()
    client.connection.receive_data(frame(1, 1, b"\0\x63\0\x01"))
    assert client.received() == []
    assert client.connection.state is State.CLOSED


def test_after_a_broken_frame_a_close_ok_is_still_heard(connect):
    client = connect()
    client.connection.receive_data(frame(9, 1, b"abc"))
    assert client.received() == ["Connection.Close"]
    client.send(0, commands.Connection.CloseOk())
    assert client.connection.state is State.CLOSED


def test_amqp_0_9_is_welcome_too(connect):
    client = connect(is_open=False)
    client.connection.receive_data(b"AMQP\x01\x01\x00\x09")
    assert client.received() == ["Connection.Start"]


def test_too_many_channels(connect):
    client = connect(channel_max=2)
    client.send(2, commands.Channel.Open())
    client.send(7, commands.Channel.Open())
    assert client.received() == ["Channel.OpenOk", "Connection.Close"]
    assert client.frames[1].reply_text == (
        "NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2)"
    )


def test_a_broken_frame_closes_its_connection_and_touches_nobody_else(connect):
    broken, other = connect(), connect()
    broken.connection.receive_data(b"\x01\0\x01\0\0\0\x01aX and more")
    assert broken.received() == ["Connection.Close"]
    assert broken.frames[0].reply_code == 501
    broken.connection.receive_data(b"more of the same")
    assert broken.received() == []
    assert other.declare("tasks").queue == "tasks"


@pytest.mark.parametrize("kind", [2, 3, 8])
def test_frames_that_no_state_expects(connect, kind):
    client = connect()
    client.connection.receive_data(frame(kind, 1, b"abc" if kind != 8 else b""))
    assert client.received() == ["Connection.Close"]
    assert client.frames[0].reply_code == 505


def test_a_polite_end(connect):
    client = connect()
    client.send(0, commands.Connection.Close(200, "bye", 0, 0))
    assert client.received() == ["Connection.CloseOk"]
    assert client.connection.state is State.CLOSED
    client.connection.receive_data(b"anything")
    assert client.received() == []


def test_after_a_channel_error_the_channel_is_deaf_until_close_ok(connect):
    client = connect()
    client.send(1, commands.Queue.Declare(queue="nope", passive=True))
    client.send(1, commands.Queue.Declare(queue="later"))
    assert client.received() == ["Channel.Close"]
    assert client.frames[0].reply_text == "NOT_FOUND - no queue 'nope' in vhost '/'"
    client.send(1, commands.Channel.CloseOk())
    client.send(1, commands.Channel.Open())
    client.send(1, commands.Queue.Declare(queue="later"))
    assert client.received() == ["Channel.OpenOk", "Queue.DeclareOk"]


def test_heartbeats_go_out_when_nothing_else_does(connect, broker):
    client = connect(heartbeat=10)
    later(broker, 5.0)
    assert client.connection.data_to_send() == b"\x08\0\0\0\0\0\0\xce"


def test_a_client_is_given_up_after_three_silent_heartbeats(connect, broker):
    client = connect(heartbeat=2)
    for _ in range(11):
        later(broker, 0.5)
    assert client.connection.state is State.OPEN
    later(broker, 0.5)
    assert client.connection.state is State.CLOSED


def test_any_byte_is_a_sign_of_life(connect, broker):
    client = connect(heartbeat=2)
    for _ in range(30):
        later(broker, 0.5)
        client.connection.receive_data(b"\x08\0\0\0\0\0\0\xce")
    assert client.connection.state is State.OPEN


def test_a_long_text_is_cut(connect):
    client = connect()
    client.call(commands.Queue.Declare(queue="q" * 250, passive=True))
    assert client.frames[0].reply_text.endswith("q...")


def test_publishers_are_told_when_they_are_blocked(connect, broker):
    publisher, other = connect(), connect()
    publisher.declare("tasks")
    broker.alarm = "low on memory"
    publisher.publish("tasks")
    assert publisher.received() == ["Connection.Blocked"]
    assert publisher.frames[0].reason == "low on memory"
    assert other.received() == []
    broker.alarm = ""
    publisher.connection.alarm_changed()
    assert publisher.received() == ["Connection.Unblocked"]


class TestOutput:
    @pytest.fixture
    def policy(self) -> Policy:
        return Policy(output_limit_bytes=1000)

    def test_a_reader_is_given_no_more_than_a_turn_can_hold(self, client, broker):
        for number in range(100):
            client.publish("tasks", b"%03d" % number * 10)
        client.consume("tasks", no_ack=True)
        counts = []
        bodies = []
        while batch := client.bodies():
            counts.append(len(batch))
            bodies += batch
            client.connection.output_taken()
        assert max(counts) < 20
        assert bodies == [b"%03d" % number * 10 for number in range(100)]

    def test_who_asks_for_a_lot_and_reads_nothing_has_to_wait(self, client, broker):
        client.publish("tasks", b"x" * 600)
        get = method_frame(1, commands.Basic.Get, 0, "tasks")
        requeue = method_frame(1, commands.Basic.Nack, 0, True, True)
        client.connection.receive_data((get + requeue) * 50)
        assert client.connection.is_clogged
        client.connection.receive_data(get)
        client.received()
        names = [frame.name for frame in client.frames if frame.name == "Basic.GetOk"]
        assert 1 <= len(names) < 5
        for _ in range(100):
            client.connection.output_taken()
            names += [name for name in client.received() if name == "Basic.GetOk"]
        assert len(names) == 51
        assert not client.connection.is_clogged

    def test_a_reader_that_is_stuck_holds_nothing(self, client, broker):
        client.connection.output_stuck()
        client.consume("tasks")
        client.publish("tasks")
        assert client.bodies() == []
        assert len(broker.topology.queues["tasks"].ready) == 1
        client.connection.output_taken()
        assert client.bodies() == [b"x"]


def test_the_broker_says_why_it_ends(client):
    client.connection.shut_down("broker forced connection closure with reason 'shutdown'")
    assert client.received() == ["Connection.Close"]
    assert client.frames[0].reply_code == 320
    assert client.frames[0].reply_text == (
        "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"
    )
