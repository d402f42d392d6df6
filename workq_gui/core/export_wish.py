"""What the user wants as a file: a picture, a film, the table of tasks, or a report."""

from dataclasses import dataclass
from pathlib import PurePath

PICTURES = ("png", "svg", "pdf")
FILMS = ("gif", "webm")
TABLE, REPORT = "csv", "html"
FORMATS = (*PICTURES, *FILMS, TABLE, REPORT)

STAGE, TIMELINE = "stage", "timeline"
CHARTS = {
    "chart-ready-and-unacked": "Ready and un-acked",
    "chart-tasks-per-second": "Tasks per second",
    "chart-waiting-time": "Waiting time",
    "chart-working-time": "Working time",
    "chart-busy-share": "Busy share",
}
"""The word for each chart, and its name as people read it (`ui/chart_export.py`)."""
SUBJECTS = (STAGE, TIMELINE, *CHARTS)
FILM = "film"
STEMS = {TIMELINE: "workq-timeline", FILM: "workq-film", TABLE: "workq-tasks", REPORT: "workq-report"}
NS_PER_S = 1_000_000_000

SMALLEST, LARGEST = (640, 400), (3840, 2160)
"""Below this the stage's words lie upon each other; above it a film takes minutes for a second."""
SLOWEST, FASTEST = 0.05, 100.0
FRAME_MS = {"gif": 80, "webm": 40}
"""How long each frame of a film is seen: a GIF knows hundredths of a second only, and grows with each."""
LONGEST_FILM_S = 600.0


def file_stem(what: str, at_ns: int) -> str:
    """Return what a file is called, without its ending, unless the user says otherwise.

    Args:
        what: One of SUBJECTS, FILM, TABLE or REPORT.
        at_ns: The moment that a picture of the stage shows.
    """
    if what == STAGE:
        minutes, seconds = divmod(at_ns // NS_PER_S, 60)
        return f"workq-stage-{minutes}m{seconds:02}s"
    return STEMS.get(what) or what.replace("chart", "workq", 1)


class ExportError(Exception):
    """A file cannot be made; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class ExportWish:
    """One file that is wanted.

    Attributes:
        path: Where it is to be; its ending says what it is, see FORMATS.
        what: What a picture is of, one of SUBJECTS.
        at_ns: The moment that a picture of the stage or of a chart shows, in nanoseconds of the session.
        from_ns: Where a film, or a timeline, begins...
        to_ns: ...and ends.
        width: Of a picture or a film, in pixels.
        height: Likewise.
        theme: "dark", "light" or "contrast".
        speed: How fast a film goes: 0.5 shows a second of the session in two.
        name: Who hands the report in; empty for a line to be filled in by hand.
    """

    path: str
    what: str = STAGE
    at_ns: int = 0
    from_ns: int = 0
    to_ns: int = 0
    width: int = 1280
    height: int = 720
    theme: str = "dark"
    speed: float = 1.0
    name: str = ""

    @property
    def format(self) -> str:
        """What the file is, as its ending says it; not always one of FORMATS."""
        return PurePath(self.path).suffix.lower().removeprefix(".")

    @property
    def is_film(self) -> bool:
        """Whether it is a film."""
        return self.format in FILMS

    @property
    def film_s(self) -> float:
        """How long a film of this takes to look at, in seconds."""
        return (self.to_ns - self.from_ns) / self.speed / 1e9

    @property
    def frame_count(self) -> int:
        """How many frames a film of this has; the last moment is among them."""
        return round(1000 * self.film_s / FRAME_MS[self.format]) + 1

    def frame_at_ns(self, number: int) -> int:
        """Return which moment a frame of the film shows; the first is number 0."""
        step_ns = FRAME_MS[self.format] * 1_000_000 * self.speed
        return min(self.from_ns + round(number * step_ns), self.to_ns)

    def check(self) -> "ExportWish":
        """Return this wish.

        Raises:
            ExportError: it cannot be fulfilled; says what is wrong.
        """
        if self.format not in FORMATS:
            endings = ", ".join(f".{ending}" for ending in FORMATS)
            ending = f"a file that ends in .{self.format}" if self.format else "a file without an ending"
            raise ExportError(f"WorkQ cannot make {ending}. It can make: {endings}.")
        (least_w, least_h), (most_w, most_h) = SMALLEST, LARGEST
        if not (least_w <= self.width <= most_w and least_h <= self.height <= most_h):
            raise ExportError(
                f"{self.width}x{self.height} is no size for a picture: "
                f"from {least_w}x{least_h} up to {most_w}x{most_h} it can be read."
            )
        if self.is_film:
            self._check_film()
        elif self.format in PICTURES and self.what != STAGE and self.to_ns < self.from_ns:
            subject = "A timeline" if self.what == TIMELINE else "A chart"
            raise ExportError(f"{subject} needs an end that is not before its beginning.")
        return self

    def _check_film(self) -> None:
        if not SLOWEST <= self.speed <= FASTEST:
            raise ExportError(f"A film can go at {SLOWEST:g} to {FASTEST:g} times the speed of the session.")
        if self.to_ns <= self.from_ns:
            raise ExportError("A film needs an end that is later than its beginning.")
        if self.what != STAGE:
            raise ExportError("A film shows the stage; of everything else there are pictures.")
        if self.film_s > LONGEST_FILM_S:
            raise ExportError(
                f"This film would take {self.film_s:,.0f} s to look at; at most are {LONGEST_FILM_S:,.0f}. "
                "Choose a shorter span, or let it go faster."
            )
