"""What becomes of a message that a queue gives up.

The headers are RabbitMQ's (https://www.rabbitmq.com/docs/dlx#effects), those
of version 4: x-death, x-first-death-* and x-last-death-*.
"""

from typing import Any

from .content import Message, decode_properties, encode_header, make_address
from .tables import Field, Table, long, text


def dead_letter_of(
    message: Message, queue: str, reason: str, exchange: str, key: str | None, at_s: int
) -> Message:
    """Return the message that is published in place of `message`.

    Args:
        message: What the queue gives up.
        queue: The queue's name.
        reason: rejected, expired, maxlen or delivery_limit.
        exchange: The dead-letter exchange.
        key: The dead-letter routing key, None to keep the message's own.
        at_s: The time, in seconds since 1970.
    """
    properties = decode_properties(message.header)
    headers: Table = dict(properties.get("headers") or {})
    keys = [text(message.routing_key), *_copies(headers, "CC")]
    _note_death(headers, message, queue, reason, keys, at_s, properties.pop("expiration", None))
    headers.pop("BCC", None)
    properties["headers"] = headers
    address = make_address(exchange, message.routing_key if key is None else key)
    return Message(address, encode_header(properties, len(message.body)), message.body, message.priority)


def is_cycle(message: Message, queue: str, reason: str) -> bool:
    """Tell whether a dead letter came back to `queue` by itself, with no consumer's rejection on its way.

    Such a message would go round for ever; RabbitMQ drops it.

    Args:
        message: The dead letter, its newest death in its headers.
        queue: Where it is about to go.
        reason: Why it was dead-lettered now.
    """
    if reason == "rejected":
        return False
    way = []
    for death in _deaths(decode_properties(message.header).get("headers") or {}):
        way.append(_value(death, "reason"))
        if _value(death, "queue") == queue:
            return "rejected" not in way
    return False


def _note_death(
    headers: Table,
    message: Message,
    queue: str,
    reason: str,
    keys: list[Field],
    at_s: int,
    expiration: str | None,
) -> None:
    deaths = _deaths(headers)
    death: Table = {
        "count": long(1),
        "reason": text(reason),
        "queue": text(queue),
        "time": Field("T", at_s),
        "exchange": text(message.exchange),
        "routing-keys": Field("A", keys),
    }
    if expiration is not None:
        death["original-expiration"] = text(expiration)
    for known in deaths:
        if _value(known, "queue") == queue and _value(known, "reason") == reason:
            deaths.remove(known)
            # A count of another type was not written by a broker; RabbitMQ counts anew then.
            before = known["count"].value if "count" in known and known["count"].kind == "l" else 0
            death = {**death, **known, "count": long(before + 1)}
            break
    headers["x-death"] = Field("A", [Field("F", death), *(Field("F", other) for other in deaths)])
    for which in ("first", "last"):
        if which == "first" and "x-first-death-reason" in headers:
            continue
        headers[f"x-{which}-death-reason"] = text(reason)
        headers[f"x-{which}-death-queue"] = text(queue)
        headers[f"x-{which}-death-exchange"] = text(message.exchange)


def _deaths(headers: Table) -> list[Table]:
    field = headers.get("x-death")
    if field is None or field.kind != "A":
        return []
    return [entry.value for entry in field.value if entry.kind == "F"]


def _copies(headers: Table, name: str) -> list[Field]:
    field = headers.get(name)
    return list(field.value) if field is not None and field.kind == "A" else []


def _value(table: Table, name: str, default: Any = None) -> Any:
    field = table.get(name)
    return default if field is None else field.value
