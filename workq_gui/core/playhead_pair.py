"""Two playheads that show the same moment of two sessions with one clock."""

from collections.abc import Callable

from workq_gui.core.playhead import Playhead


class PlayheadPair:
    """Moves both together. Belongs to the GUI thread; call `tick` once per frame.

    It offers what a `Playhead` does, except for steps: the next event of one side is not the other's.

    Attributes:
        a: The playhead of side A.
        b: That of side B, on a session with the same clock.
    """

    def __init__(self, a: Playhead, b: Playhead) -> None:
        self.a = a
        self.b = b

    @property
    def at_ns(self) -> int:
        """The moment that both pictures show."""
        return self.a.at_ns

    @property
    def now_ns(self) -> int:
        """The present."""
        return self.a.now_ns

    @property
    def first_ns(self) -> int:
        """The earliest moment that both can show."""
        return max(self.a.first_ns, self.b.first_ns)

    @property
    def is_live(self) -> bool:
        """Whether both pictures show the present."""
        return self.a.is_live and self.b.is_live

    @property
    def is_held(self) -> bool:
        """Whether the pictures' time stands still."""
        return self.a.is_held

    @property
    def is_moving(self) -> bool:
        """Whether the pictures' time passes although they are not live."""
        return self.a.is_moving or self.b.is_moving

    @property
    def speed(self) -> float:
        """How fast the pictures' time passes beside the clock's."""
        return self.a.speed

    @property
    def behind_ns(self) -> int:
        """How far the pictures are behind the present."""
        return max(self.a.behind_ns, self.b.behind_ns)

    @property
    def behind_count(self) -> int:
        """How many events are still to be shown, on both sides."""
        return self.a.behind_count + self.b.behind_count

    def hold(self) -> None:
        """Let both pictures stand still, at one moment."""
        at_ns = self.at_ns
        self._both(lambda head: head.seek(at_ns))

    def play(self) -> None:
        """Let them go on from where they are."""
        self._both(Playhead.play)

    def seek(self, at_ns: int) -> None:
        """Show the moment `at_ns` on both sides, and hold the pictures there."""
        self._both(lambda head: head.seek(at_ns))

    def go_to_now(self) -> None:
        """Show the present again, and go with it."""
        self._both(Playhead.go_to_now)

    def set_speed(self, speed: float) -> None:
        """Let the pictures' time pass `speed` times as fast as the clock's."""
        self._both(lambda head: head.set_speed(speed))

    def tick(self) -> None:
        """Let the pictures' time pass."""
        self._both(Playhead.tick)

    def _both(self, move: Callable[[Playhead], None]) -> None:
        move(self.a)
        move(self.b)
