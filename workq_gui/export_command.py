"""`workq export`: pictures, films, tables and reports of a recording, in a terminal; no window, no broker."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from workq_gui.core.export_wish import FILMS, STAGE, SUBJECTS, ExportError, ExportWish
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
    progress = Progress("reading")
    loader = RecordingLoader(given.recording)
    loader.progressed.connect(progress.tell)
    for said in loader.load_all().sentences:
        progress.end()
        sys.stderr.write(f"{said}\n")
    session = loader.session
    wish = _wish(given, session.clock.now_ns())
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


def _wish(given: argparse.Namespace, last_ns: int) -> ExportWish:
    wish = ExportWish(path=str(given.out))
    width, height = given.size or SIZES.get(wish.format, SIZE)
    return ExportWish(
        path=str(given.out),
        what=given.what,
        at_ns=last_ns if given.at is None else _ns(given.at),
        from_ns=_ns(given.begin),
        to_ns=last_ns if given.end is None else _ns(given.end),
        width=width,
        height=height,
        theme=given.theme,
        speed=given.speed,
        name=given.name,
    )


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
        default=STAGE,
        metavar="WHAT",
        help=f"what a picture is of: {', '.join(SUBJECTS)} (default: %(default)s)",
    )
    parser.add_argument(
        "--at", metavar="SECONDS", type=_seconds, help="the moment of a picture (default: the end)"
    )
    parser.add_argument(
        "--from",
        dest="begin",
        metavar="SECONDS",
        type=_seconds,
        default=0.0,
        help="where a film or a timeline begins (default: the beginning)",
    )
    parser.add_argument(
        "--to", dest="end", metavar="SECONDS", type=_seconds, help="where it ends (default: the end)"
    )
    parser.add_argument(
        "--speed", metavar="X", type=float, default=1.0, help="how fast a film goes (default: %(default)g)"
    )
    parser.add_argument(
        "--size", metavar="WxH", type=_size, help="in pixels (default: 1280x720; 960x540 for a film)"
    )
    parser.add_argument(
        "--theme", choices=tuple(THEMES), default="dark", help="how it looks (default: %(default)s)"
    )
    parser.add_argument("--name", metavar="NAME", default="", help="who hands the report in")
    return parser


def _seconds(word: str) -> float:
    seconds = float(word)
    if not 0.0 <= seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{word} is no moment of a recording: seconds from 0 on are")
    return seconds


def _size(word: str) -> tuple[int, int]:
    width, _, height = word.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{word} is no size: 1280x720 is one")
    return int(width), int(height)
