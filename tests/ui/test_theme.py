import pytest
from PySide6.QtGui import QColor, QFontMetrics

from workq_gui.core.tasks import TUTORIAL_BATCH
from workq_gui.ui.style import blend, stylesheet
from workq_gui.ui.theme import (
    DARK,
    HIGH_CONTRAST,
    LIGHT,
    THEMES,
    Theme,
    kind_colour,
    load_fonts,
    mono_font,
    set_zoom,
    text_font,
    zoom,
    zoomed,
)

READABLE = 4.5
READABLE_BY_ALL = 7.0
MOST_ZOOM = 2.0
SIGNS = "↻✕✓↵▾…·“”+×⅛¼½"


def luminance(colour: str) -> float:
    """As in WCAG 2.2, "relative luminance"."""
    channels = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def wanted(theme: Theme) -> float:
    """What WCAG 2.2 asks for: AA, and AAA of the theme that is made for it."""
    return READABLE_BY_ALL if theme is HIGH_CONTRAST else READABLE


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    ("text", "surface"),
    [(text, surface) for text in ("ink", "mute") for surface in ("bg", "panel", "card")]
    + [(text, surface) for text in ("ok", "bad", "warn", "info", "accent") for surface in ("panel", "card")]
    + [("on_accent", "accent"), ("ink", "tube")],
)
def test_text_can_be_read_on_every_surface_it_stands_on(theme: Theme, text: str, surface: str):
    assert contrast(getattr(theme, text), getattr(theme, surface)) >= wanted(theme)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_a_warning_can_be_read_on_its_tinted_ground(theme: Theme):
    assert contrast(theme.warn, blend(theme.warn, theme.panel, 0.12)) >= wanted(theme)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_selected_text_can_be_read(theme: Theme):
    assert contrast(theme.ink, blend(theme.accent, theme.bg, 0.32)) >= wanted(theme)


def test_the_bundled_fonts_have_every_sign_that_is_drawn(qapp):
    load_fonts()
    for font in (text_font(13), mono_font(13)):
        missing = [sign for sign in SIGNS if not QFontMetrics(font).inFontUcs4(ord(sign))]
        assert not missing


def test_a_colour_is_found_by_its_token():
    assert DARK.colour("accent") == QColor(DARK.accent)
    assert set(Theme.tokens()) >= {"bg", "ink", "accent", "ok", "bad"}


def test_tasks_with_equally_many_dots_look_alike_and_others_do_not():
    tutorial = [kind_colour(line).name() for line in TUTORIAL_BATCH.splitlines()]
    assert len(set(tutorial)) == 5
    assert kind_colour("a.b.").name() == kind_colour("Second message..").name()


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("share", [0.2, 0.28])
def test_what_is_held_can_be_read_on_its_tinted_ground(theme: Theme, share: float):
    assert contrast(theme.ink, blend(theme.accent, theme.card, share)) >= wanted(theme)


def test_high_contrast_has_thicker_lines_and_lines_that_are_seen():
    assert HIGH_CONTRAST.line_width > DARK.line_width == LIGHT.line_width == 1.0
    assert contrast(HIGH_CONTRAST.line, HIGH_CONTRAST.bg) >= READABLE_BY_ALL
    assert "border: 2px solid" in stylesheet(HIGH_CONTRAST)


@pytest.fixture
def zoomed_twice():
    set_zoom(2.0)
    yield
    set_zoom(1.0)


@pytest.mark.usefixtures("zoomed_twice")
def test_zoom_enlarges_fonts_lengths_and_rules_but_no_hair_lines():
    assert (zoomed(10), text_font(13).pixelSize(), mono_font(11).pixelSize()) == (20, 26, 22)
    rules = stylesheet(DARK)
    assert "font-size: 24px" in rules
    assert "border: 1px solid" in rules


@pytest.mark.parametrize(("wish", "factor"), [(0.1, 0.8), (1.5, 1.5), (9.0, MOST_ZOOM)])
@pytest.mark.usefixtures("zoomed_twice")
def test_zoom_stays_within_what_is_sensible(wish, factor):
    set_zoom(wish)
    assert zoom() == factor
