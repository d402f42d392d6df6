import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QWidget

from tests.core.story import W1
from workq_gui.core.mistakes import MISTAKES
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.ui.boxes import tell
from workq_gui.ui.mistake_box import MistakeBox, show_mistake
from workq_gui.ui.theme import set_zoom
from workq_gui.ui.worker_card import WorkerCard

DOUBLE_ACK = "406 PRECONDITION_FAILED - unknown delivery tag 3"
PROBLEM = (
    "The queue hello cannot be used.\n  404 NOT_FOUND - no queue 'hello' in vhost '/'\nThe channel is closed."
)

pytestmark = pytest.mark.qt_log_ignore("does not support raise")


@pytest.fixture
def window(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    yield widget
    for box in widget.findChildren(MistakeBox):
        box.close()  # above all that later tests show


def shown(window) -> MistakeBox:
    (box,) = [box for box in window.findChildren(MistakeBox) if box.isVisible()]
    return box


def words_of(box, name: str) -> str:
    return box.findChild(QLabel, name).text()


def test_it_tells_what_was_said_what_it_means_who_did_it_and_the_way_out(window):
    show_mistake(window, DOUBLE_ACK)
    box = shown(window)
    assert words_of(box, "what").startswith("✕ The worker acked delivery 3,")
    assert words_of(box, "words") == DOUBLE_ACK
    assert "auto_ack=True" in words_of(box, "meaning")
    assert words_of(box, "pika_line").startswith("ch.basic_ack(")
    assert words_of(box, "way_out").startswith("Ack each delivery once")


def test_the_window_can_be_used_meanwhile_and_the_words_can_be_selected(window):
    show_mistake(window, DOUBLE_ACK)
    box = shown(window)
    assert not box.isModal()
    for label in box.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
        assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse


def test_of_a_whole_problem_only_the_brokers_words_are_quoted(window):
    show_mistake(window, PROBLEM)
    assert words_of(shown(window), "words") == "404 NOT_FOUND - no queue 'hello' in vhost '/'"


def test_words_of_several_lines_are_quoted_in_full(window):
    (example,) = [one.example for one in MISTAKES if one.name == "transient queue that is denied"]
    show_mistake(window, example)
    assert words_of(shown(window), "words") == example


def test_a_new_one_takes_the_place_of_the_last(window):
    show_mistake(window, DOUBLE_ACK)
    show_mistake(window, PROBLEM)
    assert words_of(shown(window), "what") == "✕ There is no queue hello."


def test_for_words_that_nobody_knows_nothing_is_shown(window):
    show_mistake(window, "internal error, see the log")
    assert not window.findChildren(MistakeBox)


@pytest.mark.parametrize("zoom", [1.0, 2.0])
@pytest.mark.parametrize("words", [DOUBLE_ACK, f"404 NOT_FOUND - no queue '{'q' * 255}' in vhost '/'"])
def test_it_fits_on_the_screen_whatever_it_tells(window, words, zoom):
    set_zoom(zoom)
    show_mistake(window, words)
    box, screen = shown(window), window.screen().availableSize()
    assert box.width() <= screen.width()
    assert box.height() <= screen.height()


def test_it_closes_with_the_button_and_with_escape(window, qtbot):
    for close in (
        lambda box: box.findChild(QPushButton).click(),
        lambda box: qtbot.keyClick(box, Qt.Key.Key_Escape),
    ):
        show_mistake(window, DOUBLE_ACK)
        close(shown(window))
        assert not any(box.isVisible() for box in window.findChildren(MistakeBox))


# --- where errors are shown ----------------------------------------------------------------


def explain_buttons(card) -> list[QPushButton]:
    return [button for button in card.findChildren(QPushButton, "explain") if button.isVisible()]


@pytest.fixture
def card(window):
    widget = WorkerCard(window)
    widget.resize(340, widget.height())
    widget.show()
    return widget


@pytest.mark.parametrize(
    "status", [WorkerStatus.RECONNECTING, WorkerStatus.CHANNEL_CLOSED, WorkerStatus.STOPPED]
)
def test_a_card_explains_the_error_that_it_tells(card, window, status):
    card.display(WorkerView(W1, status, note=DOUBLE_ACK), 0)
    (button,) = explain_buttons(card)
    assert button.accessibleName() == f"What does that mean? {W1}"
    others = [one for one in card.findChildren(QPushButton) if one.isVisible() and one is not button]
    assert all(button.x() + button.width() < one.x() for one in others)
    assert button.parentWidget().geometry().right() < card.width()
    button.click()
    assert words_of(shown(window), "words") == DOUBLE_ACK


@pytest.mark.parametrize("note", ["", "internal error, see the log"])
def test_a_card_without_a_known_error_explains_nothing(card, note):
    card.display(WorkerView(W1, WorkerStatus.RECONNECTING, note=DOUBLE_ACK), 0)
    card.display(WorkerView(W1, WorkerStatus.STOPPED, note=note), 0)
    assert not explain_buttons(card)


def test_the_keyboard_stays_with_a_card_whose_error_is_over(card, window, qtbot):
    card.display(WorkerView(W1, WorkerStatus.RECONNECTING, note=DOUBLE_ACK), 0)
    explain_buttons(card)[0].setFocus()
    card.display(WorkerView(W1, WorkerStatus.WAITING), 0)
    assert window.focusWidget() is card


@pytest.mark.parametrize(("text", "is_known"), [(PROBLEM, True), ("The disk is full.", False)])
def test_a_box_with_a_known_error_offers_to_explain_it(window, text, is_known):
    tell(window, text)
    (box,) = window.findChildren(QMessageBox)
    more = [button for button in box.buttons() if box.buttonRole(button) is QMessageBox.ButtonRole.HelpRole]
    assert len(more) == is_known
    (more or box.buttons())[0].click()
    assert len([one for one in window.findChildren(MistakeBox) if one.isVisible()]) == is_known
    assert not box.isVisible()
