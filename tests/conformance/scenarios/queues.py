"""Queues: declaring, comparing arguments, exclusiveness, auto-delete, purge, delete."""

from typing import Any

from pamqp.commands import Basic, Queue

from tests.conformance.client import Client, eventually
from tests.conformance.scenario import expected_difference
from tests.conformance.wire import raw_method


def _declares(client: Client, arguments: dict[str, Any], **flags: bool) -> None:
    """Declare once, and once more to see that it is the same."""
    channel = client.channel()
    channel.declare(arguments=arguments, **flags)
    if not channel.is_closed:
        channel.declare(arguments=arguments, **flags)


def _differs(client: Client, first: dict[str, Any], second: dict[str, Any]) -> None:
    channel = client.channel()
    channel.declare(arguments=first, durable=True)
    channel.declare(arguments=second, durable=True)


def declare_durable(client: Client):
    _declares(client, {}, durable=True)


def declare_transient(client: Client):
    _declares(client, {})


def declare_transient_and_auto_delete(client: Client):
    _declares(client, {}, auto_delete=True)


def declare_durable_and_exclusive(client: Client):
    _declares(client, {}, durable=True, exclusive=True)


def declare_without_wait(client: Client):
    channel = client.channel()
    queue = client.name()
    channel.send(Queue.Declare(queue=queue, nowait=True, exclusive=True))
    channel.count(queue)


def the_server_names_a_queue(client: Client):
    channel = client.channel()
    first = channel.call(Queue.Declare(exclusive=True)).queue
    second = channel.call(Queue.Declare(exclusive=True)).queue
    client.note(first != second, first[:8], len(first))


def the_empty_name_means_the_last_declared_queue(client: Client):
    channel = client.channel()
    queue = channel.call(Queue.Declare(exclusive=True)).queue
    channel.publish(queue, b"1")
    client.settle()
    channel.call(Queue.Bind(queue="", exchange="amq.fanout"))
    channel.call(Basic.Get(queue="", no_ack=True))
    channel.call(Basic.Consume(queue="", consumer_tag="c"))
    channel.call(Queue.Delete(queue=""))


def the_empty_key_of_a_bind_means_the_queue_when_both_are_empty(client: Client):
    channel = client.channel()
    exchange = channel.exchange()
    queue = channel.call(Queue.Declare(exclusive=True)).queue
    channel.call(Queue.Bind(queue="", exchange=exchange, routing_key=""))
    channel.publish(queue, b"by name", to=exchange)
    channel.publish("", b"by nothing", to=exchange)
    client.settle()
    channel.drain(queue)


def the_empty_name_without_a_declared_queue(client: Client):
    client.channel().call(Basic.Get(queue=""))


def the_empty_name_passively_without_a_declared_queue(client: Client):
    client.channel().call(Queue.Declare(queue="", passive=True))


def a_passive_declare_counts_messages_and_consumers(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    channel.count(queue)
    channel.qos(1)
    channel.consume(queue, "c")
    channel.expect()
    channel.count(queue)


def a_declare_of_what_exists_counts_too(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish(queue, b"1")
    client.settle()
    channel.declare()


def a_passive_declare_ignores_flags(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.call(Queue.Declare(queue=queue, passive=True, auto_delete=True, arguments={"x-max-length": 1}))


def a_passive_declare_of_a_missing_queue(client: Client):
    client.channel().count(client.name("missing"))


def a_name_that_begins_with_amq_is_refused(client: Client):
    client.channel().call(Queue.Declare(queue="amq.mine"))


def a_name_that_begins_with_amq_may_be_asked_for(client: Client):
    client.channel().call(Queue.Declare(queue="amq.mine", passive=True))


def a_name_of_255_bytes(client: Client):
    channel = client.channel()
    name = client.name("n").ljust(127, "n")
    channel.call(Queue.Declare(queue=name, exclusive=True))


def another_durability_is_refused(client: Client):
    channel = client.channel()
    channel.declare(durable=True)
    channel.declare(durable=False)


def another_auto_delete_is_refused(client: Client):
    channel = client.channel()
    channel.declare()
    channel.declare(auto_delete=True)


def another_exclusiveness_is_refused(client: Client):
    channel = client.channel()
    channel.declare()
    channel.declare(exclusive=True)


def an_exclusive_queue_is_not_declared_open(client: Client):
    channel = client.channel()
    channel.declare(exclusive=True)
    channel.declare()


def one_more_argument_is_refused(client: Client):
    _differs(client, {}, {"x-max-length": 5})


def one_argument_less_is_refused(client: Client):
    _differs(client, {"x-message-ttl": 5000}, {})


def another_number_is_refused(client: Client):
    _differs(client, {"x-max-length": 5}, {"x-max-length": 6})


def another_text_is_refused(client: Client):
    _differs(client, {"x-dead-letter-exchange": "a"}, {"x-dead-letter-exchange": "b"})


def another_number_of_priorities_is_refused(client: Client):
    _differs(client, {"x-max-priority": 5}, {"x-max-priority": 9})


def another_overflow_is_refused(client: Client):
    _differs(client, {"x-overflow": "drop-head"}, {"x-overflow": "reject-publish"})


def another_expiry_is_refused(client: Client):
    _differs(client, {"x-expires": 60_000}, {"x-expires": 70_000})


def one_that_is_not_single_active_is_refused(client: Client):
    _differs(client, {"x-single-active-consumer": True}, {})


def a_value_of_another_type_is_refused(client: Client):
    _differs(client, {"x-max-length": 5}, {"x-max-length": "5"})


def another_queue_type_is_refused(client: Client):
    _differs(client, {"x-queue-type": "classic"}, {"x-queue-type": "quorum"})


def classic_is_the_type_by_default(client: Client):
    _differs(client, {}, {"x-queue-type": "classic"})


def another_queue_mode_is_refused(client: Client):
    _differs(client, {"x-queue-mode": "lazy"}, {})


def an_argument_without_meaning_is_not_compared(client: Client):
    _differs(client, {"x-made-up": 1}, {"x-made-up": 2})


def the_size_of_a_number_does_not_matter(client: Client):
    # pamqp sends 5 in one byte; the second declare sends it in eight.
    channel = client.channel()
    queue = channel.declare(arguments={"x-max-length": 5})
    name = queue.encode()
    table = b"\x0cx-max-lengthl" + (5).to_bytes(8, "big")
    payload = b"\0\0" + bytes([len(name)]) + name + b"\0" + len(table).to_bytes(4, "big") + table
    channel.connection.send_raw(raw_method(1, 50, 10, payload), "Queue.Declare(x-max-length=5 as 64 bits)")
    channel.expect()


def several_differences_name_one(client: Client):
    channel = client.channel()
    channel.declare(durable=True, arguments={"x-max-length": 5})
    channel.declare(durable=False, auto_delete=True, arguments={"x-max-length": 6})


def all_arguments_at_once(client: Client):
    _declares(
        client,
        {
            "x-message-ttl": 60_000, "x-expires": 60_000, "x-max-length": 5, "x-max-length-bytes": 500,
            "x-overflow": "reject-publish", "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "k",
            "x-max-priority": 3, "x-single-active-consumer": True, "x-queue-type": "classic",
        },
        durable=True,
    )  # fmt: skip


def unknown_arguments_are_accepted(client: Client):
    _declares(client, {"x-made-up": 1, "made-up": "2", "x-ha-policy": "all"}, durable=True)


def queue_mode_lazy_is_accepted(client: Client):
    _declares(client, {"x-queue-mode": "lazy"}, durable=True)


def queue_version_2_is_accepted(client: Client):
    _declares(client, {"x-queue-version": 2}, durable=True)


def queue_version_3_is_refused(client: Client):
    _declares(client, {"x-queue-version": 3}, durable=True)


@expected_difference("4.x ignores x-queue-mode")
def an_unknown_queue_mode_is_refused(client: Client):
    _declares(client, {"x-queue-mode": "busy"}, durable=True)


def an_unknown_queue_type_is_refused(client: Client):
    _declares(client, {"x-queue-type": "made-up"}, durable=True)


def a_queue_type_that_is_no_text_is_refused(client: Client):
    _declares(client, {"x-queue-type": 5}, durable=True)


def a_negative_ttl_is_refused(client: Client):
    _declares(client, {"x-message-ttl": -1})


def a_ttl_of_zero_is_accepted(client: Client):
    _declares(client, {"x-message-ttl": 0})


def a_ttl_that_is_no_number_is_refused(client: Client):
    _declares(client, {"x-message-ttl": "5000"})


def a_ttl_that_is_too_long_is_refused(client: Client):
    _declares(client, {"x-message-ttl": 2**40})


def a_ttl_with_a_fraction_is_refused(client: Client):
    _declares(client, {"x-message-ttl": 1.5})


def an_expiry_of_zero_is_refused(client: Client):
    _declares(client, {"x-expires": 0})


def a_negative_expiry_is_refused(client: Client):
    _declares(client, {"x-expires": -5})


def an_expiry_that_is_no_number_is_refused(client: Client):
    _declares(client, {"x-expires": "soon"})


def a_negative_max_length_is_refused(client: Client):
    _declares(client, {"x-max-length": -1})


def a_max_length_that_is_no_number_is_refused(client: Client):
    _declares(client, {"x-max-length": "5"})


def negative_max_length_bytes_are_refused(client: Client):
    _declares(client, {"x-max-length-bytes": -1})


def an_unknown_overflow_is_refused(client: Client):
    _declares(client, {"x-overflow": "made-up"})


def an_overflow_that_is_no_text_is_refused(client: Client):
    _declares(client, {"x-overflow": 1})


def a_max_priority_of_256_is_refused(client: Client):
    _declares(client, {"x-max-priority": 256})


def a_negative_max_priority_is_refused(client: Client):
    _declares(client, {"x-max-priority": -1})


def a_max_priority_of_255_is_accepted(client: Client):
    _declares(client, {"x-max-priority": 255})


def a_max_priority_that_is_no_number_is_refused(client: Client):
    _declares(client, {"x-max-priority": "high"})


def a_dead_letter_exchange_that_is_no_text_is_refused(client: Client):
    _declares(client, {"x-dead-letter-exchange": 5})


def a_dead_letter_key_without_an_exchange_is_refused(client: Client):
    _declares(client, {"x-dead-letter-routing-key": "k"})


def a_dead_letter_key_that_is_no_text_is_refused(client: Client):
    _declares(client, {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": 5})


def a_dead_letter_exchange_need_not_exist(client: Client):
    _declares(client, {"x-dead-letter-exchange": "no-such-exchange"})


def single_active_that_is_no_bool_is_refused(client: Client):
    _declares(client, {"x-single-active-consumer": "yes"})


def a_delivery_limit_on_classic_is_refused(client: Client):
    _declares(client, {"x-queue-type": "classic", "x-delivery-limit": 3}, durable=True)


def an_exclusive_queue_is_locked_for_others(client: Client):
    mine, other = client.connection(), client.connection()
    queue = mine.channel().declare(exclusive=True)
    other.channel().count(queue)


def an_exclusive_queue_cannot_be_used_by_others(client: Client):
    mine, other = client.connection(), client.connection()
    queue = mine.channel().declare(exclusive=True)
    other.channel().consume(queue)
    other.channel().get(queue)
    other.channel().bind(queue, "amq.fanout")
    other.channel().call(Queue.Purge(queue=queue))
    other.channel().call(Queue.Delete(queue=queue))
    other.channel().call(Queue.Declare(queue=queue, exclusive=True))


def an_exclusive_queue_takes_messages_of_others(client: Client):
    mine, other = client.connection(), client.connection()
    channel = mine.channel()
    queue = channel.declare(exclusive=True)
    other.channel().publish(queue, b"1")
    channel.settle_and_get(queue)


def an_exclusive_queue_goes_with_its_connection(client: Client):
    mine, other = client.connection(), client.connection()
    queue = mine.channel().declare(exclusive=True)
    mine.close()
    eventually(lambda: other.channel().ready_count(queue) == -1 or None)
    other.channel().count(queue)


def an_exclusive_queue_goes_when_the_connection_is_cut(client: Client):
    mine, other = client.connection(), client.connection()
    queue = mine.channel().declare(exclusive=True)
    mine.cut()
    eventually(lambda: other.channel().ready_count(queue) == -1 or None)
    other.channel().count(queue)


def an_exclusive_queue_outlives_its_channel(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare(exclusive=True)
    first.close()
    second.count(queue)


def auto_delete_goes_with_the_last_consumer(client: Client):
    channel = client.channel()
    queue = channel.declare(auto_delete=True)
    channel.consume(queue, "a")
    channel.consume(queue, "b")
    channel.call(Basic.Cancel(consumer_tag="a"))
    channel.count(queue)
    channel.call(Basic.Cancel(consumer_tag="b"))
    channel.count(queue)


def auto_delete_goes_when_the_consumers_channel_closes(client: Client):
    connection = client.connection()
    first, second = connection.channel(), connection.channel()
    queue = first.declare(auto_delete=True)
    first.consume(queue, "a")
    first.close()
    second.count(queue)


def auto_delete_without_a_consumer_stays(client: Client):
    channel = client.channel()
    queue = channel.declare(auto_delete=True)
    channel.publish(queue, b"1")
    channel.settle_and_get(queue)
    channel.count(queue)


def auto_delete_takes_its_messages_along(client: Client):
    channel = client.channel()
    queue = channel.declare(auto_delete=True)
    channel.qos(1)
    channel.consume(queue, "a")
    channel.publish_each(queue, b"1", b"2")
    channel.expect()
    channel.call(Basic.Cancel(consumer_tag="a"))
    channel.ack(1)
    client.settle()
    channel.count(queue)


def purge_counts_what_was_ready(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    channel.get(queue)
    channel.call(Queue.Purge(queue=queue))
    channel.reject(1)
    client.settle()
    channel.drain(queue)


def purge_of_an_empty_queue(client: Client):
    channel = client.channel()
    channel.call(Queue.Purge(queue=channel.declare()))


def purge_of_a_missing_queue(client: Client):
    client.channel().call(Queue.Purge(queue=client.name("missing")))


def purge_without_wait(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish(queue, b"1")
    client.settle()
    channel.send(Queue.Purge(queue=queue, nowait=True))
    channel.count(queue)


def delete_counts_what_was_ready(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    channel.get(queue)
    channel.call(Queue.Delete(queue=queue))


def delete_of_a_missing_queue(client: Client):
    client.channel().call(Queue.Delete(queue=client.name("missing")))


def delete_if_empty_spares_a_full_one(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish(queue, b"1")
    client.settle()
    channel.call(Queue.Delete(queue=queue, if_empty=True))


def delete_if_empty_removes_one_with_unacked_only(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish(queue, b"1")
    client.settle()
    channel.get(queue)
    channel.call(Queue.Delete(queue=queue, if_empty=True))


def delete_if_unused_spares_one_in_use(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.consume(queue, "c")
    channel.call(Queue.Delete(queue=queue, if_unused=True))


def delete_if_unused_removes_an_idle_one(client: Client):
    channel = client.channel()
    channel.call(Queue.Delete(queue=channel.declare(), if_unused=True))


def delete_if_both_names_use_first(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.qos(1)
    channel.consume(queue, "c")
    channel.publish_each(queue, b"1", b"2")
    client.settle()
    channel.call(Queue.Delete(queue=queue, if_unused=True, if_empty=True))


def delete_removes_bindings(client: Client):
    channel = client.channel()
    exchange, queue = channel.exchange(), channel.declare()
    channel.bind(queue, exchange, "k")
    channel.call(Queue.Delete(queue=queue))
    channel.declare()
    channel.publish("k", b"1", to=exchange, mandatory=True)
    channel.expect()


def an_ack_after_the_queue_is_gone(client: Client):
    channel = client.channel()
    queue = channel.declare()
    channel.publish(queue, b"1")
    client.settle()
    channel.get(queue)
    channel.call(Queue.Delete(queue=queue))
    channel.ack(1)
    client.settle()


def x_expires_removes_an_idle_queue(client: Client):
    client.is_watched = True  # asking for a queue is a use of it
    channel = client.channel()
    queue = channel.declare(arguments={"x-expires": 150})
    channel.publish(queue, b"1", mandatory=True)
    client.wait_until_gone(queue)


def x_expires_waits_while_there_is_a_consumer(client: Client):
    client.is_watched = True
    channel = client.channel()
    queue = channel.declare(arguments={"x-expires": 300})
    channel.consume(queue, "c")
    other = client.channel().declare("other", arguments={"x-expires": 700})
    client.wait_until_gone(other)
    channel.count(queue)
