"""Tells the connections of this very program from all others, another WorkQ's included."""

import secrets
from collections.abc import Collection

NAME_PREFIX = "WorkQ "
"""So the names of our connections begin; what follows is whose it is."""
OBSERVER = f"{NAME_PREFIX}observer"
SESSION_PROPERTY = "workq_session"
SESSION = secrets.token_hex(8)
"""Different in every process; each connection of ours shows it among its client properties."""
_TERM = f'{{<<"{SESSION_PROPERTY}">>,longstr,<<"{SESSION}">>}}'


def own_properties(name: str) -> dict[str, str | bool]:
    """Return the client properties of our connection of that name.

    The built-in broker leaves who is `untraced` out of the firehose: we tell what we do ourselves. The
    observer is not: it finds out by its own doings whether there is a firehose.
    """
    return {"connection_name": name, SESSION_PROPERTY: SESSION, "untraced": name != OBSERVER}


def is_own(client_properties: Collection[object]) -> bool:
    """Tell whether a connection is ours, from its client properties as `connection.created` writes them."""
    return _TERM in client_properties
