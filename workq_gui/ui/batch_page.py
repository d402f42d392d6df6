"""The page of the composer for many tasks."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QSizePolicy, QWidget

from workq_gui.core.tasks import TUTORIAL_BATCH
from workq_gui.ui.composer_parts import error_label, page_layout, show_error, work_words
from workq_gui.ui.composer_queue import QueueRow
from workq_gui.ui.composer_settings import PublishOptions
from workq_gui.ui.style import set_role


class BatchPage(QWidget):
    """Many tasks, one a line.

    Attributes:
        edit: Their texts.
        queue: Where they go.
        options: How they are published.

    Signals:
        batch_requested: The user wants each line of this text as a task.
    """

    batch_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._dot_s = 1.0
        self.edit = QPlainTextEdit(TUTORIAL_BATCH, placeholderText=self.tr("One task a line"))
        self.edit.setAccessibleName(self.tr("Tasks, one a line"))
        self.edit.setTabChangesFocus(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setMinimumHeight(124)
        self.edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._work = QLabel()
        set_role(self._work, "mute")
        self._error = error_label()
        self.queue = QueueRow()
        self.options = PublishOptions(is_open=False)
        self._publish = QPushButton()
        self._publish.setObjectName("publish_batch")
        self._publish.setToolTip(self.tr("basic.publish, once for each line (Ctrl+Enter)"))
        set_role(self._publish, "primary")
        layout = page_layout(self)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self._work)
        layout.addWidget(self._error)
        layout.addWidget(self.queue)
        layout.addWidget(self.options)
        layout.addWidget(self._publish)
        self._publish.clicked.connect(self.publish)
        self.edit.textChanged.connect(self._take_text)
        self._take_text()

    def display(self, dot_s: float, queues: Sequence[str], chosen: str) -> None:
        """Show how long the tasks take when one dot is `dot_s` seconds, and which of `queues` they go to."""
        self.queue.display(queues, chosen)
        if dot_s != self._dot_s:
            self._dot_s = dot_s
            self._show_work()

    def show_error(self, text: str) -> None:
        """Say why the text cannot be published, until it changes."""
        show_error(self._error, text)

    def publish(self) -> None:
        """Utter the wish, if there is a task at all."""
        if self._publish.isEnabled():
            self.batch_requested.emit(self.edit.toPlainText())

    def add_text(self, text: str) -> None:
        """Take in `text`: in place of the example, or after what the user wrote. It can be undone."""
        cursor = QTextCursor(self.edit.document())
        old = self.edit.toPlainText()
        if old in ("", TUTORIAL_BATCH):
            cursor.select(QTextCursor.SelectionType.Document)
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End)
            if not old.endswith("\n"):
                cursor.insertText("\n")
        cursor.insertText(text)

    def _take_text(self) -> None:
        self._error.hide()
        self._show_work()

    def _show_work(self) -> None:
        text = self.edit.toPlainText()
        count = sum(1 for line in text.splitlines() if line.strip())
        self._publish.setEnabled(count > 0)
        self._publish.setText(
            self.tr("Publish 1 task") if count == 1 else self.tr("Publish {:,} tasks").format(count)
        )
        self._work.setText(work_words(self, text, self._dot_s))
