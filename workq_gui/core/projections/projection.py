"""What all projections have in common."""

from collections.abc import Callable, Mapping
from typing import Any

from workq_gui.core.events import Event


class Projection:
    """A fold over events: feed it every event in order, then read it. Belongs to the GUI thread.

    Attributes:
        handlers: What to do with an event, by its type. A table and not a
            `match`, since a burst brings some 50,000 events a second.
    """

    def __init__(self, handlers: Mapping[type[Event], Callable[[Any], object]]) -> None:
        self.handlers = handlers
