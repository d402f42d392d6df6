"""Pictures as files: what is painted, as PNG, SVG or PDF, in bytes."""

import re
from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QSize, QSizeF
from PySide6.QtGui import QImage, QImageWriter, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from workq_gui.ui.theme import MONO_FAMILY, TEXT_FAMILY

Paint = Callable[[QPainter], None]
"""Paints a whole picture; the painter's unit is a logical pixel."""

PDF_DPI = 1_200
SVG_DPI = 96  # what a browser takes a pixel for
POINTS_PER_INCH = 72
FALLBACKS = {
    TEXT_FAMILY: "Inter, Helvetica, Arial, sans-serif",
    MONO_FAMILY: "'JetBrains Mono', Consolas, Menlo, monospace",
}
"""An SVG is looked at where our fonts may not be."""
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no way to write, and Qt writes nevertheless: control characters in a title, or in a name."""


def is_drawing(picture_format: str) -> bool:
    """Whether a picture of this format is made of shapes and words, and not of pixels."""
    return picture_format in ("svg", "pdf")


def picture_bytes(picture_format: str, width: int, height: int, title: str, paint: Paint) -> bytes:
    """Return what `paint` paints as a file. GUI thread.

    Args:
        picture_format: "png", "svg" or "pdf".
        width: In pixels; a page of PDF is as many points wide.
        height: Likewise.
        title: What is seen, for who cannot see it.
        paint: See `Paint`.
    """
    if picture_format == "svg":
        return svg_text(width, height, title, paint).encode(errors="replace")
    if picture_format == "pdf":
        return _pdf(width, height, title, paint)
    return _png(width, height, title, paint)


def svg_text(width: int, height: int, title: str, paint: Paint) -> str:
    """Return what `paint` paints as the text of an SVG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(SVG_DPI)
    generator.setSize(QSize(width, height))
    generator.setViewBox(QRect(0, 0, width, height))
    generator.setTitle(title)
    generator.setDescription("Made by WorkQ")
    _paint_on(generator, paint)
    buffer.close()
    text = NO_XML.sub("", bytes(data.data()).decode(errors="replace"))
    for family, fallback in FALLBACKS.items():
        text = text.replace(f'font-family="{family}"', f'font-family="{fallback}"')
    return text


def _pdf(width: int, height: int, title: str, paint: Paint) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(PDF_DPI)
    writer.setPageSize(QPageSize(QSizeF(width, height), QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(title)
    writer.setCreator("WorkQ")
    scale = PDF_DPI / POINTS_PER_INCH

    def scaled(painter: QPainter) -> None:
        painter.scale(scale, scale)
        paint(painter)

    _paint_on(writer, scaled)
    buffer.close()
    return bytes(data.data())


def _png(width: int, height: int, title: str, paint: Paint) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.setText("Title", title)
    image.setText("Software", "WorkQ")
    _paint_on(image, paint)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return bytes(data.data())


def _paint_on(device: QImage | QPdfWriter | QSvgGenerator, paint: Paint) -> None:
    painter = QPainter(device)
    # An exception that leaves the painter open would crash Qt.
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        paint(painter)
    finally:
        painter.end()
