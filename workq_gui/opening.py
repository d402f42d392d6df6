"""What the wish to see a file comes to: a recording or a scenario, in a window of its own."""

from pathlib import Path

from workq_gui.another_window import open_window
from workq_gui.runtime.recordings import Recordings
from workq_gui.ui.main_window import MainWindow

MOST_OFFERED = 8


class Opening:
    """Opens files in windows of their own: the broker and the work in this one go on. GUI thread."""

    def __init__(self, window: MainWindow, theme: str, recordings: Recordings) -> None:
        """Open what is wished in `window`, to look like `theme`; offer the latest of `recordings`."""
        self._window = window
        self._recordings = recordings
        window.top_bar.offer_recorded(self._recorded)
        self._theme = theme
        window.open_requested.connect(self._open)

    def _recorded(self) -> list[str]:
        return [str(recorded.path) for recorded in self._recordings.recent()[:MOST_OFFERED]]

    def _open(self, path: str) -> None:
        open_window(self._window, str(Path(path).absolute()), "--theme", self._theme)
