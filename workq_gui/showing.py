"""The window with its clock and its looks: what a session is shown with, live or recorded."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from workq_gui.command_line import Options
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.sharing import Sharing
from workq_gui.ui.frame_clock import FrameClock
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.style import apply_theme
from workq_gui.ui.theme import DARK, HIGH_CONTRAST, LIGHT, THEMES, Theme


class Showing:
    """Shows a session at the moment of a playhead, once per frame. Belongs to the GUI thread.

    Attributes:
        window: The window.
        playhead: Which moment it shows.
        frame_clock: When it shows the next one.
        theme_wish: "system", or the name of a theme.
        sharing: Files out of what is shown.
        on_theme: Told the theme whenever it changes, after the window.
    """

    def __init__(
        self,
        session: Session,
        playhead: Playhead,
        qt_app: QApplication,
        options: Options,
        title: str = "This session",
        began: str = "",
    ) -> None:
        """Show `session`, called `title`, that began at `began`: in UTC, as ISO 8601; empty if unknown."""
        self.window = MainWindow()
        self.playhead = playhead
        self.frame_clock = FrameClock(self._is_moving)
        self.theme_wish = options.theme
        self.on_theme: Callable[[Theme], object] = lambda _: None
        self.sharing = Sharing(self.window, session, playhead, title, began)
        self._session = session
        self._qt_app = qt_app
        self._options = options

    def connect(self) -> None:
        """Let the window's wishes about looks and time come true."""
        self.frame_clock.tick.connect(self._show_frame)
        self._connect_playhead()
        window, options = self.window, self._options
        window.top_bar.set_theme_choice(options.theme)
        window.top_bar.theme_requested.connect(self.set_theme)
        window.look_back.folded.connect(self.frame_clock.wake)
        window.look_back.share_requested.connect(self.sharing.open)
        hints = self._qt_app.styleHints()
        for changed in (hints.colorSchemeChanged, hints.accessibility().contrastPreferenceChanged):
            changed.connect(lambda: self.set_theme(self.theme_wish))
        self.set_theme(options.theme)
        window.set_reduced_motion(options.reduced_motion)
        window.set_kitchen(options.kitchen)

    def show(self) -> None:
        """Show the window, as large as it is or as there is room for it."""
        available = self.window.screen().availableSize()
        if available.width() > self.window.width() and available.height() > self.window.height():
            self.window.show()
        else:
            self.window.showMaximized()

    def close(self) -> None:
        """Show nothing any more; what is being written to a file is given up."""
        self.window.hide()
        self.sharing.close()
        self.frame_clock.close()

    @property
    def theme(self) -> Theme:
        """The theme that is wished, or that suits the system now."""
        if self.theme_wish != "system":
            return THEMES[self.theme_wish]
        hints = self._qt_app.styleHints()
        if hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
            return HIGH_CONTRAST
        return LIGHT if hints.colorScheme() is Qt.ColorScheme.Light else DARK

    def set_theme(self, wish: str) -> None:
        """Look as wished: "system", or the name of a theme."""
        self.theme_wish = wish
        theme = self.theme
        apply_theme(self._qt_app, theme)
        self.window.set_theme(theme)
        self.sharing.set_theme(theme)
        self.on_theme(theme)

    def take_note(self) -> None:
        """Something happened: show it, now or when the picture's time has come so far."""
        if self.playhead.is_live or self.playhead.is_moving:
            self.frame_clock.wake()
        else:
            self.frame_clock.stir()  # only the words about what is to come change

    def _connect_playhead(self) -> None:
        bar, playhead = self.window.playhead_bar, self.playhead
        for wish, fulfil in (
            (bar.hold_requested, playhead.hold),
            (bar.play_requested, playhead.play),
            (bar.step_requested, playhead.step),
            (bar.step_back_requested, playhead.step_back),
            (bar.seek_requested, playhead.seek),
            (bar.now_requested, playhead.go_to_now),
            (bar.speed_requested, playhead.set_speed),
        ):
            wish.connect(fulfil)
            wish.connect(self.frame_clock.wake)

    def _is_moving(self) -> bool:
        """Return whether the picture changes by time alone, or is not complete yet."""
        if self.window.look_back.is_catching_up:
            return True
        if not self.playhead.is_live:
            return self.playhead.is_moving
        workers = self._session.workers
        return self.window.stage.is_moving or (workers.is_any_working and not workers.is_held)

    def _show_frame(self) -> None:
        self.playhead.tick()
        self.window.display(self.playhead, self._session)
