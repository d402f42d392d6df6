"""The timeline of the look-back panel: what can be done with it by mouse and keys."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from workq_gui.core.events import TaskId
from workq_gui.core.tasks import shown_text
from workq_gui.ui.style import plain_tooltip
from workq_gui.ui.timeline_canvas import TimelineCanvas
from workq_gui.ui.timeline_hit import Hit, find_hit, hit_words

WHEEL_FACTOR, KEY_FACTOR = 1.25, 1.5
NOTCH = 120
"""What Qt calls one notch of a wheel."""
PAN_PX, CLICK_PX, SCROLL_ROWS = 60.0, 4, 3
OWN_KEYS = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Plus,
        Qt.Key.Key_Equal,
        Qt.Key.Key_Minus,
        Qt.Key.Key_0,
    }
)
"""What the timeline does itself while it has the focus, whatever the window does at these keys."""


class TimelineView(TimelineCanvas):
    """Shows who worked on what, and when; zooms, moves, tells, and puts the playhead elsewhere. GUI thread.

    Signals:
        seek_requested: The picture is to show this moment; carries nanoseconds of the session's clock.
        task_requested: The user wants to see the whole life of a task; carries its id.
        worker_requested: The user points at a worker's name; carries its id.
    """

    seek_requested = Signal(object)
    task_requested = Signal(str)
    worker_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed_at: QPointF | None = None
        self._dragged_from: QPointF | None = None
        self._is_scrubbing = False

    # --- the mouse ----------------------------------------------------------------------------

    def hit_at(self, position: QPointF) -> Hit | None:
        """Return what is at `position`; None if that is no row."""
        layout, scale = self.layout_now(), self._viewport.scale
        return find_hit(layout, scale, self._rows, position.x(), position.y(), self._now_ns)

    def words_at(self, position: QPointF) -> str:
        """Return what is said of what is at `position`; empty if nothing is."""
        hit = self.hit_at(position)
        if hit is None:
            return ""
        return hit_words(hit, self.timeline, self._viewport.scale, position.x(), self._now_ns)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click, a drag, or a walk through time along the axis."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._pressed_at = self._dragged_from = event.position()
        plot = self.layout_now().plot
        self._is_scrubbing = event.position().y() > plot.bottom() and event.position().x() >= plot.left()
        if self._is_scrubbing:
            self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture of the time, or point at something."""
        position = event.position()
        if self._pressed_at is None or self._dragged_from is None:
            self._point_at(position)
        elif self._is_scrubbing:
            self._seek(position.x())
        elif self._is_dragging or abs((position - self._pressed_at).x()) > CLICK_PX:
            pixels = round(self._dragged_from.x() - position.x())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._viewport.pan(pixels, self._at_ns, self._now_ns)
            self._dragged_from = position
            self.changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it: what was no drag puts the playhead there, or asks for the task or the worker."""
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed_at is None:
            return
        is_click = not self._is_dragging and not self._is_scrubbing
        self._pressed_at = self._dragged_from = None
        self._is_scrubbing = False
        self.unsetCursor()
        if is_click:
            self._click(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing any more."""
        super().leaveEvent(event)
        self._point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the mouse is; with Shift, or sideways, move. With Ctrl the whole window zooms."""
        modifiers, turned = event.modifiers(), event.angleDelta()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        sideways = turned.x() or (turned.y() if modifiers & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            self._viewport.pan(-round(sideways / NOTCH * PAN_PX), self._at_ns, self._now_ns)
        else:
            x = max(event.position().x(), self._viewport.scale.left)
            self._viewport.zoom(WHEEL_FACTOR ** (turned.y() / NOTCH), x, self._at_ns)
        self.changed()
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with what is there."""
        self.menu_at(QPointF(event.pos())).popup(event.globalPos())

    def menu_at(self, position: QPointF) -> QMenu:
        """Return the menu for what is at `position`; it goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        hit = self.hit_at(position)
        if hit is not None and hit.span is not None:
            task_id = hit.span.task_id
            life = menu.addAction(self.tr("This task's whole life"))
            life.setObjectName("life")
            life.setToolTip(plain_tooltip(shown_text(hit.span.text)))
            life.triggered.connect(lambda: self._ask_for_task(task_id))
        x = position.x()
        menu.addAction(self.tr("Put the playhead here")).triggered.connect(lambda: self._seek(x))
        menu.addSeparator()
        menu.addAction(self.tr("Show all (0)")).triggered.connect(self.fit)
        menu.addAction(self.tr("Go along with now (End)")).triggered.connect(self.follow)
        return menu

    @property
    def _is_dragging(self) -> bool:
        return self._dragged_from is not self._pressed_at

    def _click(self, event: QMouseEvent) -> None:
        hit = self.hit_at(event.position())
        if event.position().x() < self._viewport.scale.left:
            if hit is not None:
                self.worker_requested.emit(hit.row.worker_id)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and hit is not None and hit.span is not None:
            self._ask_for_task(hit.span.task_id)
        else:
            self._seek(event.position().x())

    def _ask_for_task(self, task_id: TaskId) -> None:
        self.task_requested.emit(task_id)

    def _seek(self, x: float) -> None:
        at_ns = self._viewport.scale.ns_at(max(x, self._viewport.scale.left))
        self.seek_requested.emit(min(max(at_ns, self._first_ns), self._now_ns))

    def _point_at(self, position: QPointF | None) -> None:
        hit = self.hit_at(position) if position is not None else None
        span = hit.span if hit is not None else None
        if span is not self._pointed_at:
            self._pointed_at = span
            self.update()

    # --- keys ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom and move."""
        if not self._handles(event) or not self._do_key(Qt.Key(event.key())):
            super().keyPressEvent(event)
            return
        self._shows_focus = True
        self.changed()

    def _do_key(self, key: Qt.Key) -> bool:
        viewport, at_ns, now_ns = self._viewport, self._at_ns, self._now_ns
        match key:
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                viewport.pan(PAN_PX if key is Qt.Key.Key_Right else -PAN_PX, at_ns, now_ns)
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                rows = SCROLL_ROWS if key is Qt.Key.Key_Down else -SCROLL_ROWS
                step = rows * self._scroll_bar.singleStep()
                self._scroll_bar.setValue(self._scroll_bar.value() + step)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                viewport.zoom(KEY_FACTOR, self._key_x(), at_ns)
            case Qt.Key.Key_Minus:
                viewport.zoom(1 / KEY_FACTOR, self._key_x(), at_ns)
            case Qt.Key.Key_Home:
                viewport.show(self._known_from_ns, at_ns)
            case Qt.Key.Key_End:
                self.follow()
            case Qt.Key.Key_0:
                self.fit()
            case _:
                return False
        return True

    def _key_x(self) -> float:
        """Return where keys zoom: at the playhead, or in the middle where that is out of view."""
        scale = self._viewport.scale
        x = scale.x_of(self._at_ns)
        return x if scale.left <= x <= scale.right else scale.left + scale.width / 2

    def _handles(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            return False
        if event.key() == Qt.Key.Key_End:  # at the end already: let the window go to now
            return self._is_live and not self._viewport.is_following
        return event.key() in OWN_KEYS

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys arrive here."""
        super().focusInEvent(event)
        self._shows_focus = event.reason() is not Qt.FocusReason.MouseFocusReason
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that they do not."""
        super().focusOutEvent(event)
        self.update()

    # --- words --------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Tell what is pointed at; keep the own keys from the window."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tell(event.pos(), event.globalPos())
            return True
        is_override = event.type() is QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and self._handles(event):
            event.accept()
            return True
        return super().event(event)

    def _tell(self, position: QPoint, global_position: QPoint) -> None:
        words = self.words_at(QPointF(position))
        if words:
            QToolTip.showText(global_position, plain_tooltip(words), self)
        else:
            QToolTip.hideText()
