"""Films: one painted frame after the other."""

from collections.abc import Iterator, Sequence
from math import dist

from PySide6.QtGui import QImage, QPainter

from workq_gui.core.export_wish import ExportWish
from workq_gui.core.history import History
from workq_gui.core.reel import Reel
from workq_gui.ui.stage_picture import StagePicture
from workq_gui.ui.theme import KINDS, Theme

STEPS = 6
"""So many shades lie between an ink and what it stands on: the edges of letters."""
SURFACES = ("panel", "card", "bg", "tube", "line")
INKS = ("ink", "on_accent", "mute", "accent", "ok", "bad", "warn", "info")
LEAST_DISTANCE = 10.5
"""Closer ones may be taken for each other: Pillow measures from the lowest corner of a box of 4 x 4 x 4."""
Colour = tuple[int, int, int]
MOST_COLOURS = 255
"""One of a GIF's 256 is needed for what does not change."""


def film_frames(wish: ExportWish, history: History, picture: StagePicture) -> Iterator[bytes]:
    """Yield the frames of a film as RGB, 8 bits each, row by row from the upper left. GUI thread."""
    reel = Reel(history, wish.from_ns)
    for number in range(wish.frame_count):
        at_ns = wish.frame_at_ns(number)
        picture.display(reel.forward_to(at_ns), at_ns)
        yield _rgb(picture)


def film_palette(theme: Theme) -> list[Colour]:
    """Return up to MOST_COLOURS colours that a film in `theme` is made of, soft edges included."""
    surfaces = [_parts(getattr(theme, name)) for name in SURFACES]
    inks = [_parts(colour) for colour in (*(getattr(theme, name) for name in INKS), *KINDS)]
    colours = list(dict.fromkeys((*surfaces, *inks)))
    for colour in _edges(surfaces, inks):
        if len(colours) < MOST_COLOURS and all(dist(colour, other) >= LEAST_DISTANCE for other in colours):
            colours.append(colour)
    return colours


def _edges(surfaces: Sequence[Colour], inks: Sequence[Colour]) -> Iterator[Colour]:
    """Yield what lies between an ink and what it stands on, what matters most first."""
    for under in surfaces:
        for over in inks:
            for step in range(1, STEPS):
                yield _between(under, over, step / STEPS)
    for kind in map(_parts, KINDS):  # a label stands on its coin
        for over in (inks[0], inks[1]):
            for step in range(1, STEPS):
                yield _between(kind, over, step / STEPS)


def _rgb(picture: StagePicture) -> bytes:
    image = QImage(picture.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    try:
        picture.paint(painter)
    finally:
        painter.end()
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    width, rows = 3 * image.width(), image.constBits()
    if image.bytesPerLine() == width:
        return bytes(rows)
    stride = image.bytesPerLine()  # Qt begins each row at a multiple of four bytes
    return b"".join(rows[row * stride : row * stride + width] for row in range(image.height()))


def _parts(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _between(under: Colour, over: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(under, over, strict=True))
    return red, green, blue
