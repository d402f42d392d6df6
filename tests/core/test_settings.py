"""Broker URLs."""

import pytest

from workq_gui.core.settings import Endpoint, SettingError, check_queue_name, from_url


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("amqp://", Endpoint()),
        ("amqp://localhost", Endpoint("localhost", 5672)),
        ("amqp://u:p@h:1234/v", Endpoint("h", 1234, "v", "u", "p")),
        ("amqp://h/%2F", Endpoint("h")),
        ("amqp://h/", Endpoint("h")),
        ("amqp://h/a%2Fb", Endpoint("h", vhost="a/b")),
        ("amqp://us%40er:p%3Ass%2F@h", Endpoint("h", user="us@er", password="p:ss/")),
        ("amqp://u:@h", Endpoint("h", user="u", password="")),
        ("amqps://h", Endpoint("h", 5671, tls=True)),
        ("amqps://h?cacertfile=/etc/ca.pem", Endpoint("h", 5671, tls=True, ca_file="/etc/ca.pem")),
        ("amqp://[::1]:5673", Endpoint("::1", 5673)),
        ("amqp://u:p,w@h", Endpoint("h", user="u", password="p,w")),
        (
            "amqp://u:p@a,b:5673,[::1]/v",
            Endpoint("a", 5672, "v", "u", "p", others=(("b", 5673), ("::1", 5672))),
        ),
        ("amqp://a,amqp://b:5673", Endpoint("a", others=(("b", 5673),))),
        ("amqps://a,b", Endpoint("a", 5671, tls=True, others=(("b", 5671),))),
    ],
)
def test_a_url_names_a_broker(url, endpoint):
    assert from_url(url) == endpoint


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://h:15672", "begins with amqp"),
        ("localhost:5672", "begins with amqp"),
        ("", "begins with amqp"),
        ("amqp://h:99999", "port"),
        ("amqp://h:0", "port"),
        ("amqp://u:secret@h:x", "port"),
        ("amqp://[::1", "port"),
        ("amqp://u:12?sec=ret@h", "as %3F"),
        ("amqp://u:12#secret@h", "as %3F"),
        ("amqp://u:sec?ret@h", "port"),
        ("amqp://a..b", "host whose name"),
        ("amqp://" + "x" * 70, "host whose name"),
        ("amqp://h/" + "v" * 256, "at most 255"),
        ("amqp://h?heartbeat=1", "does not know 'heartbeat'"),
        ("amqp://a,,b", "no host beside it"),
        ("amqp://a,", "no host beside it"),
        ("amqp://a,b:x", "port"),
        ("amqp://u:sec,ret@a:x,b", "port"),
        ("amqp://a,amqps://b", "host and port only"),
        ("amqp://u:sec1@a,amqp://u:sec2@b", "host and port only"),
    ],
)
def test_what_is_no_such_url_is_refused_in_words_without_the_password(url, reason):
    with pytest.raises(SettingError, match=reason) as error:
        from_url(url)
    assert "sec" not in str(error.value)


def test_the_password_is_never_shown():
    endpoint = from_url("amqp://teacher:secret@school:5672/class")
    assert str(endpoint) == "amqp://teacher@school:5672/class"
    assert "secret" not in repr(endpoint)


def test_an_address_can_be_typed_back():
    for url in ("amqp://[::1]:5673", "amqps://h:5671", "amqp://h:5672/a%2Fb", "amqp://u@a:1,[::1]:2,c:3/v"):
        assert str(from_url(url)) == url


def test_hosts_take_turns():
    endpoint = from_url("amqp://a,b,c")
    assert str(endpoint.turned) == "amqp://b:5672,c:5672,a:5672"
    assert endpoint.turned.turned.turned == endpoint
    assert endpoint.turned.alone == from_url("amqp://b")
    assert endpoint.alone.turned == endpoint.alone


@pytest.mark.parametrize(
    ("name", "reason"), [("", "needs a name"), ("amq.x", "broker itself"), ("é" * 128, "255")]
)
def test_some_names_are_no_queue_names(name, reason):
    with pytest.raises(SettingError, match=reason):
        check_queue_name(name)
    assert check_queue_name("task_queue") == "task_queue"
