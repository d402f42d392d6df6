import pytest
from pamqp import commands

from tests.broker.far_end import later
from workq_gui.broker import Policy


def closes(client, method) -> str:
    frame = client.call(method)
    assert frame.name in ("Channel.Close", "Connection.Close"), frame
    return frame.reply_text


def declare(queue="q", **options):
    return commands.Queue.Declare(queue=queue, **{"durable": True, **options})


def test_the_server_names_a_queue_that_has_no_name(client):
    name = client.declare("", exclusive=True).queue
    assert name.startswith("amq.gen-")
    assert len(name) == len("amq.gen-") + 22


def test_an_empty_name_means_the_queue_declared_last(client):
    client.publish("tasks")
    assert client.get("") is not None


def test_counts_are_told(client):
    client.publish("tasks")
    client.consume("tasks", no_ack=True)
    client.received()
    answer = client.declare("tasks")
    assert (answer.message_count, answer.consumer_count) == (0, 1)


BAD_ARGUMENTS = [
    ({"x-message-ttl": -1}, "x-message-ttl", ": {value_negative,-1}"),
    ({"x-message-ttl": "a"}, "x-message-ttl", ': "expected integer, got longstr"'),
    ({"x-expires": 0}, "x-expires", ": {value_zero,0}"),
    ({"x-max-priority": 256}, "x-max-priority", ": {max_value_exceeded,256}"),
    ({"x-overflow": "odd"}, "x-overflow", ": invalid_overflow"),
    ({"x-dead-letter-routing-key": "k"}, "x-dead-letter-routing-key", ": routing_key_but_no_dlx_defined"),
    ({"x-queue-type": ["odd"]}, "x-queue-type", ": {unacceptable_type,array}"),
    ({"x-queue-type": "odd"}, "x-queue-type", ": \"unsupported queue type 'odd'\""),
    ({"x-queue-version": 3}, "x-queue-version", ": \"unsupported queue version '3'\""),
    ({"x-single-active-consumer": "yes"}, "x-single-active-consumer", ": {unacceptable_type,longstr}"),
    ({"x-delivery-limit": 3}, "x-delivery-limit", " of queue type rabbit_classic_queue"),
    (
        {"x-queue-type": "quorum", "x-max-priority": 3},
        "x-max-priority",
        " of queue type rabbit_quorum_queue",
    ),
]


@pytest.mark.parametrize(("arguments", "name", "words"), BAD_ARGUMENTS)
def test_bad_arguments(client, arguments, name, words):
    text = closes(client, declare(arguments=arguments))
    assert text == f"PRECONDITION_FAILED - invalid arg '{name}' for queue 'q' in vhost '/'{words}"


def test_unknown_arguments_are_taken(client):
    assert client.declare("q", arguments={"x-made-up": 1}).queue == "q"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"durable": False}, "invalid property 'non-durable'"),
        ({"exclusive": True}, "invalid property 'exclusive-owner'"),
        ({"auto_delete": True}, "invalid property 'auto-delete'"),
    ],
)
def test_a_quorum_queue_is_durable_and_shared(client, options, words):
    text = closes(client, declare(arguments={"x-queue-type": "quorum"}, **options))
    assert text == f"PRECONDITION_FAILED - {words} for queue 'q' in vhost '/'"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"durable": False}, "'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'"),
        (
            {"auto_delete": True},
            "'auto_delete' for queue 'q' in vhost '/': received 'true' but current is 'false'",
        ),
        (
            {"arguments": {"x-max-length": 6}},
            "'x-max-length' for queue 'q' in vhost '/': received '6' but current is '5'",
        ),
        (
            {"arguments": {}},
            "'x-max-length' for queue 'q' in vhost '/': "
            "received none but current is the value '5' of type 'byte'",
        ),
        (
            {"arguments": {"x-max-length": 5, "x-queue-type": "quorum"}},
            "'x-queue-type' for queue 'q' in vhost '/': received 'quorum' but current is 'classic'",
        ),
    ],
)
def test_a_second_declaration_must_equal_the_first(client, options, words):
    arguments = {"x-max-length": 5}
    client.declare("q", arguments=arguments)
    text = closes(client, declare(**{"arguments": arguments, **options}))
    assert text == f"PRECONDITION_FAILED - inequivalent arg {words}"


def test_equal_declarations_are_one_queue(client):
    client.declare("q", arguments={"x-max-length": 5, "x-made-up": 1})
    assert client.declare("q", arguments={"x-max-length": 5, "x-made-up": 2}).queue == "q"
    assert client.declare("tasks", arguments={"x-queue-type": "classic"}).queue == "tasks"


LOCKED = (
    "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q' in vhost '/'. "
    "It could be originally declared on another connection or the exclusive property value does not "
    "match that of the original "
    "declaration."
)


@pytest.mark.parametrize(
    "method",
    [
        declare(passive=True),
        declare(exclusive=True),
        commands.Basic.Get(queue="q"),
        commands.Basic.Consume(queue="q"),
        commands.Queue.Purge(queue="q"),
        commands.Queue.Delete(queue="q"),
    ],
)
def test_an_exclusive_queue_is_locked_for_others(client, connect, method):
    client.declare("q", exclusive=True)
    assert closes(connect(), method) == LOCKED


def test_an_exclusive_queue_goes_with_its_connection(client, connect):
    client.declare("q", exclusive=True)
    client.vanish()
    assert closes(connect(), declare(passive=True)) == "NOT_FOUND - no queue 'q' in vhost '/'"


def test_exclusiveness_is_not_given_later(client):
    client.declare("q")
    assert closes(client, declare(exclusive=True)) == LOCKED


def test_an_auto_delete_queue_goes_with_its_last_consumer(client, connect):
    client.declare("q", auto_delete=True)
    client.consume("q", "a")
    client.consume("q", "b")
    client.call(commands.Basic.Cancel("a"))
    assert client.declare("q", auto_delete=True).consumer_count == 1
    client.vanish()
    assert closes(connect(), declare(passive=True)) == "NOT_FOUND - no queue 'q' in vhost '/'"


@pytest.mark.parametrize(
    ("method", "text"),
    [
        (declare("amq.mine"), "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'"),
        (declare("nope", passive=True), "NOT_FOUND - no queue 'nope' in vhost '/'"),
        (commands.Queue.Purge(queue="nope"), "NOT_FOUND - no queue 'nope' in vhost '/'"),
        (
            commands.Queue.Bind(queue="tasks", exchange="nope"),
            "NOT_FOUND - no exchange 'nope' in vhost '/'",
        ),
        (
            commands.Queue.Bind(queue="tasks", exchange=""),
            "ACCESS_REFUSED - operation not permitted on the default exchange",
        ),
        (
            commands.Queue.Bind(queue="tasks", exchange="amq.headers", arguments={"x-match": "odd"}),
            'PRECONDITION_FAILED - Invalid x-match field value <<"odd">>; '
            "expected all, any, all-with-x, or any-with-x",
        ),
        (
            commands.Exchange.Delete(exchange="amq.direct"),
            "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed",
        ),
        (
            commands.Exchange.Declare(exchange="amq.mine", exchange_type="direct"),
            "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
        ),
        (
            commands.Exchange.Declare(exchange="amq.direct", exchange_type="fanout", durable=True),
            "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amq.direct' in vhost '/': "
            "received 'fanout' but current is 'direct'",
        ),
        (
            commands.Exchange.Declare(exchange="e", exchange_type="odd"),
            "PRECONDITION_FAILED - unknown exchange type 'odd'",
        ),
        (
            commands.Exchange.Bind(destination="amq.direct", source="nope"),
            "NOT_FOUND - no exchange 'nope' in vhost '/'",
        ),
    ],
)
def test_what_is_refused(client, method, text):
    assert closes(client, method) == text


@pytest.mark.parametrize(
    "method",
    [
        commands.Queue.Delete(queue="nope"),
        commands.Queue.Unbind(queue="nope", exchange="amq.direct", routing_key="k"),
        commands.Exchange.Delete(exchange="nope"),
        commands.Exchange.Unbind(destination="nope", source="amq.direct", routing_key="k"),
    ],
)
def test_removing_what_is_not_there_is_no_error(client, method):
    assert client.call(method).name.endswith("Ok")


def test_delete_on_conditions(client, connect):
    client.publish("tasks")
    text = closes(connect(), commands.Queue.Delete(queue="tasks", if_empty=True))
    assert text == "PRECONDITION_FAILED - queue 'tasks' in vhost '/' not empty"
    client.consume("tasks", no_ack=True)
    client.received()
    text = closes(connect(), commands.Queue.Delete(queue="tasks", if_unused=True))
    assert text == "PRECONDITION_FAILED - queue 'tasks' in vhost '/' in use"


def test_purge_and_delete_tell_how_many(client):
    for _ in range(3):
        client.publish("tasks")
    client.get("tasks", no_ack=False)
    assert client.call(commands.Queue.Purge(queue="tasks")).message_count == 2
    client.publish("tasks")
    assert client.call(commands.Queue.Delete(queue="tasks")).message_count == 1


class TestRouting:
    def exchange(self, client, name, kind="fanout", **options):
        client.call(commands.Exchange.Declare(exchange=name, exchange_type=kind, **options))

    def test_exchanges_bound_to_exchanges(self, client):
        self.exchange(client, "outer", "topic")
        self.exchange(client, "inner")
        client.call(commands.Exchange.Bind(destination="inner", source="outer", routing_key="a.#"))
        client.call(commands.Exchange.Bind(destination="outer", source="inner"))  # a circle is no trouble
        client.call(commands.Queue.Bind(queue="tasks", exchange="inner"))
        client.publish("a.b", exchange="outer")
        client.publish("b.a", exchange="outer")
        assert client.count("tasks") == 1

    def test_a_queue_gets_a_message_once_however_many_ways_lead_to_it(self, client):
        for key in ("a", "#", "*"):
            client.call(commands.Queue.Bind(queue="tasks", exchange="amq.topic", routing_key=key))
        client.publish("a", exchange="amq.topic")
        assert client.count("tasks") == 1

    def test_an_alternate_exchange_takes_what_has_no_way(self, client):
        self.exchange(client, "rest")
        self.exchange(client, "main", "direct", arguments={"alternate-exchange": "rest"})
        client.call(commands.Queue.Bind(queue="tasks", exchange="rest"))
        client.publish("k", exchange="main", mandatory=True)
        assert client.received() == []
        assert client.count("tasks") == 1

    def test_routes_are_forgotten_when_the_topology_changes(self, client):
        client.publish("new", exchange="amq.direct", mandatory=True)
        assert client.received() == ["Basic.Return"]
        client.call(commands.Queue.Bind(queue="tasks", exchange="amq.direct", routing_key="new"))
        client.publish("new", exchange="amq.direct", mandatory=True)
        assert client.received() == []
        client.call(commands.Queue.Unbind(queue="tasks", exchange="amq.direct", routing_key="new"))
        client.publish("new", exchange="amq.direct", mandatory=True)
        assert client.received() == ["Basic.Return"]

    def test_headers_decide_for_each_message(self, client):
        client.call(commands.Queue.Bind(queue="tasks", exchange="amq.headers", arguments={"a": 1}))
        client.publish("", exchange="amq.headers", headers={"a": 2})
        client.publish("", exchange="amq.headers", headers={"a": 1})
        assert client.count("tasks") == 1

    def test_an_internal_exchange_is_for_exchanges(self, client):
        self.exchange(client, "inner", internal=True)
        client.publish("k", exchange="inner")
        client.received()
        assert client.frames[0].reply_text == (
            "ACCESS_REFUSED - cannot publish to internal exchange 'inner' in vhost '/'"
        )

    def test_an_auto_delete_exchange_goes_with_its_last_binding(self, client, broker):
        self.exchange(client, "outer", auto_delete=True)
        self.exchange(client, "inner", auto_delete=True)
        client.call(commands.Exchange.Bind(destination="inner", source="outer"))
        client.call(commands.Queue.Bind(queue="tasks", exchange="inner"))
        client.call(commands.Queue.Delete(queue="tasks"))
        assert not {"outer", "inner"} & set(broker.topology.exchanges)

    def test_an_exchange_in_use(self, client):
        self.exchange(client, "e")
        client.call(commands.Queue.Bind(queue="tasks", exchange="e"))
        text = closes(client, commands.Exchange.Delete(exchange="e", if_unused=True))
        assert text == "PRECONDITION_FAILED - exchange 'e' in vhost '/' in use"


class TestDenied:
    @pytest.fixture
    def policy(self) -> Policy:
        return Policy(denied=frozenset({"transient_nonexcl_queues"}))

    def test_a_transient_queue_that_is_shared_closes_the_connection(self, client):
        client.send(1, declare(durable=False))
        assert client.received() == ["Connection.Close"]
        assert client.frames[0].reply_code == 541
        assert "Feature `transient_nonexcl_queues` is deprecated." in client.frames[0].reply_text

    def test_an_exclusive_one_is_no_trouble(self, client):
        assert client.declare("q", durable=False, exclusive=True).queue == "q"


def test_a_queue_that_nobody_uses_expires(client, broker):
    client.declare("q", arguments={"x-expires": 1000})
    later(broker, 0.7)
    client.get("q")
    later(broker, 0.7)
    assert "q" in broker.topology.queues
    later(broker, 0.4)
    assert "q" not in broker.topology.queues


def test_a_queue_with_a_consumer_does_not_expire_but_later(client, broker):
    client.declare("q", arguments={"x-expires": 1000})
    client.consume("q", "t")
    for _ in range(5):
        later(broker, 0.9)
    client.call(commands.Basic.Cancel("t"))
    later(broker, 0.9)
    assert "q" in broker.topology.queues
    later(broker, 0.1)
    assert "q" not in broker.topology.queues


@pytest.mark.parametrize(
    ("flags", "word"), [({"if_empty": True}, "if-empty"), ({"if_unused": True}, "if-unused")]
)
def test_a_quorum_queue_is_deleted_without_conditions(client, flags, word):
    client.declare("q", arguments={"x-queue-type": "quorum"})
    assert closes(client, commands.Queue.Delete(queue="q", **flags)) == (
        "NOT_IMPLEMENTED - cannot delete queue 'q' in vhost '/'. "
        f"queue.delete operations with {word} flag set are not supported by quorum queues"
    )


def test_a_quorum_queue_has_a_name(client):
    text = closes(client, declare("", arguments={"x-queue-type": "quorum"}))
    assert text == "PRECONDITION_FAILED - Cannot declare a server-named queue for type rabbit_quorum_queue"


def test_the_reply_queue_can_be_asked_after(client, connect):
    client.consume("amq.rabbitmq.reply-to", "t", no_ack=True)
    client.received()
    client.publish("tasks", reply_to="amq.rabbitmq.reply-to")
    address = client.get("tasks")[1].reply_to
    assert connect().declare(address, passive=True).consumer_count == 1
    client.call(commands.Basic.Cancel("t"))
    assert closes(connect(), declare(address, passive=True)).startswith("NOT_FOUND")


def test_of_two_that_are_missing_the_exchange_is_named(client):
    text = closes(client, commands.Queue.Bind(queue="nope", exchange="none"))
    assert text == "NOT_FOUND - no exchange 'none' in vhost '/'"
