"""How a queue is declared: what the tutorial's `queue_declare` says besides the name."""

from dataclasses import dataclass

from workq_gui.core.settings import SettingError

CLASSIC = "classic"
QUORUM = "quorum"
QUEUE_TYPES = ("", CLASSIC, QUORUM)
"""What `x-queue-type` may say here; empty: it is left out, and the broker's default is classic."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How one queue is to be declared.

    Attributes:
        durable: It is there again when the broker has restarted.
        queue_type: One of `QUEUE_TYPES`.
        dead_letter_to: The queue that gets what is rejected for good; empty if there is none.
        delivery_limit: How often a task may come back before the broker gives it up; 0: the broker's default.
        consumer_timeout_s: How long a worker may keep a task un-acked; 0: the broker's default, 30 minutes.
        is_passive: It is there with arguments that none of these says: it is used as it is, never declared.
    """

    durable: bool = True
    queue_type: str = ""
    dead_letter_to: str = ""
    delivery_limit: int = 0
    consumer_timeout_s: float = 0.0
    is_passive: bool = False

    def check(self) -> "QueueSettings":
        """Return these settings if they go together.

        Raises:
            SettingError: they do not; says why, in the words of RabbitMQ's rules.
        """
        if self.queue_type not in QUEUE_TYPES:
            raise SettingError(f"A queue's type is classic or quorum, not {self.queue_type!r}.")
        if self.queue_type == QUORUM and not self.durable:
            raise SettingError("A quorum queue is always durable: its log is on disk.")
        if self.delivery_limit and self.queue_type != QUORUM:
            raise SettingError("Only a quorum queue counts deliveries: a classic one has no delivery limit.")
        if self.consumer_timeout_s and self.queue_type != QUORUM:
            raise SettingError(
                "Only a quorum queue keeps time: from RabbitMQ 4.3 on, a classic one has no consumer timeout."
            )
        return self


QUEUE_DEFAULTS = QueueSettings()
