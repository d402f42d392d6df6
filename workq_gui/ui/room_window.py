"""The switch that lets the other machines of a room in, and what their users must type."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workq_gui.core.room import OpenRoom
from workq_gui.ui.form import Choice
from workq_gui.ui.labels import make_label
from workq_gui.ui.style import set_role
from workq_gui.ui.switch import Switch
from workq_gui.ui.theme import mono_font, zoomed

WIDTH = 780
LARGE = 30
LOOPBACK = "127.0.0.1"
HIDDEN = "—"
NO_ROOM = OpenRoom((HIDDEN,), 0, HIDDEN, HIDDEN)
"""What is shown of a closed one, so that the window keeps its size."""


class RoomWindow(QDialog):
    """Says what an open room exposes, opens it, and shows how to come in. GUI thread.

    It can be read from the back row. With the window the room is closed.

    Signals:
        open_requested: The user wants the room open.
        close_requested: The user wants it closed; or the window was.
    """

    open_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Open the room"))
        self._room: OpenRoom | None = None
        self._hosts: Choice[str] | None = None
        self.switch = Switch(self.tr("Open the room"))
        self.switch.clicked.connect(self._switch)
        self.finished.connect(lambda _: self.close_requested.emit())
        self._state = make_label("heading")
        self._state.setObjectName("state")
        self._exposed = make_label("caution")
        self._exposed.setObjectName("exposed")
        self._error = make_label("error")
        self._error.setObjectName("error")
        self._address, self._port, self._user, self._password = (_large() for _ in range(4))
        self._password.setObjectName("password")
        self._code = make_label("code-large")
        self._code.setObjectName("code")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = QPushButton(self.tr("Copy these lines"))
        self._copy.setObjectName("copy")
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._code.text()))
        self._also = make_label("body")
        self._lay_out()
        self.setMinimumWidth(zoomed(WIDTH))
        self.display(None)

    def display(self, room: OpenRoom | None) -> None:
        """Show how to come into `room`; None: it is closed."""
        self._room = room
        self._error.hide()
        self.switch.setEnabled(True)
        self.switch.setChecked(room is not None)
        self._state.setText(
            self.tr("Closed: the broker listens to this machine only.")
            if room is None
            else self.tr("Open: other machines of this network may come in.")
        )
        set_role(self._state, "heading" if room is None else "warn")
        self._exposed.setText(self._exposed_words())
        self._copy.setEnabled(room is not None)
        shown = room or NO_ROOM
        self._offer_hosts(shown)
        self._choose_host(shown.hosts[0] if shown.hosts else LOOPBACK)

    def show_error(self, text: str) -> None:
        """Say why the room could not be opened, or closed."""
        self.display(self._room)
        self._error.setText(f"✕ {text}")
        self._error.show()

    def _switch(self, is_on: bool) -> None:
        self.switch.setEnabled(False)
        self._state.setText(self.tr("Opening…") if is_on else self.tr("Closing…"))
        (self.open_requested if is_on else self.close_requested).emit()

    def _exposed_words(self) -> str:
        return self.tr(
            "While the room is open, everyone on this network who has the password can publish, consume, "
            "purge and delete on this broker, in all its queues. Nothing is encrypted: who listens on the "
            "network can read it, the password too. It is closed when you switch it off, close this "
            "window, or stop the broker; who came in is let go then, and the password is no longer good."
        )

    def _offer_hosts(self, room: OpenRoom) -> None:
        if self._hosts is not None:
            self._hosts.deleteLater()
            self._hosts = None
        if len(room.hosts) > 1:
            self._hosts = Choice({host: host for host in room.hosts})
            self._hosts.setAccessibleName(self.tr("Which address of this machine"))
            self._hosts.chosen.connect(self._choose_host)
            self._row.insertWidget(1, self._hosts)
        self._also.setVisible(not room.hosts)
        self._also.setText(self.tr("This machine is on no network: only its own programs can come in."))

    def _choose_host(self, host: str) -> None:
        room = self._room
        if self._hosts is not None:
            self._hosts.set_value(host)
        self._address.setText(host)
        self._port.setText(str(room.port) if room else HIDDEN)
        self._user.setText(room.user if room else HIDDEN)
        self._password.setText(room.password if room else HIDDEN)
        self._code.setText("\n".join(room.pika_lines(host)) if room else f"{HIDDEN}\n{HIDDEN}")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(zoomed(12))
        head.addWidget(self.switch)
        head.addWidget(self._state, 1)
        self._row = QHBoxLayout()
        self._row.setSpacing(zoomed(12))
        self._row.addWidget(self._address, 1)
        lines = QHBoxLayout()
        lines.addWidget(make_label("heading", self.tr("In a student's program")), 1)
        lines.addWidget(self._copy)
        facts = QVBoxLayout()
        facts.setSpacing(zoomed(12))
        facts.addLayout(self._make_grid())
        facts.addWidget(self._also)
        facts.addLayout(lines)
        facts.addWidget(self._code)
        layout = QVBoxLayout(self)
        margin = zoomed(24)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(zoomed(16))
        layout.addLayout(head)
        layout.addWidget(self._exposed)
        layout.addWidget(self._error)
        layout.addLayout(facts)
        layout.addStretch(1)

    def _make_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(zoomed(24))
        grid.setVerticalSpacing(zoomed(8))
        grid.setColumnStretch(1, 1)
        grid.addWidget(make_label("mute-heading", self.tr("Host")), 0, 0)
        grid.addLayout(self._row, 0, 1)
        for number, (words, value) in enumerate(
            (
                (self.tr("Port"), self._port),
                (self.tr("User"), self._user),
                (self.tr("Password"), self._password),
            ),
            1,
        ):
            grid.addWidget(make_label("mute-heading", words), number, 0)
            grid.addWidget(value, number, 1)
        return grid


def _large() -> QLabel:
    label = QLabel(textFormat=Qt.TextFormat.PlainText)
    label.setFont(mono_font(LARGE, QFont.Weight.DemiBold))
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
