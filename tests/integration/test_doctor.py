"""Looking at a broker first: what is there, and every way in which it can be of no use."""

import asyncio
import contextlib
import socket
import ssl
import threading

import pika
import pytest
import trustme

from tests.servers import http, serving, tls_server
from workq_gui.core.settings import Endpoint, from_url
from workq_gui.messaging import doctor, errors, link


def look(endpoint: Endpoint, queue: str = "task_queue"):
    return asyncio.run(doctor.look(endpoint, queue))


@pytest.fixture
def channel(rabbitmq):
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
        yield connection.channel()


def test_a_broker_without_the_queue_is_reported_and_left_as_it_is(endpoint, queue_name, channel):
    report = look(endpoint, queue_name)
    assert (report.queue_exists, report.is_untouched) == (False, True)
    assert report.product.startswith("RabbitMQ ")
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="404"):
        channel.queue_declare(queue_name, passive=True)


def test_strangers_messages_and_consumers_are_reported_and_not_touched(endpoint, queue_name, channel):
    channel.queue_declare(queue_name, durable=True)
    channel.confirm_delivery()
    for _ in range(3):
        channel.basic_publish("", queue_name, b"somebody's work", pika.BasicProperties(delivery_mode=2))
    report = look(endpoint, queue_name)
    assert (report.queue_exists, report.ready_count, report.consumer_count) == (True, 3, 0)
    assert not report.is_untouched
    assert channel.basic_get(queue_name)[0].redelivered is False
    channel.basic_consume(queue_name, lambda *_: None)
    assert look(endpoint, queue_name).consumer_count == 1


def test_a_queue_with_other_arguments_is_refused_with_the_brokers_words(endpoint, queue_name, channel):
    channel.queue_declare(queue_name, durable=True, arguments={"x-max-priority": 3})
    with pytest.raises(errors.QueueRefused) as error:
        look(endpoint, queue_name)
    problem = error.value.problem
    assert "406 PRECONDITION_FAILED - inequivalent arg 'x-max-priority'" in problem.broker_words
    assert queue_name in problem.what
    assert "other arguments" in problem.meaning
    assert "another queue name" in problem.way_out


def test_an_exclusive_queue_of_another_is_refused(endpoint, queue_name, channel):
    channel.queue_declare(queue_name, exclusive=True)
    with pytest.raises(errors.QueueRefused, match="405 RESOURCE_LOCKED"):
        look(endpoint, queue_name)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"password": "wrong"}, errors.LoginRefused, "ACCESS_REFUSED"),
        ({"user": "nobody"}, errors.LoginRefused, "ACCESS_REFUSED"),
        ({"vhost": "elsewhere"}, errors.VhostRefused, "vhost elsewhere not found"),
    ],
)
def test_a_wrong_login_is_told_apart(endpoint, change, kind, words):
    given = {"host": endpoint.host, "port": endpoint.port, **change}
    with pytest.raises(kind) as error:
        look(Endpoint(**given))
    assert words in error.value.problem.broker_words
    assert "wrong" not in str(error.value.problem).replace("password is wrong", "")


def test_a_port_where_nobody_listens():
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        with pytest.raises(errors.BrokerUnreachable, match="Connection refused"):
            look(Endpoint("127.0.0.1", unheard.getsockname()[1]))


def test_a_host_that_does_not_exist():
    with pytest.raises(errors.BrokerUnreachable, match=r"not known|resolution|No address"):
        look(Endpoint("no-such-host.invalid"))


def test_a_web_server_is_no_broker():
    with serving(http) as endpoint, pytest.raises(errors.MessagingError) as error:
        look(endpoint)
    assert "AMQP" in error.value.problem.what + error.value.problem.meaning
    assert "port" in error.value.problem.way_out


def test_a_program_that_never_answers_is_told(monkeypatch):
    monkeypatch.setattr(link, "CONNECT_TIMEOUT_S", 0.2)
    silent = serving(lambda connection: connection.recv(100) and connection.recv(100))
    with silent as endpoint, pytest.raises(errors.BrokerSilent):
        look(endpoint)


def test_a_program_that_hangs_up_may_be_a_broker_that_is_starting():
    with serving(lambda connection: None) as endpoint, pytest.raises(errors.MessagingError) as error:
        look(endpoint)
    assert error.value.is_passing


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def test_a_certificate_for_another_host_is_refused(authority, ca_file):
    with (
        tls_server(authority, "school.example") as endpoint,
        pytest.raises(errors.CertificateRefused) as error,
    ):
        look(from_url(f"amqps://127.0.0.1:{endpoint.port}?cacertfile={ca_file}"))
    assert "certificate is not valid for '127.0.0.1'" in error.value.problem.broker_words
    assert "host name that stands in the certificate" in error.value.problem.way_out


def test_a_certificate_that_nobody_vouches_for_is_refused(authority):
    refused = pytest.raises(errors.CertificateRefused, match="certificate verify failed")
    with tls_server(authority, "127.0.0.1") as endpoint, refused:
        look(from_url(f"amqps://127.0.0.1:{endpoint.port}"))


def test_a_port_without_tls_is_told(endpoint):
    with pytest.raises(errors.MessagingError) as error:
        look(Endpoint("127.0.0.1", endpoint.port, tls=True))
    assert "amqp://" in error.value.problem.way_out


def test_a_file_of_certificates_that_is_none_is_told(tmp_path):
    path = tmp_path / "empty.pem"
    path.touch()
    for name in (path, tmp_path / "missing.pem"):
        with pytest.raises(errors.CertificateRefused) as error:
            look(from_url(f"amqps://127.0.0.1:1?cacertfile={name}"))
        assert "cacertfile" in error.value.problem.way_out


def test_tls_works_with_a_real_broker_behind_it(authority, ca_file, rabbitmq, queue_name):
    """A relay that ends TLS in front of RabbitMQ shows our side of it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def relay(connection):
        with (
            context.wrap_socket(connection, server_side=True) as near,
            socket.create_connection(("127.0.0.1", rabbitmq.port)) as far,
        ):
            back = threading.Thread(target=pump, args=(far, near))
            back.start()
            pump(near, far)
            back.join()

    def pump(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    with serving(relay) as secured:
        report = look(from_url(f"amqps://127.0.0.1:{secured.port}?cacertfile={ca_file}"), queue_name)
    assert report.product.startswith("RabbitMQ")
