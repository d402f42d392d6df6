import pytest
from PySide6.QtGui import QColor, QFontMetrics

from workq_gui.core.tasks import TUTORIAL_BATCH
from workq_gui.ui.style import blend
from workq_gui.ui.theme import DARK, THEMES, Theme, kind_colour, load_fonts, mono_font, text_font

READABLE = 4.5
SIGNS = "↻✕✓↵▾…·“”+"


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


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    ("text", "surface"),
    [(text, surface) for text in ("ink", "mute") for surface in ("bg", "panel", "card")]
    + [(text, surface) for text in ("ok", "bad", "warn", "info", "accent") for surface in ("panel", "card")]
    + [("on_accent", "accent"), ("ink", "tube")],
)
def test_text_can_be_read_on_every_surface_it_stands_on(theme: Theme, text: str, surface: str):
    assert contrast(getattr(theme, text), getattr(theme, surface)) >= READABLE


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_a_warning_can_be_read_on_its_tinted_ground(theme: Theme):
    assert contrast(theme.warn, blend(theme.warn, theme.panel, 0.12)) >= READABLE


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_selected_text_can_be_read(theme: Theme):
    assert contrast(theme.ink, blend(theme.accent, theme.bg, 0.32)) >= READABLE


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
