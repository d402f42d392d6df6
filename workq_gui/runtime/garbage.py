"""When to look for reference cycles, and in which thread."""

import gc

from PySide6.QtCore import QObject, Slot

NEW_OBJECTS = 12_500
"""So many objects more than were freed, and it is time to look: that takes 2 ms, and a frame has 16."""


class GarbageCollector(QObject):
    """Looks for garbage in the GUI thread alone, from time to time. Belongs to the GUI thread.

    Python looks in whichever thread makes the next object: a worker's thread would then destroy widgets and
    timers, and Qt crashes. What is looked at once and found in use is not looked at again: it is mostly
    events, which are in no cycle, and there may be a million of them.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.freeze()
        gc.disable()

    @Slot()
    def look(self) -> None:
        """Look, if there is enough that is new. Cheap otherwise."""
        if gc.get_count()[0] > NEW_OBJECTS:
            gc.collect(0)
            gc.freeze()

    def close(self) -> None:
        """Let Python look for itself again."""
        gc.unfreeze()
        gc.enable()
