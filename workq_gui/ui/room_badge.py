"""The warning that other machines may come in, for as long as they may."""

from PySide6.QtWidgets import QPushButton, QWidget

from workq_gui.ui.style import set_role


class RoomBadge(QPushButton):
    """Says that the broker is open to the network, whatever covers the window of the room. GUI thread.

    It is a button, for whoever wants to see how, or to close it.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("◉ open to the network"), parent)
        self.setObjectName("room_badge")
        self.setAccessibleName(self.tr("Open to the network"))
        set_role(self, "warn")
        self._port = -1
        self.display(0)

    def display(self, port: int) -> None:
        """Show that other machines may come in at `port`; 0: they may not."""
        if port == self._port:
            return
        self._port = port
        words = self.tr("Other machines of this network may use this broker, by port {}. Click to close it.")
        self.setToolTip(words.format(port))
        self.setAccessibleDescription(words.format(port))
        self.setVisible(bool(port))
