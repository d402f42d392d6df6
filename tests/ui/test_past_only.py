"""The window of a recording: what cannot be done in the past is seen, cannot be pressed, and says why."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QPushButton, QWidget

from tests.core.story import QUEUE, W1, T, delivered, make, published
from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.playhead import Playhead
from workq_gui.core.queue_events import QueueAdded
from workq_gui.core.session import Session
from workq_gui.ui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # of menus and tips
REASON = "cannot be changed"


@pytest.fixture
def window(qtbot):
    window = MainWindow()
    qtbot.addWidget(window)
    window.set_past_only("crash.workq", "recorded 24 Nov 2026, 19:03")
    window.show_work()
    window.show()
    qtbot.waitExposed(window)
    session = Session(ManualClock(2_000_000_000), QUEUE)
    session.extend(
        [
            make(QueueAdded, queue=QUEUE),
            make(e.WorkerAdded, worker_id=W1),
            make(e.WorkerStarted, worker_id=W1, prefetch_count=1),
            *published(T, "Third message..."),
            delivered(T, W1, text="Third message...", work_s=3.0),
        ]
    )
    playhead = Playhead(session)
    window.display(playhead, session)
    QApplication.processEvents()
    return window


def texts(window) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_it_is_marked_as_a_recording(window):
    assert "crash.workq (recording)" in window.windowTitle()
    assert window.top_bar._identity.accessibleName() == "Recording, recorded 24 Nov 2026, 19:03, crash.workq"
    assert REASON in texts(window)


@pytest.mark.parametrize("name", ["crash_one", "chaos", "add_with"])
def test_what_acts_on_workers_is_disabled_with_the_reason(window, name):
    button = window.worker_panel.findChild(QWidget, name)
    assert button.isVisible()
    assert not button.isEnabled()
    assert REASON in button.toolTip()


def test_nothing_can_be_typed(window):
    assert not window.composer.findChild(QLineEdit).isEnabled()


def test_no_broker_is_offered_to_be_killed(window):
    assert not window.top_bar.findChild(QPushButton, "broker").isVisible()


def test_the_menu_of_a_worker_says_why_nothing_in_it_can_be_chosen(window, qtbot):
    card = window.worker_panel._cards[W1]
    place = card.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, card.mapToGlobal(place))
    QApplication.sendEvent(card, event)
    (menu,) = [menu for menu in card.findChildren(QMenu) if menu.isVisible()]
    assert REASON in menu.actions()[0].text()
    assert not any(action.isEnabled() for action in menu.actions())
    menu.close()


def test_the_key_that_crashes_a_worker_does_nothing(window, qtbot):
    with qtbot.assertNotEmitted(window.worker_panel.crash_one_requested, wait=0):
        QTest.keyClick(window.stage, Qt.Key.Key_X)


def test_the_picture_can_still_be_held_and_moved(window, qtbot):
    with qtbot.waitSignal(window.playhead_bar.hold_requested):
        QTest.keyClick(window.stage, Qt.Key.Key_Space)
    assert not window.playhead_bar._workers.isEnabled()


def test_the_picture_is_played_and_paused_as_a_film(window):
    button = window.playhead_bar._picture
    assert button.text() == "Pause"
    button.display(True)
    assert button.text() == "Play"


def test_a_file_that_is_dropped_is_asked_for(window, qtbot, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a lesson.workq"))])
    event = QDropEvent(
        QPointF(QPoint(20, 20)),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(window.open_requested) as wish:
        window.dropEvent(event)
    assert wish.args == [str(tmp_path / "a lesson.workq")]
