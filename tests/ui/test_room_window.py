"""The room's window: the switch, what it exposes, and what a student must type."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from workq_gui.core.room import OpenRoom
from workq_gui.ui.form import Choice
from workq_gui.ui.room_window import RoomWindow

ROOM = OpenRoom(("192.168.1.7", "10.0.0.3"), 5672, "class", "bado-kemu-zigi-rose")


@pytest.fixture
def window(qtbot):
    widget = RoomWindow()
    widget.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def texts(window) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def switch(window, qtbot) -> None:
    qtbot.mouseClick(window.switch, Qt.MouseButton.LeftButton)


def test_it_says_what_it_exposes_before_it_is_opened(window):
    assert not window.switch.isChecked()
    shown = texts(window)
    for part in ("publish, consume, purge and delete", "Nothing is encrypted", "Closed:"):
        assert part in shown
    assert not window.findChild(QPushButton, "copy").isEnabled()


def test_the_switch_asks_for_it_open_and_for_it_closed(window, qtbot):
    with qtbot.waitSignal(window.open_requested):
        switch(window, qtbot)
    assert not window.switch.isEnabled()
    window.display(ROOM)
    assert window.switch.isChecked()
    with qtbot.waitSignal(window.close_requested):
        switch(window, qtbot)
    window.display(None)
    assert not window.switch.isChecked()
    assert ROOM.password not in texts(window)


def test_an_open_room_shows_host_port_user_password_and_the_two_lines(window):
    window.display(ROOM)
    shown = texts(window).splitlines()
    for part in ("192.168.1.7", "5672", "class", ROOM.password, *ROOM.pika_lines("192.168.1.7")):
        assert part in shown


def test_it_can_be_read_from_the_back_row(window):
    window.display(ROOM)
    assert window.findChild(QLabel, "password").font().pixelSize() >= 28


def test_the_lines_can_be_copied(window, qtbot):
    window.display(ROOM)
    qtbot.mouseClick(window.findChild(QPushButton, "copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "\n".join(ROOM.pika_lines("192.168.1.7"))


def test_another_address_of_this_machine_can_be_chosen(window):
    window.display(ROOM)
    window.findChild(Choice).chosen.emit("10.0.0.3")
    assert "@10.0.0.3:5672/" in texts(window)
    window.display(ROOM)
    assert len([choice for choice in window.findChildren(Choice) if choice.isVisible()]) <= 2


def test_a_machine_on_no_network_is_told(window):
    window.display(OpenRoom((), 5672, "class", "bado"))
    assert "on no network" in texts(window)
    assert "@127.0.0.1:5672/" in texts(window)


def test_what_went_wrong_is_told_and_the_switch_is_back(window, qtbot):
    switch(window, qtbot)
    window.show_error("The broker does not run.")
    assert "✕ The broker does not run." in texts(window)
    assert window.switch.isEnabled()
    assert not window.switch.isChecked()


@pytest.mark.parametrize("leave", ["close", "reject"])
def test_closing_the_window_closes_the_room(window, qtbot, leave):
    window.display(ROOM)
    with qtbot.waitSignal(window.close_requested):
        getattr(window, leave)()
    assert not window.isVisible()
