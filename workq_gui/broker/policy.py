"""What a broker allows; the defaults are RabbitMQ's where it has one."""

from dataclasses import dataclass, field

PRODUCT = "WorkQ"
VERSION = "1.0.0"

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits and choices of one broker.

    Attributes:
        users: Password by name. The user guest may connect from this machine only.
        denied: Deprecated features that are refused, by RabbitMQ's names.
        consumer_timeout_s: How long a consumer of a quorum queue may hold a message.
        traces_acks: Acks appear on the trace exchange too, which RabbitMQ cannot do.
        frame_max: Largest frame offered to clients, all of it counted.
        channel_max: Most channels of a connection.
        heartbeat_s: Heartbeat offered to clients.
        silence_s: How long a client that failed to get in hears nothing before it is cut off.
        max_message_bytes: Largest body.
        max_connections: Most connections at a time.
        login_time_s: How long a client may take to get through the handshake.
        memory_limit_bytes: At this much in queues, publishers are blocked.
        disk_limit_bytes: With less room than this on the disk, publishers are blocked.
        output_limit_bytes: At this much unread output, deliveries to a connection pause.
    """

    users: dict[str, str] = field(default_factory=lambda: {"guest": "guest"})
    denied: frozenset[str] = frozenset()
    consumer_timeout_s: float | None = None
    traces_acks: bool = False
    frame_max: int = 131072
    channel_max: int = 2047
    heartbeat_s: int = 60
    max_message_bytes: int = 16 * MIB
    max_connections: int = 2000
    login_time_s: float = 10.0
    silence_s: float = 3.0
    memory_limit_bytes: int = 1600 * MIB
    disk_limit_bytes: int = 50 * MIB
    output_limit_bytes: int = MIB
