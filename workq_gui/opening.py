"""What the wish to see a file comes to: a recording or a scenario, in a window of its own."""

from pathlib import Path

from workq_gui.another_window import open_window
from workq_gui.ui.main_window import MainWindow


class Opening:
    """Opens files in windows of their own: the broker and the work in this one go on. GUI thread."""

    def __init__(self, window: MainWindow, theme: str) -> None:
        """Open what is wished in `window`, to look like `theme`."""
        self._window = window
        self._theme = theme
        window.open_requested.connect(self._open)

    def _open(self, path: str) -> None:
        open_window(self._window, str(Path(path).absolute()), "--theme", self._theme)
