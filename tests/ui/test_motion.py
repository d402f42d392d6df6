import pytest

from workq_gui.ui.motion import ease_in_out, ease_out


@pytest.mark.parametrize("ease", [ease_in_out, ease_out])
def test_a_way_begins_at_its_beginning_ends_at_its_end_and_never_turns_back(ease):
    way = [ease(step / 100) for step in range(101)]
    assert (way[0], way[-1]) == (0.0, 1.0)
    assert way == sorted(way)
    assert (ease(-1.0), ease(2.0)) == (0.0, 1.0)


def test_a_flight_starts_gently_and_what_appears_starts_at_once():
    assert ease_in_out(0.1) < 0.1 < ease_out(0.1)
    assert ease_in_out(0.5) == 0.5
