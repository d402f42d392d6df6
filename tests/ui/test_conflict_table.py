"""The table of what differs, and the three ways out."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QPushButton, QTableWidget, QWidget

from workq_gui.core.queue_conflict import Difference, QueueConflict
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.ui.conflict_table import ConflictBox, ConflictDialog

DIFFERENCES = (Difference("durable", "true", "false"), Difference("x-max-length", "not given", "10"))
WORDS = "406 PRECONDITION_FAILED - inequivalent arg 'durable'"


def conflict(ready_count: int = 3, consumer_count: int = 0, queue: str = "task_queue", passive: bool = False):
    actual = QueueSettings(durable=False, is_passive=passive)
    return QueueConflict(queue, DIFFERENCES, ready_count, consumer_count, actual, WORDS)


@pytest.fixture
def box(qtbot):
    widget = ConflictBox()
    qtbot.addWidget(widget)
    widget.resize(520, 560)
    widget.show()
    qtbot.waitExposed(widget)
    widget.display(conflict())
    return widget


def press(widget, qtbot, name: str) -> None:
    qtbot.mouseClick(widget.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def texts(widget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def question(qtbot, box) -> QMessageBox:
    qtbot.waitUntil(lambda: box.findChild(QMessageBox) is not None)
    return box.findChild(QMessageBox)


def test_wanted_and_actual_stand_beside_each_other(box):
    table = box.findChild(QTableWidget)
    rows = [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount())]
    assert rows == [["durable", "true", "false"], ["x-max-length", "not given", "10"]]
    assert WORDS in texts(box)


def test_it_can_be_used_as_it_is(box, qtbot):
    with qtbot.waitSignal(box.as_it_is_requested):
        press(box, qtbot, "as_it_is")


@pytest.mark.parametrize(
    ("passive", "words"), [(False, "declares it as it is"), (True, "does not declare it")]
)
def test_it_says_what_using_it_as_it_is_means(box, passive, words):
    box.display(conflict(passive=passive))
    assert words in texts(box)


def test_another_name_can_be_taken_and_the_same_one_cannot(box, qtbot):
    field = box.findChild(QLineEdit)
    assert field.text() == "task_queue-2"
    with qtbot.waitSignal(box.name_requested, check_params_cb=lambda name: name == "task_queue-2"):
        press(box, qtbot, "rename")
    field.setText("task_queue")
    assert not box.findChild(QPushButton, "rename").isEnabled()
    assert "That is the queue that is there already." in texts(box)


@pytest.mark.parametrize(
    ("ready_count", "consumer_count", "words"),
    [
        (0, 0, "0 messages will be lost."),
        (1, 0, "1 message will be lost."),
        (1204, 0, "1,204 messages will be lost."),
        (3, 1, "1 consumer that is not ours loses its queue"),
        (3, 2, "2 consumers that are not ours lose their queue"),
    ],
)
def test_what_deleting_costs_is_told_before(box, ready_count, consumer_count, words):
    box.display(conflict(ready_count, consumer_count))
    assert words in texts(box)


def test_deleting_is_asked_for_once_more_with_the_number(box, qtbot):
    press(box, qtbot, "delete")
    asked = question(qtbot, box)
    assert "Delete task_queue and declare it again: 3 messages will be lost." in asked.text()
    with qtbot.waitSignal(box.delete_requested):
        next(one for one in asked.buttons() if one.text() == "Delete").click()


def test_keeping_it_deletes_nothing(box, qtbot):
    press(box, qtbot, "delete")
    with qtbot.assertNotEmitted(box.delete_requested):
        next(one for one in question(qtbot, box).buttons() if one.text() == "Keep it").click()


def test_a_long_name_with_markup_is_cut_and_plain(box):
    box.display(conflict(queue="<h1>" + "q" * 240))
    title = box.findChild(QLabel, "conflict")
    assert len(title.text()) < 120
    assert {label.textFormat() for label in box.findChildren(QLabel)} == {Qt.TextFormat.PlainText}


@pytest.mark.parametrize("way_out", ["as_it_is", "rename", "cancel"])
def test_each_answer_closes_the_dialog(qtbot, way_out):
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ConflictDialog(conflict(), parent)
    dialog.open()
    qtbot.waitExposed(dialog)
    with qtbot.waitSignal(dialog.finished):
        press(dialog, qtbot, way_out)
