"""The flights of the last moments, by when they started."""

from collections.abc import Sequence
from operator import attrgetter

from workq_gui.core.events import TaskId
from workq_gui.core.projections.flight import DURATION_NS, LONGEST_NS, MS, Flight, FlightKind

PART_NS = 50 * MS
"""How long a part of the time is, of which the flights are kept together; a flight lasts some whole parts."""
COMMON = (FlightKind.PUBLISH, FlightKind.DELIVER, FlightKind.ACK)
COMMON_PARTS = {kind: DURATION_NS[kind] // PART_NS for kind in COMMON}
"""How many parts of the time a common flight lasts."""
SORTS = [(kind, is_rare, DURATION_NS[kind]) for kind in FlightKind for is_rare in (False, True)]
RARE_SORTS = [sort for sort in SORTS if sort[1]]


class FlightLog:
    """Finds what is in the air at a moment without looking at what is not; counts it without looking at it.

    Cheap to copy: copies share the parts, and who writes into one copies it first.

    The time is cut into parts, each with a number: the part of a moment is `at_ns // PART_NS`.
    """

    def __init__(self) -> None:
        self._parts: dict[tuple[FlightKind, bool, int], list[Flight]] = {}
        self._own_parts: set[tuple[FlightKind, bool, int]] = set()
        self._first_part = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __copy__(self) -> "FlightLog":
        twin = FlightLog()
        twin._parts = self._parts.copy()
        self._own_parts.clear()
        twin._first_part, twin._count = self._first_part, self._count
        return twin

    def add(self, flight: Flight) -> None:
        """Take in a flight."""
        key = (flight.kind, flight.is_rare, flight.started_ns // PART_NS)
        if key in self._own_parts:
            self._parts[key].append(flight)
        else:
            self._parts[key] = [*self._parts.get(key, ()), flight]
            self._own_parts.add(key)
        self._count += 1

    def take_out(self, task_id: TaskId) -> list[Flight]:
        """Take out all flights of a task, and return them, earliest first. Looks at every flight."""
        found: list[Flight] = []
        for key, flights in list(self._parts.items()):
            if mine := [flight for flight in flights if flight.task_id == task_id]:
                self._parts[key] = [flight for flight in flights if flight.task_id != task_id]
                found += mine
        self._count -= len(found)
        return sorted(found, key=attrgetter("started_ns"))

    def at(self, at_ns: int) -> list[Flight]:
        """Return what is in the air, earliest first."""
        return self._found(SORTS, at_ns)

    def rare_at(self, at_ns: int) -> list[Flight]:
        """Return what is rare and in the air, earliest first."""
        return self._found(RARE_SORTS, at_ns)

    def started_in(self, part: int, kind: FlightKind) -> Sequence[Flight]:
        """Return the common flights of a kind that started in a part of the time."""
        return self._parts.get((kind, False, part), ())

    def common_count_before(self, part: int) -> int:
        """Return how many common flights are in the air when a part of the time begins."""
        return sum(
            len(self.started_in(started, kind))
            for kind, length in COMMON_PARTS.items()
            for started in range(part - length, part)
        )

    def forget_before(self, at_ns: int) -> list[Flight]:
        """Forget what landed well before `at_ns`, and return it."""
        first_part = (at_ns - LONGEST_NS) // PART_NS
        if first_part <= self._first_part:
            return []
        self._first_part = first_part
        old = [key for key in self._parts if key[2] < first_part]
        self._own_parts.difference_update(old)
        forgotten = [flight for key in old for flight in self._parts.pop(key)]
        self._count -= len(forgotten)
        return forgotten

    def _found(self, sorts: Sequence[tuple[FlightKind, bool, int]], at_ns: int) -> list[Flight]:
        found: list[Flight] = []
        last = at_ns // PART_NS
        for kind, is_rare, duration_ns in sorts:
            for part in range((at_ns - duration_ns) // PART_NS, last + 1):
                flights = self._parts.get((kind, is_rare, part))
                if flights:
                    found += [f for f in flights if f.started_ns <= at_ns < f.started_ns + duration_ns]
        found.sort(key=attrgetter("started_ns"))
        return found
