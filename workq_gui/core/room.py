"""What a student of the room needs to know: where the broker is, and what to type."""

import secrets
from dataclasses import dataclass, field

CLASS_USER = "class"
CONSONANTS = "bdfghjkmnprstvwz"
VOWELS = "aeiou"
GROUPS = 4
SYLLABLES = 2
"""Four groups of two syllables: 80 possible syllables each, 6.3 bits, so 50 bits in all."""


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """A broker that others on the network may use.

    Attributes:
        hosts: This machine's addresses on the network, the likeliest first.
        port: Where it listens there.
        user: Who may log in.
        password: Never part of `repr()`, never recorded.
    """

    hosts: tuple[str, ...]
    port: int
    user: str
    password: str = field(repr=False)

    def url(self, host: str) -> str:
        """Return the address for a client of another machine."""
        where = f"[{host}]" if ":" in host else host
        return f"amqp://{self.user}:{self.password}@{where}:{self.port}/"

    def pika_lines(self, host: str) -> tuple[str, str]:
        """Return the two lines that connect a student's program."""
        return (
            f'url = "{self.url(host)}"',
            "connection = pika.BlockingConnection(pika.URLParameters(url))",
        )


def make_password() -> str:
    """Return a new password that can be read out and typed: no sign looks like another."""
    return "-".join("".join(_syllable() for _ in range(SYLLABLES)) for _ in range(GROUPS))


def _syllable() -> str:
    return secrets.choice(CONSONANTS) + secrets.choice(VOWELS)
