"""A task's whole life: a window of its own."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QLabel, QSizePolicy, QVBoxLayout, QWidget

from workq_gui.core import events as e
from workq_gui.core import foreign_events as f
from workq_gui.core.event_kinds import GROUPS, Group, is_verdict
from workq_gui.core.events import Event, TaskId
from workq_gui.core.follower import Follower
from workq_gui.core.playhead import Playhead
from workq_gui.core.projections.foreign_lines import called
from workq_gui.core.session import Session
from workq_gui.core.task_life import Phase, Step, TaskLife, step_sentence
from workq_gui.core.tasks import count_dots, shown_text
from workq_gui.ui.event_words import duration_words, one_plain_line, time_words, whose_words
from workq_gui.ui.style import plain_tooltip, set_role
from workq_gui.ui.task_life_rows import Form, LifeRow, LifeRows
from workq_gui.ui.theme import Theme, zoomed

SIZE = (820, 560)
CATCH_UP_MS = 4
"""So long a frame reads what happened before."""
LATE_FRAME_MS = 24
REFRESH_NS = 100_000_000
WORTH_TELLING_NS = 1_000_000
TITLE_LENGTH = 80
GOOD = frozenset({e.TaskConfirmed, e.TaskAcked, f.ForeignAcked})
"""What is as one wants it; see also `Group.TROUBLE`."""


class TaskLifeWindow(QDialog):
    """Shows both lifelines of one task, and how long each part of them took. GUI thread.

    It reads the history while it is open, some milliseconds a frame, and costs nothing when it is closed.

    Signals:
        seek_requested: The picture is to show the moment of a step; carries nanoseconds.
    """

    seek_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("A task's whole life"))
        self._task_id: TaskId | None = None
        self._shown: tuple[Playhead, Session] | None = None
        self._follower: Follower[TaskLife] | None = None
        self._painted: object = None
        self._title = self._label("life_title", "title")
        self._facts = self._label("life_facts", "mono")
        self._totals = self._label("life_totals", "heading")
        self._note = self._label("life_note", "mute")
        self._rows = LifeRows()
        self._rows.seek_requested.connect(self.seek_requested)
        # Who shows us frame by frame starts it anew each time: it goes on where no frames come.
        self._late_frame = QTimer(self, interval=LATE_FRAME_MS, singleShot=True)
        self._late_frame.timeout.connect(self._show_again)
        self._lay_out()
        self.resize(zoomed(SIZE[0]), zoomed(SIZE[1]))

    @property
    def catching_up(self) -> bool:
        """Whether there is more to read than was read so far."""
        return self.isVisible() and self._follower is not None and not self._follower.is_up_to_date

    def show_task(self, task_id: str) -> None:
        """Show the life of a task, and the window in front of the others."""
        self._task_id, self._follower = TaskId(task_id), None
        self.show()
        self.activateWindow()
        self._show_again()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._rows.set_theme(theme)

    def display(self, playhead: Playhead, session: Session) -> None:
        """Show the task in `session`, with the moment of `playhead`; costs nothing while it is hidden."""
        is_other = self._shown is None or self._shown[1] is not session
        self._shown = (playhead, session)
        if not self.isVisible() or self._task_id is None:
            return
        if is_other or self._follower is None:
            self._follower = Follower(session.history, partial(TaskLife, self._task_id))
            self._painted = None
        self._catch_up(self._follower)
        life = self._follower.projection
        latest = -1 if playhead.is_live else _latest_ns(life, playhead.at_ns)
        now_ns = playhead.now_ns if life.phase is not Phase.NONE else 0  # it goes on, and is measured
        painted = (len(life.publishing), len(life.working), latest, self.catching_up, now_ns // REFRESH_NS)
        if painted != self._painted:
            self._painted = painted
            self._show(life, session, playhead.now_ns, latest)
        if self.catching_up:
            self._late_frame.start()

    def _catch_up(self, follower: Follower[TaskLife]) -> None:
        clock = QElapsedTimer()
        clock.start()
        while follower.catch_up() and clock.elapsed() < CATCH_UP_MS:
            pass

    def _show_again(self) -> None:
        if self._shown is not None:
            self.display(*self._shown)

    # --- words ------------------------------------------------------------------------------

    def _show(self, life: TaskLife, session: Session, now_ns: int, latest_ns: int) -> None:
        """Show it all; `latest_ns` is the moment of the latest step that the picture shows, -1 for now."""
        text = one_plain_line(shown_text(life.text)) or self.tr("(text not known)")
        self._title.setText(text if len(text) <= TITLE_LENGTH else text[:TITLE_LENGTH] + "…")
        self._title.setToolTip(plain_tooltip(text))
        self._facts.setText(self._facts_words(life))
        self._totals.setText(self._totals_words(life, now_ns))
        note = self._note_words(session, life)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        rows = self._lane(self.tr("Producer"), life.publishing, session, latest_ns)
        rows += self._lane(self.tr("Queue and workers"), life.working, session, latest_ns)
        rows += self._going_on(life, now_ns)
        self._rows.display(rows)

    def _facts_words(self, life: TaskLife) -> str:
        tr = self.tr
        parts = [tr("message_id {}").format(one_plain_line(life.task_id))]
        if life.text:
            dots = count_dots(life.text)
            parts.append(tr("1 dot") if dots == 1 else tr("{} dots").format(dots))
        if life.queue:
            parts.append(tr("queue {}").format(one_plain_line(life.queue)))
        if life.is_persistent is not None:
            parts.append(tr("persistent") if life.is_persistent else tr("transient"))
        sent = life.published
        if sent is not None:
            parts.append(tr("{:,} bytes").format(sent.body_size))
            parts.append(tr("mandatory") if sent.mandatory else tr("not mandatory"))
            if not sent.confirms:
                parts.append(tr("without confirms"))
        return " · ".join(parts)

    def _totals_words(self, life: TaskLife, at_ns: int) -> str:
        tr, parts = self.tr, []
        times = life.deliveries
        parts.append(tr("delivered once") if times == 1 else tr("delivered {} times").format(times))
        for phase, words in (
            (Phase.READY, tr("{} ready in the queue")),
            (Phase.HELD, tr("{} with a worker that was busy")),
            (Phase.WORK, tr("{} of work")),
            (Phase.FOREIGN, tr("{} with somebody else's worker")),
        ):
            spent_ns = life.spent_ns(phase, at_ns)
            if spent_ns:
                parts.append(words.format(duration_words(spent_ns)))
        if life.lost_work_ns:
            parts.append(tr("{} of it for nothing").format(duration_words(life.lost_work_ns)))
        return " · ".join(parts)

    def _note_words(self, session: Session, life: TaskLife) -> str:
        if self.catching_up:
            return self.tr("Reading what happened…")
        if session.history.first and not life.publishing:
            return self.tr("What happened before is in the recording only.")
        return "" if life.is_known else self.tr("Nothing is known of this task.")

    def _lane(self, heading: str, steps: Sequence[Step], session: Session, latest_ns: int) -> list[LifeRow]:
        rows = [LifeRow(Form.HEADING, heading)] if steps else []
        for step in steps:
            if step.phase is not Phase.NONE and step.passed_ns >= WORTH_TELLING_NS:
                words = self._duration(step.phase, step.passed_ns, step.with_worker)
                rows.append(LifeRow(Form.DURATION, words))
            is_shown = latest_ns < 0 or step.at_ns <= latest_ns
            words = one_plain_line(step_sentence(step, session.board))
            rows.append(_row(step, words, is_shown=is_shown, is_mark=step.at_ns == latest_ns))
        return rows

    def _going_on(self, life: TaskLife, now_ns: int) -> list[LifeRow]:
        """Return what it goes through now, if that is measured."""
        if life.phase is Phase.NONE:
            return []
        worker = "" if life.phase is Phase.READY else life.worker
        words = self._duration(life.phase, max(0, now_ns - life.since_ns), worker)
        return [LifeRow(Form.DURATION, self.tr("{} so far").format(words))]

    def _duration(self, phase: Phase, ns: int, with_worker: str) -> str:
        tr = self.tr
        words = {
            Phase.SENDING: tr("{} until it could be sent"),
            Phase.CONFIRMING: tr("{} until the broker's word"),
            Phase.READY: tr("{} ready in the queue"),
            Phase.HELD: tr("{} with {who}, which was busy"),
            Phase.WORK: tr("{} of work on {who}"),
            Phase.UNACKED: tr("{} finished, and not acked"),
            Phase.FOREIGN: tr("{} with {who}"),
        }[phase]
        return words.format(duration_words(ns), who=one_plain_line(called(with_worker)))

    # --- how --------------------------------------------------------------------------------

    def _label(self, name: str, role: str) -> QLabel:
        label = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        label.setObjectName(name)
        # A long word must not make the window wider.
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(label, role)
        return label

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        for label in (self._title, self._facts, self._totals, self._note):
            layout.addWidget(label)
        layout.addWidget(self._rows, 1)
        hint = QLabel(self.tr("A click on a step, or Enter, shows its moment on the stage."))
        set_role(hint, "mute")
        layout.addWidget(hint)


def _latest_ns(life: TaskLife, at_ns: int) -> int:
    """Return the moment of the latest step up to `at_ns`; 0 if there is none."""
    return max((step.at_ns for step in (*life.publishing, *life.working) if step.at_ns <= at_ns), default=0)


def _row(step: Step, words: str, *, is_shown: bool, is_mark: bool) -> LifeRow:
    form = Form.CONCLUDED
    if step.event is not None:
        form = Form.VERDICT if is_verdict(step.event) else Form.FACT
    return LifeRow(
        form,
        words,
        step.name,
        whose_words(step.who),
        time_words(step.at_ns),
        step.at_ns,
        _token(step.event),
        is_shown,
        is_mark,
    )


def _token(event: Event | None) -> str:
    if type(event) in GROUPS[Group.TROUBLE]:
        return "bad"
    return "ok" if type(event) in GOOD else "mute"
