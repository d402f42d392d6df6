"""Written demonstrations: what a teacher writes in TOML, checked, as steps.

docs/scenarios.md explains every verb.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workq_gui.core.publish_settings import PublishSettings
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.scenario_fields import Fields, ScenarioError, Source
from workq_gui.core.settings import MAX_QUEUES, SettingError, check_queue_name
from workq_gui.core.steps import (
    WORKER_CONDITIONS,
    AddQueue,
    AddWorkers,
    BrokerVerb,
    ChangeBroker,
    ChangeCluster,
    ChangeWorker,
    ClusterVerb,
    Condition,
    Count,
    DelayNetwork,
    Expect,
    Hold,
    Holdable,
    Publish,
    Purge,
    Release,
    Say,
    SetChaos,
    SetDotSeconds,
    Step,
    Wait,
    WaitUntil,
    WorkerVerb,
)
from workq_gui.core.tasks import TaskTextError, make_task
from workq_gui.core.worker_settings import HEARTBEAT_S, AckHabit, WorkerSettings

MAX_WORKERS = 500
MAX_PREFETCH = 65_535
MAX_TIMES = 1_000_000
MAX_DELIVERY_LIMIT = 1_000
DEFAULT_WITHIN_S = 30.0

OPTIONS: dict[str, set[str]] = {
    "add_workers": {
        "queues",
        "auto_ack",
        "prefetch",
        "ack",
        "naive_sleep",
        "slowness",
        "crashes_on",
        "heartbeat_s",
        "relay",
    },
    "publish": {"times", "queue", "routing_key", "persistent", "confirms", "mandatory"},
    "add_queue": {"dead_letter_to", "durable", "type", "delivery_limit", "consumer_timeout_s"},
    "wait_until": {"worker", "task", "within_s"},
    "expect": {"within_s"},
    "delay_network": {"seconds"},
}
"""What may stand beside each verb that is not alone."""

__all__ = ["Scenario", "ScenarioError", "parse"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A demonstration that can be played."""

    title: str
    about: str
    steps: tuple[Step, ...]

    @property
    def needs_own_broker(self) -> bool:
        """Whether it starts or ends the broker, which is only done to one of our own."""
        return any(isinstance(step, ChangeBroker) for step in self.steps)

    @property
    def needs_consumer_timeout(self) -> bool:
        """Whether one of its queues is to take tasks from who keeps them for too long."""
        return any(isinstance(step, AddQueue) and step.how.consumer_timeout_s for step in self.steps)

    @property
    def needs_cluster(self) -> bool:
        """Whether it kills or starts nodes, which is only done to a cluster of our own."""
        return any(isinstance(step, ChangeCluster) for step in self.steps)


def parse(text: str, name: str) -> Scenario:
    """Return the scenario in `text`; `name` is its file, for errors.

    Raises:
        ScenarioError: what is wrong, with file and line.
    """
    return _Parser(text, name).parse()


class _Parser:
    """Reads one file."""

    def __init__(self, text: str, name: str) -> None:
        self._source = Source(text, name)
        self._workers: set[int] = set()
        self._behind_relay: set[int] = set()
        self._added_count = 0
        self._queues = {""}
        self._readers: dict[str, Callable[[Fields], Step]] = {
            "add_workers": self._add_workers,
            "publish": self._publish,
            "add_queue": self._add_queue,
            "purge": self._purge,
            "hold": lambda f: Hold(line=f.line_of("hold"), target=f.one_of(Holdable, "hold")),
            "release": lambda f: Release(line=f.line_of("release"), target=f.one_of(Holdable, "release")),
            "dot_seconds": lambda f: SetDotSeconds(
                line=f.line_of("dot_seconds"), seconds=f.seconds("dot_seconds", 0.1, 2.0)
            ),
            "say": lambda f: Say(line=f.line_of("say"), sentence=f.text("say")),
            "wait_s": lambda f: Wait(line=f.line_of("wait_s"), seconds=f.seconds("wait_s", 0, 3600)),
            "wait_until": self._wait_until,
            "expect": self._expect,
            "delay_network": self._delay_network,
            "chaos": lambda f: SetChaos(line=f.line_of("chaos"), is_on=f.flag("chaos", default=True)),
            "broker": lambda f: ChangeBroker(line=f.line_of("broker"), verb=f.one_of(BrokerVerb, "broker")),
            "cluster": lambda f: ChangeCluster(
                line=f.line_of("cluster"), verb=f.one_of(ClusterVerb, "cluster")
            ),
            **dict.fromkeys([verb.value for verb in WorkerVerb], self._change_worker),
        }

    def parse(self) -> Scenario:
        source = self._source
        content = source.read(("title", "about", "step"))
        title, about = content.get("title"), content.get("about", "")
        if not isinstance(title, str) or not title:
            source.fail(1, 'a scenario begins with title = "..."')
        if not isinstance(about, str):
            source.fail(source.line_of("about", 0), "about is a text in quotation marks")
        steps = source.steps_in(content, "scenario")
        return Scenario(title, about, tuple(self._step(fields, line) for line, fields in steps))

    def _step(self, values: dict[str, Any], start: int) -> Step:
        verbs = [key for key in values if key in self._readers]
        if len(verbs) != 1:
            found = ", ".join(values) or "nothing"
            known = ", ".join(sorted(self._readers))
            self._source.fail(
                start, f"a step does exactly one thing; this one says {found}. Known are: {known}"
            )
        fields = Fields(values, start, self._source)
        fields.check_known(verbs[0], OPTIONS.get(verbs[0], ()))
        return self._readers[verbs[0]](fields)

    # --- one reader for each verb ---------------------------------------------------------

    def _add_workers(self, f: Fields) -> Step:
        count = f.whole("add_workers", 1, MAX_WORKERS)
        names = f.get("queues", [])
        if not isinstance(names, list) or ("queues" in f and not names):
            f.fail("queues", 'queues takes a list of names: queues = ["mail", ""]')
        how = WorkerSettings(
            auto_ack=f.flag("auto_ack", default=False),
            prefetch_count=f.whole("prefetch", 0, MAX_PREFETCH, 1),
            ack=f.one_of(AckHabit, "ack", AckHabit.AFTER),
            naive_sleep=f.flag("naive_sleep", default=False),
            slowness=f.number("slowness", 0.1, 100, 1.0),
            crashes_on=f.text("crashes_on"),
            heartbeat_s=f.whole("heartbeat_s", 1, 600, HEARTBEAT_S),
            behind_relay=f.flag("relay", default=False),
        )
        if how.auto_ack and "prefetch" in f:
            f.fail("prefetch", "with auto_ack the broker knows no prefetch")
        if how.auto_ack and "ack" in f:
            f.fail("ack", "with auto_ack there is no ack to be sent")
        step = AddWorkers(
            line=f.line_of("add_workers"),
            count=count,
            queues=tuple(self._known_queue(f, name, "queues") for name in names),
            how=how,
        )
        numbers = range(self._added_count + 1, self._added_count + count + 1)
        self._workers.update(numbers)
        if how.behind_relay:
            self._behind_relay.update(numbers)
        self._added_count += count
        return step

    def _add_queue(self, f: Fields) -> Step:
        if not isinstance(f["add_queue"], str):
            f.fail("add_queue", "add_queue takes a name in quotation marks")
        name = f.text("add_queue")
        try:
            check_queue_name(name)
        except SettingError as error:
            f.fail("add_queue", str(error))
        if name in self._queues:
            f.fail("add_queue", f"there is a queue {name!r} already")
        if len(self._queues) >= MAX_QUEUES:
            f.fail("add_queue", f"there are at most {MAX_QUEUES} queues, the first included")
        how = QueueSettings(
            durable=f.flag("durable", default=True),
            queue_type=f.text("type"),
            dead_letter_to=self._known_queue(f, f["dead_letter_to"], "dead_letter_to")
            if "dead_letter_to" in f
            else "",
            delivery_limit=f.whole("delivery_limit", 1, MAX_DELIVERY_LIMIT) if "delivery_limit" in f else 0,
            consumer_timeout_s=f.seconds("consumer_timeout_s", 0.1, 3600),
        )
        try:
            how.check()
        except SettingError as error:
            f.fail("add_queue", str(error))
        self._queues.add(name)
        return AddQueue(line=f.line_of("add_queue"), name=name, how=how)

    def _purge(self, f: Fields) -> Step:
        return Purge(line=f.line_of("purge"), queue=self._known_queue(f, f["purge"], "purge"))

    def _publish(self, f: Fields) -> Step:
        value = f["publish"]
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
            f.fail(
                "publish",
                'publish takes a text, or a list of texts: publish = ["First message.", "Second.."]',
            )
        for text in texts:
            try:
                make_task(text)
            except TaskTextError as error:
                f.fail("publish", str(error))
        if "queue" in f and "routing_key" in f:
            f.fail("routing_key", "queue names one that was added, routing_key any other: not both")
        return Publish(
            line=f.line_of("publish"),
            texts=tuple(texts),
            times=f.whole("times", 1, MAX_TIMES, 1),
            queue=self._known_queue(f, f["queue"], "queue") if "queue" in f else f.text("routing_key"),
            how=PublishSettings(
                persistent=f.flag("persistent", default=True),
                confirms=f.flag("confirms", default=True),
                mandatory=f.flag("mandatory", default=True),
            ),
        )

    def _change_worker(self, f: Fields) -> Step:
        verb = next(verb for verb in WorkerVerb if verb.value in f)
        number = self._worker(f, verb.value)
        if verb in (WorkerVerb.STALL, WorkerVerb.CUT, WorkerVerb.HEAL):
            self._check_relay(f, verb.value, number)
        if verb is WorkerVerb.REMOVE:
            self._workers.discard(number)
        return ChangeWorker(line=f.line_of(verb.value), verb=verb, number=number)

    def _delay_network(self, f: Fields) -> Step:
        number = self._worker(f, "delay_network")
        self._check_relay(f, "delay_network", number)
        return DelayNetwork(
            line=f.line_of("delay_network"), number=number, seconds=f.seconds("seconds", 0, 60, 1.0)
        )

    def _check_relay(self, f: Fields, key: str, number: int) -> None:
        if number not in self._behind_relay:
            f.fail(
                key, f"the network of worker {number} cannot be broken: it was not added with relay = true"
            )

    def _wait_until(self, f: Fields) -> Step:
        condition = f.one_of(Condition, "wait_until")
        needs_worker = condition in WORKER_CONDITIONS
        if needs_worker != ("worker" in f):
            verb = "needs" if needs_worker else "has no use for"
            f.fail("wait_until", f"wait_until = {condition.value!r} {verb} worker = NUMBER")
        task = f.get("task")
        if task is not None and (condition is not Condition.REDELIVERED or not isinstance(task, str)):
            f.fail("task", "task goes with 'redelivered', and is the text of a task")
        return WaitUntil(
            line=f.line_of("wait_until"),
            condition=condition,
            worker=self._worker(f, "worker") if needs_worker else None,
            task=task,
            within_s=f.seconds("within_s", 0.1, 3600, DEFAULT_WITHIN_S),
        )

    def _expect(self, f: Fields) -> Step:
        counts = f["expect"]
        known = [count.value for count in Count]
        if not isinstance(counts, dict) or not counts or any(name not in known for name in counts):
            f.fail(
                "expect",
                f"expect takes counts: expect = {{ acked = 2, lost = 0 }}; it knows {', '.join(known)}",
            )
        if any(
            not isinstance(number, int) or isinstance(number, bool) or number < 0
            for number in counts.values()
        ):
            f.fail("expect", "expect takes whole numbers")
        return Expect(
            line=f.line_of("expect"),
            counts=tuple((Count(name), number) for name, number in counts.items()),
            within_s=f.seconds("within_s", 0.1, 3600, DEFAULT_WITHIN_S),
        )

    # --- values ---------------------------------------------------------------------------

    def _worker(self, f: Fields, key: str) -> int:
        number = f.whole(key, 1, MAX_WORKERS)
        if number not in self._workers:
            f.fail(
                key,
                f"there is no worker {number} here; {self._added_count} were added so far"
                + (", and it was removed" if number <= self._added_count else ""),
            )
        return number

    def _known_queue(self, f: Fields, name: object, key: str) -> str:
        if not isinstance(name, str) or name not in self._queues:
            f.fail(key, f"there is no queue {name!r} here; a queue is added by add_queue before it is used")
        return name
