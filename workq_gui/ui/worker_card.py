"""The card of one worker."""

from PySide6.QtCore import QDeadlineTimer, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from workq_gui.core.mistakes import explain_mistake
from workq_gui.core.projections.worker_view import WorkerView
from workq_gui.ui.card_button import CardButton
from workq_gui.ui.mistake_box import show_mistake
from workq_gui.ui.style import CONTROL_HEIGHT, SMALL_SIZE, plain_tooltip, set_role
from workq_gui.ui.theme import DARK, Theme, text_font, zoomed
from workq_gui.ui.worker_card_painter import (
    BOTTOM,
    CARD_HEIGHT,
    RIGHT,
    RING_STEPS,
    CardPainter,
    CardPicture,
    facts_box,
    ring_box,
)
from workq_gui.ui.worker_card_words import (
    CardLines,
    card_facts,
    card_lines,
    has_task,
    heart_words,
    queue_words,
    seconds_left,
    spoken_card,
    status_word,
)
from workq_gui.ui.worker_menu import WorkerWish, has_open_menu, is_menu_key, wish_tips, worker_menu

NARROWEST = 288
BUTTON_GAP = 6


class WorkerCard(QWidget):
    """Shows one worker, and offers what can be done to it. GUI thread.

    Signals:
        wished: The user wants something of this worker; carries a WorkerWish and the WorkerId.
    """

    wished = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._view: WorkerView | None = None
        self._with_queues = False
        self._is_presenting = False
        self._lines = CardLines("")
        self._ring_step = -1
        self._seconds = ""
        self._quiet = QDeadlineTimer()  # until it has expired, the buttons take no press of the mouse
        self.setMinimumWidth(NARROWEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._running_buttons = QWidget(self)
        self._ended_buttons = QWidget(self)
        self._explain_buttons = (self._explain_button(), self._explain_button())  # one for each row
        self._make_buttons()
        self._ended_buttons.hide()
        self._take_zoom()

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(zoomed(340), zoomed(CARD_HEIGHT))

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, and as large as everything is now."""
        self._theme = theme
        self._take_zoom()
        self.update()

    def set_presenting(self, is_presenting: bool) -> None:
        """Hide the buttons while something is shown to a room; the menu and the keys stay."""
        self._is_presenting = is_presenting
        if self._view is not None:
            self._offer(self._view)
        self.update()

    def wait_out_double_click(self) -> None:
        """Take no press of the mouse for as long as a double-click lasts.

        To be called when a button has appeared where another was: the second half of a double-click must
        not do the opposite of the first.
        """
        self._quiet.setRemainingTime(QApplication.doubleClickInterval())

    def display(self, view: WorkerView, at_ns: int, *, with_queues: bool = False) -> None:
        """Show `view` as it looks at `at_ns`, and what it takes from if there is a choice of queues."""
        if view != self._view or with_queues != self._with_queues:
            self._take(view, with_queues)
        lines = card_lines(self, view, at_ns)
        if lines != self._lines:
            self._lines = lines
            self.update()
        if has_task(view):
            self._show_progress(view, at_ns)

    def _take(self, view: WorkerView, with_queues: bool) -> None:
        old, self._view, self._with_queues = self._view, view, with_queues
        if old is None or (old.is_running, old.is_foreign) != (view.is_running, view.is_foreign):
            self._offer(view)
            if old is not None:
                self.wait_out_double_click()
        if old is None or old.note != view.note:
            self._offer_explanation(view.note)
        if old is None or old.worker_id != view.worker_id:
            self.setAccessibleName(view.title)
            for button in self.findChildren(QPushButton):
                button.setAccessibleName(f"{button.property('words')} {view.worker_id}")
        self.setAccessibleDescription(spoken_card(self, view, with_queues=with_queues))
        tip = self._tip(view)
        self.setToolTip(plain_tooltip(tip) if tip else "")
        self.update()

    def _tip(self, view: WorkerView) -> str:
        words = [queue_words(self, view) if self._with_queues and view.queues else ""]
        words.append(heart_words(self, view))
        if view.foreign is not None:
            words.insert(0, self.tr("{}, {}: not ours.").format(view.title, view.foreign.peer))
        return "\n".join(filter(None, words))

    def _offer(self, view: WorkerView) -> None:
        rows = (self._running_buttons, self._ended_buttons)
        shown, hidden = rows if view.is_running else reversed(rows)
        if has_focus_within(hidden) or (self._is_presenting and has_focus_within(shown)):
            # Not to a new button, which would undo what the last key did; and Qt would give it to another
            # worker's card. From here Tab leads to the new buttons.
            self.setFocus()
        # What is not ours cannot be crashed from here.
        shown.setVisible(not self._is_presenting and not view.is_foreign)
        hidden.hide()

    def _offer_explanation(self, note: str) -> None:
        is_known = explain_mistake(note) is not None
        for button in self._explain_buttons:
            if has_focus_within(button) and not is_known:
                self.setFocus()
            button.setVisible(is_known)
        self._place_buttons()

    def _show_progress(self, view: WorkerView, at_ns: int) -> None:
        fraction = view.fraction_at(at_ns)
        step, seconds = int(fraction * RING_STEPS), seconds_left(view.work_s * (1 - fraction))
        if (step, seconds) != (self._ring_step, self._seconds):
            self._ring_step, self._seconds = step, seconds
            self.update(ring_box())

    # --- the menu -------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer all that can be done to this worker."""
        self._open_menu(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the menu by its key."""
        if is_menu_key(event):
            self._open_menu(self.mapToGlobal(self.rect().center()))
        else:
            super().keyPressEvent(event)

    def _open_menu(self, position: QPoint) -> None:
        if self._view is not None and not self._view.is_foreign and not has_open_menu(self):
            worker_menu(self._view, self._wish, self).popup(position)

    def _wish(self, verb: WorkerWish) -> None:
        if self._view is not None:
            self.wished.emit(verb, self._view.worker_id)

    # --- buttons --------------------------------------------------------------------------

    def _make_buttons(self) -> None:
        names = {
            WorkerWish.CRASH: self.tr("Crash"),
            WorkerWish.STOP: self.tr("Stop"),
            WorkerWish.RESTART: self.tr("Restart"),
            WorkerWish.REMOVE: self.tr("Remove"),
        }
        tips, buttons = wish_tips(self), {}
        for verb, name in names.items():
            button = buttons[verb] = self._button(
                verb, name, "danger" if verb is WorkerWish.CRASH else "compact"
            )
            button.setToolTip(tips[verb])
            button.clicked.connect(lambda _=False, verb=verb: self._wish(verb))
        more = self._button("more", "⋯", "compact", self.tr("More for"))
        more.setToolTip(self.tr("Nack, reject, freeze… (right click, or the Menu key)"))
        more.clicked.connect(lambda: self._open_menu(more.mapToGlobal(more.rect().bottomLeft())))
        explain, explain_end = self._explain_buttons
        _fill(self._running_buttons, explain, buttons[WorkerWish.CRASH], buttons[WorkerWish.STOP], more)
        _fill(self._ended_buttons, explain_end, buttons[WorkerWish.RESTART], buttons[WorkerWish.REMOVE])

    def _explain_button(self) -> QPushButton:
        words = self.tr("What does that mean?")
        button = self._button("explain", "?", "compact", words)
        button.setToolTip(words)
        button.clicked.connect(lambda: show_mistake(self, self._view.note if self._view else ""))
        return button

    def _button(self, name: str, text: str, role: str, words: str = "") -> QPushButton:
        button = CardButton(text, self._quiet.hasExpired)
        button.setObjectName(name)
        button.setProperty("words", words or text)
        set_role(button, role)
        return button

    def _take_zoom(self) -> None:
        self.setFixedHeight(zoomed(CARD_HEIGHT))
        metrics = QFontMetrics(text_font(SMALL_SIZE, QFont.Weight.DemiBold))
        for button in self.findChildren(QPushButton):
            width = metrics.horizontalAdvance(button.text()) + zoomed(16 if button.text() == "⋯" else 20)
            button.setFixedSize(width, zoomed(CONTROL_HEIGHT))
        self._place_buttons()

    def _place_buttons(self) -> None:
        height = zoomed(CONTROL_HEIGHT)
        for row in (self._running_buttons, self._ended_buttons):
            width = row.sizeHint().width()
            top = zoomed(CARD_HEIGHT) - zoomed(BOTTOM) - height
            row.setGeometry(self.width() - zoomed(RIGHT) - width, top, width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons in the lower right corner."""
        self._place_buttons()

    # --- paint ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card; only the ring, if only that is asked for."""
        if self._view is None:
            return
        painter = QPainter(self)
        try:
            CardPainter(painter, self._theme, self.width(), self._picture(self._view)).paint(event.rect())
        finally:
            painter.end()

    def _picture(self, view: WorkerView) -> CardPicture:
        buttons = self._running_buttons if view.is_running else self._ended_buttons
        return CardPicture(
            view,
            self._lines,
            status_word(self, view),
            queue_words(self, view) if self._with_queues else "",
            tuple(card_facts(self, view)),
            self._ring_step,
            self._seconds,
            facts_box(self.width() if self._is_presenting or view.is_foreign else buttons.x()),
            self.hasFocus(),
        )


def has_focus_within(widget: QWidget) -> bool:
    """Tell whether the keyboard is, or will be when the window is active again, at `widget` or in it."""
    focus = widget.window().focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))


def _fill(row: QWidget, *buttons: QPushButton) -> None:
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(BUTTON_GAP)
    for button in buttons:
        layout.addWidget(button)
