"""The first words of a connection: what the broker says of itself, who may come in, on what terms."""

import hmac

from pamqp import commands

from .errors import CommandInvalid
from .framing import MIN_FRAME_MAX
from .login import parse_response
from .peer import Peer
from .policy import PRODUCT, VERSION, Policy
from .tables import Field, Table, boolean, text
from .trace import NODE

PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
OLD_PROTOCOL_HEADER = b"AMQP\x01\x01\x00\x09"  # AMQP 0-9, in which nothing that we use differs

CAPABILITIES = (
    "publisher_confirms",  # pika refuses confirm_delivery() unless the server claims this and basic.nack
    "exchange_exchange_bindings",
    "basic.nack",
    "consumer_cancel_notify",
    "connection.blocked",
    "consumer_priorities",
    "authentication_failure_close",
    "per_consumer_qos",
    "direct_reply_to",
)
SERVER_PROPERTIES: Table = {
    "capabilities": Field("F", {name: boolean(True) for name in CAPABILITIES}),
    "cluster_name": text(NODE),
    "copyright": text("MIT licence"),
    "information": text("The broker built into WorkQ"),
    "platform": text("Python"),
    "product": text(PRODUCT),
    "version": text(VERSION),
}
START = (commands.Connection.Start, 0, 9, SERVER_PROPERTIES, "PLAIN AMQPLAIN", "en_US")


def is_known_header(start: bytes) -> bool:
    """Tell whether a client that begins with `start` may be speaking our protocol."""
    return any(known.startswith(start) for known in (PROTOCOL_HEADER, OLD_PROTOCOL_HEADER))


def may_log_in(policy: Policy, peer: Peer, response: bytes, *, is_local: bool) -> bool:
    """Read the credentials into `peer`, and tell whether they are right.

    Raises:
        HardError: the response is not what its mechanism says.
    """
    name, password = parse_response(peer.mechanism, response)
    known = policy.users.get(name)
    is_right = hmac.compare_digest((known or "").encode(), password.encode("utf-8", "surrogateescape"))
    # As RabbitMQ: everybody knows guest's password, so it counts on this machine only.
    if known is None or not is_right or (name == "guest" and not is_local):
        return False
    peer.user = name
    return True


def agree(policy: Policy, peer: Peer, method: commands.Connection.TuneOk) -> None:
    """Take the client's terms into `peer`.

    Raises:
        CommandInvalid: they go beyond what was offered; 0 means no limit, which does.
    """
    channel_max, frame_max = method.channel_max or 0, method.frame_max or 0
    if not MIN_FRAME_MAX <= frame_max <= policy.frame_max:
        raise CommandInvalid(f"frame_max {frame_max} was not on offer")
    if not 1 <= channel_max <= policy.channel_max:
        raise CommandInvalid(f"channel_max {channel_max} was not on offer")
    peer.frame_max, peer.channel_max = frame_max, channel_max
    peer.heartbeat_s = method.heartbeat or 0
