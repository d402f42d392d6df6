"""The offer to keep a broker's password."""

from PySide6.QtWidgets import QGridLayout, QWidget

from workq_gui.ui.labels import make_label
from workq_gui.ui.switch import Switch


class KeepPassword(QWidget):
    """A switch, off at first, and why it cannot be switched on where it cannot. GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        words = self.tr("Keep the password in the system's keyring")
        self._switch = Switch(words)
        self._switch.setObjectName("keep_password")
        self._switch.setEnabled(False)
        self._label = make_label("body", words)
        self._label.setBuddy(self._switch)
        self._reason = make_label("mute", self.tr("Looking for the system's keyring…"), name="keyring_reason")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(2)
        layout.setColumnStretch(1, 1)
        layout.addWidget(self._switch, 0, 0)
        layout.addWidget(self._label, 0, 1)
        layout.addWidget(self._reason, 1, 1)

    @property
    def is_wanted(self) -> bool:
        """Whether the user wants it kept."""
        return self._switch.isChecked()

    def offer(self, refusal: str) -> None:
        """Let the user switch it on, or say why that cannot be: `refusal`."""
        self._switch.setEnabled(not refusal)
        self._switch.setChecked(self._switch.isChecked() and not refusal)
        self._switch.setAccessibleDescription(refusal)
        self._label.setEnabled(not refusal)
        self._reason.setText(refusal)
        self._reason.setVisible(bool(refusal))
