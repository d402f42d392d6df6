"""Opening and closing a connection: greeting, login, tuning, vhost, refusals."""

from pamqp import commands

from tests.conformance.client import CAPABILITIES, PROTOCOL_HEADER, Channel, Client, Connection
from tests.conformance.scenario import kept_from_3_10, slow, unlike_both
from tests.conformance.wire import raw_method, short_string

AMQPLAIN = "\x05LOGINS\x00\x00\x00\x05guest\x08PASSWORDS\x00\x00\x00\x05guest"


def _greeted(client: Client) -> Connection:
    """Connect and read the greeting, unwritten: it names the product."""
    connection = client.dial()
    connection.send_bytes(PROTOCOL_HEADER)
    connection.take(0)
    return connection


def _logged_in(client: Client, capabilities: dict[str, bool] | None = None) -> Connection:
    connection = _greeted(client)
    properties = {"capabilities": CAPABILITIES if capabilities is None else capabilities}
    connection.zero.send(commands.Connection.StartOk(properties, "PLAIN", "\0guest\0guest"))
    connection.zero.expect()
    return connection


def _tuned(
    client: Client, channel_max: int = 2047, frame_max: int = 131_072, heartbeat: int = 0
) -> Connection:
    connection = _logged_in(client)
    connection.zero.send(commands.Connection.TuneOk(channel_max, frame_max, heartbeat))
    return connection


def _refuse(client: Client, start_ok: commands.Connection.StartOk) -> None:
    connection = _greeted(client)
    connection.zero.send(start_ok)
    connection.expect_end()


@kept_from_3_10("4.x also offers ANONYMOUS, which lets everybody in")
def the_greeting_names_version_mechanisms_and_locale(client: Client):
    connection = client.dial()
    connection.send_bytes(PROTOCOL_HEADER)
    start = connection.take(0)
    client.note(start.version_major, start.version_minor, sorted(start.mechanisms.split()), start.locales)


def the_greeting_tells_what_a_client_may_use(client: Client):
    connection = client.dial()
    connection.send_bytes(PROTOCOL_HEADER)
    properties = connection.take(0).server_properties
    # direct_reply_to is an offer that the built-in broker need not make.
    capabilities = {k: v for k, v in properties["capabilities"].items() if k != "direct_reply_to"}
    client.note(sorted(capabilities.items()))
    client.note(sorted(properties))


def the_greeting_tells_where_it_runs_in_strings(client: Client):
    connection = client.dial()
    connection.send_bytes(PROTOCOL_HEADER)
    properties = connection.take(0).server_properties
    client.note({name: type(value).__name__ for name, value in sorted(properties.items())})


def login_by_plain(client: Client):
    connection = _tuned(client)
    connection.zero.call(commands.Connection.Open("/"))
    connection.channel().declare(exclusive=True)


def login_by_amqplain(client: Client):
    connection = _greeted(client)
    connection.zero.call(commands.Connection.StartOk({}, "AMQPLAIN", AMQPLAIN))
    connection.zero.send(commands.Connection.TuneOk(2047, 131_072, 0))
    connection.zero.call(commands.Connection.Open("/"))


def tune_proposes_limits(client: Client):
    _logged_in(client)


def a_wrong_password_is_refused_with_a_reason(client: Client):
    _refuse(client, commands.Connection.StartOk({"capabilities": CAPABILITIES}, "PLAIN", "\0guest\0wrong"))


@slow
def a_wrong_password_just_ends_the_connection_of_an_old_client(client: Client):
    connection = _greeted(client)
    connection.zero.send(commands.Connection.StartOk({}, "PLAIN", "\0guest\0wrong"))
    connection.expect_end()


def an_unknown_user_is_refused_like_a_wrong_password(client: Client):
    _refuse(client, commands.Connection.StartOk({"capabilities": CAPABILITIES}, "PLAIN", "\0nobody\0wrong"))


def an_empty_password_is_refused(client: Client):
    _refuse(client, commands.Connection.StartOk({"capabilities": CAPABILITIES}, "PLAIN", "\0guest\0"))


def amqplain_with_a_wrong_password_is_refused(client: Client):
    _refuse(
        client,
        commands.Connection.StartOk(
            {"capabilities": CAPABILITIES}, "AMQPLAIN", AMQPLAIN.replace("guest", "worse")
        ),
    )


@slow
def an_unknown_mechanism_is_refused(client: Client):
    _refuse(client, commands.Connection.StartOk({"capabilities": CAPABILITIES}, "GSSAPI", "x"))


@slow
def a_malformed_plain_response_is_refused(client: Client):
    _refuse(client, commands.Connection.StartOk({"capabilities": CAPABILITIES}, "PLAIN", "guest"))


def an_unknown_vhost_is_refused(client: Client):
    connection = _tuned(client)
    connection.zero.call(commands.Connection.Open("nope"))
    connection.expect_end()


def an_empty_vhost_name_is_refused(client: Client):
    connection = _tuned(client)
    connection.zero.call(commands.Connection.Open(""))
    connection.expect_end()


@kept_from_3_10("4.x answers with AMQP 1.0, which is not spoken here")
def a_wrong_protocol_header_is_answered_with_the_right_one(client: Client):
    connection = client.dial()
    connection.send_raw(b"AMQP\x00\x01\x00\x00", "AMQP 1.0.0")
    connection.expect_end()


def another_amqp_0_9_header_is_answered_with_the_right_one(client: Client):
    connection = client.dial()
    connection.send_raw(b"AMQP\x00\x00\x09\x02", "AMQP 0-9-2")
    connection.expect_end()


@kept_from_3_10("4.x answers with AMQP 1.0, which is not spoken here")
def http_is_answered_with_the_protocol_header(client: Client):
    connection = client.dial()
    connection.send_raw(b"GET / HTTP/1.1\r\n\r\n", "HTTP")
    connection.expect_end()


def amqp_0_9_is_welcome(client: Client):
    connection = client.dial()
    connection.send_raw(b"AMQP\x01\x01\x00\x09", "AMQP 0-9")
    client.note(connection.take(0).text.partition("(")[0])


@unlike_both(r"= protocol header b'AMQP\x00\x00\t\x01'")
def amqp_0_8_is_welcome(client: Client):
    connection = client.dial()
    connection.send_raw(b"AMQP\x01\x01\x08\x00", "AMQP 0-8")
    client.note(connection.take(0).text.partition("(")[0])


@slow
def a_frame_max_that_is_too_small_is_refused(client: Client):
    connection = _tuned(client, frame_max=1024)
    connection.expect_end()


@slow
def a_frame_max_above_the_proposal_is_refused(client: Client):
    connection = _tuned(client, frame_max=262_144)
    connection.expect_end()


@slow
def no_limit_to_frames_is_refused(client: Client):
    connection = _tuned(client, frame_max=0)
    connection.expect_end()


@slow
def a_channel_max_above_the_proposal_is_refused(client: Client):
    connection = _tuned(client, channel_max=4000)
    connection.expect_end()


@slow
def no_limit_to_channels_is_refused(client: Client):
    connection = _tuned(client, channel_max=0)
    connection.expect_end()


def a_small_frame_max_splits_a_message(client: Client):
    channel = client.connection(frame_max=8192).channel()
    queue = channel.declare()
    channel.publish(queue, b"x" * 10_000)
    channel.settle_and_get(queue)


@kept_from_3_10("4.x wants 8192, the specification 4096")
def the_smallest_frame_max_splits_a_message(client: Client):
    channel = client.connection(frame_max=4096).channel()
    queue = channel.declare()
    channel.publish(queue, b"x" * 10_000)
    channel.settle_and_get(queue)


def one_channel_more_than_agreed_ends_the_connection(client: Client):
    connection = client.connection(channel_max=3)
    for number in (1, 2, 3):
        connection.channel(number)
    connection.send_raw(raw_method(4, 20, 10, short_string("")), "Channel.Open on channel 4 of 3")
    connection.expect_end()


def a_high_number_is_fine_while_few_are_open(client: Client):
    connection = client.connection(channel_max=3)
    connection.send_raw(raw_method(4, 20, 10, short_string("")), "Channel.Open on channel 4 of 3")
    Channel(connection, 4).expect()


def a_client_closes_politely(client: Client):
    client.connection().close()


def closing_with_open_channels_is_fine(client: Client):
    connection = client.connection()
    connection.channel().declare(exclusive=True)
    connection.close()


def what_follows_a_close_is_not_answered(client: Client):
    connection = client.connection()
    channel = connection.channel()
    connection.zero.send(commands.Connection.Close(200, "bye", 0, 0))
    channel.send(commands.Queue.Declare(queue=client.name(), exclusive=True))
    connection.zero.expect()


@slow
def open_before_tune_ok_is_out_of_order(client: Client):
    connection = _logged_in(client)
    connection.zero.send(commands.Connection.Open("/"))
    connection.expect_end()


def a_channel_before_open_is_out_of_order(client: Client):
    connection = _tuned(client)
    connection.send_raw(raw_method(1, 20, 10, short_string("")), "Channel.Open before Connection.Open")
    connection.expect_end()


def a_second_start_ok_is_out_of_order(client: Client):
    connection = client.connection()
    connection.zero.send(commands.Connection.StartOk({}, "PLAIN", "\0guest\0guest"))
    connection.expect_end()


def a_second_open_is_out_of_order(client: Client):
    connection = client.connection()
    connection.zero.send(commands.Connection.Open("/"))
    connection.expect_end()


@slow
def a_close_before_login_is_answered(client: Client):
    connection = _greeted(client)
    connection.zero.send(commands.Connection.Close(200, "bye", 0, 0))
    connection.expect_end()


def a_secret_may_be_renewed(client: Client):
    client.connection().zero.call(commands.Connection.UpdateSecret("guest", "why not"))


@slow
def heartbeats_come_at_the_agreed_pace(client: Client):
    connection = client.connection(heartbeat=1)
    connection.wait_for_heartbeats(2)
    client.note("heartbeats came")


def no_heartbeats_when_they_are_off(client: Client):
    connection = client.connection(heartbeat=0)
    connection.channel().declare(exclusive=True)
    client.settle()
    client.note("heartbeats", connection.heartbeat_count)


@slow
def a_client_that_is_silent_is_dropped(client: Client):
    connection = client.connection(heartbeat=1)
    connection.expect_end()


def two_connections_of_one_user_do_not_mind_each_other(client: Client):
    first, second = client.connection(), client.connection()
    first.channel().declare("a", exclusive=True)
    first.close()
    second.channel().declare("b", exclusive=True)
