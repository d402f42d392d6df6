"""Recording and reading back."""

import dataclasses
import json

import pytest

from tests.core.story import make
from workq_gui.core.event_lines import (
    FACTS,
    EventLineError,
    UnknownEventError,
    from_line,
    from_values,
    to_line,
)
from workq_gui.core.events import (
    ConnectionOpened,
    PaceChanged,
    TaskConfirmed,
    TaskDelivered,
    TaskId,
    WorkerId,
)
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
        "[" * 100_000,
        '{"event":"TaskConfirmed"}',
        '{"event":"TaskConfirmed","at_ns":1,"task_id":2}',
        '{"event":"TaskConfirmed","at_ns":true,"task_id":"t"}',
        '{"event":"TaskConfirmed","at_ns":-1,"task_id":"t"}',
        '{"event":"PaceChanged","at_ns":1,"dot_s":NaN}',
        '{"event":"PaceChanged","at_ns":1,"dot_s":"0.3"}',
        '{"event":"BrokerStarted","at_ns":1,"host":"","port":99999999999999999999,"product":""}',
        '{"event":["Event"],"at_ns":1}',
        '{"event":"login"}',
        '{"at_ns":1}',
    ],
)
def test_what_is_no_event_is_refused(line):
    with pytest.raises(EventLineError):
        from_line(line)


@pytest.mark.parametrize("name", ["Event", "TaskLost", "Unheard"])
def test_an_event_of_a_kind_that_is_not_recorded_here_is_told_apart(name):
    with pytest.raises(UnknownEventError, match=name):
        from_line(f'{{"event":"{name}","at_ns":1}}')


def test_fields_that_are_not_known_are_passed_over_and_counted():
    values = {"event": "TaskConfirmed", "more": 2, "at_ns": 1, "task_id": "t"}
    assert from_values(values) == (TaskConfirmed(at_ns=1, task_id=TaskId("t")), 1)


def test_fields_that_an_old_recording_lacks_have_their_defaults():
    line = '{"event":"ConnectionOpened","at_ns":1,"owner":"publisher"}'
    assert from_line(line) == ConnectionOpened(at_ns=1, owner="publisher", product="")


def test_a_whole_number_is_a_number_with_a_point():
    assert from_line('{"event":"PaceChanged","at_ns":1,"dot_s":2}') == PaceChanged(at_ns=1, dot_s=2.0)


@pytest.mark.parametrize("kind", FACTS.values(), ids=FACTS)
def test_every_kind_of_event_comes_back(kind):
    event = make(kind, 5)
    assert from_line(to_line(event)) == event
    assert json.loads(to_line(event)) == {"event": kind.__name__, **dataclasses.asdict(event)}


def test_verdicts_are_not_recorded():
    assert not set(VERDICTS) & set(FACTS.values())
