"""The PySide6 that is installed does not use up Python's singletons (6.12.0 on Python 3.11 does)."""

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="None and True are immortal from Python 3.12 on"
)


class Beeper(QObject):
    beep = Signal()


def test_emitting_does_not_use_up_true():
    beeper = Beeper()
    before = sys.getrefcount(True)
    for _ in range(5_000):
        beeper.beep.emit()
    assert sys.getrefcount(True) > before - 50


def test_void_calls_do_not_use_up_none(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(20_000):
        widget.update()
    assert sys.getrefcount(None) > before - 50
