"""The colours of a timeline."""

from PySide6.QtGui import QColor

from workq_gui.core.projections.timeline_span import KINDS_COUNT, Ending, Span
from workq_gui.ui.theme import Theme, kind_colour

WISHED = frozenset({Ending.STOPPED, Ending.PUT_BACK, Ending.REJECTED})
"""Ways to break off a work that somebody wanted."""


SHADES = 4


class BarColours:
    """The colours of bars in one theme, made once.

    Attributes:
        kinds: Of a bar, by the kind of its task; `edges` go around it, `dim` fills one that was broken off.
        pixels: The same as numbers; `shades` are from faint to full.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.kinds = [kind_colour("." * kind) for kind in range(KINDS_COUNT)]
        # On white a bright kind is too faint without an edge.
        self.edges = [QColor(colour) if theme.is_dark else colour.darker(140) for colour in self.kinds]
        self.dim = []
        for colour in self.kinds:
            dim = QColor(colour)
            dim.setAlphaF(0.3)
            self.dim.append(dim)
        self.pixels = [colour.rgba() for colour in self.kinds]
        self.shades = [_shades_of(colour, theme.colour("panel")) for colour in self.kinds]
        self.ok, self.bad, self.warn = theme.colour("ok"), theme.colour("bad"), theme.colour("warn")
        self.mute, self.line = theme.colour("mute"), theme.colour("line")
        if theme.line_width > 1:  # lines are as strong as words there: the grid would drown what is on it
            self.line.setAlphaF(0.4)

    def of_broken_off(self, span: Span) -> QColor:
        """Return the colour of the edge of a work that was broken off."""
        return self.warn if span.ending in WISHED else self.bad


def _shades_of(colour: QColor, under: QColor) -> list[int]:
    shades = []
    for number in range(1, SHADES + 1):
        share = number / SHADES
        channels = (
            (colour.red(), under.red()),
            (colour.green(), under.green()),
            (colour.blue(), under.blue()),
        )
        mixed = QColor(*(round(high * share + low * (1 - share)) for high, low in channels))
        shades.append(mixed.rgba())
    return shades
