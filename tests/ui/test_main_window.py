import gc

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QScrollArea, QSplitter

from tests.core.story import W1, W2, S, T, delivered, make, published, session_of
from workq_gui.core import events as e
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.style import apply_theme, prepare
from workq_gui.ui.theme import THEMES

SIZES = [(1024, 700), (1440, 900), (1920, 1080)]


@pytest.fixture
def window(qtbot, qapp):
    # Styling the application styles what earlier tests left behind, too.
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    prepare(qapp)
    apply_theme(qapp, THEMES["dark"])
    widget = MainWindow()
    qtbot.addWidget(widget)
    widget.set_theme(THEMES["dark"])
    widget.top_bar.set_broker("RabbitMQ 3.10.8", "amqp://127.0.0.1:49731")
    widget.top_bar.set_own_broker(True)
    widget.show_work()
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    qapp.setStyleSheet("")


@pytest.fixture
def session():
    return session_of(
        make(e.ConnectionOpened, owner=e.PUBLISHER),
        [make(e.WorkerAdded, worker_id=worker_id) for worker_id in (W1, W2)],
        [make(e.WorkerStarted, worker_id=worker_id, prefetch_count=1) for worker_id in (W1, W2)],
        published(T, "Third message..."),
        delivered(T, W1, text="Third message...", work_s=3.0),
    )


def box(window, widget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", SIZES)
def test_the_parts_lie_beside_each_other_and_inside(window, session, size):
    window.resize(*size)
    window.display(session, 1 * S)
    parts = [window.top_bar, window.composer, window.sent_list, window.stage, window.worker_panel]
    boxes = [box(window, part) for part in parts]
    assert all(window.rect().contains(one) for one in boxes)
    assert not any(one.intersects(other) for place, one in enumerate(boxes) for other in boxes[place + 1 :])
    assert window.size().toTuple() == size


@pytest.mark.parametrize("size", SIZES)
def test_no_label_and_no_button_is_cut(window, session, size):
    window.resize(*size)
    window.display(session, 1 * S)
    QApplication.processEvents()
    for control in [*window.findChildren(QLabel), *window.findChildren(QPushButton)]:
        if control.isVisible() and not (isinstance(control, QLabel) and control.wordWrap()):
            assert control.width() >= control.minimumSizeHint().width(), control.text()
            assert control.height() >= control.minimumSizeHint().height(), control.text()


def test_the_words_about_eight_dots_are_whole_in_the_smallest_window(window, session):
    window.resize(1024, 700)
    window.composer.findChild(QLineEdit).setText("Resize photos........")
    session.extend([make(e.PaceChanged, dot_s=0.5)])
    window.display(session, 1 * S)
    QApplication.processEvents()
    words = next(label for label in window.findChildren(QLabel) if label.text() == "8 dots = 4 s of work")
    assert words.width() >= words.minimumSizeHint().width()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_moves_when_the_broker_goes(window, session, size):
    window.resize(*size)
    controls = [*window.findChildren(QPushButton), *window.findChildren(QLineEdit), window.stage]
    window.display(session, 1 * S)
    QApplication.processEvents()
    before = [box(window, control) for control in controls]
    session.extend([make(e.ConnectionLost, owner=e.PUBLISHER, reason="Connection refused")])
    window.display(session, 1 * S)
    QApplication.processEvents()
    assert window.top_bar.findChild(QLabel, "banner").isVisible()
    assert [box(window, control) for control in controls] == before


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_every_control_is_large_enough_to_hit(window, theme, qapp):
    apply_theme(qapp, theme)
    window.set_theme(theme)
    controls = [*window.findChildren(QPushButton), *window.findChildren(QLineEdit)]
    visible = [control for control in controls if control.isVisible()]
    assert len(visible) >= 5
    for control in visible:
        # The field of the composer is part of a box that is larger than itself.
        assert max(control.height(), control.parentWidget().height()) >= 32


def test_the_columns_have_the_widths_of_the_design(window):
    window.resize(1440, 900)
    assert window.findChild(QSplitter).sizes() == [290, 736, 350]


def test_a_column_that_was_narrowed_by_a_small_window_gets_its_width_back(window):
    window.resize(1024, 700)
    assert window.worker_panel.width() < 350
    window.resize(1440, 900)
    assert window.worker_panel.width() == 350


def test_a_line_of_the_stage_meets_its_workers_card(window, session, monkeypatch):
    handed_on = {}
    monkeypatch.setattr(window.stage, "display", lambda _session, _at_ns, anchors: handed_on.update(anchors))
    window.display(session, 1 * S)
    stage_top = box(window, window.stage).top()
    assert handed_on == {w: y - stage_top for w, y in window.worker_panel.anchors().items()}
    assert 0 < handed_on[W1] < handed_on[W2] < window.stage.height()


def test_the_lines_follow_when_the_workers_are_scrolled(window, qtbot, monkeypatch):
    crew = [e.WorkerId(f"worker {number}") for number in range(1, 13)]
    window.resize(1024, 700)
    window.display(session_of([make(e.WorkerAdded, worker_id=worker_id) for worker_id in crew]), 0)
    QApplication.processEvents()
    handed_on = []
    monkeypatch.setattr(window.stage, "display", lambda _session, _at_ns, anchors: handed_on.append(anchors))
    before = window.worker_panel.anchors()
    scroll = next(area for area in window.worker_panel.findChildren(QScrollArea) if area.isVisible())
    scroll.verticalScrollBar().setValue(80)
    qtbot.waitUntil(lambda: bool(handed_on))
    assert handed_on[-1][crew[2]] < before[crew[2]]


def test_all_parts_show_the_session(window, session):
    before = window.grab().toImage()
    window.display(session, 1 * S)
    assert window.sent_list.findChild(QLabel, "confirmed").text() == "0 of 1 confirmed"
    assert set(window.worker_panel.anchors()) == {W1, W2}
    assert window.grab().toImage() != before


def test_a_user_can_type_at_once(window, qtbot):
    window.activateWindow()
    window.show_work()
    with qtbot.waitSignal(window.composer.publish_requested) as blocker:
        qtbot.keyClicks(window.focusWidget(), "Hello.")
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert blocker.args == ["Hello."]


def test_the_broker_screen_stands_in(window, session):
    window.show_broker_screen()
    assert window.broker_screen.isVisible()
    assert not window.stage.isVisible()
    window.display(session, 1 * S)
    window.show_work()
    assert window.stage.isVisible()


def test_closing_is_told_and_never_refused(window, qtbot):
    with qtbot.waitSignal(window.closing):
        assert window.close()
