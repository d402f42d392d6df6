"""What a user is told: a problem that can be acted on, and what a broker looks like."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong, and a person can do something about it.

    Attributes:
        what: What happened, one sentence.
        broker_words: The broker's or the system's own text; may be empty.
        meaning: What that means, in plain words.
        way_out: What to do.
    """

    what: str
    broker_words: str
    meaning: str
    way_out: str

    def __str__(self) -> str:
        words = f"\n  {self.broker_words}" if self.broker_words else ""
        return f"{self.what}{words}\n{self.meaning}\n{self.way_out}"


@dataclass(frozen=True, slots=True)
class BrokerReport:
    """What was found at an endpoint, before anything there was touched.

    Attributes:
        endpoint: The address, without a password.
        product: Of the broker, with its version, in its own words.
        queue: The name of the queue that was looked for.
        queue_exists: Whether it is there already.
        ready_count: Messages waiting in it; 0 if it is not there.
        consumer_count: Consumers of it, none of them ours.
    """

    endpoint: str
    product: str
    queue: str
    queue_exists: bool
    ready_count: int
    consumer_count: int

    @property
    def is_untouched(self) -> bool:
        """Whether nobody's work can be disturbed by using the queue."""
        return self.ready_count == 0 and self.consumer_count == 0
