"""Scenario files: what they say, and what is said of their mistakes."""

import pytest

from workq_gui.command_line import shipped_scenarios
from workq_gui.core.scenario import (
    AddWorkers,
    BrokerVerb,
    ChangeBroker,
    ChangeWorker,
    Condition,
    Publish,
    Say,
    ScenarioError,
    SetDotSeconds,
    Wait,
    WaitUntil,
    WorkerVerb,
    parse,
)
from workq_gui.resource_files import resource_path

EVERY_VERB = """\
title = "All there is"
about = "Every verb once."

[[step]]
add_workers = 2

[[step]]
publish = "First message."

[[step]]
publish = ["a.", "b.."]
times = 3

[[step]]
crash_worker = 1

[[step]]
restart_worker = 1

[[step]]
stop_worker = 2

[[step]]
remove_worker = 2

[[step]]
dot_seconds = 0.2

[[step]]
say = "Look."

[[step]]
wait_s = 1

[[step]]
wait_until = "worker working"
worker = 1
within_s = 5

[[step]]
wait_until = "redelivered"
task = "a."

[[step]]
broker = "restart"
"""


def test_every_verb_becomes_a_step_that_knows_its_line():
    scenario = parse(EVERY_VERB, "all.toml")
    assert (scenario.title, scenario.about) == ("All there is", "Every verb once.")
    assert scenario.steps == (
        AddWorkers(line=5, count=2),
        Publish(line=8, texts=("First message.",), times=1),
        Publish(line=11, texts=("a.", "b.."), times=3),
        ChangeWorker(line=15, verb=WorkerVerb.CRASH, number=1),
        ChangeWorker(line=18, verb=WorkerVerb.RESTART, number=1),
        ChangeWorker(line=21, verb=WorkerVerb.STOP, number=2),
        ChangeWorker(line=24, verb=WorkerVerb.REMOVE, number=2),
        SetDotSeconds(line=27, seconds=0.2),
        Say(line=30, sentence="Look."),
        Wait(line=33, seconds=1.0),
        WaitUntil(line=36, condition=Condition.WORKER_WORKING, worker=1, task=None, within_s=5.0),
        WaitUntil(line=41, condition=Condition.REDELIVERED, worker=None, task="a.", within_s=30.0),
        ChangeBroker(line=45, verb=BrokerVerb.RESTART),
    )
    assert scenario.needs_own_broker


def test_a_batch_is_published_as_often_as_it_says():
    tasks = Publish(line=1, texts=("a.", "b"), times=2).tasks()
    assert [task.text for task in tasks] == ["a.", "b", "a.", "b"]
    assert len({task.task_id for task in tasks}) == 4


HEAD = 'title = "T"\n[[step]]\nadd_workers = 1\n[[step]]\n'


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("title = ", 1, "not valid TOML"),
        ('title = "T"\n\n[[step]\n', 3, "not valid TOML"),
        ("", 1, "begins with title"),
        ("title = 3", 1, "begins with title"),
        ('title = "T"\nabout = 1', 2, "about is a text"),
        ('title = "T"', 1, r"at least one \[\[step\]\]"),
        ('title = "T"\nstep = 3', 1, r"at least one \[\[step\]\]"),
        ('title = "T"\nspeed = 3', 2, "'speed' is not known here"),
        (HEAD, 4, "exactly one thing; this one says nothing"),
        (HEAD + 'say = "a"\nwait_s = 1', 4, "exactly one thing; this one says say, wait_s"),
        (HEAD + 'sya = "a"', 4, "this one says sya. Known are: add_workers"),
        (HEAD + 'say = "a"\ntimes = 1', 6, "'times' is not known in a step with say"),
        (HEAD + "add_workers = 0", 5, "whole number from 1 to 500"),
        (HEAD + "add_workers = true", 5, "whole number"),
        (HEAD + "publish = 1", 5, "takes a text"),
        (HEAD + "publish = []", 5, "takes a text"),
        (HEAD + 'publish = ["a", 1]', 5, "takes a text"),
        (HEAD + f'publish = "{"x" * 1_000_001}"', 5, "at most"),
        (HEAD + 'publish = "a"\ntimes = -1', 6, "whole number"),
        (HEAD + "crash_worker = 2", 5, "no worker 2 here; 1 were added so far"),
        (HEAD + "remove_worker = 1\n[[step]]\nstop_worker = 1", 7, "it was removed"),
        (HEAD + "dot_seconds = 9", 5, "from 0.1 to 2"),
        (HEAD + "dot_seconds = nan", 5, "from 0.1 to 2"),
        (HEAD + 'wait_s = "1"', 5, "number of seconds"),
        (HEAD + "say = 1", 5, "takes a text"),
        (HEAD + 'wait_until = "later"', 5, "does not know 'later'; it knows 'connected'"),
        (HEAD + "wait_until = [1]", 5, "does not know"),
        (HEAD + 'wait_until = "worker working"', 5, "needs worker = NUMBER"),
        (HEAD + 'wait_until = "all done"\nworker = 1', 5, "has no use for worker"),
        (HEAD + 'wait_until = "all done"\ntask = "a"', 6, "task goes with 'redelivered'"),
        (HEAD + 'wait_until = "all done"\nwithin_s = 0', 6, "number of seconds"),
        (HEAD + 'broker = "explode"', 5, "does not know 'explode'"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(text, line, reason):
    with pytest.raises(ScenarioError, match=reason) as error:
        parse(text, "lesson.toml")
    assert str(error.value).startswith(f"lesson.toml:{line}: ")


@pytest.mark.parametrize("name", shipped_scenarios())
def test_what_ships_can_be_played(name):
    text = (resource_path("scenarios") / f"{name}.toml").read_text(encoding="utf-8")
    assert parse(text, name).steps


def test_three_scenarios_ship():
    assert {"round-robin", "fair-dispatch", "crash-and-redeliver"} <= set(shipped_scenarios())
