"""One sentence per event, for people."""

from workq_gui.core import events as e
from workq_gui.core.events import Event, TaskId
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.core.tasks import shown_text


def sentence(event: Event, board: TaskBoard) -> str:
    """Return what happened, with its cause, in plain words; task texts are looked up in `board`."""
    match event:
        case e.TaskEvent():
            return _task_sentence(event, _name(event.task_id, board))
        case e.WorkerEvent():
            return _worker_sentence(event)
        case e.Narrated():
            return event.sentence
        case e.PaceChanged():
            return f"A dot takes {event.dot_s:g} s of work from now on."
        case _:
            return _broker_sentence(event)


def _name(task_id: TaskId, board: TaskBoard) -> str:
    task = board.tasks.get(task_id)
    return f"“{shown_text(task.text)}”" if task and task.text else f"Task {task_id}"


def _task_sentence(event: e.TaskEvent, name: str) -> str:  # noqa: C901, PLR0912 (a flat dispatch)
    match event:
        case e.TaskAccepted():
            return f"{name} is accepted; it leaves as soon as the broker can take it."
        case e.TaskPublished():
            return f"{name} was published to {event.routing_key}; the broker has not confirmed it yet."
        case e.TaskConfirmed():
            return f"The broker confirmed {name}: it is responsible for it now."
        case e.TaskNacked():
            return f"The broker refused {name} (basic.nack)."
        case e.TaskReturned():
            return f"{name} came back: {event.reply_code} {event.reply_text}. No queue took it."
        case e.TaskUnconfirmed():
            return f"{name} was not confirmed when the connection ended: it is published again."
        case e.TaskDelivered(redelivered=True):
            return f"{event.worker_id} receives {name}, marked redelivered: someone may have seen it before."
        case e.TaskDelivered():
            return f"{event.worker_id} receives {name}; the broker keeps it until the ack."
        case e.TaskProgressed():
            return f"{event.worker_id} has done {event.fraction:.0%} of {name}."
        case e.TaskFinished():
            return f"{event.worker_id} finished {name}; the ack is on its way."
        case e.TaskAcked():
            return f"{event.worker_id} acked {name}: done, and gone from the broker."
        case e.TaskRequeued():
            ended = {"crashed": "died", "stopped": "was stopped", "left": "went away"}.get(
                event.cause, "lost its connection"
            )
            return (
                f"{name} was un-acked when {event.worker_id} {ended}: "
                "the broker puts it back and marks it redelivered."
            )
        case e.TaskLost():
            return f"{name} is lost: {event.cause}."
        case e.TaskRanTwice():
            return f"{name} was done twice, by {event.first} and by {event.second}: {event.cause}."
        case _:
            return f"{name}: {type(event).__name__}."


def _worker_sentence(event: e.WorkerEvent) -> str:
    match event:
        case e.WorkerAdded():
            return f"{event.worker_id} connects."
        case e.WorkerStarted():
            return f"{event.worker_id} waits for a task (prefetch {event.prefetch_count})."
        case e.WorkerStopped(reason=""):
            return f"{event.worker_id} closed its connection properly."
        case e.WorkerStopped():
            return f"{event.worker_id} stopped: {event.reason}"
        case e.WorkerCrashed():
            return f"{event.worker_id} crashed: its connection was cut, with no goodbye."
        case _:
            return f"{event.worker_id} was removed."


def _broker_sentence(event: Event) -> str:
    match event:
        case e.BrokerStarted():
            return f"{event.product} listens on {event.host}:{event.port}."
        case e.BrokerStopped(killed=True):
            return "The broker was killed, as in a power cut."
        case e.BrokerStopped(expected=True):
            return "The broker was stopped."
        case e.BrokerStopped():
            return "The broker ended, and nobody asked for it."
        case e.ConnectionOpened():
            return (
                f"The {event.owner} is connected."
                if event.owner == e.PUBLISHER
                else f"{event.owner} is connected."
            )
        case e.ConnectionLost():
            return f"The connection of {event.owner} is lost: {event.reason}"
        case e.ConnectionFailed():
            return f"{event.owner} cannot connect: {event.reason} Next try in {event.retry_in_s:g} s."
        case e.ConnectionBlocked():
            return f"The broker takes no more messages for now: {event.reason}"
        case e.ConnectionUnblocked():
            return "The broker takes messages again."
        case e.QueueObserved():
            return f"The broker counts {event.ready_count} ready and {event.consumer_count} consumers."
        case e.QueueMissing():
            return f"The broker does not know {event.queue} any more."
        case _:
            return type(event).__name__
