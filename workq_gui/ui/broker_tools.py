"""The part of the broker's menu that is for whoever prepares a lesson: the doctor, and the room."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from workq_gui.ui.style import plain_tooltip

LONGEST_ADDRESS = 60


class BrokerTools(QObject):
    """Adds its actions to a menu. GUI thread.

    Signals:
        doctor_requested: The user wants the broker examined.
        room_requested: The user wants to let the other machines of the room in.
        broker_requested: The user wants a window with another broker; carries its address.
    """

    doctor_requested = Signal()
    room_requested = Signal()
    broker_requested = Signal(str)

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        menu.addSeparator()
        self._doctor = menu.addAction(self.tr("Doctor…"))
        self._doctor.setToolTip(self.tr("Look what this broker denies, and what it can show."))
        self._doctor.triggered.connect(self.doctor_requested)
        self._room = menu.addAction("")
        self._room.triggered.connect(self.room_requested)
        self.offer_room(is_possible=False)
        self._broker = menu.addAction("")
        self._broker.triggered.connect(lambda: self.broker_requested.emit(self._broker.data()))
        self.offer_broker("")

    def offer_broker(self, address: str) -> None:
        """Offer a window with the broker at `address`; nothing, if it is empty."""
        shown = address if len(address) <= LONGEST_ADDRESS else address[: LONGEST_ADDRESS - 1] + "…"
        self._broker.setText(self.tr("A window with {}…").format(shown.replace("&", "&&")))
        self._broker.setToolTip(plain_tooltip(self.tr("The broker that was used last: {}").format(address)))
        self._broker.setData(address)
        self._broker.setVisible(bool(address))

    def offer_room(self, *, is_possible: bool) -> None:
        """Offer to open the room, or say that only the built-in broker can."""
        words = self.tr("Open the room…")
        self._room.setText(words if is_possible else self.tr("{} needs the built-in broker").format(words))
        self._room.setToolTip(
            self.tr("Let other machines of this network use this broker, with a password.")
            if is_possible
            else self.tr(
                "Only the broker that is built into WorkQ has such a door. In RabbitMQ: "
                "rabbitmqctl add_user, set_permissions."
            )
        )
        self._room.setEnabled(is_possible)
