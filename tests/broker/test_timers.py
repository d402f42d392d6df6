from workq_gui.broker.timers import Timers


def test_timers_run_in_the_order_of_their_times():
    timers, ran = Timers(), []
    timers.call_at(2, lambda: ran.append("b"))
    timers.call_at(1, lambda: ran.append("a"))
    late = timers.call_at(3, lambda: ran.append("never"))
    assert timers.next_at == 1
    late.cancel()
    timers.run(1.5)
    assert ran == ["a"]
    timers.run(9)
    assert ran == ["a", "b"]
    assert timers.next_at is None


def test_a_timer_may_set_another():
    timers, ran = Timers(), []
    timers.call_at(1, lambda: timers.call_at(1, lambda: ran.append("inner")))
    timers.run(1)
    assert ran == ["inner"]
