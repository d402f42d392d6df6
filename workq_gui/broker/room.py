"""A second door, for the other machines of a room: a port of its own, and one user who may come in."""

from .connection import ServerConnection
from .policy import Policy
from .server import BrokerServer, ClientProtocol, Listener

REASON = "the room was closed"


class Room:
    """Opens the broker to the network, and closes it again. Belongs to the loop of `server`.

    While it is open, `user` may log in with a password; guest may not, by this door. When it is closed,
    whoever came in by it is let go, what they held goes back to the queues, and the user is forgotten.
    """

    def __init__(self, server: BrokerServer, policy: Policy) -> None:
        self._server = server
        self._policy = policy
        self._listener: Listener | None = None
        self._user = ""

    async def open(self, address: str, port: int, user: str, password: str) -> tuple[str, int]:
        """Listen at `address` and let `user` in; return where it listens. One that is open is closed first.

        Args:
            address: Of this machine; 0.0.0.0 for all that it has.
            port: 0 for one that is free.
            user: A name that nobody has yet.
            password: Not empty.

        Raises:
            ValueError: the name is taken, or something is empty; says which.
            OSError: the address is not ours, or the port is taken.
        """
        self.close()
        if not (address and user and password):
            raise ValueError("a room needs an address, a user and a password")
        if user in self._policy.users:
            raise ValueError(f"there is a user {user!r} already")
        listener = await self._server.listen(address, port, is_for_guests=True)
        self._listener, self._user = listener, user
        self._policy.users[user] = password
        host, taken_port = listener.sockets[0].getsockname()[:2]
        return host, taken_port

    def close(self) -> None:
        """Let nobody in any more, and let go who came in; harmless if it is closed."""
        if self._listener is None:
            return
        self._listener.close()
        self._listener = None
        user, self._user = self._user, ""
        del self._policy.users[user]

        def is_in_room(protocol: ClientProtocol, connection: ServerConnection) -> bool:
            return protocol.is_guest or connection.user == user

        self._server.let_go(is_in_room, REASON)
