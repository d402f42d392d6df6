"""The network between one worker and the broker: real TCP, which can be broken."""

from collections.abc import Callable
from dataclasses import replace

from workq_gui.core.clock import Clock
from workq_gui.core.events import Event, WorkerId
from workq_gui.core.fault_events import NetworkChanged
from workq_gui.core.settings import Endpoint
from workq_gui.messaging.errors import no_relay
from workq_gui.messaging.relay import Relay


class Network:
    """A relay that a worker connects through. Belongs to the worker's asyncio loop.

    What is broken stays so over the worker's connections, until `heal`.
    """

    def __init__(
        self, worker_id: WorkerId, endpoint: Endpoint, clock: Clock, emit: Callable[[Event], None]
    ) -> None:
        self._worker_id = worker_id
        self._endpoint = endpoint
        self._clock = clock
        self._emit = emit
        self._relay: Relay | None = None

    async def enter(self) -> Endpoint:
        """Return where to connect instead of the broker itself.

        Raises:
            NoRelay: the system gives no port or no socket for it.
        """
        if self._relay is None:
            try:
                self._relay = await Relay.open(self._endpoint.host, self._endpoint.port)
            except OSError as error:
                raise no_relay(error) from error
        return replace(self._endpoint, host="127.0.0.1", port=self._relay.port, others=())

    async def close(self) -> None:
        """End it, with the connections in it."""
        if self._relay is not None:
            relay, self._relay = self._relay, None
            await relay.close()

    def delay(self, seconds: float) -> None:
        """Let each byte take `seconds` longer, either way."""
        self._change("delayed" if seconds else "well", seconds, lambda relay: relay.delay(seconds))

    def stall(self) -> None:
        """Let nothing through, and tell nobody, as when a cable is pulled."""
        self._change("stalled", 0.0, lambda relay: relay.stall())

    def cut(self) -> None:
        """Reset the connection, and refuse new ones."""
        self._change("cut", 0.0, lambda relay: relay.cut())

    def heal(self) -> None:
        """Let everything through again."""
        self._change("well", 0.0, lambda relay: relay.heal())

    def _change(self, state: str, delay_s: float, do: Callable[[Relay], object]) -> None:
        if self._relay is None:
            return
        # Told before it is done: what follows may be told by another thread.
        self._emit(
            NetworkChanged(
                at_ns=self._clock.now_ns(), worker_id=self._worker_id, state=state, delay_s=delay_s
            )
        )
        do(self._relay)
