"""WebM films: frames go to ffmpeg whole and in order; where it is missing or fails, that is said in words.

ffmpeg itself is too large for the tests (some 300 MB with what it needs): a stand-in of the same name notes
what it is given. Where there is a real one, it is used, too.
"""

import sys
import textwrap
import time

import pytest

from workq_gui.core.export_wish import ExportError
from workq_gui.runtime.webm_film import WebmFilm, find_ffmpeg

SIZE = (64, 48)
FRAME = 3 * SIZE[0] * SIZE[1]


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return a maker of a program called ffmpeg that runs some lines of Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(code: str) -> None:
        program = folder / "ffmpeg"
        program.write_text(f"#!{sys.executable}\nimport sys\n{textwrap.dedent(code)}")
        program.chmod(0o755)

    return make


NOTES_ALL = """
data = sys.stdin.buffer.read()
with open(sys.argv[-1], "w") as out:
    print(len(data), sorted(set(data)), *sys.argv[1:], file=out)
"""


def wait_until_done(film: WebmFilm) -> None:
    until = time.monotonic() + 20
    while not film.is_done:
        assert time.monotonic() < until


def write(film: WebmFilm, count: int) -> None:
    for number in range(count):
        while not film.is_ready:
            pass
        film.add(bytes([number]) * FRAME)
    film.end()
    wait_until_done(film)


def test_every_frame_arrives(stand_in, tmp_path):
    stand_in(NOTES_ALL)
    out = tmp_path / "film.webm"
    write(WebmFilm(str(out), SIZE, 40), 30)
    size, words = out.read_text().split(" ", 1)
    assert int(size) == 30 * FRAME
    assert words.startswith(str(list(range(30))))
    assert "-video_size 64x48 -framerate 1000/40 -i pipe:0" in words
    assert "-c:v libvpx-vp9" in words
    assert words.endswith(f"-f webm {out}\n")


def test_a_slow_ffmpeg_is_waited_for_and_memory_stays_small(stand_in, tmp_path):
    stand_in("import time; time.sleep(0.3)" + NOTES_ALL)
    film = WebmFilm(str(tmp_path / "film.webm"), (640, 480), 40)
    frames = 0
    while film.is_ready:
        film.add(bytes(3 * 640 * 480))
        frames += 1
    assert frames < 8
    film.abandon()


def test_without_ffmpeg_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ffmpeg() == ""
    with pytest.raises(ExportError, match=r"Install it .*, or choose a GIF"):
        WebmFilm(str(tmp_path / "film.webm"), SIZE, 40)


@pytest.mark.parametrize(
    "code", ["sys.exit('Unknown encoder')", "sys.stdin.buffer.read(); sys.exit('Unknown encoder')"]
)
def test_when_ffmpeg_fails_its_own_words_are_told(stand_in, tmp_path, code):
    stand_in(code)
    with pytest.raises(ExportError, match="It says: Unknown encoder"):
        write(WebmFilm(str(tmp_path / "film.webm"), SIZE, 40), 50)


def test_given_up_no_ffmpeg_is_left(stand_in, tmp_path):
    stand_in("import time; time.sleep(60)")
    film = WebmFilm(str(tmp_path / "film.webm"), SIZE, 40)
    began = time.monotonic()
    film.abandon()
    assert time.monotonic() - began < 10
    with pytest.raises(ExportError):
        _ = film.is_ready


def test_the_real_one_makes_a_film_where_it_is(tmp_path):
    out = tmp_path / "film.webm"
    if not find_ffmpeg():
        with pytest.raises(ExportError, match="made by ffmpeg"):
            WebmFilm(str(out), SIZE, 40)
        return
    write(WebmFilm(str(out), SIZE, 40), 10)
    assert out.read_bytes()[:4] == b"\x1aE\xdf\xa3"  # EBML
