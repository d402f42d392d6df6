"""The arguments that a queue is declared with: checked, and made into settings.

Which arguments there are, and what is said about a wrong one, is as in
RabbitMQ (https://www.rabbitmq.com/docs/queues#optional-arguments).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import PreconditionFailed
from .tables import INTEGER_KINDS, TYPE_NAMES, Field, Table, type_class

CLASSIC, QUORUM = "classic", "quorum"
DEFAULT_DELIVERY_LIMIT = 20
MAX_EXPIRY_MS = 315_360_000_000  # ten years

# In RabbitMQ's order, for the first difference is the one that an error names.
_BOTH = (
    "x-expires",
    "x-message-ttl",
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-max-length",
    "x-max-length-bytes",
    "x-overflow",
    "x-single-active-consumer",
    "x-queue-type",
)
KNOWN_BY_TYPE = {
    CLASSIC: (*_BOTH, "x-max-priority", "x-queue-mode", "x-queue-version", "x-queue-master-locator"),
    QUORUM: (
        *_BOTH,
        "x-delivery-limit",
        "x-dead-letter-strategy",
        "x-quorum-initial-group-size",
        "x-max-in-memory-length",
        "x-max-in-memory-bytes",
        "x-queue-leader-locator",
        "x-consumer-timeout",
    ),
}
_KNOWN = frozenset(
    (*KNOWN_BY_TYPE[CLASSIC], *KNOWN_BY_TYPE[QUORUM], "x-max-age", "x-stream-max-segment-size-bytes")
)


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """What a queue's arguments mean.

    Attributes:
        reject_publish: At the limit the publisher is refused; else the oldest message goes.
        delivery_limit: How often a message may come back; None for ever.
    """

    kind: str = CLASSIC
    message_ttl_ms: int | None = None
    expires_ms: int | None = None
    max_length: int | None = None
    max_length_bytes: int | None = None
    reject_publish: bool = False
    dead_letter_rejected_publish: bool = False
    dead_letter_exchange: str | None = None
    dead_letter_routing_key: str | None = None
    max_priority: int | None = None
    single_active_consumer: bool = False
    delivery_limit: int | None = None
    consumer_timeout_ms: int | None = None


def settings_from(what: str, arguments: Table) -> QueueSettings:
    """Return what `arguments` mean for the queue called `what` ("queue 'q' in vhost '/'").

    Raises:
        PreconditionFailed: an argument is wrong.
    """
    kind = _value(arguments, "x-queue-type", CLASSIC)
    if not isinstance(kind, str) or kind not in KNOWN_BY_TYPE:
        kind = CLASSIC  # its own check says what is wrong with it
    _check_one(what, "x-queue-type", arguments)
    for name in sorted(arguments):
        if name in _KNOWN and name not in KNOWN_BY_TYPE[kind]:
            raise PreconditionFailed(f"invalid arg '{name}' for {what} of queue type rabbit_{kind}_queue")
    _check_exchange_name(what, arguments)
    for name in _CHECKS:
        _check_one(what, name, arguments)
    overflow = _value(arguments, "x-overflow", "drop-head")
    limit = _value(arguments, "x-delivery-limit")
    if not isinstance(limit, int):
        limit = DEFAULT_DELIVERY_LIMIT  # RabbitMQ does not look at what it cannot use
    return QueueSettings(
        kind=kind,
        message_ttl_ms=_value(arguments, "x-message-ttl"),
        expires_ms=_value(arguments, "x-expires"),
        max_length=_value(arguments, "x-max-length"),
        max_length_bytes=_value(arguments, "x-max-length-bytes"),
        reject_publish=overflow.startswith("reject-publish"),
        dead_letter_rejected_publish=overflow == "reject-publish-dlx",
        dead_letter_exchange=_value(arguments, "x-dead-letter-exchange"),
        dead_letter_routing_key=_value(arguments, "x-dead-letter-routing-key"),
        max_priority=_value(arguments, "x-max-priority"),
        single_active_consumer=bool(_value(arguments, "x-single-active-consumer", False)),
        delivery_limit=limit if kind == QUORUM and limit >= 0 else None,
        consumer_timeout_ms=_value(arguments, "x-consumer-timeout"),
    )


def _check_one(what: str, name: str, arguments: Table) -> None:
    if name in arguments and (problem := _CHECKS[name](arguments[name], arguments)):
        raise PreconditionFailed(f"invalid arg '{name}' for {what}: {problem}")


def _check_exchange_name(what: str, arguments: Table) -> None:
    field = arguments.get("x-dead-letter-exchange")
    if field is not None and field.kind != "S":
        kind = TYPE_NAMES[field.kind]
        raise PreconditionFailed(f"invalid type '{kind}' for arg 'x-dead-letter-exchange' in {what}")


def check_equivalent(what: str, name: str, wanted: Field | None, current: Field | None) -> None:
    """Refuse a new declaration whose argument `name` differs from what is.

    Raises:
        PreconditionFailed: the two differ; numbers of different sizes do not.
    """
    if _same(wanted, current):
        return
    if wanted is not None and current is not None:
        received, actual = f"'{_show(wanted)}'", f"'{_show(current)}'"
    else:
        received, actual = _describe(wanted), _describe(current)
    raise PreconditionFailed(
        f"inequivalent arg '{name}' for {what}: received {received} but current is {actual}"
    )


def check_equivalent_property(what: str, name: str, wanted: object, current: object) -> None:
    """Refuse a new declaration whose property `name` differs from what is.

    Raises:
        PreconditionFailed: the two differ.
    """
    if wanted != current:
        received, actual = (str(v).lower() if isinstance(v, bool) else v for v in (wanted, current))
        raise PreconditionFailed(
            f"inequivalent arg '{name}' for {what}: received '{received}' but current is '{actual}'"
        )


def _value(arguments: Table, name: str, default: Any = None) -> Any:
    field = arguments.get(name)
    return default if field is None else field.value


def _same(wanted: Field | None, current: Field | None) -> bool:
    if wanted is None or current is None:
        return wanted is current
    return type_class(wanted.kind) == type_class(current.kind) and bool(wanted.value == current.value)


def _show(field: Field) -> str:
    return str(field.value).lower() if isinstance(field.value, bool) else str(field.value)


def _describe(field: Field | None) -> str:
    return "none" if field is None else f"the value '{_show(field)}' of type '{TYPE_NAMES[field.kind]}'"


Check = Callable[[Field, Table], str | None]


def _unacceptable(field: Field) -> str:
    return f"{{unacceptable_type,{TYPE_NAMES[field.kind]}}}"


def _integer(field: Field, _arguments: Table) -> str | None:
    return None if field.kind in INTEGER_KINDS else f'"expected integer, got {TYPE_NAMES[field.kind]}"'


def _not_negative(field: Field, arguments: Table) -> str | None:
    problem = _integer(field, arguments)
    if not problem and field.value < 0:
        return f"{{value_negative,{field.value}}}"
    return problem


def _expiry(field: Field, arguments: Table) -> str | None:
    problem = _not_negative(field, arguments)
    if not problem and field.value > MAX_EXPIRY_MS:
        return f"{{value_too_large,{field.value}}}"
    return problem


def _expires(field: Field, arguments: Table) -> str | None:
    problem = _integer(field, arguments)
    if not problem and field.value == 0:
        return "{value_zero,0}"
    return _expiry(field, arguments)


def _max_priority(field: Field, arguments: Table) -> str | None:
    problem = _not_negative(field, arguments)
    if not problem and field.value > 255:
        return f"{{max_value_exceeded,{field.value}}}"
    return problem


def _text(field: Field, _arguments: Table) -> str | None:
    return None if field.kind == "S" else _unacceptable(field)


def _boolean(field: Field, _arguments: Table) -> str | None:
    return None if field.kind == "t" else _unacceptable(field)


def _dead_letter_key(field: Field, arguments: Table) -> str | None:
    problem = _text(field, arguments)
    if not problem and "x-dead-letter-exchange" not in arguments:
        return "routing_key_but_no_dlx_defined"
    return problem


def _one_of(*allowed: str, otherwise: str) -> Check:
    def check(field: Field, arguments: Table) -> str | None:
        problem = _text(field, arguments)
        return problem or (None if field.value in allowed else otherwise)

    return check


def _queue_type(field: Field, arguments: Table) -> str | None:
    if field.kind != "S":
        return _unacceptable(field)
    return None if field.value in KNOWN_BY_TYPE else f"\"unsupported queue type '{field.value}'\""


def _group_size(field: Field, arguments: Table) -> str | None:
    problem = _not_negative(field, arguments)
    return problem or (None if field.value else "{value_zero,0}")


def _queue_version(field: Field, arguments: Table) -> str | None:
    problem = _integer(field, arguments)
    if not problem and field.value not in (1, 2):
        return f"\"unsupported queue version '{field.value}'\""
    return problem


_CHECKS: dict[str, Check] = {
    "x-expires": _expires,
    "x-message-ttl": _expiry,
    "x-dead-letter-routing-key": _dead_letter_key,
    "x-dead-letter-strategy": _one_of("at-most-once", "at-least-once", otherwise="invalid_dlx_strategy"),
    "x-max-length": _not_negative,
    "x-max-length-bytes": _not_negative,
    "x-max-in-memory-length": _not_negative,
    "x-max-in-memory-bytes": _not_negative,
    "x-max-priority": _max_priority,
    "x-overflow": _one_of("drop-head", "reject-publish", "reject-publish-dlx", otherwise="invalid_overflow"),
    "x-queue-leader-locator": _one_of(
        "client-local", "balanced", "random", "least-leaders", otherwise="invalid_queue_locator_arg"
    ),
    "x-quorum-initial-group-size": _group_size,
    "x-queue-version": _queue_version,
    "x-single-active-consumer": _boolean,
    "x-queue-type": _queue_type,
    "x-consumer-timeout": _not_negative,
}
