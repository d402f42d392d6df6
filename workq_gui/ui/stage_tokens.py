"""Which tokens are on the stage at a moment: where, and in what form. No painting."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workq_gui.core.events import TaskId, WorkerId
from workq_gui.core.projections.broker import BrokerState
from workq_gui.core.projections.scene import Flight, FlightKind
from workq_gui.core.projections.task_board import PublishState, TaskState, WorkState
from workq_gui.core.session import Session
from workq_gui.core.tasks import count_dots
from workq_gui.ui.stage_layout import CROSS_AT, Curve, StageLayout, ease
from workq_gui.ui.tokens import Form, Look, Token

MOST_TOKENS = 400
LABELLED_UP_TO = 60
CROWD_SPREAD = 0.3
"""How far the tokens of a crowd stray from their way, in diameters: side by side they can be counted."""
OPACITY_WHILE_DOWN = 0.45


@dataclass(frozen=True, slots=True)
class Density:
    """How a crowd is thinned out; each is made from the one before, so that it does not flicker.

    Attributes:
        stride: Of the common flights every such one is drawn: a power of two.
        is_crowded: Too many for labels.
    """

    stride: int = 1
    is_crowded: bool = False

    def after(self, flight_count: int) -> "Density":
        """Return the density for this many flights."""
        stride = self.stride
        while flight_count > MOST_TOKENS * stride:
            stride *= 2
        while stride > 1 and flight_count < 0.7 * MOST_TOKENS * stride / 2:
            stride //= 2
        limit = LABELLED_UP_TO * (0.7 if self.is_crowded else 1.0)
        return Density(stride, flight_count > limit)


@dataclass(frozen=True, slots=True)
class StageTokens:
    """All tokens of a moment.

    Attributes:
        standing: In the tube, head first.
        flying: Between two places.
        more_count: How many stand in the queue and find no room in the tube.
        more_right_x: Where the last token in the tube begins.
        density: How they were thinned out.
    """

    standing: list[Token] = field(default_factory=list)
    flying: list[Token] = field(default_factory=list)
    more_count: int = 0
    more_right_x: float = 0.0
    density: Density = Density()


@dataclass(slots=True)
class _Place:
    """A place in the tube.

    Attributes:
        form: What stands there, or None while its token is still on its way to it.
        room: 1.0, or less while the place closes.
    """

    task: TaskState
    form: Form | None
    room: float = 1.0
    x: float = 0.0


class TokenPlacer:
    """Works out the tokens of one moment; made for it, and thrown away."""

    def __init__(
        self,
        session: Session,
        at_ns: int,
        layout: StageLayout,
        curves: Mapping[WorkerId, Curve],
        density: Density,
    ) -> None:
        self._board = session.board
        self._standing_opacity = OPACITY_WHILE_DOWN if is_down(session.broker) else 1.0
        self._at_ns = at_ns
        self._layout = layout
        self._curves = curves
        self._flights = session.scene.flights_at(at_ns)
        self._density = density.after(len(self._flights))
        self._dot_s = session.pace.dot_s
        self._flight_of = {flight.task_id: flight for flight in self._flights}
        self._places: dict[TaskId, _Place] = {}

    def place(self) -> StageTokens:
        """Return all tokens."""
        candidates, total = self._candidates()
        slots = self._layout.slot_count
        # "+ n more" needs the last places of a tube that is full.
        shown_count = slots if total <= slots else max(1, slots - (2 if slots > 5 else 1))
        self._take_places(candidates, shown_count)
        axis_y = self._layout.axis_y
        standing = [
            Token(place.x, axis_y, self._look(place.task, place.form), place.room * self._standing_opacity)
            for place in self._places.values()
            if place.form is not None
        ]
        last_x = min((place.x for place in self._places.values()), default=self._layout.head_x)
        return StageTokens(
            standing,
            [self._fly(flight) for flight in self._drawn_flights()],
            max(0, total - len(self._places) - self._coming_count()) if total > slots else 0,
            last_x - self._layout.token_d / 2,
            self._density,
        )

    # --- in the tube ----------------------------------------------------------------------

    def _candidates(self) -> tuple[list[_Place], int]:
        """Return the places that may be shown, head of the queue first, and how many there are in all."""
        board, limit = self._board, self._layout.slot_count
        tasks = {task.task_id: task for task in (*board.ready(limit), *board.unacked(limit))}
        total = board.ready_count + board.unacked_count
        if len(self._flights) <= MOST_TOKENS:
            for flight in self._flights:
                task = board.tasks[flight.task_id]
                if flight.task_id not in tasks and not _is_turned_away(task):
                    tasks[flight.task_id] = task
                    total += task.work is WorkState.ACKED  # the board has let go of it; the picture is later
        by_number = sorted(tasks.values(), key=lambda task: task.number)
        return [self._place_of(task) for task in by_number], total

    def _place_of(self, task: TaskState) -> _Place:
        flight = self._flight_of.get(task.task_id)
        if flight is None:
            if task.work is not WorkState.WAITING:
                return _Place(task, Form.DASHED)
            is_safe = task.publish not in (PublishState.ACCEPTED, PublishState.IN_FLIGHT)
            return _Place(task, Form.SOLID if is_safe else Form.HOLLOW)
        if flight.kind is FlightKind.ACK:
            gone = max(0.0, 2.0 * flight.progress_at(self._at_ns) - 1.0)  # as the tick comes near
            return _Place(task, Form.DASHED, 1.0 - ease(gone))
        return _Place(task, Form.DASHED if flight.kind is FlightKind.DELIVER else None)

    def _take_places(self, candidates: list[_Place], shown_count: int) -> None:
        """Show both what waits and what is un-acked, when there is not room for all."""
        dashed_count = sum(place.form is Form.DASHED for place in candidates)
        waiting_count = len(candidates) - dashed_count
        dashed_left = min(dashed_count, max(shown_count - waiting_count, (shown_count + 1) // 2))
        left = {True: dashed_left, False: shown_count - dashed_left}
        offset = 0.0
        for place in candidates:
            is_dashed = place.form is Form.DASHED
            if not left[is_dashed]:
                continue
            left[is_dashed] -= 1
            place.x = self._layout.slot_x(offset + (place.room - 1.0) / 2)
            offset += place.room
            self._places[place.task.task_id] = place

    def _coming_count(self) -> int:
        """Return how many are on their way to the queue and have no place in the tube."""
        publish, places = FlightKind.PUBLISH, self._places
        return len([f for f in self._flights if f.kind is publish and f.task_id not in places])

    # --- in the air -----------------------------------------------------------------------

    def _drawn_flights(self) -> list[Flight]:
        stride, tasks = self._density.stride, self._board.tasks
        if stride == 1:
            return self._flights
        # By the task's number, so that a task that is drawn is drawn on all its ways.
        return [f for f in self._flights if f.is_rare or tasks[f.task_id].number % stride == 0]

    def _fly(self, flight: Flight) -> Token:
        layout, task = self._layout, self._board.tasks[flight.task_id]
        fraction = ease(flight.progress_at(self._at_ns))
        form, words = Form.SOLID, ""
        match flight.kind:
            case FlightKind.PUBLISH:
                form, y = Form.HOLLOW, layout.axis_y
                start = layout.producer.right() + layout.token_d / 4
                x = start + (self._target_x(task) - start) * fraction
            case FlightKind.RETURN:
                form, words = Form.HOLLOW, task.returned_text
                x = layout.exchange.center().x()
                x += (layout.producer.right() - x) * fraction
                y = layout.axis_y - 6.0 * layout.token_d * fraction * (1.0 - fraction)
            case FlightKind.ACK:
                form = Form.TICK
                x, y = self._on_route(flight, 1.0 - fraction, 1.0)
            case FlightKind.REQUEUE:
                x, y = self._on_route(flight, 1.0 - fraction, CROSS_AT)
            case FlightKind.DELIVER:
                x, y = self._on_route(flight, fraction, 1.0)
        look = self._look(task, form, flight)
        if look.is_small:
            y += layout.token_d * CROWD_SPREAD * (task.number // self._density.stride * 3 % 7 - 3) / 3
        return Token(x, y, look, 1.0, words)

    def _target_x(self, task: TaskState) -> float:
        if _is_turned_away(task):
            return self._layout.exchange.center().x()
        place = self._places.get(task.task_id)
        return place.x if place else self._layout.tube.left()

    def _on_route(self, flight: Flight, fraction: float, end: float) -> tuple[float, float]:
        """Return a point of the way from the place in the tube along the worker's line up to `end` of it."""
        curve = self._curves.get(flight.worker_id) if flight.worker_id else None
        curve = curve or self._layout.curve_to(None)
        place = self._places.get(flight.task_id)
        inside = curve.x0 - place.x if place else 0.0
        way = fraction * (inside + curve.length * end)
        if way < inside:
            return curve.x0 - inside + way, curve.y0
        return curve.point_at((way - inside) / curve.length)

    def _look(self, task: TaskState, form: Form, flight: Flight | None = None) -> Look:
        dots = count_dots(task.text)
        if flight is not None and self._density.is_crowded and not flight.is_rare:
            return Look(form, 0 if form is Form.TICK else dots, is_small=True)
        if form is Form.TICK:
            return Look(form)
        came_back = task.deliveries > 0 and task.work is WorkState.WAITING
        label = seconds(dots * self._dot_s)
        return Look(form, dots, label, task.redelivered or came_back, task.persistent)


def seconds(duration_s: float) -> str:
    """Return a task's length for its token; empty for a task without work."""
    return f"{round(duration_s, 1):g} s" if duration_s else ""


def is_down(broker: BrokerState) -> bool:
    """Whether the broker was there and is not."""
    return broker.was_connected and not broker.connected


def _is_turned_away(task: TaskState) -> bool:
    return task.publish in (PublishState.RETURNED, PublishState.NACKED)
