"""What the menu offers to open."""

from PySide6.QtWidgets import QMenu

from workq_gui.opening import MOST_OFFERED, Opening
from workq_gui.runtime.recordings import Recordings
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.view_menu import ViewMenu


def recent(window: MainWindow) -> QMenu:
    menu = window.findChild(ViewMenu)._recent
    menu.aboutToShow.emit()
    return menu


def test_recorded_sessions_are_offered_the_latest_first_and_not_too_many(qtbot, tmp_path):
    window = MainWindow()
    qtbot.addWidget(window)
    opening = Opening(window, lambda: "dark", Recordings(tmp_path), None)
    for day in range(10, 25):
        (tmp_path / f"2026-11-{day}T10-00-00.workq").touch()
    heading, *actions = recent(window).actions()
    assert (heading.text(), heading.isEnabled()) == ("Recorded sessions", False)
    assert len(actions) == MOST_OFFERED
    assert actions[0].text() == "2026-11-24T10-00-00.workq"
    del opening


def test_what_is_chosen_is_wished_for(qtbot, tmp_path):
    window = MainWindow()
    qtbot.addWidget(window)
    path = str(tmp_path / "R&D.workq")
    window.top_bar.offer_recent(lambda: [path])
    action = recent(window).actions()[1]
    assert action.text() == "R&&D.workq"
    with qtbot.waitSignal(window.open_requested) as wish:
        action.trigger()
    assert wish.args == [path]


def test_with_nothing_to_offer_it_says_so(qtbot):
    window = MainWindow()
    qtbot.addWidget(window)
    (action,) = recent(window).actions()
    assert not action.isEnabled()
