"""The keys of the window: one table for what they do and for the list that F1 shows."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QWidget

from workq_gui.ui.style import set_role
from workq_gui.ui.theme import zoomed

GAP = 12
_K = Qt.Key


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Keys that do something wherever the focus is.

    Attributes:
        what: The name of what they do.
        keys: Each does it; as QKeySequence reads them.
        words: What they do, for the user.
        plain: The same keys as Qt numbers them, if a widget that has the focus may use them itself.
    """

    what: str
    keys: tuple[str, ...]
    words: str
    plain: tuple[Qt.Key, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether a widget that has the focus may use the keys itself, as a field does."""
        return bool(self.plain)


def table() -> tuple[Shortcut, ...]:
    """Return all shortcuts, in the order in which they are listed."""
    return (
        Shortcut(
            "toggle_hold",
            ("Space", "."),
            _tr("Hold the picture, or let it go on"),
            (_K.Key_Space, _K.Key_Period),
        ),
        Shortcut(
            "step", ("Right", "PgDown"), _tr("Show the next event, and stop"), (_K.Key_Right, _K.Key_PageDown)
        ),
        Shortcut(
            "step_back",
            ("Left", "PgUp"),
            _tr("Show the moment before the latest event"),
            (_K.Key_Left, _K.Key_PageUp),
        ),
        Shortcut("first", ("Home",), _tr("Show the earliest moment there is"), (_K.Key_Home,)),
        Shortcut("now", ("End",), _tr("Show now"), (_K.Key_End,)),
        Shortcut("hold_workers", ("Ctrl+Shift+W",), _tr("Hold the workers, or let them go on")),
        Shortcut("hold_producer", ("Ctrl+Shift+P",), _tr("Hold the producer, or let it go on")),
        Shortcut("add_worker", ("Ctrl+N",), _tr("Add a worker")),
        Shortcut("add_worker_with", ("Ctrl+Shift+N",), _tr("Add a worker with settings")),
        Shortcut("crash_one", ("X",), _tr("Crash some worker"), (_K.Key_X,)),
        Shortcut("ledger", ("L",), _tr("Show the ledger: what is lost, what was done twice"), (_K.Key_L,)),
        Shortcut("open", ("Ctrl+O",), _tr("Open a recording or a scenario")),
        Shortcut("look_back", ("Ctrl+B",), _tr("Open what happened, or fold it away")),
        Shortcut("tab_0", ("Alt+1",), _tr("What happened: the timeline")),
        Shortcut("tab_1", ("Alt+2",), _tr("What happened: all events")),
        Shortcut("tab_2", ("Alt+3",), _tr("What happened: charts")),
        Shortcut("tab_3", ("Alt+4",), _tr("What happened: the wire")),
        Shortcut("find", ("Ctrl+F",), _tr("What happened: look for a word")),
        Shortcut("share", ("Ctrl+E",), _tr("Share: a picture, a film, a table, a report")),
        Shortcut("focus_composer", ("Ctrl+L",), _tr("Write a task")),
        Shortcut("focus_stage", ("Ctrl+T",), _tr("Go to the stage")),
        Shortcut("present", ("F11",), _tr("Present: the stage fills the screen")),
        Shortcut("leave", ("Esc",), _tr("Leave the presentation"), (_K.Key_Escape,)),
        Shortcut("zoom_in", ("Ctrl++", "Ctrl+="), _tr("Larger")),
        Shortcut("zoom_out", ("Ctrl+-",), _tr("Smaller")),
        Shortcut("zoom_reset", ("Ctrl+0",), _tr("As large as designed")),
        Shortcut("help", ("F1",), _tr("Show these keys")),
        Shortcut("help", ("?",), _tr("Show these keys"), (_K.Key_Question,)),
        Shortcut("quit", ("Ctrl+Q",), _tr("Close the window")),
    )


def plain_keys() -> dict[int, str]:
    """Return what the keys do that a widget with the focus may use itself, by Qt's number of the key."""
    return {key.value: shortcut.what for shortcut in table() for key in shortcut.plain}


class ShortcutList(QDialog):
    """The list of all keys. It stays open beside the work until it is closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_tr("Keys"))
        rows: dict[str, str] = {}
        for shortcut in table():
            keys = _tr(" or ").join(shortcut.keys)
            rows[shortcut.words] = (
                _tr(" or ").join((rows[shortcut.words], keys)) if shortcut.words in rows else keys
            )
        rows[_tr("Go to the card of the first worker, the second…")] = "Ctrl+1 … Ctrl+9"
        layout = QGridLayout(self)
        gap = zoomed(GAP)
        layout.setContentsMargins(2 * gap, 2 * gap, 2 * gap, 2 * gap)
        layout.setHorizontalSpacing(2 * gap)
        layout.setVerticalSpacing(gap // 2)
        for row, (words, keys) in enumerate(rows.items()):
            key_label = QLabel(keys, textFormat=Qt.TextFormat.PlainText)
            set_role(key_label, "mono")
            layout.addWidget(key_label, row, 0)
            layout.addWidget(QLabel(words), row, 1)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Shortcuts", text)
