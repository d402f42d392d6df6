"""Pictures of the stage: given a recording and a time, how it looks. And whether two look alike."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap

from tests.bench.stream import NS_PER_S, Stream
from workq_gui.core.clock import ManualClock
from workq_gui.core.event_lines import from_line
from workq_gui.core.events import Event, WorkerId
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.ui.stage import Stage
from workq_gui.ui.theme import THEMES

FOLDER = Path(__file__).resolve().parent
RECORDINGS = FOLDER.parent / "recordings"
MS = 1_000_000
SIZE = (740, 530)


@dataclass(frozen=True)
class Picture:
    """One moment of one recording, in one look.

    Attributes:
        source: The recording, without its ending; or "crowd", which is made up.
        event: The kind of the first event at which it is taken, and so much later.
    """

    name: str
    source: str
    event: str
    later_ms: int
    theme: str = "dark"
    is_kitchen: bool = False

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.png"

    def take(self) -> QImage:
        """Return how it looks now."""
        session = Session(ManualClock(), "task_queue")
        session.extend(list(SOURCES.get(self.source, lambda: _recording(self.source))()))
        found = next(event for event in session.history if type(event).__name__ == self.event)
        at_ns = found.at_ns + self.later_ms * MS
        session.clock.advance(max(event.at_ns for event in session.history) + NS_PER_S)
        playhead = Playhead(session)
        playhead.seek(at_ns)
        stage = Stage()
        stage.set_theme(THEMES[self.theme])
        stage.set_kitchen(self.is_kitchen)
        stage.resize(*SIZE)
        workers = list(playhead.state.workers.views)
        stage.display(playhead.state, at_ns, _anchors(workers))
        picture = QPixmap(stage.size())
        stage.render(picture)
        return picture.toImage().convertToFormat(QImage.Format.Format_RGB32)


def _anchors(workers: list[WorkerId]) -> dict[WorkerId, float]:
    room = (SIZE[1] - 120) / max(1, len(workers) - 1)
    return {worker_id: 60.0 + number * room for number, worker_id in enumerate(workers)}


def _recording(name: str) -> Iterable[Event]:
    lines = (RECORDINGS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [from_line(line) for line in lines]


def _crowd() -> Iterable[Event]:
    stream = Stream(200, 5_000, waiting=3_000)
    return [*stream.beginning(), *stream.until(2 * NS_PER_S)]


SOURCES: dict[str, Callable[[], Iterable[Event]]] = {"crowd": _crowd}

PICTURES = [
    Picture(f"{name}-{theme}{'-kitchen' if is_kitchen else ''}", source, event, later_ms, theme, is_kitchen)
    for theme in ("dark", "light")
    for is_kitchen in (False, True)
    for name, source, event, later_ms in (
        ("publish", "moments", "TaskPublished", 260),
        ("deliver", "moments", "TaskDelivered", 640),
        ("ack", "moments", "TaskAcked", 130),
        ("crash", "moments", "WorkerCrashed", 350),
        ("auto-ack-crash", "auto-ack", "WorkerCrashed", 330),
        ("broker-down", "restart", "BrokerStopped", 500),
        ("queues", "queues", "TaskAcked", 100),
        ("crowd", "crowd", "TaskAcked", 1_500),
    )
    if not (is_kitchen and name == "crowd")
]


def difference(one: QImage, other: QImage) -> float:
    """Return how different two pictures look, 0.0 to 1.0: the worst of their small patches.

    Each patch is an average of 6 x 6 pixels: a letter that is set half a pixel farther makes no difference,
    a token that is elsewhere does.
    """
    patches = [
        image.scaled(
            image.width() // 6,
            image.height() // 6,
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        for image in (one, other)
    ]
    if patches[0].size() != patches[1].size():
        return 1.0
    return max(
        abs(left - right) / 255
        for y in range(patches[0].height())
        for x in range(patches[0].width())
        for left, right in zip(
            patches[0].pixelColor(x, y).getRgb()[:3], patches[1].pixelColor(x, y).getRgb()[:3], strict=True
        )
    )
