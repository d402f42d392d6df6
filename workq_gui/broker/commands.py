"""Commands of the program that started the broker: one JSON object a line, each with one in answer.

`{"open": {"address": "0.0.0.0", "port": 5672, "user": "class", "password": "…"}}` is answered with
`{"room": {"host": "0.0.0.0", "port": 5672}}`, `{"close_room": true}` with `{"room": null}`; what cannot
be done, or understood, with `{"error": "…"}`. An `"id"` comes back in the answer. They come by a pipe, so
that a password stands on no command line and in no list of processes.
"""

import json
from typing import Any

from .room import Room


class Commands:
    """Obeys them. Belongs to the loop of the room."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def obey(self, line: bytes) -> str:
        """Do what `line` says; return the answer, one line without its end."""
        number = None
        try:
            command = json.loads(line)
            number = command.get("id") if isinstance(command, dict) else None
            answer = await self._do(command)
        except OSError as error:
            answer = {"error": error.strerror or str(error)}
        except (ValueError, OverflowError) as error:
            answer = {"error": str(error)}
        return json.dumps(answer if number is None else {"id": number, **answer})

    async def _do(self, command: object) -> dict[str, Any]:
        match command:
            case {
                "open": {"address": str(address), "port": int(port), "user": str(user), "password": str(key)}
            }:
                host, taken_port = await self._room.open(address, port, user, key)
                return {"room": {"host": host, "port": taken_port}}
            case {"close_room": True}:
                self._room.close()
                return {"room": None}
        raise ValueError("no such command")
