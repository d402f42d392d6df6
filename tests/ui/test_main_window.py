import gc

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QScrollArea, QScrollBar

from tests.core.story import QUEUE, W1, W2, S, T, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.playhead import Playhead
from workq_gui.core.queue_events import QueueAdded
from workq_gui.ui.event_rows import EventRows
from workq_gui.ui.ledger_window import LedgerWindow
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.shortcuts import ShortcutList
from workq_gui.ui.style import apply_theme, prepare
from workq_gui.ui.theme import THEMES, set_zoom, zoom
from workq_gui.ui.worker_settings_dialog import WorkerSettingsDialog

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
    set_zoom(1.0)
    qapp.setStyleSheet("")


@pytest.fixture
def session():
    session = session_of(
        make(QueueAdded, queue=QUEUE),
        make(e.ConnectionOpened, owner=e.PUBLISHER),
        [make(e.WorkerAdded, worker_id=worker_id) for worker_id in (W1, W2)],
        [make(e.WorkerStarted, worker_id=worker_id, prefetch_count=1) for worker_id in (W1, W2)],
        published(T, "Third message..."),
        delivered(T, W1, text="Third message...", work_s=3.0),
    )
    session.clock.advance(1 * S)
    return session


def show(window, session) -> Playhead:
    """Show `session` as it is now."""
    playhead = Playhead(session)
    window.display(playhead, session)
    return playhead


def box(window, widget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", SIZES)
def test_the_parts_lie_beside_each_other_and_inside(window, session, size):
    window.resize(*size)
    show(window, session)
    parts = [
        window.top_bar,
        window.composer,
        window.sent_list,
        window.stage,
        window.playhead_bar,
        window.worker_panel,
    ]
    boxes = [box(window, part) for part in parts]
    assert all(window.rect().contains(one) for one in boxes)
    assert not any(one.intersects(other) for place, one in enumerate(boxes) for other in boxes[place + 1 :])
    assert window.size().toTuple() == size


@pytest.mark.parametrize("size", SIZES)
def test_no_label_and_no_button_is_cut(window, session, size):
    window.resize(*size)
    show(window, session)
    QApplication.processEvents()
    for control in [*window.findChildren(QLabel), *window.findChildren(QPushButton)]:
        if control.isVisible() and not (isinstance(control, QLabel) and control.wordWrap()):
            assert control.width() >= control.minimumSizeHint().width(), control.text()
            assert control.height() >= control.minimumSizeHint().height(), control.text()


def test_the_words_about_eight_dots_are_whole_in_the_smallest_window(window, session):
    window.resize(1024, 700)
    window.composer.findChild(QLineEdit).setText("Resize photos........")
    session.extend([make(e.PaceChanged, dot_s=0.5)])
    show(window, session)
    QApplication.processEvents()
    words = next(label for label in window.findChildren(QLabel) if label.text() == "8 dots = 4 s of work")
    assert words.width() >= words.minimumSizeHint().width()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)])
def test_folding_what_happened_gives_its_room_to_the_stage(window, session, size, qtbot):
    window.resize(*size)
    show(window, session)
    window.look_back.fold(False)
    QApplication.processEvents()
    before = window.stage.height()
    window.look_back.fold(True)
    qtbot.waitUntil(lambda: window.stage.height() >= before + 60)
    bottom = window.work.height()
    assert box(window, window.look_back).bottom() >= bottom - 20


def test_the_keys_of_a_list_do_not_keep_the_end_from_showing_now(window, session, qtbot):
    show(window, session)
    window.look_back.choose(1)
    with qtbot.waitSignal(window.playhead_bar.now_requested):
        QTest.keyClick(window.events.findChild(EventRows), Qt.Key.Key_End)


def test_what_is_typed_after_the_key_of_a_list_is_looked_for_and_crashes_nobody(window, session, qtbot):
    show(window, session)
    window.activateWindow()
    window.stage.setFocus()
    QTest.keyClick(window.stage, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: isinstance(window.focusWidget(), QLineEdit))
    with qtbot.assertNotEmitted(window.worker_panel.crash_one_requested):
        QTest.keyClicks(window.focusWidget(), "extra")
    assert window.focusWidget().text() == "extra"


@pytest.mark.parametrize("size", SIZES)
def test_nothing_moves_when_the_broker_goes(window, session, size):
    window.resize(*size)
    controls = [*window.findChildren(QPushButton), *window.findChildren(QLineEdit), window.stage]
    show(window, session)
    for _ in range(5):  # the bar under the stage needs another row, then the panel below is folded
        QApplication.processEvents()
    before = [box(window, control) for control in controls]
    session.extend([make(e.ConnectionLost, owner=e.PUBLISHER, reason="Connection refused")])
    show(window, session)
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
    assert [box(window, window.stage).width(), window.worker_panel.width()] == [736, 350]
    assert window.work.splitters["columns"].sizes()[0] == 290


def test_a_column_that_was_narrowed_by_a_small_window_gets_its_width_back(window):
    window.resize(1024, 700)
    assert window.worker_panel.width() < 350
    window.resize(1440, 900)
    assert window.worker_panel.width() == 350


def test_a_line_of_the_stage_meets_its_workers_card(window, session, monkeypatch):
    handed_on = {}
    monkeypatch.setattr(window.stage, "display", lambda _session, _at_ns, anchors: handed_on.update(anchors))
    show(window, session)
    stage_top = box(window, window.stage).top()
    assert handed_on == {w: y - stage_top for w, y in window.worker_panel.anchors().items()}
    assert 0 < handed_on[W1] < handed_on[W2] < window.stage.height()


def test_the_lines_follow_when_the_workers_are_scrolled(window, qtbot, monkeypatch):
    crew = [e.WorkerId(f"worker {number}") for number in range(1, 13)]
    window.resize(1024, 700)
    show(window, session_of([make(e.WorkerAdded, worker_id=worker_id) for worker_id in crew]))
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
    show(window, session)
    assert window.sent_list.findChild(QLabel, "confirmed").text() == "0 of 1 confirmed"
    assert set(window.worker_panel.anchors()) == {W1, W2}
    assert window.grab().toImage() != before


def test_a_user_can_type_at_once(window, qtbot):
    window.activateWindow()
    window.show_work()
    with qtbot.waitSignal(window.composer.publish_requested) as blocker:
        qtbot.keyClicks(window.focusWidget(), "Hello.")
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert blocker.args[0] == "Hello."


def test_the_broker_screen_stands_in(window, session):
    window.show_broker_screen()
    assert window.broker_screen.isVisible()
    assert not window.stage.isVisible()
    show(window, session)
    window.show_work()
    assert window.stage.isVisible()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_has_to_be_scrolled_as_designed(window, session, size):
    window.resize(*size)
    show(window, session)
    QApplication.processEvents()
    assert not any(bar.isVisible() for bar in window.findChildren(QScrollBar))


class TestThePast:
    @pytest.fixture
    def playhead(self, window, session):
        playhead = Playhead(session)
        playhead.hold()
        session.clock.advance(9 * S)
        session.extend([make(e.TaskConfirmed, 2 * S, task_id=T), *done(T, W1, 4 * S)])
        window.display(playhead, session)
        return playhead

    def test_is_shown_by_all_views_of_what_happened(self, window, playhead, monkeypatch):
        handed_on = []
        monkeypatch.setattr(window.stage, "display", lambda state, at_ns, _: handed_on.append((state, at_ns)))
        show_again = window._show_again
        show_again()
        assert handed_on == [(playhead.state, 1 * S)]
        assert window.sent_list.findChild(QLabel, "confirmed").text() == "0 of 1 confirmed"

    def test_is_told_as_such(self, window, playhead):
        assert window.playhead_bar.findChild(QLabel, "behind").text() == "9.0 s behind now · 3 events to come"

    def test_what_acts_on_the_work_shows_it_as_it_is_now(self, window, playhead, session):
        session.extend(
            [
                make(e.PaceChanged, 5 * S, dot_s=0.3),
                make(e.WorkersHeld, 5 * S),
                make(e.ProducerHeld, 5 * S),
            ]
        )
        window.display(playhead, session)
        assert window.top_bar.findChild(QLabel, "dot_seconds").text() == "1 dot = 0.3 s"
        texts = [button.text() for button in window.playhead_bar.findChildren(QPushButton)]
        assert {"Picture held", "Workers held", "Producer held"} <= set(texts)


class TestKeys:
    @pytest.fixture(autouse=True)
    def shown(self, window, session, qtbot):
        window.activateWindow()
        self.playhead = show(window, session)
        window.stage.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window.stage.setFocus()

    @pytest.mark.parametrize(
        ("key", "wish"),
        [
            (Qt.Key.Key_Space, "hold_requested"),
            (Qt.Key.Key_Period, "hold_requested"),
            (Qt.Key.Key_Right, "step_requested"),
            (Qt.Key.Key_PageDown, "step_requested"),
            (Qt.Key.Key_Left, "step_back_requested"),
            (Qt.Key.Key_PageUp, "step_back_requested"),
            (Qt.Key.Key_Home, "seek_requested"),
            (Qt.Key.Key_End, "now_requested"),
        ],
    )
    def test_a_presenters_remote_moves_the_picture(self, window, qtbot, key, wish):
        with qtbot.waitSignal(getattr(window.playhead_bar, wish)):
            qtbot.keyClick(window, key)

    def test_some_worker_is_crashed_by_x(self, window, qtbot):
        with qtbot.waitSignal(window.worker_panel.crash_one_requested):
            qtbot.keyClick(window, Qt.Key.Key_X)

    def test_the_ledger_is_opened_by_l_and_follows_the_picture(self, window, session, qtbot):
        qtbot.keyClick(window, Qt.Key.Key_L)
        ledger = window.findChild(LedgerWindow)
        assert ledger.isVisible()
        assert ledger.findChild(QLabel, "sum").text().startswith("1 published")
        self.playhead.seek(0)
        window.display(self.playhead, session)
        with qtbot.waitSignal(window.playhead_bar.seek_requested):
            ledger.seek_requested.emit(5 * S)
        qtbot.keyClick(ledger, Qt.Key.Key_Escape)
        assert not ledger.isVisible()

    def test_the_form_for_a_worker_is_opened_by_a_key(self, window, qtbot):
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        qtbot.keyClick(window, Qt.Key.Key_N, both)
        assert window.findChild(WorkerSettingsDialog).isVisible()

    def test_x_and_l_are_letters_in_a_field(self, window, qtbot):
        field = window.composer.findChild(QLineEdit)
        field.setFocus()
        qtbot.keyClicks(field, "xl")
        assert field.text() == "xl"
        assert window.findChild(LedgerWindow) is None

    def test_space_lets_a_held_picture_go_on(self, window, session, qtbot):
        self.playhead.hold()
        window.display(self.playhead, session)
        with qtbot.waitSignal(window.playhead_bar.play_requested):
            qtbot.keyClick(window, Qt.Key.Key_Space)

    def test_typing_goes_into_the_field(self, window, qtbot):
        window.composer.setFocus()
        with qtbot.assertNotEmitted(window.playhead_bar.hold_requested):
            qtbot.keyClicks(window.focusWidget(), "One two.")
        assert window.focusWidget().text() == "One two."

    def test_a_focused_button_is_pressed(self, window, qtbot):
        step = window.playhead_bar.findChild(QPushButton, "step-forward")
        step.setFocus()
        with (
            qtbot.assertNotEmitted(window.playhead_bar.hold_requested),
            qtbot.waitSignal(window.playhead_bar.step_requested),
        ):
            qtbot.keyClick(step, Qt.Key.Key_Space)

    def test_no_scroll_area_swallows_the_keys(self, window, qtbot):
        publish = window.composer.findChild(QPushButton, "publish")
        publish.setFocus()
        with qtbot.waitSignal(window.playhead_bar.step_requested):
            qtbot.keyClick(publish, Qt.Key.Key_PageDown)

    @pytest.mark.parametrize(
        ("key", "wish"),
        [(Qt.Key.Key_W, "workers_hold_requested"), (Qt.Key.Key_P, "producer_hold_requested")],
    )
    def test_workers_and_producer_are_held_from_anywhere(self, window, session, qtbot, key, wish):
        window.composer.setFocus()
        modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        with qtbot.waitSignal(getattr(window.playhead_bar, wish)) as blocker:
            qtbot.keyClick(window.focusWidget(), key, modifiers)
        assert blocker.args == [True]
        session.extend([make(e.WorkersHeld, S), make(e.ProducerHeld, S)])
        window.display(self.playhead, session)
        with qtbot.waitSignal(getattr(window.playhead_bar, wish)) as blocker:
            qtbot.keyClick(window.focusWidget(), key, modifiers)
        assert blocker.args == [False]

    def test_a_worker_can_be_added(self, window, qtbot):
        with qtbot.waitSignal(window.worker_panel.add_requested) as blocker:
            qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        assert blocker.args == [()]

    def test_the_focus_goes_to_composer_stage_and_workers(self, window, qtbot):
        control = Qt.KeyboardModifier.ControlModifier
        qtbot.keyClick(window, Qt.Key.Key_L, control)
        assert window.composer.isAncestorOf(window.focusWidget())
        qtbot.keyClick(window, Qt.Key.Key_T, control)
        assert window.focusWidget() is window.stage
        qtbot.keyClick(window, Qt.Key.Key_2, control)
        assert window.focusWidget().accessibleName() == W2

    @pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Question])
    def test_the_keys_can_be_looked_up_beside_the_work(self, window, qtbot, key):
        qtbot.keyClick(window, key)
        listed = window.findChild(ShortcutList)
        assert listed.isVisible()
        assert not listed.isModal()
        words = {label.text() for label in listed.findChildren(QLabel)}
        assert {"Space or .", "Ctrl+Shift+W", "Ctrl++ or Ctrl+=", "F1 or ?", "Larger"} <= words
        with qtbot.waitSignal(listed.destroyed):
            listed.close()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.keyClick(window, key)
        assert window.findChild(ShortcutList).isVisible()

    def test_the_window_can_be_closed(self, window, qtbot):
        with qtbot.waitSignal(window.closing):
            qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)


class TestZoom:
    def test_everything_grows_and_shrinks_by_one_key(self, window, session, qtbot):
        show(window, session)
        control = Qt.KeyboardModifier.ControlModifier
        height = window.top_bar.height()
        qtbot.keyClick(window, Qt.Key.Key_Plus, control)
        qtbot.keyClick(window, Qt.Key.Key_Equal, control)
        assert zoom() == pytest.approx(1.2)
        assert window.top_bar.height() == round(height * 1.2)
        assert window.composer.findChild(QPushButton, "publish").font().pixelSize() == round(14 * 1.2)
        qtbot.keyClick(window, Qt.Key.Key_0, control)
        qtbot.keyClick(window, Qt.Key.Key_Minus, control)
        assert zoom() == pytest.approx(0.9)

    def test_it_has_an_end_on_either_side(self, window):
        window.zoom_to(0.1)
        assert zoom() == 0.8
        window.zoom_to(5.0)
        assert zoom() == 2.0

    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("factor", [0.8, 1.3, 2.0])
    def test_the_window_keeps_its_size(self, window, session, size, factor):
        window.resize(*size)
        show(window, session)
        window.zoom_to(factor)
        QApplication.processEvents()
        assert window.size().toTuple() == size
        assert window.minimumSizeHint().width() <= 1024

    def test_back_at_one_all_is_as_before(self, window, session, qtbot):
        show(window, session)
        QApplication.processEvents()
        parts = [window.top_bar, window.stage, window.playhead_bar, window.worker_panel, window.composer]
        before = [box(window, part) for part in parts]
        window.zoom_to(1.7)
        QApplication.processEvents()
        window.zoom_to(1.0)
        # Layouts ask each other for some turns of the loop.
        qtbot.waitUntil(lambda: [box(window, part) for part in parts] == before)


class TestPresent:
    @pytest.fixture(autouse=True)
    def presented(self, window, session, qtbot):
        show(window, session)
        window.showMaximized()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.keyClick(window, Qt.Key.Key_F11)

    def test_only_the_stage_the_workers_and_the_bar_are_left(self, window):
        assert window.isFullScreen()
        assert window.is_presenting
        assert window.stage.isVisible()
        assert window.worker_panel.isVisible()
        assert window.playhead_bar.isVisible()
        assert not window.composer.isVisible()
        assert not window.top_bar.isVisible()

    def test_text_is_larger_as_far_as_the_screen_allows(self, window):
        assert zoom() == pytest.approx(min(1.6, max(1.0, window.screen().size().width() / 700)))

    @pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F11])
    def test_it_goes_back_to_what_was_before(self, window, qtbot, key):
        qtbot.keyClick(window, key)
        assert window.isMaximized()
        assert not window.isFullScreen()
        assert window.composer.isVisible()
        assert window.top_bar.isVisible()
        assert zoom() == 1.0

    def test_writing_a_task_leaves_it(self, window, qtbot):
        qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert not window.is_presenting
        assert window.composer.isAncestorOf(window.focusWidget())


@pytest.mark.parametrize("what", ["set_reduced_motion", "set_kitchen"])
def test_how_the_stage_shows_it_is_handed_on(window, monkeypatch, what):
    handed_on = []
    monkeypatch.setattr(window.stage, what, handed_on.append)
    getattr(window, what)(True)
    assert handed_on == [True]


def test_closing_is_told_and_never_refused(window, qtbot):
    with qtbot.waitSignal(window.closing):
        assert window.close()
