"""The form for one more queue."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.code_lines import declare_line
from workq_gui.core.queue_settings import QUEUE_DEFAULTS, QUORUM, QueueSettings
from workq_gui.core.settings import MAX_SHORT_STRING_BYTES, SettingError, check_queue_name
from workq_gui.ui.composer_parts import error_label, show_error
from workq_gui.ui.form import Choice, CodeLabel, Segments, SettingRow, Stepper, SwitchRow, fit_height
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import zoomed

WIDTH = 460
MOST_DELIVERIES = 1_000
LONGEST_TIMEOUT_S = 3_600


class QueueDialog(QDialog):
    """Asks how one more queue is to be declared; shows the call that it comes to. GUI thread.

    Signals:
        added: The user wants a queue of this name, with these QueueSettings.
    """

    added = Signal(str, object)

    def __init__(self, queues: Sequence[str], parent: QWidget | None = None) -> None:
        """Ask, where there are `queues` that dead letters can go to."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New queue"))
        self._how = QUEUE_DEFAULTS
        self._make_controls(queues)
        self._code = CodeLabel("words")
        self._code.setObjectName("declare_line")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._code.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._error = error_label()
        self._lay_out()
        self.resize(zoomed(WIDTH), 0)
        self._show()
        self._name.setFocus()

    def _make_controls(self, queues: Sequence[str]) -> None:
        self._name = QLineEdit(placeholderText=self.tr("Name"))
        self._name.setMaxLength(MAX_SHORT_STRING_BYTES + 1)  # too much is refused in words
        self._name.setAccessibleName(self.tr("Name of the new queue"))
        self._name.textChanged.connect(self._take_name)
        self._type = Segments({"": self.tr("classic"), QUORUM: self.tr("quorum")})
        self._type.chosen.connect(self._choose_type)
        self._type_row = SettingRow(
            self.tr("Type"),
            self._type,
            self.tr("A quorum queue keeps a log on disk, copied to the other nodes of a cluster."),
        )
        self._durable_row = SwitchRow(
            self.tr("Durable"), self.tr("It is there again when the broker has restarted.")
        )
        self._durable_row.toggled.connect(lambda is_on: self._change(durable=is_on))
        self._limit = Stepper(0, MOST_DELIVERIES, self.tr("the broker's"))
        self._limit.changed.connect(lambda count: self._change(delivery_limit=count))
        self._limit_row = SettingRow(
            self.tr("Delivery limit"),
            self._limit,
            self.tr("How often a task may come back before the broker gives it up."),
        )
        self._make_more_controls(queues)

    def _make_more_controls(self, queues: Sequence[str]) -> None:
        self._timeout = Stepper(0, LONGEST_TIMEOUT_S, self.tr("the broker's"), self.tr(" s"))
        self._timeout.changed.connect(lambda seconds: self._change(consumer_timeout_s=float(seconds)))
        self._timeout_row = SettingRow(
            self.tr("Consumer timeout"),
            self._timeout,
            self.tr("How long a worker may keep a task un-acked before the broker takes it back."),
        )
        self._dead = Choice({"": self.tr("nowhere"), **{name: _short(name) for name in queues}})
        self._dead.chosen.connect(lambda name: self._change(dead_letter_to=name))
        self._dead_row = SettingRow(
            self.tr("Dead letters go to"),
            self._dead,
            self.tr("Where a task goes that is rejected for good, or comes back too often."),
        )

    def _lay_out(self) -> None:
        heading = QLabel(self.tr("The line of code"))
        set_role(heading, "heading")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._add = buttons.addButton(self.tr("Add queue"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._add.setObjectName("add_queue")
        set_role(self._add, "primary")
        buttons.accepted.connect(self._utter)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addWidget(self._name)
        layout.addWidget(self._error)
        counted = (self._limit_row, self._timeout_row)
        for row in (self._type_row, self._durable_row, *counted, self._dead_row):
            layout.addWidget(row)
        layout.addStretch(1)
        layout.addWidget(heading)
        layout.addWidget(self._code)
        layout.addWidget(buttons)
        self._add.setDefault(True)  # only now: a button must be in its dialog by then

    def _take_name(self) -> None:
        self._error.hide()
        self._show()

    def _choose_type(self, queue_type: str) -> None:
        """Take the type, and leave what does not go together with it."""
        self._change(
            queue_type=queue_type,
            durable=self._how.durable or queue_type == QUORUM,
            delivery_limit=self._limit.value() if queue_type == QUORUM else 0,
            consumer_timeout_s=float(self._timeout.value()) if queue_type == QUORUM else 0.0,
        )

    def _change(self, **changes: str | float | bool) -> None:
        self._how = replace(self._how, **changes)  # type: ignore[arg-type]  # its own fields
        self._show()

    def _show(self) -> None:
        how, is_quorum = self._how, self._how.queue_type == QUORUM
        self._type.set_value(how.queue_type)
        self._type_row.display('arguments={"x-queue-type": "quorum"}' if is_quorum else "")
        self._durable_row.set_on(how.durable)
        note = "" if how.durable else self.tr("It goes with the broker, and all that is in it.")
        reason = _refusal(replace(how, durable=False)) if is_quorum else ""
        self._durable_row.display(f"durable={how.durable}", note, reason)
        limit = f'"x-delivery-limit": {how.delivery_limit}' if how.delivery_limit else ""
        self._limit_row.display(limit, reason=_refusal(replace(how, delivery_limit=1)))
        timeout = (
            f'"x-consumer-timeout": {1000 * how.consumer_timeout_s:.0f}' if how.consumer_timeout_s else ""
        )
        self._timeout_row.display(timeout, reason=_refusal(replace(how, consumer_timeout_s=1.0)))
        dead = f'"x-dead-letter-routing-key": "{_short(how.dead_letter_to)}"' if how.dead_letter_to else ""
        nowhere = "" if how.dead_letter_to else self.tr("What is rejected for good is lost.")
        self._dead_row.display(dead, nowhere)
        self._code.display(declare_line(self._name.text().strip(), how))
        fit_height(self)

    def _utter(self) -> None:
        name = self._name.text().strip()
        try:
            check_queue_name(name)
            how = self._how.check()
        except SettingError as error:
            show_error(self._error, str(error))
        except UnicodeEncodeError:
            show_error(self._error, self.tr("The name holds a character that cannot be sent."))
        else:
            self.added.emit(name, how)
            self.close()


def _refusal(how: QueueSettings) -> str:
    """Return why such a queue cannot be; empty if it can."""
    try:
        how.check()
    except SettingError as error:
        return str(error)
    return ""


def _short(name: str) -> str:
    return name if len(name) <= 24 else name[:23] + "…"
