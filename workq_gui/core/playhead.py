"""Which moment the picture shows: now, or one of the past."""

from itertools import islice

from workq_gui.core.clock import Clock
from workq_gui.core.history import History
from workq_gui.core.projections.flight import LONGEST_NS
from workq_gui.core.projections.headline import Headline
from workq_gui.core.session import Session
from workq_gui.core.state import State

SPEEDS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
MOST_EVENTS_PER_TICK = 2_000
"""So many events are caught up with in one frame; the picture's time waits for the rest."""


class Playhead:
    """The picture's own time. Belongs to the GUI thread; call `tick` once per frame.

    While it is live it shows the session as it is. Otherwise it shows a state of its own, made of the
    same events up to the moment that it stands at: what happens meanwhile is kept in the session's
    history, and is shown when the picture's time has come so far.

    Of a recording, whose clock stands, the end is the present: there the picture stands still.
    """

    def __init__(self, session: Session, ticks: Clock | None = None) -> None:
        """Show `session`; `ticks` says how time passes where the session's own clock stands."""
        self._session = session
        self._ticks = ticks or session.clock
        self._has_ended = ticks is not None
        self._history: History = session.history
        self._past: State | None = None
        self._shown = 0  # how many events the past state has taken in
        self._at_ns = 0
        self._ticked_ns = 0
        self._is_held = False
        self._stops_ns: int | None = None
        self._speed = 1.0

    # --- what to show -------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """What the picture shows."""
        return self._past or self._session

    @property
    def at_ns(self) -> int:
        """The moment that the picture shows."""
        return self.now_ns if self._past is None else self._at_ns

    @property
    def now_ns(self) -> int:
        """The present."""
        return self._session.clock.now_ns()

    @property
    def first_ns(self) -> int:
        """The earliest moment that can be shown."""
        return min(self._history.first_ns, self.at_ns)

    @property
    def is_live(self) -> bool:
        """Whether the picture shows the present."""
        return self._past is None

    @property
    def is_held(self) -> bool:
        """Whether the picture's time stands still, or will after the step that is under way."""
        return self._is_held

    @property
    def is_moving(self) -> bool:
        """Whether the picture's time passes although it is not live."""
        return self._past is not None and (not self._is_held or self._stops_ns is not None)

    @property
    def speed(self) -> float:
        """How fast the picture's time passes beside the clock's; when it has caught up, as fast as that."""
        return self._speed

    @property
    def behind_ns(self) -> int:
        """How far the picture is behind the present."""
        return 0 if self._past is None else max(0, self.now_ns - self._at_ns)

    @property
    def behind_count(self) -> int:
        """How many events are still to be shown."""
        return 0 if self._past is None else self._history.count - self._shown

    # --- wishes -------------------------------------------------------------------------------

    def hold(self) -> None:
        """Let the picture stand still. The work goes on, and is shown later."""
        self._leave_now()
        self._is_held, self._stops_ns = True, None

    def play(self) -> None:
        """Let the picture go on from where it is."""
        self._is_held, self._stops_ns = False, None
        self._ticked_ns = self._ticks.now_ns()

    def toggle_hold(self) -> None:
        """Hold the picture, or let it go on."""
        if self._is_held:
            self.play()
        else:
            self.hold()

    def go_to_now(self) -> None:
        """Show the present again, and go with it."""
        self._past, self._is_held, self._stops_ns = None, False, None
        self._history.keep_from(None)
        if not self._has_ended:
            self._speed = max(self._speed, 1.0)

    def set_speed(self, speed: float) -> None:
        """Let the picture's time pass `speed` times as fast as the clock's; live it cannot be ahead."""
        self._speed = speed
        if speed < 1.0 and not self._has_ended:
            self._leave_now()

    def seek(self, at_ns: int) -> None:
        """Show the moment `at_ns`, or the nearest that can be shown, and hold the picture there."""
        at_ns = min(max(at_ns, self.first_ns), self.now_ns)
        self._show(self._history.index_at(at_ns), at_ns)
        self._is_held, self._stops_ns = True, None

    def step(self) -> None:
        """Show the next event that is worth a sentence, let its tokens fly, and stop before the one after."""
        self.hold()
        event_at = self._next_told(self._shown)
        if event_at is None:
            return
        self._fold(event_at + 1)
        self._at_ns = max(self._at_ns, self._history[event_at].at_ns)
        self._stops_ns = self._end_of_step(event_at)
        self._ticked_ns = self._ticks.now_ns()

    def step_back(self) -> None:
        """Show the moment before the latest event that is worth a sentence."""
        self.hold()
        latest = self._told_before(self._shown)
        if latest is None:
            return
        before = self._told_before(latest)
        end_ns = self._history.first_ns if before is None else self._end_of_step(before)
        self._show(latest, min(end_ns, self._history[latest].at_ns))

    def tick(self) -> None:
        """Let the picture's time pass."""
        now_ns, ticked_ns = self.now_ns, self._ticks.now_ns()
        passed_ns, self._ticked_ns = ticked_ns - self._ticked_ns, ticked_ns
        if self._past is None or not self.is_moving:
            return
        at_ns = min(self._at_ns + round(passed_ns * self._speed), now_ns)
        if self._stops_ns is not None and at_ns >= self._stops_ns:
            at_ns, self._stops_ns = self._stops_ns, None
        self._at_ns = self._take_in_until(max(at_ns, self._at_ns))
        if (self._speed >= 1.0 or self._has_ended) and not self._is_held and self._has_caught_up(now_ns):
            self.go_to_now()

    # --- how ----------------------------------------------------------------------------------

    def _leave_now(self) -> None:
        if self._past is None:
            self._show(self._history.count, self.now_ns)

    def _show(self, index: int, at_ns: int) -> None:
        self._past, self._shown, self._at_ns = self._history.state_at(index), index, at_ns
        self._ticked_ns = self._ticks.now_ns()
        self._history.keep_from(index)

    def _fold(self, index: int) -> None:
        """Take in all events before `index`."""
        assert self._past is not None
        for event in islice(self._history.since(self._shown), index - self._shown):
            self._past.apply(event)
        self._shown = index
        self._history.keep_from(index)

    def _take_in_until(self, at_ns: int) -> int:
        """Take in what happened up to `at_ns`; return the moment reached, earlier if that is too much."""
        index = self._shown
        for event in islice(self._history.since(index), MOST_EVENTS_PER_TICK):
            if event.at_ns > at_ns or (self._is_held and Headline.tells(event)):
                break
            index += 1
        self._fold(index)
        is_too_much = index < self._history.count and self._history[index].at_ns <= at_ns
        return max(self._at_ns, self._history[index].at_ns) if is_too_much and not self._is_held else at_ns

    def _has_caught_up(self, now_ns: int) -> bool:
        return self._at_ns >= now_ns and self._shown == self._history.count

    def _end_of_step(self, index: int) -> int:
        """Return until when the event `index` can be looked at: its flight lands, or the next one happens."""
        end_ns = self._history[index].at_ns + LONGEST_NS
        if self._has_ended:
            end_ns = min(end_ns, self.now_ns)
        following = self._next_told(index + 1)
        return end_ns if following is None else min(end_ns, self._history[following].at_ns - 1)

    def _next_told(self, index: int) -> int | None:
        events = enumerate(self._history.since(index), index)
        return next((at for at, event in events if Headline.tells(event)), None)

    def _told_before(self, index: int) -> int | None:
        indexes = range(index - 1, self._history.first - 1, -1)
        return next((at for at in indexes if Headline.tells(self._history[at])), None)
