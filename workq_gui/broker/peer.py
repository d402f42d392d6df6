"""Who is at the other end of a connection, and how events name them."""

from typing import Any

from .tables import Table
from .trace import NODE

# There is no TLS here; RabbitMQ's events have these fields all the same.
_TLS_FIELDS = dict.fromkeys(
    (
        "ssl_protocol",
        "ssl_key_exchange",
        "ssl_cipher",
        "ssl_hash",
        "peer_cert_subject",
        "peer_cert_issuer",
        "peer_cert_validity",
    ),
    "",
)


class Peer:
    """A client, as it has shown itself.

    Attributes:
        name: Both ends of the connection, as RabbitMQ names it.
        pid: The connection's name in events.
        user: Who is logged in; empty before.
        mechanism: How they logged in.
        properties: What the client says of itself.
        capabilities: What it understands.
        frame_max: The size of a frame that was agreed on.
        channel_max: The number of channels that was agreed on.
        heartbeat_s: The interval of heartbeats that was agreed on; 0 is none.
    """

    def __init__(self, name: str, pid: str, frame_max: int, channel_max: int) -> None:
        self.name = name
        self.pid = pid
        self.user = ""
        self.mechanism = ""
        self.properties: Table = {}
        self.capabilities: frozenset[str] = frozenset()
        self.is_untraced = False
        self.frame_max = frame_max
        self.channel_max = channel_max
        self.heartbeat_s = 0

    def introduce(self, properties: Table) -> None:
        """Take what the client says of itself."""
        self.properties = properties
        untraced = properties.get("untraced")
        self.is_untraced = untraced is not None and untraced.value is True
        field = properties.get("capabilities")
        if field is not None and field.kind == "F":
            self.capabilities = frozenset(name for name, value in field.value.items() if value.value is True)

    def authenticated(self) -> dict[str, Any]:
        """Return the fields of user.authentication.success."""
        addresses = self._addresses()
        del addresses["port"]
        return {
            **addresses,
            "connection_type": "network",
            "name": self.user,
            "connection_name": self.name,
            "protocol": "{0,9,1}",
            "auth_mechanism": self.mechanism,
            "ssl": False,
        }

    def created(self, at_ms: int) -> dict[str, Any]:
        """Return the fields of connection.created."""
        return {
            **self.closed(),
            **self._addresses(),
            **_TLS_FIELDS,
            "type": "network",
            "user": self.user,
            "vhost": "/",
            "protocol": "{0,9,1}",
            "auth_mechanism": self.mechanism,
            "ssl": False,
            "frame_max": self.frame_max,
            "channel_max": self.channel_max,
            "timeout": self.heartbeat_s,
            "connected_at": at_ms,
            "user_who_performed_action": self.user,
        }

    def closed(self) -> dict[str, Any]:
        """Return the fields of connection.closed."""
        return {"name": self.name, "pid": self.pid, "node": NODE, "client_properties": self.properties}

    def channel_created(self, number: int, pid: str) -> dict[str, Any]:
        """Return the fields of channel.created."""
        return {
            "pid": pid,
            "name": f"{self.name} ({number})",
            "connection": self.pid,
            "number": number,
            "user": self.user,
            "vhost": "/",
            "user_who_performed_action": self.user,
        }

    def channel_closed(self, pid: str) -> dict[str, Any]:
        """Return the fields of channel.closed."""
        return {"pid": pid, "user_who_performed_action": self.user}

    def _addresses(self) -> dict[str, Any]:
        peer, _, here = self.name.partition(" -> ")
        values: dict[str, Any] = {}
        for prefix, address in (("peer_", peer), ("", here)):
            host, _, port = address.rpartition(":")
            values[f"{prefix}host"] = "{" + host.replace(".", ",") + "}"
            values[f"{prefix}port"] = int(port) if port.isdigit() else 0
        return values
