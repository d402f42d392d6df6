"""One of the two tables of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from workq_gui.ui.style import plain_tooltip, set_role
from workq_gui.ui.theme import zoomed

ROW_HEIGHT = 28
TASK_WIDTH = 200
NO_INDEX = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row.

    Attributes:
        at_ns: The moment that it is about.
        cells: Its words, from left to right.
    """

    at_ns: int
    cells: tuple[str, ...]


class LedgerTable(QWidget):
    """A heading with a count, and rows; the newest row is the first. GUI thread.

    Signals:
        seek_requested: The user wants to see the moment of a row; carries nanoseconds.
    """

    seek_requested = Signal(object)

    def __init__(self, name: str, columns: tuple[str, ...], widest: str) -> None:
        """Show `columns`, of which `widest` gets the room that is left."""
        super().__init__()
        self._name = name
        self._heading = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self._heading, "title")
        self._empty = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._empty.setObjectName("empty")
        set_role(self._empty, "mute")
        self._model = _Model(columns)
        self._table = _table(self._model, columns.index(widest))
        self._table.setAccessibleName(name)
        self._table.installEventFilter(self)
        self._table.clicked.connect(self._seek)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._heading)
        layout.addWidget(self._empty)
        layout.addWidget(self._table, 1)
        layout.addStretch()

    def display(self, rows: Sequence[LedgerRow], count: int, empty: str) -> None:
        """Show `rows`, oldest first, of `count` that there are; `empty` if there is none."""
        self._heading.setText(f"{self._name}: {count:,}")
        self._empty.setText(empty)
        self._empty.setVisible(not rows)
        self._table.setVisible(bool(rows))
        self._model.take(list(rows)[::-1])

    def text(self) -> str:
        """Return the table as plain text, newest first."""
        model = self._model
        lines = ["\t".join(cells) for cells in (model.columns, *(row.cells for row in model.rows))]
        return "\n".join([self._heading.text(), *(lines if model.rows else [self._empty.text()])])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the moment of the current row at Enter."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            index = self._table.currentIndex()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
                self._seek(index)
                return True
        return super().eventFilter(watched, event)

    def _seek(self, index: Index) -> None:
        self.seek_requested.emit(self._model.rows[index.row()].at_ns)


class _Model(QAbstractTableModel):
    """The rows of a table."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        super().__init__()
        self.columns = columns
        self.rows: list[LedgerRow] = []

    def take(self, rows: list[LedgerRow]) -> None:
        """Have `rows`; if only new ones came, the others keep their places, and what is chosen stays so."""
        more = len(rows) - len(self.rows)
        if rows == self.rows:
            return
        if more > 0 and rows[more:] == self.rows:
            self.beginInsertRows(NO_INDEX, 0, more - 1)
            self.rows = rows
            self.endInsertRows()
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        is_text = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return self.columns[section] if is_text else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        text = self.rows[index.row()].cells[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return " ".join(text.split("\n"))
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(text)
        return None


def _table(model: _Model, widest: int) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(zoomed(ROW_HEIGHT))
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
    header.resizeSection(0, zoomed(TASK_WIDTH))
    header.setSectionResizeMode(widest, QHeaderView.ResizeMode.Stretch)
    return table
