"""The part of the composer that says how tasks are published."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from workq_gui.core.code_lines import confirms_line, delivery_mode_line, mandatory_line
from workq_gui.core.publish_settings import PUBLISH_DEFAULTS, PublishSettings
from workq_gui.ui.form import SwitchRow
from workq_gui.ui.style import set_role


class PublishOptions(QWidget):
    """Shows how tasks are published, in one line or with a switch for each setting. GUI thread.

    Signals:
        changed: The user wants tasks to be published so; carries a PublishSettings.
    """

    changed = Signal(object)

    def __init__(self, *, is_open: bool) -> None:
        super().__init__()
        self._how = PUBLISH_DEFAULTS
        self._is_quorum = False
        self._fold = QPushButton()
        self._fold.setCheckable(True)
        self._fold.setChecked(is_open)
        self._fold.setObjectName("publish_options")
        self._fold.setToolTip(self.tr("How tasks are published: persistent, with confirms, mandatory."))
        set_role(self._fold, "fold")
        self._persistent = SwitchRow(
            self.tr("Persistent message"), self.tr("On: on disk, in a durable queue; it survives a restart.")
        )
        self._confirms = SwitchRow(
            self.tr("Publisher confirms"), self.tr("On: the broker says when it has taken the task over.")
        )
        self._mandatory = SwitchRow(
            self.tr("Mandatory"), self.tr("On: a task that no queue takes comes back (basic.return).")
        )
        self._rows = QWidget()
        rows = QVBoxLayout(self._rows)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        for row in (self._persistent, self._confirms, self._mandatory):
            rows.addWidget(row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._fold)
        layout.addWidget(self._rows)
        self._fold.toggled.connect(lambda _: self._show())
        self._connect(self._persistent, lambda is_on: replace(self._how, persistent=is_on))
        self._connect(self._confirms, lambda is_on: replace(self._how, confirms=is_on))
        self._connect(self._mandatory, lambda is_on: replace(self._how, mandatory=is_on))
        self._show()

    def display(self, how: PublishSettings, *, is_quorum: bool) -> None:
        """Show that tasks are published as `how` says, to a quorum queue or not."""
        if (how, is_quorum) != (self._how, self._is_quorum):
            self._how, self._is_quorum = how, is_quorum
            self._show()

    def _connect(self, row: SwitchRow, change: Callable[[bool], PublishSettings]) -> None:
        row.toggled.connect(lambda is_on: self.changed.emit(change(is_on)))

    def _show(self) -> None:
        how = self._how
        self._persistent.set_on(how.persistent)
        self._persistent.display(delivery_mode_line(how), self._transient_words())
        self._confirms.set_on(how.confirms)
        self._confirms.display(confirms_line(how), "" if how.confirms else self._blind_words())
        self._mandatory.set_on(how.mandatory)
        self._mandatory.display(mandatory_line(how), "" if how.mandatory else self._dropped_words())
        is_open = self._fold.isChecked()
        self._rows.setVisible(is_open)
        words = self.tr("How it is published") if is_open else self._summary()
        self._fold.setText(f"{'▾' if is_open else '▸'} {words}")
        self._fold.setAccessibleName(self.tr("How it is published"))
        self._fold.setAccessibleDescription(self._summary())

    def _summary(self) -> str:
        how = self._how
        return " · ".join(
            (
                self.tr("persistent") if how.persistent else self.tr("transient"),
                self.tr("confirms") if how.confirms else self.tr("no confirms"),
                self.tr("mandatory") if how.mandatory else self.tr("not mandatory"),
            )
        )

    def _transient_words(self) -> str:
        if self._how.persistent:
            return ""
        if self._is_quorum:
            return self.tr("A quorum queue stores it all the same.")
        return self.tr("Gone when the broker restarts.")

    def _blind_words(self) -> str:
        return self.tr("Nobody says whether it arrived.")

    def _dropped_words(self) -> str:
        if self._how.confirms:
            return self.tr("With no queue: dropped, yet confirmed.")
        return self.tr("With no queue: dropped in silence.")
