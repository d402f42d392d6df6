"""Exchanges: routing of each type, bindings, exchange-to-exchange, alternates, what is refused."""

from typing import Any

from pamqp.commands import Basic, Exchange, Queue

from tests.conformance.client import Channel, Client
from tests.conformance.scenario import expected_difference


def _routes(client: Client, kind: str, bindings: dict[str, list[str]], keys: list[str]) -> None:
    """Bind queues by keys, publish with each key, and see who gets what."""
    channel = client.channel()
    exchange = channel.exchange(kind=kind)
    queues = [channel.declare(word) for word in bindings]
    for queue, patterns in zip(queues, bindings.values(), strict=True):
        for pattern in patterns:
            channel.bind(queue, exchange, pattern)
    for key in keys:
        channel.publish(key, key.encode(), to=exchange)
    _drain_all(client, channel, queues)


def _drain_all(client: Client, channel: Channel, queues: list[str]) -> None:
    client.settle()
    for queue in queues:
        channel.drain(queue)


def _matches(client: Client, binding: dict[str, Any], *messages: dict[str, Any] | None) -> None:
    """Bind one queue by header arguments, and see which messages reach it."""
    channel = client.channel()
    exchange = channel.exchange(kind="headers")
    queue = channel.declare()
    channel.bind(queue, exchange, arguments=binding)
    for number, headers in enumerate(messages):
        channel.publish("", b"%d" % number, to=exchange, headers=headers)
    _drain_all(client, channel, [queue])


def the_default_exchange_routes_by_queue_name(client: Client):
    channel = client.channel()
    a, b = channel.declare("a"), channel.declare("b")
    channel.publish(a, b"for a")
    channel.publish(b, b"for b")
    _drain_all(client, channel, [a, b])


def direct_routes_by_equal_keys(client: Client):
    _routes(client, "direct", {"a": ["red", "blue"], "b": ["red"], "c": [""]}, ["red", "blue", "green", ""])


def fanout_ignores_keys(client: Client):
    _routes(client, "fanout", {"a": ["red"], "b": [""], "c": []}, ["red", "blue"])


def topic_with_a_star(client: Client):
    _routes(
        client,
        "topic",
        {"a": ["*.error"], "b": ["*"], "c": ["a.*.c"]},
        ["x.error", "error", "a.b.c", "a.c", ""],
    )


def topic_with_a_hash(client: Client):
    _routes(
        client,
        "topic",
        {"a": ["#"], "b": ["a.#"], "c": ["#.z"], "d": ["a.#.z"], "e": ["#.#"]},
        ["a", "a.b", "a.z", "a.b.c.z", "z", ""],
    )


def topic_with_star_and_hash(client: Client):
    _routes(
        client,
        "topic",
        {"a": ["*.#"], "b": ["#.*"], "c": ["*.#.*"], "d": ["#.b.*"]},
        ["", "a", "a.b", "a.b.c"],
    )


def topic_with_empty_words(client: Client):
    _routes(
        client, "topic", {"a": ["*.*"], "b": ["a."], "c": [".#"], "d": ["*"]}, [".", "a.", ".a", "a..b", ""]
    )


def topic_without_wildcards_is_direct(client: Client):
    _routes(client, "topic", {"a": ["a.b"], "b": ["a.B"]}, ["a.b", "a.B", "a"])


def topic_wildcards_only_as_whole_words(client: Client):
    _routes(client, "topic", {"a": ["a*.b"], "b": ["a#"]}, ["ax.b", "a*.b", "a#", "ab"])


def a_queue_bound_twice_gets_one_copy(client: Client):
    _routes(client, "topic", {"a": ["#", "a.*", "a.b"]}, ["a.b"])


def headers_all(client: Client):
    _matches(
        client,
        {"x-match": "all", "a": "1", "b": "2"},
        {"a": "1", "b": "2"}, {"a": "1"}, {"a": "1", "b": "3"}, {"a": "1", "b": "2", "c": "3"}, {}, None,
    )  # fmt: skip


def headers_any(client: Client):
    _matches(
        client,
        {"x-match": "any", "a": "1", "b": "2"},
        {"a": "1", "b": "2"}, {"a": "1"}, {"b": "2", "a": "9"}, {"a": "9"}, {"c": "1"}, None,
    )  # fmt: skip


def headers_match_all_by_default(client: Client):
    _matches(client, {"a": "1", "b": "2"}, {"a": "1"}, {"a": "1", "b": "2"})


def headers_without_arguments_match_everything(client: Client):
    _matches(client, {}, {"a": "1"}, {}, None)


def headers_any_without_arguments_matches_nothing(client: Client):
    _matches(client, {"x-match": "any"}, {"a": "1"}, {}, None)


@expected_difference("4.x does not take 1 for 1.0")
def headers_compare_values_by_type(client: Client):
    _matches(client, {"a": 1}, {"a": 1}, {"a": "1"}, {"a": True}, {"a": 1.0}, {"a": 70_000})


@expected_difference("4.x does not take 1 for 1.0")
def headers_compare_numbers_of_different_sizes(client: Client):
    _matches(client, {"a": 300}, {"a": 300}, {"a": 301}, {"a": 300.0})


def headers_without_a_value_ask_for_presence(client: Client):
    _matches(client, {"a": None}, {"a": "1"}, {"a": None}, {"b": "1"})


def headers_whose_names_begin_with_x_do_not_count(client: Client):
    _matches(
        client, {"x-match": "all", "x-a": "1", "b": "2"}, {"b": "2"}, {"x-a": "1", "b": "2"}, {"x-a": "1"}
    )


def headers_all_with_x(client: Client):
    _matches(client, {"x-match": "all-with-x", "x-a": "1"}, {"x-a": "1"}, {"x-a": "2"}, {})


def headers_any_with_x(client: Client):
    _matches(client, {"x-match": "any-with-x", "x-a": "1", "b": "2"}, {"x-a": "1"}, {"b": "2"}, {"b": "3"})


def headers_compare_tables_and_lists(client: Client):
    _matches(
        client, {"a": {"b": "c"}, "d": ["e"]}, {"a": {"b": "c"}, "d": ["e"]}, {"a": {"b": "x"}, "d": ["e"]}
    )


def headers_with_an_unknown_match_are_refused(client: Client):
    channel = client.channel()
    exchange = channel.exchange(kind="headers")
    channel.bind(channel.declare(), exchange, arguments={"x-match": "some"})


def headers_with_a_number_as_match_are_refused(client: Client):
    channel = client.channel()
    exchange = channel.exchange(kind="headers")
    channel.bind(channel.declare(), exchange, arguments={"x-match": 1})


def the_predeclared_exchanges_exist(client: Client):
    channel = client.channel()
    for name in ("amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match", "amq.rabbitmq.trace"):
        channel.call(Exchange.Declare(exchange=name, passive=True))


def the_predeclared_exchanges_have_their_types(client: Client):
    channel = client.channel()
    for kind in ("direct", "fanout", "topic", "headers"):
        channel.call(Exchange.Declare(exchange=f"amq.{kind}", exchange_type=kind, durable=True))


def amq_topic_routes(client: Client):
    channel = client.channel()
    queue, key = channel.declare(), client.name("key")
    channel.bind(queue, "amq.topic", key + ".#")
    channel.publish(key + ".a", b"1", to="amq.topic")
    _drain_all(client, channel, [queue])


def a_predeclared_exchange_with_another_type_is_refused(client: Client):
    client.channel().call(Exchange.Declare(exchange="amq.direct", exchange_type="fanout", durable=True))


def a_passive_declare_ignores_all_but_the_name(client: Client):
    channel = client.channel()
    name = channel.exchange(kind="topic", durable=True)
    channel.call(Exchange.Declare(exchange=name, exchange_type="fanout", passive=True))


def a_passive_declare_of_a_missing_exchange(client: Client):
    client.channel().call(Exchange.Declare(exchange=client.name("x"), passive=True))


def declaring_again_is_fine(client: Client):
    channel = client.channel()
    channel.exchange(kind="topic", durable=True)
    channel.exchange(kind="topic", durable=True)


def another_type_is_refused(client: Client):
    channel = client.channel()
    channel.exchange(kind="topic")
    channel.exchange(kind="direct")


def another_durability_is_refused(client: Client):
    channel = client.channel()
    channel.exchange(durable=False)
    channel.exchange(durable=True)


def another_auto_delete_is_refused(client: Client):
    channel = client.channel()
    channel.exchange(auto_delete=False)
    channel.exchange(auto_delete=True)


def another_internal_is_refused(client: Client):
    channel = client.channel()
    channel.exchange(internal=False)
    channel.exchange(internal=True)


def another_alternate_is_refused(client: Client):
    channel = client.channel()
    channel.exchange(arguments={"alternate-exchange": "amq.fanout"})
    channel.exchange(arguments={"alternate-exchange": "amq.direct"})


def a_missing_alternate_is_refused(client: Client):
    channel = client.channel()
    channel.exchange(arguments={"alternate-exchange": "amq.fanout"})
    channel.exchange()


def an_argument_without_meaning_is_accepted(client: Client):
    channel = client.channel()
    channel.exchange(arguments={"made-up": 1})
    channel.exchange(arguments={"made-up": 2})


@expected_difference("4.x closes the channel only")
def an_unknown_type_is_refused(client: Client):
    client.channel().exchange(kind="made-up")


def a_name_that_begins_with_amq_is_refused(client: Client):
    client.channel().call(Exchange.Declare(exchange="amq.mine"))


def the_empty_name_is_refused(client: Client):
    client.channel().call(Exchange.Declare(exchange="", exchange_type="direct"))


def the_empty_name_is_refused_passively_too(client: Client):
    client.channel().call(Exchange.Declare(exchange="", passive=True))


def a_declare_without_wait(client: Client):
    channel = client.channel()
    name = client.name("x")
    channel.send(Exchange.Declare(exchange=name, nowait=True))
    channel.call(Exchange.Declare(exchange=name, passive=True))
    channel.call(Exchange.Delete(exchange=name))


def delete_a_missing_exchange(client: Client):
    client.channel().call(Exchange.Delete(exchange=client.name("x")))


def delete_removes_the_exchange(client: Client):
    channel = client.channel()
    name = channel.exchange()
    channel.call(Exchange.Delete(exchange=name))
    channel.call(Exchange.Declare(exchange=name, passive=True))


def delete_if_unused_spares_a_bound_one(client: Client):
    channel = client.channel()
    name = channel.exchange()
    channel.bind(channel.declare(), name)
    channel.call(Exchange.Delete(exchange=name, if_unused=True))


def delete_if_unused_removes_an_unbound_one(client: Client):
    channel = client.channel()
    channel.call(Exchange.Delete(exchange=channel.exchange(), if_unused=True))


def delete_a_predeclared_exchange(client: Client):
    client.channel().call(Exchange.Delete(exchange="amq.direct"))


def delete_the_default_exchange(client: Client):
    client.channel().call(Exchange.Delete(exchange=""))


def auto_delete_goes_with_the_last_binding(client: Client):
    channel = client.channel()
    exchange = channel.exchange(auto_delete=True)
    a, b = channel.declare("a"), channel.declare("b")
    channel.bind(a, exchange)
    channel.bind(b, exchange)
    channel.call(Queue.Unbind(queue=a, exchange=exchange))
    channel.call(Exchange.Declare(exchange=exchange, passive=True))
    channel.call(Queue.Delete(queue=b))
    channel.call(Exchange.Declare(exchange=exchange, passive=True))


def auto_delete_without_a_binding_stays(client: Client):
    channel = client.channel()
    exchange = channel.exchange(auto_delete=True)
    channel.call(Exchange.Declare(exchange=exchange, passive=True))


def publish_to_an_internal_exchange_is_refused(client: Client):
    channel = client.channel()
    exchange = channel.exchange(internal=True)
    channel.publish("k", b"x", to=exchange)
    channel.expect()


def unbind_stops_the_flow(client: Client):
    channel = client.channel()
    exchange, queue = channel.exchange(), channel.declare()
    channel.bind(queue, exchange, "k")
    channel.publish("k", b"1", to=exchange)
    channel.call(Queue.Unbind(queue=queue, exchange=exchange, routing_key="k"))
    channel.publish("k", b"2", to=exchange)
    _drain_all(client, channel, [queue])


def unbind_of_what_was_not_bound(client: Client):
    channel = client.channel()
    exchange, queue = channel.exchange(), channel.declare()
    channel.call(Queue.Unbind(queue=queue, exchange=exchange, routing_key="k"))


def unbind_from_a_missing_exchange(client: Client):
    channel = client.channel()
    channel.call(Queue.Unbind(queue=channel.declare(), exchange=client.name("x"), routing_key="k"))


def unbind_of_a_missing_queue(client: Client):
    channel = client.channel()
    channel.call(Queue.Unbind(queue=client.name("q"), exchange=channel.exchange(), routing_key="k"))


def bind_to_a_missing_exchange(client: Client):
    channel = client.channel()
    channel.bind(channel.declare(), client.name("x"), "k")


def bind_of_a_missing_queue(client: Client):
    channel = client.channel()
    channel.bind(client.name("q"), channel.exchange(), "k")


def bind_of_neither(client: Client):
    client.channel().bind(client.name("q"), client.name("x"), "k")


def bind_to_the_default_exchange_is_refused(client: Client):
    channel = client.channel()
    channel.bind(channel.declare(), "", "k")


def unbind_from_the_default_exchange_is_refused(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.call(Queue.Unbind(queue=queue, exchange="", routing_key=queue))


def bind_twice_is_one_binding(client: Client):
    channel = client.channel()
    exchange, queue = channel.exchange(), channel.declare()
    channel.bind(queue, exchange, "k")
    channel.bind(queue, exchange, "k")
    channel.call(Queue.Unbind(queue=queue, exchange=exchange, routing_key="k"))
    channel.publish("k", b"1", to=exchange)
    _drain_all(client, channel, [queue])


def bindings_with_other_arguments_are_other_bindings(client: Client):
    channel = client.channel()
    exchange, queue = channel.exchange(), channel.declare()
    channel.bind(queue, exchange, "k", {"a": 1})
    channel.bind(queue, exchange, "k", {"a": 2})
    channel.call(Queue.Unbind(queue=queue, exchange=exchange, routing_key="k", arguments={"a": 1}))
    channel.publish("k", b"1", to=exchange)
    _drain_all(client, channel, [queue])


def exchange_to_exchange(client: Client):
    channel = client.channel()
    source, target = channel.exchange("source", "topic"), channel.exchange("target", "fanout")
    queue = channel.declare()
    channel.call(Exchange.Bind(destination=target, source=source, routing_key="a.#"))
    channel.bind(queue, target)
    for key in ("a.b", "b.a"):
        channel.publish(key, key.encode(), to=source)
    _drain_all(client, channel, [queue])


def exchange_to_exchange_and_back_is_no_endless_loop(client: Client):
    channel = client.channel()
    one, two = channel.exchange("one", "fanout"), channel.exchange("two", "fanout")
    queue = channel.declare()
    channel.call(Exchange.Bind(destination=two, source=one))
    channel.call(Exchange.Bind(destination=one, source=two))
    channel.bind(queue, two)
    channel.bind(queue, one)
    channel.publish("", b"1", to=one)
    _drain_all(client, channel, [queue])


def an_internal_exchange_passes_on(client: Client):
    channel = client.channel()
    source, target = channel.exchange("source"), channel.exchange("target", "fanout", internal=True)
    queue = channel.declare()
    channel.call(Exchange.Bind(destination=target, source=source, routing_key="k"))
    channel.bind(queue, target)
    channel.publish("k", b"1", to=source)
    _drain_all(client, channel, [queue])


def exchange_unbind(client: Client):
    channel = client.channel()
    source, target = channel.exchange("source", "fanout"), channel.exchange("target", "fanout")
    queue = channel.declare()
    channel.call(Exchange.Bind(destination=target, source=source))
    channel.bind(queue, target)
    channel.call(Exchange.Unbind(destination=target, source=source))
    channel.publish("", b"1", to=source, mandatory=True)
    channel.expect(Basic.Return)
    _drain_all(client, channel, [queue])


def exchange_bind_from_a_missing_source(client: Client):
    channel = client.channel()
    channel.call(Exchange.Bind(destination=channel.exchange(), source=client.name("missing")))


def exchange_bind_to_a_missing_destination(client: Client):
    channel = client.channel()
    channel.call(Exchange.Bind(destination=client.name("missing"), source=channel.exchange()))


def exchange_bind_with_the_default_exchange(client: Client):
    channel = client.channel()
    channel.call(Exchange.Bind(destination=channel.exchange(), source=""))


def an_alternate_gets_what_is_unroutable(client: Client):
    channel = client.channel()
    alternate = channel.exchange("alternate", "fanout")
    exchange = channel.exchange(arguments={"alternate-exchange": alternate})
    queue, lost = channel.declare("q"), channel.declare("lost")
    channel.bind(queue, exchange, "k")
    channel.bind(lost, alternate)
    channel.publish("k", b"1", to=exchange)
    channel.publish("other", b"2", to=exchange, mandatory=True)
    _drain_all(client, channel, [queue, lost])


def a_missing_alternate_does_not_matter(client: Client):
    channel = client.channel()
    exchange = channel.exchange(arguments={"alternate-exchange": client.name("missing")})
    channel.publish("k", b"1", to=exchange, mandatory=True)
    channel.expect()


def alternates_in_a_row(client: Client):
    channel = client.channel()
    third = channel.exchange("third", "fanout")
    second = channel.exchange("second", arguments={"alternate-exchange": third})
    first = channel.exchange("first", arguments={"alternate-exchange": second})
    queue = channel.declare()
    channel.bind(queue, third)
    channel.publish("k", b"1", to=first)
    _drain_all(client, channel, [queue])


def alternates_in_a_circle(client: Client):
    channel = client.channel()
    first = channel.exchange("first", arguments={"alternate-exchange": client.name("second")})
    channel.exchange("second", arguments={"alternate-exchange": first})
    channel.publish("k", b"1", to=first, mandatory=True)
    channel.expect()


def an_alternate_of_a_wrong_type_is_refused(client: Client):
    client.channel().exchange(arguments={"alternate-exchange": 5})


def cc_and_bcc_route_to_more_queues(client: Client):
    channel = client.channel()
    a, b, c = channel.declare("a"), channel.declare("b"), channel.declare("c")
    channel.publish(a, b"1", headers={"CC": [b], "BCC": [c]})
    _drain_all(client, channel, [a, b, c])


def cc_that_is_no_list_is_refused(client: Client):
    channel = client.channel()
    channel.publish(channel.declare(), b"1", headers={"CC": "b"})
    channel.expect()
