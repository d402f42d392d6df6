"""Which of the queues a worker is to take from."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from workq_gui.ui.style import plain_tooltip, set_role

COLUMNS = 3
LONGEST = 16


class QueueChecks(QWidget):
    """A button for each queue, that stays pressed. GUI thread.

    Signals:
        changed: Other queues are chosen now.
    """

    changed = Signal()

    def __init__(self, queues: Sequence[str], *, all_checked: bool) -> None:
        """Offer `queues`; choose all of them, or only the first."""
        super().__init__()
        self._buttons: dict[str, QPushButton] = {}
        heading = QLabel(self.tr("Takes from"))
        set_role(heading, "heading")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading, 0, 0, 1, COLUMNS)
        for place, name in enumerate(queues):
            shown = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
            button = self._buttons[name] = QPushButton(shown.replace("&", "&&"))
            button.setAccessibleName(self.tr("Takes from {}").format(name))
            button.setToolTip(plain_tooltip(name))
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setChecked(all_checked or place == 0)
            button.toggled.connect(lambda _: self.changed.emit())
            set_role(button, "segment")
            layout.addWidget(button, 1 + place // COLUMNS, place % COLUMNS)

    @property
    def has_choice(self) -> bool:
        """Whether there is more than one queue."""
        return len(self._buttons) > 1

    @property
    def chosen(self) -> tuple[str, ...]:
        """The queues that are chosen, in their order."""
        return tuple(name for name, button in self._buttons.items() if button.isChecked())
