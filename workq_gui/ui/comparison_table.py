"""What a comparison showed: a small table, and a sentence."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workq_gui.core.comparison_result import ComparisonResult, Row
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import DARK, Theme, text_font, zoomed

SENTENCE_SIZE = 15
TABLE_WIDTH, LABELS_WIDTH = 300, 160
HEIGHT = 150
"""It is as large before there are figures: the stages must not move when they come."""


class ComparisonTable(QFrame):
    """Says what is to be seen, and when both sides have ended what there was to see. GUI thread.

    Signals:
        again_requested: The user wants to see it once more.
    """

    again_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "panel")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(2)
        self._rows: list[QLabel] = []
        self._sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._sentence.setObjectName("sentence")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._state = QLabel()
        self._state.setObjectName("state")
        self._again = QPushButton(self.tr("Run again"))
        self._again.setObjectName("again")
        self._again.clicked.connect(self.again_requested)
        table = QWidget()
        table_layout = QVBoxLayout(table)
        table_layout.setContentsMargins(0, 0, 0, 0)
        table_layout.addLayout(self._grid)
        table_layout.addStretch(1)
        words = QVBoxLayout()
        words.addWidget(self._sentence, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._state, 1)
        foot.addWidget(self._again)
        words.addLayout(foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(32)
        layout.addWidget(table)
        layout.addLayout(words, 1)
        self._table = table
        self.set_theme(DARK)

    def set_theme(self, _: Theme) -> None:
        """Be as large as everything is now; the colours come from the stylesheet."""
        self._sentence.setFont(text_font(SENTENCE_SIZE))
        self._table.setMinimumWidth(zoomed(TABLE_WIDTH))
        self._grid.setColumnMinimumWidth(0, zoomed(LABELS_WIDTH))
        self.setMinimumHeight(zoomed(HEIGHT))

    def show_running(self, about: str) -> None:
        """Say what is to be seen while it runs."""
        self._fill(())
        self._tell(about, self.tr("running…"), "mute")
        self._again.setEnabled(False)

    def show_result(self, result: ComparisonResult) -> None:
        """Show the figures and what they say."""
        self._fill(result.rows)
        if result.is_as_expected:
            self._tell(result.sentence, self.tr("✓ as expected"), "ok")
        else:
            self._tell(result.sentence, self.tr("not as expected"), "warn")
        self._again.setEnabled(True)

    def show_failure(self, reason: str) -> None:
        """Say why it did not come to its end."""
        self._fill(())
        self._tell(reason, self.tr("✕ did not come to its end"), "warn")
        self._again.setEnabled(True)

    def rows(self) -> list[tuple[str, str, str]]:
        """Return what the table says, row by row."""
        texts = [label.text() for label in self._rows]
        return [(texts[at], texts[at + 1], texts[at + 2]) for at in range(0, len(texts), 3)]

    def _tell(self, sentence: str, state: str, role: str) -> None:
        self._sentence.setText(sentence)
        self._state.setText(state)
        set_role(self._state, role)

    def _fill(self, rows: tuple[Row, ...]) -> None:
        for label in self._rows:
            self._grid.removeWidget(label)
            label.deleteLater()
        self._rows = []
        if rows:
            self._add_row(0, Row("", "A", "B", decides=True))
        for number, row in enumerate(rows, 1):
            self._add_row(number, row)

    def _add_row(self, number: int, row: Row) -> None:
        for column, text in enumerate((row.label, row.a, row.b)):
            label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
            set_role(label, "heading" if row.decides else "mute-heading" if column == 0 else "")
            if column:
                label.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(label, number, column)
            self._rows.append(label)
