"""What stands in the tubes at a moment: each task's place, and in what form it stands there."""

from dataclasses import dataclass

from workq_gui.core.causes import NOT_ON_DISK, PURGED, QUEUE_DELETED
from workq_gui.core.events import TaskId
from workq_gui.core.projections.flight import Flight, FlightKind
from workq_gui.core.projections.scene import LAST_DISSOLVE_NS
from workq_gui.core.projections.task_state import PublishState, TaskState, WorkState
from workq_gui.ui.motion import ease_in_out, ease_out
from workq_gui.ui.stage_moment import COMES_BACK_NS, MOST_TOKENS, Moment, comes_back, is_down
from workq_gui.ui.stage_tube import Tube
from workq_gui.ui.tokens import Form, Token

OPACITY_WHILE_DOWN = 0.45
ONE_COMES_BACK_NS = 300_000_000
DISSOLVE_CAUSES = (NOT_ON_DISK, PURGED, QUEUE_DELETED)
HAS_NO_PLACE = (FlightKind.RETURN, FlightKind.DROP, FlightKind.SHATTER)


@dataclass(slots=True)
class Place:
    """A place in a tube.

    Attributes:
        form: What stands there, or None while its token is still on its way to it.
        room: 1.0, or less while the place closes.
        opacity: Of what stands there.
    """

    task: TaskState
    form: Form | None
    room: float = 1.0
    opacity: float = 1.0
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class More:
    """How many stand in a queue and find no room in its tube, and where the tokens in it begin."""

    count: int
    right_x: float


class TubePlaces:
    """Works out the places of one moment in all tubes; made for it, and thrown away.

    Attributes:
        more: For each queue of which not all is shown.
        dissolving: Why a queue's tasks dissolve just now, in the words of the ledger.
    """

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._board = moment.state.board
        self._is_down = is_down(moment.state.broker)
        self._comes_back = comes_back(moment.state, moment.at_ns)
        self._places: dict[str, dict[TaskId, Place]] = {}
        self.more: dict[str, More] = {}
        self.dissolving: dict[str, str] = {}
        extra = self._in_the_air()
        for queue, tube in moment.layout.tubes.items():
            self._fill(tube, extra.get(queue, {}))

    def place_of(self, task_id: TaskId, queue: str) -> Place | None:
        """Return a task's place in the tube of `queue`, if it has one that is shown."""
        return self._places.get(self._moment.layout.tube_of(queue).queue, {}).get(task_id)

    def tokens(self) -> list[Token]:
        """Return what stands in the tubes, head first."""
        return [
            Token(place.x, place.y, self._moment.look(place.task, place.form), opacity, "", task_id)
            for queue, places in self._places.items()
            if (left := 1.0 - self._moment.filled.get(queue, 0.0))
            for offset, (task_id, place) in enumerate(places.items())
            if place.form is not None
            and (opacity := left * place.opacity * self._light(place, offset, len(places)))
        ]

    def _light(self, place: Place, offset: int, count: int) -> float:
        """Return the opacity that the broker's coming and going gives to a place."""
        if self._is_down:
            return OPACITY_WHILE_DOWN
        changed_ns = self._moment.state.broker.changed_ns
        if not self._comes_back or place.task.since_ns >= changed_ns:
            return 1.0
        begins_ns = changed_ns + (COMES_BACK_NS - ONE_COMES_BACK_NS) * offset / max(1, count - 1)
        done = ease_out((self._moment.at_ns - begins_ns) / ONE_COMES_BACK_NS)
        return OPACITY_WHILE_DOWN + (1.0 - OPACITY_WHILE_DOWN) * done

    # --- who has a place ----------------------------------------------------------------------

    def _in_the_air(self) -> dict[str, dict[TaskId, Place]]:
        """Return the places that are there because of a flight, by queue."""
        found: dict[str, dict[TaskId, Place]] = {}
        for task in self._to_dissolve():
            queue = self._moment.layout.tube_of(task.queue).queue
            self.dissolving[queue] = task.lost_cause
            found.setdefault(queue, {})[task.task_id] = self._dissolving_place(task)
        if self._moment.streaming or len(self._moment.flights) > MOST_TOKENS:
            return found
        for flight in self._moment.flights:
            task = self._board.tasks[flight.task_id]
            if flight.kind is FlightKind.DEAD_LETTER and (source := self._source_of(flight)):
                ghost = self._closing(task, Form.DASHED, flight, 0.0)
                found.setdefault(source, {})[task.task_id] = ghost
            # What the board has in its queues is found there.
            if flight.kind in HAS_NO_PLACE or not (_is_gone(task) or task.publish is PublishState.UNKNOWN):
                continue
            queue = self._moment.queue_of(task, flight)
            if flight.kind is FlightKind.PUBLISH and self._moment.turned_away(task, queue):
                continue
            tube = self._moment.layout.tube_of(queue)
            found.setdefault(tube.queue, {})[task.task_id] = self._place_in_flight(task, flight)
        return found

    def _source_of(self, flight: Flight) -> str:
        """Return the queue from which a dead letter came."""
        view = self._moment.state.worker_views.get(flight.worker_id) if flight.worker_id else None
        queues = self._moment.state.queues.views
        names = view.queues if view else ()
        return next((n for n in names if n in queues and queues[n].dead_letter_to == flight.queue), "")

    def _to_dissolve(self) -> list[TaskState]:
        """Return the first tasks of each queue that dissolve now or will in a moment, in their order."""
        flights = self._moment.dissolves
        if not flights:
            return []
        last, waiting = flights[-1].task_id, []
        entries = self._moment.state.ledger.entries
        for entry in reversed(entries.values()):
            if entry.task_id == last or self._moment.at_ns - entry.at_ns > LAST_DISSOLVE_NS:
                break
            if entry.cause in DISSOLVE_CAUSES:
                waiting.append(entry.task_id)
        most = sum(tube.slot_count for tube in self._moment.layout.tubes.values())
        chosen = [flight.task_id for flight in flights[:most]]
        chosen += reversed(waiting[-(most - len(chosen)) :] if len(chosen) < most else [])
        return [self._board.tasks[task_id] for task_id in chosen if task_id in self._board.tasks]

    def _dissolving_place(self, task: TaskState) -> Place:
        form = Form.DASHED if task.work is WorkState.UNACKED else self._moment.form_of_waiting(task)
        flight = self._moment.flight_of.get(task.task_id)
        if flight is None:
            return Place(task, form)
        progress = flight.progress_at(self._moment.at_ns)
        room = 1.0 - ease_in_out(2.5 * progress - 1.5)
        return Place(task, form, 1.0 if self._moment.is_reduced else room, 1.0 - ease_in_out(1.4 * progress))

    def _place_of(self, task: TaskState) -> Place:
        flight = self._moment.flight_of.get(task.task_id)
        if flight is not None and flight.kind not in HAS_NO_PLACE:
            return self._place_in_flight(task, flight)
        if task.work is not WorkState.WAITING:
            return Place(task, Form.DASHED)
        return Place(task, self._moment.form_of_waiting(task))

    def _place_in_flight(self, task: TaskState, flight: Flight) -> Place:
        match flight.kind:
            case FlightKind.ACK:  # as the tick comes near
                return self._closing(task, Form.DASHED, flight, 0.5)
            case FlightKind.REJECT:
                return self._closing(task, Form.DASHED, flight, 0.0)
            case FlightKind.DELIVER if self._moment.is_auto_ack(task, flight):
                return self._closing(task, None, flight, 0.2)
            case FlightKind.DELIVER | FlightKind.REQUEUE | FlightKind.NACK:
                return Place(task, Form.DASHED)
            case FlightKind.DISSOLVE:
                return self._dissolving_place(task)
            case _:
                return Place(task, None)

    def _closing(self, task: TaskState, form: Form | None, flight: Flight, begins: float) -> Place:
        progress = (flight.progress_at(self._moment.at_ns) - begins) / (1.0 - begins)
        left = 1.0 - ease_in_out(progress)
        return Place(task, form, 1.0 if self._moment.is_reduced else left, left)

    # --- where it is --------------------------------------------------------------------------

    def _fill(self, tube: Tube, extra: dict[TaskId, Place]) -> None:
        """Give places in a tube: to what the queue has, and to what a flight still shows there."""
        board, limit, queue = self._board, tube.slot_count, tube.queue
        there = (*board.ready(limit, queue), *board.unacked(limit, queue))
        places = {task.task_id: extra.get(task.task_id) or self._place_of(task) for task in there}
        total = board.ready_count_in(queue) + board.unacked_count_in(queue)
        for task_id, place in extra.items():
            if task_id not in places:
                places[task_id] = place
                total += _is_gone(place.task) or place.task.queue != queue
        ordered = sorted(places.values(), key=lambda place: place.task.number)
        # "+ n more" needs the last places of a tube that is full.
        shown_count = limit if total <= limit else max(1, limit - (2 if limit > 5 else 1))
        shown = self._take_places(tube, ordered, shown_count)
        self._places[queue] = shown
        if total > limit and self._moment.filled.get(queue, 0.0) < 0.5:
            last_x = min((place.x for place in shown.values()), default=tube.head_x)
            count = total - len(shown) - self._coming_count(tube, shown)
            if count > 0:
                self.more[queue] = More(count, last_x - self._moment.layout.token_d / 2)

    def _take_places(self, tube: Tube, candidates: list[Place], shown_count: int) -> dict[TaskId, Place]:
        """Show both what waits and what is un-acked, when there is not room for all."""
        dashed_count = sum(place.form is Form.DASHED for place in candidates)
        waiting_count = len(candidates) - dashed_count
        dashed_left = min(dashed_count, max(shown_count - waiting_count, (shown_count + 1) // 2))
        left = {True: dashed_left, False: shown_count - dashed_left}
        offset, shown = 0.0, {}
        for place in candidates:
            is_dashed = place.form is Form.DASHED
            if not left[is_dashed]:
                continue
            left[is_dashed] -= 1
            place.x, place.y = tube.slot_x(offset + (place.room - 1.0) / 2), tube.axis_y
            offset += place.room
            shown[place.task.task_id] = place
        return shown

    def _coming_count(self, tube: Tube, shown: dict[TaskId, Place]) -> int:
        """Return how many are on their way to a queue and have no place in its tube."""
        publish, queue, tubes = FlightKind.PUBLISH, tube.queue, self._moment.layout.tubes
        return len(
            [
                flight
                for flight in self._moment.flights
                if flight.kind is publish
                and flight.task_id not in shown
                and (flight.queue == queue or flight.queue not in tubes)
            ]
        )


def _is_gone(task: TaskState) -> bool:
    """Whether the board has let go of a task that the picture still shows."""
    return bool(task.lost_cause) or task.work in (WorkState.ACKED, WorkState.TRUSTED)
