"""A task as a message, and back."""

from dataclasses import dataclass

from pika import BasicProperties, DeliveryMode

from workq_gui.core.events import TaskId
from workq_gui.core.tasks import TaskSpec, count_dots

MAX_TASK_ID_LENGTH = 80


@dataclass(frozen=True, slots=True)
class ReceivedTask:
    """What a worker makes of a message; anybody may have published it."""

    task_id: TaskId
    text: str
    persistent: bool
    delivery_count: int

    @property
    def dots(self) -> int:
        """How many units of work it is."""
        return count_dots(self.text)


def encode(task: TaskSpec) -> tuple[BasicProperties, bytes]:
    """Return the properties and the body of a message, persistent if the task asks for that."""
    delivery_mode = DeliveryMode.Persistent if task.how.persistent else DeliveryMode.Transient
    properties = BasicProperties(
        message_id=task.task_id,
        delivery_mode=delivery_mode.value,
        content_type="text/plain",
        content_encoding="utf-8",
    )
    return properties, task.text.encode()


def decode(properties: BasicProperties, body: bytes, substitute_id: str) -> ReceivedTask:
    """Return the task in a message.

    The tutorial's own `new_task.py` sends no message_id; such a task is known
    by `substitute_id`, and cannot be recognised when it is delivered again.
    """
    message_id = properties.message_id
    task_id = str(message_id)[:MAX_TASK_ID_LENGTH] if message_id else substitute_id
    persistent = properties.delivery_mode == DeliveryMode.Persistent.value
    count = (properties.headers or {}).get("x-delivery-count", 0)
    delivery_count = count if isinstance(count, int) else 0  # anybody may have written that header
    return ReceivedTask(TaskId(task_id), body.decode(errors="replace"), persistent, delivery_count)
