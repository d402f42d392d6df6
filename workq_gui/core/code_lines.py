"""The lines of pika that settings stand for, as somebody who follows the tutorial would type them."""

import json
from collections.abc import Sequence

from workq_gui.core.publish_settings import PublishSettings
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.worker_settings import AckHabit, WorkerSettings

INDENT = "    "
LONGEST_CALL = 60
"""A call that is longer than this is broken into a line for each argument."""
MOST_PAIRS_IN_A_LINE = 2
ACK = "ch.basic_ack(delivery_tag=method.delivery_tag)"
SHOWN_NAME_LENGTH = 40

# --- queues ---------------------------------------------------------------------------------


def declare_line(name: str, how: QueueSettings) -> str:
    """Return the call that declares a queue; over several lines if it is long."""
    parts = [quoted(name or "name"), f"durable={how.durable}"]
    arguments: dict[str, str | int] = {}
    if how.queue_type:
        arguments["x-queue-type"] = how.queue_type
    if how.delivery_limit:
        arguments["x-delivery-limit"] = how.delivery_limit
    if how.consumer_timeout_s:
        arguments["x-consumer-timeout"] = round(how.consumer_timeout_s * 1000)
    if how.dead_letter_to:
        arguments["x-dead-letter-exchange"] = ""
        arguments["x-dead-letter-routing-key"] = how.dead_letter_to
    if arguments:
        parts.append(f"arguments={_dict(arguments)}")
    return _call("channel.queue_declare", [f"queue={parts[0]}", *parts[1:]])


def _dict(arguments: dict[str, str | int]) -> str:
    pairs = [f"{quoted(key)}: {quoted(value)}" for key, value in arguments.items()]
    if len(pairs) <= MOST_PAIRS_IN_A_LINE:
        return "{" + ", ".join(pairs) + "}"
    return "{\n" + "".join(f"{2 * INDENT}{pair},\n" for pair in pairs) + INDENT + "}"


# --- publishing -----------------------------------------------------------------------------


def persistent_line(how: PublishSettings) -> str:
    """Return what says whether a message is to be on disk."""
    mode = "Persistent" if how.persistent else "Transient"
    return f"delivery_mode=pika.DeliveryMode.{mode}"


def delivery_mode_line(how: PublishSettings) -> str:
    """Return the same as a number, as it goes over the wire: it fits where there is little room."""
    return "delivery_mode=2  # Persistent" if how.persistent else "delivery_mode=1  # Transient"


def confirms_line(how: PublishSettings) -> str:
    """Return what asks the broker to confirm; a comment if nothing does."""
    return "channel.confirm_delivery()" if how.confirms else "# no channel.confirm_delivery()"


def mandatory_line(how: PublishSettings) -> str:
    """Return what says whether a message that fits no queue is to come back."""
    return f"mandatory={how.mandatory}"


# --- workers --------------------------------------------------------------------------------


def heartbeat_line(how: WorkerSettings) -> str:
    """Return what says how often both sides give a sign of life."""
    return f"heartbeat={how.heartbeat_s}"


def network_line(how: WorkerSettings) -> str:
    """Return what says where a worker connects to."""
    return f"port={'relay' if how.behind_relay else 'broker'}_port"


def prefetch_line(how: WorkerSettings) -> str:
    """Return what limits how much a worker holds; a comment where the broker ignores it."""
    if how.auto_ack:
        return "# no basic_qos(): with auto_ack the broker ignores it"
    unlimited = "" if how.prefetch_count else "  # 0: no limit"
    return f"channel.basic_qos(prefetch_count={how.prefetch_count}){unlimited}"


def consume_line(queue: str, how: WorkerSettings) -> str:
    """Return the call that registers the worker at one queue; over several lines if it is long."""
    arguments = [f"queue={quoted(queue)}", "on_message_callback=callback"]
    return _call("channel.basic_consume", [*arguments, "auto_ack=True"] if how.auto_ack else arguments)


def sleep_line(how: WorkerSettings) -> str:
    """Return what stands for the work."""
    seconds = 'body.count(b".")' if how.slowness == 1.0 else f'{how.slowness:g} * body.count(b".")'
    return f"time.sleep({seconds})" if how.naive_sleep else f"connection.sleep({seconds})"


def ack_lines(how: WorkerSettings) -> list[str]:
    """Return what acks a task, in the order in which it runs; a comment where nothing does."""
    if how.auto_ack:
        return ["# no ack: the broker has forgotten it already"]
    match how.ack:
        case AckHabit.NEVER:
            return [f"# {ACK} was forgotten"]
        case AckHabit.TWICE:
            return [ACK, ACK]
        case AckHabit.OTHER_CHANNEL:
            return ["other = connection.channel()", ACK.replace("ch.", "other.")]
        case _:
            return [ACK]


def poison_lines(how: WorkerSettings) -> list[str]:
    """Return the mistake in the code that lets it fail on some tasks; none if there is none."""
    if not how.crashes_on:
        return []
    condition = f"if {quoted(how.crashes_on)} in body.decode():"
    return [condition, f'{INDENT}raise ValueError("cannot work on it")']


def callback_code(how: WorkerSettings) -> str:
    """Return the function that is called with each task."""
    work = [sleep_line(how), *poison_lines(how)]
    is_early = how.ack is AckHabit.BEFORE and not how.auto_ack
    body = [*ack_lines(how), *work] if is_early else [*work, *ack_lines(how)]
    return "\n".join(["def callback(ch, method, properties, body):", *(INDENT + line for line in body)])


def worker_code(queues: Sequence[str], how: WorkerSettings) -> str:
    """Return the whole worker, from its connection to its last line."""
    port = [network_line(how)] if how.behind_relay else []
    lines = [
        _call("parameters = pika.ConnectionParameters", ["host", *port, heartbeat_line(how)]),
        "connection = pika.BlockingConnection(parameters)",
        "channel = connection.channel()",
        "",
        callback_code(how),
        "",
        prefetch_line(how),
        *(consume_line(queue, how) for queue in queues),
        "channel.start_consuming()",
    ]
    return "\n".join(lines)


def quoted(value: str | int) -> str:
    """Return a value as it stands in code; a text is cut to a length that fits into a line."""
    if isinstance(value, int):
        return str(value)
    value = value.encode(errors="replace").decode()  # a field can hold what cannot be sent
    shown = value if len(value) <= SHOWN_NAME_LENGTH else value[: SHOWN_NAME_LENGTH - 1] + "…"
    return json.dumps(shown, ensure_ascii=False)


def _call(name: str, arguments: list[str]) -> str:
    line = f"{name}({', '.join(arguments)})"
    if len(line) <= LONGEST_CALL:
        return line
    return f"{name}(\n" + "".join(f"{INDENT}{argument},\n" for argument in arguments) + ")"
