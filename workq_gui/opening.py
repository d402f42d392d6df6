"""What the wish to see a file comes to: a recording or a scenario, in a window of its own."""

from collections.abc import Callable
from pathlib import Path

from workq_gui.another_window import open_window
from workq_gui.runtime.recordings import Recordings
from workq_gui.ui.main_window import MainWindow

MOST_OFFERED = 8
SCENARIO = ".toml"


class Opening:
    """Opens files in windows of their own: the broker and the work in this one go on. GUI thread."""

    def __init__(
        self, window: MainWindow, theme: Callable[[], str], recordings: Recordings, data_dir: Path | None
    ) -> None:
        """Open what is wished in `window`, to look as `theme` says then; offer the latest of `recordings`.

        `data_dir` is where this window has its settings, if not in the user's usual place.
        """
        self._window = window
        self._recordings = recordings
        window.top_bar.offer_recorded(self._recorded)
        window.open_folder = str(recordings.folder)
        self._theme, self._data_dir = theme, data_dir
        window.open_requested.connect(self._open)

    def _recorded(self) -> list[str]:
        paths = [recorded.path for recorded in self._recordings.recent()]
        return [str(path) for path in paths if path != self._recordings.current][:MOST_OFFERED]

    def _open(self, path: str) -> None:
        words = [str(Path(path).absolute()), "--theme", self._theme()]
        if self._data_dir is not None and not path.endswith(SCENARIO):  # one broker's data is one broker's
            words += ["--data", str(self._data_dir)]
        open_window(self._window, *words)
