"""Where did it go? The window of the ledger."""

from PySide6.QtCore import QDeadlineTimer, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workq_gui.core.balance import Balance, balance_of
from workq_gui.core.events import TaskId
from workq_gui.core.projections.foreign_lines import called
from workq_gui.core.projections.ledger import LedgerEntry, TwiceEntry
from workq_gui.core.state import State
from workq_gui.core.tasks import shown_text
from workq_gui.ui.ledger_table import LedgerRow, LedgerTable
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import zoomed

SIZE = (820, 560)
NS_PER_S = 1_000_000_000
MANY = 400
PAUSE_MS = 250
"""Between two counts of many tasks."""


class LedgerWindow(QDialog):
    """Shows every task that nobody will do, and every one that was done twice. GUI thread.

    It stays open beside the work, and shows the moment that the picture shows.

    Signals:
        seek_requested: The picture is to show this moment; carries nanoseconds of the session's clock.
    """

    seek_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Where did it go?"))
        tr = self.tr
        task, why, when = tr("Task"), tr("Why"), tr("When")
        self._lost = LedgerTable(tr("Lost"), (task, why, tr("Where it was"), when), why)
        self._twice = LedgerTable(tr("Done twice"), (task, tr("First by"), tr("Then by"), why, when), why)
        for table in (self._lost, self._twice):
            table.seek_requested.connect(self.seek_requested)
        self._sum = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._sum.setObjectName("sum")
        set_role(self._sum, "heading")
        self._parts = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._parts.setObjectName("parts")
        set_role(self._parts, "mute")
        self._copy = QPushButton(tr("Copy as text"))
        self._copy.setObjectName("copy_ledger")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        self._shown: tuple[State, int] | None = None
        self._quiet = QDeadlineTimer()
        self._lay_out()
        self.resize(zoomed(SIZE[0]), zoomed(SIZE[1]))

    def display(self, state: State) -> None:
        """Show the ledger of `state`; costs nothing while the window is hidden."""
        shown = (state, state.applied_count)
        if not self.isVisible() or shown == self._shown or self._is_too_early(state):
            return
        self._shown = shown
        self._quiet.setRemainingTime(PAUSE_MS)
        self._lost.display(
            [self._lost_row(state, entry) for entry in state.ledger.entries.values()],
            state.ledger.lost_count,
            self.tr("No task is lost."),
        )
        self._twice.display(
            [self._twice_row(state, entry) for entry in state.ledger.twice.values()],
            state.ledger.twice_count,
            self.tr("No task was done twice."),
        )
        self._show_sum(balance_of(state))

    def _is_too_early(self, state: State) -> bool:
        """Tell whether it would be counted too often: with many tasks that takes long. More frames follow."""
        many = state.board.unsettled_count + len(state.ledger.entries) + len(state.ledger.twice)
        is_same = self._shown is not None and self._shown[0] is state
        return is_same and many > MANY and not self._quiet.hasExpired()

    def text(self) -> str:
        """Return all of it as plain text, a line for each row, columns parted by tabs."""
        parts = [self._sum.text(), self._parts.text(), "", self._lost.text(), "", self._twice.text()]
        return "\n".join(parts) + "\n"

    # --- what is shown ----------------------------------------------------------------------

    def _lost_row(self, state: State, entry: LedgerEntry) -> LedgerRow:
        cells = (_text_of(state, entry.task_id), entry.cause, self._place(entry.place), _clock(entry.at_ns))
        return LedgerRow(entry.at_ns, cells)

    def _twice_row(self, state: State, entry: TwiceEntry) -> LedgerRow:
        task = _text_of(state, entry.task_id)
        return LedgerRow(
            entry.at_ns, (task, called(entry.first), called(entry.second), entry.cause, _clock(entry.at_ns))
        )

    def _place(self, place: str) -> str:
        return {
            "producer": self.tr("producer"),
            "exchange": self.tr("exchange"),
            "queue": self.tr("queue"),
        }.get(place) or called(place)

    def _show_sum(self, balance: Balance) -> None:
        tr = self.tr
        words = tr("{:,} published = {:,} acked + {:,} lost + {:,} returned + {:,} still there").format(
            balance.total, balance.acked, balance.lost, balance.returned, balance.still_there
        )
        if balance.missing:
            words += " " + tr("+ {:,} not seen any more").format(balance.missing)
        self._sum.setText(words)
        parts = [tr("{:,} ready").format(balance.ready), tr("{:,} un-acked").format(balance.unacked)]
        if balance.trusted:
            parts.append(tr("{:,} with a worker, forgotten by the broker").format(balance.trusted))
        if balance.unsent:
            parts.append(tr("{:,} not sent yet").format(balance.unsent))
        self._parts.setText(tr("Still there: {}").format(", ".join(parts)))

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._sum)
        words.addWidget(self._parts)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addLayout(words, 1)
        top.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addLayout(top)
        layout.addWidget(self._lost, 1)
        layout.addWidget(self._twice, 1)
        hint = QLabel(self.tr("A click on a row, or Enter, shows its moment on the stage."))
        set_role(hint, "mute")
        layout.addWidget(hint)


def _text_of(state: State, task_id: TaskId) -> str:
    task = state.board.tasks.get(task_id)
    return shown_text(task.text) if task is not None and task.text else task_id


def _clock(at_ns: int) -> str:
    """Return a moment of the session as minutes and seconds."""
    seconds = at_ns // NS_PER_S
    return f"{seconds // 60:02}:{seconds % 60:02}"
