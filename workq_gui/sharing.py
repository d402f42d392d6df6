"""Share: from a wish in the window to a file, while the window goes on."""

import time

from PySide6.QtCore import QDir, QFileInfo, QObject, QStandardPaths, QTimer

from workq_gui.core.export_wish import ExportError, ExportWish
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.exporting import Source, Steps, export_steps
from workq_gui.runtime.webm_film import MISSING, find_ffmpeg
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.share_dialog import ShareDialog
from workq_gui.ui.theme import DARK, Theme

SLICE_S = 0.012
"""So much of each turn of the event loop is used for the file; the rest is the window's."""


class Sharing(QObject):
    """Makes one file after the other of a session. Belongs to the GUI thread, as painting does.

    Args:
        window: The parent of the dialog.
        session: What happened.
        playhead: Which moment the window shows.
        title: Which session it is, in words: it stands in pictures and reports.
        began: When it began, in UTC, as ISO 8601; empty if that is not known.
    """

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        playhead: Playhead,
        title: str = "This session",
        began: str = "",
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._playhead, self._title = window, session, playhead, title
        self._began, self._theme = began, DARK
        self._folder = ""
        self._dialog: ShareDialog | None = None
        self._steps: Steps | None = None
        self._path = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._work)

    def set_theme(self, theme: Theme) -> None:
        """Offer `theme` first from now on."""
        self._theme = theme

    def open(self) -> None:
        """Ask what is wanted; what is asked already comes to the front."""
        if self._dialog is None:
            no_webm = "" if find_ffmpeg() else MISSING
            at_ns, span = self._playhead.at_ns, (self._playhead.first_ns, self._playhead.now_ns)
            folder = _folder(self._folder)
            self._dialog = ShareDialog(at_ns, span, folder, self._theme.name, no_webm, self._window)
            self._dialog.export_requested.connect(self._begin)
            self._dialog.cancel_requested.connect(self._cancel)
            self._dialog.finished.connect(self._forget_dialog)
        self._dialog.show()
        self._dialog.activateWindow()

    def close(self) -> None:
        """End what is under way, and leave nothing half-written."""
        self._stop()
        if self._dialog is not None:
            self._dialog.close()

    def _begin(self, wish: ExportWish) -> None:
        self._stop()
        self._path, self._folder = wish.path, QFileInfo(wish.path).path()
        is_kitchen = self._window.top_bar.is_kitchen
        self._steps = export_steps(wish, Source(self._session, self._title, is_kitchen, self._began))
        self._timer.start(0)

    def _work(self) -> None:
        """Go on with the file for a moment."""
        steps, dialog = self._steps, self._dialog
        if steps is None or dialog is None:
            return
        until = time.monotonic() + SLICE_S
        try:
            done = next(steps)
            while time.monotonic() < until:
                done = next(steps)
            dialog.show_progress(done)
        except StopIteration:
            self._stop()
            dialog.show_done(self._path)
        except ExportError as error:
            self._stop()
            dialog.show_failure(str(error))
        except Exception as error:
            # A bug: the log gets it; the dialog would wait for ever, or take the dead steps for done.
            self._stop()
            dialog.show_failure(
                self.tr("The file could not be made, through a mistake in WorkQ: {}.").format(
                    str(error) or type(error).__name__
                )
            )
            raise

    def _cancel(self) -> None:
        self._stop()
        if self._dialog is not None:
            self._dialog.show_cancelled()

    def _stop(self) -> None:
        self._timer.stop()
        if self._steps is not None:
            self._steps.close()
            self._steps = None

    def _forget_dialog(self) -> None:
        self._stop()
        self._dialog = None


def _folder(used: str) -> str:
    """Return where files go first: where the last one went, or the user's documents, if there are any."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    places = filter(None, (used, documents, QDir.homePath()))
    return next((place for place in places if QFileInfo(place).isDir()), QDir.tempPath())
