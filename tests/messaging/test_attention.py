"""How closely the broker's figures are looked at."""

from workq_gui.messaging.attention import LONGEST_PAUSE_S, SHORTEST_PAUSE_S, STIRRED_FOR_NS, Attention


def pauses(attention, count, *, now_ns, has_changed=False):
    return [attention.pause_after(now_ns, has_changed=has_changed) for _ in range(count)]


def test_an_idle_queue_is_looked_at_ever_more_seldom_down_to_a_limit():
    idle = pauses(Attention(0), 20, now_ns=STIRRED_FOR_NS)
    assert idle == sorted(idle)
    assert SHORTEST_PAUSE_S < idle[0] < idle[-1] == LONGEST_PAUSE_S


def test_what_changes_is_looked_at_closely():
    attention = Attention(0)
    pauses(attention, 20, now_ns=STIRRED_FOR_NS)
    assert attention.pause_after(STIRRED_FOR_NS, has_changed=True) == SHORTEST_PAUSE_S


def test_for_some_seconds_after_a_stir_it_looks_closely_though_nothing_changes():
    attention = Attention(0)
    pauses(attention, 20, now_ns=STIRRED_FOR_NS)
    attention.stir(STIRRED_FOR_NS)
    assert set(pauses(attention, 5, now_ns=2 * STIRRED_FOR_NS - 1)) == {SHORTEST_PAUSE_S}
    assert attention.pause_after(2 * STIRRED_FOR_NS, has_changed=False) > SHORTEST_PAUSE_S
