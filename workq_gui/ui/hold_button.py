"""A button that holds something and lets it go on: its words, its sign and its ground say which."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QPushButton

from workq_gui.ui.icons import icon
from workq_gui.ui.style import SMALL_SIZE, set_role
from workq_gui.ui.theme import DARK, Theme, text_font, zoomed

ICON_SIZE = 14
ROOM = 32
"""What a button has beside its words: the sign, and the space around both."""


class HoldButton(QPushButton):
    """Shows whether something is held. A press is a wish: it looks pressed when that came true. GUI thread.

    Args:
        wish: What a press does while nothing is held, for example "Hold the workers".
        held: What is said while it is held.
        short: What it is about, in a word, where there is no room for more.

    Signals:
        hold_requested: It is to be held, or to go on.
    """

    hold_requested = Signal(bool)

    def __init__(self, wish: str, held: str, short: str) -> None:
        super().__init__()
        self.setCheckable(True)
        self._wish, self._held, self._short = wish, held, short
        self._theme = DARK
        self._is_short = False
        self.setAccessibleName(wish)
        set_role(self, "compact")
        self.clicked.connect(self._utter)
        self._show()

    def set_words(self, wish: str, held: str, short: str) -> None:
        """Call it something else from now on."""
        self._wish, self._held, self._short = wish, held, short
        self.setAccessibleName(wish)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._theme = theme
        self._show()

    def set_short(self, is_short: bool) -> None:
        """Use one word only, or all."""
        self._is_short = is_short
        self._show()

    def display(self, is_held: bool) -> None:
        """Show whether it is held."""
        if is_held != self.isChecked():
            self.setChecked(is_held)
            self._show()

    def _utter(self, is_wanted: bool) -> None:
        self.setChecked(not is_wanted)  # until it has come true
        self.hold_requested.emit(is_wanted)

    def _show(self) -> None:
        is_held = self.isChecked()
        long = self._held if is_held else self._wish
        self.setText(self._short if self._is_short else long)
        self.setIcon(icon("play" if is_held else "pause", self._theme))
        self.setIconSize(QSize(zoomed(ICON_SIZE), zoomed(ICON_SIZE)))
        self.setAccessibleDescription(self._held if is_held else "")
        metrics = QFontMetrics(text_font(SMALL_SIZE, QFont.Weight.DemiBold))
        words = (self._short,) if self._is_short else (self._wish, self._held)
        # As wide in either state: what stands beside must not move.
        self.setFixedWidth(max(metrics.horizontalAdvance(word) for word in words) + zoomed(ROOM))
