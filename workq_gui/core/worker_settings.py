"""How a worker takes its tasks, and what is wrong with its code."""

from dataclasses import dataclass
from enum import StrEnum

HEARTBEAT_S = 10
"""A peer that is silent for three of these is given up; RabbitMQ's default of 60 makes that minutes."""
UNLIMITED = 0
"""The prefetch count of a worker that gets all there is."""


class AckHabit(StrEnum):
    """When a worker acks, by its code; all but the first are mistakes."""

    AFTER = "after"
    BEFORE = "before"
    NEVER = "never"
    TWICE = "twice"
    OTHER_CHANNEL = "other channel"


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How one worker works.

    Attributes:
        auto_ack: The broker is to forget each message as soon as it has sent it; then `prefetch_count` and
            `ack` mean nothing.
        prefetch_count: How many un-acked messages the broker lets it hold; `UNLIMITED` for all there are.
        ack: When it acks.
        naive_sleep: It works by `time.sleep`: meanwhile nothing is read, and no heartbeat sent.
        slowness: By how much a dot takes it longer than others.
        crashes_on: It raises an error in the middle of each task whose text holds this; empty for none.
        heartbeat_s: Seconds between two signs of life; after three without one, either side hangs up.
        behind_relay: Its connection goes through a network that can be broken.
    """

    auto_ack: bool = False
    prefetch_count: int = 1
    ack: AckHabit = AckHabit.AFTER
    naive_sleep: bool = False
    slowness: float = 1.0
    crashes_on: str = ""
    heartbeat_s: int = HEARTBEAT_S
    behind_relay: bool = False


WORKER_DEFAULTS = WorkerSettings()
