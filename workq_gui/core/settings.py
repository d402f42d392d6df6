"""Where the broker is."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, unquote, urlsplit

DEFAULT_PORTS = {"amqp": 5672, "amqps": 5671}
DEFAULT_QUEUE = "task_queue"
MAX_QUEUES = 6
"""More would not fit on the stage."""
MAX_SHORT_STRING_BYTES = 255
"""AMQP's limit for names (0-9-1 specification, 4.2.5.3)."""


class SettingError(ValueError):
    """A setting cannot be used; the message says why and what would be right."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A broker's address, and who we are there.

    Attributes:
        ca_file: A file of certificates to trust besides the system's, or None.
        password: Never part of `str()` or `repr()`, never recorded.
    """

    host: str = "localhost"
    port: int = 5672
    vhost: str = "/"
    user: str = "guest"
    password: str = field(default="guest", repr=False)
    tls: bool = False
    ca_file: str | None = None

    def __str__(self) -> str:
        scheme = "amqps" if self.tls else "amqp"
        host = f"[{self.host}]" if ":" in self.host else self.host
        vhost = "" if self.vhost == "/" else "/" + quote(self.vhost, safe="")
        user = "" if self.user == "guest" else quote(self.user, safe="") + "@"
        return f"{scheme}://{user}{host}:{self.port}{vhost}"


def from_url(url: str) -> Endpoint:
    """Return the endpoint that `url` names, as RabbitMQ's URI specification reads it.

    `amqp://user:password@host:port/vhost`; amqps for TLS, with `?cacertfile=FILE`
    for certificates that the system does not know. See
    https://www.rabbitmq.com/docs/uri-spec and uri-query-parameters.

    Raises:
        SettingError: it is not such a URL. The message never repeats the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        # urlsplit's own words may repeat the part of the URL that holds the password.
        raise SettingError("The broker's URL has a port that is not a number from 1 to 65535.") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise SettingError(
            "A broker's URL begins with amqp:// or amqps://, as in amqp://guest:guest@localhost:5672/."
        )
    if port == 0:
        raise SettingError("The broker's URL has a port that is not a number from 1 to 65535.")
    query = parse_qs(parts.query)
    if "@" in parts.query or "@" in parts.fragment:
        raise SettingError("Write ? in a user or a password as %3F, # as %23, / as %2F and @ as %40.")
    if unknown := sorted(set(query) - {"cacertfile"}):
        raise SettingError(f"WorkQ does not know {unknown[0]!r} in a broker's URL; it knows cacertfile.")
    host = parts.hostname or "localhost"
    if len(host) > 253 or any(not 0 < len(label) < 64 for label in host.rstrip(".").split(".")):
        raise SettingError("The broker's URL has a host whose name no machine can have.")
    vhost = unquote(parts.path[1:]) if len(parts.path) > 1 else "/"
    if len(vhost.encode()) > MAX_SHORT_STRING_BYTES:
        raise SettingError(f"A virtual host's name has at most {MAX_SHORT_STRING_BYTES} bytes.")
    return Endpoint(
        host=host,
        port=port or DEFAULT_PORTS[parts.scheme],
        vhost=vhost,
        user=unquote(parts.username or "guest"),
        password=unquote(parts.password) if parts.password is not None else "guest",
        tls=parts.scheme == "amqps",
        ca_file=query["cacertfile"][0] if query else None,
    )


def check_queue_name(name: str) -> str:
    """Return `name` if a queue may be called so.

    Raises:
        SettingError: it is empty, too long, or reserved for the broker itself.
    """
    if not name:
        raise SettingError("A queue needs a name.")
    if len(name.encode()) > MAX_SHORT_STRING_BYTES:
        raise SettingError(f"A queue's name has at most {MAX_SHORT_STRING_BYTES} bytes; this one is longer.")
    if name.startswith("amq."):
        raise SettingError("Names that begin with 'amq.' belong to the broker itself; choose another.")
    return name
