"""A queue that is there with other arguments: all that differs, and the ways out, on both brokers."""

import asyncio
import uuid

import pika
import pytest

from workq_gui.core.queue_conflict import Difference
from workq_gui.core.queue_settings import QUEUE_DEFAULTS, QueueSettings
from workq_gui.core.settings import from_url
from workq_gui.messaging import doctor, errors
from workq_gui.messaging.link import Link
from workq_gui.messaging.queue_conflict import QueueMismatched, find_conflict
from workq_gui.messaging.topology import QueueSpec

QUORUM = QueueSettings(queue_type="quorum", delivery_limit=5)


@pytest.fixture
def channel(broker):
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        yield connection.channel()


@pytest.fixture
def queue(broker):
    """Give a name that no other test uses; the queue of that name goes."""
    name = f"conflict-{uuid.uuid4().hex[:8]}"
    yield name
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        connection.channel().queue_delete(name)


def conflict_of(url: str, name: str, how: QueueSettings = QUEUE_DEFAULTS):
    async def find():
        link = await Link.open(from_url(url), "test")
        try:
            return await find_conflict(link, QueueSpec(name, how))
        finally:
            await link.close()

    return asyncio.run(find())


@pytest.mark.parametrize(
    ("declared", "wanted", "differences", "actual"),
    [
        (
            {"durable": False},
            QueueSettings(),
            [Difference("durable", "true", "false")],
            QueueSettings(durable=False),
        ),
        (
            {"durable": True, "arguments": {"x-queue-type": "quorum"}},
            QueueSettings(),
            [Difference("x-queue-type", "not given", "quorum")],
            QueueSettings(queue_type="quorum"),
        ),
        (
            {"durable": True, "arguments": {"x-queue-type": "quorum", "x-delivery-limit": 3}},
            QUORUM,
            [Difference("x-delivery-limit", "5", "3")],
            QueueSettings(queue_type="quorum", delivery_limit=3),
        ),
        (
            {"durable": False, "arguments": {"x-queue-type": "classic"}},
            QUORUM,
            [Difference("durable", "true", "false"), Difference("x-queue-type", "quorum", "classic")],
            QueueSettings(durable=False, queue_type="classic"),
        ),
    ],
)
def test_all_that_differs_is_learned_and_the_settings_to_use_it_with(
    broker, channel, queue, declared, wanted, differences, actual
):
    channel.queue_declare(queue, **declared)
    conflict = conflict_of(broker.url, queue, wanted)
    assert list(conflict.differences) == differences
    assert conflict.actual == actual
    assert conflict_of(broker.url, queue, conflict.actual) is None


def test_arguments_that_no_setting_says_are_told_too_and_the_queue_is_used_passively(broker, channel, queue):
    arguments = {"x-max-length": 10, "x-overflow": "reject-publish", "x-single-active-consumer": True}
    channel.queue_declare(queue, durable=False, auto_delete=True, arguments=arguments)
    conflict = conflict_of(broker.url, queue)
    found = {difference.argument: difference.actual for difference in conflict.differences}
    assert found == {
        "durable": "false",
        "auto_delete": "true",
        "x-max-length": "10",
        "x-overflow": "reject-publish",
        "x-single-active-consumer": "true",
    }
    assert conflict.actual.is_passive
    assert not conflict.actual.durable


def test_the_figures_are_told_and_nothing_is_touched(broker, channel, queue):
    channel.queue_declare(queue, durable=False)
    channel.confirm_delivery()
    for _ in range(3):
        channel.basic_publish("", queue, b"somebody's work")
    channel.basic_consume(queue, lambda *_: None)
    channel.basic_qos(prefetch_count=1)
    conflict = conflict_of(broker.url, queue)
    assert conflict.consumer_count == 1
    assert "inequivalent arg 'durable'" in conflict.words


def test_a_queue_that_is_alike_or_not_there_is_no_conflict(broker, channel, queue):
    assert conflict_of(broker.url, queue) is None
    channel.queue_declare(queue, durable=True)
    assert conflict_of(broker.url, queue) is None


def test_a_name_that_looks_like_the_brokers_words_confuses_nobody(broker, channel):
    name = "q' in vhost '/': received 'x' but current is none"
    channel.queue_declare(name, durable=False)
    try:
        conflict = conflict_of(broker.url, name)
        assert conflict.differences == (Difference("durable", "true", "false"),)
        assert conflict.actual == QueueSettings(durable=False)
    finally:
        channel.queue_delete(name)


def test_a_name_so_long_that_the_broker_cuts_its_words_is_still_a_conflict(broker, channel):
    name = "q" * 250
    channel.queue_declare(name, durable=False)
    try:
        conflict = conflict_of(broker.url, name)
        assert conflict.differences
        assert conflict.actual.is_passive
    finally:
        channel.queue_delete(name)


def test_looking_before_connecting_tells_of_a_conflict_and_deleting_ends_it(broker, channel, queue):
    channel.queue_declare(queue, durable=False)
    endpoint = from_url(broker.url)
    with pytest.raises(QueueMismatched) as error:
        asyncio.run(doctor.look(endpoint, queue))
    assert "other arguments" in error.value.problem.meaning
    as_it_is = error.value.conflict.actual
    assert asyncio.run(doctor.look(endpoint, queue, as_it_is)).queue_exists
    asyncio.run(doctor.delete(endpoint, queue))
    assert not asyncio.run(doctor.look(endpoint, queue)).queue_exists


def test_deleting_what_is_anothers_alone_is_refused_in_words(broker, channel):
    name = channel.queue_declare("", exclusive=True).method.queue
    with pytest.raises(errors.QueueRefused, match="405 RESOURCE_LOCKED"):
        asyncio.run(doctor.delete(from_url(broker.url), name))


def test_a_demonstration_works_on_a_queue_as_it_is(begin, broker, channel, queue):
    channel.queue_declare(queue, durable=True, arguments={"x-max-length": 100})
    how = conflict_of(broker.url, queue).actual
    show = begin(broker.url, queue, first=how)
    show.add_waiting_worker()
    show.publish("a.", "b.")
    show.until_all_done(2)


def test_one_more_queue_is_checked_before_it_comes_onto_the_stage(show, broker, channel, queue):
    channel.queue_declare(queue, durable=False)
    show.until(lambda: show.session.broker.connected)
    show.add_waiting_worker()
    with pytest.raises(QueueMismatched) as error:
        show.verbs.check_queue(queue).result(10)
    assert queue not in show.session.queues.views
    show.verbs.add_queue(queue, error.value.conflict.actual).result(10)
    show.add_waiting_worker(queue)
    show.publish("a.", queue=queue)
    show.until_all_done(1)


def test_a_queue_in_the_way_is_discarded_and_declared_as_it_is_wanted(show, broker, channel, queue):
    channel.queue_declare(queue, durable=False)
    channel.basic_publish("", queue, b"lost")
    show.until(lambda: show.session.broker.connected)
    show.add_waiting_worker()
    show.verbs.discard_queue(queue).result(10)
    show.verbs.check_queue(queue).result(10)
    show.verbs.add_queue(queue).result(10)
    assert conflict_of(broker.url, queue) is None
