"""Recording and reading back."""

import pytest

from workq_gui.core.event_log import FACTS, EventLineError, EventLog, from_line, to_line
from workq_gui.core.events import Narrated, TaskConfirmed, TaskDelivered, TaskId, WorkerId

DELIVERED = TaskDelivered(
    at_ns=7,
    task_id=TaskId("t-1"),
    worker_id=WorkerId("worker 1"),
    text="Grüße… \n\u2028 {}",
    delivery_tag=3,
    redelivered=True,
    persistent=True,
    work_s=0.3,
)


def test_a_line_gives_back_the_event():
    assert from_line(to_line(DELIVERED)) == DELIVERED


def test_an_event_is_one_line_whatever_its_text_holds():
    assert "\n" not in to_line(DELIVERED)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "null",
        "{",
        '{"event":"TaskConfirmed"}',
        '{"event":"Event","at_ns":1}',
        '{"event":"Unheard","at_ns":1}',
        '{"event":"TaskConfirmed","at_ns":1,"task_id":"t","more":2}',
        '{"at_ns":1}',
    ],
)
def test_what_is_no_event_is_refused_in_words(line):
    with pytest.raises(EventLineError, match="not an event of this version"):
        from_line(line)


def test_verdicts_are_not_recorded():
    assert not {"TaskRequeued", "TaskLost", "TaskRanTwice"} & set(FACTS)


def test_it_keeps_every_event_in_order():
    log = EventLog()
    events = [Narrated(at_ns=1, sentence="a"), TaskConfirmed(at_ns=2, task_id=TaskId("t"))]
    log.extend(events)
    assert list(log) == events
    assert len(log) == 2
