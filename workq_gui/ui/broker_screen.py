"""What is shown while there is no broker to work with: progress, a question, or a problem."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.problems import BrokerReport, Problem
from workq_gui.core.queue_conflict import QueueConflict
from workq_gui.core.settings import check_queue_name, from_url
from workq_gui.ui.checked_field import CheckedField
from workq_gui.ui.conflict_table import ConflictBox
from workq_gui.ui.keep_password import KeepPassword
from workq_gui.ui.labels import make_label
from workq_gui.ui.style import set_role

FACE_WIDTH = 560


class BrokerScreen(QWidget):
    """Stands in the window until there is a broker and a queue that may be used. GUI thread.

    Signals:
        use_requested: The user wants to work with the queue of this name.
        as_it_is_requested: The user wants to work with the queue that is there, as it is.
        delete_requested: The user wants the queue that is there deleted and declared again.
        retry_requested: The user wants the same to be tried again.
        broker_requested: The user wants the broker with this URL instead.
        built_in_requested: The user wants the broker that is built into WorkQ instead.
        quit_requested: The user wants to leave.
    """

    use_requested = Signal(str)
    as_it_is_requested = Signal()
    delete_requested = Signal()
    retry_requested = Signal()
    broker_requested = Signal(str)
    built_in_requested = Signal()
    quit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered = ""
        self._progress = _ProgressFace()
        self._question = _QuestionFace()
        self._problem = _ProblemFace()
        self._conflict = _ConflictFace()
        self._faces = QStackedWidget()
        for face in (self._progress, self._question, self._problem, self._conflict):
            self._faces.addWidget(_centred(face))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._faces)
        self._question.use_requested.connect(self.use_requested)
        self._question.quit_requested.connect(self.quit_requested)
        self._problem.use_requested.connect(self.use_requested)
        self._problem.retry_requested.connect(self.retry_requested)
        self._problem.broker_requested.connect(self.broker_requested)
        self._problem.built_in_requested.connect(self.built_in_requested)
        self._problem.quit_requested.connect(self.quit_requested)
        self._conflict.box.as_it_is_requested.connect(self.as_it_is_requested)
        self._conflict.box.name_requested.connect(self.use_requested)
        self._conflict.box.delete_requested.connect(self.delete_requested)
        self._conflict.quit_requested.connect(self.quit_requested)

    def show_progress(self, text: str) -> None:
        """Say what is under way."""
        self._progress.words.setText(text)
        self._faces.setCurrentIndex(0)

    def show_question(self, report: BrokerReport) -> None:
        """Tell what was found at a broker, and ask whether to use it."""
        self._question.display(report)
        self._faces.setCurrentIndex(1)
        self._question.queue.field.setFocus()

    @property
    def keeps_password(self) -> bool:
        """Whether the user wants the password of the broker that he named kept."""
        return self._problem.keeping.is_wanted

    def offer_broker(self, address: str) -> None:
        """Offer the broker at `address`, which has no password in it, wherever another can be named."""
        field = self._problem.broker.field
        if address and field.text() in ("", self._offered):
            field.setText(address)
            self._offered = address

    def offer_keyring(self, refusal: str) -> None:
        """Offer to keep passwords, or say why that cannot be: `refusal`."""
        self._problem.keeping.offer(refusal)

    def show_problem(self, problem: Problem, *, queue: str | None = None, address: str = "") -> None:
        """Tell what went wrong and what can be done.

        Args:
            problem: What happened.
            queue: Its name, if another queue would be a way out; else another broker is offered.
            address: The broker that is likely to be named, with something added; else the one offered last.
        """
        self.offer_broker(address)
        self._problem.display(problem, queue)
        self._faces.setCurrentIndex(2)
        self._problem.retry.setFocus()

    def show_conflict(self, conflict: QueueConflict) -> None:
        """Show how the queue that is there differs from the one that is wanted, and ask what to do."""
        self._conflict.box.display(conflict)
        self._faces.setCurrentIndex(3)
        self._conflict.box.as_it_is.setFocus()


class _ConflictFace(QFrame):
    """The queue is there with other arguments.

    Signals:
        quit_requested: The user wants to leave.
    """

    quit_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "panel")
        self.box = ConflictBox()
        leave = QPushButton(self.tr("Quit"))
        leave.setObjectName("quit")
        layout = _face_layout(self)
        layout.addWidget(self.box)
        layout.addLayout(_button_row(leave))
        leave.clicked.connect(self.quit_requested)


class _ProgressFace(QFrame):
    """Something is under way, and nobody knows for how long."""

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "panel")
        self.words = make_label("title")
        self.words.setObjectName("progress")
        bar = QProgressBar(textVisible=False)
        bar.setRange(0, 0)
        bar.setAccessibleName(self.tr("Under way"))
        layout = _face_layout(self)
        layout.addWidget(self.words)
        layout.addWidget(bar)


class _QuestionFace(QFrame):
    """A broker was found: may it be used?

    Signals:
        use_requested: The user wants to work with the queue of this name.
        quit_requested: The user wants to leave.
    """

    use_requested = Signal(str)
    quit_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "panel")
        self._title = make_label("title")
        self._address = make_label("mono")
        self._found = make_label("body")
        self._found.setObjectName("found")
        self._caution = make_label("caution")
        self._caution.setObjectName("caution")
        use = QPushButton(self.tr("Use this broker"))
        use.setObjectName("use")
        set_role(use, "primary")
        leave = QPushButton(self.tr("Quit"))
        leave.setObjectName("quit")
        self.queue = CheckedField("queue", self.tr("Queue"), check_queue_name, use)
        layout = _face_layout(self)
        for widget in (self._title, self._address, self._found, self._caution, self.queue):
            layout.addWidget(widget)
        layout.addLayout(_button_row(leave, use))
        self.queue.chosen.connect(self.use_requested)
        leave.clicked.connect(self.quit_requested)

    def display(self, report: BrokerReport) -> None:
        """Show what was found."""
        self._title.setText(self.tr("{} answers").format(report.product))
        self._address.setText(report.endpoint)
        self._found.setText(self._found_words(report))
        self._caution.setText(
            self.tr(
                "Consuming takes other people's messages: WorkQ's workers would receive and ack "
                "what was meant for others. Take another name to be safe; the queue is then made."
            )
        )
        self._caution.setVisible(not report.is_untouched)
        self.queue.field.setText(report.queue)

    def _found_words(self, report: BrokerReport) -> str:
        if not report.queue_exists:
            return self.tr("There is no queue “{}” yet; WorkQ makes it, durable.").format(report.queue)
        waiting = (
            self.tr("1 message waits in it")
            if report.ready_count == 1
            else self.tr("{:,} messages wait in it").format(report.ready_count)
        )
        consumers = (
            self.tr("1 consumer that is not ours takes from it")
            if report.consumer_count == 1
            else self.tr("{:,} consumers that are not ours take from it").format(report.consumer_count)
        )
        return self.tr("The queue “{}” is there already: {}, {}.").format(report.queue, waiting, consumers)


class _ProblemFace(QFrame):
    """Something went wrong, and a person can do something about it.

    Signals:
        use_requested: The user wants to work with the queue of this name instead.
        retry_requested: The user wants the same to be tried again.
        broker_requested: The user wants the broker with this URL instead.
        built_in_requested: The user wants the broker that is built into WorkQ instead.
        quit_requested: The user wants to leave.
    """

    use_requested = Signal(str)
    retry_requested = Signal()
    broker_requested = Signal(str)
    built_in_requested = Signal()
    quit_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "panel")
        self._details = ""
        self._what, self._words = make_label("problem"), make_label("words")
        self._meaning, self._way_out = make_label("body"), make_label("body")
        for name, label in (("what", self._what), ("words", self._words), ("way_out", self._way_out)):
            label.setObjectName(name)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._use = QPushButton(self.tr("Use another queue"))
        self._use.setObjectName("use_another")
        self.queue = CheckedField("queue", self.tr("Queue"), check_queue_name, self._use)
        self._connect = QPushButton(self.tr("Connect"))
        self._connect.setObjectName("connect")
        self.broker = CheckedField("broker", self.tr("Another broker"), from_url, self._connect)
        self.broker.field.setPlaceholderText("amqp://user:password@host:5672/")
        self.keeping = KeepPassword()
        self._use_built_in = QPushButton(self.tr("Use the built-in broker"))
        self._use_built_in.setObjectName("use_built_in")
        self.retry = QPushButton(self.tr("Retry"))
        self.retry.setObjectName("retry")
        set_role(self.retry, "primary")
        copy, leave = QPushButton(self.tr("Copy details")), QPushButton(self.tr("Quit"))
        copy.setObjectName("copy")
        leave.setObjectName("quit")
        layout = _face_layout(self)
        for label in (self._what, self._words, self._meaning, self._way_out):
            layout.addWidget(label)
        for field in (self.queue, self.broker, self.keeping):
            layout.addWidget(field)
        layout.addLayout(_button_row(self._use_built_in, self._connect, self._use))
        layout.addLayout(_button_row(leave, copy, self.retry))
        self.queue.chosen.connect(self.use_requested)
        self.broker.chosen.connect(self.broker_requested)
        self._use_built_in.clicked.connect(self.built_in_requested)
        self.retry.clicked.connect(self.retry_requested)
        leave.clicked.connect(self.quit_requested)
        copy.clicked.connect(self._copy)

    def display(self, problem: Problem, queue: str | None) -> None:
        """Show `problem`, and the field for another queue if `queue` is not None, else for another broker."""
        self._details = str(problem)
        self._what.setText(f"✕ {problem.what}")
        self._words.setText(problem.broker_words)
        self._words.setVisible(bool(problem.broker_words))
        self._meaning.setText(problem.meaning)
        self._way_out.setText(problem.way_out)
        self.queue.setVisible(queue is not None)
        self._use.setVisible(queue is not None)
        self.queue.field.setText(queue or "")
        self.broker.setVisible(queue is None)
        self.keeping.setVisible(queue is None)
        self._connect.setVisible(queue is None)
        self._use_built_in.setVisible(queue is None)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)


def _face_layout(face: QFrame) -> QVBoxLayout:
    face.setFixedWidth(FACE_WIDTH)
    layout = QVBoxLayout(face)
    layout.setContentsMargins(32, 28, 32, 28)
    layout.setSpacing(16)
    return layout


def _button_row(leave: QPushButton, *others: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(leave)
    row.addStretch(1)
    for button in others:
        row.addWidget(button)
    return row


def _centred(face: QFrame) -> QScrollArea:
    """Return a page with `face` in its middle; a long text can be scrolled."""
    page = QWidget()
    layout = QVBoxLayout(page)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(face)  # not aligned by the layout: that would ignore the height of wrapped text
    row.addStretch(1)
    layout.addStretch(1)
    layout.addLayout(row)
    layout.addStretch(2)
    scroll = QScrollArea(widgetResizable=True)
    scroll.setWidget(page)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return scroll
