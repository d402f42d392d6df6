"""One sentence per fact about what is broken on purpose, for people."""

from workq_gui.core import fault_events as f
from workq_gui.core.events import Event, WorkerChannelClosed

NETWORK = {
    "well": "everything gets through again.",
    "stalled": "nothing gets through, and nobody is told. Both sides wait for heartbeats.",
    "cut": "the connection was reset, and no new one gets through.",
}


def fault_sentence(event: Event) -> str:
    """Return what happened, in plain words; empty if the event is none of these."""
    match event:
        case f.BrokerFroze():
            return "The broker froze (SIGSTOP): its sockets are open, and it answers nobody."
        case f.BrokerThawed():
            return "The broker goes on where it froze."
        case f.ChaosStarted():
            return "Chaos: from now on something breaks every few seconds, and is mended."
        case f.ChaosStopped():
            return "The chaos is over."
        case f.NetworkChanged(state="delayed"):
            return (
                f"The network of {event.worker_id}: each byte takes {event.delay_s:g} s longer, either way."
            )
        case f.NetworkChanged():
            return f"The network of {event.worker_id}: {NETWORK.get(event.state, event.state)}"
        case WorkerChannelClosed():
            return _channel_sentence(event)
        case _:
            return ""


def _channel_sentence(event: WorkerChannelClosed) -> str:
    if not event.by_broker:
        return f"{event.worker_id} closed its channel: its un-acked tasks go back, its connection stays open."
    if event.is_consuming:
        return f"The broker closed the channel of {event.worker_id}: {event.reason}"
    return f"The broker closed the other channel of {event.worker_id}: {event.reason}"
