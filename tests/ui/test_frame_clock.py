import pytest

from workq_gui.ui import frame_clock
from workq_gui.ui.frame_clock import FrameClock


@pytest.fixture
def settles_at_once(monkeypatch):
    monkeypatch.setattr(frame_clock, "SETTLING_S", 0.0)


def test_it_ticks_at_once_when_woken(qtbot):
    clock = FrameClock(lambda: False)
    with qtbot.waitSignal(clock.tick, timeout=0):
        clock.wake()


@pytest.mark.usefixtures("settles_at_once")
def test_it_rests_when_nothing_moves(qtbot):
    clock = FrameClock(lambda: False)
    clock.wake()
    qtbot.waitUntil(lambda: clock.is_resting)


@pytest.mark.usefixtures("settles_at_once")
def test_it_goes_on_while_something_moves(qtbot):
    ticks, clock = [], FrameClock(lambda: len(ticks) < 5)
    clock.tick.connect(lambda: ticks.append(None))
    clock.wake()
    qtbot.waitUntil(lambda: clock.is_resting)
    assert len(ticks) >= 5


def test_stirred_it_ticks_in_the_slow_rhythm_only(qtbot):
    ticks, clock = [], FrameClock(lambda: False)
    clock.tick.connect(lambda: ticks.append(None))
    for _ in range(20):
        clock.stir()
    assert not ticks
    assert clock._timer.interval() == frame_clock.SETTLING_MS
    qtbot.waitUntil(lambda: bool(ticks))
    assert len(ticks) == 1


def test_stirring_does_not_slow_down_what_moves(qtbot):
    clock = FrameClock(lambda: True)
    clock.wake()
    clock.stir()
    assert clock._timer.interval() == frame_clock.FRAME_MS
