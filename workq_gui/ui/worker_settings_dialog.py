"""The form for how a worker works, with the code that it comes to."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.code_lines import worker_code
from workq_gui.core.worker_settings import WorkerSettings
from workq_gui.ui.form import CodeLabel
from workq_gui.ui.queue_checks import QueueChecks
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import zoomed
from workq_gui.ui.worker_settings_form import WorkerSettingsForm

SIZE = (960, 620)
FORM_WIDTH = 390
MARGIN = 24


class WorkerSettingsDialog(QDialog):
    """Asks how a worker is to work; shows its code. GUI thread.

    Signals:
        chosen: The user wants it so; carries a tuple of the queues to take from, and the WorkerSettings.
    """

    chosen = Signal(object, object)

    def __init__(
        self,
        how: WorkerSettings,
        queues: Sequence[str],
        parent: QWidget | None = None,
        worker_id: str = "",
    ) -> None:
        """Ask, beginning with `how`.

        Args:
            how: What is shown first.
            queues: Those that it takes from if `worker_id` is given; else those that it may take from.
            parent: Whose dialog this is.
            worker_id: Which worker is to change; empty for a new one.
        """
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._worker_id = worker_id
        self._checks = QueueChecks(queues, all_checked=bool(worker_id))
        self._checks.changed.connect(self._show_code)
        self._form = WorkerSettingsForm(how)
        self._form.changed.connect(self._show_code)
        self._code = CodeLabel("words")
        self._code.setObjectName("worker_code")
        self._code.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._code.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if worker_id:
            self.setWindowTitle(self.tr("Settings of {}").format(worker_id))
        else:
            self.setWindowTitle(self.tr("Add a worker"))
        self._lay_out()
        self._show_code()
        self.resize(zoomed(SIZE[0]), zoomed(SIZE[1]))

    def _lay_out(self) -> None:
        left, right = QWidget(), QVBoxLayout()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(12)
        if not self._worker_id and self._checks.has_choice:
            column.addWidget(self._checks)
        column.addWidget(self._form)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(left)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.viewport().setAutoFillBackground(False)
        left.setAutoFillBackground(False)
        scroll.setMinimumWidth(zoomed(FORM_WIDTH))
        heading = QLabel(self.tr("The worker that this makes"))
        set_role(heading, "heading")
        right.setSpacing(8)
        right.addWidget(heading)
        right.addWidget(self._code, 1)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(scroll)
        body.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(16)
        layout.addLayout(body, 1)
        layout.addLayout(self._make_last_row())
        self._ok.setDefault(True)  # only now: a button must be in its dialog by then

    def _make_last_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        words.setObjectName("restart_words")
        set_role(words, "mute")
        if self._worker_id:
            words.setText(
                self.tr("{} is stopped politely and started again; what it has in hand goes back.").format(
                    self._worker_id
                )
            )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._ok: QPushButton = buttons.addButton(
            self.tr("Apply") if self._worker_id else self.tr("Add worker"),
            QDialogButtonBox.ButtonRole.AcceptRole,
        )
        self._ok.setObjectName("ok")
        set_role(self._ok, "primary")
        buttons.accepted.connect(self._utter)
        buttons.rejected.connect(self.close)
        row.addWidget(words, 1)
        row.addWidget(buttons)
        return row

    def _show_code(self) -> None:
        queues = self._checks.chosen
        self._code.display(worker_code(queues, self._form.how))
        self._ok.setEnabled(bool(queues))

    def _utter(self) -> None:
        self.chosen.emit(self._checks.chosen, self._form.how)
        self.close()
