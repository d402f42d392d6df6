"""The observer of other people's clients, in a thread of its own."""

from PySide6.QtCore import QObject

from workq_gui.core.clock import Clock
from workq_gui.core.settings import Endpoint
from workq_gui.messaging.observer import Observer
from workq_gui.messaging.wire import WireTap
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.loop_thread import LoopThread


class Observation(QObject):
    """Watches a broker from `start` to `stop`. Belongs to the GUI thread; nothing it does can be refused.

    The firehose brings every task of ours too: in the publisher's thread it would hold that up.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        clock: Clock,
        hub: EventHub,
        parent: QObject | None = None,
        tap: WireTap | None = None,
    ) -> None:
        super().__init__(parent)
        self._observer = Observer(endpoint, clock, hub.post, tap)
        self._thread = LoopThread("observer", self)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._thread.spawn(self._observer.run())

    def watch(self, queue: str) -> None:
        """Tell of what other people's clients do with `queue`."""
        self._thread.call(self._observer.watch, queue)

    def stop(self) -> None:
        """End soon."""
        self._thread.stop()

    def wait(self, limit_s: float) -> bool:
        """Wait for the end; return whether it came in time."""
        return self._thread.wait(round(max(0.0, limit_s) * 1000))
