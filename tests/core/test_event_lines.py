"""Recording and reading back."""

import pytest

from workq_gui.core.event_lines import FACTS, EventLineError, from_line, to_line
from workq_gui.core.events import TaskDelivered, TaskId, WorkerId
from workq_gui.core.verdicts import VERDICTS

DELIVERED = TaskDelivered(
    at_ns=7,
    task_id=TaskId("t-1"),
    worker_id=WorkerId("worker 1"),
    queue="task_queue",
    auto_ack=False,
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
    assert not set(VERDICTS) & set(FACTS.values())
