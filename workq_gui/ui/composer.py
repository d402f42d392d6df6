"""Where tasks are written and published."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QShortcut,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.tasks import DEFAULT_TEXT, MAX_BODY_BYTES, TUTORIAL_BATCH, count_dots
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import kind_colour

DOT_SIZE = 8
DOT_PITCH = 12
MAX_DRAWN_DOTS = 10


class ComposerPanel(QWidget):
    """Offers to publish one task, or many at once. GUI thread.

    Signals:
        publish_requested: The user wants this text as a task; it may be empty.
        batch_requested: The user wants each line of this text as a task.
    """

    publish_requested = Signal(str)
    batch_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = _TaskPage()
        self._batch = _BatchPage()
        self._tabs = QTabWidget(documentMode=True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.setAccessibleName(self.tr("What to publish"))
        self._tabs.addTab(self._task, self.tr("Task"))
        self._tabs.addTab(self._batch, self.tr("Batch"))
        title = QLabel(self.tr("Compose a task"))
        set_role(title, "title")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addWidget(self._tabs)
        self._task.publish_requested.connect(self.publish_requested)
        self._task.many_lines_pasted.connect(self._compose_batch)
        self._batch.batch_requested.connect(self.batch_requested)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self, self._publish)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the focus on to the text. With a focus proxy, Tab would leave out what comes before it."""
        text = self._batch.edit if self._page is self._batch else self._task.field
        text.setFocus(event.reason())

    def display(self, dot_s: float) -> None:
        """Show how long the tasks will take when one dot is `dot_s` seconds of work."""
        self._task.display(dot_s)
        self._batch.display(dot_s)

    def show_error(self, text: str) -> None:
        """Say under the present text why it cannot be published, until it changes."""
        self._page.show_error(text)

    @property
    def _page(self) -> "_TaskPage | _BatchPage":
        return self._batch if self._tabs.currentWidget() is self._batch else self._task

    def _publish(self) -> None:
        self._page.publish()

    def _compose_batch(self, text: str) -> None:
        self._batch.add_text(text)
        self._tabs.setCurrentWidget(self._batch)
        self._batch.edit.setFocus()


class _TaskPage(QWidget):
    """One task.

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
        self._dots = _Dots()
        self._error = _error_label()
        publish = QPushButton(self.tr("Publish  Ctrl ↵"))
        publish.setObjectName("publish")
        publish.setAccessibleName(self.tr("Publish"))
        publish.setToolTip(self.tr("basic.publish: send this task to the queue (Enter, or Ctrl+Enter)"))
        set_role(publish, "primary")
        layout = _page_layout(self)
        layout.addWidget(self._field_box())
        layout.addWidget(self._error)
        layout.addSpacing(4)
        for name, reason in (
            (self.tr("Persistent message"), self.tr("delivery_mode=2 · survives a restart")),
            (self.tr("Publisher confirms"), self.tr("broker says when it is safe")),
        ):
            layout.addWidget(_Fact(name, reason))
        layout.addStretch(1)
        layout.addWidget(publish)
        publish.clicked.connect(self.publish)
        self.field.returnPressed.connect(self.publish)
        self.field.textChanged.connect(self._take_text)
        self.field.installEventFilter(self)
        self._show_work()

    def display(self, dot_s: float) -> None:
        """Show how long the task takes when one dot is `dot_s` seconds."""
        if dot_s != self._dot_s:
            self._dot_s = dot_s
            self._show_work()

    def show_error(self, text: str) -> None:
        """Say why the text cannot be published, until it changes."""
        _show(self._error, text)

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
        self._box = _FieldBox(self.field)
        set_role(self._box, "field")
        hint = QHBoxLayout()
        hint.addWidget(self._work, 1)
        hint.addWidget(self._dots)
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

    def _put_back(self, text: str) -> None:
        self.field.blockSignals(True)
        self.field.setText(text)
        self.field.blockSignals(False)

    def _show_work(self) -> None:
        text = self.field.text()
        self._dots.display(text)
        self._work.setText(_work(self, text, self._dot_s))


class _FieldBox(QFrame):
    """A frame that looks like one field, and takes a click for the field in it."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__()
        self._field = field
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let the user type; a press on the words or the dots comes here too."""
        self._field.setFocus(Qt.FocusReason.MouseFocusReason)


class _BatchPage(QWidget):
    """Many tasks, one a line.

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
        self._error = _error_label()
        self._publish = QPushButton()
        self._publish.setObjectName("publish_batch")
        self._publish.setToolTip(self.tr("basic.publish, once for each line (Ctrl+Enter)"))
        set_role(self._publish, "primary")
        layout = _page_layout(self)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self._work)
        layout.addWidget(self._error)
        layout.addWidget(self._publish)
        self._publish.clicked.connect(self.publish)
        self.edit.textChanged.connect(self._take_text)
        self._take_text()

    def display(self, dot_s: float) -> None:
        """Show how long the tasks take when one dot is `dot_s` seconds."""
        if dot_s != self._dot_s:
            self._dot_s = dot_s
            self._show_work()

    def show_error(self, text: str) -> None:
        """Say why the text cannot be published, until it changes."""
        _show(self._error, text)

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
        self._work.setText(_work(self, text, self._dot_s))


class _Fact(QWidget):
    """Something that is always so: a tick, its name and what it means."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__()
        self.setAccessibleName(f"{name}: {reason}")
        tick = QLabel("✓")
        set_role(tick, "ok")
        heading = QLabel(name)
        set_role(heading, "heading")
        meaning = QLabel(reason)
        set_role(meaning, "mute")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(heading)
        words.addWidget(meaning)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(words, 1)
        layout.addWidget(tick, 0, Qt.AlignmentFlag.AlignVCenter)


class _Dots(QWidget):
    """As many dots of a text as have room, in the colour of its kind; the words beside it have the number."""

    def __init__(self) -> None:
        super().__init__()
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
        return QSize(self._count * DOT_PITCH, DOT_SIZE + 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            is_light = self.palette().color(QPalette.ColorRole.Window).lightnessF() > 0.5
            # Some kinds are too pale for a light field without an outline.
            painter.setPen(self.palette().color(QPalette.ColorRole.Text) if is_light else Qt.PenStyle.NoPen)
            painter.setBrush(kind_colour(self._text))
            for number in range(min(self._count, self.width() // DOT_PITCH)):
                painter.drawEllipse(QRectF(number * DOT_PITCH + 2.5, 1.5, DOT_SIZE, DOT_SIZE))
        finally:
            painter.end()

    @property
    def _count(self) -> int:
        return min(count_dots(self._text), MAX_DRAWN_DOTS)


def _page_layout(page: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 12, 0, 0)
    layout.setSpacing(12)
    return layout


def _error_label() -> QLabel:
    label = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
    label.setObjectName("error")
    set_role(label, "error")
    label.hide()
    return label


def _show(label: QLabel, text: str) -> None:
    label.setText(f"✕ {text}")
    label.show()


def _work(widget: QWidget, text: str, dot_s: float) -> str:
    dots = count_dots(text)
    if not dots:
        return widget.tr("each dot = {} of work").format(_seconds(dot_s))
    if dots == 1:
        return widget.tr("1 dot = {} of work").format(_seconds(dot_s))
    return widget.tr("{:,} dots = {} of work").format(dots, _seconds(dots * dot_s))


def _seconds(seconds: float) -> str:
    return f"{seconds:,.1f}".removesuffix(".0") + " s"
