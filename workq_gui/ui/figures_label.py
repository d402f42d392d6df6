"""What it all came to, in one line."""

from collections.abc import Sequence

from PySide6.QtCore import QDeadlineTimer, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from workq_gui.core.figures import fairness_words, summary
from workq_gui.core.follower import Follower
from workq_gui.core.playhead import Playhead
from workq_gui.core.projections.busy_shares import BusyShare, BusyShares
from workq_gui.core.session import Session
from workq_gui.ui.style import plain_tooltip, set_role

PAUSE_MS = 250
"""Between two lines: nobody reads faster."""


class FiguresLabel(QLabel):
    """Tells of the moment that is shown: tasks, lost, redelivered, fairness. GUI thread."""

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self.setObjectName("figures")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_role(self, "mute")
        self._session: Session | None = None
        self._shares: Follower[BusyShares] | None = None
        self._shown: tuple[int, int, bool] | None = None
        self._quiet = QDeadlineTimer()

    @property
    def catching_up(self) -> bool:
        """Whether the fairness is not that of all events yet."""
        return self._shares is not None and not self._shares.is_up_to_date

    def display(self, playhead: Playhead, session: Session) -> None:
        """Tell what `session` came to by the moment of `playhead`; not too often."""
        if session is not self._session:
            self._session, self._shown = session, None
            self._shares = Follower(session.history, BusyShares)
        assert self._shares is not None
        self._shares.catch_up()
        shown = (
            playhead.state.applied_count,
            playhead.at_ns // 100_000_000,
            self._shares.is_up_to_date,
        )
        if shown == self._shown or (self._shown is not None and not self._quiet.hasExpired()):
            return
        self._shown = shown
        self._quiet.setRemainingTime(PAUSE_MS)
        shares = self._shares.projection.until(playhead.at_ns)
        self.setText(summary(playhead.state, shares))
        self.setToolTip(plain_tooltip(self._fairness_tip(shares)))

    def _fairness_tip(self, shares: Sequence[BusyShare]) -> str:
        words = self.tr("Fairness {}.").format(fairness_words(shares))
        if len(shares) < 2:
            return words
        meaning = self.tr(
            "Jain's index of the seconds that each of the {} workers was busy: 1.00 if all were busy equally "
            "long, {:.2f} if one did everything."
        )
        return f"{words}\n{meaning.format(len(shares), 1 / len(shares))}"
