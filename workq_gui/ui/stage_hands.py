"""What the user does with the stage: point, ask, cut, purge, drop."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAction,
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
from workq_gui.ui.past_only import close_menu, reason_at
from workq_gui.ui.stage_details import StageDetails, holding
from workq_gui.ui.stage_targets import Target, TargetKind, neighbour, target_at
from workq_gui.ui.style import plain_tooltip
from workq_gui.ui.theme import Theme
from workq_gui.ui.worker_menu import WorkerWish, has_open_menu, is_menu_key, worker_menu

STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
OPENS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ROUND = (TargetKind.TOKEN, TargetKind.QUEUE)


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
        open_ledger: Utters the wish to see the ledger.

    Signals:
        task_life_requested: All that happened to a task is wanted; carries its message_id.
    """

    task_life_requested = Signal(str)

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
        open_ledger: Callable[[], None],
    ) -> None:
        super().__init__(stage)
        self._stage, self._find, self._look = stage, find, look
        self._wish, self._publish, self._purge, self._redeclare = wish, publish, purge, redeclare
        self._open_ledger = open_ledger
        self._details = StageDetails(stage)
        self._targets: list[Target] | None = None  # kept until the next picture
        self._hovered: Target | None = None
        self._focused: Target | None = None
        self.is_live = True
        stage.setMouseTracking(True)
        stage.setAcceptDrops(True)
        stage.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        stage.installEventFilter(self)

    @property
    def is_speaking(self) -> bool:
        """Whether the stage is described by the words of what has the focus on it."""
        return bool(self._all_of(self._shown_focus()))

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Draw a ring around what is pointed at, and around what has the focus."""
        self._targets = None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        focused, whole = self._all_of(self._shown_focus()), QRectF(self._stage.rect()).adjusted(2, 2, -2, -2)
        for targets, width in ((self._all_of(self._hovered), 1.5), (focused, 2.5)):
            painter.setPen(QPen(theme.colour("accent"), width * theme.line_width))
            for target in targets:
                box = target.box.adjusted(-4, -4, 4, 4).intersected(whole)
                radius = box.height() / 2 if target.kind in ROUND else 10.0
                painter.drawRoundedRect(box, radius, radius)
        if self._stage.hasFocus() and not focused:
            painter.setPen(QPen(theme.colour("accent"), 2.5 * theme.line_width))
            painter.drawRoundedRect(whole, 12, 12)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Do what the event asks for; return whether it was for the stage's things."""
        match event:
            case QMouseEvent() if event.type() is QEvent.Type.MouseMove:
                self._point_at(target_at(self._found(), event.position()))
            case QMouseEvent() if event.type() is QEvent.Type.MouseButtonPress:
                return self._click(event)
            case QHelpEvent():
                self._tell(event)
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

    def _found(self) -> list[Target]:
        """Return all targets; they are looked for once for each picture at most."""
        if self._targets is None:
            self._targets = self._find()
        return self._targets

    def _point_at(self, target: Target | None) -> None:
        is_same = target is None if self._hovered is None else self._hovered.is_same(target)
        if not is_same:
            self._hovered = target
            QToolTip.hideText()  # it is about something else
            self._stage.update()

    def _click(self, event: QMouseEvent) -> bool:
        """Open the ledger if it is clicked."""
        target = target_at(self._found(), event.position())
        is_ledger = target is not None and target.kind is TargetKind.LEDGER
        if is_ledger and event.button() is Qt.MouseButton.LeftButton:
            self._open_ledger()
            return True
        return False

    def _tell(self, event: QHelpEvent) -> None:
        """Say what is under the mouse; of a token that has flown on meanwhile, what was under it."""
        if not self._all_of(self._hovered):
            self._point_at(target_at(self._found(), QPointF(event.pos())))
        self._show_words(self._hovered, event.globalPos())

    def _show_words(self, target: Target | None, place: QPoint) -> str:
        words = self.words(target) if target else ""
        QToolTip.showText(place, plain_tooltip(words) if words else "", self._stage)
        return words

    def _shown_focus(self) -> Target | None:
        return self._focused if self._stage.hasFocus() else None

    def _all_of(self, target: Target | None) -> list[Target]:
        """Return where `target` is now: it may have moved, be gone, or be a copy and a token in flight."""
        return [found for found in self._found() if found.is_same(target)] if target else []

    # --- keys -----------------------------------------------------------------------------

    def _press(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in STEPS:
            self._focused = neighbour(self._found(), self._focused, STEPS[Qt.Key(key)])
            if self._focused is not None:
                place = self._stage.mapToGlobal(self._focused.box.bottomRight().toPoint())
                self._stage.setAccessibleDescription(self._show_words(self._focused, place))
            self._stage.update()
            return True
        focused = self._all_of(self._focused)
        if key in OPENS and focused and focused[0].kind is TargetKind.LEDGER:
            self._open_ledger()
            return True
        if (key in OPENS or is_menu_key(event)) and focused:
            return self._open_menu_of_focused()
        return False

    # --- menus ----------------------------------------------------------------------------

    def _open_menu_for(self, event: QContextMenuEvent) -> bool:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            return self._open_menu_of_focused()
        target = target_at(self._found(), QPointF(event.pos()))
        return self._open_menu(target, event.globalPos())

    def _open_menu_of_focused(self) -> bool:
        for target in self._all_of(self._focused)[:1]:
            return self._open_menu(target, self._stage.mapToGlobal(target.box.center().toPoint()))
        return False

    def _open_menu(self, target: Target | None, place: QPoint) -> bool:
        shown = self._look()
        if target is None or shown is None or has_open_menu(self._stage):
            return False
        menu = self._menu_of(target, shown[0])
        if menu is None:
            return False
        QToolTip.hideText()
        menu.popup(place)
        return True

    def _menu_of(self, target: Target, state: State) -> QMenu | None:
        match target.kind:
            case TargetKind.WORKER:
                return self._worker_menu(target.name, state)
            case TargetKind.QUEUE:
                return self._queue_menu(target.name)
            case TargetKind.TOKEN:
                task = state.board.tasks.get(TaskId(target.name))
                return self._token_menu(task, state) if task else None
            case _:
                return None

    def _queue_menu(self, name: str) -> QMenu:
        menu = self._empty_menu()
        purge = menu.addAction(self.tr("Purge…"), lambda: self._purge(name))
        purge.setToolTip(self.tr("queue.purge: the broker throws all ready messages away. Asks first."))
        declare = menu.addAction(self.tr("Declare again"), lambda: self._redeclare(name))
        declare.setToolTip(self.tr("queue.declare, durable: makes the queue if the broker does not have it."))
        return self._with_note(menu)

    def _with_note(self, menu: QMenu) -> QMenu:
        """Let a menu that does something begin with the warning that the picture shows the past, if so."""
        if reason := reason_at(self._stage):
            if menu.actions()[0].text() != reason:  # the menu of a worker says so by itself
                close_menu(menu, reason)
        elif not self.is_live:
            note = QAction(self.tr("This acts now, not in the past"), menu)
            note.setEnabled(False)
            menu.insertAction(menu.actions()[0], note)
        return menu

    def _empty_menu(self) -> QMenu:
        menu = QMenu(self._stage, toolTipsVisible=True)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _worker_menu(self, name: str, state: State) -> QMenu | None:
        view = state.worker_views.get(WorkerId(name))
        if view is None or view.is_foreign:
            return None
        return self._with_note(worker_menu(view, lambda verb: self._wish(verb, name), self._stage))

    def _token_menu(self, task: TaskState, state: State) -> QMenu:
        """Return the menu of its worker, if one has it in hand, and what can be copied."""
        held = holding(task, state)
        menu = (self._worker_menu(held.worker_id, state) if held else None) or self._empty_menu()
        for action in menu.actions():
            if action.objectName() == WorkerWish.CRASH:
                action.setText(self.tr("Cut this worker's line (crash)"))
        if menu.actions():
            menu.addSeparator()
        menu.addAction(self.tr("This task's whole life"), lambda: self.task_life_requested.emit(task.task_id))
        clipboard = QGuiApplication.clipboard()
        menu.addAction(self.tr("Copy message_id"), lambda: clipboard.setText(task.task_id))
        menu.addAction(self.tr("Copy text"), lambda: clipboard.setText(task.text))
        return menu

    # --- drops ----------------------------------------------------------------------------

    def _drag(self, event: QDropEvent) -> bool:
        if not event.mimeData().hasFormat(TASK_MIME) or reason_at(self._stage):
            return False
        queues = [target for target in self._found() if target.kind is TargetKind.QUEUE]
        under = target_at(queues, event.position()) or (queues[0] if queues else None)
        event.acceptProposedAction()
        if event.type() is QEvent.Type.Drop:
            self._point_at(None)
            text = bytes(event.mimeData().data(TASK_MIME).data()).decode(errors="replace")
            self._publish(text, under.name if under else "")
        else:
            self._point_at(under)
        return True
