from pathlib import Path

import pytest

from tests.mistakes_page import page
from workq_gui.core.mistakes import MISTAKES, explain_mistake

PAGE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_each_mistake_is_known_by_its_words_and_told_in_full(mistake):
    told = explain_mistake(mistake.example)
    assert told is not None
    assert told.name == mistake.name
    parts = (told.what, told.meaning, told.pika_line, told.way_out)
    assert all(parts)
    assert not any("$" in part for part in parts)


def test_no_two_mistakes_have_the_same_name():
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)


@pytest.mark.parametrize("words", ["", "internal error, see the log", "hello", "200 Normal shutdown"])
def test_other_words_are_no_mistake(words):
    assert explain_mistake(words) is None


@pytest.mark.parametrize(
    ("received", "current", "wanted", "actual"),
    [
        ("'false'", "'true'", "false", "true"),
        ("none", "the value 'quorum' of type 'longstr'", "none", "quorum"),
        ("the value '5' of type 'signedint'", "none", "5", "none"),
        ("'classic'", "'quorum'", "classic", "quorum"),
    ],
)
def test_a_second_declare_tells_what_was_wanted_and_what_there_is(received, current, wanted, actual):
    told = explain_mistake(
        f"406 PRECONDITION_FAILED - inequivalent arg 'x-thing' for queue 'it's mine' in vhost '/': "
        f"received {received} but current is {current}"
    )
    assert told is not None
    assert "it's mine" in told.what
    assert f"Wanted: {wanted}. It is: {actual} " in told.meaning


def test_a_mistake_is_found_within_a_whole_problem_and_in_the_words_of_an_exception():
    words = "PRECONDITION_FAILED - unknown delivery tag 7"
    for text in (
        f"The queue cannot be used.\n  406 {words}\nThe broker closed the channel on it.",
        f"ChannelClosedByBroker: (406) '{words}'",
        f"(406, '{words}')",
    ):
        told = explain_mistake(text)
        assert told is not None
        assert told.what.startswith("The worker acked delivery 7,")


def test_what_a_broker_names_is_cut_and_taken_as_it_is():
    told = explain_mistake(f"404 NOT_FOUND - no queue '{'$queue' * 42}' in vhost '/'")
    assert told is not None
    assert told.what == f"There is no queue {('$queue' * 42)[:47]}…."


def test_the_page_of_all_errors_is_made_from_the_mistakes():
    assert PAGE.read_text() == page(), "make it anew: python -m tests.mistakes_page"
