"""The settings of a worker, each with the line of code that it stands for."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from workq_gui.core.code_lines import (
    ack_lines,
    heartbeat_line,
    network_line,
    poison_lines,
    prefetch_line,
    sleep_line,
)
from workq_gui.core.worker_settings import UNLIMITED, AckHabit, WorkerSettings
from workq_gui.ui.form import Choice, Segments, SettingRow, Stepper, SwitchRow
from workq_gui.ui.style import set_role

MOST_PREFETCH = 1_000
MOST_HEARTBEAT_S = 600
SLOWNESS = (1.0, 2.0, 3.0, 5.0, 10.0)
MISSED = 3
"""A peer that is silent for so many heartbeat intervals is given up."""


class WorkerSettingsForm(QWidget):
    """Shows how a worker works, and lets the user change it. GUI thread.

    Signals:
        changed: Something is set in another way now.
    """

    changed = Signal()

    def __init__(self, how: WorkerSettings) -> None:
        super().__init__()
        self._how = how
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for row in (*self._make_ack_rows(), *self._make_work_rows(), *self._make_connection_rows()):
            layout.addWidget(row)
        self._set_controls()
        self._show()

    @property
    def how(self) -> WorkerSettings:
        """How the worker is to work, as it is set now."""
        return self._how

    # --- rows -----------------------------------------------------------------------------

    def _make_ack_rows(self) -> list[QWidget]:
        self._auto_row = SwitchRow(
            self.tr("Auto-ack"), self.tr("The broker forgets a task as soon as it has sent it.")
        )
        self._auto_row.toggled.connect(lambda is_on: self._change(auto_ack=is_on))
        self._prefetch = Stepper(1, MOST_PREFETCH)
        self._prefetch.changed.connect(lambda count: self._change(prefetch_count=count))
        self._unlimited = QPushButton(self.tr("unlimited"))
        self._unlimited.setCheckable(True)
        self._unlimited.setAutoDefault(False)
        self._unlimited.clicked.connect(self._choose_unlimited)
        set_role(self._unlimited, "segment")
        self._prefetch_row = SettingRow(
            self.tr("Prefetch"),
            _side_by_side(self._unlimited, self._prefetch),
            self.tr("How many un-acked tasks the broker lets it hold at a time."),
        )
        self._prefetch.setAccessibleName(self.tr("Prefetch"))
        self._habit: Choice[AckHabit] = Choice(
            {
                AckHabit.AFTER: self.tr("after the work"),
                AckHabit.BEFORE: self.tr("before the work"),
                AckHabit.NEVER: self.tr("never: it is forgotten"),
                AckHabit.TWICE: self.tr("twice"),
                AckHabit.OTHER_CHANNEL: self.tr("on another channel"),
            }
        )
        self._habit.chosen.connect(lambda habit: self._change(ack=habit))
        self._habit_row = SettingRow(self.tr("It acks"), self._habit)
        return [self._auto_row, self._prefetch_row, self._habit_row]

    def _make_work_rows(self) -> list[QWidget]:
        self._sleep: Segments[bool] = Segments({False: self.tr("properly"), True: self.tr("naively")})
        self._sleep.chosen.connect(lambda is_naive: self._change(naive_sleep=is_naive))
        self._sleep_row = SettingRow(self.tr("It sleeps"), self._sleep)
        self._slowness: Segments[float] = Segments({value: f"×{value:g}" for value in SLOWNESS})
        self._slowness.chosen.connect(lambda slowness: self._change(slowness=slowness))
        self._slowness_row = SettingRow(
            self.tr("Slower than others"), self._slowness, self.tr("By how much a dot takes it longer.")
        )
        self._crash = QLineEdit(placeholderText=self.tr("poison"))
        self._crash.textChanged.connect(lambda text: self._change(crashes_on=text.strip()))
        self._crash_row = SettingRow(
            self.tr("Crashes on tasks with"),
            self._crash,
            self.tr("It raises an error on each of these; whoever looks after it starts it again."),
        )
        return [self._sleep_row, self._slowness_row, self._crash_row]

    def _make_connection_rows(self) -> list[QWidget]:
        self._heartbeat = Stepper(1, MOST_HEARTBEAT_S, suffix=self.tr(" s"))
        self._heartbeat.changed.connect(lambda seconds: self._change(heartbeat_s=seconds))
        self._heartbeat_row = SettingRow(
            self.tr("Heartbeat"), self._heartbeat, self.tr("Seconds between two signs of life.")
        )
        self._relay_row = SwitchRow(
            self.tr("Network that can be broken"),
            self.tr("Its bytes go through WorkQ, which can delay, stall and cut them."),
        )
        self._relay_row.toggled.connect(lambda is_on: self._change(behind_relay=is_on))
        return [self._heartbeat_row, self._relay_row]

    # --- what is set ----------------------------------------------------------------------

    def _set_controls(self) -> None:
        how = self._how
        self._auto_row.set_on(how.auto_ack)
        self._prefetch.set_value(max(1, how.prefetch_count))
        self._unlimited.setChecked(how.prefetch_count == UNLIMITED)
        self._habit.set_value(how.ack)
        self._sleep.set_value(how.naive_sleep)
        self._slowness.set_value(how.slowness)
        self._crash.setText(how.crashes_on)
        self._heartbeat.set_value(how.heartbeat_s)
        self._relay_row.set_on(how.behind_relay)

    def _choose_unlimited(self, is_unlimited: bool) -> None:
        self._change(prefetch_count=UNLIMITED if is_unlimited else self._prefetch.value())

    def _change(self, **changes: Any) -> None:
        self._how = replace(self._how, **changes)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        how, tr = self._how, self.tr
        loses = tr("What it has in hand when it ends is lost.") if how.auto_ack else ""
        self._auto_row.display(f"auto_ack={how.auto_ack}", loses)
        self._unlimited.setChecked(how.prefetch_count == UNLIMITED)
        self._prefetch.setEnabled(how.prefetch_count != UNLIMITED)
        takes_all = tr("The first worker gets all there is.") if how.prefetch_count == UNLIMITED else ""
        ignored = tr("With auto-ack the broker ignores it.") if how.auto_ack else ""
        self._prefetch_row.display(prefetch_line(how), takes_all, ignored)
        no_ack = tr("With auto-ack there is nothing to ack.") if how.auto_ack else ""
        self._habit_row.display("\n".join(ack_lines(how)), self._habit_words(), no_ack)
        self._sleep_row.display(sleep_line(how), self._sleep_words())
        self._slowness_row.display(sleep_line(how) if how.slowness != 1.0 else "")
        self._crash_row.display("\n".join(poison_lines(how)))
        self._heartbeat_row.display(heartbeat_line(how))
        self._relay_row.display(network_line(how))

    def _habit_words(self) -> str:
        return {
            AckHabit.AFTER: "",
            AckHabit.BEFORE: self.tr("If it ends in the middle of the work, the task is lost."),
            AckHabit.NEVER: self.tr("The broker waits for its acks; all of it comes back when it ends."),
            AckHabit.TWICE: self.tr("The broker closes the channel: 406, unknown delivery tag."),
            AckHabit.OTHER_CHANNEL: self.tr("The broker closes that channel: 406; the ack never counts."),
        }[self._how.ack]

    def _sleep_words(self) -> str:
        if not self._how.naive_sleep:
            return ""
        words = self.tr("No heartbeats meanwhile: after {} s the broker hangs up.")
        return words.format(MISSED * self._how.heartbeat_s)


def _side_by_side(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    for widget in widgets:
        layout.addWidget(widget)
    return row
