"""Which tokens are on the stage at a moment: where, and in what form. No painting."""

from dataclasses import dataclass, field
from math import cos, pi, sin

from workq_gui.core.events import TaskId, WorkerId
from workq_gui.core.projections.flight import DURATION_NS, Flight, FlightKind
from workq_gui.core.projections.task_state import PublishState, TaskState
from workq_gui.core.tasks import count_dots
from workq_gui.ui.motion import ease_in_out, ease_out
from workq_gui.ui.stage_curve import Curve, Line, Part, Throw, Way, point_along
from workq_gui.ui.stage_foreign import foreign_way
from workq_gui.ui.stage_layout import CROSS_AT
from workq_gui.ui.stage_moment import Density, Moment
from workq_gui.ui.stage_places import More, TubePlaces
from workq_gui.ui.tokens import Form, Look, Token

CROWD_SPREAD = 0.3
"""How far the tokens of a crowd stray from their way, in diameters: side by side they can be counted."""
PIECES = ((0.0, 0.25), (1.1, 0.16), (2.0, 0.22), (3.1, 0.13), (3.9, 0.24), (5.2, 0.17), (5.8, 0.12))
"""What a token shatters into: in which direction each flies, and its radius in diameters."""
SHATTER_LAG = 0.09
"""Of the tasks in one hand, each shatters so much later than the one before."""
MOST_LAG = 0.45


@dataclass(frozen=True, slots=True)
class Stamp:
    """A confirm: the token at this place fills, and a ring goes out from it."""

    x: float
    y: float
    progress: float
    look: Look

    @property
    def filling(self) -> Token:
        """What the token fills with."""
        return Token(self.x, self.y, self.look, ease_in_out(self.progress))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a token that has shattered; its colour goes by the dots of the task."""

    x: float
    y: float
    radius: float
    dots: int
    opacity: float


@dataclass(frozen=True, slots=True)
class StageTokens:
    """All tokens of a moment.

    Attributes:
        standing: In the tubes, head first.
        flying: Between two places.
        stamps: The confirms of this moment, on a token that stands or flies.
        pieces: Of what shatters.
        more: How many stand in a queue and find no room in its tube.
        dissolving: Why a queue's tasks dissolve just now, in the words of the ledger.
        losing: Whether a task is being lost just now.
        density: How they were thinned out.
        confirm_flash: How bright the producer's counter is because of a confirm: 1.0 right at it, then less.
    """

    standing: list[Token] = field(default_factory=list)
    flying: list[Token] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    more: dict[str, More] = field(default_factory=dict)
    dissolving: dict[str, str] = field(default_factory=dict)
    losing: bool = False
    density: Density = field(default_factory=Density)
    confirm_flash: float = 0.0


LOSSES = (FlightKind.DROP, FlightKind.REJECT, FlightKind.SHATTER)


class TokenPlacer:
    """Works out the tokens of one moment; made for it, and thrown away."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._layout = moment.layout
        self._places = TubePlaces(moment)
        self._flying: dict[TaskId, Token] = {}
        self._pieces: list[Piece] = []
        self._shattered_at: dict[str, int] = {}
        self._curves: dict[tuple[str, WorkerId | None], Curve] = {}
        self._ways_to_queues: dict[tuple[str, bool], list[Way]] = {}

    def place(self) -> StageTokens:
        """Return all tokens."""
        moment, standing = self._moment, self._places.tokens()
        for flight in self._drawn_flights():
            task = moment.state.board.tasks[flight.task_id]
            if flight.kind is FlightKind.SHATTER:
                self._shatter(flight, task)
            else:
                self._flying[flight.task_id] = self._fly(flight, task)
        losing = bool(moment.dissolves) or any(flight.kind in LOSSES for flight in moment.flights)
        return StageTokens(
            standing=standing,
            flying=list(self._flying.values()),
            stamps=self._stamps(standing) if moment.stamps else [],
            pieces=self._pieces,
            more=self._places.more,
            dissolving=self._places.dissolving,
            losing=losing,
            density=moment.density,
            confirm_flash=self._confirm_flash(),
        )

    def _confirm_flash(self) -> float:
        confirmed_ns = self._moment.state.scene.confirmed_ns
        if confirmed_ns is None:
            return 0.0
        age = (self._moment.at_ns - confirmed_ns) / DURATION_NS[FlightKind.CONFIRM]
        # In a stream it would be lit all the time.
        return (1.0 - min(1.0, max(0.0, age))) * (1.0 - self._moment.streaming)

    def _drawn_flights(self) -> list[Flight]:
        stride, tasks = self._moment.density.stride, self._moment.state.board.tasks
        if stride == 1:
            return self._moment.flights
        # By the task's number, so that a task that is drawn is drawn on all its ways.
        return [f for f in self._moment.flights if f.is_rare or tasks[f.task_id].number % stride == 0]

    def _stamps(self, standing: list[Token]) -> list[Stamp]:
        shown = {token.task_id: token for token in (*standing, *self._flying.values())}
        stamps = []
        for flight in self._moment.stamps:
            token = shown.get(flight.task_id)
            if token is not None and token.look.form is Form.HOLLOW and not token.look.is_small:
                task = self._moment.state.board.tasks[flight.task_id]
                progress = flight.progress_at(self._moment.at_ns)
                stamps.append(Stamp(token.x, token.y, progress, self._moment.look(task, Form.SOLID)))
        return stamps

    # --- in the air ---------------------------------------------------------------------------

    def _fly(self, flight: Flight, task: TaskState) -> Token:
        progress = flight.progress_at(self._moment.at_ns)
        form, ways, is_back = self._way_of(flight, task)
        opacity = self._opacity(flight, progress)
        if self._moment.is_reduced:
            fraction, opacity = (0.0 if progress < 0.5 else 1.0), opacity * abs(1.0 - 2.0 * progress)
        else:
            # What is thrown has its own pace.
            fraction = progress if isinstance(ways[0], Throw) else ease_in_out(progress)
        x, y = point_along(ways, 1.0 - fraction if is_back else fraction)
        look = self._moment.look(task, form, flight)
        if look.is_small:
            step = task.number // self._moment.density.stride * 3 % 7 - 3
            y += self._layout.token_d * CROWD_SPREAD * step / 3
        words = task.returned_text if flight.kind is FlightKind.RETURN else ""
        return Token(x, y, look, opacity, words, flight.task_id)

    def _opacity(self, flight: Flight, progress: float) -> float:
        if not flight.is_rare:
            return 1.0 - self._moment.streaming
        if flight.kind in (FlightKind.DROP, FlightKind.REJECT, FlightKind.RETURN):
            return 1.0 - 0.9 * ease_in_out(5.0 * progress - 4.0)  # it goes into a box
        return 1.0

    def _way_of(self, flight: Flight, task: TaskState) -> tuple[Form, list[Way], bool]:
        """Return the form of a flying token, its ways, and whether it travels them from their end."""
        layout, kind = self._layout, flight.kind
        waiting = self._moment.form_of_waiting(task)
        match kind:
            case FlightKind.PUBLISH:
                return Form.HOLLOW, self._way_to_queue(flight, task), False
            case FlightKind.RETURN:
                x, y = layout.exchange.center().x(), layout.axis_y
                rise = 1.5 * layout.token_d
                return Form.HOLLOW, [Throw(x, y, layout.producer.right(), y, rise)], False
            case FlightKind.DROP:
                is_sent = task.publish is not PublishState.ACCEPTED
                box = layout.exchange if is_sent else layout.producer
                return waiting, [self._way_to_ledger(box.center().x(), layout.axis_y)], False
            case FlightKind.REJECT:
                end = self._curve(flight, task).point_at(1.0)
                return Form.SOLID, [self._way_to_ledger(*end)], False
            case FlightKind.DELIVER:
                return Form.SOLID, self._way_to_worker(flight, task, 1.0), False
            case FlightKind.ACK:
                return Form.TICK, self._way_to_worker(flight, task, 1.0), True
            case FlightKind.REQUEUE:
                return Form.SOLID, self._way_to_worker(flight, task, CROSS_AT), True
            case _:
                return Form.SOLID, self._way_to_worker(flight, task, 1.0), True

    def _way_to_queue(self, flight: Flight, task: TaskState) -> list[Way]:
        queue = self._moment.queue_of(task, flight)
        is_foreign = flight.worker_id is not None  # then it is the client that published it
        if (queue, is_foreign) not in self._ways_to_queues:
            self._ways_to_queues[queue, is_foreign] = self._ways_to_tube(queue, is_foreign=is_foreign)
        ways = self._ways_to_queues[queue, is_foreign]
        if self._moment.turned_away(task, queue):
            return ways[:1]
        place, last = self._places.place_of(task.task_id, queue), ways[-1]
        if place is None:
            return ways
        left_x, y = last.point_at(1.0)
        return [*ways, Line(left_x, y, place.x, y)]

    def _ways_to_tube(self, queue: str, *, is_foreign: bool) -> list[Way]:
        layout = self._layout
        axis_y, middle, fan = layout.axis_y, layout.exchange.center().x(), layout.fan(queue)
        start = layout.producer.right() + layout.token_d / 4
        begin = foreign_way(layout) if is_foreign else Line(start, axis_y, middle, axis_y)
        return [begin, Line(middle, axis_y, fan.x0, axis_y), fan]

    def _way_to_ledger(self, x: float, y: float) -> Throw:
        ledger = self._layout.ledger.center()
        return Throw(x, y, ledger.x(), ledger.y(), 0.6 * self._layout.token_d)

    def _way_to_worker(self, flight: Flight, task: TaskState, end: float) -> list[Way]:
        """Return the way from the place in the tube along the worker's line up to `end` of it."""
        curve = self._curve(flight, task)
        place = self._places.place_of(flight.task_id, self._moment.queue_of(task, flight))
        line: Way = curve if end == 1.0 else Part(curve, end)
        return [Line(place.x, curve.y0, curve.x0, curve.y0), line] if place else [line]

    def _curve(self, flight: Flight, task: TaskState) -> Curve:
        key = self._moment.queue_of(task, flight), flight.worker_id
        curve = self._curves.get(key)
        if curve is None:
            y = self._moment.anchors.get(flight.worker_id) if flight.worker_id else None
            curve = self._curves[key] = self._layout.curve(key[0], y)
        return curve

    # --- into pieces --------------------------------------------------------------------------

    def _shatter(self, flight: Flight, task: TaskState) -> None:
        """Let a task break at its worker, each one in the hand a little later and beside the one before."""
        hand = str(flight.worker_id)
        nth = self._shattered_at[hand] = self._shattered_at.get(hand, -1) + 1
        progress = flight.progress_at(self._moment.at_ns)
        x, y = self._curve(flight, task).point_at(max(0.5, 0.82 - 0.09 * nth))
        look, token_d = self._moment.look(task, Form.SOLID, flight), self._layout.token_d
        if self._moment.is_reduced:
            self._flying[task.task_id] = Token(x, y, look, 1.0 - progress, "", task.task_id)
            return
        lag = min(MOST_LAG, SHATTER_LAG * nth)
        progress = max(0.0, (progress - lag) / (1.0 - lag))
        if progress < 0.15:
            shiver = 0.05 * token_d * sin(progress * 200.0)
            self._flying[task.task_id] = Token(x + shiver, y, look, 1.0, "", task.task_id)
            return
        progress, dots = (progress - 0.15) / 0.85, count_dots(task.text)
        away = token_d * (0.2 + 1.1 * ease_out(progress))
        for direction, radius in PIECES:
            angle = direction + task.number
            fall = 0.5 * token_d * progress * progress
            self._pieces.append(
                Piece(
                    x + away * cos(angle) * (0.7 + radius),
                    y + away * sin(angle + pi / 5) + fall,
                    token_d * radius * (1.0 - 0.4 * progress),
                    dots,
                    1.0 - ease_in_out(progress),
                )
            )
