"""A queue that is there with other arguments: what differs, and the ways out."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.queue_conflict import QueueConflict
from workq_gui.core.settings import SettingError, check_queue_name
from workq_gui.ui.boxes import ask
from workq_gui.ui.checked_field import CheckedField
from workq_gui.ui.labels import make_divider, make_label
from workq_gui.ui.style import plain_tooltip, set_role
from workq_gui.ui.theme import mono_font, zoomed

LONGEST_NAME = 60
MOST_ROWS = 6
ROW_HEIGHT = 30
DIALOG_WIDTH = 560


class ConflictBox(QFrame):
    """Shows wanted and actual side by side, and offers what can be done about it. GUI thread.

    Signals:
        as_it_is_requested: The user wants to use the queue as it is.
        name_requested: The user wants a queue of this name instead.
        delete_requested: The user wants the queue deleted and declared again, and knows what is lost.
    """

    as_it_is_requested = Signal()
    name_requested = Signal(str)
    delete_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = ""
        self._loss = ""
        self._title = make_label("problem")
        self._title.setObjectName("conflict")
        self._meaning = make_label("body")
        self._table = _Table()
        self._words = make_label("words")
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._as_it_is_words, self._loss_words = make_label("mute"), make_label("mute")
        self.as_it_is = QPushButton(self.tr("Use it as it is"))
        self.as_it_is.setObjectName("as_it_is")
        set_role(self.as_it_is, "primary")
        self._rename = QPushButton(self.tr("Use another name"))
        self._rename.setObjectName("rename")
        self._name = CheckedField("other_name", self.tr("Another name"), self._check_name, self._rename)
        self._delete = QPushButton(self.tr("Delete and declare again…"))
        self._delete.setObjectName("delete")
        self._lay_out()
        self.as_it_is.clicked.connect(self.as_it_is_requested)
        self._name.chosen.connect(self.name_requested)
        self._delete.clicked.connect(self._delete_after_asking)

    def display(self, conflict: QueueConflict) -> None:
        """Show `conflict`."""
        self._queue = conflict.queue
        name = _short(conflict.queue)
        self._title.setText(self.tr("✕ The queue {} is there with other arguments.").format(name))
        self._title.setToolTip(plain_tooltip(conflict.queue))
        self._meaning.setText(
            self.tr("A queue cannot be changed once it is declared. Who declares it otherwise is refused:")
        )
        self._words.setText(conflict.words)
        self._table.display(conflict)
        self._as_it_is_words.setText(
            self.tr("WorkQ does not declare it, and takes it as it finds it; so do its workers.")
            if conflict.actual.is_passive
            else self.tr("WorkQ declares it as it is, with the arguments of the right column.")
        )
        self._loss = self._loss_of(conflict)
        self._loss_words.setText(self._loss)
        self._name.field.setText(f"{conflict.queue}-2" if len(conflict.queue.encode()) < 250 else "")

    def _loss_of(self, conflict: QueueConflict) -> str:
        count, consumer_count = conflict.ready_count, conflict.consumer_count
        words = (
            self.tr("1 message will be lost")
            if count == 1
            else self.tr("{:,} messages will be lost").format(count)
        )
        if not consumer_count:
            return self.tr("{}.").format(words)
        consumers = (
            self.tr("1 consumer that is not ours loses its queue")
            if consumer_count == 1
            else self.tr("{:,} consumers that are not ours lose their queue").format(consumer_count)
        )
        return self.tr("{}, and those that its consumers hold; {}.").format(words, consumers)

    def _check_name(self, name: str) -> None:
        check_queue_name(name)
        if name == self._queue:
            raise SettingError(self.tr("That is the queue that is there already."))

    def _delete_after_asking(self) -> None:
        text = self.tr("Delete {} and declare it again: {}").format(_short(self._queue), self._loss)
        ask(self.window(), text, self.tr("Delete"), self.tr("Keep it"), self.delete_requested.emit)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(zoomed(12))
        for widget in (self._title, self._meaning, self._words, self._table):
            layout.addWidget(widget)
        layout.addLayout(_way_out(self._as_it_is_words, self.as_it_is))
        layout.addWidget(make_divider())
        layout.addLayout(_way_out(self._name, self._rename))
        layout.addWidget(make_divider())
        layout.addLayout(_way_out(self._loss_words, self._delete))


class ConflictDialog(QDialog):
    """Asks about a queue that is to come onto the stage; it stands before the window. GUI thread.

    Attributes:
        box: What it shows; each of its wishes closes the dialog.
    """

    def __init__(self, conflict: QueueConflict, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("A queue that is there already"))
        self.setModal(True)
        self.box = ConflictBox()
        self.box.display(conflict)
        leave = QPushButton(self.tr("Cancel"))
        leave.setObjectName("cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(leave)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        margin = zoomed(24)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(zoomed(16))
        layout.addWidget(self.box)
        layout.addLayout(row)
        self.box.as_it_is_requested.connect(self.accept)
        self.box.name_requested.connect(self.accept)
        self.box.delete_requested.connect(self.accept)
        self.setFixedWidth(zoomed(DIALOG_WIDTH))
        self.box.as_it_is.setFocus()


class _Table(QTableWidget):
    """Argument, wanted, actual; as high as its rows, and no text of a stranger is more than text."""

    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setObjectName("differences")
        self.setAccessibleName(self.tr("What differs"))
        self.setHorizontalHeaderLabels([self.tr("Argument"), self.tr("Wanted"), self.tr("Actual")])
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.horizontalHeader().setSectionResizeMode(self.horizontalHeader().ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(0, self.horizontalHeader().ResizeMode.ResizeToContents)
        self.horizontalHeader().setHighlightSections(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def display(self, conflict: QueueConflict) -> None:
        self.setRowCount(len(conflict.differences))
        for row, difference in enumerate(conflict.differences):
            cells = (difference.argument, difference.wanted, difference.actual)
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setFont(mono_font(12))
                item.setToolTip(plain_tooltip(text))
                self.setItem(row, column, item)
            self.setRowHeight(row, zoomed(ROW_HEIGHT))
        shown = min(len(conflict.differences), MOST_ROWS)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + shown * zoomed(ROW_HEIGHT) + 2)


def _way_out(words: QWidget, button: QPushButton) -> QHBoxLayout:
    button.setAutoDefault(False)
    row = QHBoxLayout()
    row.setSpacing(zoomed(16))
    row.addWidget(words, 1)
    row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
    return row


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
