"""Comparison files, and what the figures of both sides say."""

from dataclasses import replace

import pytest

from workq_gui.command_line import load_comparison, shipped_comparisons
from workq_gui.core.comparison import Measure, parse
from workq_gui.core.comparison_result import conclude
from workq_gui.core.outcome import Outcome
from workq_gui.core.scenario import ScenarioError
from workq_gui.core.steps import AddWorkers, ChangeBroker, Publish, WaitUntil

HEAD = """title = "One against two"
measure = "time"
because = "Two hands do more."

[a]
title = "one"

[b]
title = "two"
type = "quorum"
"""
STEPS = """
[[step]]
add_workers = 1
only = "a"

[[step]]
add_workers = 2
only = "b"

[[step]]
publish = ["One.", "Two."]

[[step]]
wait_until = "all done"
"""
RESTART = """
[[step]]
wait_until = "connected"

[[step]]
broker = "restart"

[[step]]
wait_until = "connected"
"""
SLOW = Outcome(8, 8, 0, 0, 0, 8.0, 6.0, (4, 4), 0, 0)
QUICK = replace(SLOW, finishing_s=5.0, idle_s=0.2, done_by_worker=(3, 5))


def steps_of(comparison, side: int) -> list[type]:
    return [type(step) for step in comparison.sides[side].scenario.steps]


def test_each_side_has_the_common_steps_and_its_own():
    comparison = parse(HEAD + STEPS, "one.toml")
    assert [steps_of(comparison, side) for side in (0, 1)] == [[AddWorkers, Publish, WaitUntil]] * 2
    assert [side.scenario.steps[0].count for side in comparison.sides] == [1, 2]
    assert [side.title for side in comparison.sides] == ["one", "two"]
    assert [side.queue.queue_type for side in comparison.sides] == ["", "quorum"]


def test_both_sides_meet_before_they_publish():
    phases = parse(HEAD + STEPS, "one.toml").phases()
    begun = [[type(step) for step in phase.parts[0].steps] for phase in phases]
    assert begun == [[AddWorkers], [Publish, WaitUntil]]


def test_the_broker_is_restarted_once_for_both():
    comparison = parse(HEAD + RESTART, "one.toml")
    phases = comparison.phases()
    assert comparison.needs_own_broker
    assert [phase.is_common for phase in phases] == [False, True, False]
    assert isinstance(phases[1].parts[0].steps[0], ChangeBroker)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD.replace('"time"', '"luck"') + STEPS, "one.toml:2: a comparison says measure = one of 'time'"),
        (
            HEAD.replace("because", "reason") + STEPS,
            "one.toml:3: 'reason' is not known here; known are title",
        ),
        (HEAD.replace("Two hands do more.", "") + STEPS, 'one.toml:3: a comparison says because = "..."'),
        (HEAD.replace('[b]\ntitle = "two"\ntype = "quorum"\n', "") + STEPS, "a comparison has a table [b]"),
        (HEAD.replace("type =", "kind =") + STEPS, "one.toml:8: 'kind' is not known in [b]"),
        (HEAD.replace('type = "quorum"', "durable = 3") + STEPS, "one.toml:8: durable takes true or false"),
        (HEAD + STEPS.replace('only = "a"', 'only = "c"'), 'one.toml:12: only takes "a" or "b"'),
        (
            HEAD + RESTART.replace("restart", 'restart"\nonly = "a') + STEPS,
            "the broker is one for both sides",
        ),
        (HEAD + STEPS + '\n[[step]]\nadd_queue = "more"\n', "a comparison has one queue on each side"),
        (HEAD + STEPS + "\n[[step]]\ncrash_worker = 2\n", "one.toml:27: there is no worker 2 here"),
        (HEAD, "a comparison has at least one [[step]]"),
        ("step = [{ wait_s = 1 }]\n" + HEAD, "one.toml:1: every step begins with"),
        ("title = ", "not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place(text, words):
    with pytest.raises(ScenarioError) as told:
        parse(text, "one.toml")
    assert words in str(told.value)


def test_those_that_ship_can_be_played():
    assert shipped_comparisons() == ["auto-ack", "persistence", "prefetch", "queue-type"]
    for name in shipped_comparisons():
        assert load_comparison(name).phases()


def result_of(measure: Measure, a: Outcome, b: Outcome):
    return conclude(replace(parse(HEAD + STEPS, "one.toml"), measure=measure), a, b)


def test_who_is_done_earlier_is_told_with_both_times_and_why():
    result = result_of(Measure.TIME, SLOW, QUICK)
    assert result.is_as_expected
    assert "A was done after 8.0 s, B after 5.0 s" in result.sentence
    assert "a count does not tell them apart" in result.sentence
    assert result.sentence.endswith("Two hands do more.")
    told = {row.label: (row.a, row.b) for row in result.rows}
    assert told["Workers idle meanwhile"] == ("6.0 s", "0.2 s")
    assert told["Tasks done"] == ("8 of 8", "8 of 8")
    assert told["By each worker"] == ("4 + 4", "3 + 5")
    assert "Redelivered" not in told


@pytest.mark.parametrize(
    ("measure", "a", "b"),
    [
        (Measure.TIME, QUICK, SLOW),
        (Measure.TIME, SLOW, replace(SLOW, finishing_s=7.9)),
        (Measure.TIME, SLOW, replace(QUICK, done_count=7)),
        (Measure.LOSSES, SLOW, QUICK),
        (Measure.LOSSES, replace(SLOW, lost_count=2), replace(QUICK, lost_count=1)),
        (Measure.RESTART, SLOW, QUICK),
        (
            Measure.RESTART,
            replace(SLOW, at_risk_count=5, survived_count=5),
            replace(SLOW, at_risk_count=5, survived_count=5),
        ),
    ],
)
def test_figures_that_do_not_show_it_are_not_explained_away(measure, a, b):
    result = result_of(measure, a, b)
    assert not result.is_as_expected
    assert "not what this comparison was to show" in result.sentence
    assert "Two hands do more." not in result.sentence


def test_losses_are_told_with_what_came_back():
    a, b = replace(SLOW, lost_count=3, done_count=5), replace(SLOW, redelivered_count=1)
    result = result_of(Measure.LOSSES, a, b)
    assert result.sentence.startswith("A lost 3 of 8 tasks; B lost none of 8 tasks; 1 task came back")
    assert [row.label for row in result.rows if row.decides] == ["Lost"]


def test_what_is_there_after_a_restart_is_told():
    a, b = replace(SLOW, at_risk_count=5), replace(SLOW, at_risk_count=5, survived_count=5)
    result = result_of(Measure.RESTART, a, b)
    assert result.sentence.startswith("After the restart none of 5 tasks were still in A's queue, and all 5")
