import ast

import pytest

from workq_gui.core.code_lines import (
    ack_lines,
    callback_code,
    confirms_line,
    consume_line,
    declare_line,
    delivery_mode_line,
    heartbeat_line,
    mandatory_line,
    network_line,
    persistent_line,
    poison_lines,
    prefetch_line,
    sleep_line,
    worker_code,
)
from workq_gui.core.publish_settings import PublishSettings
from workq_gui.core.queue_settings import QUORUM, QueueSettings
from workq_gui.core.worker_settings import UNLIMITED, AckHabit, WorkerSettings

ACK = "ch.basic_ack(delivery_tag=method.delivery_tag)"
EVERY_WORKER = [
    WorkerSettings(auto_ack=auto_ack, ack=ack, naive_sleep=naive, crashes_on=poison, behind_relay=naive)
    for auto_ack in (False, True)
    for ack in AckHabit
    for naive in (False, True)
    for poison in ("", 'a "quoted" text\n')
]


def call_of(code: str) -> ast.Call:
    """Return the one call that `code` is."""
    statement = ast.parse(code).body[0]
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    return statement.value


@pytest.mark.parametrize(
    ("how", "line"),
    [
        (QueueSettings(), 'channel.queue_declare(queue="mail", durable=True)'),
        (QueueSettings(durable=False), 'channel.queue_declare(queue="mail", durable=False)'),
    ],
)
def test_a_plain_queue_is_declared_in_one_line(how, line):
    assert declare_line("mail", how) == line


def test_a_queue_with_everything_is_declared_with_its_arguments():
    how = QueueSettings(queue_type=QUORUM, delivery_limit=3, dead_letter_to="failed")
    arguments = {
        word.arg: ast.literal_eval(word.value) for word in call_of(declare_line("mail", how)).keywords
    }
    assert arguments == {
        "queue": "mail",
        "durable": True,
        "arguments": {
            "x-queue-type": "quorum",
            "x-delivery-limit": 3,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": "failed",
        },
    }


@pytest.mark.parametrize("name", ['a"b', "back\\slash", "ä\n", "x" * 300, "\ud800"])
def test_any_name_gives_code_that_python_can_read_and_utf8_can_hold(name):
    code = declare_line(name, QueueSettings())
    assert call_of(code).keywords[0].arg == "queue"
    assert len(code.encode()) < 200


def test_publishing_says_persistent_confirms_and_mandatory():
    how = PublishSettings()
    assert persistent_line(how) == "delivery_mode=pika.DeliveryMode.Persistent"
    assert delivery_mode_line(how) == "delivery_mode=2  # Persistent"
    assert confirms_line(how) == "channel.confirm_delivery()"
    assert mandatory_line(how) == "mandatory=True"


def test_publishing_carelessly_says_so_too():
    how = PublishSettings(persistent=False, confirms=False, mandatory=False)
    assert persistent_line(how) == "delivery_mode=pika.DeliveryMode.Transient"
    assert delivery_mode_line(how) == "delivery_mode=1  # Transient"
    assert confirms_line(how).startswith("#")
    assert mandatory_line(how) == "mandatory=False"


@pytest.mark.parametrize(
    ("how", "line"),
    [
        (WorkerSettings(), "channel.basic_qos(prefetch_count=1)"),
        (WorkerSettings(prefetch_count=7), "channel.basic_qos(prefetch_count=7)"),
        (WorkerSettings(prefetch_count=UNLIMITED), "channel.basic_qos(prefetch_count=0)  # 0: no limit"),
    ],
)
def test_prefetch_is_one_line(how, line):
    assert prefetch_line(how) == line


def test_with_auto_ack_there_is_no_prefetch_to_set():
    assert prefetch_line(WorkerSettings(auto_ack=True)).startswith("#")


def test_consuming_names_auto_ack_only_if_it_is_on():
    assert "auto_ack" not in consume_line("q", WorkerSettings())
    assert [word.arg for word in call_of(consume_line("q", WorkerSettings(auto_ack=True))).keywords] == [
        "queue",
        "on_message_callback",
        "auto_ack",
    ]


@pytest.mark.parametrize(
    ("how", "line"),
    [
        (WorkerSettings(), 'connection.sleep(body.count(b"."))'),
        (WorkerSettings(naive_sleep=True), 'time.sleep(body.count(b"."))'),
        (WorkerSettings(slowness=3.0), 'connection.sleep(3 * body.count(b"."))'),
        (WorkerSettings(slowness=1.5, naive_sleep=True), 'time.sleep(1.5 * body.count(b"."))'),
    ],
)
def test_work_is_a_sleep(how, line):
    assert sleep_line(how) == line


@pytest.mark.parametrize(
    ("habit", "lines"),
    [
        (AckHabit.AFTER, [ACK]),
        (AckHabit.BEFORE, [ACK]),
        (AckHabit.TWICE, [ACK, ACK]),
        (AckHabit.NEVER, [f"# {ACK} was forgotten"]),
        (
            AckHabit.OTHER_CHANNEL,
            ["other = connection.channel()", "other.basic_ack(delivery_tag=method.delivery_tag)"],
        ),
    ],
)
def test_each_habit_of_acking_has_its_lines(habit, lines):
    assert ack_lines(WorkerSettings(ack=habit)) == lines


def test_with_auto_ack_nothing_acks_whatever_the_habit():
    for habit in AckHabit:
        (line,) = ack_lines(WorkerSettings(auto_ack=True, ack=habit))
        assert line.startswith("#")


@pytest.mark.parametrize(("habit", "is_early"), [(AckHabit.BEFORE, True), (AckHabit.AFTER, False)])
def test_the_ack_stands_before_or_after_the_work(habit, is_early):
    code = callback_code(WorkerSettings(ack=habit))
    assert (code.index("basic_ack") < code.index("sleep")) is is_early


def test_poison_raises_between_the_work_and_the_ack():
    code = callback_code(WorkerSettings(crashes_on="poison"))
    assert code.index("sleep") < code.index('if "poison" in') < code.index("basic_ack")
    assert poison_lines(WorkerSettings()) == []


def test_heartbeat_and_network_are_arguments_of_the_connection():
    how = WorkerSettings(heartbeat_s=2, behind_relay=True)
    assert heartbeat_line(how) == "heartbeat=2"
    assert network_line(how) == "port=relay_port"
    assert "heartbeat=2" in worker_code(["q"], how)
    assert "port=relay_port" in worker_code(["q"], how)
    assert "port" not in worker_code(["q"], WorkerSettings())


@pytest.mark.parametrize("how", EVERY_WORKER)
def test_every_worker_is_code_that_python_can_read(how):
    code = worker_code(["task_queue", "mail"], how)
    ast.parse(code)
    assert code.count("channel.basic_consume(") == 2
    assert all(len(line) <= 66 for line in code.splitlines())
