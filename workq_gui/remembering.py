"""What the window was like last time, and is to be again."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QTimer

from workq_gui.another_window import open_window
from workq_gui.command_line import THEME_WISHES, Options
from workq_gui.core.settings import Endpoint
from workq_gui.runtime.password_store import PasswordStore
from workq_gui.runtime.preferences import Preferences
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.theme import ZOOM_RANGE, zoom

FOR_ONCE = "In this run nothing is remembered, and no password is looked up."


def preferences_for(options: Options) -> Preferences:
    """Return what is remembered: the user's; what stands beside the data; for an unattended show nothing."""
    if options.quit_when_done:
        return Preferences(None)
    place = QStandardPaths.StandardLocation.AppConfigLocation
    folder = options.data_dir or Path(QStandardPaths.writableLocation(place))
    preferences = Preferences(folder)
    if options.opened is not None:
        preferences.note_file(options.opened)
    return preferences


def with_looks(options: Options, preferences: Preferences) -> Options:
    """Return `options` with the looks of last time, where the command line does not say otherwise."""
    if "theme" not in options.chosen:
        options = replace(options, theme=preferences.word("theme", THEME_WISHES, options.theme))
    if "reduced_motion" not in options.chosen:
        options = replace(options, reduced_motion=preferences.flag("reduced_motion", default=False))
    if "kitchen" not in options.chosen:
        options = replace(options, kitchen=preferences.flag("kitchen", default=False))
    return options


class Remembering:
    """Restores the window, offers what was used lately, and takes note of what is chosen. GUI thread.

    Attributes:
        passwords: Where those of brokers may be kept.
    """

    def __init__(self, window: MainWindow, preferences: Preferences | None = None) -> None:
        """Remember `window` in `preferences`; None: nothing, and look up nothing."""
        self.passwords = PasswordStore("" if preferences else FOR_ONCE)
        self._window = window
        self._preferences = preferences or Preferences(None)
        bar = window.top_bar
        bar.offer_recent(lambda: self._preferences.recent_files)
        bar.theme_requested.connect(lambda wish: self._preferences.keep("theme", wish))
        bar.reduced_motion_requested.connect(lambda is_on: self._preferences.keep("reduced_motion", is_on))
        bar.kitchen_requested.connect(lambda is_on: self._preferences.keep("kitchen", is_on))
        window.open_requested.connect(self._preferences.note_file)
        bar.broker_requested.connect(lambda address: open_window(window, "--broker", address))
        bar.offer_broker(self._preferences.last_broker)
        window.broker_screen.offer_broker(self._preferences.last_broker)

    def restore(self) -> None:
        """Make the window what it was; before it is shown."""
        kept, window = self._preferences, self._window
        if (factor := kept.number("zoom", *ZOOM_RANGE, 1.0)) != zoom():
            window.zoom_to(factor)
        window.restoreGeometry(kept.state("window"))
        # The splitters of a page that was not laid out yet keep no sizes.
        QTimer.singleShot(0, window, self._restore_work)

    def save(self) -> None:
        """Take note of how the window is now, unless it is so for the audience only."""
        kept, window = self._preferences, self._window
        if not window.is_presenting:
            kept.keep("zoom", zoom())
            kept.keep("window", window.saveGeometry())
            for name, splitter in window.work.splitters.items():
                kept.keep(f"splitter_{name}", splitter.saveState())
        kept.keep("look_back_tab", window.look_back.tab)
        if window.look_back.fold_choice is not None:
            kept.keep("look_back_folded", window.look_back.fold_choice)
        kept.save()

    def note_broker(self, endpoint: Endpoint) -> None:
        """Take note of a broker that is used here, and is none of our own."""
        self._window.top_bar.offer_broker("")
        self._preferences.note_broker(endpoint)
        self._preferences.save()

    def _restore_work(self) -> None:
        kept, window = self._preferences, self._window
        tab = kept.number("look_back_tab", 0, 3, 0)
        folded = kept.word("look_back_folded", ("true", "false"), "")
        for name, splitter in window.work.splitters.items():
            splitter.restoreState(kept.state(f"splitter_{name}"))
        window.look_back.restore(round(tab), {"true": True, "false": False}.get(folded))
        window.work.take_sizes()
