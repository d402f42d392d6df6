"""What can go wrong between us and a broker, in words that a user can act on.

pika wraps its errors in errors of its own, up to four deep; `explain` digs
out the cause and says what it means. The broker's own text is always kept.
"""

import re
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import ClassVar

from pika.adapters.utils import connection_workflow as workflow
from pika.exceptions import (
    AMQPConnectionError,
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    ConnectionOpenAborted,
    IncompatibleProtocolError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from workq_gui.core.problems import Problem
from workq_gui.core.settings import Endpoint


class MessagingError(Exception):
    """A user can do something about it.

    Attributes:
        problem: What happened, the broker's words, what it means, and the way out.
        is_passing: Whether trying again later, unchanged, makes sense.
    """

    is_passing: ClassVar[bool] = False

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.broker_words or problem.what)
        self.problem = problem


class BrokerUnreachable(MessagingError):
    """Nobody listens there, or the way there is closed."""

    is_passing = True


class ConnectionBroken(MessagingError):
    """A broker listened, and the connection ended before it was of use."""

    is_passing = True


class BrokerSilent(MessagingError):
    """Something listens there, and never answers."""

    is_passing = True


class NotABroker(MessagingError):
    """What listens there does not speak AMQP 0-9-1."""


class LoginRefused(MessagingError):
    """The user or the password is wrong."""


class VhostRefused(MessagingError):
    """The virtual host does not exist, or is closed to this user."""


class CertificateRefused(MessagingError):
    """TLS failed: the certificate does not match, or there is no TLS."""


class NoRelay(MessagingError):
    """The network that can be broken, between a worker and its broker, could not be made."""

    is_passing = True


class QueueRefused(MessagingError):
    """The queue cannot be used as it is asked for."""


class QueueDenied(QueueRefused):
    """The broker makes no such queues, and ended the connection on which one was asked for."""


def root_cause(error: BaseException) -> BaseException:
    """Return the innermost error inside pika's wrappers."""
    inner: object = None
    match error:
        case workflow.AMQPConnectionWorkflowFailed():
            inner = error.exceptions[-1]
        case workflow.AMQPConnectorPhaseErrorBase():
            inner = error.exception
        case AMQPConnectionError() if error.args and isinstance(error.args[0], BaseException):
            inner = error.args[0]
    return root_cause(inner) if isinstance(inner, BaseException) else error


def words_of(error: BaseException) -> str:
    """Return the broker's text, as RabbitMQ logs it, or the system's."""
    if isinstance(error, ConnectionClosedByBroker | ChannelClosedByBroker):
        return f"{error.reply_code} {error.reply_text}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = str(error) or type(error).__name__
    if "Transport indicated EOF" in text:
        return "the other side closed the connection"
    # pika keeps the broker's close of a handshake as the `repr` of an exception.
    quoted = re.fullmatch(r"ConnectionClosedByBroker: \((\d+)\) ['\"](.*)['\"]", text)
    return f"{quoted[1]} {quoted[2]}" if quoted else text


def explain(error: BaseException, endpoint: Endpoint) -> MessagingError:
    """Return what `error`, met while connecting to `endpoint`, means for a user."""
    cause = root_cause(error)
    make = _explainer_of(cause)
    return make(words_of(cause), endpoint)


def no_host_usable(errors: Sequence[MessagingError]) -> MessagingError:
    """Return what it means that no host of a broker could be used; `errors` has one of each, in their order.

    One that trying again will not mend is the news, whatever the other hosts did.
    """
    lasting = next((error for error in errors if not error.is_passing), None)
    if lasting is not None or len(errors) == 1:
        return lasting or errors[0]
    return BrokerUnreachable(
        Problem(
            f"None of the {len(errors)} hosts can be used.",
            "\n".join(f"{error.problem.what} {error}" for error in errors),
            "They were tried in turn. The whole cluster is down or still starting, "
            "or a firewall is in between.",
            "Start one of its nodes, check the hosts and ports in --broker, and try again.",
        )
    )


def _explainer_of(cause: BaseException) -> Callable[[str, Endpoint], MessagingError]:
    match cause:
        case ssl.SSLError():
            return _tls_failed
        case ProbableAuthenticationError():
            return _login_refused
        case ProbableAccessDeniedError() | ConnectionClosedByBroker(reply_code=530):
            return _vhost_refused
        case ConnectionClosedByBroker(reply_code=403):
            return _login_refused
        case ConnectionOpenAborted() | workflow.AMQPConnectorStackTimeout():
            return _silent
        # pika's word for any end before the first frame; a proxy before a broker that starts does that.
        case IncompatibleProtocolError() if "StreamLostError" in str(cause):
            return _broken
        case IncompatibleProtocolError():
            return _not_a_broker
        case socket.gaierror():
            return _unknown_host
        case ConnectionResetError() | BrokenPipeError():
            return _broken
        case OSError():
            return _unreachable
        case _:
            return _broken


def _unreachable(words: str, endpoint: Endpoint) -> MessagingError:
    return BrokerUnreachable(
        Problem(
            f"No broker answers at {endpoint}.",
            words,
            "Nothing listens at that address and port, or a firewall is in between.",
            "Start RabbitMQ there (on Debian: sudo apt install rabbitmq-server), or begin WorkQ without "
            "--broker to use the one that is built in, or with --broker and another address.",
        )
    )


def _unknown_host(words: str, endpoint: Endpoint) -> MessagingError:
    return BrokerUnreachable(
        Problem(
            f"The host {endpoint.host} is not known.",
            words,
            "The name could not be turned into an address.",
            "Check the spelling of the host, and that this machine is on the network.",
        )
    )


def _broken(words: str, endpoint: Endpoint) -> MessagingError:
    return ConnectionBroken(
        Problem(
            f"The connection to {endpoint} ended before it was ready.",
            words,
            "Something listens there, but it hung up. A broker that is still starting does so; "
            "so does a port that expects TLS, or that speaks something else than AMQP.",
            "Try again in some seconds. If it stays so, check the port (RabbitMQ: 5672, with TLS 5671) "
            "and whether the address should begin with amqps://.",
        )
    )


def _silent(_: str, endpoint: Endpoint) -> MessagingError:
    return BrokerSilent(
        Problem(
            f"What listens at {endpoint} does not answer.",
            "no answer in time",
            "The broker hangs or is overloaded, or the port belongs to a program that speaks something else.",
            "Check the port (RabbitMQ: 5672, with TLS 5671), look into the broker's log, and try again.",
        )
    )


def _not_a_broker(words: str, endpoint: Endpoint) -> MessagingError:
    return NotABroker(
        Problem(
            f"What listens at {endpoint} does not speak AMQP 0-9-1.",
            words,
            "The port belongs to another program, or it expects TLS.",
            "Check the port: RabbitMQ listens on 5672, with TLS on 5671 (amqps://). "
            "15672 is its admin page, not AMQP.",
        )
    )


def _login_refused(words: str, endpoint: Endpoint) -> MessagingError:
    guest = (
        " The user guest may log in only from the broker's own machine." if endpoint.user == "guest" else ""
    )
    return LoginRefused(
        Problem(
            f"{endpoint} refused the user {endpoint.user!r}.",
            words,
            "The user does not exist there, or the password is wrong." + guest,
            "Check user and password in --broker amqp://USER:PASSWORD@HOST. A new user: "
            "rabbitmqctl add_user NAME PASSWORD, then rabbitmqctl set_permissions NAME '.*' '.*' '.*'.",
        )
    )


def _vhost_refused(words: str, endpoint: Endpoint) -> MessagingError:
    return VhostRefused(
        Problem(
            f"{endpoint} has no virtual host {endpoint.vhost!r} for the user {endpoint.user!r}.",
            words,
            "The virtual host does not exist, or this user may not use it.",
            "The usual one is / (leave the path of the URL empty). Others: rabbitmqctl list_vhosts; "
            f"permission: rabbitmqctl set_permissions -p {endpoint.vhost} {endpoint.user} '.*' '.*' '.*'.",
        )
    )


def _tls_failed(words: str, endpoint: Endpoint) -> MessagingError:
    return CertificateRefused(
        Problem(
            f"No safe connection to {endpoint} is possible.",
            words,
            "The broker's certificate is not for this host name, is not signed by anyone this machine "
            "trusts, or the port does not speak TLS.",
            "Use the host name that stands in the certificate; for a school's own certificate add "
            "?cacertfile=/path/to/ca.pem to the URL; for a port without TLS use amqp://.",
        )
    )


def queue_refused(error: BaseException, queue: str) -> MessagingError:
    """Return what a channel error, met while declaring `queue`, means for a user."""
    words = words_of(error)
    code = error.reply_code if isinstance(error, ChannelClosedByBroker) else 0
    if code == 406:
        return QueueRefused(mismatch(words, queue))
    if code == 405:
        meaning = "The queue is exclusive to another connection: nobody else may use it."
        way_out = "Use another queue name, or end the program that owns it."
    elif code == 403:
        meaning = "This user may not configure, write or read a queue of that name."
        way_out = "Use a queue name that is allowed, or have permission given: rabbitmqctl set_permissions."
    else:
        meaning = "The broker closed the channel on it."
        way_out = "Use another queue name, or look into the broker's log."
    return QueueRefused(Problem(f"The queue {queue} cannot be used.", words, meaning, way_out))


def mismatch(words: str, queue: str, differences: str = "") -> Problem:
    """Return what it means that the broker refuses to declare `queue` otherwise than it was.

    Args:
        words: The broker's own; it names one argument only.
        queue: Its name.
        differences: All that differs, if that is known.
    """
    known = f" ({differences})" if differences else ""
    return Problem(
        f"The queue {queue} cannot be used.",
        words,
        f"A queue named {queue} is there already, made with other arguments{known}; "
        "a queue cannot be changed once it is declared.",
        "Use another queue name, or, if nobody needs its messages, "
        f"delete it (rabbitmqctl delete_queue {queue}) and try again.",
    )


def queue_denied(words: str, queue: str) -> MessagingError | None:
    """Return what it means that a connection ended with `words` when `queue` was declared, if it is known."""
    if not words.startswith("541 "):
        return None
    return QueueDenied(
        Problem(
            f"The broker makes no queue like {queue}.",
            words,
            "This broker denies queues that are neither durable nor exclusive, as RabbitMQ 4.3 may; "
            "it ends the connection that asks for one.",
            "Declare the queue durable; or put deprecated_features.permit.transient_nonexcl_queues = true "
            "into rabbitmq.conf on every node, and restart the broker.",
        )
    )


def no_relay(error: OSError) -> MessagingError:
    """Return what it means that the network of a worker could not be made."""
    return NoRelay(
        Problem(
            "The network of a worker that can be broken could not be made.",
            words_of(error),
            "It needs a port of this machine and some sockets, and the system gives no more of them.",
            "Take workers away, close other programs, or raise the limit of open files (ulimit -n).",
        )
    )


def ca_file_unreadable(error: OSError, ca_file: str) -> MessagingError:
    """Return what it means that the file of certificates cannot be used."""
    return CertificateRefused(
        Problem(
            f"The file of certificates {ca_file} cannot be used.",
            words_of(error),
            "It does not exist, may not be read, or holds no certificate in PEM form.",
            "Check the path behind cacertfile= in the broker's URL.",
        )
    )
