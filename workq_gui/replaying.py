"""The window of a recording: the same as of the live program, without a broker."""

import asyncio
import contextlib
import signal
import sys

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import QApplication

from workq_gui.command_line import Options
from workq_gui.core.clock import SessionClock
from workq_gui.core.playhead import Playhead
from workq_gui.core.recording import RecordingError, RecordingNotes
from workq_gui.opening import Opening
from workq_gui.remembering import Remembering
from workq_gui.runtime.garbage import GarbageCollector
from workq_gui.runtime.preferences import Preferences
from workq_gui.runtime.recording_loader import RecordingLoader
from workq_gui.runtime.recordings import Recordings
from workq_gui.showing import Showing
from workq_gui.ui.boxes import refuse, tell
from workq_gui.ui.style import apply_theme
from workq_gui.ui.theme import DARK, THEMES

EXIT_REFUSED = 2


async def replay(options: Options, qt_app: QApplication, kept: Preferences | None = None) -> int:
    """Show the recording that `options` name, until the window is closed; return the exit code."""
    assert options.recording is not None
    try:
        loader = RecordingLoader(options.recording)
    except RecordingError as error:
        print(f"workq: {error}", file=sys.stderr)  # noqa: T201
        apply_theme(qt_app, THEMES.get(options.theme, DARK))
        await _refuse(str(error))
        return EXIT_REFUSED
    return await Replay(loader, options, qt_app, kept).run()


class Replay:
    """All objects of a window that shows a recording. Belongs to the GUI thread."""

    def __init__(
        self, loader: RecordingLoader, options: Options, qt_app: QApplication, kept: Preferences | None = None
    ) -> None:
        self._loader = loader
        playhead = Playhead(loader.session, ticks=SessionClock())
        title, began = loader.path.name, loader.header.began
        self._showing = Showing(loader.session, playhead, qt_app, options, title, began)
        self._window = self._showing.window
        folder = options.data_dir / "recordings" if options.data_dir else Recordings.usual_folder()
        self._opening = Opening(
            self._window, lambda: self._showing.theme_wish, Recordings(folder), options.data_dir
        )
        self._remembering = Remembering(self._window, kept)
        self._garbage = GarbageCollector(self._window)
        self._closed = asyncio.Event()

    async def run(self) -> int:
        """Load the recording while it is looked at; return when the window is closed."""
        window, loader = self._window, self._loader
        window.closing.connect(self._closed.set)
        window.set_past_only(loader.path.name, self._words())
        window.wire.set_available(
            False, window.tr("A recording holds no wire: it holds what followed from it.")
        )
        loader.first_shown.connect(self._begin)
        loader.progressed.connect(self._take_progress)
        loader.finished.connect(self._finish)
        self._showing.connect()
        window.show_work()
        self._remembering.restore()
        self._showing.show()
        self._follow_signals()
        loader.start()
        await self._closed.wait()
        loader.cancel()
        self._remembering.save()
        self._showing.close()
        self._garbage.close()
        return 0

    def _words(self) -> str:
        """Return when it was recorded; while it is loaded, how far that is."""
        tr = self._window.tr
        if self._loader.is_loading:
            return tr("loading {:.0%}").format(self._loader.fraction)
        began = _local_time(self._loader.header.began)
        return tr("of {}").format(began) if began else tr("of an unknown time")

    def _begin(self) -> None:
        """Tell it from the beginning."""
        playhead = self._showing.playhead
        playhead.seek(playhead.first_ns)
        playhead.play()
        self._showing.frame_clock.wake()

    def _take_progress(self) -> None:
        self._garbage.look()
        self._window.top_bar.set_past_only(self._loader.path.name, self._words())
        self._showing.take_note()

    def _finish(self, notes: RecordingNotes) -> None:
        self._take_progress()
        if notes.sentences:
            tell(self._window, "\n\n".join(notes.sentences))

    def _follow_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(number, self._closed.set)


async def _refuse(words: str) -> None:
    """Say why a file cannot be shown, to whoever double-clicked it."""
    was_read = asyncio.Event()
    box = refuse(words)
    box.finished.connect(was_read.set)
    await was_read.wait()


def _local_time(began: str) -> str:
    """Return a moment of UTC as people here write it; empty if there is none."""
    moment = QDateTime.fromString(began, Qt.DateFormat.ISODate)
    return QLocale().toString(moment.toLocalTime(), QLocale.FormatType.ShortFormat)
