"""What the user does with the stage: point, ask, cut, purge, drop."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDropEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from workq_gui.core.events import TaskId, WorkerId
from workq_gui.core.projections.task_state import TaskState
from workq_gui.core.state import State
from workq_gui.ui.composer_handle import TASK_MIME
from workq_gui.ui.stage_details import StageDetails
from workq_gui.ui.stage_targets import Target, TargetKind, neighbour, target_at
from workq_gui.ui.style import plain_tooltip
from workq_gui.ui.theme import Theme
from workq_gui.ui.worker_menu import WorkerWish, has_open_menu, is_menu_key, worker_menu

STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
OPENS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class StageHands(QObject):
    """Watches the events of a stage, and turns them into its wishes. GUI thread.

    Args of the constructor:
        stage: The widget.
        find: Gives all targets of the moment that is shown.
        look: Gives the state that is shown, and the moment.
        wish: Utters a wish about a worker.
        publish: Utters the wish to publish a text to a queue.
        purge: Utters the wish to empty a queue.
        redeclare: Utters the wish to declare a queue again.
    """

    def __init__(
        self,
        stage: QWidget,
        *,
        find: Callable[[], list[Target]],
        look: Callable[[], tuple[State, int] | None],
        wish: Callable[[WorkerWish, str], None],
        publish: Callable[[str, str], None],
        purge: Callable[[str], None],
        redeclare: Callable[[str], None],
    ) -> None:
        super().__init__(stage)
        self._stage, self._find, self._look = stage, find, look
        self._wish, self._publish, self._purge, self._redeclare = wish, publish, purge, redeclare
        self._details = StageDetails(stage)
        self._hovered: Target | None = None
        self._focused: Target | None = None
        self.is_live = True
        stage.setMouseTracking(True)
        stage.setAcceptDrops(True)
        stage.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        stage.installEventFilter(self)

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Draw a ring around what is pointed at, and around what has the focus."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for target, token, width in ((self._hovered, "mute", 1.5), (self._shown_focus(), "ink", 2.0)):
            found = self._now(target)
            if found is not None:
                painter.setPen(QPen(theme.colour(token), width * theme.line_width))
                box = found.box.adjusted(-4, -4, 4, 4)
                radius = box.height() / 2 if found.kind is TargetKind.TOKEN else 10.0
                painter.drawRoundedRect(box, radius, radius)
        if self._stage.hasFocus() and self._focused is None:
            painter.setPen(QPen(theme.colour("ink"), 2.0 * theme.line_width))
            painter.drawRoundedRect(QRectF(self._stage.rect()).adjusted(1, 1, -1, -1), 12, 12)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Do what the event asks for; return whether it was for the stage's things."""
        match event:
            case QMouseEvent() if event.type() is QEvent.Type.MouseMove:
                self._point_at(target_at(self._find(), event.position()))
            case QHelpEvent():
                self._tell(event.globalPos())
                return True
            case QContextMenuEvent():
                return self._open_menu_for(event)
            case QKeyEvent() if event.type() is QEvent.Type.KeyPress:
                return self._press(event)
            case QDropEvent():
                return self._drag(event)
            case _ if event.type() in (QEvent.Type.Leave, QEvent.Type.DragLeave):
                self._point_at(None)
            case _ if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
                self._stage.update()
        return False

    # --- what is pointed at ---------------------------------------------------------------

    def words(self, target: Target) -> str:
        """Return what is said of `target` at the moment that is shown."""
        shown = self._look()
        return self._details.words(target, *shown) if shown else ""

    def _point_at(self, target: Target | None) -> None:
        is_same = target is None if self._hovered is None else self._hovered.is_same(target)
        if not is_same:
            self._hovered = target
            self._stage.update()

    def _tell(self, place: QPoint) -> None:
        words = self.words(self._hovered) if self._hovered else ""
        QToolTip.showText(place, plain_tooltip(words) if words else "", self._stage)

    def _shown_focus(self) -> Target | None:
        return self._focused if self._stage.hasFocus() else None

    def _now(self, target: Target | None) -> Target | None:
        """Return where `target` is now; it may have moved, or be gone."""
        if target is None:
            return None
        return next((found for found in self._find() if found.is_same(target)), None)

    # --- keys -----------------------------------------------------------------------------

    def _press(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in STEPS:
            self._focused = neighbour(self._find(), self._focused, STEPS[Qt.Key(key)])
            if self._focused is not None:
                words = self.words(self._focused)
                self._stage.setAccessibleDescription(words)
                place = self._stage.mapToGlobal(self._focused.box.bottomRight().toPoint())
                QToolTip.showText(place, plain_tooltip(words), self._stage)
            self._stage.update()
            return True
        if (key in OPENS or is_menu_key(event)) and self._now(self._focused):
            return self._open_menu(self._focused, None)
        return False

    # --- menus ----------------------------------------------------------------------------

    def _open_menu_for(self, event: QContextMenuEvent) -> bool:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            return self._open_menu(self._now(self._focused), None)
        target = target_at(self._find(), QPointF(event.pos()))
        return self._open_menu(target, event.globalPos())

    def _open_menu(self, target: Target | None, place: QPoint | None) -> bool:
        shown = self._look()
        if target is None or shown is None or has_open_menu(self._stage):
            return False
        menu = self._menu_of(target, shown[0])
        if menu is None:
            return False
        if not self.is_live:
            note = QMenu.addAction(menu, self.tr("The picture shows the past; this acts now."))
            note.setEnabled(False)
        menu.popup(place or self._stage.mapToGlobal(target.box.center().toPoint()))
        return True

    def _menu_of(self, target: Target, state: State) -> QMenu | None:
        if target.kind is TargetKind.WORKER:
            return self._worker_menu(target.name, state)
        menu = QMenu(self._stage, toolTipsVisible=True)
        menu.aboutToHide.connect(menu.deleteLater)
        if target.kind is TargetKind.QUEUE:
            purge = menu.addAction(self.tr("Purge…"), lambda: self._purge(target.name))
            purge.setToolTip(self.tr("queue.purge: the broker throws all ready messages away. Asks first."))
            menu.addAction(self.tr("Declare again"), lambda: self._redeclare(target.name))
            return menu
        task = state.board.tasks.get(TaskId(target.name)) if target.kind is TargetKind.TOKEN else None
        if task is None:
            return None
        self._add_token_actions(menu, task, state)
        return menu

    def _worker_menu(self, name: str, state: State) -> QMenu | None:
        view = state.workers.views.get(WorkerId(name))
        return worker_menu(view, lambda verb: self._wish(verb, name), self._stage) if view else None

    def _add_token_actions(self, menu: QMenu, task: TaskState, state: State) -> None:
        holder = state.workers.views.get(task.worker_id) if task.worker_id else None
        if (
            holder is not None
            and holder.is_running
            and any(t.task_id == task.task_id for t in holder.in_hand)
        ):
            words = self.tr("Cut the line of {}").format(holder.worker_id)
            menu.addAction(words, lambda: self._wish(WorkerWish.CRASH, holder.worker_id))
            menu.addSeparator()
        clipboard = QGuiApplication.clipboard()
        menu.addAction(self.tr("Copy the text"), lambda: clipboard.setText(task.text))
        menu.addAction(self.tr("Copy the message_id"), lambda: clipboard.setText(task.task_id))

    # --- drops ----------------------------------------------------------------------------

    def _drag(self, event: QDropEvent) -> bool:
        if not event.mimeData().hasFormat(TASK_MIME):
            return False
        queues = [target for target in self._find() if target.kind is TargetKind.QUEUE]
        under = target_at(queues, event.position()) or (queues[0] if queues else None)
        event.acceptProposedAction()
        if event.type() is QEvent.Type.Drop:
            self._point_at(None)
            text = bytes(event.mimeData().data(TASK_MIME).data()).decode(errors="replace")
            self._publish(text, under.name if under else "")
        else:
            self._point_at(under)
        return True
