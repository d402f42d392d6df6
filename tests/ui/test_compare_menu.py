"""The menu from which comparisons are opened."""

import pytest
from PySide6.QtWidgets import QPushButton

from workq_gui.ui.top_bar import TopBar


@pytest.fixture
def bar(qtbot) -> TopBar:
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.offer_comparisons({"time": ("One against two", ""), "restart": ("Here against there", "Not ours.")})
    bar.show()
    return bar


def actions(bar: TopBar):
    return bar.findChild(QPushButton, "compare").menu().actions()


def test_each_comparison_is_offered_by_its_title(bar, qtbot):
    assert [action.text() for action in actions(bar)] == ["One against two", "Here against there"]
    with qtbot.waitSignal(bar.comparison_requested) as told:
        actions(bar)[0].trigger()
    assert told.args == ["time"]


def test_one_that_needs_a_broker_of_our_own_is_grey_and_says_why(bar):
    assert [action.isEnabled() for action in actions(bar)] == [True, False]
    assert actions(bar)[1].toolTip() == "Not ours."
    assert bar.findChild(QPushButton, "compare").menu().toolTipsVisible()


def test_without_a_broker_nothing_is_offered(qtbot):
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.show()
    assert not bar.findChild(QPushButton, "compare").isVisible()
