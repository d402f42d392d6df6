"""A switch: on or off, told by the place of its knob."""

from typing import Any

from PySide6.QtCore import Property, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from workq_gui.ui.style import set_role
from workq_gui.ui.theme import zoomed

WIDTH, HEIGHT = 36, 20
RING = 2


def _colour(name: str) -> Any:
    """Return a property by which the stylesheet sets a colour."""

    def get(switch: "Switch") -> QColor:
        return switch.colours[name]

    def take(switch: "Switch", colour: QColor) -> None:
        switch.colours[name] = colour
        switch.update()

    return Property(QColor, get, take)


class Switch(QAbstractButton):
    """Switches something on and off. GUI thread.

    Attributes:
        colours: Of its parts, by their names: the stylesheet sets them.
    """

    on_colour = _colour("on")
    off_colour = _colour("off")
    knob_colour = _colour("knob")
    ring_colour = _colour("ring")

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colours = {part: QColor() for part in ("on", "off", "knob", "ring")}
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_role(self, "switch")

    def sizeHint(self) -> QSize:
        """Return its size, with the ring of the focus."""
        return QSize(zoomed(WIDTH) + 4 * RING, zoomed(HEIGHT) + 4 * RING)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        track = QRectF(0, 0, zoomed(WIDTH), zoomed(HEIGHT))
        track.moveCenter(QRectF(self.rect()).center())
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colours["on" if self.isChecked() else "off"])
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        knob = track.adjusted(RING, RING, -RING, -RING)
        knob.setWidth(knob.height())
        if self.isChecked():
            knob.moveRight(track.right() - RING)
        painter.setBrush(self.colours["knob"])
        painter.drawEllipse(knob)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.colours["ring"], RING))
            ring = track.adjusted(-RING, -RING, RING, RING)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
