"""Values as RabbitMQ's error texts write them: in Erlang's notation."""

import re

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


def binary(data: bytes) -> str:
    """Write bytes: as text if they are printable, else as numbers."""
    if data and all(32 <= octet < 127 for octet in data):
        return f'<<"{data.decode("ascii")}">>'
    return f"<<{','.join(map(str, data))}>>"


def to_integer(text: str) -> tuple[int | None, str]:
    """Read a whole number at the start of `text`; return it, if there is one, and what follows."""
    match = _INTEGER.match(text)
    return (int(match[0]), text[match.end() :]) if match else (None, text)
