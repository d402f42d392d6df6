"""What a `basic.nack` to a publisher means in a cluster."""

from workq_gui.core.clock import Clock

PATIENCE_NS = 300_000_000_000
"""Electing a leader takes 0.1 to 0.5 s; but with two of three nodes down there is none before one is back."""
NO_LEADER = "the broker refused a task (basic.nack): its queue has no leader now"


class Refusals:
    """Tells whether to try again on another connection. Belongs to the asyncio loop of the publisher.

    A channel whose first message meets a quorum queue without a leader nacks that message, and
    all that follow, also when there is a leader again (RabbitMQ 3.10.8); a new channel does not.
    """

    def __init__(self, clock: Clock, *, is_cluster: bool) -> None:
        """Be patient only with a cluster: elsewhere a refusal is the broker's last word."""
        self._clock = clock
        self._is_cluster = is_cluster
        self._since_ns: int | None = None

    def may_pass(self) -> bool:
        """Take note of a nack, and tell whether another connection could do better."""
        now_ns = self._clock.now_ns()
        if self._since_ns is None:
            self._since_ns = now_ns
        return self._is_cluster and now_ns - self._since_ns < PATIENCE_NS

    def forget(self) -> None:
        """The broker took a task."""
        self._since_ns = None
