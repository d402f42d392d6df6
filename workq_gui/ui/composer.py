"""Where tasks are written and published."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QTabWidget, QVBoxLayout, QWidget

from workq_gui.core.publish_settings import PUBLISH_DEFAULTS, PublishSettings
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.ui.batch_page import BatchPage
from workq_gui.ui.labels import make_label
from workq_gui.ui.past_only import disable
from workq_gui.ui.style import set_role
from workq_gui.ui.task_page import TaskPage


class ComposerPanel(QWidget):
    """Offers to publish one task, or many at once. GUI thread.

    Signals:
        publish_requested: The user wants this text as a task for this queue, published as these
            PublishSettings say; the text may be empty, and so may the queue, for the first one.
        batch_requested: The user wants each line of this text as a task, likewise.
        queue_added: The user wants one more queue; carries its name and its QueueSettings.
    """

    publish_requested = Signal(str, str, object)
    batch_requested = Signal(str, str, object)
    queue_added = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot_s = 1.0
        self._queues: tuple[str, ...] = ()
        self._chosen = ""  # may be a queue that is wanted, and not there yet
        self._routing_key = ""  # typed by the user instead: there need not be such a queue
        self._quorum: frozenset[str] = frozenset()
        self._how = PUBLISH_DEFAULTS
        self._task = TaskPage()
        self._batch = BatchPage()
        self._tabs = QTabWidget(documentMode=True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.setAccessibleName(self.tr("What to publish"))
        self._tabs.addTab(self._task, self.tr("Task"))
        self._tabs.addTab(self._batch, self.tr("Batch"))
        title = QLabel(self.tr("Compose a task"))
        set_role(title, "title")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addWidget(self._tabs)
        self._task.publish_requested.connect(
            lambda text: self.publish_requested.emit(text, self._queue, self._how)
        )
        self._task.many_lines_pasted.connect(self._compose_batch)
        self._batch.batch_requested.connect(
            lambda text: self.batch_requested.emit(text, self._queue, self._how)
        )
        for page in (self._task, self._batch):
            page.queue.chosen.connect(self._choose)
            page.queue.routed.connect(self._route)
            page.queue.added.connect(self._add_queue)
            page.options.changed.connect(self._take_settings)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self, self._publish)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the focus on to the text. With a focus proxy, Tab would leave out what comes before it."""
        text = self._batch.edit if self._page is self._batch else self._task.field
        text.setFocus(event.reason())

    @property
    def how(self) -> PublishSettings:
        """How tasks are published, as the user chose."""
        return self._how

    def display(self, dot_s: float, queues: Sequence[str], quorum: Collection[str] = ()) -> None:
        """Show how long tasks will take when a dot is `dot_s` seconds, and which of `queues` they go to.

        Args:
            dot_s: Seconds of work for each dot.
            queues: All queues; the first is the usual one.
            quorum: Those of them that are quorum queues.
        """
        self._dot_s, self._queues, self._quorum = dot_s, tuple(queues), frozenset(quorum)
        for page in (self._task, self._batch):
            page.display(dot_s, self._queues, self._queue)
            page.options.display(self._how, is_quorum=self._queue in self._quorum)

    def set_past_only(self, reason: str) -> None:
        """Offer nothing, and say why in the place where one would type."""
        disable(self._tabs, reason)
        label = make_label("caution", reason)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, label)

    def show_error(self, text: str) -> None:
        """Say under the present text why it cannot be published, until it changes."""
        self._page.show_error(text)

    @property
    def _page(self) -> TaskPage | BatchPage:
        return self._batch if self._tabs.currentWidget() is self._batch else self._task

    @property
    def _queue(self) -> str:
        if self._routing_key:
            return self._routing_key
        if self._chosen in self._queues:
            return self._chosen
        return self._queues[0] if self._queues else ""

    def _choose(self, queue: str) -> None:
        self._chosen, self._routing_key = queue, ""
        self._show_again()

    def _route(self, routing_key: str) -> None:
        self._routing_key = routing_key
        self._show_again()

    def _add_queue(self, queue: str, how: QueueSettings) -> None:
        self._choose(queue)
        if queue not in self._queues:
            self.queue_added.emit(queue, how)

    def _take_settings(self, how: PublishSettings) -> None:
        self._how = how
        self._show_again()

    def _show_again(self) -> None:
        self.display(self._dot_s, self._queues, self._quorum)

    def _publish(self) -> None:
        self._page.publish()

    def _compose_batch(self, text: str) -> None:
        self._batch.add_text(text)
        self._tabs.setCurrentWidget(self._batch)
        self._batch.edit.setFocus()
