"""By what a task is dragged from the composer onto the stage."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QFont, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from workq_gui.core.tasks import DEFAULT_TEXT, count_dots
from workq_gui.ui.theme import kind_colour, text_font, zoomed

TASK_MIME = "application/x-workq-task"
"""What a dragged task is to those who may take it: its text, in UTF-8."""

DOT_SIZE = 8
DOT_PITCH = 12
MAX_DRAWN_DOTS = 10
TOKEN_SIZE = 34


class DragHandle(QWidget):
    """Starts to drag a task when it is pulled. GUI thread.

    Signals:
        clicked: It was pressed and let go, and not pulled.
    """

    clicked = Signal()

    def __init__(self, drag_task: Callable[[], None]) -> None:
        super().__init__()
        self._drag_task = drag_task
        self._pressed_at: QPoint | None = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(self.tr("Drag onto the stage to publish"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag may begin."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin to drag as soon as it is clear that this is no click."""
        if self._pressed_at is None:
            return
        way = event.position().toPoint() - self._pressed_at
        if way.manhattanLength() >= QApplication.startDragDistance():
            self._pressed_at = None
            self._drag_task()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It was a click."""
        if self._pressed_at is not None:
            self._pressed_at = None
            self.clicked.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the zoom: the stylesheet is applied again then."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self.updateGeometry()


class Dots(DragHandle):
    """As many dots of a text as have room, in the colour of its kind; the words beside it have the number."""

    def __init__(self, drag_task: Callable[[], None]) -> None:
        super().__init__(drag_task)
        self.setObjectName("dots")
        self._text = ""
        # Narrower if need be, so that the words are whole.
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def display(self, text: str) -> None:
        """Show the dots of `text`."""
        self._text = text
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size that shows all dots that are ever drawn."""
        return QSize(min(count_dots(self._text), MAX_DRAWN_DOTS) * zoomed(DOT_PITCH), zoomed(DOT_SIZE) + 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dots that have room."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            is_light = self.palette().color(QPalette.ColorRole.Window).lightnessF() > 0.5
            # Some kinds are too pale for a light field without an outline.
            painter.setPen(self.palette().color(QPalette.ColorRole.Text) if is_light else Qt.PenStyle.NoPen)
            painter.setBrush(kind_colour(self._text))
            pitch, size = zoomed(DOT_PITCH), zoomed(DOT_SIZE)
            count = min(count_dots(self._text), MAX_DRAWN_DOTS, self.width() // pitch)
            for number in range(count):
                painter.drawEllipse(QRectF(number * pitch + 2.5, 1.5, size, size))
        finally:
            painter.end()


class Grip(DragHandle):
    """Six small dots, the sign of something that can be taken hold of."""

    def __init__(self, drag_task: Callable[[], None]) -> None:
        super().__init__(drag_task)
        self.setObjectName("grip")
        self.setAccessibleName(self.tr("Drag onto the stage to publish"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a size that is easy to hit."""
        return QSize(zoomed(18), zoomed(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().color(QPalette.ColorRole.PlaceholderText))
            size, pitch = zoomed(3), zoomed(5)
            left, top = (self.width() - pitch - size) / 2, (self.height() - 2 * pitch - size) / 2
            for row in range(3):
                for column in range(2):
                    painter.drawEllipse(QRectF(left + column * pitch, top + row * pitch, size, size))
        finally:
            painter.end()


def task_drag(source: QWidget, text: str, words: str) -> QDrag:
    """Return a drag of the task `text`, whose token says `words`. The caller starts it."""
    text = text or DEFAULT_TEXT
    drag = QDrag(source)
    mime = QMimeData()
    mime.setData(TASK_MIME, text.encode(errors="replace"))
    drag.setMimeData(mime)
    token = _token(text, words, source.devicePixelRatioF())
    drag.setPixmap(token)
    half = zoomed(TOKEN_SIZE) // 2
    drag.setHotSpot(QPoint(half, half))
    return drag


def _token(text: str, words: str, dpr: float) -> QPixmap:
    size = zoomed(TOKEN_SIZE)
    token = QPixmap(round(size * dpr), round(size * dpr))
    token.setDevicePixelRatio(dpr)
    token.fill(Qt.GlobalColor.transparent)
    painter = QPainter(token)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = kind_colour(text)
        ink = Qt.GlobalColor.black if colour.lightnessF() > 0.4 else Qt.GlobalColor.white
        painter.setBrush(colour)
        painter.setPen(QPen(Qt.GlobalColor.black, 1))
        circle = QRectF(1, 1, size - 2, size - 2)
        painter.drawEllipse(circle)
        painter.setPen(ink)
        painter.setFont(text_font(11, QFont.Weight.DemiBold))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, words)
    finally:
        painter.end()
    return token
