"""All that a learner does wrong, by what the broker says about it."""

from workq_gui.core.channel_mistakes import CHANNEL_MISTAKES
from workq_gui.core.connection_mistakes import CONNECTION_MISTAKES
from workq_gui.core.mistake import Mistake

MISTAKES: tuple[Mistake, ...] = CHANNEL_MISTAKES + CONNECTION_MISTAKES
"""In the order in which they are looked for: the more special one comes first."""


def explain_mistake(words: str) -> Mistake | None:
    """Return what the words of a broker, of pika or of the system mean, with the names they hold filled in.

    `words` may be more than that, for example a whole problem as it is told to a user.
    """
    return next((told for mistake in MISTAKES if (told := mistake.told_of(words))), None)
