"""What an error means, beside the window: the broker's words, the line of pika that did it, the way out."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.mistake import Mistake
from workq_gui.core.mistakes import explain_mistake
from workq_gui.ui.labels import make_label
from workq_gui.ui.theme import zoomed

WIDTH = 560
MOST_OF_SCREEN = 0.9


def show_mistake(parent: QWidget, words: str) -> None:
    """Show what `words` mean, if that is known, instead of what was shown before. GUI thread.

    Args:
        parent: In whose window something went wrong.
        words: The broker's, pika's or the system's text, or a whole problem that holds it.
    """
    mistake = explain_mistake(words)
    if mistake is None:
        return
    window = parent.window()
    for older in window.findChildren(MistakeBox):
        older.close()
    MistakeBox(window, mistake, spoken_words(words, mistake)).show()


def spoken_words(text: str, mistake: Mistake) -> str:
    """Return the broker's own words in `text`, which may be a whole problem as it is told to a user."""
    lines = text.strip().split("\n")
    place = next((number for number, line in enumerate(lines) if mistake.pattern.search(line)), 0)
    # What begins with the broker's words is nothing but them, over as many lines as they take.
    return lines[place].strip() if place else text.strip()


class MistakeBox(QDialog):
    """Tells of one mistake, and lets the user go on meanwhile; deletes itself when closed. GUI thread."""

    def __init__(self, parent: QWidget, mistake: Mistake, words: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("What does that mean?"))
        page = QWidget()
        self._content = QVBoxLayout(page)
        self._content.setContentsMargins(24, 24, 24, 8)
        self._content.setSpacing(6)
        self._add(f"✕ {mistake.what}", "problem", "what")
        self._add_part(self.tr("What the broker, or pika, said"), words, "words", "words")
        self._add_part(self.tr("What it means"), mistake.meaning, "body", "meaning")
        self._add_part(self.tr("The line of pika that does it"), mistake.pika_line, "words", "pika_line")
        self._add_part(self.tr("The way out"), mistake.way_out, "body", "way_out")
        self._content.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(page)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 24, 24)
        layout.setSpacing(12)
        layout.addWidget(scroll)
        layout.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)
        self._take_size(page, close)
        close.setFocus()

    def _take_size(self, page: QWidget, close: QPushButton) -> None:
        """Be as high as the text is, on a screen that is large enough."""
        for widget in (close, *page.findChildren(QLabel)):
            widget.ensurePolished()
        most = self.screen().availableSize() * MOST_OF_SCREEN
        width = min(zoomed(WIDTH), most.width())
        wanted = self._content.totalHeightForWidth(width - 24) + 12 + close.sizeHint().height() + 24
        self.resize(width, min(wanted, most.height()))

    def _add_part(self, heading: str, text: str, role: str, name: str) -> None:
        self._content.addSpacing(8)
        label = self._add(heading, "heading", f"{name}_heading")
        label.setBuddy(self._add(text, role, name))

    def _add(self, text: str, role: str, name: str) -> QLabel:
        label = make_label(role, text, name=name)
        # A name of a queue may be one word of 255 letters: it must not make the box wider than the screen.
        policy = label.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        label.setSizePolicy(policy)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._content.addWidget(label)
        return label
