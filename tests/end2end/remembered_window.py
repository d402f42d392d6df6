"""A window in two runs, on a real screen. `python -m tests.end2end.remembered_window FOLDER ZOOM`."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QDeadlineTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workq_gui.remembering import Remembering
from workq_gui.runtime.preferences import Preferences
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.style import prepare
from workq_gui.ui.theme import set_zoom

ROUNDING = 3
"""Zoomed parts are rounded to whole pixels in another order, when they come in another order."""

SETTLING_MS = 100
"""The parts of a window find their least sizes one after the other."""


def run_in(folder: Path) -> tuple[MainWindow, Remembering]:
    set_zoom(1.0)
    window = MainWindow()
    remembering = Remembering(window, Preferences(folder))
    remembering.restore()
    window.show()
    window.show_work()
    assert QTest.qWaitForWindowExposed(window)
    return window, remembering


def sizes_of(window: MainWindow) -> list[int]:
    sizes = [size for splitter in window.work.splitters.values() for size in splitter.sizes()]
    return [*sizes, window.width(), window.height()]


def comes_true(predicate: Callable[[], bool]) -> bool:
    """Wait for what is so soon, while the window does what it has to; return whether it is so."""
    deadline = QDeadlineTimer(5_000)
    while not predicate() and not deadline.hasExpired():
        QTest.qWait(10)
    return predicate()


def main() -> None:
    folder, zoom = Path(sys.argv[1]), float(sys.argv[2])
    app = QApplication(sys.argv[:1])
    prepare(app)
    window, remembering = run_in(folder)
    window.zoom_to(zoom)
    window.resize(1300, 860)
    window.look_back.fold(False)
    assert comes_true(lambda: window.work.splitters["columns"].width() == 1300 - 32)
    QTest.qWait(SETTLING_MS)
    window.work.splitters["columns"].setSizes([330, 922])
    window.work.splitters["rows"].setSizes([450, 304])
    QTest.qWait(SETTLING_MS)
    before = sizes_of(window)
    print(before)  # noqa: T201
    remembering.save()
    window.close()
    again, _ = run_in(folder)
    is_same = comes_true(lambda: sizes_of(again) == pytest.approx(before, abs=ROUNDING))
    print(sizes_of(again))  # noqa: T201
    assert is_same
    again.close()


if __name__ == "__main__":
    main()
