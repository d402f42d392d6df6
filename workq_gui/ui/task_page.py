"""The page of the composer for one task."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from workq_gui.core.tasks import DEFAULT_TEXT, MAX_BODY_BYTES, count_dots
from workq_gui.ui.composer_handle import Dots, Grip, task_drag
from workq_gui.ui.composer_parts import error_label, page_layout, seconds_words, show_error, work_words
from workq_gui.ui.composer_queue import QueueRow
from workq_gui.ui.composer_settings import PublishOptions
from workq_gui.ui.style import set_role


class TaskPage(QWidget):
    """One task.

    Attributes:
        field: Its text.
        queue: Where it goes.
        options: How it is published.

    Signals:
        publish_requested: The user wants this text as a task.
        many_lines_pasted: This text does not fit into one line.
    """

    publish_requested = Signal(str)
    many_lines_pasted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._dot_s = 1.0
        self._one_line = ""
        self.field = QLineEdit(placeholderText=DEFAULT_TEXT)
        # One more than a task may have: too much is refused in words, not cut in silence.
        self.field.setMaxLength(MAX_BODY_BYTES + 1)
        self.field.setAccessibleName(self.tr("Text of the task"))
        self._work = QLabel()
        set_role(self._work, "mute")
        self._dots, self._grip = Dots(self._drag), Grip(self._drag)
        self._error = error_label()
        self.queue = QueueRow()
        self.options = PublishOptions(is_open=True)
        publish = _publish_button(self)
        layout = page_layout(self)
        layout.addWidget(self._field_box())
        layout.addWidget(self._error)
        layout.addWidget(self.queue)
        layout.addWidget(self.options)
        layout.addStretch(1)
        layout.addWidget(publish)
        publish.clicked.connect(self.publish)
        self.field.returnPressed.connect(self.publish)
        self.field.textChanged.connect(self._take_text)
        self.field.installEventFilter(self)
        for handle in (self._dots, self._grip):
            handle.clicked.connect(lambda: self.field.setFocus(Qt.FocusReason.MouseFocusReason))
        self._show_work()

    def display(self, dot_s: float, queues: Sequence[str], chosen: str) -> None:
        """Show how long the task takes when one dot is `dot_s` seconds, and which of `queues` it goes to."""
        self.queue.display(queues, chosen)
        if dot_s != self._dot_s:
            self._dot_s = dot_s
            self._show_work()

    def show_error(self, text: str) -> None:
        """Say why the text cannot be published, until it changes."""
        show_error(self._error, text)

    def publish(self) -> None:
        """Utter the wish, and leave the text ready to be typed over."""
        self.publish_requested.emit(self.field.text())
        self.field.selectAll()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Mark the box around the field while the field has the focus."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            is_active = event.type() is QEvent.Type.FocusIn
            set_role(self._box, "field-active" if is_active else "field")
        return super().eventFilter(watched, event)

    def _field_box(self) -> QFrame:
        self._box = FieldBox(self.field)
        set_role(self._box, "field")
        hint = QHBoxLayout()
        hint.addWidget(self._work, 1)
        hint.addWidget(self._dots)
        hint.addWidget(self._grip)
        layout = QVBoxLayout(self._box)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addLayout(hint)
        return self._box

    def _take_text(self, text: str) -> None:
        lines = text.splitlines()
        if len(lines) > 1:
            # QLineEdit would show the line ends as spaces.
            self._put_back(self._one_line)
            self.many_lines_pasted.emit(text)
            return
        self._one_line = lines[0] if lines else ""
        if self._one_line != text:  # a line copied with its end
            self._put_back(self._one_line)
        self._error.hide()
        self._show_work()

    def _drag(self) -> None:
        text = self.field.text()
        words = seconds_words(count_dots(text) * self._dot_s)
        task_drag(self, text, words).exec(Qt.DropAction.CopyAction)

    def _put_back(self, text: str) -> None:
        self.field.blockSignals(True)
        self.field.setText(text)
        self.field.blockSignals(False)

    def _show_work(self) -> None:
        text = self.field.text()
        self._dots.display(text)
        self._work.setText(work_words(self, text, self._dot_s))


class FieldBox(QFrame):
    """A frame that looks like one field, and takes a click for the field in it."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__()
        self._field = field
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let the user type; a press on the words comes here too."""
        self._field.setFocus(Qt.FocusReason.MouseFocusReason)


def _publish_button(page: QWidget) -> QPushButton:
    publish = QPushButton(page.tr("Publish  Ctrl ↵"))
    publish.setObjectName("publish")
    publish.setAccessibleName(page.tr("Publish"))
    publish.setToolTip(page.tr("basic.publish: send this task to the queue (Enter, or Ctrl+Enter)"))
    set_role(publish, "primary")
    return publish
