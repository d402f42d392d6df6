"""Facts about the room: whether other machines may use the built-in broker."""

from dataclasses import dataclass

from workq_gui.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOpened(Event):
    """The built-in broker listens on the network, for one user. The password is never recorded.

    Attributes:
        host: The address that it listens at; 0.0.0.0 for all that this machine has.
        port: Where it listens there.
        user: Who may log in by that door.
    """

    host: str
    port: int
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomClosed(Event):
    """The built-in broker listens to this machine only again; who came in by that door was let go."""
