"""The card of one worker."""

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QDeadlineTimer, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from workq_gui.core.projections.workers import NS_PER_S, WorkerStatus, WorkerView
from workq_gui.core.tasks import count_dots, shown_text
from workq_gui.ui.card_button import CardButton
from workq_gui.ui.style import CONTROL_HEIGHT, PANEL_RADIUS, SMALL_SIZE, set_role
from workq_gui.ui.theme import DARK, Theme, kind_colour, mono_font, text_font

CARD_HEIGHT = 116
LEFT, RIGHT, BOTTOM = 18, 12, 8
RING = QRectF(18, 35, 38, 38)
RING_WIDTH = 5
RING_STEPS = 360
MAX_TICKS = 12
FRESH_NS = 6 * NS_PER_S
"""So long a crash tells its age: nobody asks for a picture when nothing has moved for some seconds."""

STATUS_COLOURS = {
    WorkerStatus.CONNECTING: "mute",
    WorkerStatus.WAITING: "mute",
    WorkerStatus.WORKING: "info",
    WorkerStatus.FINISHED: "info",
    WorkerStatus.RECONNECTING: "warn",
    WorkerStatus.CRASHED: "bad",
    WorkerStatus.STOPPED: "mute",
}
AT_WORK = (WorkerStatus.WORKING, WorkerStatus.FINISHED)
LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class _Lines:
    """The two lines in the middle of a card, and the colours they have."""

    first: str
    second: str
    first_colour: str = "mute"
    mark: str = ""  # after the second line, in the colour of what went wrong


class WorkerCard(QWidget):
    """Shows one worker, and offers what can be done to it. GUI thread.

    Signals:
        crash_requested: The user wants this worker to die; carries its WorkerId, as all of these do.
        stop_requested: The user wants it to close its connection properly.
        restart_requested: The user wants it back.
        remove_requested: The user does not want to see it any more.
    """

    crash_requested = Signal(str)
    stop_requested = Signal(str)
    restart_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._view: WorkerView | None = None
        self._lines = _Lines("", "")
        self._ring_step = -1
        self._seconds = ""
        self._quiet = QDeadlineTimer()  # until it has expired, the buttons take no press of the mouse
        self.setFixedHeight(CARD_HEIGHT)
        self.setMinimumWidth(288)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._running_buttons = QWidget(self)
        self._ended_buttons = QWidget(self)
        self._make_buttons()
        self._ended_buttons.hide()

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(340, CARD_HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`."""
        self._theme = theme
        self.update()

    def wait_out_double_click(self) -> None:
        """Take no press of the mouse for as long as a double-click lasts.

        To be called when a button has appeared where another was: the second half of a double-click must
        not do the opposite of the first.
        """
        self._quiet.setRemainingTime(QApplication.doubleClickInterval())

    def display(self, view: WorkerView, at_ns: int) -> None:
        """Show `view` as it looks at `at_ns`."""
        if view != self._view:
            self._take(view)
        lines = self._lines_at(view, at_ns)
        if lines != self._lines:
            self._lines = lines
            self.update()
        if view.status in AT_WORK:
            self._show_progress(view, at_ns)

    def _take(self, view: WorkerView) -> None:
        old, self._view = self._view, view
        if old is None or old.is_running != view.is_running:
            self._offer(view.is_running)
            if old is not None:
                self.wait_out_double_click()
        if old is None or old.worker_id != view.worker_id:
            self.setAccessibleName(view.worker_id)
            for button in self.findChildren(QPushButton):
                button.setAccessibleName(f"{button.text()} {view.worker_id}")
        self.setAccessibleDescription(self._spoken(view))
        self.update()

    def _offer(self, is_running: bool) -> None:
        rows = (self._running_buttons, self._ended_buttons)
        shown, hidden = rows if is_running else reversed(rows)
        if has_focus_within(hidden):
            # Not to a new button, which would undo what the last key did; and Qt would give it to another
            # worker's card. From here Tab leads to the new buttons.
            self.setFocus()
        shown.show()
        hidden.hide()

    def _show_progress(self, view: WorkerView, at_ns: int) -> None:
        fraction = view.fraction_at(at_ns)
        step, seconds = int(fraction * RING_STEPS), seconds_left(view.work_s * (1 - fraction))
        if (step, seconds) != (self._ring_step, self._seconds):
            self._ring_step, self._seconds = step, seconds
            self.update(RING.toAlignedRect().adjusted(-4, -4, 4, 4))

    # --- words ----------------------------------------------------------------------------

    def _lines_at(self, view: WorkerView, at_ns: int) -> _Lines:
        match view.status:
            case WorkerStatus.WORKING | WorkerStatus.FINISHED:
                held = self.tr("un-acked · tag {}").format(view.delivery_tag)
                mark = self.tr("↻ redelivered") if view.redelivered else ""
                return _Lines(shown_text(view.text), held, "ink", mark)
            case WorkerStatus.WAITING:
                return _Lines(self.tr("waiting for a task"), "")
            case WorkerStatus.CONNECTING:
                return _Lines(self.tr("connecting to the broker…"), "")
            case WorkerStatus.RECONNECTING:
                return _Lines(view.note or self.tr("connection lost"), self._went_back(view), "warn")
            case WorkerStatus.CRASHED:
                return _Lines(
                    self._cut(at_ns - view.since_ns),
                    self._went_back(view) or self.tr("it held no task"),
                    "bad",
                )
            case WorkerStatus.STOPPED:
                return _Lines(view.note or self.tr("connection closed properly"), self._went_back(view))

    def _cut(self, age_ns: int) -> str:
        if age_ns < FRESH_NS:
            return self.tr("connection cut {:.1f} s ago").format(max(0, age_ns) / NS_PER_S)
        return self.tr("connection cut, with no goodbye")

    def _went_back(self, view: WorkerView) -> str:
        if view.requeued_count == 0:
            return ""
        if view.requeued_count == 1:
            return self.tr("1 task went back to the queue")
        return self.tr("{} tasks went back to the queue").format(view.requeued_count)

    def _facts(self, view: WorkerView) -> tuple[str, str]:
        done = self.tr("{:,} done").format(view.acked_count)
        if not view.prefetch_count:  # not known before the first consume-ok
            return done, self.tr("manual ack")
        return done, self.tr("prefetch {} · manual ack").format(view.prefetch_count)

    def _spoken(self, view: WorkerView) -> str:
        lines = self._lines_at(view, view.since_ns)
        # How long ago changes ten times a second: a screen reader would never end.
        first = self.tr("connection cut") if view.status is WorkerStatus.CRASHED else lines.first
        words = (status_word(self, view.status), first, lines.second, lines.mark, *self._facts(view))
        return ", ".join(word for word in words if word)

    # --- buttons --------------------------------------------------------------------------

    def _make_buttons(self) -> None:
        crash = self._button("crash", self.tr("Crash"), "danger")
        crash.setToolTip(
            self.tr("Cut the TCP connection with no AMQP goodbye, as when the process is killed.")
        )
        stop = self._button("stop", self.tr("Stop"))
        stop.setToolTip(
            self.tr("Close the connection properly (connection.close). An un-acked task goes back too.")
        )
        restart = self._button("restart", self.tr("Restart"))
        restart.setToolTip(self.tr("Connect again, and consume from the queue (basic.consume)."))
        remove = self._button("remove", self.tr("Remove"))
        remove.setToolTip(self.tr("Take this card away. Its connection has ended already."))
        for button, signal in (
            (crash, self.crash_requested),
            (stop, self.stop_requested),
            (restart, self.restart_requested),
            (remove, self.remove_requested),
        ):
            button.clicked.connect(lambda _=False, signal=signal: signal.emit(self._worker_id))
        _fill(self._running_buttons, crash, stop)
        _fill(self._ended_buttons, restart, remove)

    def _button(self, name: str, text: str, role: str = "compact") -> QPushButton:
        button = CardButton(text, self._quiet.hasExpired)
        button.setObjectName(name)
        set_role(button, role)
        metrics = QFontMetrics(text_font(SMALL_SIZE, QFont.Weight.DemiBold))
        button.setFixedSize(metrics.horizontalAdvance(text) + 24, CONTROL_HEIGHT)
        return button

    @property
    def _worker_id(self) -> str:
        return self._view.worker_id if self._view else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons in the lower right corner."""
        for row in (self._running_buttons, self._ended_buttons):
            width = row.sizeHint().width()
            row.setGeometry(
                self.width() - RIGHT - width, CARD_HEIGHT - BOTTOM - CONTROL_HEIGHT, width, CONTROL_HEIGHT
            )

    # --- paint ----------------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the focus is here. Qt repaints only what Tab or a click can reach."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus is not here any more."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card; only the ring, if only that is asked for."""
        if self._view is None:
            return
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_frame(painter, self._view)
            if self._view.status in AT_WORK:
                self._paint_ring(painter, self._view)
            if not RING.adjusted(-5, -5, 5, 5).contains(QRectF(event.rect())):
                self._paint_words(painter, self._view)
        finally:
            painter.end()

    def _paint_frame(self, painter: QPainter, view: WorkerView) -> None:
        token, width = self._frame_line(view)
        painter.setPen(QPen(self._theme.colour(token), width))
        painter.setBrush(self._theme.colour("card"))
        inset = width / 2
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), PANEL_RADIUS, PANEL_RADIUS
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(STATUS_COLOURS[view.status]))
        painter.drawRoundedRect(QRectF(0, 12, 5, CARD_HEIGHT - 24), 2.5, 2.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _frame_line(self, view: WorkerView) -> tuple[str, int]:
        """Return the colour and the width of the frame. The pill says too that a worker has crashed."""
        if self.hasFocus():
            return "ink", 2  # the accent is too much like the red of a crash
        return ("bad", 2) if view.status is WorkerStatus.CRASHED else ("line", 1)

    def _paint_ring(self, painter: QPainter, view: WorkerView) -> None:
        circle = RING.adjusted(2, 2, -2, -2)
        is_finished = view.status is WorkerStatus.FINISHED
        painter.setPen(QPen(self._theme.colour("line"), RING_WIDTH))
        painter.drawEllipse(circle)
        colour = self._theme.colour("info") if is_finished else kind_colour(view.text)
        length = -round(self._ring_step * 16 * 360 / RING_STEPS)
        if not self._theme.is_dark and length:  # some kinds are too pale for a white card without an outline
            painter.setPen(QPen(self._theme.colour("ink"), RING_WIDTH + 1, c=Qt.PenCapStyle.FlatCap))
            painter.drawArc(circle, 90 * 16, length)
        painter.setPen(QPen(colour, RING_WIDTH, c=Qt.PenCapStyle.FlatCap))
        painter.drawArc(circle, 90 * 16, length)
        self._paint_ticks(painter, view, circle)
        painter.setPen(self._theme.colour("ink"))
        painter.setFont(text_font(11, QFont.Weight.DemiBold))
        painter.drawText(RING, Qt.AlignmentFlag.AlignCenter, self._seconds)

    def _paint_ticks(self, painter: QPainter, view: WorkerView, circle: QRectF) -> None:
        """Cut the ring where one dot ends and the next begins."""
        dots = count_dots(view.text)
        if not 1 < dots <= MAX_TICKS:
            return
        painter.setPen(QPen(self._theme.colour("card"), 1.5))
        radius = circle.width() / 2
        painter.save()
        painter.translate(circle.center())
        for _ in range(dots):
            painter.drawLine(QPointF(0, -radius - 3), QPointF(0, -radius + 3))
            painter.rotate(360 / dots)
        painter.restore()

    def _paint_words(self, painter: QPainter, view: WorkerView) -> None:
        pill_left = self._paint_pill(painter, status_word(self, view.status), STATUS_COLOURS[view.status])
        name = text_font(14, QFont.Weight.Bold)
        self._text(painter, QRect(LEFT, 10, pill_left - LEFT - 8, 22), view.worker_id, name, "ink")
        is_at_work = view.status in AT_WORK
        left = int(RING.right()) + 12 if is_at_work else LEFT
        width = self.width() - left - RIGHT
        lines, small = self._lines, text_font(SMALL_SIZE)
        first_font = mono_font(13) if is_at_work else text_font(13)
        self._text(painter, QRect(left, 36, width, 18), lines.first, first_font, lines.first_colour)
        self._text(painter, QRect(left, 54, width, 18), lines.second, small, "mute")
        if lines.mark:
            offset = QFontMetrics(small).horizontalAdvance(lines.second) + 12
            self._text(painter, QRect(left + offset, 54, width - offset, 18), lines.mark, small, "bad")
        self._paint_facts(painter, view)

    def _paint_facts(self, painter: QPainter, view: WorkerView) -> None:
        buttons = self._running_buttons if view.is_running else self._ended_buttons
        box = QRect(LEFT, buttons.y(), buttons.x() - LEFT - 8, CONTROL_HEIGHT)
        font = text_font(11)
        facts = self._facts(view)
        line = " · ".join(facts)
        if QFontMetrics(font).horizontalAdvance(line) <= box.width():
            self._text(painter, box, line, font, "mute")
            return
        half = CONTROL_HEIGHT // 2
        self._text(painter, QRect(box.x(), box.y(), box.width(), half), facts[0], font, "mute")
        self._text(painter, QRect(box.x(), box.y() + half, box.width(), half), facts[1], font, "mute")

    def _paint_pill(self, painter: QPainter, word: str, token: str) -> int:
        font = text_font(11, QFont.Weight.DemiBold)
        width = QFontMetrics(font).horizontalAdvance(word) + 24
        box = QRectF(self.width() - RIGHT - width, 10, width, 22)
        painter.setPen(QPen(self._theme.colour(token), 1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 11, 11)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
        return int(box.left())

    def _text(self, painter: QPainter, box: QRect, text: str, font: QFont, token: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colour(token)))
        elided = QFontMetrics(font).elidedText(_one_line(text), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, LEFT_MIDDLE, elided)


def has_focus_within(widget: QWidget) -> bool:
    """Tell whether the keyboard is, or will be when the window is active again, at `widget` or in it."""
    focus = widget.window().focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))


def status_word(widget: QWidget, status: WorkerStatus) -> str:
    """Return `status` in a word of the user's language."""
    return {
        WorkerStatus.CONNECTING: widget.tr("connecting"),
        WorkerStatus.WAITING: widget.tr("waiting"),
        WorkerStatus.WORKING: widget.tr("working"),
        WorkerStatus.FINISHED: widget.tr("finished"),
        WorkerStatus.RECONNECTING: widget.tr("reconnecting"),
        WorkerStatus.CRASHED: widget.tr("✕ crashed"),
        WorkerStatus.STOPPED: widget.tr("stopped"),
    }[status]


def seconds_left(seconds: float) -> str:
    """Return `seconds` for the middle of a ring: whole ones, tenths for the last one."""
    return f"{seconds:.1f} s" if 0.05 <= seconds < 1 else f"{max(0, ceil(seconds - 0.05))} s"


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def _fill(row: QWidget, *buttons: QPushButton) -> None:
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for button in buttons:
        layout.addWidget(button)
