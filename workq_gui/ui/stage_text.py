"""Plain text on the stage: one line each, elided, in fonts as large as the layout says."""

from functools import cache, lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from workq_gui.ui.theme import MONO_FAMILY, TEXT_FAMILY

LEFT, RIGHT, MIDDLE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter


@cache
def stage_font(px: int, weight: QFont.Weight = QFont.Weight.Normal, is_mono: bool = False) -> QFont:
    """Return a font of exactly `px` logical pixels: the layout has the zoom in its figures already."""
    font = QFont(MONO_FAMILY if is_mono else TEXT_FAMILY)
    font.setPixelSize(px)
    font.setWeight(weight)
    return font


@cache
def metrics_of(px: int, weight: QFont.Weight = QFont.Weight.Normal, is_mono: bool = False) -> QFontMetricsF:
    """Return the metrics of the same font."""
    return QFontMetricsF(stage_font(px, weight, is_mono))


@lru_cache(maxsize=1024)
def width_of(words: str, px: int, weight: QFont.Weight, is_mono: bool) -> float:
    """Return how wide one line is in the same font: most lines are the same from frame to frame."""
    return metrics_of(px, weight, is_mono).horizontalAdvance(words)


def one_line(words: str) -> str:
    """Return `words` without line ends and tabs."""
    return " ".join(words.split())


def draw_line(
    painter: QPainter,
    box: QRectF,
    words: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = MIDDLE,
) -> None:
    """Draw one line of plain text, in the middle of the height of `box`; with … if it is too long."""
    painter.setFont(font)
    painter.setPen(colour)
    flags = align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(box, flags, _fitting(words, font.toString(), box.width()))


@lru_cache(maxsize=1024)
def _fitting(words: str, font: str, width: float) -> str:
    """Return as much of `words` as fits: measuring takes as long as drawing."""
    described = QFont()
    described.fromString(font)
    return QFontMetricsF(described).elidedText(words, Qt.TextElideMode.ElideRight, width)


def broken(words: str, metrics: QFontMetricsF, width: float, most: int) -> list[str]:
    """Break `words` into at most `most` lines of `width`; the last ends with … if there is more."""
    if most == 1 or metrics.horizontalAdvance(words) <= width:
        return [metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)]
    first = ""
    for word in words.split(" "):
        longer = f"{first} {word}" if first else word
        if metrics.horizontalAdvance(longer) > width:
            break
        first = longer
    if not first:  # one word that is longer than a line
        return [metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)]
    return [first, *broken(words[len(first) + 1 :], metrics, width, most - 1)]
