"""Given a recording and a time, the stage looks as it did when somebody looked at it."""

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from tests.pictures.stage_picture import PICTURES, difference
from workq_gui.ui.theme import load_fonts

TOLERANCE = 0.12
"""Another version of the font engine moves letters by less; a token that is missing makes 0.3 and more."""


@pytest.fixture(autouse=True)
def fonts(qapp):
    load_fonts()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_it_looks_as_it_did(picture, tmp_path):
    now = picture.take()
    before = QImage(str(picture.path))
    seen = difference(now, before)
    if seen > TOLERANCE:
        now.save(str(tmp_path / f"{picture.name}.png"))
    assert seen <= TOLERANCE, f"see {tmp_path}, and tests/pictures/make.py if it is meant to be so"


def test_a_token_more_is_noticed():
    before = QImage(str(PICTURES[0].path))
    with_token = before.copy()
    painter = QPainter(with_token)
    painter.setBrush(QColor("#E69F00"))
    painter.drawEllipse(300, 300, 34, 34)
    painter.end()
    assert difference(before, before) == 0.0
    assert difference(before, with_token) > TOLERANCE
