"""What a broker says when it will not do something.

AMQP 0-9-1 sorts errors in two kinds (section 1.2 of the generated
specification, "constants"): a soft one closes the channel, a hard one the
connection. Codes, names and the form of the texts are RabbitMQ's.
"""

from typing import ClassVar


class BrokerError(Exception):
    """Base of all errors that a client can cause.

    Attributes:
        reply_code: The code sent to the client.
        name: The code's name in the specification.
        method_index: Class and method that it is about, as one number; 0 for none, None if not known.
    """

    reply_code: ClassVar[int]
    name: ClassVar[str]
    method_index: int | None = None

    @property
    def reply_text(self) -> str:
        """The text sent to the client, in RabbitMQ's form."""
        return f"{self.name} - {self}"


class SoftError(BrokerError):
    """Closes the channel; the connection goes on."""


class HardError(BrokerError):
    """Closes the connection."""


class AccessRefused(SoftError):
    """The client may not do this to this entity."""

    reply_code, name = 403, "ACCESS_REFUSED"


class NotFound(SoftError):
    """A queue or an exchange does not exist."""

    reply_code, name = 404, "NOT_FOUND"


class ResourceLocked(SoftError):
    """The queue is exclusive to another connection."""

    reply_code, name = 405, "RESOURCE_LOCKED"


class PreconditionFailed(SoftError):
    """What was asked contradicts what is."""

    reply_code, name = 406, "PRECONDITION_FAILED"


class LoginRefused(HardError):
    """The credentials are wrong; 403 before the connection is open closes it."""

    reply_code, name = 403, "ACCESS_REFUSED"


class ConnectionForced(HardError):
    """The broker ends the connection for reasons of its own."""

    reply_code, name = 320, "CONNECTION_FORCED"


class FrameError(HardError):
    """The peer sent bytes that are not a frame."""

    reply_code, name = 501, "FRAME_ERROR"


class SyntaxFault(HardError):
    """A frame holds fields that cannot be read."""

    reply_code, name = 502, "SYNTAX_ERROR"


class CommandInvalid(HardError):
    """A method came with an argument that makes no sense."""

    reply_code, name = 503, "COMMAND_INVALID"


class ChannelFault(HardError):
    """A channel was used before it was open, or opened twice."""

    reply_code, name = 504, "CHANNEL_ERROR"


class UnexpectedFrame(HardError):
    """A well-formed frame came in a state that has no use for it."""

    reply_code, name = 505, "UNEXPECTED_FRAME"


class ResourceError(HardError):
    """A limit of the broker is reached."""

    reply_code, name = 506, "RESOURCE_ERROR"


class NotAllowed(HardError):
    """The protocol forbids this, whoever asks."""

    reply_code, name = 530, "NOT_ALLOWED"


class NotImplementedByBroker(HardError):
    """The specification knows it, RabbitMQ and we do not."""

    reply_code, name = 540, "NOT_IMPLEMENTED"


class Crash(HardError):
    """Something inside a client's frame that makes RabbitMQ's process fail; it says no more than that."""

    reply_code, name = 541, "INTERNAL_ERROR"
    method_index = 0

    @property
    def reply_text(self) -> str:
        """The name alone."""
        return self.name


class WordlessEnd(HardError):
    """The stream makes no sense any more; RabbitMQ ends such a connection without a word."""

    reply_code, name = 501, "FRAME_ERROR"


class InternalError(HardError):
    """The broker cannot do what it was asked to, and says why."""

    reply_code, name = 541, "INTERNAL_ERROR"


def cut(reply_text: str) -> str:
    """Make a text short enough for a short string, as RabbitMQ does."""
    # A name that is no UTF-8 may stand in it; clients read texts as UTF-8.
    data = reply_text.encode("utf-8", "replace")
    return data.decode() if len(data) <= 255 else data[:252].decode("utf-8", "ignore") + "..."
