"""Texts become tasks, or are refused with a reason."""

import pytest

from workq_gui.core.tasks import (
    DEFAULT_TEXT,
    MAX_BODY_BYTES,
    TUTORIAL_BATCH,
    TaskTextError,
    make_batch,
    make_task,
    shown_text,
)


@pytest.mark.parametrize(
    ("text", "dots"), [("", 0), ("Hello World!", 0), ("First message.", 1), ("...", 3), ("v1.2: ok...", 4)]
)
def test_each_dot_is_one_unit_of_work(text, dots):
    assert make_task(text).dots == dots


def test_an_empty_text_is_hello_world_as_in_the_tutorial():
    assert make_task("").text == DEFAULT_TEXT == "Hello World!"


def test_ids_differ_also_for_equal_texts():
    assert make_task("same").task_id != make_task("same").task_id


def test_the_tutorials_batch_is_five_tasks_of_one_to_five_dots():
    assert [task.dots for task in make_batch(TUTORIAL_BATCH)] == [1, 2, 3, 4, 5]


def test_blank_lines_are_no_tasks():
    assert [task.text for task in make_batch("a.\n\n   \r\nb..\n")] == ["a.", "b.."]


@pytest.mark.parametrize("text", ["", "\n \n\t"])
def test_a_batch_without_a_task_is_refused(text):
    with pytest.raises(TaskTextError, match="no task"):
        make_batch(text)


def test_a_text_that_is_too_long_is_refused_with_both_sizes():
    with pytest.raises(TaskTextError, match=r"1,000,002 bytes.*1,000,000"):
        make_task("é" * (MAX_BODY_BYTES // 2 + 1))


def test_a_lone_surrogate_cannot_be_sent():
    with pytest.raises(TaskTextError, match="cannot be sent"):
        make_task("half a \ud83d")


def test_a_batch_says_which_line_is_wrong():
    with pytest.raises(TaskTextError, match="Line 2"):
        make_batch("good.\nbad \udc00\n")


def test_a_long_text_is_shown_cut():
    shown = shown_text("x" * 1000)
    assert len(shown) == 200
    assert shown.endswith("…")
    assert shown_text("short") == "short"
