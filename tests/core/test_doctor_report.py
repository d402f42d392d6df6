"""What a doctor's report says, in one sentence and as text."""

import pytest

from workq_gui.core.doctor_report import Demonstrable, DoctorReport, Finding, FindingState
from workq_gui.core.problems import Problem

OK, NOTE, WARN, BAD, UNKNOWN = FindingState


def report(*states: FindingState, product: str = "RabbitMQ 4.3.6") -> DoctorReport:
    return DoctorReport("amqp://h:5672", product, tuple(Finding(f"thing {s}", s) for s in states))


@pytest.mark.parametrize(
    ("states", "is_well", "summary"),
    [
        ((OK, NOTE, UNKNOWN), True, "All is well."),
        ((OK, WARN), False, "1 thing to look at."),
        ((BAD, WARN, OK), False, "2 things to look at."),
    ],
)
def test_what_is_wrong_is_counted_and_what_is_merely_worth_knowing_is_not(states, is_well, summary):
    assert (report(*states).is_well, report(*states).summary) == (is_well, summary)


def test_a_broker_that_let_nobody_in_is_not_well():
    unusable = report(BAD, product="")
    assert not unusable.is_usable
    assert not unusable.is_well
    assert unusable.summary == "This broker cannot be used."


def test_the_text_says_each_state_in_a_sign_and_a_word_and_trouble_comes_first():
    lines = report(OK, NOTE, WARN, BAD, UNKNOWN).as_text().splitlines()
    starts = [line.split("thing")[0].strip() for line in lines if "thing " in line and line.startswith("  ")]
    assert starts == ["✕ problem", "! watch out", "✓ ok", "i note", "? not known"]


def test_the_text_has_the_words_the_meaning_and_the_way_out_in_lines_that_fit():
    problem = Problem("It is so.", "541 INTERNAL_ERROR - " + "word " * 60, "That means this.", "Do that.")
    found = DoctorReport("amqp://h", "P", (Finding.of_problem("queue", problem),))
    text = found.as_text()
    for part in ("541 INTERNAL_ERROR", "It is so. That means this.", "→ Do that."):
        assert part in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_what_a_strangers_broker_says_cannot_steer_a_terminal():
    found = DoctorReport("amqp://h", "P", (Finding("queue", BAD, "\x1b[31mred\x07\r\nline two"),))
    assert not [sign for sign in found.as_text() if not sign.isprintable() and sign != "\n"]
    assert "red" in found.as_text()


def test_what_can_be_shown_is_listed_with_the_reason_why_not():
    demos = (Demonstrable("Quorum queues", True), Demonstrable("Restart", False, "not ours"))
    text = DoctorReport("amqp://h", "P", (), demos).as_text()
    assert "✓ yes  Quorum queues" in text
    assert "✕ no   Restart\n         not ours" in text
