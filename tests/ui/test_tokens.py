"""What a task looks like: each form told by its outline, each label readable or left away."""

import itertools

import pytest
from PySide6.QtGui import QImage, QPainter

from workq_gui.ui.theme import DARK, HIGH_CONTRAST, LIGHT, load_fonts
from workq_gui.ui.tokens import Form, Look, Token, TokenSprites, contrast


@pytest.fixture(autouse=True)
def _fonts(qapp):
    load_fonts()


def picture(look: Look, theme=DARK, diameter: float = 34.0, dpr: float = 1.0) -> QImage:
    sprites = TokenSprites()
    sprites.prepare(theme, diameter, dpr)
    image = QImage(120, 120, QImage.Format.Format_RGB32)
    image.fill(theme.colour("panel"))
    painter = QPainter(image)
    sprites.draw(painter, Token(60 / dpr, 60 / dpr, look))
    painter.end()
    return image


@pytest.mark.parametrize("theme", [DARK, LIGHT, HIGH_CONTRAST], ids=lambda theme: theme.name)
def test_each_form_looks_different_without_its_colour(theme):
    looks = [Look(form, 2) for form in (Form.HOLLOW, Form.SOLID, Form.DASHED)]
    looks += [Look(Form.SOLID, 2, is_redelivered=True), Look(Form.SOLID, 2, is_persistent=True)]
    greys = [picture(look, theme).convertToFormat(QImage.Format.Format_Grayscale8) for look in looks]
    assert all(one != other for one, other in itertools.combinations(greys, 2))


@pytest.mark.parametrize(("diameter", "is_labelled"), [(34.0, True), (22.0, True), (14.0, False)])
def test_a_label_is_left_away_where_it_would_be_too_small_to_read(diameter, is_labelled):
    with_label = picture(Look(Form.SOLID, 1, "1 s"), diameter=diameter)
    assert (with_label != picture(Look(Form.SOLID, 1), diameter=diameter)) is is_labelled


def test_what_a_hollow_token_flies_over_does_not_shine_through():
    image = picture(Look(Form.HOLLOW))
    panel = DARK.colour("panel")
    assert image.pixelColor(60, 60) != panel
    assert contrast(image.pixelColor(60, 60), DARK.colour("ink")) > 4.5


@pytest.mark.parametrize("dpr", [1.0, 1.5, 2.0])
def test_a_token_is_as_large_in_device_pixels_as_the_screen_asks(dpr):
    image = picture(Look(Form.SOLID, 1), dpr=dpr)
    panel = DARK.colour("panel")
    inked = [x for x in range(120) if image.pixelColor(x, 60) != panel]
    assert inked[-1] - inked[0] + 1 == pytest.approx(33 * dpr, abs=2)


def test_a_look_is_drawn_once_and_anew_for_another_theme_or_size():
    sprites, image = TokenSprites(), QImage(50, 50, QImage.Format.Format_RGB32)
    counts = []
    for theme, diameter in ((DARK, 34.0), (DARK, 34.0), (LIGHT, 34.0), (LIGHT, 20.0)):
        sprites.prepare(theme, diameter, 1.0)
        kept = len(sprites._sprites)
        painter = QPainter(image)
        sprites.draw(painter, Token(25, 25, Look(Form.SOLID)))
        painter.end()
        counts.append(kept)
    assert counts == [0, 1, 0, 0]
