"""`workq export`: pictures, films, tables and reports of a recording, in a terminal; no window, no broker."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from workq_gui.core.closing import moment_before_closing
from workq_gui.core.export_wish import (
    CHARTS,
    FILMS,
    FORMATS,
    PICTURES,
    REPORT,
    STAGE,
    SUBJECTS,
    TIMELINE,
    ExportError,
    ExportWish,
)
from workq_gui.core.history import History
from workq_gui.core.recording import RecordingError
from workq_gui.exporting import Source, export_steps
from workq_gui.runtime.recording_loader import RecordingLoader
from workq_gui.ui.offscreen import offscreen_app
from workq_gui.ui.theme import THEMES

EXIT_WELL, EXIT_FAILED, EXIT_UNREADABLE = 0, 1, 3
SIZES = dict.fromkeys(FILMS, (960, 540))
SIZE = (1280, 720)
QUICK_S = 0.3
"""What takes no longer says nothing of its progress."""

DESCRIPTION = """\
Makes a picture, a film, a table or a report of a recording. What it is to be is told by the
ending of OUT:

  .png .svg .pdf   a picture of the stage at one moment, of the timeline, or of a chart
  .gif .webm       a film of the stage; a WebM needs ffmpeg
  .csv             every task with its whole life, for a spreadsheet
  .html            a report on one page that needs nothing else, to hand in or to print"""

EPILOG = """\
examples:
  workq export lesson.workq report.html --name "Ada Lovelace"
  workq export lesson.workq crash.gif --from 4 --to 9 --speed 0.5
  workq export lesson.workq stage.svg --at 6.2 --theme light
  workq export lesson.workq timeline.png --what timeline

exit codes:
  0  it is there              2  a wrong option
  1  it could not be made,    3  the recording cannot be read
     or it was interrupted
"""


def main(words: Sequence[str]) -> int:
    """Make the file that `words` ask for, and return the exit code."""
    parser = _parser()
    given = parser.parse_args(words)
    app = offscreen_app()
    try:
        return _export(parser, given)
    except RecordingError as error:
        return _fail(str(error), EXIT_UNREADABLE)
    except ExportError as error:
        return _fail(str(error), EXIT_FAILED)
    except KeyboardInterrupt:
        return _fail("Interrupted: nothing is left of it.", EXIT_FAILED)
    finally:
        app.shutdown()


def _export(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    misplaced = _misplaced(given)
    if misplaced:
        parser.error(misplaced)
    progress = Progress("reading")
    loader = RecordingLoader(given.recording)
    loader.progressed.connect(progress.tell)
    for said in loader.load_all().sentences:
        progress.end()
        sys.stderr.write(f"{said}\n")
    session = loader.session
    wish = _wish(parser, given, session.history, session.clock.now_ns())
    _check(parser, wish)
    progress.begin("making")
    for done in export_steps(wish, Source(session, given.recording.stem, began=loader.header.began)):
        progress.tell(done)
    progress.end()
    sys.stdout.write(f"{wish.path}: {Path(wish.path).stat().st_size / 1000:,.0f} kB\n")
    return EXIT_WELL


def _check(parser: argparse.ArgumentParser, wish: ExportWish) -> None:
    try:
        wish.check()
    except ExportError as error:
        parser.error(str(error))


class Progress:
    """Tells how far something is: in one line that changes, or, in a log, in a line for each tenth."""

    def __init__(self, what: str) -> None:
        self._is_watched = sys.stderr.isatty()
        self.begin(what)

    def begin(self, what: str) -> None:
        """Tell of `what` from now on."""
        self._what, self._told, self._began_s = what, 0, time.monotonic()

    def tell(self, done: float) -> None:
        """Say that it is so far, 0.0 to 1.0; nothing of what takes no time."""
        percent = int(100 * done)
        if time.monotonic() - self._began_s < QUICK_S or percent < self._told + (
            1 if self._is_watched else 10
        ):
            return
        self._told = percent
        sys.stderr.write(
            f"\r{self._what} {percent:3} %" if self._is_watched else f"{self._what} {percent} %\n"
        )
        sys.stderr.flush()

    def end(self) -> None:
        """Leave a clean line."""
        if self._is_watched and self._told:
            sys.stderr.write("\r" + " " * 20 + "\r")


def _fail(words: str, code: int) -> int:
    sys.stderr.write(f"workq export: {words}\n")
    return code


def _misplaced(given: argparse.Namespace) -> str:
    """Return what is wrong with an option that this kind of file has no use for; empty if there is none."""
    ending = ExportWish(path=str(given.out)).format
    if ending not in FORMATS:
        return ""
    is_picture, is_film, is_report = ending in PICTURES, ending in FILMS, ending == REPORT
    is_timeline = is_picture and given.what == TIMELINE
    span = ("a film, or a picture of the timeline", is_film or is_timeline)
    uses = {
        "what": ("a picture", is_picture),
        "at": ("a picture of the stage, or of a chart", is_picture and not is_timeline),
        "from": span,
        "to": span,
        "speed": ("a film", is_film),
        "size": ("a picture or a film", is_picture or is_film),
        "theme": ("a picture or a film", is_picture or is_film),
        "name": ("a report", is_report),
    }
    subject = f"a picture of {'a chart' if given.what in CHARTS else f'the {given.what or STAGE}'}"
    made = subject if is_picture else ("a film" if is_film else "a report" if is_report else "a table")
    for option, (use, is_used) in uses.items():
        if getattr(given, option) is not None and not is_used:
            return f"--{option} is for {use}; {given.out.name} is to be {made}"
    return ""


def _wish(
    parser: argparse.ArgumentParser, given: argparse.Namespace, history: History, last_ns: int
) -> ExportWish:
    path = str(given.out)
    width, height = given.size or SIZES.get(ExportWish(path).format, SIZE)
    begin_s, usual = getattr(given, "from") or 0.0, ExportWish(path)
    if begin_s and _ns(begin_s) >= last_ns:
        parser.error(f"--from: {begin_s:g} s is not in the recording: it ends at {last_ns / 1e9:.1f} s")
    return ExportWish(
        path=path,
        what=given.what or STAGE,
        at_ns=_until("--at", given.at, last_ns, moment_before_closing(history, last_ns)),
        from_ns=_ns(begin_s),
        to_ns=_until("--to", given.to, last_ns, last_ns),
        width=width,
        height=height,
        theme=given.theme or usual.theme,
        speed=usual.speed if given.speed is None else given.speed,
        name=given.name or usual.name,
    )


def _until(option: str, seconds: float | None, last_ns: int, usual_ns: int) -> int:
    """Return a moment up to the end of the recording, in nanoseconds; say so if it had to be moved there."""
    if seconds is None:
        return usual_ns
    if _ns(seconds) > last_ns:
        sys.stderr.write(
            f"The recording ends at {last_ns / 1e9:.1f} s: that is taken for {option} {seconds:g}.\n"
        )
    return min(_ns(seconds), last_ns)


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workq export",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "recording", metavar="RECORDING", type=Path, help="a recording of WorkQ: a file that ends in .workq"
    )
    parser.add_argument("out", metavar="OUT", type=Path, help="the file to make, or to replace")
    parser.add_argument(
        "--what",
        choices=SUBJECTS,
        metavar="WHAT",
        help=f"what a picture is of: {', '.join(SUBJECTS)} (default: {STAGE})",
    )
    parser.add_argument(
        "--at",
        metavar="SECONDS",
        type=_seconds,
        help="the moment of a picture (default: the end, just before workers and broker were stopped)",
    )
    parser.add_argument(
        "--from",
        metavar="SECONDS",
        type=_seconds,
        help="where a film or a timeline begins (default: the beginning)",
    )
    parser.add_argument("--to", metavar="SECONDS", type=_seconds, help="where it ends (default: the end)")
    parser.add_argument("--speed", metavar="X", type=float, help="how fast a film goes (default: 1)")
    parser.add_argument(
        "--size", metavar="WxH", type=_size, help="in pixels (default: 1280x720; 960x540 for a film)"
    )
    parser.add_argument("--theme", choices=tuple(THEMES), help="how it looks (default: dark)")
    parser.add_argument("--name", metavar="NAME", help="who hands the report in")
    return parser


def _seconds(word: str) -> float:
    try:
        seconds = float(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"invalid seconds: {word}") from error
    if not 0.0 <= seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{word} is no moment of a recording: give its seconds, from 0 on")
    return seconds


def _size(word: str) -> tuple[int, int]:
    width, _, height = word.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{word} is no size: 1280x720 is one")
    return int(width), int(height)
