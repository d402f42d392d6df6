"""Workers with one thing changed, ready to be added: most of them are mistakes that learners make."""

from PySide6.QtWidgets import QWidget

from workq_gui.core.code_lines import (
    ack_lines,
    consume_line,
    network_line,
    poison_lines,
    prefetch_line,
    sleep_line,
)
from workq_gui.core.worker_settings import UNLIMITED, AckHabit, WorkerSettings

POISON = "poison"
SHORT_HEARTBEAT_S = 2
"""With this, a nap of six seconds costs the connection."""


def worker_presets(widget: QWidget) -> list[tuple[str, WorkerSettings, str]]:
    """Return a name, the settings, and the line of code that makes the difference, for each of them."""
    tr = widget.tr
    never, twice = WorkerSettings(ack=AckHabit.NEVER), WorkerSettings(ack=AckHabit.TWICE)
    before, other = WorkerSettings(ack=AckHabit.BEFORE), WorkerSettings(ack=AckHabit.OTHER_CHANNEL)
    auto, unlimited = WorkerSettings(auto_ack=True), WorkerSettings(prefetch_count=UNLIMITED)
    naive = WorkerSettings(naive_sleep=True, heartbeat_s=SHORT_HEARTBEAT_S)
    slow, poisoned = WorkerSettings(slowness=3.0), WorkerSettings(crashes_on=POISON)
    relayed = WorkerSettings(behind_relay=True)
    return [
        (tr("Auto-ack"), auto, consume_line("…", auto)),
        (tr("Unlimited prefetch"), unlimited, prefetch_line(unlimited)),
        (tr("Acks before the work"), before, tr("{}, and only then the work").format(ack_lines(before)[0])),
        (tr("Forgets to ack"), never, ack_lines(never)[0]),
        (tr("Acks twice"), twice, "\n".join(ack_lines(twice))),
        (tr("Acks on another channel"), other, "\n".join(ack_lines(other))),
        (tr("Sleeps naively (heartbeat {} s)").format(SHORT_HEARTBEAT_S), naive, sleep_line(naive)),
        (tr("Slow (×3)"), slow, sleep_line(slow)),
        (tr("Crashes on “{}”").format(POISON), poisoned, "\n".join(poison_lines(poisoned))),
        (tr("Behind a network that can be broken"), relayed, network_line(relayed)),
    ]
