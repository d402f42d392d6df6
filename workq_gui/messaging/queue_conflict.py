"""Learns how a queue was declared, from the broker that refuses to declare it otherwise.

RabbitMQ names one argument at a time: "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'x' in
vhost '/': received 'false' but current is 'true'". Asked again with that one as it is, it names the next.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker

from workq_gui.core.problems import Problem
from workq_gui.core.queue_conflict import ABSENT, Difference, QueueConflict
from workq_gui.core.queue_settings import QUEUE_TYPES, QUORUM, QueueSettings
from workq_gui.messaging.errors import QueueRefused, mismatch, queue_refused, words_of
from workq_gui.messaging.link import Link
from workq_gui.messaging.topology import NOT_FOUND, QueueSpec, look_at_queue

PRECONDITION_FAILED = 406
MOST_ARGUMENTS = 30
PROPERTIES = ("durable", "auto_delete")
"""What a declare says beside its table of arguments."""
_DIFFERENT = re.compile(
    r"inequivalent arg '(?P<name>[^']*)' for queue .*: "
    r"received (?P<wanted>none|the value '.*' of type '\w+'|'.*') but current is (?P<actual>.*)",
    re.DOTALL,
)
_UNFIT = re.compile(r"invalid arg '(?P<name>[^']*)' for queue")
"""An argument that queues of the actual type do not have."""
_TYPED = re.compile(r"the value '(?P<value>.*)' of type '(?P<type>\w+)'", re.DOTALL)
_TEXT_TYPES = ("longstr", "shortstr")
_SWITCHES = {"true": True, "false": False}

Value = str | int | bool


@dataclass(frozen=True, slots=True)
class _Declare:
    """How a queue is tried to be declared."""

    durable: bool
    auto_delete: bool = False
    arguments: dict[str, Value] = field(default_factory=dict)

    def having(self, name: str, value: Value | None) -> Self:
        """Return the same with `value` for `name`; None: without it."""
        if name in PROPERTIES:
            return type(self)(
                **{"durable": self.durable, "auto_delete": self.auto_delete, name: bool(value)},
                arguments=self.arguments,
            )
        arguments = {key: old for key, old in self.arguments.items() if key != name}
        if value is not None:
            arguments[name] = value
        return type(self)(self.durable, self.auto_delete, arguments)

    def settings(self, *, is_complete: bool) -> QueueSettings:
        """Return the settings of a queue that is declared so, passive ones if they cannot say all of it.

        Args:
            is_complete: Whether the broker would take a declare like this.
        """
        more = dict(self.arguments)
        kind, limit = more.pop("x-queue-type", ""), more.pop("x-delivery-limit", 0)
        exchange = more.pop("x-dead-letter-exchange", None)
        key = more.pop("x-dead-letter-routing-key", "")
        is_said = is_complete and not more and not self.auto_delete and exchange is None and not key
        is_limit_known = kind == QUORUM and isinstance(limit, int) and limit > 0
        if kind != QUORUM:
            limit = 0  # ours, if any: other queues do not look at it
        return QueueSettings(
            durable=self.durable,
            queue_type=str(kind) if kind in QUEUE_TYPES else "",
            delivery_limit=int(limit) if is_limit_known else 0,
            is_passive=not (is_said and kind in QUEUE_TYPES and (is_limit_known or not limit)),
        )


class QueueMismatched(QueueRefused):
    """The queue is there, and was declared otherwise.

    Attributes:
        conflict: What differs.
    """

    def __init__(self, problem: Problem, conflict: QueueConflict) -> None:
        super().__init__(problem)
        self.conflict = conflict


async def check_queue(link: Link, spec: QueueSpec) -> None:
    """Do nothing if there is no queue of that name, or it is like `spec`.

    Raises:
        QueueMismatched: it is not.
        MessagingError: it cannot be used for another reason, or the link ended.
    """
    conflict = None if spec.how.is_passive else await find_conflict(link, spec)
    if conflict is not None:
        differences = "; ".join(map(str, conflict.differences))
        raise QueueMismatched(mismatch(conflict.words, spec.name, differences), conflict)


async def find_conflict(link: Link, spec: QueueSpec) -> QueueConflict | None:
    """Return how the queue of that name differs from `spec`, or None if it does not, or is not there.

    It stays as it is. Every refusal costs a channel of its own, and nothing else.

    Raises:
        MessagingError: it cannot be used for another reason, or the link ended.
    """
    figures = await _figures(link, spec.name)
    if figures is None:
        return None
    trial = wanted = _Declare(spec.how.durable, arguments=dict(spec.arguments))
    differences: list[Difference] = []
    first_words = ""
    is_known = False
    for _ in range(MOST_ARGUMENTS):
        refusal = await _refusal(link, spec.name, trial)
        if refusal is None:
            is_known = True
            break
        first_words = first_words or refusal
        difference, value = _read(refusal, wanted)
        if difference is None or difference.argument in (known.argument for known in differences):
            break  # a text that we cannot read: what was learned so far has to do
        differences.append(difference)
        trial = trial.having(difference.argument, value)
    if not first_words:
        return None
    if not differences:
        differences.append(Difference("arguments", "as WorkQ declares it", first_words))
    return QueueConflict(
        spec.name,
        tuple(differences),
        *figures,
        trial.settings(is_complete=is_known),
        first_words,
    )


async def _figures(link: Link, queue: str) -> tuple[int, int] | None:
    """Return how many messages are ready in `queue`, and how many consumers it has; None if there is none."""
    try:
        frame = await link.call_aside(lambda channel, done: look_at_queue(channel, queue, done))
    except ChannelClosedByBroker as error:
        if error.reply_code == NOT_FOUND:
            return None
        raise queue_refused(error, queue) from error
    return frame.method.message_count, frame.method.consumer_count


async def _refusal(link: Link, queue: str, trial: _Declare) -> str | None:
    """Declare the queue that is there; return the broker's words if it is not like that."""

    def start(channel: Channel, done: Callable[[object], None]) -> None:
        channel.queue_declare(
            queue,
            durable=trial.durable,
            auto_delete=trial.auto_delete,
            arguments=trial.arguments or None,
            callback=done,
        )

    try:
        await link.call_aside(start)
    except ChannelClosedByBroker as error:
        if error.reply_code != PRECONDITION_FAILED:
            raise queue_refused(error, queue) from error
        return words_of(error)
    return None


def _read(words: str, wanted: _Declare) -> tuple[Difference | None, Value | None]:
    """Return what a refusal says, and the value to try instead."""
    if unfit := _UNFIT.search(words):
        name = unfit["name"]
        return Difference(name, _shown(wanted, name), ABSENT), None
    if not (found := _DIFFERENT.search(words)):
        return None, None
    name = found["name"]
    value = _value(found["actual"], wanted.arguments.get(name))
    actual = ABSENT if value is None else _text(value)
    return Difference(name, _shown(wanted, name), actual), value


def _value(described: str, wanted: Value | None) -> Value | None:
    """Return the value that the broker describes; it leaves the type out where both sides have one."""
    if described == "none":
        return None
    if typed := _TYPED.fullmatch(described):
        text, is_text = typed["value"], typed["type"] in _TEXT_TYPES
    else:
        text = described.removeprefix("'").removesuffix("'")
        is_text = isinstance(wanted, str)
    if is_text:
        return text
    if text in _SWITCHES:
        return _SWITCHES[text]
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def _shown(wanted: _Declare, name: str) -> str:
    if name in PROPERTIES:
        return _text(wanted.durable if name == "durable" else wanted.auto_delete)
    return _text(wanted.arguments[name]) if name in wanted.arguments else ABSENT


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or "(empty)"
