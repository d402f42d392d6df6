"""Where the broker is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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
        others: More hosts of the same broker with their ports, to be tried in turn after the first.
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
    others: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        scheme = "amqps" if self.tls else "amqp"
        hosts = ",".join(
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            for host, port in ((self.host, self.port), *self.others)
        )
        vhost = "" if self.vhost == "/" else "/" + quote(self.vhost, safe="")
        user = "" if self.user == "guest" else quote(self.user, safe="") + "@"
        return f"{scheme}://{user}{hosts}{vhost}"

    @property
    def lacks_password(self) -> bool:
        """Whether it was named with a user and no password: only guest's is known to everybody."""
        return self.user != "guest" and self.password == "guest"

    @property
    def alone(self) -> "Endpoint":
        """Its first host, without the others."""
        return replace(self, others=())

    @property
    def turned(self) -> "Endpoint":
        """The same hosts, beginning with the second; the first comes last."""
        if not self.others:
            return self
        (host, port), *rest = self.others
        return replace(self, host=host, port=port, others=(*rest, (self.host, self.port)))


def from_url(url: str) -> Endpoint:
    """Return the endpoint that `url` names, as RabbitMQ's URI specification reads it.

    `amqp://user:password@host:port/vhost`; amqps for TLS, with `?cacertfile=FILE`
    for certificates that the system does not know. See
    https://www.rabbitmq.com/docs/uri-spec and uri-query-parameters.
    Several hosts of one broker stand in a row, `amqp://user:password@host1:port,host2:port/vhost`;
    so may whole URLs, `amqp://host1,amqp://host2`, if they differ in the host alone.

    Raises:
        SettingError: it is not such a URL. The message never repeats the password.
    """
    first, *others = (_from_url_of_one(one) for one in _one_url_for_each_host(url))
    if any(replace(other, host=first.host, port=first.port) != first for other in others):
        raise SettingError(
            "The URLs of one broker may differ in host and port only: "
            "user, password, virtual host and TLS are the same on all its hosts."
        )
    return replace(first, others=tuple((other.host, other.port) for other in others))


def _one_url_for_each_host(urls: str) -> Iterator[str]:
    for url in re.split(r",(?=amqps?://)", urls):
        # The hosts stand between a user, if there is one, and the path or the query.
        parts = re.fullmatch(r"(\w+://(?:[^/?#]*@)?)([^/?#]*)(.*)", url, re.DOTALL)
        before, hosts, after = parts.groups() if parts else (url, "", "")
        names = hosts.split(",")
        if len(names) > 1 and "" in names:
            raise SettingError("The broker's URL has a comma among its hosts with no host beside it.")
        yield from (before + name + after for name in names)


def _from_url_of_one(url: str) -> Endpoint:
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
