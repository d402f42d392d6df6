"""The whole of one frame: each field with its meaning, the body, and the bytes."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QFont,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QTextEdit, QVBoxLayout, QWidget

from workq_gui.core.wire import FrameType, WireFrame
from workq_gui.ui.event_words import one_plain_line
from workq_gui.ui.style import SMALL_SIZE, set_role
from workq_gui.ui.theme import DARK, Theme, mono_font, text_font, zoomed
from workq_gui.ui.wire_words import direction_words, field_meaning, method_meaning, wire_time_words

BYTES_PER_LINE = 16
FRAME_HEADER_BYTES = 7
FIELD_INDENT = 16
PAD = 12
TYPE_WORDS = {
    FrameType.METHOD: "method",
    FrameType.HEADER: "content header",
    FrameType.BODY: "content body",
    FrameType.HEARTBEAT: "heartbeat",
}
"""What the first byte of a frame says, in the words of AMQP 0-9-1."""


class WireDetails(QFrame):
    """Tells all of one frame, and of the content that belongs to it. GUI thread.

    All of it is inserted as plain text: what is in a message is no markup.

    Signals:
        closed: The user is done with it.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[WireFrame, ...] = ()
        self._title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._title.setObjectName("wire_title")
        set_role(self._title, "heading")
        self._close = QPushButton("✕")
        self._close.setAccessibleName(self.tr("Close the frame"))
        self._close.setToolTip(self.tr("Close the frame (Esc)."))
        set_role(self._close, "icon")
        self._close.clicked.connect(self.closed)
        self._text = _Text()
        self._text.setAccessibleName(self.tr("The frame"))
        self._text.left.connect(self.closed)
        self._header = QHBoxLayout()
        self._header.addWidget(self._title, 1)
        self._header.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._header)
        layout.addWidget(self._text, 1)
        self.set_theme(DARK)

    @property
    def text(self) -> str:
        """All that it says."""
        return self._text.toPlainText()

    def set_theme(self, theme: Theme) -> None:
        """Write in the colours of `theme`, at the zoom of now."""
        self._formats = {
            "text": _format(text_font(SMALL_SIZE), theme, "ink"),
            "heading": _format(text_font(SMALL_SIZE, QFont.Weight.DemiBold), theme, "ink"),
            "mute": _format(text_font(SMALL_SIZE), theme, "mute"),
            "mono": _format(mono_font(SMALL_SIZE), theme, "ink"),
            "bytes": _format(mono_font(11), theme, "ink"),
            "part": _format(mono_font(11), theme, "mute"),
            "bad": _format(text_font(SMALL_SIZE), theme, "bad"),
        }
        self._line_pen = QPen(theme.colour("line"), theme.line_width)
        self._header.setContentsMargins(zoomed(PAD), zoomed(2), zoomed(8), zoomed(2))
        self._text.setViewportMargins(zoomed(PAD), 0, 0, 0)
        self._close.setFixedSize(zoomed(26), zoomed(26))
        shown, self._shown = self._shown, ()
        self.show_frames(shown)

    def show_frames(self, frames: Sequence[WireFrame]) -> None:
        """Show the first of `frames`, with the others as its content."""
        if tuple(frames) == self._shown:
            return
        self._shown = tuple(frames)
        self._text.clear()
        if not frames:
            return
        first = frames[0]
        self._title.setText(first.name)
        cursor = QTextCursor(self._text.document())
        cursor.beginEditBlock()
        for number, frame in enumerate(frames):
            self._write_frame(cursor, frame, is_first=number == 0)
        for frame in frames:
            self._write_bytes(cursor, frame)
        cursor.endEditBlock()
        self._text.moveCursor(QTextCursor.MoveOperation.Start)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Set it off from what is left of it."""
        painter = QPainter(self)
        painter.setPen(self._line_pen)
        painter.drawLine(0, 0, 0, self.height())
        painter.end()

    # --- how --------------------------------------------------------------------------------

    def _write_frame(self, cursor: QTextCursor, frame: WireFrame, *, is_first: bool) -> None:
        self._line(cursor, (method_meaning(frame), "text") if is_first else (frame.name, "heading"))
        words = self.tr("{} s · {} {} · channel {} · {:,} bytes").format(
            wire_time_words(frame.at_ns),
            one_plain_line(frame.owner),
            direction_words(frame),
            frame.channel,
            frame.size_bytes,
        )
        self._line(cursor, (words, "mute"))
        if frame.problem:
            self._line(cursor, (frame.problem, "bad"))
        for name, value in (*frame.arguments, *frame.properties):
            meaning = field_meaning(frame.name, name)
            told = ((f"  {meaning}", "mute"),) if meaning else ()
            self._line(cursor, (f"{name}=", "part"), (value, "mono"), *told, indent=FIELD_INDENT)
        if frame.frame_type is FrameType.BODY:
            self._line(cursor, (frame.body, "mono"), indent=FIELD_INDENT)

    def _write_bytes(self, cursor: QTextCursor, frame: WireFrame) -> None:
        self._line(cursor, (self.tr("Bytes: {}").format(frame.name), "heading"))
        for name, values, words in byte_parts(frame):
            self._line(cursor, (f"{name:8}", "part"), (f"{values} ", "bytes"), (words, "part"))

    def _line(self, cursor: QTextCursor, *runs: tuple[str, str], indent: int = 0) -> None:
        block = QTextBlockFormat()
        block.setLeftMargin(zoomed(indent))
        block.setTextIndent(-zoomed(indent))
        if runs[0][1] == "heading":
            block.setTopMargin(zoomed(8))
        if self._text.document().isEmpty():
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)
        for words, form in runs:
            cursor.insertText(words, self._formats[form])


def byte_parts(frame: WireFrame) -> Iterator[tuple[str, str, str]]:
    """Yield the parts of a frame: name, bytes in hexadecimal, and what they say."""
    raw = frame.raw
    if frame.frame_type not in TYPE_WORDS:
        yield from _payload_lines("", raw)
        return
    yield "type", raw[:1].hex(), TYPE_WORDS[frame.frame_type]
    yield "channel", raw[1:3].hex(" "), str(frame.channel)
    payload_bytes = frame.size_bytes - FRAME_HEADER_BYTES - 1
    yield "size", raw[3:7].hex(" "), f"{payload_bytes:,} bytes"
    yield from _payload_lines("payload", raw[FRAME_HEADER_BYTES : FRAME_HEADER_BYTES + payload_bytes])
    if len(raw) == frame.size_bytes:
        yield "end", raw[-1:].hex(), "as every frame ends"
    else:
        yield "", "…", f"{frame.size_bytes - len(raw):,} bytes more, and the end, ce"


def _payload_lines(name: str, payload: bytes) -> Iterator[tuple[str, str, str]]:
    for at in range(0, len(payload), BYTES_PER_LINE):
        part = payload[at : at + BYTES_PER_LINE]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
        yield name if at == 0 else "", f"{part.hex(' '):{3 * BYTES_PER_LINE - 1}}", shown


def _format(font: QFont, theme: Theme, token: str) -> QTextCharFormat:
    result = QTextCharFormat()
    result.setFont(font)
    result.setForeground(theme.colour(token))
    return result


class _Text(QTextEdit):
    """Text to be read, selected and copied.

    Signals:
        left: Escape was pressed.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
