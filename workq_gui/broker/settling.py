"""The ways to settle a delivery, and what a transaction holds back of them."""

from collections.abc import Callable

from .deliveries import Deliveries, Unacked

# RabbitMQ 4.3 tells basic.reject from basic.nack: the one blames the message (it counts towards the delivery
# limit, and its dead letter is flagged as redelivered), the other does not.
Verb = Callable[[Deliveries, list[tuple[int, Unacked]]], None]


def ack(deliveries: Deliveries, entries: list[tuple[int, Unacked]]) -> None:
    """Forget: the work is done."""
    deliveries.ack(entries)


def reject(deliveries: Deliveries, entries: list[tuple[int, Unacked]]) -> None:
    """Give up, with blame."""
    deliveries.reject(entries, requeue=False)


def nack(deliveries: Deliveries, entries: list[tuple[int, Unacked]]) -> None:
    """Give up, without blame."""
    deliveries.reject(entries, requeue=False, counts=False)


def requeue(deliveries: Deliveries, entries: list[tuple[int, Unacked]]) -> None:
    """Give back, with blame."""
    deliveries.reject(entries, requeue=True)


def nack_requeue(deliveries: Deliveries, entries: list[tuple[int, Unacked]]) -> None:
    """Give back, without blame."""
    deliveries.reject(entries, requeue=True, counts=False)


VERB_NAMES: dict[Verb, str] = {
    ack: "ack",
    nack: "nack",
    reject: "reject",
    requeue: "requeue",
    nack_requeue: "requeue",
}


class Transaction:
    """What a channel in tx mode has not committed."""

    def __init__(self) -> None:
        self.publishes: list[tuple[bytes, int, bytes, bytes]] = []
        self.settled: list[tuple[list[tuple[int, Unacked]], Callable[[], None]]] = []
