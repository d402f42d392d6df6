"""Colours by meaning, and the fonts; the one place where either is named."""

from dataclasses import dataclass, fields

from PySide6.QtGui import QColor, QFont, QFontDatabase

from workq_gui.core.tasks import count_dots
from workq_gui.resource_files import resource_path

TEXT_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"

KINDS = ("#56B4E9", "#E69F00", "#CC79A7", "#009E73", "#F0E442", "#0072B2", "#D55E00")
"""Okabe-Ito: told apart by colour-blind eyes too. Tasks with equally many dots look alike."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one look, named by what they mean.

    Attributes:
        bg: Behind everything; panel, card and line are the surfaces on it.
        ink: Text; mute is text of less weight.
        accent: The one thing to do next, and the queue; on_accent is text on it.
        ok: Acked, confirmed.
        bad: Crashed, lost, redelivered.
        warn: Reconnecting, frozen.
        info: Working.
        line_width: How thick a line of 1 px is in this look, in logical pixels at zoom 1.
    """

    name: str
    is_dark: bool
    bg: str
    panel: str
    card: str
    line: str
    ink: str
    mute: str
    accent: str
    on_accent: str
    tube: str
    ok: str
    bad: str
    warn: str
    info: str
    line_width: float = 1.0

    def colour(self, token: str) -> QColor:
        """Return the colour that `token` names, for example "accent"."""
        return QColor(getattr(self, token))

    @classmethod
    def tokens(cls) -> list[str]:
        """Return the names of all colours."""
        return [field.name for field in fields(cls) if field.name not in ("name", "is_dark", "line_width")]


DARK = Theme(
    name="dark",
    is_dark=True,
    bg="#14171C",
    panel="#1B1F26",
    card="#232832",
    line="#343B47",
    ink="#EEF1F5",
    mute="#97A1B0",
    accent="#FF7A33",
    on_accent="#14171C",
    tube="#232832",
    ok="#2FBF8F",
    bad="#FF6B70",
    warn="#F2B84B",
    info="#5AA9F5",
)
LIGHT = Theme(
    name="light",
    is_dark=False,
    bg="#F4F5F7",
    panel="#FFFFFF",
    card="#FFFFFF",
    line="#D5DAE1",
    ink="#1A1E24",
    mute="#5D6776",
    accent="#C2410C",
    on_accent="#FFFFFF",
    tube="#E9ECF0",
    ok="#0B7A57",
    bad="#C8262C",
    warn="#8A5A00",
    info="#1B63B8",
)
HIGH_CONTRAST = Theme(
    name="contrast",
    is_dark=True,
    bg="#000000",
    panel="#000000",
    card="#000000",
    line="#FFFFFF",
    ink="#FFFFFF",
    mute="#DADADA",
    accent="#FFB000",
    on_accent="#000000",
    tube="#000000",
    ok="#3DFFA2",
    bad="#FF9494",
    warn="#FFE800",
    info="#7CD0FF",
    line_width=2.0,
)
THEMES = {theme.name: theme for theme in (DARK, LIGHT, HIGH_CONTRAST)}

ZOOM_RANGE = (0.8, 2.0)
_zoom = 1.0
"""How many times larger than designed everything is: one factor, since one window is shown."""


def set_zoom(factor: float) -> None:
    """Make everything `factor` times as large as designed, within ZOOM_RANGE. GUI thread.

    It holds for what asks from now on: the stylesheet has to be applied again, and each part given its theme.
    """
    global _zoom
    _zoom = min(max(factor, ZOOM_RANGE[0]), ZOOM_RANGE[1])


def zoom() -> float:
    """Return the factor that `set_zoom` set."""
    return _zoom


def zoomed(pixels: float) -> int:
    """Return how many logical pixels `pixels` of the design are now."""
    return round(pixels * _zoom)


def kind_colour(text: str) -> QColor:
    """Return the colour of a task's token: it goes by the number of dots."""
    return QColor(KINDS[count_dots(text) % len(KINDS)])


def load_fonts() -> None:
    """Make the bundled fonts known to Qt. Needs a QGuiApplication; GUI thread."""
    for path in sorted(resource_path("fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))


def text_font(pixel_size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the font for text; `pixel_size` in logical pixels at zoom 1."""
    return _font(TEXT_FAMILY, pixel_size, weight)


def mono_font(pixel_size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the font for what is typed and for what the broker says."""
    return _font(MONO_FAMILY, pixel_size, weight)


def _font(family: str, pixel_size: int, weight: QFont.Weight) -> QFont:
    font = QFont(family)
    font.setPixelSize(zoomed(pixel_size))
    font.setWeight(weight)
    return font
