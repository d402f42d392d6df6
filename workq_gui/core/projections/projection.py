"""What all projections have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, Self

from workq_gui.core.events import Event

Handlers = Mapping[type[Event], Callable[[Any], object]]


class Projection(ABC):
    """A fold over events: feed it every event in order, then read it. Belongs to the GUI thread."""

    @property
    @abstractmethod
    def handlers(self) -> Handlers:
        """What to do with an event, by its type.

        A table and not a `match`, since a burst brings some 50,000 events a second. Made anew each time:
        kept here it would refer back, and a copy that is done with would wait for the garbage collector.
        """

    def copy(self) -> Self:
        """Return a projection that stands where this one does, and goes its own way from here on.

        Its containers are new; what is in them is shared, and so must be frozen, or be copied by who
        writes it.
        """
        twin = type(self)()
        for name, value in vars(self).items():
            setattr(twin, name, copy(value))
        return twin
