"""Files made of a session: from a wish to the file, a step at a time."""

import os
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from workq_gui import __version__
from workq_gui.core.closing import moment_before_closing
from workq_gui.core.export_wish import (
    CHARTS,
    FRAME_MS,
    PICTURES,
    STAGE,
    TABLE,
    TIMELINE,
    ExportError,
    ExportWish,
)
from workq_gui.core.follower import SLICE_EVENTS, Follower
from workq_gui.core.history import History
from workq_gui.core.moment_words import moment_words
from workq_gui.core.projections.chronicle import Chronicle
from workq_gui.core.projections.rates import Rates
from workq_gui.core.projections.task_rows import TaskRows
from workq_gui.core.projections.timeline import Timeline
from workq_gui.core.reel import Reel
from workq_gui.core.report import LONGEST_TABLE_BYTES, Picture, Report, report_page
from workq_gui.core.session import Session
from workq_gui.core.task_csv import ROWS_AT_ONCE, csv_bytes
from workq_gui.resource_files import resource_path
from workq_gui.runtime.gif_film import GifFilm
from workq_gui.runtime.webm_film import WebmFilm
from workq_gui.ui.export_film import film_frames, film_palette
from workq_gui.ui.export_paint import chart_paint, timeline_height, timeline_paint
from workq_gui.ui.export_picture import Paint, is_drawing, picture_bytes, svg_text
from workq_gui.ui.stage_picture import StagePicture
from workq_gui.ui.theme import DARK, LIGHT, THEMES, Theme

CRASH_SHOWS_NS = 350_000_000
"""So long after a crash its mark, and the task on its way back, are seen best."""
TIME = "%Y-%m-%d %H:%M"
REPORT_SIZE = (1120, 630)
FOLLOWED = 0.6
"""How much of the way to a table, or to a report, is behind us when all events are taken in."""
Steps = Generator[float, None, None]


@dataclass(frozen=True)
class Source:
    """What files are made of.

    Attributes:
        session: Its history is read; nothing is changed.
        title: Which session it is, in words.
        is_kitchen: Whether its stage is shown as a kitchen.
        began: When it began, in UTC, as ISO 8601; empty if that is not known.
    """

    session: Session
    title: str
    is_kitchen: bool = False
    began: str = ""

    @property
    def last_ns(self) -> int:
        """The latest moment there is: now, or the end of a recording."""
        return self.session.clock.now_ns()


def export_steps(wish: ExportWish, source: Source) -> Steps:
    """Make the file of `wish`; yield how far it is, 0.0 to 1.0, every few milliseconds. GUI thread.

    Closed before its end it leaves nothing behind, and a file that was there stays as it is.

    Raises:
        ExportError: the file cannot be made; says why.
    """
    wish.check()
    target = _target(wish.path)
    # Without the name in it: that may be as long as a name can be.
    part = target.with_name(f".workq-{os.getpid()}-{id(wish):x}.part")
    try:
        if wish.is_film:
            yield from _film(wish, source, part)
        else:
            content = yield from _content(wish, source)
            part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportError(
            f"{target} cannot be written: {reason}. Choose another name or folder, or make room there."
        ) from error
    finally:
        with suppress(OSError):  # where nothing can be made, nothing can be removed
            part.unlink(missing_ok=True)


def _target(path: str) -> Path:
    folder, is_missing = Path(path).parent, False
    try:
        with suppress(OSError):  # told when it is written
            is_missing = not folder.exists()
            os.lstat(path)
    except ValueError as error:
        raise ExportError(
            f"{path!r} cannot be written: no file can have this name. Choose another."
        ) from error
    if is_missing:
        raise ExportError(f"There is no folder {folder}. Choose another one.")
    return Path(path)


def _content(wish: ExportWish, source: Source) -> Generator[float, None, bytes]:
    if wish.format in PICTURES:
        return (yield from _picture(wish, source))
    if wish.format == TABLE:
        rows = Follower(source.session.history, TaskRows)
        yield from _follow(source.session.history, rows, until=FOLLOWED)
        return (yield from _table(rows.projection))
    return (yield from _report(wish, source))


def _follow(history: History, *followers: Follower[Any], until: float = 1.0) -> Steps:
    """Bring `followers` up to date, a slice at a time; then the file is so far: `until`."""
    taken, whole = 0, max(1, history.count - history.first)
    while not all(follower.is_up_to_date for follower in followers):
        for follower in followers:
            follower.catch_up()
            yield until * min(1.0, taken / whole)
        taken += SLICE_EVENTS


def _table(rows: TaskRows, most_bytes: int | None = None) -> Generator[float, None, bytes]:
    """Return all tasks as CSV, made a slice at a time; nothing if that is more than `most_bytes`."""
    parts, length = [], 0
    for number, part in enumerate(csv_bytes(rows.rows.values())):
        yield min(1.0, FOLLOWED + (1.0 - FOLLOWED) * number * ROWS_AT_ONCE / max(1, len(rows.rows)))
        parts.append(part)
        length += len(part)
        if most_bytes is not None and length > most_bytes:
            return b""
    return b"".join(parts)


# --- pictures ---------------------------------------------------------------------------------


def _picture(wish: ExportWish, source: Source) -> Generator[float, None, bytes]:
    theme, height, history = THEMES[wish.theme], wish.height, source.session.history
    with ExitStack() as stack:
        if wish.what == STAGE:
            paint = stack.enter_context(_stage(wish, source, theme))
        elif wish.what == TIMELINE:
            timeline = Follower(history, Timeline)
            yield from _follow(history, timeline)
            height = timeline_height(timeline.projection, height)
            size, span = (wish.width, height), (wish.from_ns, wish.to_ns)
            paint = timeline_paint(timeline.projection, size, span, theme)
        else:
            rates = Follower(history, Rates)
            yield from _follow(history, rates)
            size = (wish.width, height)
            paint = chart_paint(rates.projection, size, CHARTS[wish.what], wish.at_ns, theme)
        title = f"{_subject(wish)} of {source.title}"
        return picture_bytes(wish.format, wish.width, height, title, paint)


def _subject(wish: ExportWish) -> str:
    if wish.what == STAGE:
        return f"The stage at {moment_words(wish.at_ns)}"
    return "The timeline" if wish.what == TIMELINE else CHARTS[wish.what]


@contextmanager
def _stage(wish: ExportWish, source: Source, theme: Theme) -> Iterator[Paint]:
    picture = _stage_picture(wish, source, theme, is_drawn=is_drawing(wish.format))
    picture.display(Reel(source.session.history, wish.at_ns).state, wish.at_ns)
    yield picture.paint
    picture.deleteLater()


def _stage_picture(wish: ExportWish, source: Source, theme: Theme, *, is_drawn: bool) -> StagePicture:
    product = source.session.broker.product
    title = f"{source.title} · on {product}" if product else source.title
    picture = StagePicture(theme, is_drawing=is_drawn, is_kitchen=source.is_kitchen, title=title)
    picture.resize(wish.width, wish.height)
    return picture


# --- films ------------------------------------------------------------------------------------


def _film(wish: ExportWish, source: Source, part: Path) -> Steps:
    picture = _stage_picture(wish, source, THEMES[wish.theme], is_drawn=False)
    size, frame_ms = (wish.width, wish.height), FRAME_MS[wish.format]
    with part.open("wb") as out:
        film: GifFilm | WebmFilm
        if wish.format == "gif":
            film = GifFilm(out, size, film_palette(THEMES[wish.theme]), frame_ms)
        else:
            film = WebmFilm(str(part), size, frame_ms)
        try:
            for number, frame in enumerate(film_frames(wish, source.session.history, picture)):
                done = number / wish.frame_count
                yield done
                while not film.is_ready:
                    yield done
                film.add(frame)
            film.end()
            while not film.is_done:
                yield 1.0
        finally:
            film.abandon()
            picture.deleteLater()


# --- the report -------------------------------------------------------------------------------


def _report(wish: ExportWish, source: Source) -> Generator[float, None, bytes]:
    session = source.session
    history = session.history
    rows, chronicle = Follower(history, TaskRows), Follower(history, Chronicle)
    rates, timeline = Follower(history, Rates), Follower(history, Timeline)
    yield from _follow(history, rows, chronicle, rates, timeline, until=FOLLOWED)
    table = yield from _table(rows.projection, LONGEST_TABLE_BYTES)
    first = _timeline_picture(source, timeline.projection)
    yield 1.0
    second = _telling_picture(wish, source, chronicle.projection.last_crash_ns)
    yield 1.0
    report = Report(
        name=wish.name,
        source=f"{source.title}, {moment_words(source.last_ns)} long",
        began=_local_time(source.began),
        made=time.strftime(TIME),
        version=__version__,
        pictures=[first, second],
        last_ns=source.last_ns,
        forgotten_count=history.first,
        table=table,
    )
    template = resource_path("report.html").read_text(encoding="utf-8")
    page = report_page(template, report, session, rows.projection, chronicle.projection, rates.projection)
    return page.encode(errors="replace")


def _local_time(began: str) -> str:
    """Return an ISO 8601 time as the clock on the wall showed it; empty if it is none."""
    try:
        return datetime.fromisoformat(began).astimezone().strftime(TIME)
    except ValueError:
        return ""


def _timeline_picture(source: Source, timeline: Timeline) -> Picture:
    width, highest = REPORT_SIZE
    height = timeline_height(timeline, highest)
    span = (timeline.first_ns, source.last_ns)
    caption = "The timeline: a row for each worker, a bar for each task."
    light, dark = (
        svg_text(width, height, caption, timeline_paint(timeline, (width, height), span, theme))
        for theme in (LIGHT, DARK)
    )
    return Picture(light, dark, caption)


def _telling_picture(wish: ExportWish, source: Source, crash_ns: int | None) -> Picture:
    end_ns = moment_before_closing(source.session.history, source.last_ns)
    at_ns = end_ns if crash_ns is None else min(crash_ns + CRASH_SHOWS_NS, source.last_ns)
    width, height = REPORT_SIZE
    wish = replace(wish, path="picture.svg", width=width, height=height, at_ns=at_ns)
    caption = f"The stage at {moment_words(at_ns)}: {'the end' if crash_ns is None else 'the last crash'}."
    looks = []
    for theme in (LIGHT, DARK):
        with _stage(wish, source, theme) as paint:
            looks.append(svg_text(width, height, caption, paint))
    light, dark = looks
    return Picture(light, dark, caption)
