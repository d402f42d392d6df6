"""The icons: Lucide's, in the colours of the theme."""

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from workq_gui.resource_files import resource_path
from workq_gui.ui.theme import Theme


def icon(name: str, theme: Theme) -> QIcon:
    """Return the icon `name` of `resources/icons`, sharp at any size and on any screen. GUI thread.

    Args:
        name: The file's name without its ending, as Lucide names it.
        theme: Whose colours to use.
    """
    return _icon(name, theme.ink, theme.mute)


@cache
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    return QIcon(_Engine(name, colour, disabled))


class _Engine(QIconEngine):
    """Paints an SVG at the size that is asked for, instead of stretching a picture.

    Args:
        name: Which SVG.
        colour: The colour of the lines.
        disabled: Their colour while it cannot be pressed.
    """

    def __init__(self, name: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour
        self._disabled = disabled

    def clone(self) -> QIconEngine:
        """Return another one that paints the same."""
        return _Engine(self._name, self._colour, self._disabled)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint into `rect`."""
        colour = self._disabled if mode is QIcon.Mode.Disabled else self._colour
        _renderer(self._name, colour).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return a picture of `size`, in pixels of the screen."""
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        try:
            self.paint(painter, image.rect(), mode, state)
        finally:
            painter.end()
        return QPixmap.fromImage(image)


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    svg = (resource_path("icons") / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(svg.replace("currentColor", colour).encode()))
