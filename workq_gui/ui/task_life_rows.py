"""The steps of a task's life, as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from workq_gui.ui.row_painter import LEFT, RIGHT, write_cut
from workq_gui.ui.style import SMALL_SIZE, blend, plain_tooltip
from workq_gui.ui.theme import DARK, Theme, mono_font, text_font, zoomed

ROW_ROLE = Qt.ItemDataRole.UserRole
LINE_X = 12
NAME_WIDTH = 116
WHO_WIDTH = 84
TIME_WIDTH = 92
SIGN = 9
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
NO_INDEX = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class Form(Enum):
    """What a row is."""

    HEADING = auto()
    FACT = auto()
    VERDICT = auto()
    CONCLUDED = auto()  # that a worker begins: nobody says it
    DURATION = auto()


HEIGHTS = {Form.HEADING: 34, Form.DURATION: 24}
STEP_HEIGHT = 28


@dataclass(frozen=True, slots=True)
class LifeRow:
    """One row, in words.

    Attributes:
        words: The heading, the duration, or the step's sentence.
        name: What the step is, in a word or two; likewise who and when.
        at_ns: The step's moment.
        token: The colour that tells what the step means; "mute" for none in particular.
        is_shown: The picture has come so far.
        is_mark: It is the latest step that the picture shows, and that is of the past.
    """

    form: Form
    words: str
    name: str = ""
    who: str = ""
    when: str = ""
    at_ns: int = 0
    token: str = "mute"
    is_shown: bool = True
    is_mark: bool = False

    @property
    def is_step(self) -> bool:
        """Whether it has a moment that can be shown."""
        return self.form not in (Form.HEADING, Form.DURATION)


class LifeRows(QListView):
    """Steps with the durations between them. GUI thread.

    Signals:
        seek_requested: The picture is to show the moment of a step; carries nanoseconds.
    """

    seek_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self._delegate = _Delegate(self)
        self._mark: int | None = None
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Steps of the task, each with its moment"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.clicked.connect(self._seek)
        self.installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._delegate.set_theme(theme)
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def display(self, rows: Sequence[LifeRow]) -> None:
        """Show `rows`; what is chosen stays so while only new ones come at the end."""
        self._model.take(list(rows))
        mark = next((place for place, row in enumerate(rows) if row.is_mark), None)
        if mark != self._mark:
            self._mark = mark
            if mark is not None:
                self.scrollTo(self._model.index(mark))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the moment of the current row at Enter."""
        index = self.currentIndex()
        if isinstance(event, QKeyEvent) and event.key() in ENTER and index.isValid():
            if event.type() is QEvent.Type.KeyPress:
                self._seek(index)
            return True
        return super().eventFilter(watched, event)

    def _seek(self, index: Index) -> None:
        row: LifeRow = index.data(ROW_ROLE)
        if row.is_step:
            self.seek_requested.emit(row.at_ns)


class _Model(QAbstractListModel):
    """The rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: list[LifeRow] = []

    def take(self, rows: list[LifeRow]) -> None:
        """Have `rows`; those that stand where they stood are changed in place."""
        if rows == self._rows:
            return
        had, have = len(self._rows), len(rows)
        if have > had:
            self.beginInsertRows(NO_INDEX, had, have - 1)
            self._rows = rows
            self.endInsertRows()
        elif have < had:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        else:
            self._rows = rows
        if had and have >= had:
            self.dataChanged.emit(self.index(0), self.index(have - 1))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_step = index.isValid() and self._rows[index.row()].is_step
        return (
            Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if is_step else Qt.ItemFlag.NoItemFlags
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return " · ".join(part for part in (row.name, row.who, row.when, row.words) if part)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(row.words) if row.is_step else None
            case _ if role == ROW_ROLE:
                return row
        return None


class _Delegate(QStyledItemDelegate):
    """Paints a row beside the line that joins the steps."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.set_theme(DARK)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._theme = theme
        self._heading = text_font(SMALL_SIZE, QFont.Weight.DemiBold)
        self._name = text_font(SMALL_SIZE, QFont.Weight.DemiBold)
        self._text = text_font(SMALL_SIZE)
        self._time = mono_font(11)
        self._verdict = text_font(SMALL_SIZE)
        self._verdict.setItalic(True)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: LifeRow = index.data(ROW_ROLE)
        return QSize(0, zoomed(HEIGHTS.get(row.form, STEP_HEIGHT)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: LifeRow = index.data(ROW_ROLE)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.form is Form.HEADING:
            self._write(painter, box, row.words, self._heading, self._theme.colour("mute"))
        elif row.form is Form.DURATION:
            self._paint_duration(painter, box, row)
        else:
            self._paint_step(painter, box, row)
            if state & QStyle.StateFlag.State_HasFocus:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self._theme.colour("accent"), 2))
                painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 6, 6)
        painter.restore()

    def _paint_duration(self, painter: QPainter, box: QRect, row: LifeRow) -> None:
        x = box.left() + zoomed(LINE_X) + 0.5
        painter.setPen(QPen(self._theme.colour("line"), 2))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom() + 1))
        words = box.adjusted(zoomed(LINE_X * 2 + 4), 0, 0, 0)
        self._write(painter, words, row.words, self._text, self._theme.colour("mute"))

    def _paint_step(self, painter: QPainter, box: QRect, row: LifeRow) -> None:
        theme, mute = self._theme, self._theme.colour("mute")
        if row.is_mark:
            painter.fillRect(box, QColor(blend(theme.accent, theme.bg, 0.12)))
            painter.fillRect(QRect(box.left(), box.top(), zoomed(3), box.height()), theme.colour("accent"))
        colour = theme.colour(row.token) if row.is_shown else mute
        self._paint_sign(
            painter, QPointF(box.left() + zoomed(LINE_X) + 0.5, box.center().y() + 0.5), row, colour
        )
        left, top, height = box.left() + zoomed(LINE_X * 2 + 4), box.top(), box.height()
        ink = theme.colour("ink") if row.is_shown else mute
        self._write(painter, QRect(left, top, zoomed(NAME_WIDTH), height), row.name, self._name,
                    ink if row.token == "mute" else colour)  # fmt: skip
        left += zoomed(NAME_WIDTH + 8)
        self._write(painter, QRect(left, top, zoomed(WHO_WIDTH), height), row.who, self._text, mute)
        left += zoomed(WHO_WIDTH + 8)
        time = QRect(box.right() - zoomed(TIME_WIDTH + 8), top, zoomed(TIME_WIDTH), height)
        self._write(painter, time, row.when, self._time, mute, RIGHT)
        font = self._verdict if row.form is Form.VERDICT else self._text
        self._write(painter, QRect(left, top, time.left() - left - zoomed(8), height), row.words, font, ink)

    def _paint_sign(self, painter: QPainter, centre: QPointF, row: LifeRow, colour: QColor) -> None:
        half = zoomed(SIGN) / 2
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush if row.form is Form.CONCLUDED or not row.is_shown else colour)
        if row.form is Form.VERDICT:
            half *= 1.2  # a square on its corner looks smaller than a disc
            corners = (QPointF(0, -half), QPointF(half, 0), QPointF(0, half), QPointF(-half, 0))
            painter.drawPolygon(QPolygonF(list(corners)).translated(centre))
        else:
            painter.drawEllipse(centre, half, half)

    def _write(
        self, painter: QPainter, box: QRect, words: str, font: QFont, colour: QColor, align: int = LEFT
    ) -> None:
        write_cut(painter, box, words, font, QFontMetrics(font), colour, align)
