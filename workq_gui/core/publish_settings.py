"""How a message is published: what the tutorial's `basic_publish` says besides the text."""

from dataclasses import dataclass

from workq_gui.core.settings import MAX_SHORT_STRING_BYTES, SettingError


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """How one task is to be published.

    Attributes:
        persistent: It asks for a place on disk (`delivery_mode` 2). A quorum queue stores every message.
        confirms: The broker must say that it took the message (`confirm_delivery`); else nobody ever knows.
        mandatory: The broker must return it if no queue takes it; else it drops it, and even confirms.
    """

    persistent: bool = True
    confirms: bool = True
    mandatory: bool = True


PUBLISH_DEFAULTS = PublishSettings()


def check_routing_key(routing_key: str) -> str:
    """Return `routing_key` if a task may be published with it; there need not be a queue of that name.

    Raises:
        SettingError: it is empty, too long, or cannot be encoded.
    """
    try:
        size = len(routing_key.encode())
    except UnicodeEncodeError as error:
        raise SettingError("The routing key holds a character that cannot be sent.") from error
    if not routing_key:
        raise SettingError("Type the name that the task is to be sent to; there need not be such a queue.")
    if size > MAX_SHORT_STRING_BYTES:
        raise SettingError(f"A routing key has at most {MAX_SHORT_STRING_BYTES} bytes; this one is longer.")
    return routing_key
