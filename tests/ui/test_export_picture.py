"""Pictures as files: pixels, shapes and pages."""

import xml.etree.ElementTree as ET

import pytest
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer

from tests.exports import recorded
from tests.pictures.stage_picture import difference
from workq_gui.core.reel import Reel
from workq_gui.ui.export_picture import picture_bytes, svg_text
from workq_gui.ui.stage_picture import StagePicture
from workq_gui.ui.theme import THEMES, load_fonts

SIZE = (1280, 720)
AT_NS = 2_450_000_000
"""In tests/recordings/moments.jsonl: a worker has crashed, and its task is on the way back."""


@pytest.fixture(autouse=True)
def fonts(qapp):
    load_fonts()


@pytest.fixture
def make_picture(qtbot):
    """Return a maker of pictures of a recorded moment."""

    def make(
        theme="dark", *, is_drawing=False, is_kitchen=False, name="moments", at_ns=AT_NS, title="A lesson"
    ):
        picture = StagePicture(THEMES[theme], is_drawing=is_drawing, is_kitchen=is_kitchen, title=title)
        qtbot.addWidget(picture)
        picture.resize(*SIZE)
        picture.display(Reel(recorded(name).history, at_ns).state, at_ns)
        return picture

    return make


def png(picture: StagePicture) -> QImage:
    return QImage.fromData(picture_bytes("png", *SIZE, "title", picture.paint))


def drawn(text: str) -> list[str]:
    """Return the words of an SVG."""
    return [" ".join(node.itertext()) for node in ET.fromstring(text).iter() if node.tag.endswith("}text")]


@pytest.mark.parametrize("theme", THEMES)
def test_a_png_has_its_size_and_the_colours_of_its_theme(make_picture, theme):
    image = png(make_picture(theme))
    assert (image.width(), image.height()) == SIZE
    colours = {image.pixelColor(x, y).name() for x in range(0, SIZE[0], 3) for y in range(0, SIZE[1], 3)}
    assert THEMES[theme].colour("panel").name() in colours
    assert len(colours) > 50
    assert image.text("Title") == "title"


def test_a_picture_shows_the_moment_its_clock_and_its_workers(make_picture):
    words = drawn(svg_text(*SIZE, "title", make_picture(is_drawing=True).paint))
    assert "0:02.4" in words
    assert "A lesson" in words
    assert "worker 1" in words
    assert any("Second message.." in word for word in words)  # the sentence


@pytest.mark.parametrize("is_kitchen", [False, True])
@pytest.mark.parametrize("name", ["moments", "queues", "auto-ack"])
def test_the_stage_of_an_svg_is_drawn_and_not_copied_from_bitmaps(make_picture, name, is_kitchen):
    text = svg_text(*SIZE, "title", make_picture(is_drawing=True, name=name, is_kitchen=is_kitchen).paint)
    assert QSvgRenderer(text.encode()).isValid()
    images = [node for node in ET.fromstring(text).iter() if node.tag.endswith("}image")]
    assert len(images) <= is_kitchen  # the hats of the chefs
    assert "task_queue" in drawn(text)


def test_an_svg_names_fonts_for_who_does_not_have_ours(make_picture):
    text = svg_text(*SIZE, "a < b", make_picture(is_drawing=True).paint)
    assert 'font-family="Inter, Helvetica, Arial, sans-serif"' in text
    assert 'font-family="Inter"' not in text
    root = ET.fromstring(text)
    assert root.attrib["viewBox"] == "0 0 1280 720"
    assert root.find("{http://www.w3.org/2000/svg}title").text == "a < b"


def test_what_xml_cannot_hold_is_left_out_of_title_and_words(make_picture):
    title = "a\x07b\0 \ufffeé 🐇"
    text = svg_text(*SIZE, title, make_picture(is_drawing=True, title=title).paint)
    assert ET.fromstring(text).find("{http://www.w3.org/2000/svg}title").text == "ab é 🐇"
    assert any("ab" in word and "é" in word for word in drawn(text))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_is_drawn_looks_like_what_is_seen(make_picture, theme):
    seen = png(make_picture(theme))
    drawing = png(make_picture(theme, is_drawing=True))
    assert difference(seen, drawing) < 0.12


def test_a_pdf_is_a_page_of_its_size_with_words_in_it(make_picture):
    data = picture_bytes("pdf", *SIZE, "title", make_picture(is_drawing=True).paint)
    assert data.startswith(b"%PDF-")
    assert b"/MediaBox [0 0 1280" in data.replace(b".00", b"")
    assert b"/FontFile2" in data or b"/ToUnicode" in data


def test_very_many_workers_are_cells(make_picture):
    picture = make_picture(is_drawing=True)
    from tests.bench.stream import Stream
    from tests.core.story import session_of

    stream = Stream(200, 5_000, waiting=300)
    session = session_of(stream.beginning(), stream.until(1_000_000_000))
    picture.display(Reel(session.history, 900_000_000).state, 900_000_000)
    assert picture._cells.isVisibleTo(picture)
    assert picture._grid.height() <= picture._cells.height() < SIZE[1]
    assert not picture._column.isVisibleTo(picture)
    assert len(picture._stage._anchors) == 200
    assert not png(picture).isNull()
