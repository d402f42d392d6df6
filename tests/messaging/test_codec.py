"""A task as a message, and back."""

from pika import BasicProperties

from workq_gui.core.publish_settings import PublishSettings
from workq_gui.core.tasks import make_task
from workq_gui.messaging import codec


def test_a_task_survives_the_way():
    task = make_task("Grüße... 👋")
    received = codec.decode(*codec.encode(task), substitute_id="?")
    assert (received.task_id, received.text, received.dots) == (task.task_id, task.text, 3)
    assert received.persistent


def test_a_task_is_persistent_and_says_what_it_is():
    properties, _ = codec.encode(make_task("a"))
    assert (properties.delivery_mode, properties.content_type) == (2, "text/plain")


def test_a_transient_task_asks_for_no_place_on_disk():
    properties, body = codec.encode(make_task("a", how=PublishSettings(persistent=False)))
    assert properties.delivery_mode == 1
    assert not codec.decode(properties, body, substitute_id="?").persistent


def test_a_strangers_message_without_an_id_gets_the_substitute():
    received = codec.decode(BasicProperties(), b"Hello World!", substitute_id="worker 1, tag 4")
    assert received.task_id == "worker 1, tag 4"


def test_a_strangers_bytes_and_endless_id_do_no_harm():
    received = codec.decode(BasicProperties(message_id="x" * 255), b"\xff\x00.", substitute_id="?")
    assert len(received.task_id) == 80
    assert received.dots == 1


def test_who_asked_for_no_place_on_disk_is_told_apart():
    assert not codec.decode(BasicProperties(delivery_mode=1), b"a", substitute_id="?").persistent
    assert not codec.decode(BasicProperties(), b"a", substitute_id="?").persistent
