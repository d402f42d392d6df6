"""The list of all tasks, newest first."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.foreign_events import FOREIGN
from workq_gui.core.projections.foreign_lines import called
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.core.projections.task_state import TaskState, TaskStatus
from workq_gui.core.tasks import shown_text
from workq_gui.ui.style import SMALL_SIZE, plain_tooltip, set_role
from workq_gui.ui.theme import DARK, Theme, kind_colour, mono_font, text_font, zoomed

ROW_HEIGHT = 32
RUSH = 20
"""So many new tasks from one frame to the next..."""
RUSH_FRAMES = 4
"""...and the list shows one frame of so many."""
DOT_SIZE = 12
TASK_ROLE = Qt.ItemDataRole.UserRole

STATUS_COLOURS = {
    TaskStatus.ACCEPTED: "mute",
    TaskStatus.SENT: "mute",
    TaskStatus.CONFIRMED: "mute",
    TaskStatus.WITH_WORKER: "info",
    TaskStatus.FINISHED: "info",
    TaskStatus.REQUEUED: "bad",
    TaskStatus.DONE: "ok",
    TaskStatus.RETURNED: "bad",
    TaskStatus.LOST: "bad",
}


class SentList(QWidget):
    """Shows every task and how far it is. GUI thread.

    Attributes:
        shows_rush: Whether this frame shows many new rows: that takes some milliseconds.

    Signals:
        task_requested: The user wants to see all that happened to a task; carries its message_id.
    """

    task_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _TaskModel(self)
        self._delegate = _TaskDelegate(self)
        self._table = _task_table(self, self._model, self._delegate)
        self._table.activated.connect(self._ask_for)
        self.shows_rush = False
        self._seen_count = 0
        self._frame = 0
        self._shown: list[tuple[object, ...]] = []
        self._confirmed = QLabel()
        self._confirmed.setObjectName("confirmed")
        heading = QLabel(self.tr("Sent"))
        set_role(heading, "mute-heading")
        header = QHBoxLayout()
        header.addWidget(heading)
        header.addStretch(1)
        header.addWidget(self._confirmed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(header)
        layout.addWidget(self._table, 1)

    def _ask_for(self, index: QModelIndex) -> None:
        self.task_requested.emit(index.data(TASK_ROLE).task_id)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, and as large as everything is now."""
        self._delegate.set_theme(theme)
        _set_row_height(self._table)
        self._table.viewport().update()

    def display(self, board: TaskBoard) -> None:
        """Show the tasks of `board`. Costs nothing that grows with their number.

        While they rush by, which nobody can read, only every so many frames show them.
        """
        is_rush = board.known_count - self._seen_count > RUSH
        self._seen_count = board.known_count
        self._frame = self._frame + 1 if is_rush else 0
        self.shows_rush = self._frame % RUSH_FRAMES == 1
        if self._frame and not self.shows_rush:
            return
        scroll_bar = self._table.verticalScrollBar()
        from_top = scroll_bar.value()
        added_count = self._model.follow(board)
        if added_count and from_top:  # the reader is further down: leave the lines where they are
            scroll_bar.setValue(from_top + added_count * zoomed(ROW_HEIGHT))
        self._refresh_visible_rows()
        self._show_confirmed(board)

    def _refresh_visible_rows(self) -> None:
        first = max(0, self._table.rowAt(0))
        last = first + self._table.viewport().height() // zoomed(ROW_HEIGHT) + 1
        shown = [_signature(task) for task in self._model.tasks(first, last + 1)]
        if shown == self._shown:
            return
        self._shown = shown
        self._table.viewport().update()

    def _show_confirmed(self, board: TaskBoard) -> None:
        own_count = board.own_count - board.blind_count  # no confirm is awaited for what was sent without
        confirmed_count = board.confirmed_count
        text = self.tr("{:,} of {:,} confirmed").format(confirmed_count, own_count)
        if text == self._confirmed.text():
            return
        self._confirmed.setText(text)
        is_all = 0 < own_count == confirmed_count
        set_role(self._confirmed, "ok" if is_all else "mute-heading")


class _TaskModel(QAbstractListModel):
    """The tasks that a board can list, newest first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._board: TaskBoard | None = None
        # Oldest first, so that a new one costs one append. As they were when they became known: what they
        # are now is the board's to say, which replaces a state that a picture of the past shares.
        self._tasks: list[TaskState] = []
        self._known_count = 0

    def follow(self, board: TaskBoard) -> int:
        """Take in what is new in `board`, and leave out what it has forgotten; return how many are new."""
        if board is not self._board:
            self.beginResetModel()
            self._board = board
            self._tasks = board.newest(board.kept_count)[::-1]
            self._known_count = board.known_count
            self.endResetModel()
            return 0
        added = board.newest(board.known_count - self._known_count)
        if added:
            self.beginInsertRows(QModelIndex(), 0, len(added) - 1)
            self._tasks.extend(reversed(added))
            self._known_count = board.known_count
            self.endInsertRows()
        surplus = len(self._tasks) - board.kept_count
        if surplus > 0:
            self._leave_out(surplus, board)
        return len(added)

    def _leave_out(self, count: int, board: TaskBoard) -> None:
        """Remove the rows of `count` tasks that are forgotten; old ones, but seldom all of the oldest."""

        def is_kept(task: TaskState) -> bool:
            now = board.tasks.get(task.task_id)
            return now is not None and now.number == task.number  # else it became known once more

        first = 0
        while count > 0 and first < len(self._tasks):
            if is_kept(self._tasks[first]):
                first += 1
                continue
            end = first + 1
            while end < min(first + count, len(self._tasks)) and not is_kept(self._tasks[end]):
                end += 1
            last_row = len(self._tasks) - 1 - first
            self.beginRemoveRows(QModelIndex(), last_row - (end - first) + 1, last_row)
            del self._tasks[first:end]
            self.endRemoveRows()
            count -= end - first

    def tasks(self, first: int, end: int) -> list[TaskState]:
        """Return the tasks of the rows from `first` to before `end`."""
        return [self._task(row) for row in range(first, min(end, len(self._tasks)))]

    def _task(self, row: int) -> TaskState:
        known = self._tasks[len(self._tasks) - 1 - row]
        now = self._board.tasks.get(known.task_id) if self._board is not None else None
        return known if now is None else now

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's)
        return 0 if parent.isValid() else len(self._tasks)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        task = self._task(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown_text(task.text)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{shown_text(task.text)}, {_status_text(self, task)}"
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(_details(self, task))
            case _ if role == TASK_ROLE:
                return task
        return None


class _TaskDelegate(QStyledItemDelegate):
    """Paints one task: a dot of its kind, its text, and its status in a word."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.set_theme(DARK)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, and as large as everything is now."""
        self.theme = theme
        self._mono = mono_font(SMALL_SIZE)
        self._word = text_font(SMALL_SIZE, QFont.Weight.DemiBold)
        self._mono_metrics = QFontMetrics(self._mono)
        self._word_metrics = QFontMetrics(self._word)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, zoomed(ROW_HEIGHT))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        task: TaskState = index.data(TASK_ROLE)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(self.theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 6, 6)
        self._paint_dot(painter, task, box)
        word, colour = _status_text(self, task), self.theme.colour(_status_colour(task))
        word_width = self._word_metrics.horizontalAdvance(word)
        painter.setFont(self._word)
        painter.setPen(colour)
        painter.drawText(box.adjusted(0, 0, -6, 0), ALIGN_RIGHT, word)
        text_box = box.adjusted(zoomed(DOT_SIZE) + 14, 0, -word_width - 18, 0)
        painter.setFont(self._mono)
        painter.setPen(self.theme.colour("ink"))
        text = self._mono_metrics.elidedText(
            shown_text(task.text), Qt.TextElideMode.ElideRight, text_box.width()
        )
        painter.drawText(text_box, ALIGN_LEFT, text)
        painter.restore()

    def _paint_dot(self, painter: QPainter, task: TaskState, box: QRect) -> None:
        size = zoomed(DOT_SIZE)
        dot = QRectF(box.left() + 4, box.center().y() - size / 2 + 0.5, size, size)
        painter.setBrush(kind_colour(task.text))
        # Some kinds are too pale for a white panel without an outline.
        outline = QColor(self.theme.panel if self.theme.is_dark else self.theme.ink)
        painter.setPen(Qt.PenStyle.NoPen if self.theme.is_dark else QPen(outline, 1))
        painter.drawEllipse(dot)
        painter.setBrush(Qt.BrushStyle.NoBrush)


ALIGN_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _task_table(parent: QWidget, model: _TaskModel, delegate: _TaskDelegate) -> QTableView:
    # A QListView lays out all rows again when one is added: 12 ms with 10,000, and a table 0.5 ms.
    table = QTableView(parent)
    table.setModel(model)
    table.setItemDelegate(delegate)
    table.setAccessibleName(parent.tr("Sent tasks, newest first"))
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.horizontalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    _set_row_height(table)
    return table


def _set_row_height(table: QTableView) -> None:
    height = zoomed(ROW_HEIGHT)
    table.verticalHeader().setMinimumSectionSize(1)  # else the header refuses a smaller default
    table.verticalHeader().setDefaultSectionSize(height)
    table.verticalHeader().setMinimumSectionSize(height)


def _signature(task: TaskState) -> tuple[object, ...]:
    """Return all of `task` that its row shows: equal means that nothing is to be painted."""
    return (task.number, task.status, task.worker_id, task.redelivered, task.ran_twice, task.text)


def _status_colour(task: TaskState) -> str:
    if task.status is TaskStatus.DONE and task.ran_twice:
        return "warn"
    if task.status is TaskStatus.WITH_WORKER and task.redelivered:
        return "bad"
    return STATUS_COLOURS[task.status]


def _holder(translator: QAbstractListModel | QStyledItemDelegate, task: TaskState) -> str:
    worker_id = str(task.worker_id)
    return translator.tr("not ours") if worker_id.startswith(FOREIGN) else worker_id


def _status_text(translator: QAbstractListModel | QStyledItemDelegate, task: TaskState) -> str:
    tr = translator.tr
    match task.status:
        case TaskStatus.ACCEPTED:
            return tr("not sent yet")
        case TaskStatus.SENT:
            return tr("sent")
        case TaskStatus.CONFIRMED:
            return tr("ready")
        case TaskStatus.WITH_WORKER:
            return tr("↻ redelivered") if task.redelivered else _holder(translator, task)
        case TaskStatus.FINISHED:
            return tr("finished, no ack")
        case TaskStatus.REQUEUED:
            return tr("↻ back in queue")
        case TaskStatus.DONE:
            return tr("done twice") if task.ran_twice else tr("done ✓")
        case TaskStatus.RETURNED:
            return tr("returned")
        case TaskStatus.LOST:
            return tr("lost ✕")


def _details(translator: QAbstractListModel, task: TaskState) -> str:
    tr = translator.tr
    lines = [
        task.text[:DETAIL_LENGTH] or tr("(text not known)"),
        tr("message_id {} · {}").format(task.task_id, _status_text(translator, task)),
        tr("delivered {} times").format(task.deliveries) if task.deliveries != 1 else tr("delivered once"),
    ]
    if task.worker_id is not None:
        lines.append(tr("last with {}").format(called(task.worker_id)))
    if task.returned_text:
        lines.append(task.returned_text)
    if task.status is TaskStatus.LOST and task.lost_cause:
        lines.append(tr("lost: {}").format(task.lost_cause))
    return "\n".join(lines)


DETAIL_LENGTH = 2_000
"""A longer text would fill the screen with its tool tip."""
