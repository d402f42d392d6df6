"""What the doctor found, beside the work."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.doctor_report import Demonstrable, DoctorReport, Finding, FindingState
from workq_gui.ui.labels import make_divider, make_label
from workq_gui.ui.theme import zoomed

SIZE = (840, 720)
STATE_WIDTH, NAME_WIDTH = 96, 168
ROLES = {
    FindingState.OK: "ok",
    FindingState.NOTE: "heading",
    FindingState.WARN: "warn",
    FindingState.BAD: "bad",
    FindingState.UNKNOWN: "mute-heading",
}


class DoctorWindow(QDialog):
    """Shows a report, or that one is under way. It stays open beside the work. GUI thread.

    Signals:
        examine_requested: The user wants the broker examined again.
    """

    examine_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Doctor"))
        self._text = ""
        self._title, self._summary = make_label("title"), make_label("heading")
        self._title.setObjectName("product")
        self._summary.setObjectName("summary")
        self._address = make_label("mono")
        self._progress = QProgressBar(textVisible=False)
        self._progress.setRange(0, 0)
        self._progress.setAccessibleName(self.tr("Under way"))
        self._scroll = QScrollArea(widgetResizable=True)
        self._copy = QPushButton(self.tr("Copy as text"))
        self._copy.setObjectName("copy")
        self._again = QPushButton(self.tr("Examine again"))
        self._again.setObjectName("again")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._text))
        self._again.clicked.connect(self.examine_requested)
        self._lay_out()
        self.resize(zoomed(SIZE[0]), zoomed(SIZE[1]))

    def show_progress(self, address: str) -> None:
        """Say that the broker at `address` is being examined."""
        self._title.setText(self.tr("Examining…"))
        self._address.setText(address)
        self._summary.setText(
            self.tr("This takes some seconds: what can be tried is tried, with queues of its own.")
        )
        self._set_busy(True)

    def display(self, report: DoctorReport) -> None:
        """Show what was found."""
        self._text = report.as_text()
        self._title.setText(report.product or self.tr("No broker"))
        self._address.setText(report.endpoint)
        self._summary.setText(report.summary)
        self._scroll.setWidget(_page(report))
        self._set_busy(False)

    def _set_busy(self, is_busy: bool) -> None:
        self._progress.setVisible(is_busy)
        self._again.setEnabled(not is_busy)
        self._copy.setEnabled(bool(self._text) and not is_busy)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(zoomed(8))
        buttons.addStretch(1)
        for button in (self._copy, self._again):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        margin = zoomed(24)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(zoomed(8))
        for widget in (self._title, self._address, self._summary, self._progress):
            layout.addWidget(widget)
        layout.addSpacing(zoomed(8))
        layout.addWidget(self._scroll, 1)
        layout.addSpacing(zoomed(8))
        layout.addLayout(buttons)


def _page(report: DoctorReport) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, zoomed(12), 0)
    layout.setSpacing(zoomed(10))
    for finding in report.by_urgency:
        layout.addWidget(_Row(*_finding_parts(finding)))
        layout.addWidget(make_divider())
    if report.can_show:
        heading = make_label("title")
        heading.setText(page.tr("What this broker can show"))
        layout.addSpacing(zoomed(8))
        layout.addWidget(heading)
    for demo in report.can_show:
        layout.addWidget(_demo_row(demo))
        layout.addWidget(make_divider())
    layout.addStretch(1)
    return page


def _finding_parts(finding: Finding) -> tuple[str, str, str, list[QLabel]]:
    texts: list[QLabel] = []
    if finding.words:
        texts.append(make_label("mono-ink", " ".join(finding.words.split())))
    if finding.meaning:
        texts.append(make_label("body", finding.meaning))
    if finding.way_out:
        texts.append(make_label("body", f"→ {finding.way_out}"))
    for text in texts:
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    state = finding.state
    return f"{state.sign}  {state.value}", ROLES[state], finding.name, texts


def _demo_row(demo: Demonstrable) -> QWidget:
    row = QWidget()
    word = make_label("ok" if demo.can else "mute-heading", row.tr("✓  yes") if demo.can else row.tr("✕  no"))
    word.setFixedWidth(zoomed(STATE_WIDTH))
    name = make_label("heading", demo.name)
    column = QVBoxLayout()
    column.setSpacing(zoomed(4))
    column.addWidget(name)
    if demo.reason:
        column.addWidget(make_label("body", demo.reason))
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(zoomed(12))
    layout.addWidget(word, 0, Qt.AlignmentFlag.AlignTop)
    layout.addLayout(column, 1)
    return row


class _Row(QWidget):
    """One finding: how it is, what it is about, and what is to be said of it."""

    def __init__(self, state: str, role: str, name: str, texts: list[QLabel]) -> None:
        super().__init__()
        word = make_label(role, state)
        word.setFixedWidth(zoomed(STATE_WIDTH))
        heading = make_label("heading", name)
        heading.setFixedWidth(zoomed(NAME_WIDTH))
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(zoomed(12))
        layout.setVerticalSpacing(zoomed(4))
        layout.setColumnStretch(2, 1)
        layout.addWidget(word, 0, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(heading, 0, 1, Qt.AlignmentFlag.AlignTop)
        for row, text in enumerate(texts):
            layout.addWidget(text, row, 2)
