"""The row of the composer that says which queue a task goes to."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFont, QFontMetrics, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.publish_settings import check_routing_key
from workq_gui.core.queue_settings import QUEUE_DEFAULTS
from workq_gui.core.settings import MAX_QUEUES, MAX_SHORT_STRING_BYTES, SettingError, check_queue_name
from workq_gui.ui.composer_parts import error_label, show_error
from workq_gui.ui.queue_dialog import QueueDialog
from workq_gui.ui.style import SMALL_SIZE, plain_tooltip, set_role
from workq_gui.ui.theme import mono_font, zoomed

LONGEST_IN_MENU = 40
MARK = " ▾"


class QueueRow(QWidget):
    """Shows where tasks go, and lets the user choose another queue, or name a new one. GUI thread.

    Signals:
        chosen: The user wants tasks to go to this queue.
        routed: The user wants tasks to go out with this routing key; there need not be such a queue.
        added: The user wants a queue of this name, which may be one that there is, with these QueueSettings.
    """

    chosen = Signal(str)
    routed = Signal(str)
    added = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queues: tuple[str, ...] = ()
        label = QLabel(self.tr("Queue"))
        set_role(label, "mute")
        self._button = _QueueButton()
        self._menu = QMenu(self._button)
        self._choices = QActionGroup(self._menu)
        self._button.setMenu(self._menu)
        self._edit: _NameEdit | None = None  # while the user names a new queue, or a routing key
        self._error = error_label()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self._button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(row)
        self._column.addWidget(self._error)
        self._fill_menu()

    def display(self, queues: Sequence[str], chosen: str) -> None:
        """Show that tasks go to `chosen`: one of `queues`, or a name that none of them has."""
        is_known = chosen in queues or not queues
        if tuple(queues) != self._queues:
            self._queues = tuple(queues)
            self._fill_menu()
        if (chosen, is_known) != (self._button.name, self._button.is_known):
            self._button.display(chosen, is_known=is_known)
        for name, choice in zip(self._queues, self._choices.actions(), strict=True):
            choice.setChecked(name == chosen)

    def _fill_menu(self) -> None:
        """Offer each queue. Not at a mere choice: the action that was just chosen must outlive its signal."""
        self._menu.clear()
        self._choices.deleteLater()
        self._choices = QActionGroup(self._menu)
        for name in self._queues:
            action = QAction(menu_text(name), self._menu, checkable=True)
            action.triggered.connect(lambda _=False, name=name: self.chosen.emit(name))
            self._choices.addAction(action)
            self._menu.addAction(action)
        self._menu.addSeparator()
        for text, begin in (
            (self.tr("New queue…"), self._name_queue),
            (self.tr("New queue with settings…"), self._set_queue_up),
            (self.tr("Another routing key…"), self._name_routing_key),
        ):
            self._menu.addAction(text).triggered.connect(begin)

    def _has_room(self) -> bool:
        """Return whether there may be one more queue; else say so."""
        has_room = len(self._queues) < MAX_QUEUES
        if not has_room:
            show_error(self._error, self.tr("There is room for {} queues on the stage.").format(MAX_QUEUES))
        return has_room

    def _name_queue(self) -> None:
        if self._has_room():
            self._start_naming(self.tr("Name, then Enter"), self.tr("Name of the new queue"), self._take_name)

    def _name_routing_key(self) -> None:
        words = self.tr("Routing key")
        self._start_naming(self.tr("Any name, then Enter"), words, self._take_routing_key)

    def _set_queue_up(self) -> None:
        self._stop_naming()
        if self._has_room():
            dialog = QueueDialog(self._queues, self.window())
            dialog.added.connect(self.added)
            dialog.open()

    def _start_naming(self, hint: str, words: str, take: Callable[[str], None]) -> None:
        self._stop_naming()
        edit = self._edit = _NameEdit(placeholderText=hint)
        edit.setMaxLength(MAX_SHORT_STRING_BYTES + 1)  # too much is refused in words, not cut in silence
        edit.setAccessibleName(words)
        edit.returnPressed.connect(lambda: take(edit.text().strip()))
        edit.left.connect(self._stop_naming)
        edit.textChanged.connect(self._error.hide)
        self._column.insertWidget(1, edit)
        edit.show()  # a layout would show it only after this, and what is hidden takes no focus
        edit.setFocus()

    def _take_name(self, name: str) -> None:
        try:
            check_queue_name(name)
        except SettingError as error:
            show_error(self._error, str(error))
        except UnicodeEncodeError:
            show_error(self._error, self.tr("The name holds a character that cannot be sent."))
        else:
            self._stop_naming()
            self.added.emit(name, QUEUE_DEFAULTS)

    def _take_routing_key(self, routing_key: str) -> None:
        try:
            check_routing_key(routing_key)
        except SettingError as error:
            show_error(self._error, str(error))
        else:
            self._stop_naming()
            self.routed.emit(routing_key)

    def _stop_naming(self) -> None:
        self._error.hide()
        if self._edit is None:
            return
        if self._edit.hasFocus():
            self._button.setFocus()
        self._edit.hide()
        self._edit.deleteLater()
        self._edit = None


class _QueueButton(QPushButton):
    """A queue's name, cut in its middle if it has no room."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.is_known = True
        self.setObjectName("queue")
        set_role(self, "compact")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def display(self, name: str, *, is_known: bool) -> None:
        """Show `name`, which a queue on the stage has, or none."""
        self.name, self.is_known = name, is_known
        words = self.tr("Queue {}") if is_known else self.tr("Routing key {}, of no queue on the stage")
        self.setAccessibleName(words.format(name))
        tip = self.tr("The routing key: tasks go to {}").format(name)
        if not is_known:
            tip += "\n" + self.tr(
                "No queue on the stage has this name. If the broker has none either, a task comes back "
                "if it is mandatory, and is dropped if not."
            )
        self.setToolTip(plain_tooltip(tip))
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size that shows the whole name."""
        width = QFontMetrics(self.font()).horizontalAdvance(self.name + self._mark) + zoomed(26)
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the size below which nothing of a name can be read."""
        return QSize(min(self.sizeHint().width(), zoomed(72)), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much of the name as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the font: the stylesheet gives its own to what it styles before it is shown."""
        super().showEvent(event)
        self._take_font()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the zoom: the stylesheet is applied again then."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._take_font()

    def _take_font(self) -> None:
        self.setFont(mono_font(SMALL_SIZE, QFont.Weight.DemiBold))
        self._fit()
        self.updateGeometry()

    def _fit(self) -> None:
        metrics = QFontMetrics(self.font())
        room = self.width() - zoomed(22) - metrics.horizontalAdvance(self._mark)
        elided = metrics.elidedText(self.name, Qt.TextElideMode.ElideMiddle, room)
        self.setText(elided.replace("&", "&&") + self._mark)

    @property
    def _mark(self) -> str:
        return MARK if self.is_known else f" ?{MARK}"


class _NameEdit(QLineEdit):
    """A field that is left by Escape.

    Signals:
        left: The user does not want to name anything.
    """

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def menu_text(name: str) -> str:
    """Return a queue's name for a menu, which would grow with it, and take an & for the mark of a key."""
    shown = name if len(name) <= LONGEST_IN_MENU else name[: LONGEST_IN_MENU - 1] + "…"
    return shown.replace("&", "&&")
