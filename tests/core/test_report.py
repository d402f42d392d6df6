"""The report: one page that needs nothing else, whatever somebody wrote into a message."""

import base64
import re
from html.parser import HTMLParser

import pytest

from tests.core.story import W1, W2, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.follower import Follower
from workq_gui.core.projections import chronicle as chronicle_module
from workq_gui.core.projections.chronicle import Chronicle
from workq_gui.core.projections.rates import Rates
from workq_gui.core.projections.task_rows import TaskRows
from workq_gui.core.report import Picture, Report, report_page
from workq_gui.core.session import Session
from workq_gui.core.task_csv import csv_bytes
from workq_gui.resource_files import resource_path

VOID = {"meta", "br", "img", "link"}
SVG = "<?xml version='1.0'?><svg viewBox='0 0 1 1'></svg>"
HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(1)>&amp;'


class Page(HTMLParser):
    """Reads a page strictly: every tag is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "xlink:href", "data")]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(session: Session, **fields) -> str:
    folds = [Follower(session.history, kind) for kind in (TaskRows, Chronicle, Rates)]
    for fold in folds:
        while fold.catch_up():
            pass
    rows, chronicle, rates = (fold.projection for fold in folds)
    usual = {
        "name": "",
        "source": "a lesson",
        "began": "then",
        "made": "today",
        "version": "1.0",
        "last_ns": 9 * S,
        "table": b"".join(csv_bytes(rows.rows.values())),
    }
    report = Report(**{**usual, **fields})
    template = resource_path("report.html").read_text(encoding="utf-8")
    return report_page(template, report, session, rows, chronicle, rates)


def lesson(text: str = "Hello.") -> Session:
    """One task is lost, and one is done twice."""
    return session_of(
        make(e.ConnectionOpened, owner=e.PUBLISHER, product="RabbitMQ 3.10.8"),
        [make(e.WorkerAdded, worker_id=w) for w in (W1, W2)],
        make(e.WorkerStarted, worker_id=W1, auto_ack=True),
        make(e.WorkerStarted, worker_id=W2, prefetch_count=1),
        [*published(T, text, S), delivered(T, W1, 2 * S, auto_ack=True, text=text)],
        make(e.WorkerCrashed, 3 * S, worker_id=W1),
        [*published(U, "Again..", 4 * S), delivered(U, W2, 5 * S)],
        make(e.TaskFinished, 6 * S, task_id=U, worker_id=W2),
        make(e.WorkerCrashed, 6 * S + 1, worker_id=W2),
        [make(kind, 7 * S, worker_id=W1) for kind in (e.WorkerAdded, e.WorkerStarted)],
        [delivered(U, W1, 7 * S, redelivered=True), *done(U, W1, 8 * S)],
    )


def test_it_tells_what_became_of_the_tasks():
    told = Page(page(lesson(), name="Ada")).text
    for words in (
        "What became of 2 tasks",
        "Name: Ada",
        "RabbitMQ 3.10.8",
        "a lesson",
        "Began then",
        "Tasks done twice 1",
        "marked redelivered 1",
        "worker 1 crashed: its connection was cut, with no goodbye.",
        "Hello.",
        "Fairness between the workers",
        "prefetch_count 1",
    ):
        assert words in told
    assert re.search(r"lost: .* 1 ", told)


def test_without_a_name_there_is_a_line_to_write_on():
    assert '<span class="blank"></span>' in page(lesson())


def test_a_hostile_text_stays_a_text():
    read = Page(page(lesson(HOSTILE), name=HOSTILE, source=HOSTILE))
    assert not read.tags & {"script", "img", "iframe"}
    assert read.text.count('<script>alert("1")</script>') >= 3


def test_it_asks_nothing_of_the_network():
    text = page(lesson(), pictures=[Picture(SVG, SVG, "a picture")])
    read = Page(text)
    assert [link[:22] for link in read.links] == ["data:text/csv;charset="]
    addresses = re.findall(r"(?:https?:)?//[a-z][^\s\"'<>)]*", text)
    assert [one for one in addresses if "www.w3.org" not in one] == []
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_the_table_of_all_tasks_is_in_the_page():
    (link,) = Page(page(lesson())).links
    table = base64.b64decode(link.partition(";base64,")[2]).decode("utf-8-sig")
    assert table.startswith("message_id,text,")
    assert len(table.splitlines()) == 3


def test_a_table_that_is_too_much_for_a_page_is_left_out_with_a_word():
    read = Page(page(lesson(), table=b""))
    assert read.links == []
    assert "has more than 8 MB: too much for this page" in read.text


def test_of_very_many_sentences_the_rare_ones_stay_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(chronicle_module, "MOST_OF_EACH", 5)
    many = [event for n in range(50) for event in published(e.TaskId(f"t-{n}"), f"Number {n}.", n)]
    session = session_of(many, make(e.WorkerFroze, 99, worker_id=W1))
    told = Page(page(session)).text
    assert "Number 0." in told
    assert "Number 40." not in told
    assert "worker 1 froze" in told
    assert "… and 45 more." in told


def test_a_text_of_a_megabyte_is_cut():
    text = page(lesson("x" * 1_000_000))
    assert len(text) < 200_000


def test_what_is_forgotten_is_told():
    assert "The first 1,234 events are not kept any more" in page(lesson(), forgotten_count=1_234)


def test_an_empty_session_is_a_page_too():
    assert "What became of 0 tasks" in Page(page(session_of())).text


@pytest.mark.parametrize("look", ["prefers-color-scheme: dark", "@media print", "size: A4"])
def test_it_is_made_for_screens_and_paper(look):
    assert look in page(lesson())
