"""The part of the broker's menu that is for whoever prepares a lesson: the doctor, and the room."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu


class BrokerTools(QObject):
    """Adds its actions to a menu. GUI thread.

    Signals:
        doctor_requested: The user wants the broker examined.
        room_requested: The user wants to let the other machines of the room in.
    """

    doctor_requested = Signal()
    room_requested = Signal()

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        menu.addSeparator()
        self._doctor = menu.addAction(self.tr("Doctor…"))
        self._doctor.setToolTip(self.tr("Look what this broker denies, and what it can show."))
        self._doctor.triggered.connect(self.doctor_requested)
        self._room = menu.addAction("")
        self._room.triggered.connect(self.room_requested)
        self.offer_room(is_possible=False)

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
