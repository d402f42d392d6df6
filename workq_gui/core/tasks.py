"""What the composer makes: tasks, and the reasons why a text is none."""

import uuid
from dataclasses import dataclass

from workq_gui.core.events import TaskId
from workq_gui.core.publish_settings import PUBLISH_DEFAULTS, PublishSettings

DEFAULT_TEXT = "Hello World!"
"""What the tutorial's `new_task.py` sends when it is given nothing."""

MAX_BODY_BYTES = 1_000_000
SHOWN_TEXT_LENGTH = 200
TUTORIAL_BATCH = "First message.\nSecond message..\nThird message...\nFourth message....\nFifth message....."


class TaskTextError(ValueError):
    """The text cannot become a task; the message says why, for the author of the text."""


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A task that is to be published.

    Attributes:
        queue: Where it is to go; empty for the session's first queue. There need not be one of that name.
        how: How it is to be published.
    """

    task_id: TaskId
    text: str
    queue: str = ""
    how: PublishSettings = PUBLISH_DEFAULTS

    @property
    def dots(self) -> int:
        """How many dots the text has: each is one unit of work."""
        return count_dots(self.text)


def count_dots(text: str) -> int:
    """Return the number of dots in `text`, as the tutorial's worker counts them."""
    return text.count(".")


def shown_text(text: str) -> str:
    """Return `text` cut to a length that a person can take in."""
    return text if len(text) <= SHOWN_TEXT_LENGTH else text[: SHOWN_TEXT_LENGTH - 1] + "…"


def make_task(text: str, queue: str = "", how: PublishSettings = PUBLISH_DEFAULTS) -> TaskSpec:
    """Return a task with a new id; empty text becomes `DEFAULT_TEXT`.

    Raises:
        TaskTextError: the text is too long for a message, or cannot be encoded.
    """
    text = text or DEFAULT_TEXT
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise TaskTextError(f"The text holds a character that cannot be sent: {error.reason}.") from error
    if size > MAX_BODY_BYTES:
        raise TaskTextError(f"The text has {size:,} bytes; a task here has at most {MAX_BODY_BYTES:,}.")
    return TaskSpec(TaskId(uuid.uuid4().hex[:12]), text, queue, how)


def make_batch(text: str, queue: str = "", how: PublishSettings = PUBLISH_DEFAULTS) -> list[TaskSpec]:
    """Return one task for each line of `text` that is not blank.

    Raises:
        TaskTextError: a line cannot become a task; says which.
    """
    tasks = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            tasks.append(make_task(line, queue, how))
        except TaskTextError as error:
            raise TaskTextError(f"Line {number}: {error}") from error
    if not tasks:
        raise TaskTextError("There is no task in this batch: every line is empty.")
    return tasks
