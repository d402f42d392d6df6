"""What an error means is found inside pika's wrappers; with real servers in integration/test_doctor.py."""

import socket
import ssl

import pytest
from pika.adapters.utils.connection_workflow import (
    AMQPConnectionWorkflowFailed,
    AMQPConnectorSocketConnectError,
    AMQPConnectorStackTimeout,
    AMQPConnectorTransportSetupError,
)
from pika.exceptions import (
    AMQPConnectionError,
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    IncompatibleProtocolError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
    StreamLostError,
)

from workq_gui.core.settings import from_url
from workq_gui.messaging import errors

ENDPOINT = from_url("amqp://teacher:secret@school/class")


def wrapped(error):
    return AMQPConnectionError(AMQPConnectionWorkflowFailed([AMQPConnectorSocketConnectError(error)]))


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (
            wrapped(ConnectionRefusedError(111, "Connection refused")),
            errors.BrokerUnreachable,
            "Connection refused",
        ),
        (wrapped(socket.gaierror(-2, "Name or service not known")), errors.BrokerUnreachable, "not known"),
        (
            AMQPConnectionWorkflowFailed(
                [AMQPConnectorTransportSetupError(ssl.SSLError(1, "bad certificate"))]
            ),
            errors.CertificateRefused,
            "bad certificate",
        ),
        (
            ProbableAuthenticationError(
                "ConnectionClosedByBroker: (403) 'ACCESS_REFUSED - Login was refused'"
            ),
            errors.LoginRefused,
            "403 ACCESS_REFUSED - Login was refused",
        ),
        (
            ConnectionClosedByBroker(403, "ACCESS_REFUSED - Login was refused"),
            errors.LoginRefused,
            "403 ACCESS_REFUSED",
        ),
        (ProbableAccessDeniedError("(530) vhost"), errors.VhostRefused, "530"),
        (
            ConnectionClosedByBroker(530, "NOT_ALLOWED - vhost x not found"),
            errors.VhostRefused,
            "530 NOT_ALLOWED",
        ),
        (
            ConnectionClosedByBroker(320, "CONNECTION_FORCED"),
            errors.ConnectionBroken,
            "320 CONNECTION_FORCED",
        ),
        (IncompatibleProtocolError("The protocol returned by the server"), errors.NotABroker, "protocol"),
        (AMQPConnectorStackTimeout("timed out"), errors.BrokerSilent, "no answer"),
        (
            IncompatibleProtocolError("StreamLostError: ('Transport indicated EOF',)"),
            errors.ConnectionBroken,
            "the other side closed the connection",
        ),
        (StreamLostError("Stream connection lost"), errors.ConnectionBroken, "lost"),
        (ConnectionResetError(104, "Connection reset by peer"), errors.ConnectionBroken, "reset by peer"),
    ],
)
def test_an_error_is_explained_with_the_brokers_words_and_a_way_out(error, kind, words):
    explained = errors.explain(error, ENDPOINT)
    assert type(explained) is kind
    problem = explained.problem
    assert words in problem.broker_words
    assert problem.what
    assert problem.meaning
    assert problem.way_out
    assert "secret" not in str(problem)


@pytest.mark.parametrize(
    ("code", "hint"),
    [(406, "other arguments"), (405, "exclusive"), (403, "may not"), (541, "closed the channel")],
)
def test_a_refused_queue_is_explained(code, hint):
    error = errors.queue_refused(
        ChannelClosedByBroker(code, "PRECONDITION_FAILED - inequivalent arg"), "task_queue"
    )
    assert hint in error.problem.meaning
    assert error.problem.broker_words == f"{code} PRECONDITION_FAILED - inequivalent arg"


def test_only_what_may_mend_itself_is_tried_again():
    passing = {kind.__name__ for kind in errors.MessagingError.__subclasses__() if kind.is_passing}
    assert passing == {"BrokerUnreachable", "BrokerSilent", "ConnectionBroken", "NoRelay"}
