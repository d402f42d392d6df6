"""One moment of the stage: what those who place the tokens all need to know of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from workq_gui.core.events import WorkerId
from workq_gui.core.projections.broker import BrokerState
from workq_gui.core.projections.flight import Flight, FlightKind
from workq_gui.core.projections.task_state import PublishState, TaskState, WorkState
from workq_gui.core.state import State
from workq_gui.core.tasks import count_dots
from workq_gui.ui.stage_layout import StageLayout
from workq_gui.ui.stage_streams import filled_at, streaming_at
from workq_gui.ui.tokens import Form, Look

MOST_TOKENS = 400
MOST_RARE = 60
"""So many rare flights of one kind are drawn: all tasks of a purged queue are one."""
LABELLED_UP_TO = 60
SAFE = (PublishState.CONFIRMED, PublishState.UNKNOWN, PublishState.SEEN)
"""The broker is responsible for it; a stranger's task was there before we knew of it."""
COMES_BACK_NS = 800_000_000
"""What was on disk comes back within this time."""


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


class Moment:
    """What is in the air, and what a token looks like.

    Attributes:
        anchors: Where each worker's line meets the right edge of the stage: its y.
        is_reduced: Nothing travels: tokens fade where they leave and where they arrive.
        flights: What is in the air, earliest first; of what is rare only so many of each kind.
        streaming: How far streams stand in for single common tokens: 0.0 to 1.0.
        filled: How far the filling of each queue's tube stands in for the tokens in it.
        stamps: The confirms of this moment.
        dissolves: What dissolves, earliest first.
    """

    def __init__(
        self,
        state: State,
        at_ns: int,
        layout: StageLayout,
        anchors: Mapping[WorkerId, float],
        density: Density,
        is_reduced: bool = False,
    ) -> None:
        self.state, self.at_ns, self.layout, self.anchors = state, at_ns, layout, anchors
        self.is_reduced = is_reduced
        self.stamps: list[Flight] = []
        self.dissolves: list[Flight] = []
        self.flights: list[Flight] = []
        rare_counts: dict[FlightKind, int] = {}
        self.streaming = streaming_at(state.scene, at_ns)
        self.filled = {
            queue: filled_at(state, queue, tube.slot_count, at_ns, self.streaming)
            for queue, tube in layout.tubes.items()
        }
        scene = state.scene
        for flight in scene.rare_at(at_ns) if self.streaming >= 1.0 else scene.flights_at(at_ns):
            if flight.kind is FlightKind.CONFIRM:
                self.stamps.append(flight)
            elif flight.kind is FlightKind.DISSOLVE:
                self.dissolves.append(flight)
            elif not flight.is_rare:
                self.flights.append(flight)
            elif rare_counts.setdefault(flight.kind, 0) < MOST_RARE:
                rare_counts[flight.kind] += 1
                self.flights.append(flight)
        self.density = density.after(len(self.flights) - sum(rare_counts.values()))
        self.stamped = {flight.task_id for flight in self.stamps}
        self._dead_letters = {view.dead_letter_to for view in state.queues.views.values()}

    @cached_property
    def flight_of(self) -> dict[str, Flight]:
        """The flight of each task that has one."""
        return {flight.task_id: flight for flight in (*self.dissolves, *self.flights)}

    def queue_of(self, task: TaskState, flight: Flight | None = None) -> str:
        """Return the queue that a task, or its flight, has to do with."""
        return (flight.queue if flight else "") or task.queue

    def is_auto_ack(self, task: TaskState, flight: Flight) -> bool:
        """Whether the broker forgot a task as it delivered it."""
        view = self.state.worker_views.get(flight.worker_id) if flight.worker_id else None
        return task.work is WorkState.TRUSTED or (view is not None and view.auto_ack)

    def form_of_waiting(self, task: TaskState) -> Form:
        """Return whether a task that is not delivered is hollow or solid."""
        is_safe = task.publish in SAFE and task.task_id not in self.stamped
        return Form.SOLID if is_safe else Form.HOLLOW

    def look(self, task: TaskState, form: Form, flight: Flight | None = None) -> Look:
        """Return what a task looks like."""
        dots = count_dots(task.text)
        if flight is not None and self.density.is_crowded and not flight.is_rare:
            return Look(form, 0 if form is Form.TICK else dots, is_small=True)
        if form is Form.TICK:
            return Look(form)
        # A dead letter is a new message: it was not delivered before.
        is_back = task.deliveries > 0 and task.work is WorkState.WAITING
        is_redelivered = (task.redelivered or is_back) and task.queue not in self._dead_letters
        label = seconds(dots * self.state.pace.dot_s)
        return Look(form, dots, label, is_redelivered, task.persistent)

    def turned_away(self, task: TaskState, queue: str) -> bool:
        """Whether a published task gets no farther than to the exchange."""
        if task.publish in (PublishState.RETURNED, PublishState.NACKED) or queue not in self.layout.tubes:
            return True
        view = self.state.queues.views.get(queue)
        return view is not None and view.is_missing


def seconds(duration_s: float) -> str:
    """Return a task's length for its token; empty for a task without work."""
    return f"{round(duration_s, 1):g} s" if duration_s else ""


def is_down(broker: BrokerState) -> bool:
    """Whether the broker was there and is not."""
    return broker.was_connected and not broker.connected


def comes_back(state: State, at_ns: int) -> bool:
    """Whether the broker came back just now, with what it has on disk."""
    broker = state.broker
    if not broker.connected or not 0 <= at_ns - broker.changed_ns < COMES_BACK_NS:
        return False
    heads = (task for queue in state.queues.views for task in state.board.ready(1, queue))
    return any(task.since_ns < broker.changed_ns for task in heads)
