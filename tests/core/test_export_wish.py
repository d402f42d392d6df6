"""What can be wanted as a file, and the words for what cannot."""

import pytest

from tests.core.story import MS, S
from workq_gui.core.export_wish import CHARTS, ExportError, ExportWish
from workq_gui.ui.chart_export import CHART_NAMES


def film(**fields) -> ExportWish:
    return ExportWish("film.gif", **{"from_ns": S, "to_ns": 3 * S, "width": 960, "height": 540, **fields})


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (ExportWish("film.mp4"), "cannot make a file that ends in .mp4"),
        (ExportWish("film"), "without an ending"),
        (ExportWish("a.png", width=100, height=100), "100x100 is no size"),
        (ExportWish("a.png", width=99_999), "up to 3840x2160"),
        (film(to_ns=S), "an end that is later"),
        (film(speed=0.0), "0.05 to 100 times"),
        (film(speed=float("nan")), "0.05 to 100 times"),
        (film(what="timeline"), "A film shows the stage"),
        (ExportWish("a.png", what="timeline", from_ns=2 * S, to_ns=S), "an end that is not before"),
        (ExportWish("a.svg", what="chart-busy-share", from_ns=2 * S, to_ns=S), "an end that is not before"),
        (film(to_ns=3_600 * S), "3,599 s to look at"),
    ],
)
def test_a_wish_that_cannot_be_fulfilled_is_refused_in_words(wish, words):
    with pytest.raises(ExportError, match=words):
        wish.check()


def test_an_ending_in_capitals_is_the_same_ending():
    assert ExportWish("A.PNG").check().format == "png"


def test_a_film_shows_its_span_from_the_first_moment_to_the_last():
    wish = film().check()
    assert wish.frame_count == 26
    assert [wish.frame_at_ns(number) for number in (0, 1, 25)] == [S, S + 80 * MS, 3 * S]


def test_a_slow_film_has_more_frames_of_moments_that_are_closer():
    wish = film(speed=0.5).check()
    assert (wish.film_s, wish.frame_count, wish.frame_at_ns(1)) == (4.0, 51, S + 40 * MS)


def test_every_chart_that_there_is_can_be_asked_for():
    assert tuple(CHARTS.values()) == CHART_NAMES
