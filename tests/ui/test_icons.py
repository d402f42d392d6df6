import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from workq_gui.resource_files import resource_path
from workq_gui.ui.icons import icon
from workq_gui.ui.theme import DARK, LIGHT

NAMES = sorted(path.stem for path in resource_path("icons").glob("*.svg"))


def colours(image) -> set[str]:
    """Return the colours of all points that are not see-through at all."""
    points = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {point.name() for point in points if point.alpha() == 255}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_an_icon_has_the_colour_of_the_theme(qapp, name, theme):
    image = icon(name, theme).pixmap(QSize(48, 48)).toImage()
    assert colours(image) == {QColor(theme.ink).name()}


def test_an_icon_that_cannot_be_pressed_is_muted(qapp):
    image = icon("pause", DARK).pixmap(QSize(48, 48), QIcon.Mode.Disabled).toImage()
    assert colours(image) == {QColor(DARK.mute).name()}


def test_an_icon_is_painted_for_the_screen_and_not_stretched(qapp):
    pixmap = icon("pause", DARK).pixmap(QSize(16, 16), 2.0)
    assert (pixmap.size(), pixmap.devicePixelRatio()) == (QSize(32, 32), 2.0)


def test_an_icon_is_made_once(qapp):
    assert icon("pause", DARK) is icon("pause", DARK)


def test_the_licence_comes_with_the_icons():
    assert "ISC License" in (resource_path("icons") / "LICENSE-Lucide.txt").read_text(encoding="utf-8")
