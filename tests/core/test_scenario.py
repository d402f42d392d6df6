"""Scenario files: what they say, and what is said of their mistakes."""

import pytest

from workq_gui.command_line import shipped_scenarios
from workq_gui.core.publish_settings import PublishSettings
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.scenario import ScenarioError, parse
from workq_gui.core.steps import (
    AddQueue,
    AddWorkers,
    BrokerVerb,
    ChangeBroker,
    ChangeWorker,
    Condition,
    Hold,
    Holdable,
    Publish,
    Purge,
    Release,
    Say,
    SetDotSeconds,
    Wait,
    WaitUntil,
    WorkerVerb,
)
from workq_gui.core.worker_settings import WorkerSettings
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

[[step]]
add_queue = "failed"

[[step]]
add_queue = "mail"
dead_letter_to = "failed"

[[step]]
add_workers = 1
queues = ["mail", ""]
prefetch = 3

[[step]]
add_workers = 1
auto_ack = true

[[step]]
publish = "a."
queue = "mail"
persistent = false

[[step]]
nack_task = 3

[[step]]
reject_task = 3

[[step]]
freeze_worker = 3

[[step]]
thaw_worker = 3

[[step]]
hold = "workers"

[[step]]
release = "producer"

[[step]]
purge = ""
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
        AddQueue(line=48, name="failed", how=QueueSettings()),
        AddQueue(line=51, name="mail", how=QueueSettings(dead_letter_to="failed")),
        AddWorkers(line=55, count=1, queues=("mail", ""), how=WorkerSettings(prefetch_count=3)),
        AddWorkers(line=60, count=1, how=WorkerSettings(auto_ack=True)),
        Publish(line=64, texts=("a.",), times=1, queue="mail", how=PublishSettings(persistent=False)),
        ChangeWorker(line=69, verb=WorkerVerb.NACK, number=3),
        ChangeWorker(line=72, verb=WorkerVerb.REJECT, number=3),
        ChangeWorker(line=75, verb=WorkerVerb.FREEZE, number=3),
        ChangeWorker(line=78, verb=WorkerVerb.THAW, number=3),
        Hold(line=81, target=Holdable.WORKERS),
        Release(line=84, target=Holdable.PRODUCER),
        Purge(line=87, queue=""),
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
        ('title = "T"\nstep = [{ say = "a" }]', 2, r"begins with \[\[step\]\] on a line of its own"),
        ('title = "T"\nspeed = 3', 2, "'speed' is not known here"),
        (HEAD, 4, "exactly one thing; this one says nothing"),
        (HEAD + 'say = "a"\nwait_s = 1', 4, "exactly one thing; this one says say, wait_s"),
        (HEAD + 'sya = "a"', 4, "this one says sya. Known are: add_queue, add_workers"),
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
        (HEAD + "add_queue = 1", 5, "takes a name"),
        (HEAD + 'add_queue = ""', 5, "needs a name"),
        (HEAD + 'add_queue = "amq.mine"', 5, "belong to the broker itself"),
        (HEAD + 'add_queue = "a"\n[[step]]\nadd_queue = "a"', 7, "a queue 'a' already"),
        (HEAD + 'add_queue = "a"\ndead_letter_to = "b"', 6, "no queue 'b' here"),
        (HEAD + 'add_queue = "a"\nconsumer_timeout_s = 3', 5, "a classic one has no consumer timeout"),
        ('title = "T"\n' + "".join(f'[[step]]\nadd_queue = "{n}"\n' for n in range(6)), 13, "at most 6"),
        (HEAD + 'add_workers = 1\nqueues = "a"', 6, "a list of names"),
        (HEAD + "add_workers = 1\nqueues = []", 6, "a list of names"),
        (HEAD + 'add_workers = 1\nqueues = ["a"]', 6, "no queue 'a' here"),
        (HEAD + "add_workers = 1\nauto_ack = 1", 6, "true or false"),
        (HEAD + "add_workers = 1\nprefetch = -1", 6, "whole number from 0 to 65,535"),
        (HEAD + "add_workers = 1\nauto_ack = true\nprefetch = 2", 7, "knows no prefetch"),
        (HEAD + 'publish = "a"\nqueue = "b"', 6, "no queue 'b' here"),
        (HEAD + 'publish = "a"\npersistent = "no"', 6, "true or false"),
        (HEAD + 'purge = "a"', 5, "no queue 'a' here"),
        (HEAD + "nack_task = 2", 5, "no worker 2 here"),
        (HEAD + 'hold = "everybody"', 5, "it knows 'workers', 'producer'"),
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


def test_a_scenario_with_a_consumer_timeout_needs_a_broker_that_has_one():
    queue = HEAD + 'add_queue = "a"\ntype = "quorum"\n'
    assert not parse(queue, "lesson.toml").needs_consumer_timeout
    timed = parse(queue + "consumer_timeout_s = 0.5", "lesson.toml")
    assert timed.needs_consumer_timeout
    assert timed.steps[-1].how == QueueSettings(queue_type="quorum", consumer_timeout_s=0.5)


def test_every_lesson_ships():
    assert set(shipped_scenarios()) >= {
        "round-robin",
        "fair-dispatch",
        "crash-and-redeliver",
        "auto-ack-loss",
        "transient-and-restart",
        "nack-and-reject",
        "separate-queues",
    }
