"""Dead letters: why, where to, with which headers."""

from typing import Any

from pamqp.commands import Queue

from tests.conformance.client import Channel, Client
from tests.conformance.scenario import expected_difference


def _with_grave(client: Client, word: str = "q", **arguments: Any) -> tuple[Channel, str, str]:
    """Return a channel, a queue, and the queue where its dead letters arrive."""
    channel = client.channel()
    grave = channel.declare("grave")
    arguments = {name.replace("_", "-"): value for name, value in arguments.items()}
    queue = channel.declare(
        word, arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": grave} | arguments
    )
    return channel, queue, grave


def _publish_and_get(client: Client, channel: Channel, queue: str, **options: Any) -> int:
    channel.publish(queue, b"x", **options)
    client.settle()
    return int(channel.get(queue).delivery_tag)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def a_rejected_message(client: Client):
    channel, queue, grave = _with_grave(client)
    channel.reject(_publish_and_get(client, channel, queue), requeue=False)
    channel.get_when_there(grave)


def a_nacked_message(client: Client):
    channel, queue, grave = _with_grave(client)
    channel.nack(_publish_and_get(client, channel, queue), requeue=False)
    channel.get_when_there(grave)


def several_nacked_messages_keep_their_order(client: Client):
    channel, queue, grave = _with_grave(client)
    channel.publish_each(queue, b"1", b"2", b"3")
    client.settle()
    for _ in range(3):
        channel.get(queue)
    channel.nack(0, multiple=True, requeue=False)
    channel.wait_for_count(grave, 3)
    channel.drain(grave)


def a_requeued_message_is_no_dead_letter(client: Client):
    channel, queue, grave = _with_grave(client)
    channel.nack(_publish_and_get(client, channel, queue))
    client.settle()
    channel.count(grave)


def an_expired_message(client: Client):
    channel, queue, grave = _with_grave(client, x_message_ttl=30)
    channel.publish(queue, b"x")
    channel.get_when_there(grave)


def a_message_that_expired_by_itself_loses_its_expiration(client: Client):
    channel, queue, grave = _with_grave(client)
    channel.publish(queue, b"x", expiration="30", message_id="m", delivery_mode=2)
    channel.get_when_there(grave)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def a_rejected_message_loses_its_expiration_too(client: Client):
    channel, queue, grave = _with_grave(client)
    channel.reject(_publish_and_get(client, channel, queue, expiration="60000"), requeue=False)
    channel.get_when_there(grave)


def a_message_for_which_there_is_no_room(client: Client):
    channel, queue, grave = _with_grave(client, x_max_length=1)
    channel.publish_each(queue, b"1", b"2")
    channel.get_when_there(grave)


def a_refused_message_is_no_dead_letter(client: Client):
    channel, queue, grave = _with_grave(client, x_max_length=1, x_overflow="reject-publish")
    channel.publish_each(queue, b"1", b"2")
    client.settle()
    channel.count(grave)


def a_refused_message_may_be_a_dead_letter(client: Client):
    channel, queue, grave = _with_grave(client, x_max_length=1, x_overflow="reject-publish-dlx")
    channel.confirm()
    for body in (b"1", b"2"):
        channel.publish(queue, body)
        channel.expect()
    channel.get_when_there(grave)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def without_a_key_the_old_one_is_kept(client: Client):
    channel = client.channel()
    exchange = channel.exchange(kind="topic")
    grave = channel.declare("grave")
    channel.bind(grave, exchange, "#")
    source = channel.exchange("source", "fanout")
    queue = channel.declare(arguments={"x-dead-letter-exchange": exchange})
    channel.bind(queue, source)
    channel.publish("the.key", b"x", to=source)
    client.settle()
    channel.reject(int(channel.get(queue).delivery_tag), requeue=False)
    channel.get_when_there(grave)


def a_missing_exchange_drops_it(client: Client):
    channel = client.channel()
    queue = channel.declare(arguments={"x-dead-letter-exchange": client.name("missing")})
    channel.reject(_publish_and_get(client, channel, queue), requeue=False)
    client.settle()
    channel.count(queue)


@expected_difference("4.x does not believe deaths that a client wrote into the headers")
def a_second_death_counts_up(client: Client):
    channel, queue, grave = _with_grave(client)
    channel.reject(_publish_and_get(client, channel, queue), requeue=False)
    _pass_on(channel, grave, queue)
    client.settle()
    channel.reject(int(channel.get(queue).delivery_tag), requeue=False)
    channel.get_when_there(grave)


def _pass_on(channel: Channel, source: str, target: str) -> None:
    """Publish what is in `source` to `target`, with its headers, as a client that tries again does."""
    seen = channel.get_when_there(source, no_ack=True)
    headers = dict(seen.headers)
    for death in headers.get("x-death", []):
        death.pop("time")  # pamqp would send it back as a plain number
    channel.publish(target, seen.body or b"", headers=headers)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def deaths_in_two_queues_are_listed_newest_first(client: Client):
    channel = client.channel()
    last = channel.declare("last")
    second = channel.declare(
        "second",
        arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": last, "x-message-ttl": 20},
    )
    first = channel.declare(
        "first", arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": second}
    )
    channel.reject(_publish_and_get(client, channel, first), requeue=False)
    channel.get_when_there(last)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def rejected_and_expired_in_one_queue_are_two_deaths(client: Client):
    channel = client.channel()
    work, retry = client.name("work"), client.name("retry")
    channel.declare("work", arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": retry})
    channel.declare(
        "retry",
        arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": work, "x-message-ttl": 20},
    )
    channel.publish(work, b"x")
    for _ in range(3):
        seen = channel.get_when_there(work)
        channel.reject(int(seen.delivery_tag), requeue=False)


def a_cycle_without_a_reject_is_broken(client: Client):
    channel = client.channel()
    one, two = client.name("one"), client.name("two")
    for word, target in (("one", two), ("two", one)):
        channel.declare(
            word,
            arguments={
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": target,
                "x-message-ttl": 20,
            },
        )
    channel.publish(one, b"x")
    clock = channel.declare("clock", arguments={"x-message-ttl": 200})
    channel.publish(clock, b"tick")
    client.settle()
    channel.wait_for_count(clock, 0)
    channel.count(one)
    channel.count(two)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def the_headers_of_the_message_stay(client: Client):
    channel, queue, grave = _with_grave(client)
    tag = _publish_and_get(
        client, channel, queue, headers={"a": 1}, message_id="m", priority=3, content_type="t"
    )
    channel.reject(tag, requeue=False)
    channel.get_when_there(grave)


@expected_difference("4.x leaves CC in the headers of a dead letter")
def cc_is_told_among_the_keys_and_taken_off(client: Client):
    channel, queue, grave = _with_grave(client)
    other = channel.declare("other")
    tag = _publish_and_get(client, channel, queue, headers={"CC": [other]})
    channel.reject(tag, requeue=False)
    channel.get_when_there(grave)
    channel.drain(other)


def what_was_purged_is_no_dead_letter(client: Client):
    channel, queue, grave = _with_grave(client)
    channel.publish(queue, b"x")
    client.settle()
    channel.call(Queue.Purge(queue=queue))
    client.settle()
    channel.count(grave)


def what_went_with_its_queue_is_no_dead_letter(client: Client):
    channel, queue, grave = _with_grave(client)
    channel.publish(queue, b"x")
    client.settle()
    channel.call(Queue.Delete(queue=queue))
    client.settle()
    channel.count(grave)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def an_exchange_routes_dead_letters_to_several(client: Client):
    channel = client.channel()
    exchange = channel.exchange(kind="fanout")
    graves = [channel.declare("a"), channel.declare("b")]
    for grave in graves:
        channel.bind(grave, exchange)
    queue = channel.declare(arguments={"x-dead-letter-exchange": exchange})
    channel.reject(_publish_and_get(client, channel, queue), requeue=False)
    for grave in graves:
        channel.get_when_there(grave)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def a_dead_letter_is_not_redelivered(client: Client):
    channel, queue, grave = _with_grave(client)
    tag = _publish_and_get(client, channel, queue)
    channel.nack(tag)
    client.settle()
    channel.reject(int(channel.get(queue).delivery_tag), requeue=False)
    channel.get_when_there(grave)


@expected_difference("4.x flags a dead letter as redelivered if it was rejected, not if it was nacked")
def a_queue_may_be_its_own_grave(client: Client):
    channel = client.channel()
    name = client.name("self")
    channel.declare("self", arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": name})
    channel.reject(_publish_and_get(client, channel, name), requeue=False)
    channel.get_when_there(name)


@expected_difference("4.x does not believe deaths that a client wrote into the headers")
def a_header_named_x_death_of_another_type(client: Client):
    channel, queue, grave = _with_grave(client)
    tag = _publish_and_get(client, channel, queue, headers={"x-death": "never"})
    channel.reject(tag, requeue=False)
    channel.get_when_there(grave)


@expected_difference("4.x tells of the last death beside the first")
def the_last_death_has_headers_too(client: Client):
    channel, queue, grave = _with_grave(client)
    channel.reject(_publish_and_get(client, channel, queue), requeue=False)
    channel.get_when_there(grave)
