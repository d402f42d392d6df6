import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSpinBox

from workq_gui.core.queue_settings import QUORUM, QueueSettings
from workq_gui.ui.queue_dialog import QueueDialog
from workq_gui.ui.switch import Switch


@pytest.fixture
def dialog(qtbot):
    made = QueueDialog(["task_queue", "R&D"])
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


@pytest.fixture
def added(dialog):
    heard = []
    dialog.added.connect(lambda name, how: heard.append((name, how)))
    return heard


def name_field(dialog) -> QLineEdit:
    return next(e for e in dialog.findChildren(QLineEdit) if e.accessibleName() == "Name of the new queue")


def number(dialog, name: str) -> QSpinBox:
    return next(part for part in dialog.findChildren(QSpinBox) if part.accessibleName() == name)


def limit(dialog) -> QSpinBox:
    return number(dialog, "Delivery limit")


def press(dialog, qtbot, text: str) -> None:
    button = next(button for button in dialog.findChildren(QPushButton) if button.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def texts(dialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def code(dialog) -> str:
    return dialog.findChild(QLabel, "declare_line").text()


def test_a_name_and_enter_make_a_usual_queue(dialog, qtbot, added):
    assert name_field(dialog).hasFocus()
    qtbot.keyClicks(name_field(dialog), " mail ")
    assert code(dialog) == 'channel.queue_declare(queue="mail", durable=True)'
    qtbot.keyClick(name_field(dialog), Qt.Key.Key_Return)
    assert added == [("mail", QueueSettings())]
    assert not dialog.isVisible()


def test_a_queue_with_everything(dialog, qtbot, added):
    name_field(dialog).setText("mail")
    press(dialog, qtbot, "quorum")
    limit(dialog).setValue(3)
    dialog._dead.menu().actions()[2].trigger()
    assert '"x-dead-letter-routing-key": "R&D"' in code(dialog)
    press(dialog, qtbot, "Add queue")
    assert added == [("mail", QueueSettings(queue_type=QUORUM, delivery_limit=3, dead_letter_to="R&D"))]


def test_only_a_quorum_queue_keeps_time_and_that_is_said(dialog, qtbot, added):
    timeout = number(dialog, "Consumer timeout")
    assert not timeout.isEnabled()
    assert any("a classic one has no consumer timeout" in text for text in texts(dialog))
    press(dialog, qtbot, "quorum")
    timeout.setValue(5)
    assert '"x-consumer-timeout": 5000' in code(dialog)
    name_field(dialog).setText("mail")
    press(dialog, qtbot, "Add queue")
    assert added == [("mail", QueueSettings(queue_type=QUORUM, consumer_timeout_s=5.0))]


def test_a_queue_that_is_not_durable(dialog, qtbot, added):
    name_field(dialog).setText("mail")
    qtbot.mouseClick(dialog.findChild(Switch), Qt.MouseButton.LeftButton)
    assert "It goes with the broker, and all that is in it." in texts(dialog)
    press(dialog, qtbot, "Add queue")
    assert added == [("mail", QueueSettings(durable=False))]


def test_a_quorum_queue_is_durable_and_that_is_why_it_cannot_be_chosen(dialog, qtbot):
    durable = dialog.findChild(Switch)
    qtbot.mouseClick(durable, Qt.MouseButton.LeftButton)
    press(dialog, qtbot, "quorum")
    assert durable.isChecked()
    assert not durable.isEnabled()
    assert "A quorum queue is always durable: its log is on disk." in texts(dialog)
    press(dialog, qtbot, "classic")
    assert durable.isEnabled()


def test_only_a_quorum_queue_has_a_limit_and_that_is_said(dialog, qtbot, added):
    reason = "Only a quorum queue counts deliveries: a classic one has no delivery limit."
    assert not limit(dialog).isEnabled()
    assert reason in texts(dialog)
    press(dialog, qtbot, "quorum")
    assert limit(dialog).isEnabled()
    assert reason not in texts(dialog)
    limit(dialog).setValue(5)
    press(dialog, qtbot, "classic")
    name_field(dialog).setText("mail")
    press(dialog, qtbot, "Add queue")
    assert added == [("mail", QueueSettings())]


@pytest.mark.parametrize(("name", "words"), [("", "needs a name"), ("amq.x", "belong to the broker")])
def test_a_name_that_cannot_be_is_refused_in_words_and_the_form_stays(dialog, qtbot, added, name, words):
    name_field(dialog).setText(name)
    press(dialog, qtbot, "Add queue")
    assert any(words in text for text in texts(dialog))
    assert not added
    assert dialog.isVisible()
    qtbot.keyClicks(name_field(dialog), "m")
    assert not any(words in text for text in texts(dialog))


def test_escape_adds_nothing(dialog, qtbot, added):
    name_field(dialog).setText("mail")
    qtbot.keyClick(name_field(dialog), Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not added


def test_every_word_has_room_however_much_is_set(dialog, qtbot):
    name_field(dialog).setText("x" * 255)
    press(dialog, qtbot, "quorum")
    dialog._dead.menu().actions()[1].trigger()
    qtbot.wait(0)
    for label in dialog.findChildren(QLabel, "note"):
        if label.isVisible():
            assert label.height() >= label.heightForWidth(label.width())
    assert dialog.width() < 600
