"""Films: the right number of frames, of the right moments, and as long as they should be."""

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from tests.exports import recorded
from workq_gui.core.export_wish import ExportWish
from workq_gui.runtime.gif_film import GifFilm
from workq_gui.ui.export_film import MOST_COLOURS, film_frames, film_palette
from workq_gui.ui.stage_picture import StagePicture
from workq_gui.ui.theme import DARK, THEMES, load_fonts

WISH = ExportWish("film.gif", from_ns=1_500_000_000, to_ns=3_500_000_000, width=641, height=401)


@pytest.fixture
def frames(qtbot):
    """Return a maker of the frames of a film."""
    load_fonts()

    def make(wish=WISH):
        picture = StagePicture(THEMES[wish.theme])
        qtbot.addWidget(picture)
        picture.resize(wish.width, wish.height)
        return list(film_frames(wish, recorded().history, picture))

    return make


def film_of(frames: list[bytes], wish=WISH) -> Image.Image:
    out = io.BytesIO()
    film = GifFilm(out, (wish.width, wish.height), film_palette(THEMES[wish.theme]), 80)
    for frame in frames:
        film.add(frame)
    film.end()
    out.seek(0)
    return Image.open(out)


def lengths(film: Image.Image) -> list[int]:
    found = []
    for number in range(film.n_frames):
        film.seek(number)
        found.append(film.info["duration"])
    return found


def test_a_film_has_a_frame_for_each_step_and_each_is_whole(frames):
    made = frames()
    assert len(made) == WISH.frame_count == 26
    assert {len(frame) for frame in made} == {3 * 641 * 401}
    assert len(set(made)) > 10


def test_a_gif_is_as_long_as_its_span_and_goes_on_for_ever(frames):
    film = film_of(frames())
    assert film.size == (641, 401)
    assert sum(lengths(film)) == 26 * 80
    assert film.n_frames <= 26
    assert film.info["loop"] == 0


@pytest.mark.parametrize("theme", THEMES)
def test_frames_of_a_gif_show_what_was_painted(frames, theme):
    wish = replace(WISH, theme=theme)
    made = frames(wish)
    film = film_of(made, wish)
    for number in (0, 7, film.n_frames - 1):
        film.seek(number)
    last = film.convert("RGB")
    wanted = Image.frombytes("RGB", (641, 401), made[-1])
    off = ImageChops.difference(last, wanted).convert("L").histogram()
    count = sum(off)
    assert off[0] > 0.9 * count  # most pixels stand on a plain colour, which is exact
    assert sum(off[24:]) < 0.002 * count


def test_what_stands_still_costs_no_frame():
    grey, red = bytes([30]) * (3 * 641 * 401), bytes([255, 0, 0]) * (641 * 401)
    film = film_of([grey] * 5 + [red] * 2 + [grey])
    assert lengths(film) == [400, 160, 80]


def test_a_film_of_one_moment_is_one_frame():
    assert lengths(film_of([bytes(3 * 641 * 401)])) == [80]


@pytest.mark.parametrize("theme", THEMES)
def test_the_palette_has_the_colours_of_the_theme_and_fits(theme):
    palette = film_palette(THEMES[theme])
    assert len(palette) == len(set(palette)) <= MOST_COLOURS
    for token in ("bg", "panel", "card", "ink", "bad", "accent"):
        colour = THEMES[theme].colour(token)
        assert (colour.red(), colour.green(), colour.blue()) in palette


def test_a_dark_film_of_some_seconds_is_small(frames, tmp_path):
    out = io.BytesIO()
    film = GifFilm(out, (641, 401), film_palette(DARK), 80)
    for frame in frames():
        film.add(frame)
    film.end()
    assert len(out.getvalue()) < 150_000
