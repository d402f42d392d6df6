"""The doctor's window: that an examination is under way, what was found, and the ways out."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

from workq_gui.core.doctor_report import Demonstrable, DoctorReport, Finding, FindingState
from workq_gui.ui.doctor_window import DoctorWindow

MARKUP = "<b>541</b> &amp; word"
REPORT = DoctorReport(
    "amqp://h:5672",
    "RabbitMQ 4.3.6",
    (
        Finding("alarms", FindingState.OK, "none"),
        Finding("transient queues", FindingState.BAD, MARKUP, "It is refused.", "Permit it."),
    ),
    (Demonstrable("Quorum queues", True), Demonstrable("Restart the broker", False, "not ours")),
)


@pytest.fixture
def window(qtbot):
    widget = DoctorWindow()
    widget.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def texts(window) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def button(window, name: str) -> QPushButton:
    return window.findChild(QPushButton, name)


def test_progress_is_told_and_nothing_can_be_asked_meanwhile(window):
    window.show_progress("amqp://h:5672")
    assert "Examining…" in texts(window)
    assert window.findChild(QProgressBar).isVisible()
    assert not button(window, "again").isEnabled()
    assert not button(window, "copy").isEnabled()


def test_each_finding_is_shown_with_a_sign_a_word_the_brokers_words_and_the_way_out(window):
    window.show_progress("amqp://h:5672")
    window.display(REPORT)
    shown = texts(window)
    for text in (
        "RabbitMQ 4.3.6",
        "1 thing to look at.",
        "✕  problem",
        "✓  ok",
        MARKUP,
        "It is refused.",
        "→ Permit it.",
    ):
        assert text in shown
    assert not window.findChild(QProgressBar).isVisible()
    assert shown.index("transient queues") < shown.index("alarms")


def test_the_brokers_words_are_never_taken_for_markup(window):
    window.display(REPORT)
    assert {label.textFormat() for label in window.findChildren(QLabel)} == {Qt.TextFormat.PlainText}


def test_what_can_be_shown_is_told_in_words_too(window):
    window.display(REPORT)
    shown = texts(window)
    for text in ("Quorum queues", "✓  yes", "Restart the broker", "✕  no", "not ours"):
        assert text in shown


def test_it_can_be_copied_and_asked_for_again(window, qtbot):
    window.display(REPORT)
    qtbot.mouseClick(button(window, "copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == REPORT.as_text()
    with qtbot.waitSignal(window.examine_requested):
        qtbot.mouseClick(button(window, "again"), Qt.MouseButton.LeftButton)


def test_long_words_are_wrapped_and_never_make_it_scroll_sideways(window):
    long = Finding("queue " + "q" * 80, FindingState.WARN, "word " * 200, "meaning " * 50, "way " * 50)
    window.display(DoctorReport("amqp://h", "P", (long,) * 5))
    assert window.findChild(QLabel, "product").text() == "P"
    scroll = window._scroll
    assert scroll.horizontalScrollBar().maximum() == 0
