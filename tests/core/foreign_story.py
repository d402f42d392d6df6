"""Makes facts about other people's clients, for tests."""

from tests.core.story import QUEUE, make
from workq_gui.core import events as e
from workq_gui.core import foreign_events as f

THEM = e.WorkerId(f"{f.FOREIGN}1")
OTHER = e.WorkerId(f"{f.FOREIGN}2")
F1 = e.TaskId(f"{f.FOREIGN_TASK}1")
F2 = e.TaskId(f"{f.FOREIGN_TASK}2")
F3 = e.TaskId(f"{f.FOREIGN_TASK}3")
F4 = e.TaskId(f"{f.FOREIGN_TASK}4")
ALL_SEEN = make(f.ObservationChanged, sees_clients=True, sees_tasks=True, sees_acks=True)
NO_ACKS = make(f.ObservationChanged, sees_clients=True, sees_tasks=True, reason="Acks are not seen.")


def worker(client: e.WorkerId = THEM, at_ns: int = 0, **fields: object) -> list[e.Event]:
    """Somebody else's worker comes and consumes."""
    usual = {"client": client, "prefetch_count": 1, "consumer_tag": "c"}
    return [
        make(f.ForeignConnected, at_ns, client=client, name="worker.py", peer="127.0.0.1:40312"),
        make(f.ForeignConsumerSeen, at_ns, **{**usual, **fields}),
    ]


def sent(task_id: e.TaskId, text: str = "Theirs.", at_ns: int = 0, client: e.WorkerId = OTHER) -> e.Event:
    return make(
        f.ForeignPublished, at_ns, task_id=task_id, client=client, text=text, queue=QUEUE, persistent=True
    )


def given(task_id: e.TaskId, client: e.WorkerId = THEM, at_ns: int = 0, **fields: object) -> e.Event:
    usual = {"task_id": task_id, "client": client, "text": "Theirs.", "queue": QUEUE}
    return make(f.ForeignDelivered, at_ns, **{**usual, **fields})


def acked(task_id: e.TaskId, client: e.WorkerId = THEM, at_ns: int = 0, is_inferred: bool = False) -> e.Event:
    return make(f.ForeignAcked, at_ns, task_id=task_id, client=client, is_inferred=is_inferred)


def gone(client: e.WorkerId = THEM, at_ns: int = 0) -> list[e.Event]:
    """Its process is killed."""
    return [
        make(f.ForeignChannelClosed, at_ns, client=client),
        make(f.ForeignGone, at_ns, client=client, is_cut=True),
    ]
